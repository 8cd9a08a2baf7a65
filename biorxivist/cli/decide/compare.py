"""``biorxivist compare``: two claims, or the claims of two papers, against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, print_wrapped
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from graph.vocabulary import Vocabulary

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "biorxivist compare 10.1101/2024.12.13.628448 10.1038/s41467-024-51059-5",
        "biorxivist compare claim:0dd7436b claim:cd2acf13",
    )
)
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="Claim id or its beginning, DOI, or paper id.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Likewise.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Compare two claims, or the claims of two papers.

    Each pair agrees, contradicts, differs in scope or is not comparable, with the reasons. Of two papers, pairs that
    cannot be compared are left out; the exit code is 1 if no pair is left.
    """
    from biorxivist.api import comparisons
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home
    from biorxivist.workspace.vocabulary import vocabulary_of

    with opened(open_home()) as store:
        vocabulary = vocabulary_of(store)
        rows = [pair.row() for pair in comparisons(a, b, graph=store)]
    if json:
        print_rows(rows, "json")
    else:
        for row in rows:
            _print_pair(row, vocabulary)
    if not rows:
        note(f"No claim of {a} can be compared with a claim of {b}.")
        raise typer.Exit(FAILED)


def _print_pair(row: dict[str, Any], vocabulary: Vocabulary) -> None:
    fields = f" ({', '.join(row['fields'])})" if row["fields"] else ""
    print_wrapped(f"{row['relation'].replace('_', ' ')}{fields}", hang=2)
    print_wrapped(f"{row['who']}: {row['statement']}  [{row['claim']}]", indent=2)
    print_wrapped(f"{row['other_who']}: {row['other_statement']}  [{row['other']}]", indent=2)
    for reason in row["reasons"]:
        print_wrapped(f"- {vocabulary.with_names(reason)}", indent=4, hang=2)
    print_text("")
