"""``biorxivist results``: scores of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, print_wrapped, progress_bar
from biorxivist.cli.rows import print_rows

__all__ = ["app"]

app = new_app()
results_app = new_app(no_args_is_help=True, help="Import scores of your own; verdicts are recomputed.")
app.add_typer(results_app, name="results")


@results_app.callback()
def results() -> None:
    """Import scores of your own; verdicts are recomputed."""


@results_app.command(
    "import", epilog=examples("biorxivist results import results.csv", "biorxivist results import results.csv --json")
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns model, dataset, task, metric, value.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Import scores from a CSV file, and say which verdicts change.

    Optional columns: evaluation, regime, sampling, fraction, cells, steps, seed. Nothing is imported unless every row
    can be; importing the same file twice changes nothing.
    """
    from biorxivist.load.files import load_results
    from biorxivist.workspace.home import open_home

    with progress_bar("import") as progress:
        imported = load_results(open_home(progress=progress), file)
    rows = [change.row() for change in imported.changes]
    if json:
        print_rows([{"results": imported.results, "new": imported.new, "changes": rows}], "json")
    for row in () if json else rows:
        before, after = (str(row[key] or "none").replace("_", " ") for key in ("before", "after"))
        print_wrapped(row["statement"], hang=2)
        print_wrapped(f"{before} -> {after}", indent=2)
        print_wrapped(row["sentence"], indent=2, hang=2)
        print_text(f"  [{row['claim_id']}]")
    scores = f"{imported.results} score{'' if imported.results == 1 else 's'}"
    verdicts = f"{len(rows)} verdict{'' if len(rows) == 1 else 's'}" if rows else "no verdict"
    note(f"{file}: {scores}, {imported.new} of them new or changed; {verdicts} changed.")
