"""``biorxivist claims``: claims read out of papers, and what people say about claims."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.claims.present import counted
from biorxivist.cli.adding import register as register_add
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.model import TakesModel, capped, chosen_model, price_of, words_of_plan, words_of_proposed
from biorxivist.cli.options import CsvFlag, JsonFlag, form, parameters
from biorxivist.cli.output import note, print_text, progress_bar
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.claims.extract.archived import Extracted
    from biorxivist.claims.review import Decision
    from graph.archive import Archive
    from graph.records import Claim

__all__ = ["app", "claims_app"]

app = new_app()
claims_app = new_app(no_args_is_help=True, help="Read claims out of papers, list and review them.")
app.add_typer(claims_app, name="claims")


@claims_app.command(
    cls=TakesModel,
    epilog=examples(
        "biorxivist claims extract --all",
        "biorxivist claims extract 10.1101/2023.10.19.563100",
        "biorxivist claims extract --all --llm MODEL --dry-run",
    ),
)
def extract(
    papers: Annotated[list[str] | None, typer.Argument(metavar="DOI...", help="Papers of the archive.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All papers of the archive that have a text.")] = False,
    sentences: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help='Read {"id", "sentence"} lines instead, and print what each claims.'),
    ] = None,
    llm: Annotated[
        str | None,
        typer.Option(metavar="[MODEL]", help="Ask this language model too; without a name, $BIORXIVIST_LLM_MODEL."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print calls, tokens and cost; send nothing.")] = False,
    max_calls: Annotated[int | None, typer.Option(metavar="N", min=0, help="Most calls to the model.")] = None,
    max_tokens: Annotated[int | None, typer.Option(metavar="N", min=0, help="Most tokens, sent and received.")] = None,
    max_usd: Annotated[float | None, typer.Option(metavar="X", min=0, help="Most US dollars to spend.")] = None,
    json: JsonFlag = False,
) -> None:
    """Read the claims of papers out of their text, by rule, and with --llm by a language model too.

    Every claim quotes its sentence; a draft with a name, number or direction that the quote does not hold is dropped.
    A second run changes only what has changed, and never what a person has reviewed; it asks a model only about
    sections that have no answer yet. The exit code is 1 if no paper has a text, or a section is still open.
    """
    if (bool(papers) + everything + (sentences is not None)) != 1:
        msg = "Give papers, --all, or --sentences FILE.jsonl."
        raise typer.BadParameter(msg)
    if llm is None and (dry_run or max_calls is not None or max_tokens is not None or max_usd is not None):
        msg = "--dry-run and the caps are for a language model: add --llm."
        raise typer.BadParameter(msg)
    if llm is not None and sentences is not None:
        msg = "--llm reads papers of the archive, not --sentences."
        raise typer.BadParameter(msg)
    if here := next((name for name in papers or () if Path(name).exists()), None):
        msg = f"{here} is a file or folder; `biorxivist load {here}` archives the papers in it and reads their claims."
        raise typer.BadParameter(msg)
    from biorxivist.workspace.home import open_home

    home = open_home()
    if sentences is not None:
        from biorxivist.claims.extract.labelled import read_labelled
        from biorxivist.workspace.vocabulary import read_vocabulary

        print_rows(read_labelled(sentences, read_vocabulary(home.archive)), "json")
        return
    from biorxivist.claims.extract.archived import extract_archived
    from biorxivist.claims.index import read_archived

    index = read_archived(home.archive)
    wanted = None if everything else {index.paper(name).id for name in papers or ()}
    model = None if llm is None else chosen_model(llm, sends=not dry_run)  # before anything is written
    if model is not None and dry_run:
        from biorxivist.claims.extract.llm.run import plan_extraction

        plan = plan_extraction(home.archive, home.folder, model, wanted, price=price_of(home, model.name))
        print_rows([plan.row()], "json") if json else print_text(words_of_plan(plan))
        return
    budget = None if model is None else capped(home, model.name, calls=max_calls, tokens=max_tokens, usd=max_usd)
    with progress_bar("extract") as progress:
        done = extract_archived(home.archive, wanted, progress=progress)
    if json:
        print_rows(map(_row, done.claims), "json")
    else:
        print_text(summary_of(done))
    if model is not None:
        from biorxivist.claims.extract.llm.run import extract_with_model

        with progress_bar(model.name) as progress:
            proposed = extract_with_model(home.archive, home.folder, model, wanted, budget=budget, progress=progress)
        if json:
            print_rows(map(_row, proposed.claims), "json")
            print_rows([{"llm": proposed.row()}], "json")
        else:
            print_text(words_of_proposed(proposed))
        if proposed.open:
            raise typer.Exit(FAILED)
    if not done.papers:
        raise typer.Exit(FAILED)


@claims_app.command(
    name="list",
    epilog=examples(
        "biorxivist claims list --extracted", "biorxivist claims list --paper 10.1101/2023.10.19.563100 --json"
    ),
)
def list_claims(
    *,
    paper: Annotated[str | None, typer.Option(metavar="DOI", help="Only of this paper.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only of this kind: comparison, score ...")] = None,
    extracted: Annotated[bool, typer.Option("--extracted", help="Only claims that were read by rule.")] = False,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List claims: whose they are, where they stand, what read them and how surely, and why some wait for review.

    The exit code is 1 if there is none.
    """
    shape = form(as_json=json, as_csv=csv)
    from biorxivist.claims.index import read_archived
    from biorxivist.claims.standing import why_held
    from biorxivist.workspace.home import open_home

    archive = open_home().archive
    index = read_archived(archive)
    of = index.paper(paper).id if paper else None
    claims = [
        claim
        for claim in index.claims.values()
        if (of is None or claim.paper_id == of)
        and (kind is None or claim.kind == kind)
        and not (extracted and claim.extractor == "curated")
    ]
    places = _places(claims, archive)
    rows = (
        {
            "claim": claim.id,
            "who": index.who(claim),
            "paper": claim.paper_id,
            "place": places[claim.id],
            "passage": claim.passage_id or "",
            "kind": claim.kind,
            "statement": claim.statement,
            "extractor": claim.extractor,
            "confidence": claim.confidence,
            "review": claim.review,
            "waits": why_held(claim) if claim.review == "unreviewed" else "",
        }
        for claim in claims
    )
    if not print_rows(rows, shape):
        note("No claims.")
        raise typer.Exit(FAILED)


