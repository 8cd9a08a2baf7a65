"""What the command line prints: data on stdout, everything else on stderr.

Text from papers and files is untrusted: control characters, which could drive a terminal, are replaced. With
``NO_COLOR``, and where the output is no terminal, no escape code is written at all, neither for bold nor for a
progress bar.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from biorxivist.claims.present import clean
from graph.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "fitted",
    "note",
    "print_text",
    "print_wrapped",
    "progress_bar",
    "stdout",
]

PIPE_WIDTH = 110
SILENT_SECONDS = 10.0


def stdout() -> Console:
    """Console for prose and tables on stdout; 110 columns wide where there is no terminal."""
    return _console(stderr=False)


def _stderr() -> Console:
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    if _plain():  # rich's own no_color keeps bold
        return Console(stderr=stderr, highlight=False, width=width, color_system=None, force_terminal=False)
    return Console(stderr=stderr, highlight=False, width=width)


def _plain() -> bool:
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def note(message: str) -> None:
    """Message to the person at the keyboard, on stderr, wrapped as `print_wrapped` does."""
    for line in fitted(message, sys.stderr):
        print(line, file=sys.stderr)  # noqa: T201 - this is the module that prints


def print_text(text: str) -> None:
    """Lines of data on stdout."""
    print(clean(text))  # noqa: T201


def print_wrapped(text: str, *, indent: int = 0, hang: int = 0) -> None:
    """Prose on stdout: on a terminal wrapped between words to its width, into a pipe a line as it is.

    Parameters
    ----------
    text
        Lines; the white space that one begins with is kept.
    indent
        Spaces before every line.
    hang
        Further spaces before the lines that wrapping adds.
    """
    for line in fitted(text, sys.stdout, indent=indent, hang=hang):
        print(line)  # noqa: T201


def fitted(text: str, stream: TextIO, *, indent: int = 0, hang: int = 0) -> Iterator[str]:
    """Lines of safe text that fit the terminal which ``stream`` is; as they are where it is none.

    A word that is longer than a line, such as an address, is not cut. Parameters are those of `print_wrapped`.
    """
    columns = _columns(stream)
    for line in clean(text).split("\n"):
        body = line.lstrip(" ")
        first = " " * (indent + len(line) - len(body))
        if columns is None or not body.strip():
            yield (first + body).rstrip()
            continue
        width = max(columns, len(first) + hang + 20)
        yield from textwrap.wrap(
            body,
            width,
            initial_indent=first,
            subsequent_indent=first + " " * hang,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _columns(stream: TextIO) -> int | None:
    """Width of the terminal that the stream is; None if it is none. ``COLUMNS`` overrides what the terminal says."""
    if not stream.isatty():
        return None
    if os.environ.get("COLUMNS", "").isdigit():
        return int(os.environ["COLUMNS"]) or None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):  # a stand-in for a terminal that has no descriptor
        return shutil.get_terminal_size().columns


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Progress bar on stderr; where that is no terminal, or with ``NO_COLOR``, a line each time that ``what`` changes.

    Yields
    ------
    Called with (done, total, what); may be called from anywhere in the step, as often as wanted.
    """
    if not sys.stderr.isatty() or _plain():
        yield _line_by_line(title)
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeElapsedColumn())
    with Bar(*columns, console=_stderr(), transient=True) as bar:
        task = bar.add_task(title, total=None, count="")

        def update(done: int, total: int, what: str) -> None:
            if not total:
                # `bar.update` takes None for "as before", and the total of the step before would stay.
                bar.tasks[0].total = None
            count = f"{done}/{total}" if total else ""
            bar.update(task, completed=done, total=total or None, description=f"{title}: {clean(what)}", count=count)

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
