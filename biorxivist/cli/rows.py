"""Rows on stdout, for people and for programs.

A table, or a block of lines for each row where a table would cut words, on a terminal; tab-separated values into a
pipe; JSON lines with ``--json``; CSV with ``--csv``.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from biorxivist.claims.present import clean
from biorxivist.cli.output import print_wrapped, stdout

__all__ = ["Form", "as_json", "print_counts", "print_rows"]

Form = Literal["table", "json", "csv"]
COLUMN_GAP = 3


def as_json(value: object) -> str:
    """One line of JSON; dates and paths as text, None and numbers as they are."""
    return json.dumps(value, ensure_ascii=False, default=str)


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


def print_counts(counts: Mapping[str, int], *, json: bool) -> None:
    """How many there are of each thing: a row each, or one JSON object."""
    if json:
        print_rows([counts], "json")
    else:
        print_rows([{"kind": name, "count": count} for name, count in counts.items()])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else as_json(value)


def _print_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A table if every word fits its column, else a block of lines for each row."""
    cells = [[clean(_cell(row.get(column))) for column in columns] for row in rows]
    widths = _column_widths(
        [[clean(name), *column] for name, *column in zip(columns, *cells, strict=True)],
        shutil.get_terminal_size().columns - COLUMN_GAP * len(columns),
    )
    if widths is None:
        _print_blocks(columns, cells)
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column, width in zip(columns, widths, strict=True):
        numeric = all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(Text(clean(column)), justify="right" if numeric else "left", width=width)
    for row_cells in cells:
        table.add_row(*map(Text, row_cells))
    stdout().print(table)


def _column_widths(columns: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Widths that sum to ``room`` at most and cut no word; None if there are none.

    Rich's own widths squeeze the widest column until its words are cut.
    """
    least = [max(_longest_word(text) for text in column) for column in columns]
    wanted = [max(map(len, column)) - width for column, width in zip(columns, least, strict=True)]
    spare = room - sum(least)
    if spare < 0:
        return None
    shares = wanted if sum(wanted) <= spare else [spare * want // sum(wanted) for want in wanted]
    return [width + share for width, share in zip(least, shares, strict=True)]


def _print_blocks(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    for place, row_cells in enumerate(cells):
        if place:
            print()  # noqa: T201
        for column, text in zip(columns, row_cells, strict=True):
            if text:
                print_wrapped(f"{column}: {' '.join(text.split())}", hang=2)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=1)
