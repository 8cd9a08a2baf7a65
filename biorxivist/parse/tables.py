"""Tables: cells with their spans, heading levels and units; a picture of a table is called a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from biorxivist.document import Cell, Table
from biorxivist.parse.body import INLINES, XLINK, gather, spaced
from biorxivist.parse.limits import MAX_GRID, MAX_SPAN
from biorxivist.parse.text import plain, squeeze
from biorxivist.parse.units import unit_in, unit_of
from biorxivist.parse.writer import Buffer, Writer

_OASIS = "{http://www.niso.org/standards/z39-96/ns/oasis-exchange/table}"
_ROWS = ("tr", "row", f"{_OASIS}row")
_CELLS = frozenset(("td", "th", "entry", f"{_OASIS}entry"))
_GRIDS = ("table", f"{_OASIS}table", "array")
_NUMBER = re.compile(r"\s*(\d{1,6})\s*$")
_COLNUM = re.compile(r"(\d{1,4})\s*$")


def read_table(el: etree._Element, w: Writer) -> None:
    """Read a ``table-wrap``, or a table that stands alone, into a `Table` and its passages."""
    title = Buffer()
    notes = Buffer()
    label = ""
    alone = el.tag in _GRIDS
    grids = [el] if alone else _outer(el)
    graphics = [href for g in el.iter("graphic", "inline-graphic", "media") if (href := g.get(XLINK))]
    if not alone:
        notes.pieces.append(el.text or "")
        for child in el:
            tag = child.tag
            if tag in ("label", "caption"):
                if tag == "label":
                    label = plain("".join(child.itertext()))
                spaced(child, title, w)
            elif tag == "alternatives":
                _other_forms(child, grids, notes, w)
            elif child not in grids:
                (INLINES.get(tag) or spaced)(child, notes, w)
            notes.pieces.append(f" {child.tail}" if child.tail else " ")
    caption = w.write(title, "caption")
    cells, rows, cols, passage_id = _write_grid(grids, w) if grids else ((), 0, 0, None)
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


def _outer(el: etree._Element) -> list[etree._Element]:
    """The grids of a table-wrap, none inside another."""
    return [t for t in el.iter(*_GRIDS) if next(t.iterancestors(*_GRIDS, "td", "th"), None) is None]


def _other_forms(el: etree._Element, grids: list[etree._Element], notes: Buffer, w: Writer) -> None:
    for child in el:
        if child in grids or child.tag in ("graphic", "media", "inline-graphic"):
            if child not in grids:
                spaced(child, notes, w)
        elif grids:
            w.drop(child, f"another form of the same content: {child.tag}")
        else:
            spaced(child, notes, w)


def _write_grid(grids: list[etree._Element], w: Writer) -> tuple[tuple[Cell, ...], int, int, str | None]:
    """Cells of all grids, one below the other, and the passage that holds their text.

    The passage has the cells of a row parted by tabs and the rows by line ends.
    """
    buf = Buffer()
    pieces = buf.pieces
    bounds: list[int] = []
    places: list[tuple[int, int, int, int, int, bool]] = []
    rows = cols = 0
    for grid in grids:
        high, wide = 0, 0
        for cell, place in _place(grid, rows, w):
            bounds.append(len(pieces))
            places.append(place)
            if len(cell):
                gather(cell, buf, w)
            elif cell.text:
                pieces.append(cell.text)
            high, wide = max(high, place[0] + place[2]), max(wide, place[1] + place[3])
        rows, cols = max(rows, high), max(cols, wide)
    cells, text, cited = _lay_out(buf, bounds, places, w)
    passage = w.add(text, "table", cited) if text.strip() else None
    return tuple(cells), rows, cols, passage.id if passage else None


def _lay_out(
    buf: Buffer, bounds: list[int], places: list[tuple[int, int, int, int, int, bool]], w: Writer
) -> tuple[list[Cell], str, list[tuple[int, int, etree._Element]]]:
    """Join the texts of cells; offsets of cells and citations on the way."""
    cells: list[Cell] = []
    cited: list[tuple[int, int, etree._Element]] = []
    parts: list[str] = []
    length, row, mark = 0, -1, 0
    bounds = [*bounds, len(buf.pieces)]
    for index, (at, col, rowspan, colspan, level, names_row) in enumerate(places):
        low, high = bounds[index], bounds[index + 1]
        own = []
        while mark < len(buf.marks) and buf.marks[mark][1] <= high:
            start, end, link = buf.marks[mark]
            own.append((start - low, end - low, link))
            mark += 1
        if high == low + 1 and not own:
            text, spans = " ".join(buf.pieces[low].split()), []
        else:
            text, spans = squeeze(buf.pieces[low:high], own)
        if not text.isprintable():
            text, spans = squeeze([w.visible(piece) for piece in buf.pieces[low:high]], own)
        if index:
            parts.append("\t" if at == row else "\n")
            length += 1
        row = at
        cells.append(Cell(text, at, col, rowspan, colspan, level, names_row, length, length + len(text)))
        cited += [(length + a, length + b, link[2]) for (a, b), link in zip(spans, own, strict=True)]
        parts.append(text)
        length += len(text)
    return cells, "".join(parts), cited


def _place(
    grid: etree._Element, first: int, w: Writer
) -> Iterator[tuple[etree._Element, tuple[int, int, int, int, int, bool]]]:
    """Each cell with (row, col, rowspan, colspan, header level, names its row), spans worked out as browsers do."""
    row, level = first - 1, 0
    for part, lines in _groups(grid):
        head = etree.QName(part).localname == "thead"
        taken: dict[int, int] = {}  # column -> rows that a cell from above still covers
        for index, inside in enumerate(lines):
            row += 1
            heading = head or (row == first + level and _all_headings(inside, grid))
            level += heading
            col = 0
            for cell in inside:
                col = _named_column(cell) or col
                while taken.get(col):
                    col += 1
                rowspan, colspan = min(_rows(cell), len(lines) - index), _columns(cell)
                if (row - first + rowspan) * (col + colspan) > MAX_GRID:
                    w.remark(f"cell at row {row}, column {col} of a table beyond {MAX_GRID:,} places: spans not followed")
                    rowspan = colspan = 1
                if rowspan > 1:
                    taken.update(dict.fromkeys(range(col, col + colspan), rowspan))
                yield cell, (row, col, rowspan, colspan, level if heading else 0, cell.tag == "th" and not heading)
                col += colspan
            taken = {column: n - 1 for column, n in taken.items() if n > 1}


def _groups(grid: etree._Element) -> list[tuple[etree._Element, list[list[etree._Element]]]]:
    """Row groups (``thead``, ``tbody``, ...) with the cells of their rows; a span never leaves its group."""
    groups: list[tuple[etree._Element, list[list[etree._Element]]]] = []
    for tr in grid.iter(*_ROWS):
        if next(tr.iterancestors(*_GRIDS)) is grid:
            part = tr.getparent()
            if not groups or groups[-1][0] is not part:
                groups.append((part, []))
            groups[-1][1].append([cell for cell in tr if cell.tag in _CELLS])
    return groups


def _all_headings(cells: list[etree._Element], grid: etree._Element) -> bool:
    """A row of ``th`` alone at the top of a table without ``thead`` is a heading."""
    return len(cells) > 1 and all(c.tag == "th" for c in cells) and grid.find("thead") is None


def _count(value: str | None) -> int:
    match = _NUMBER.match(value or "")
    return max(1, min(int(match[1]), MAX_SPAN)) if match else 1


def _rows(cell: etree._Element) -> int:
    if more := cell.get("morerows"):
        return _count(more) + 1 if more.strip() != "0" else 1
    return _count(cell.get("rowspan"))


def _columns(cell: etree._Element) -> int:
    start, end = (_COLNUM.search(cell.get(name) or "") for name in ("namest", "nameend"))
    if start and end:
        return max(1, min(int(end[1]) - int(start[1]) + 1, MAX_SPAN))
    return _count(cell.get("colspan"))


def _named_column(cell: etree._Element) -> int | None:
    """Column of an OASIS entry that names one, counted from 0."""
    match = _COLNUM.search(cell.get("namest") or cell.get("colname") or "")
    return int(match[1]) - 1 if match and int(match[1]) > 0 else None


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
