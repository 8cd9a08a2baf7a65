"""``biorxivist scaling``: run a study on your own cells."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biorxivist.cli.completion import presets
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, progress_bar
from biorxivist.cli.rows import print_counts

__all__ = ["app"]

app = new_app()
scaling_app = new_app(no_args_is_help=True, help="Pre-train on subsets of a corpus and evaluate.")
app.add_typer(scaling_app, name="scaling")


@scaling_app.callback()
def scaling() -> None:
    """Pre-train on subsets of a corpus and evaluate."""


@scaling_app.command(
    epilog=examples(
        "biorxivist scaling run demo --cells my_cells.h5ad --out my_study",
        "biorxivist scaling run my_study.toml --cells CELLS --out OUT --workers 4",
    )
)
def run(
    study: Annotated[
        Path,
        typer.Argument(metavar="STUDY", help="Study file (TOML) or name of a preset.", autocompletion=presets),
    ],
    *,
    cells: Annotated[Path, typer.Option(metavar="DIR | FILE", help="Folder of .h5ad files, or one file.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the runs and their records.")],
    workers: Annotated[int, typer.Option(min=1, max=256, help="Number of processes.")] = 1,
    json: JsonFlag = False,
) -> None:
    """Run a study.

    A study that was stopped resumes: run the same command again, and finished runs are not repeated.
    """
    from biorxivist.workspace.studies import run_study

    with progress_bar("study") as progress:
        counts = run_study(study, cells=cells, out=out, workers=workers, progress=progress)
    print_counts(counts, json=json)
    note(f"The records are in {out / 'records.jsonl'}; `biorxivist graph load {out / 'records.jsonl'}` loads them.")
