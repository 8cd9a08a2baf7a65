"""``biorxivist evidence`` and ``explain``: the verdicts on claims, and how each came about."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from biorxivist.cli.completion import claim_kinds, verdicts
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import CsvFlag, JsonFlag, choice, form
from biorxivist.cli.output import note, print_wrapped, stdout
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.claims.index import ClaimIndex
    from graph.records import Claim

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "biorxivist evidence --verdict consistent_with_printed",
        "biorxivist evidence --kind saturation --csv",
        "biorxivist evidence claim:c4f12632",
    )
)
def evidence(
    claim: Annotated[
        str | None, typer.Argument(metavar="CLAIM", help="Claim id or its beginning; without it, all claims.")
    ] = None,
    *,
    verdict: Annotated[
        str | None,
        typer.Option(metavar="VERDICT", help="Only this verdict, such as no_effect_at_scale.", autocompletion=verdicts),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Only claims of this kind, such as scaling.", autocompletion=claim_kinds),
    ] = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List claims with the verdicts on them.

    Claims that new runs decided come first, then those decided from printed numbers, open ones, and those that
    nothing can test. The exit code is 1 if there is no verdict to list.
    """
    from typing import get_args

    from biorxivist.claims.layout import print_claims
    from biorxivist.claims.verdicts import judged_claims, verdict_rows
    from graph.records import ClaimKind, Verdict

    shape = form(as_json=json, as_csv=csv)
    wanted = choice(verdict, get_args(Verdict), option="--verdict")
    wanted_kind = choice(kind, get_args(ClaimKind), option="--kind")
    index = _read_index()
    rows = list(verdict_rows(index, claim=claim, verdict=wanted, kind=wanted_kind))
    if rows and shape == "table" and sys.stdout.isatty():
        print_claims(judged_claims(index, claim=claim, verdict=wanted, kind=wanted_kind), stdout(), index.vocabulary)
    else:
        print_rows(rows, shape)
    if not rows:
        note(_no_verdict(index, claim=claim, verdict=wanted, kind=wanted_kind))
        raise typer.Exit(FAILED)


@app.command(
    epilog=examples(
        "biorxivist explain claim:c4f12632",
        "biorxivist explain claim:c4f12632 --json",
    )
)
def explain(
    name: Annotated[
        str, typer.Argument(metavar="CLAIM | EVIDENCE", help="Id of a claim or of evidence, or its beginning.")
    ],
    *,
    json: JsonFlag = False,
) -> None:
    """Explain a verdict: every input, number, gate and step.

    Given a claim, explains every verdict on it. The exit code is 1 if there is none.
    """
    from biorxivist.claims.standing import stands
    from biorxivist.claims.verdicts import explanation_rows

    index = _read_index()
    rows = list(explanation_rows(index, name))
    judged = bool(rows) or stands(index.claim(name))
    if json:
        print_rows(rows, "json")
    else:
        _print_explanations(index, name)
    if not rows:
        note("No verdict has been computed for this claim." if judged else "A claim that does not stand is not judged.")
        raise typer.Exit(FAILED)


def _no_verdict(index: ClaimIndex, *, claim: str | None, verdict: str | None, kind: str | None) -> str:
    """Why the list is empty: what was looked for, and what the claim is if one was named."""
    wanted = "No verdict" + (f" {verdict}" if verdict else "")
    if claim is None:
        return f"{wanted} on any {kind} claim." if kind else f"{wanted}."
    from biorxivist.claims.standing import stands

    named = index.claim(claim)
    if kind not in (None, named.kind):
        return f"{named.id} is a claim of the kind {named.kind}, not {kind}."
    if not stands(named):
        return f"{named.id} is not judged. {index.standing_note(named)}"
    verdicts = dict.fromkeys(each.verdict for each in index.verdicts(named.id))
    return f"{wanted} on {named.id}" + (f"; it has {', '.join(verdicts)}." if verdicts else ".")


def _print_explanations(index: ClaimIndex, name: str) -> None:
    from graph.evidence import explain as explain_evidence

    explained = index.evidence_of(name)
    claim = index.claims[explained[0].claim_id] if explained else index.claim(name)
    for line in _headline(claim, index):
        print_wrapped(line)
    for verdict in explained:
        print_wrapped("\n" + index.vocabulary.with_names(explain_evidence(verdict)), hang=4)


def _headline(claim: Claim, index: ClaimIndex) -> Iterator[str]:
    source = ", ".join(part for part in (claim.location, claim.source_url) if part)
    yield claim.statement
    yield f"{index.who(claim)} ({source})  [{claim.id}]"
    if standing := index.standing_note(claim):
        yield standing


def _read_index() -> ClaimIndex:
    from biorxivist.claims.index import read_index
    from biorxivist.claims.review import reviews
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home

    home = open_home()
    with opened(home) as store:
        return read_index(store, reviews=reviews(home.archive))
