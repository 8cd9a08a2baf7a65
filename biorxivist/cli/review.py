"""``biorxivist claims``: review of claims by people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.options import CsvFlag, JsonFlag, form, parameters
from biorxivist.cli.output import note, print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.claims.review import Decision

__all__ = ["claims_app"]

claims_app = typer.Typer(no_args_is_help=True, help="Claims: review them, and see what was said of them.")


@claims_app.command()
def review(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Claim id (its beginning will do).")],
    *,
    who: Annotated[str, typer.Option(metavar="NAME", help="Who reviews it.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason.")],
    accept: Annotated[bool, typer.Option("--accept", help="It says what the paper says.")] = False,
    correct: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help="What is wrong in it, and right so; repeat it.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="The paper does not say this.")] = False,
    json: JsonFlag = False,
) -> None:
    """Accept, correct or reject a claim; the review is kept, a correction becomes a claim of its own."""
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


@claims_app.command()
def reviews(
    claim: Annotated[str | None, typer.Argument(metavar="CLAIM", help="Only of this claim.")] = None,
    *,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List what people said of claims, the oldest first."""
    shape = form(as_json=json, as_csv=csv)
    from biorxivist.claims.index import Knowledge
    from biorxivist.claims.review import reviews as read_reviews
    from biorxivist.workspace.home import open_home

    archive = open_home().archive
    claim_id = Knowledge.of(archive.read("Claim")).claim(claim).id if claim else None
    rows = (one.model_dump(mode="json", exclude={"id"}) for one in read_reviews(archive, claim_id=claim_id))
    if not print_rows(rows, shape):
        note("No reviews.")
        raise typer.Exit(FAILED)