def _places(claims: Iterable[Claim], archive: Archive) -> dict[str, str]:
    """Claim id -> where its paper says it: the section, of a PDF the page, and whether it is a cell of a table."""
    from graph.records import Passage

    listed = list(claims)
    passages = archive.find("Passage", sorted({claim.passage_id for claim in listed if claim.passage_id}))
    places = {}
    for claim in listed:
        passage = passages.get(claim.passage_id or "")
        if isinstance(passage, Passage):
            places[claim.id] = ", ".join(filter(None, (passage.place, "a table" if passage.kind == "table" else "")))
        else:
            places[claim.id] = claim.location or ""
    return places


def _row(claim: Claim) -> dict[str, Any]:
    return {"claim": claim.id, **claim.model_dump(mode="json", exclude_defaults=True)}


def summary_of(done: Extracted) -> str:
    """What an extraction found, in a few lines."""
    lines = [f"{counted(done.papers, 'paper')} read: {counted(len(done.claims), 'claim')}, {done.new} of them new."]
    if tables := done.tables_sentence():
        lines.append(tables)
    for why, number in done.held.most_common():
        lines.append(f"{counted(number, 'claim')} held, as {why}: `biorxivist claims review` accepts or rejects.")
    if done.introduced:
        names = ", ".join(model.name for model in done.introduced[:5])
        lines.append(f"New in the vocabulary, each with the paper that introduces it: {names}.")
    if done.removed:
        lines.append(f"{counted(done.removed, 'claim')} of earlier rules removed.")
    if done.unknown_names:
        names = ", ".join(name for name, _ in done.unknown_names.most_common(5))
        lines.append(f"Not in the vocabulary, so without claims: {names}.")
        lines.append("`biorxivist vocabulary add model NAME --source URL` adds a name.")
    return "\n".join(lines)


