"""``biorxivist demo`` and ``biorxivist doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biorxivist.cli.options import HomeOption, JsonFlag
from biorxivist.cli.output import clean, note, print_rows, progress_bar, stdout
from biorxivist.errors import SETUP

__all__ = ["demo", "doctor"]

MARKS = {"ok": "[green]ok[/]", "missing": "[red]missing[/]", "optional": "[dim]-[/]"}


def demo(
    *,
    home: HomeOption = None,
    cells: Annotated[
        Path | None, typer.Option(metavar="DIR_OR_FILE", help="Your cells (.h5ad); else PBMC 3k, else simulated ones.")
    ] = None,
    report: Annotated[Path, typer.Option(metavar="FILE", help="Where the report goes.")] = Path("demo/report.html"),
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes of the small study.")] = 2,
    offline: Annotated[bool, typer.Option("--offline", help="Do not look for PBMC 3k on the network.")] = False,
    json: JsonFlag = False,
) -> None:
    """From nothing to the point: claims, an experiment on real cells, a verdict per claim, a graph to ask."""
    from biorxivist.demo.run import run_demo
    from biorxivist.demo.terminal import print_demo
    from biorxivist.workspace.home import open_home

    with progress_bar("demo") as progress:
        opened = open_home(folder=home, progress=progress)
        shown = run_demo(opened, cells=cells, report=report, workers=workers, offline=offline)
    if json:
        print_rows((row.plain() for row in shown.rows), "json")
    else:
        print_demo(shown, stdout())
    note(f"Report: {report}")


def doctor(*, json: JsonFlag = False) -> None:
    """Say what is set up here and what is not."""
    from rich.table import Table
    from rich.text import Text

    from biorxivist.settings import load_settings
    from biorxivist.workspace.doctor import examine
    from biorxivist.workspace.home import open_home

    parts = list(examine(load_settings(), open_home()))
    if json:
        print_rows((part._asdict() for part in parts), "json")
    else:
        table = Table.grid(padding=(0, 2))
        for part in parts:
            table.add_row(part.part, Text.from_markup(MARKS[part.state]), Text(clean(part.told), overflow="fold"))
        stdout().print(table)
    if any(part.state == "missing" for part in parts):
        raise typer.Exit(SETUP)
