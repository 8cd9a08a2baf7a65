"""``biorxivist claims add``: a claim that a person has read."""

from __future__ import annotations

from typing import Annotated

import typer

from biorxivist.cli.lazy import examples
from biorxivist.cli.options import JsonFlag, choice, parameters
from biorxivist.cli.output import note
from biorxivist.cli.rows import print_rows

__all__ = ["register"]


def add(
    paper: Annotated[str, typer.Argument(metavar="DOI", help="Paper of the archive that makes the claim.")],
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="The claim in one sentence of your own.")],
    *,
    kind: Annotated[str, typer.Option(metavar="KIND", help="comparison, score, effect, scaling, saturation ...")],
    source: Annotated[str, typer.Option(metavar="URL", help="Page where it was read.")],
    location: Annotated[str, typer.Option(metavar="TEXT", help="Place there: section, figure, table.")],
    subject: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="What it is about: a model; repeatable.")
    ] = None,
    comparator: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="What that is compared with; repeatable.")
    ] = None,
    facts: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Another field, such as direction=>; repeatable."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Add a claim that you have read, with its source.

    Names are those of the vocabulary; for an unknown one similar names are suggested. The claim is curated: it counts
    at once, and no extraction touches it.
    """
    from typing import get_args

    from biorxivist.claims.add import add_claim
    from biorxivist.workspace.home import open_home
    from graph.records import ClaimKind

    named = {"subject_ids": subject, "comparator_ids": comparator}
    fields = {
        "kind": choice(kind, get_args(ClaimKind), option="--kind"),
        **{name: values for name, values in named.items() if values},
        **parameters(facts),
    }
    claim = add_claim(open_home().archive, paper, statement, source_url=source, location=location, fields=fields)
    print_rows([claim.model_dump(mode="json", exclude_defaults=True) | {"id": claim.id}], "json" if json else "table")
    note(f"{claim.id} was added.")


def register(app: typer.Typer) -> None:
    """Add the command to the group of claims."""
    app.command(
        epilog=examples(
            'biorxivist claims add 10.1101/2023.10.19.563100 "scGPT does no better than HVG." --kind comparison '
            "--subject scGPT --comparator HVG --set polarity=negated --set 'direction=>' "
            '--source https://example.org/paper --location "Figure 2"'
        )
    )(add)
