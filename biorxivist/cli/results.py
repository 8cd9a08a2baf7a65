"""``biorxivist results``: a user's own scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_rows, progress_bar

__all__ = ["results_app"]

results_app = typer.Typer(no_args_is_help=True, help="Your own scores.")


@results_app.callback()
def results() -> None:
    """Your own scores: bring them in, and the verdicts are computed anew."""


@results_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns model, dataset, task, metric, value.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Import scores from a CSV file; the verdicts and the graph are brought up to date.

    Optional columns: evaluation, regime, sampling, fraction, cells, steps, seed. Nothing is imported unless every row
    can be; the same file twice changes nothing.
    """
    from biorxivist.load import load_results
    from biorxivist.workspace.home import open_home

    with progress_bar("import") as progress:
        counts = load_results(open_home(progress=progress), file)
    if json:
        print_rows([counts], "json")
    else:
        print_rows([{"what": what, "count": count} for what, count in counts.items()])
    note(f"{file}: {counts['results']} results, {counts['new']} of them new or changed.")
