"""``biorxivist show``: a page of one paper, name, claim or verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from biorxivist.cli.completion import show_names
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, print_wrapped
from biorxivist.cli.rows import print_rows

if TYPE_CHECKING:
    from biorxivist.claims.disagreements import Disagreement
    from biorxivist.claims.index import ClaimIndex
    from biorxivist.claims.show import ClaimLine, ClaimPage, EntryPage, PaperPage

__all__ = ["app"]

app = new_app()

LISTED = 20


@app.command(
    epilog=examples(
        "biorxivist show scGPT",
        "biorxivist show 10.1101/2024.12.13.628448",
        "biorxivist show claim:c4f12632 --json",
    )
)
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ID | DOI | NAME",
            help="A DOI, a name such as scGPT, or the id of a claim or of evidence.",
            autocompletion=show_names,
        ),
    ],
    *,
    all_: Annotated[bool, typer.Option("--all", help=f"All claims and disagreements, not the first {LISTED}.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show a paper, model, dataset, claim or verdict on one page.

    A paper: its facts, versions, claims with verdicts, disagreements with other papers, and how to cite it. A name:
    its facts with their source, the claims about it and the papers. A claim: where it was read, and every verdict.
    """
    from biorxivist.claims.index import read_index
    from biorxivist.claims.review import reviews
    from biorxivist.claims.show import ClaimPage, PaperPage
    from biorxivist.claims.show import show as find_page
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home

    home = open_home()
    with opened(home) as store:
        index = read_index(store, reviews=reviews(home.archive))
    page = find_page(name, index)
    if isinstance(page, PaperPage) and (unknown := index.version_note(name)):
        note(unknown)
    if json:
        print_rows([page.row()], "json")
        return
    most = None if all_ else LISTED
    if isinstance(page, PaperPage):
        _print_paper(page, index, most)
    elif isinstance(page, ClaimPage):
        _print_claim(page, index)
    else:
        _print_entry(page, index, most)


def _print_paper(page: PaperPage, index: ClaimIndex, most: int | None) -> None:
    paper = page.paper
    print_wrapped(paper.title)
    print_wrapped(", ".join(page.authors))
    posted = f"posted {paper.posted}" if paper.posted else ""
    facts = (paper.venue, str(paper.year or ""), posted, paper.category, paper.license, paper.topic)
    print_wrapped("; ".join(fact for fact in facts if fact))
    for version in page.versions:
        version_facts = (version.doi, str(version.posted or ""), version.license)
        print_wrapped(f"version {version.label}: " + ", ".join(fact for fact in version_facts if fact), hang=2)
    _print_claims(page.claims, most)
    _print_disagreements(page.disagreements, index, most)
    print_text("\nCite")
    print_wrapped(page.bibtex, indent=2, hang=4)
    print_wrapped(f"[{paper.id}]", indent=2)


def _print_entry(page: EntryPage, index: ClaimIndex, most: int | None) -> None:
    from biorxivist.claims.facts import in_words, read_on, sources_in_words, word

    names = f" (also {', '.join(page.entry.aliases)})" if page.entry.aliases else ""
    print_wrapped(f"{page.entry.name}: a {page.kind}{names}", hang=2)
    for fact in page.facts:
        print_wrapped(f"{word(fact.name)}: {in_words(fact, index.vocabulary)}", indent=2, hang=2)
    if page.members:
        print_wrapped(f"members: {', '.join(page.members)}", indent=2, hang=2)
    if page.variants:
        print_wrapped(f"versions and sizes: {', '.join(page.variants)}", indent=2, hang=2)
    sources = sources_in_words(page.facts)
    if not sources and page.entry.source_url:  # an entry that is nothing but a name has a source all the same
        sources = [f"source: {page.entry.source_url}"]
    for source in sources:
        print_wrapped(source, indent=2, hang=2)
    if day := read_on(page.entry):
        print_wrapped(f"read on {day}", indent=2)
    _print_claims(page.claims, most, with_who=True)
    _print_disagreements(page.disagreements, index, most)
    if page.papers:
        print_text("\nPapers")
        for paper_id, citation in page.papers[:most]:
            print_wrapped(f"{citation}  [{paper_id}]", indent=2, hang=2)
    print_wrapped(f"[{page.entry.id}]", indent=2)
    for other in page.also:
        note(f"{page.entry.name} is also the name of {other}: `biorxivist show {other}`.")


def _print_claim(page: ClaimPage, index: ClaimIndex) -> None:
    from graph.evidence.verdict import sentence

    claim = page.claim
    print_wrapped(f"{page.who}: {claim.statement}", hang=2)
    if page.standing:
        print_wrapped(page.standing, indent=2, hang=2)
    for verdict in page.verdicts:
        print_wrapped(index.vocabulary.with_names(sentence(verdict)), indent=2, hang=2)
    if claim.quote:
        print_wrapped(f'quote: "{claim.quote}"', indent=2, hang=2)
    print_wrapped(f"source: {', '.join(part for part in (claim.location, claim.source_url) if part)}", indent=2, hang=2)
    _print_disagreements(page.disagreements, index, None)
    ids = (claim.id, claim.paper_id, *(verdict.id for verdict in page.verdicts))
    print_wrapped(f"[{', '.join(ids)}]", indent=2, hang=1)
    if page.verdicts:
        note(f"`biorxivist explain {claim.id}` shows every input, number, gate and step.")


def _print_claims(lines: Sequence[ClaimLine], most: int | None, *, with_who: bool = False) -> None:
    from biorxivist.claims.present import reader_of
    from graph.evidence.verdict import verdict_text

    if not lines:
        print_text("\nNo claims in the graph.")
        return
    print_text(f"\nClaims ({len(lines)})")
    for line in lines[:most]:
        who = f"{line.who}: " if with_who else ""
        reader = "" if with_who else reader_of(line.claim)
        label = f"  ({reader})" if reader else ""
        print_wrapped(f"{who}{line.claim.statement}{label}  [{line.claim.id}]", indent=2, hang=2)
        if line.standing:
            print_wrapped(line.standing, indent=6, hang=2)
        elif line.verdict is not None:
            print_wrapped(verdict_text(line.verdict), indent=6, hang=2)
    _note_cut(len(lines), most, "claims")


def _print_disagreements(disagreements: Sequence[Disagreement], index: ClaimIndex, most: int | None) -> None:
    if not disagreements:
        return
    print_text(f"\nDisagreements between papers ({len(disagreements)})")
    for each in disagreements[:most]:
        for claim in (each.first, each.second):
            print_wrapped(f"{index.who(claim)}: {claim.statement}  [{claim.id}]", indent=2, hang=2)
        print_wrapped(f"They {each.describe()}.", indent=6, hang=2)
    _note_cut(len(disagreements), most, "disagreements")


def _note_cut(count: int, most: int | None, what: str) -> None:
    if most is not None and count > most:
        note(f"{count - most} more {what}; --all shows them.")
