"""The text of a table -> its head and its rows, each cell under its column, or the reason why that cannot be told.

A passage of kind ``table`` has cells separated by tabs and rows by line ends. A cell that spans others is printed once
and the places that it covers are not, so columns are counted again here: only where there is one way to do it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["CELL", "SEVERAL", "Grid", "NotAGrid", "Row", "is_number", "read_grid"]

MARKS = r"[*†‡§¶#↑↓\s]*"
"""Stars and daggers say something of significance or a footnote, and stand outside of the number."""
DIGITS = r"[-−]?(?:\d+(?:\.\d+)?|\.\d+)"
CELL = re.compile(
    rf"{MARKS}(?P<value>{DIGITS})(?P<percent>\s?%)?"
    rf"(?P<rest>\s?(?:±|\+/-|\+-)\s?{DIGITS}\s?%?|\s?[\[(]\s?{DIGITS}\s?(?:(?:,|;|–|-|to)\s?{DIGITS}\s?)?%?[\])])?"
    rf"(?:\s?[a-j])?{MARKS}"
)
MISSING = re.compile(r"\s*(?:[-–—−]+|n/?a|nan|none|oom|not available)?\s*", re.IGNORECASE)
SEVERAL = re.compile(rf"{DIGITS}\s?%?(?:\s?(?:/+|\||;)\s?(?:{DIGITS}\s?%?|n/?a|[-–—−]+))+", re.IGNORECASE)
"""Numbers of which nobody knows which is which: 0.71/0.53/0.46."""
MOST_LINES, MOST_COLUMNS = 5_000, 200
"""A longer table is a data file; a broader one is a matrix."""


class NotAGrid(Exception):
    """Why the columns of a table cannot be told apart; no error of anybody, and caught by the reader of tables."""


@dataclass(frozen=True)
class _Line:
    start: int
    text: str
    cells: tuple[str, ...]

    @property
    def only(self) -> str | None:
        """The one cell that says something, if it is one."""
        said = [cell for cell in self.cells if cell]
        return said[0] if len(said) == 1 else None

    @property
    def has_number(self) -> bool:
        return any(map(is_number, self.cells))


@dataclass(frozen=True)
class Row:
    """A line of the body."""

    cells: tuple[str, ...]
    """As many as the table has columns; those of a spanning cell above are filled in."""
    filled: int
    """How many of the first cells stand in a row above."""
    start: int
    """Where the line begins in the text, in code points."""
    text: str
    """The line, verbatim."""
    section: str | None
    """The words of the line between the rows that this one stands under."""


@dataclass(frozen=True)
class Grid:
    """A table with columns that were told apart."""

    title: str
    """A line of one cell above everything; empty if there is none."""
    stubs: int
    """Columns at the left that name the rows."""
    titles: tuple[str, ...]
    """What stands above those columns."""
    head: tuple[tuple[str, ...], ...]
    """Lines of the head from the top, one text for each column that is no stub."""
    rows: tuple[Row, ...]


def is_number(cell: str) -> bool:
    """Whether a cell holds one number, with its spread, stars and sign of per cent."""
    return CELL.fullmatch(cell) is not None


def read_grid(text: str) -> Grid:
    """Read a table's text.

    Raises
    ------
    NotAGrid
        If there are no rows of numbers under a head, or spans leave open which column a heading stands over.
    """
    lines = _lines(text)
    title = lines[0].only if len(lines) > 1 else None
    lines = lines[1:] if title else lines
    counted = {len(line.cells) for line in lines if line.has_number}
    if not counted:
        several = any(SEVERAL.fullmatch(cell) for line in lines for cell in line.cells)
        msg = "its cells hold several numbers each" if several else "it has no rows of numbers"
        raise NotAGrid(msg)
    width = max(counted)
    if not 1 < width <= MOST_COLUMNS:
        msg = f"it has {width} columns"
        raise NotAGrid(msg)
    body = _first_of_body(lines, width)
    stubs = _stubs([line.cells for line in lines[body:] if len(line.cells) == width and line.has_number], width)
    if not 0 < stubs < width:
        msg = "no column names its rows"
        raise NotAGrid(msg)
    titles, head = _head([line.cells for line in lines[:body]], width, stubs)
    return Grid(title or "", stubs, titles, head, _rows(lines[body:], width, stubs))


def _lines(text: str) -> list[_Line]:
    lines, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(_Line(start, line, tuple(cell.strip() for cell in line.split("\t"))))
        start += len(line) + 1
        if len(lines) > MOST_LINES:
            msg = f"it has more than {MOST_LINES} rows"
            raise NotAGrid(msg)
    if not lines:
        msg = "it is empty"
        raise NotAGrid(msg)
    return lines


def _first_of_body(lines: Sequence[_Line], width: int) -> int:
    """The line after the head: the head is the first line, and those without a number or without a name."""
    for place, line in enumerate(lines[1:], start=1):
        is_between = line.only and not line.has_number and any(len(each.cells) == width for each in lines[:place])
        if is_between or (line.cells[0] and line.has_number):
            return place
    msg = "it has no rows under its head"
    raise NotAGrid(msg)


def _stubs(full: Sequence[Sequence[str]], width: int) -> int:
    """Columns before the first one that holds numbers in most rows."""
    for column in range(width):
        numbers = sum(is_number(cells[column]) for cells in full)
        if 2 * numbers >= len(full):
            return column
    return width


def _head(
    lines: Sequence[Sequence[str]], width: int, stubs: int
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Titles of the stubs, and the head's lines with a text for every other column."""
    *above, leaf = lines
    if len(leaf) == width - stubs and above and len(above[0]) > stubs:  # titles of stubs that cover both lines
        leaf = [*above[0][:stubs], *leaf]
    if len(leaf) != width:
        msg = f"its head has {len(leaf)} cells over {width} columns"
        raise NotAGrid(msg)
    under = tuple(leaf[stubs:])
    spread = [_spread(cells, under, width, stubs) for cells in above]
    titles = tuple(leaf[:stubs]) if any(leaf[:stubs]) or not above else tuple(above[0][:stubs])
    return titles, (*spread, under)


