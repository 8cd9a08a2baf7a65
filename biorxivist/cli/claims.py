"""``biorxivist claims``: what people say about claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import CsvFlag, JsonFlag, form, parameters
from biorxivist.cli.output import note
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.claims.review import Decision

__all__ = ["app", "claims_app"]

app = new_app()
claims_app = new_app(no_args_is_help=True, help="Review claims, and list the reviews.")
app.add_typer(claims_app, name="claims")


@claims_app.command(
    epilog=examples(
        'biorxivist claims review claim:bf1a1eb5 --accept --who "A. Reader" --why "Figure 2 says so."',
        "biorxivist claims review claim:bf1a1eb5 --correct direction=0 --who 'A. Reader' --why 'Not significant.'",
    )
)
def review(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Claim id or its beginning.")],
    *,
    who: Annotated[str, typer.Option(metavar="NAME", help="Name of the reviewer.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason.")],
    accept: Annotated[bool, typer.Option("--accept", help="The paper says this.")] = False,
    correct: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help="A field and its right value; repeatable.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="The paper does not say this.")] = False,
    json: JsonFlag = False,
) -> None:
    """Accept, correct or reject a claim.

    The review is stored with name, reason and time. A correction becomes a claim of its own; the old one stays, and
    is no longer judged.
    """
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


@claims_app.command(epilog=examples("biorxivist claims reviews", "biorxivist claims reviews claim:bf1a1eb5 --json"))
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
