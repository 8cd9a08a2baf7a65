"""``biorxivist demo`` and ``biorxivist doctor``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from biorxivist.claims.present import clean
from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import HomeOption, JsonFlag
from biorxivist.cli.output import note, progress_bar, stdout
from biorxivist.cli.rows import print_rows
from biorxivist.errors import SETUP

__all__ = ["app"]

app = new_app()

MARKS = {"ok": "[green]ok[/]", "missing": "[red]missing[/]", "optional": "[dim]-[/]"}


@app.command(
    epilog=examples(
        "biorxivist demo",
        "biorxivist demo --cells my_cells.h5ad --report report.html",
        "biorxivist demo --offline --home demo_home",
    )
)
def demo(
    *,
    home: HomeOption = None,
    cells: Annotated[
        Path | None, typer.Option(metavar="DIR_OR_FILE", help="Your cells: an .h5ad file or a folder of them.")
    ] = None,
    report: Annotated[Path, typer.Option(metavar="FILE", help="Report to write.")] = Path("demo/report.html"),
    workers: Annotated[int, typer.Option(min=1, max=64, help="Number of processes.")] = 2,
    offline: Annotated[bool, typer.Option("--offline", help="Do not use the network.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also print the claims, the budgets and the small study.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """See what this does, from claims to verdicts, on real cells.

    Reads the shipped claims, runs a small experiment, gives every claim its verdict and writes a report. The cells are
    yours, else PBMC 3k from the network, else simulated; small runs of this kind judge no claim.
    """
    from biorxivist.demo.run import run_demo
    from biorxivist.demo.terminal import print_everything, print_point
    from biorxivist.workspace.home import open_home

    with progress_bar("demo") as progress:
        opened = open_home(folder=home, progress=progress)
        result = run_demo(opened, cells=cells, report=report, workers=workers, offline=offline)
    if json:
        print_rows((row.plain() for row in result.rows), "json")
        note(f"Report: {report}")
    else:
        (print_everything if everything else print_point)(result, stdout(), report=report)
    if home is not None:
        note(f"The graph is in {home}: set BIORXIVIST_HOME={home} to query it.")


@app.command(epilog=examples("biorxivist doctor", "biorxivist doctor --json"))
def doctor(*, json: JsonFlag = False) -> None:
    """Check what is installed and configured.

    Uses no network. In a terminal it asks once for the mail address that services want to know, and keeps the answer in
    the home; else it changes nothing. The exit code is 3 if something that is needed is missing.
    """
    from rich.table import Table
    from rich.text import Text

    from biorxivist.contact import has_answer
    from biorxivist.settings import load_settings
    from biorxivist.workspace.doctor import examine
    from biorxivist.workspace.home import open_home

    settings, home = load_settings(), open_home()
    if not json and settings.contact is None and _is_terminal() and not has_answer(home.folder):
        _ask_contact(home.folder)
    parts = list(examine(settings, home))
    if json:
        print_rows((part._asdict() for part in parts), "json")
    else:
        table = Table.grid(padding=(0, 2))
        for part in parts:
            table.add_row(part.part, Text.from_markup(MARKS[part.state]), Text(clean(part.detail), overflow="fold"))
        stdout().print(table)
    if any(part.state == "missing" for part in parts):
        raise typer.Exit(SETUP)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask_contact(folder: Path) -> None:
    """Ask for a mail address, once; an empty answer is one, too."""
    from biorxivist.contact import is_mail_address, write_contact

    question = "Mail address that Europe PMC, Crossref and OpenAlex may write to (empty for none)"
    while (address := typer.prompt(question, default="", show_default=False).strip()) and not is_mail_address(address):
        note("That is no mail address, such as ann@example.org.")
    try:
        write_contact(folder, address)
    except OSError as error:  # what is wrong with the home is said below
        note(f"The answer cannot be kept: {error.strerror}.")
