"""``biorxivist check``: what the graph says about a statement, a paper or a bibliography."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_wrapped
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.claims.bibliography import EntrySummary
    from biorxivist.claims.check import CheckResult, Finding
    from graph.records import Evidence
    from graph.vocabulary import Vocabulary

__all__ = ["app"]

app = new_app()

LISTED_CLAIMS, LISTED_ENTRIES = 10, 20
SIDES = {
    "contradicts": "contradicted by",
    "differs_in_scope": "opposed, in another scope, by",
    "agrees": "agrees with",
}


OUTCOMES = {
    "contradicted": "contradicted", "numbers_differ": "numbers differ", "scope_differs": "scope differs",
    "does_not_say_so": "the paper does not say so", "unknown": "unknown", "supported": "supported",
}  # fmt: skip


@app.command(
    epilog=examples(
        'biorxivist check "More pre-training data improves single-cell foundation models"',
        "biorxivist check 10.1101/2024.12.13.628448",
        "biorxivist check paper.md --json",
    )
)
def check(
    what: Annotated[
        str,
        typer.Argument(metavar="STATEMENT | DOI | FILE", help="What you are about to cite."),
    ],
    *,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10_000,
            show_default=False,
            help=f"Most claims to show, or entries of a file [default: {LISTED_CLAIMS} claims, "
            f"{LISTED_ENTRIES} entries; with --json all of a paper or file].",
        ),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="For a file: also the claims of each entry.")] = False,
    json: JsonFlag = False,
) -> None:
    """Check a statement, paper, bibliography or manuscript.

    Shows the claims that bear on it, with the verdict on each and the papers that disagree. In a manuscript (.md, .tex)
    every sentence that cites a paper is compared with what that paper claims: supported, scope differs, contradicted,
    numbers differ, does not say so, unknown. The exit code is 1 if no claim matches, or if something is contradicted.
    """
    from biorxivist.api import check as check_graph
    from biorxivist.api import is_manuscript
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.vocabulary import vocabulary_of

    if is_manuscript(what):
        _check_manuscript(Path(what.strip()), limit=limit, json=json)
        return
    with opened(open_home()) as store:
        checked = check_graph(what, graph=store, limit=limit)
        vocabulary = vocabulary_of(store)
    if what.strip().lower().endswith(".bib"):
        _check_file(checked, vocabulary, limit=limit, every_claim=all_, json=json)
        return
    (result,) = checked
    if json:
        print_rows((finding.row() for finding in result.findings), "json")
    else:
        note(f"read as: {result.reading}")
        for finding in result.findings[: limit or LISTED_CLAIMS]:
            _print_finding(finding, vocabulary)
        for text in result.notes:
            note(text)
        if limit is None and len(result.findings) > LISTED_CLAIMS:
            count = len(result.findings)
            note(f"{count - LISTED_CLAIMS} more claims; --limit {count} shows them.")
    if not result.findings:
        note("No claim in the graph matches.")
        raise typer.Exit(FAILED)


def _check_manuscript(path: Path, *, limit: int | None, json: bool) -> None:
    from biorxivist.claims.index import read_index
    from biorxivist.claims.manuscript import check_manuscript
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home

    with opened(open_home()) as store:
        rows, problems = check_manuscript(path, read_index(store))
    counts = {outcome: sum(row.outcome == outcome for row in rows) for outcome in OUTCOMES}
    shown = rows[:limit]
    if json:
        print_rows((row.row() for row in shown), "json")
    else:
        summary = ", ".join(f"{count} {OUTCOMES[outcome]}" for outcome, count in counts.items() if count)
        print_wrapped(f"{len(rows)} citations: {summary}." if rows else "No sentence cites anything.")
        for row in shown:
            fields = f" ({', '.join(row.fields)})" if row.fields else ""
            print_wrapped(f"{row.file}:{row.line}: {OUTCOMES[row.outcome]}{fields}: {row.key}: {row.sentence}", hang=2)
            print_wrapped(row.why, indent=2, hang=2)
    for problem in problems:
        note(problem)
    if len(rows) > len(shown):
        note(f"{len(rows) - len(shown)} more; --limit {len(rows)} shows them.")
    if counts["contradicted"]:
        raise typer.Exit(FAILED)


def _check_file(
    checked: Sequence[CheckResult], vocabulary: Vocabulary, *, limit: int | None, every_claim: bool, json: bool
) -> None:
    from biorxivist.claims.bibliography import headline, summarise

    entries = summarise(checked)
    most = limit or (len(entries) if json else LISTED_ENTRIES)
    if json:
        print_rows((entry.row(every_claim=every_claim) for entry in entries[:most]), "json")
    else:
        print_wrapped(headline(entries))
        for entry in entries[:most]:
            _print_entry(entry)
            for finding in entry.checked.findings if every_claim else ():
                _print_finding(finding, vocabulary)
    if len(entries) > most:
        note(f"{len(entries) - most} more entries; --limit {len(entries)} shows them.")
    if not any(entry.checked.findings for entry in entries):
        note("No entry has a claim in the graph.")
        raise typer.Exit(FAILED)
    if any(entry.contradicted for entry in entries):
        raise typer.Exit(FAILED)


def _print_entry(entry: EntrySummary) -> None:
    print_wrapped(f"{entry.key}: {entry.line()}", hang=2)


def _print_finding(finding: Finding, vocabulary: Vocabulary) -> None:
    claim = finding.claim
    stand = "" if finding.stand is None else f"{finding.stand.replace('_', ' ').upper()}  "
    print_wrapped(f"\n{stand}{finding.who}: {claim.statement}", hang=2)
    if finding.standing:
        print_wrapped(finding.standing, indent=2, hang=2)
    for verdict in finding.verdicts:
        print_wrapped(_verdict_line(verdict, vocabulary), indent=2, hang=2)
    if claim.quote:
        print_wrapped(f'quote: "{claim.quote}"', indent=2, hang=2)
    if finding.stand is not None:
        print_wrapped(f"why: {vocabulary.with_names('; '.join(finding.reasons))}", indent=2, hang=2)
    for side, people in _others(finding):
        print_wrapped(f"{side}: {people}", indent=2, hang=2)
    source = ", ".join(part for part in (claim.location, claim.source_url) if part)
    print_wrapped(f"source: {source}", indent=2, hang=2)
    ids = (claim.id, *(verdict.id for verdict in finding.verdicts))
    print_wrapped(" ".join(f"[{each}]" for each in ids), indent=2)


def _verdict_line(verdict: Evidence, vocabulary: Vocabulary) -> str:
    from graph.evidence.verdict import sentence

    text = vocabulary.with_names(sentence(verdict))
    if verdict.verdict == "not_testable":
        return text  # nothing was run and nothing re-analysed
    return f"{'re-analysis' if verdict.basis == 'reanalysis' else 'our runs'}: {text}"


def _others(finding: Finding, most: int = 3) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for relation, _, who in finding.relations:
        fields = f" ({', '.join(relation.fields)})" if relation.relation == "differs_in_scope" else ""
        groups.setdefault(relation.relation, []).append(f"{who}{fields}")
    for relation_name, side in SIDES.items():
        people = list(dict.fromkeys(groups.get(relation_name, ())))
        if people:
            more = f" and {len(people) - most} more" if len(people) > most else ""
            yield side, "; ".join(people[:most]) + more
