"""``biorxivist scaling``: run a study on your own cells."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_rows, progress_bar

__all__ = ["scaling_app"]

scaling_app = typer.Typer(no_args_is_help=True, help="Experiments: pre-train on subsets of a corpus and evaluate.")


@scaling_app.callback()
def scaling() -> None:
    """Experiments: pre-train on subsets of a corpus and evaluate."""


@scaling_app.command()
def run(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="Study file (TOML), or the name of a preset.")],
    *,
    cells: Annotated[Path, typer.Option(metavar="DIR", help="Folder with .h5ad files, or one file.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="For ledger and records; given again, it goes on.")],
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    json: JsonFlag = False,
) -> None:
    """Run a study: what is done already is not done again, so a stopped study goes on where it was."""
    from biorxivist.workspace.studies import run_study

    with progress_bar("study") as progress:
        counts = run_study(study, cells=cells, out=out, workers=workers, progress=progress)
    if json:
        print_rows([counts], "json")
    else:
        print_rows([{"what": what, "count": count} for what, count in counts.items()])
    note(f"Records are in {out / 'records.jsonl'}; `biorxivist graph load {out / 'records.jsonl'}` brings them in.")
