"""What the command line prints: data on stdout, everything else on stderr.

Rows are printed as a table on a terminal, as tab-separated values into a pipe, as JSON lines with ``--json``, as CSV
with ``--csv``. Text from papers and files is untrusted: control characters, which could drive a terminal, are shown
as a replacement character. ``NO_COLOR`` and output that is no terminal are respected (rich does both).
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "Form",
    "Progress",
    "as_json",
    "clean",
    "note",
    "print_rows",
    "print_text",
    "progress_bar",
    "silent",
    "stdout",
]

Form = Literal["table", "json", "csv"]
Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) while a long step goes on."""


def silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""
    del done, total, what


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
PIPE_WIDTH = 110
SILENT_SECONDS = 10.0


def clean(text: object) -> str:
    """Text that cannot drive a terminal: control and direction characters replaced, line feeds and tabs kept."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))


def as_json(value: object) -> str:
    """One line of JSON; dates and paths as text, None and numbers as they are."""
    return json.dumps(value, ensure_ascii=False, default=str)


def stdout() -> Console:
    """Console for prose and tables on stdout; 110 columns wide where there is no terminal."""
    return _console(stderr=False)


def _stderr() -> Console:
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else PIPE_WIDTH)


def note(message: str) -> None:
    """Message to the person at the keyboard, on stderr."""
    print(clean(message), file=sys.stderr)  # noqa: T201 - this is the module that prints


def print_text(text: str) -> None:
    """Lines of data on stdout."""
    print(clean(text))  # noqa: T201


def print_rows(rows: Iterable[Mapping[str, Any]], form: Form = "table") -> int:
    """Print rows to stdout and return how many there were.

    Columns of a table or CSV are those of the first row; a value that is a list or a map is printed as JSON.
    """
    if form == "json":
        count = 0
        for row in rows:
            print(as_json(row))  # noqa: T201
            count += 1
        return count
    table = list(rows)
    if not table:
        return 0
    columns = list(table[0])
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in table)
    elif sys.stdout.isatty():
        _print_table(columns, table)
    else:
        print("\t".join(columns))  # noqa: T201
        for row in table:
            print("\t".join(re.sub(r"\s+", " ", clean(_cell(row.get(column)))) for column in columns))  # noqa: T201
    return len(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else as_json(value)


def _print_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in columns:
        numeric = all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(Text(clean(column)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(_cell(row.get(column)))) for column in columns))
    stdout().print(table)


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Progress bar on stderr; where stderr is no terminal, one line each time that ``what`` changes.

    Yields
    ------
    Called with (done, total, what); may be called from anywhere in the step, as often as wanted.
    """
    if not sys.stderr.isatty():
        yield _line_by_line(title)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=_stderr(), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def update(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total or None, description=f"{title}: {clean(what)}")

        yield update


def _line_by_line(title: str) -> Progress:
    seen: set[str] = set()
    last = monotonic()

    def update(done: int, total: int, what: str) -> None:
        nonlocal last
        stage = re.sub(r"[\d:./%,]+.*", "", what).strip()
        if stage not in seen or monotonic() - last > SILENT_SECONDS:
            seen.add(stage)
            last = monotonic()
            note(f"{title}: {what}" + (f" ({done} of {total})" if total else ""))

    return update
