"""Tables: cells with their spans and heading levels; a picture of a table is called a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from biorxivist.literature.document import Cell, Table
from biorxivist.literature.parse.inline import INLINES, XLINK, Inline, gather, gather_spaced, readable
from biorxivist.literature.parse.text import is_blank, plain, squeeze
from biorxivist.literature.parse.writer import Buffer, Writer
from graph.records import Passage

# Tables are untrusted: a cell may claim to cover a million columns.
MAX_SPAN = 1_000
"""Rows or columns that one cell may cover."""
MAX_TALL = 5_000
"""Columns of one table that cells from above may cover at a time."""
MAX_GRID = 2_000_000
"""Places of one table, rows times columns."""

_OASIS = "{http://www.niso.org/standards/z39-96/ns/oasis-exchange/table}"
_ROWS = frozenset(("tr", "row", f"{_OASIS}row"))
_FOOT = frozenset(("tfoot", f"{_OASIS}tfoot"))
_HEADS = frozenset(("thead", f"{_OASIS}thead"))
_PLAIN_CELLS = frozenset(("td", "th"))
_ONE = (None, "1")
"""What nearly all cells say of the rows and columns that they cover."""
_IS_CELL = frozenset(("td", "th", "entry", f"{_OASIS}entry"))
_PARTS = frozenset(f"{space}{name}" for space in ("", _OASIS) for name in ("thead", "tgroup", "tbody", "tfoot"))
_INSIDE = _PARTS | _ROWS
_FEET = ("table-wrap-foot", "fn-group", "fn")
_GRIDS = ("table", f"{_OASIS}table", "array")
_NUMBER = re.compile(r"\s*(\d{1,6})\s*$")
_COLUMN_NUMBER = re.compile(r"(\d{1,4})\s*$")

_PICTURES = frozenset(("jpg", "jpeg", "png", "gif", "tif", "tiff", "svg", "bmp", "eps", "webp", "jp2"))
_DATA = frozenset(("csv", "tsv", "txt", "xls", "xlsx", "ods", "json", "xml", "zip", "gz", "doc", "docx", "pdf"))

Link = tuple[int, int, etree._Element]
"""Start, end and element of a link to the reference list."""


def read_table(el: etree._Element, w: Writer) -> None:
    """Read a ``table-wrap``, or a table that stands alone, into a `Table` and its passages."""
    title, notes = Buffer(), Buffer()
    is_bare = el.tag in _GRIDS
    grids = [el] if is_bare else _own_grids(el)
    label = "" if is_bare else _read_around(el, grids, title, notes, w)
    # The order of these three is the order of the passages: caption, cells, notes.
    caption = w.write(title, "caption")
    written = write_grids(grids, notes, w)
    foot = w.write(notes, "caption")
    graphics, files = _attached(el)
    text = caption.text if caption else ""
    w.tables.append(
        Table(
            id=el.get("id") or "",
            label=label,
            caption=text.removeprefix(label).strip() if label else text,
            kind="grid" if grids else "image" if graphics else "link",
            graphics=graphics,
            links=files,
            rows=written.rows,
            cols=written.columns,
            cells=tuple(written.cells),
            notes=foot.text if foot else "",
            section=w.path,
            passage_id=written.passage.id if written.passage else None,
            caption_id=caption.id if caption else None,
            notes_id=foot.id if foot else None,
        )
    )


def _attached(el: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Pictures of a table, and files and addresses that hold its cells."""
    pictures: list[str] = []
    others: list[str] = []
    for part in el.iter("graphic", "inline-graphic", "media", "supplementary-material", "inline-supplementary-material",
                        "ext-link", "self-uri", "uri"):  # fmt: skip
        if href := part.get(XLINK):
            (pictures if _is_picture(part, href) else others).append(href)
    return tuple(pictures), tuple(dict.fromkeys(others))


def _is_picture(el: etree._Element, href: str) -> bool:
    """Whether a file is an image: by what is said of it, else by its name; a ``graphic`` is one unless it says not."""
    kind, suffix = (el.get("mimetype") or "").lower(), href.lower().rpartition(".")[2]
    if kind:
        return kind.startswith("image")
    if el.tag in ("graphic", "inline-graphic"):
        return suffix not in _DATA
    return el.tag == "media" and suffix in _PICTURES


def _read_around(el: etree._Element, grids: list[etree._Element], title: Buffer, notes: Buffer, w: Writer) -> str:
    """Read what stands around the grids of a ``table-wrap`` into title and notes; returns the label."""
    label = ""
    notes.pieces.append(el.text or "")
    for child in el:
        tag = child.tag
        if tag in ("label", "caption"):
            if tag == "label":
                label = plain(readable(child))
            gather_spaced(child, title, w)
        elif tag == "alternatives":
            _read_other_forms(child, grids, notes, w)
        elif tag in _FEET:
            _read_foot(child, notes, w)
        elif child not in grids:
            (INLINES.get(tag) or gather_spaced)(child, notes, w)
        notes.pieces.append(f" {child.tail}" if child.tail else " ")
    return label


