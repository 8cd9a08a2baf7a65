"""Tables: cells with their spans, heading levels and units; a picture of a table is called a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from biorxivist.literature.document import Cell, Table
from biorxivist.literature.parse.inline import INLINES, XLINK, gather, spaced
from biorxivist.literature.parse.limits import MAX_GRID, MAX_SPAN, MAX_TALL
from biorxivist.literature.parse.text import all_text, plain, squeeze
from biorxivist.literature.parse.units import unit_in, unit_of
from biorxivist.literature.parse.writer import Buffer, Writer

_OASIS = "{http://www.niso.org/standards/z39-96/ns/oasis-exchange/table}"
_ROWS = frozenset(("tr", "row", f"{_OASIS}row"))
_HEADS = frozenset(("thead", f"{_OASIS}thead"))
_PLAIN_CELLS = frozenset(("td", "th"))
_IS_CELL = frozenset(("td", "th", "entry", f"{_OASIS}entry"))
_PARTS = frozenset(f"{space}{name}" for space in ("", _OASIS) for name in ("thead", "tgroup", "tbody", "tfoot"))
_INSIDE = _PARTS | _ROWS
_FEET = ("table-wrap-foot", "fn-group", "fn")
_GRIDS = ("table", f"{_OASIS}table", "array")
_cell = tuple.__new__
"""Makes a `Cell` of its nine fields in half the time of its constructor; tables have thousands."""
_NUMBER = re.compile(r"\s*(\d{1,6})\s*$")
_COLNUM = re.compile(r"(\d{1,4})\s*$")


def read_table(el: etree._Element, w: Writer) -> None:
    """Read a ``table-wrap``, or a table that stands alone, into a `Table` and its passages."""
    title = Buffer()
    notes = Buffer()
    label = ""
    alone = el.tag in _GRIDS
    grids = [el] if alone else _own(el)
    graphics = [href for g in el.iter("graphic", "inline-graphic", "media") if (href := g.get(XLINK))]
    if not alone:
        notes.pieces.append(el.text or "")
        for child in el:
            tag = child.tag
            if tag in ("label", "caption"):
                if tag == "label":
                    label = plain(all_text(child))
                spaced(child, title, w)
            elif tag == "alternatives":
                _other_forms(child, grids, notes, w)
            elif tag in _FEET:
                _foot(child, notes, w)
            elif child not in grids:
                (INLINES.get(tag) or spaced)(child, notes, w)
            notes.pieces.append(f" {child.tail}" if child.tail else " ")
    caption = w.write(title, "caption")
    cells, rows, cols, passage_id = _write_grid(grids, notes, w) if grids else ((), 0, 0, None)
    foot = w.write(notes, "caption")
    unit_row = _unit_row(cells)
    text = caption.text if caption else ""
    w.tables.append(
        Table(
            id=el.get("id") or "",
            label=label,
            caption=text.removeprefix(label).strip() if label else text,
            kind="grid" if grids else "image" if graphics else "link",
            graphics=tuple(graphics),
            links=tuple(href for link in el.iter("ext-link", "self-uri", "uri") if (href := link.get(XLINK))),
            rows=rows,
            cols=cols,
            cells=cells,
            unit_row=unit_row,
            units=_units(cells, cols, unit_row),
            notes=foot.text if foot else "",
            section=w.path,
            passage_id=passage_id,
            caption_id=caption.id if caption else None,
            notes_id=foot.id if foot else None,
        )
    )


def _foot(el: etree._Element, notes: Buffer, w: Writer) -> None:
    """Footnotes of a table are its notes, not paragraphs of the text around it."""
    notes.pieces.append(f" {el.text or ''}")
    for child in el:
        if child.tag in _FEET:
            _foot(child, notes, w)
        else:
            (INLINES.get(child.tag) or spaced)(child, notes, w)
        notes.pieces.append(f" {child.tail or ''}")


def _own(el: etree._Element) -> list[etree._Element]:
    """The grids of a table-wrap: its children, and the first of every set of alternatives."""
    grids = []
    for child in el:
        if child.tag in _GRIDS:
            grids.append(child)
        elif child.tag == "alternatives":
            grids += list(child.iterchildren(*_GRIDS))[:1]
    return grids


def _other_forms(el: etree._Element, grids: list[etree._Element], notes: Buffer, w: Writer) -> None:
    """The other forms of a table: the words of a picture are kept, a second grid is logged."""
    notes.pieces.append(el.text or "")
    for child in el:
        if child in grids:
            pass
        elif child.tag in _GRIDS:
            w.drop(child, "another form of the same content: table")
        else:
            (INLINES.get(child.tag) or spaced)(child, notes, w)
        notes.pieces.append(f" {child.tail}" if child.tail else " ")


@dataclass(slots=True)
class _Pen:
    """What has been written of a table so far."""

    notes: Buffer
    writer: Writer
    cells: list[Cell] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    length: int = 0
    cited: list[tuple[int, int, etree._Element]] = field(default_factory=list)
    scratch: Buffer = field(default_factory=Buffer)


def _write_grid(grids: list[etree._Element], notes: Buffer, w: Writer) -> tuple[tuple[Cell, ...], int, int, str | None]:
    """Cells of all grids, one below the other, and the passage that holds their text.

    The passage has the cells of a row parted by tabs and the rows by line ends.
    """
    pen = _Pen(notes, w)
    row, wide = -1, 0
    for grid in grids:
        first, level = row + 1, 0
        for head, lines in _groups(grid, notes, w):
            taken: dict[int, int] = {}  # column -> rows that a cell from above still covers
            for index, inside in enumerate(lines):
                row += 1
                heading = head or (row == first + level and _all_headings(inside, grid))
                level += heading
                width = _write_row(inside, row, len(lines) - index, level if heading else 0, taken, pen)
                wide = max(wide, width)
                taken = {column: n - 1 for column, n in taken.items() if n > 1}
    text = "".join(pen.parts)
    passage = w.add(text, "table", pen.cited) if text.strip() else None
    return tuple(pen.cells), row + 1, wide, passage.id if passage else None


def _write_row(inside: list[etree._Element], row: int, rest: int, level: int, taken: dict[int, int], pen: _Pen) -> int:
    """Write the cells of a row where browsers put them; returns how many columns the row reaches over.

    Parameters
    ----------
    inside
        The cells.
    row
        Number of the row.
    rest
        Rows from this one to the end of its group, which no span leaves.
    level
        Heading level, 0 for a row of data.
    taken
        Column -> rows that a cell from above still covers; filled with what the cells here cover.
    pen
        What has been written so far.
    """
    col, gap, length = 0, "\n" if pen.cells else "", pen.length
    cells, parts = pen.cells, pen.parts
    for cell in inside:
        tag = cell.tag
        if tag in _PLAIN_CELLS:
            tall, broad, named = cell.get("rowspan"), cell.get("colspan"), 0
            rowspan = 1 if tall is None or tall == "1" else _count(tall)
            colspan = 1 if broad is None or broad == "1" else _count(broad)
        else:
            named, rowspan, colspan = _oasis_span(cell)
        col = named or col
        while col in taken:
            col += 1
        rowspan = min(rowspan, rest)
        if rowspan > 1 or colspan > 1:
            if (row + rowspan) * (col + colspan) > MAX_GRID or len(taken) + colspan > MAX_TALL:
                pen.writer.remark(f"span that is too wide for a table, not followed: row {row}, column {col}")
                rowspan = colspan = 1
            if rowspan > 1:
                taken.update(dict.fromkeys(range(col, col + colspan), rowspan))
        links: list[tuple[int, int, etree._Element]] = []
        text = " ".join((cell.text or "").split())
        if len(cell) or not text.isprintable():
            text, links = _text(cell, pen)
        start = length + len(gap)
        length = start + len(text)
        named_row = not level and tag == "th"
        cells.append(_cell(Cell, (text, row, col, rowspan, colspan, level, named_row, start, length)))
        parts.append(gap)
        parts.append(text)
        for low, high, link in links:
            pen.cited.append((start + low, start + high, link))
        if (tail := cell.tail) and not tail.isspace():
            pen.notes.pieces.append(f" {tail} ")
        gap = "\t"
        col += colspan
    pen.length = length
    return max(col, *(column + 1 for column in taken)) if taken else col


def _text(cell: etree._Element, pen: _Pen) -> tuple[str, list[tuple[int, int, etree._Element]]]:
    """Text of a cell that is more than one run of plain text, and the citations in it."""
    pieces, marks = pen.scratch.pieces, pen.scratch.marks
    pieces.clear()
    marks.clear()
    gather(cell, pen.scratch, pen.writer)
    text, spans = squeeze(pieces, marks)
    if not text.isprintable():
        text, spans = squeeze([pen.writer.visible(piece) for piece in pieces], marks)
    return text, [(a, b, mark[2]) for (a, b), mark in zip(spans, marks, strict=True)]


def _groups(grid: etree._Element, notes: Buffer, w: Writer) -> Iterator[tuple[bool, list[list[etree._Element]]]]:
    """Row groups, whether each is a head, with the cells of their rows; a span never leaves its group.

    What stands in a table but in none of its cells goes to the notes.
    """
    parts = [grid]
    for part in parts:
        children = list(part)
        parts += [child for child in children if child.tag in _PARTS]
        _loose(part, _INSIDE, notes, w)
        lines = []
        for tr in (child for child in children if child.tag in _ROWS):
            inside = list(tr)
            if (own := [child for child in inside if child.tag in _IS_CELL]) != inside or not _blank(tr.text):
                _loose(tr, _IS_CELL, notes, w)
                inside = own
            lines.append(inside)
        if lines:
            yield part.tag in _HEADS, lines


def _blank(text: str | None) -> bool:
    return not text or text.isspace()


def _loose(el: etree._Element, known: frozenset[str], notes: Buffer, w: Writer) -> None:
    if el.text and not el.text.isspace():
        notes.pieces.append(f" {el.text} ")
    for child in el:
        if child.tag not in known:
            (INLINES.get(child.tag) or spaced)(child, notes, w)
        if (known is _INSIDE or child.tag not in known) and child.tail and not child.tail.isspace():
            notes.pieces.append(f" {child.tail} ")


def _all_headings(cells: list[etree._Element], grid: etree._Element) -> bool:
    """A row of ``th`` alone at the top of a table without ``thead`` is a heading."""
    return len(cells) > 1 and all(c.tag == "th" for c in cells) and grid.find("thead") is None


def _oasis_span(cell: etree._Element) -> tuple[int, int, int]:
    """Column that an OASIS entry names (0 if none), rows and columns that it covers."""
    get = cell.get
    start, end = _COLNUM.search(get("namest") or get("colname") or ""), _COLNUM.search(get("nameend") or "")
    more = get("morerows")
    across = int(end[1]) - int(start[1]) + 1 if start and end else 1
    return (
        min(int(start[1]), MAX_SPAN) - 1 if start and int(start[1]) else 0,
        _count(more) + 1 if more and more.strip() != "0" else 1,
        max(1, min(across, MAX_SPAN)),
    )


def _count(value: str) -> int:
    match = _NUMBER.match(value)
    return max(1, min(int(match[1]), MAX_SPAN)) if match else 1


def _unit_row(cells: tuple[Cell, ...]) -> int | None:
    """The last heading row, or the first row below the headings, if it holds units and nothing else."""
    heads = max((c.row for c in cells if c.header), default=-1)
    for row in (heads, heads + 1):
        texts = [c.text for c in cells if c.row == row and c.text and c.col > 0]
        if texts and heads >= 0 and all(unit_of(text) for text in texts):
            return row
        if row < 0:
            break
    return None


def _units(cells: tuple[Cell, ...], cols: int, unit_row: int | None) -> tuple[str | None, ...]:
    """Unit of each column; the heading nearest to the numbers decides."""
    units: list[str | None] = [None] * cols
    for cell in sorted((c for c in cells if c.header or c.row == unit_row), key=lambda c: c.row):
        found = unit_of(cell.text) if cell.row == unit_row else unit_in(cell.text)
        if found:
            for col in range(cell.col, min(cell.col + cell.colspan, cols)):
                units[col] = found
    return tuple(units)