def _spread(cells: Sequence[str], under: tuple[str, ...], width: int, stubs: int) -> tuple[str, ...]:
    """The headings of a line, each repeated over the columns that it stands over.

    Where spans are gone, groups must be equal, and the headings below them the same in each.
    """
    if len(cells) == width:
        filled: list[str] = []
        for cell in cells[stubs:]:
            filled.append(cell or (filled[-1] if filled else ""))
        return tuple(filled)
    ways = set()
    for groups in {tuple(cells[1:]), tuple(cells[stubs:])}:
        size, rest = divmod(len(under), len(groups)) if groups else (0, 1)
        if not rest and all(groups) and (len(groups) == 1 or under == under[:size] * len(groups)):
            ways.add(tuple(group for group in groups for _ in range(size)))
    if len(ways) != 1:
        msg = "its head has headings over several columns, and the text does not say over which"
        raise NotAGrid(msg)
    return ways.pop()


def _rows(lines: Sequence[_Line], width: int, stubs: int) -> tuple[Row, ...]:
    """The rows of the body; one whose cells cannot be placed is left out."""
    rows: list[Row] = []
    section: str | None = None
    for line in lines:
        if line.only and not line.has_number:
            section = line.only
            continue
        missing = width - len(line.cells)
        if missing and not (rows and 0 < missing < stubs):
            continue
        cells = [*(rows[-1].cells[:missing] if missing else ()), *line.cells]
        filled = missing
        while rows and filled < stubs - 1 and not cells[filled]:  # an empty cell goes on with what stands above
            cells[filled] = rows[-1].cells[filled]
            filled += 1
        is_placed = all(is_number(cell) or MISSING.fullmatch(cell) for cell in cells[stubs:])
        if not any(map(is_number, cells[:stubs])) and (is_placed or not missing):
            rows.append(Row(tuple(cells), filled, line.start, line.text, section))
    return tuple(rows)