def _read_foot(el: etree._Element, notes: Buffer, w: Writer) -> None:
    """Footnotes of a table are its notes, not paragraphs of the text around it."""
    notes.pieces.append(f" {el.text or ''}")
    for child in el:
        if child.tag in _FEET:
            _read_foot(child, notes, w)
        else:
            (INLINES.get(child.tag) or gather_spaced)(child, notes, w)
        notes.pieces.append(f" {child.tail or ''}")


def _own_grids(el: etree._Element) -> list[etree._Element]:
    """The grids of a table-wrap: its children, and the first of every set of alternatives."""
    grids = []
    for child in el:
        if child.tag in _GRIDS:
            grids.append(child)
        elif child.tag == "alternatives":
            grids += list(child.iterchildren(*_GRIDS))[:1]
    return grids


def _read_other_forms(el: etree._Element, grids: list[etree._Element], notes: Buffer, w: Writer) -> None:
    """The other forms of a table: the words of a picture become notes, a second grid is logged."""
    notes.pieces.append(el.text or "")
    for child in el:
        if child in grids:
            pass
        elif child.tag in _GRIDS:
            w.drop(child, "another form of the same content: table")
        else:
            (INLINES.get(child.tag) or gather_spaced)(child, notes, w)
        notes.pieces.append(f" {child.tail}" if child.tail else " ")


@dataclass(slots=True)
class Written:
    """What has been written of a table so far: its cells, and the text that holds them."""

    notes: Buffer
    """Takes what stands in the table but in none of its cells."""
    writer: Writer
    gather: Inline
    """Takes the text of a cell."""
    cells: list[Cell] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    length: int = 0
    links: list[Link] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    passage: Passage | None = None
    covered: dict[int, int] = field(default_factory=dict)
    """Column -> rows that a cell from above still covers."""
    added: list[int] = field(default_factory=list)
    """Offsets of the characters that the text has and the file has not."""
    added_here: tuple[int, ...] = ()
    """The same of the cell that was read last, counted from its start."""
    scratch: Buffer = field(default_factory=Buffer)
    """One buffer for all cells: a table has thousands."""

    def write_row(self, elements: list[etree._Element], *, rows_left: int, level: int) -> None:
        """Write the cells of the next row where browsers put them.

        Parameters
        ----------
        elements
            The cells.
        rows_left
            Rows from this one to the end of its group, which no span leaves.
        level
            Heading level, 0 for a row of data.
        """
        row, column = self.rows, 0
        covered, cells, texts = self.covered, self.cells, []
        start = self.length + 1 if cells else 0
        for element in elements:
            rowspan = colspan = 1
            is_wide = element.get("rowspan") not in _ONE or element.get("colspan") not in _ONE
            if is_wide or element.tag not in _PLAIN_CELLS:
                named_column, rowspan, colspan = _span(element)
                column = named_column or column
            while column in covered:
                column += 1
            if rowspan > 1 or colspan > 1:
                rowspan, colspan = self._cover(row, column, min(rowspan, rows_left), colspan)
            text = element.text or ""
            is_text = not len(element) and (text.isalnum() or (text := " ".join(text.split())).isprintable())
            if not is_text:  # as most cells are, and nothing else
                text, links = self._text_of(element)
                if self.added_here:
                    self.added += (start + offset for offset in self.added_here)
                    self.added_here = ()
                if links:
                    self.links += [(start + first, start + last, link) for first, last, link in links]
            end = start + len(text)
            cells.append(
                Cell(text, row, column, rowspan, colspan, level, not level and element.tag == "th", start, end)
            )
            texts.append(text)
            if (tail := element.tail) and not tail.isspace():
                self.notes.pieces.append(f" {tail} ")
            start = end + 1
            column += colspan
        if texts:
            self.lines.append("\t".join(texts))
            self.length = start - 1
        self.rows += 1
        self.columns = max(self.columns, column)
        if covered:
            self.columns = max(self.columns, max(covered) + 1)
            self.covered = {place: left - 1 for place, left in covered.items() if left > 1}

    def end_group(self) -> None:
        """Begin a new group of rows, into which no cell reaches."""
        self.covered = {}

    def end(self) -> None:
        """Make the passage: the cells of a row separated by tabs, the rows by line ends."""
        text = "\n".join(self.lines)
        self.passage = self.writer.add(text, "table", self.links) if text.strip() else None
        if self.added and self.passage:
            self.writer.added[self.passage.id] = tuple(self.added)

    def _cover(self, row: int, column: int, rowspan: int, colspan: int) -> tuple[int, int]:
        """Note the places below a cell as taken; a span beyond all bounds is not followed, and logged."""
        is_beyond = (row + rowspan) * (column + colspan) > MAX_GRID or len(self.covered) + colspan > MAX_TALL
        if is_beyond:
            self.writer.remark(f"span that is too wide for a table, not followed: row {row}, column {column}")
            return 1, 1
        if rowspan > 1:
            self.covered.update(dict.fromkeys(range(column, column + colspan), rowspan))
        return rowspan, colspan

    def _text_of(self, cell: etree._Element) -> tuple[str, list[Link]]:
        """Text of a cell and the citations in it."""
        self.scratch.clear()
        self.gather(cell, self.scratch, self.writer)
        pieces, marks, added = self.scratch.pieces, self.scratch.marks, self.scratch.added
        text, spans, self.added_here = squeeze(pieces, marks, added)
        if not text.isprintable():
            text, spans, self.added_here = squeeze([self.writer.visible(piece) for piece in pieces], marks, added)
        return text, [(start, end, mark[2]) for (start, end), mark in zip(spans, marks, strict=True)]