@claims_app.command(
    epilog=examples(
        'biorxivist claims review claim:c4f12632 --accept --who "A. Reader" --why "Figure 2 says so."',
        "biorxivist claims review claim:c4f12632 --correct direction=0 --who 'A. Reader' --why 'Not significant.'",
        'biorxivist claims review --who "A. Reader"',
    )
)
def review(
    claim: Annotated[
        str | None,
        typer.Argument(metavar="CLAIM", help="Claim id or its beginning; without it, all that wait for review."),
    ] = None,
    *,
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the reviewer.")] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="The reason.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="The paper says this.")] = False,
    correct: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help="A field and its right value; repeatable.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="The paper does not say this.")] = False,
    paper: Annotated[str | None, typer.Option(metavar="DOI", help="Without CLAIM: only of this paper.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Without CLAIM: most claims to show.")] = None,
    json: JsonFlag = False,
) -> None:
    """Accept, correct or reject a claim, or go through those that wait for review.

    Without CLAIM the claims that a program has read and nobody has reviewed are shown in their paragraphs, the surest
    first. The review is stored with name, reason and time. A correction becomes a claim of its own; the old one stays,
    and is no longer judged.
    """
    if claim is None:
        if why or accept or correct or reject or json:
            msg = "Name the claim that these options are for; without one, the claims that wait are shown one by one."
            raise typer.BadParameter(msg)
        from biorxivist.cli.reviewing import walk
        from biorxivist.workspace.home import open_home

        walk(open_home().archive, who=who, paper=paper, limit=limit)
        return
    if who is None or why is None:
        msg = f"Give {'--who NAME' if who is None else '--why TEXT'}: a review has a name and a reason."
        raise typer.BadParameter(msg)
    decision = _decision(accept=accept, correct=bool(correct), reject=reject)
    corrections = parameters(correct)
    from biorxivist.claims.review import review as review_claim
    from biorxivist.cli.opening import ready
    from biorxivist.workspace.home import open_home

    home = open_home()
    archive = home.archive if home.archive.count("Claim") else ready(home).archive
    done = review_claim(archive, claim, decision, who=who, why=why, corrections=corrections)
    row: dict[str, Any] = done.review.model_dump(mode="json", exclude={"id"})
    print_rows([row], "json" if json else "table")
    note(f"{done.claim.id} is {done.claim.review}." + (f" {done.corrected.id} corrects it." if done.corrected else ""))


def _decision(*, accept: bool, correct: bool, reject: bool) -> Decision:
    if accept + correct + reject != 1:
        msg = "Give one of --accept, --correct FIELD=VALUE and --reject."
        raise typer.BadParameter(msg)
    return "accepted" if accept else "rejected" if reject else "corrected"


@claims_app.command(epilog=examples("biorxivist claims reviews", "biorxivist claims reviews claim:c4f12632 --json"))
def reviews(
    claim: Annotated[str | None, typer.Argument(metavar="CLAIM", help="Only of this claim.")] = None,
    *,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List the reviews of claims, oldest first.

    The exit code is 1 if there is none.
    """
    shape = form(as_json=json, as_csv=csv)
    from biorxivist.claims.index import ClaimIndex
    from biorxivist.claims.review import reviews as read_reviews
    from biorxivist.workspace.home import open_home

    archive = open_home().archive
    claim_id = ClaimIndex.of(archive.read("Claim")).claim(claim).id if claim else None
    rows = (each.model_dump(mode="json", exclude={"id"}) for each in read_reviews(archive, claim_id=claim_id))
    if not print_rows(rows, shape):
        note("No reviews.")
        raise typer.Exit(FAILED)


register_add(claims_app)