def write_grids(grids: list[etree._Element], notes: Buffer, w: Writer, gather: Inline = gather) -> Written:
    """Write all grids of a table, one below the other, into one passage."""
    written = Written(notes, w, gather)
    for grid in grids:
        first_row, level = written.rows, 0
        for is_head, lines in _groups(grid, notes, w):
            written.end_group()
            for number, cells in enumerate(lines):
                # Without a ``thead``, rows of nothing but ``th`` at the top are the head.
                is_heading = is_head or (written.rows == first_row + level and _all_headings(cells, grid))
                level += is_heading
                written.write_row(cells, rows_left=len(lines) - number, level=level if is_heading else 0)
    if grids:
        written.end()
    return written


def _groups(grid: etree._Element, notes: Buffer, w: Writer) -> Iterator[tuple[bool, list[list[etree._Element]]]]:
    """Row groups of a table or a part of one, whether each is a head, with the cells of their rows.

    A span never leaves its group. What stands in a table but in none of its cells goes to the notes.
    """
    _loose(grid, _INSIDE, notes, w)
    groups: dict[int, list[etree._Element | list[etree._Element]]] = {0: [], 1: [], 2: []}
    for child in grid:
        if child.tag in _PARTS:
            # A browser shows the head first and the foot last, wherever they are written.
            groups[0 if child.tag in _HEADS else 2 if child.tag in _FOOT else 1].append(child)
        elif child.tag in _ROWS:  # rows without a group are one, as far as nothing stands between them
            if not groups[1] or not isinstance(groups[1][-1], list):
                groups[1].append([])
            groups[1][-1].append(child)
    for group in (*groups[0], *groups[1], *groups[2]):
        if isinstance(group, list):
            yield grid.tag in _HEADS, [_cells_of(row, notes, w) for row in group]
        else:
            yield from _groups(group, notes, w)


def _cells_of(row: etree._Element, notes: Buffer, w: Writer) -> list[etree._Element]:
    inside = list(row)
    if (own := [child for child in inside if child.tag in _IS_CELL]) != inside or not is_blank(row.text):
        _loose(row, _IS_CELL, notes, w)
        return own
    return inside


def _loose(el: etree._Element, known: frozenset[str], notes: Buffer, w: Writer) -> None:
    if el.text and not el.text.isspace():
        notes.pieces.append(f" {el.text} ")
    for child in el:
        if child.tag not in known:
            (INLINES.get(child.tag) or gather_spaced)(child, notes, w)
        if (known is _INSIDE or child.tag not in known) and child.tail and not child.tail.isspace():
            notes.pieces.append(f" {child.tail} ")


def _all_headings(cells: list[etree._Element], grid: etree._Element) -> bool:
    """A row of ``th`` alone at the top of a table without ``thead`` is a heading."""
    return len(cells) > 1 and all(c.tag == "th" for c in cells) and grid.find("thead") is None


def _span(cell: etree._Element) -> tuple[int, int, int]:
    """Column that a cell names (0 if none), and the rows and columns that it covers."""
    if cell.tag not in _PLAIN_CELLS:
        return _oasis_span(cell)
    tall, broad = cell.get("rowspan") or "1", cell.get("colspan") or "1"
    return 0, MAX_SPAN if tall.strip() == "0" else _count(tall), _count(broad)  # 0 is all rows that are left


def _oasis_span(cell: etree._Element) -> tuple[int, int, int]:
    """Column that an OASIS entry names (0 if none), rows and columns that it covers."""
    start = _COLUMN_NUMBER.search(cell.get("namest") or cell.get("colname") or "")
    end = _COLUMN_NUMBER.search(cell.get("nameend") or "")
    more = cell.get("morerows")
    across = int(end[1]) - int(start[1]) + 1 if start and end else 1
    return (
        min(int(start[1]), MAX_SPAN) - 1 if start and int(start[1]) else 0,
        _count(more) + 1 if more and more.strip() != "0" else 1,
        max(1, min(across, MAX_SPAN)),
    )


def _count(value: str) -> int:
    match = _NUMBER.match(value)
    return max(1, min(int(match[1]), MAX_SPAN)) if match else 1
