"""Tables that come as files beside a paper, CSV, TSV and XLSX -> passages of kind ``table``, as tables of its text are.

An XLSX file is a zip archive of XML: it is read as such, bounded, without formulas, macros or anything from outside.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from graph.records import Passage

__all__ = ["SUPPLEMENTS", "UnreadableSupplement", "read_supplement"]

SUPPLEMENTS = frozenset((".csv", ".tsv", ".xlsx"))
"""Endings of the files that are read."""
MOST_BYTES = 50_000_000
"""Of a file, and of a part of an XLSX file after unpacking."""
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 5_000, 200, 50
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
COLUMN = re.compile(r"([A-Z]{1,3})\d+")

Rows = Sequence[Sequence[str]]


class UnreadableSupplement(ValueError):
    """A file that is not a table, or too large to be one that people read."""


def read_supplement(path: Path, *, paper_id: str, version_id: str) -> list[Passage]:
    """Read the tables of a file as passages of a version of a paper.

    Empty rows part tables; a row of one cell that stands alone is the caption of what follows.

    Raises
    ------
    UnreadableSupplement
        If the file cannot be read as the table that its ending says it is.
    OSError
        If it cannot be opened.
    """
    if path.stat().st_size > MOST_BYTES:
        msg = f"{path.name} has {path.stat().st_size:,} bytes; tables of up to {MOST_BYTES:,} are read."
        raise UnreadableSupplement(msg)
    content = path.read_bytes()
    sheets = _workbook(content, path.name) if path.suffix.lower() == ".xlsx" else [("", _separated(content, path.name))]
    return [
        passage
        for name, rows in sheets
        for passage in _passages(rows, f"Supplement {path.name}{f' > {name}' if name else ''}", paper_id, version_id)
    ]


def _passages(rows: Rows, section: str, paper_id: str, version_id: str) -> Iterator[Passage]:
    start = 0
    for block in _blocks(rows):
        said = [cell for row in block for cell in row if cell]
        text = said[0] if len(said) == 1 else "\n".join("\t".join(row) for row in block)
        yield Passage(
            paper_id=paper_id,
            version_id=version_id,
            section=section,
            kind="caption" if len(said) == 1 else "table",
            text=text,
            start=start,
            end=start + len(text),
        )
        start += len(text) + 1


def _blocks(rows: Rows) -> Iterator[list[list[str]]]:
    """Tables of a sheet, without the columns at their right that are empty."""
    block: list[list[str]] = []
    for row in [*rows, []]:
        cells = [" ".join(cell.split()) for cell in row]
        if any(cells):
            block.append(cells)
        elif block:
            width = max(place + 1 for cells in block for place, cell in enumerate(cells) if cell)
            yield [[*cells, *[""] * width][:width] for cells in block]
            block = []


def _separated(content: bytes, name: str) -> Rows:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{name} is not UTF-8 text ({error.reason} at byte {error.start}). Save it as CSV in UTF-8."
        raise UnreadableSupplement(msg) from error
    sample = text[:10_000]
    separator = max("\t;,", key=lambda mark: sample.count(mark) / (1 if mark != "," else 1.001))
    try:
        return _bounded(csv.reader(io.StringIO(text), delimiter=separator), name)
    except csv.Error as error:
        msg = f"{name} is not a table of separated values: {error}."
        raise UnreadableSupplement(msg) from error


def _bounded(rows: Iterator[list[str]], name: str) -> Rows:
    read: list[list[str]] = []
    for row in rows:
        if len(read) == MOST_ROWS or len(row) > MOST_COLUMNS:
            msg = (
                f"{name} has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns: a data file, not a table of scores."
            )
            raise UnreadableSupplement(msg)
        read.append(row)
    return read


def _workbook(content: bytes, name: str) -> list[tuple[str, Rows]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            shared = [_text(entry) for entry in _part(archive, "xl/sharedStrings.xml", name).iterchildren(f"{SHEET}si")]
            targets = {
                relation.get("Id"): (relation.get("Target") or "").removeprefix("/xl/")
                for relation in _part(archive, "xl/_rels/workbook.xml.rels", name)
            }
            sheets = list(_part(archive, "xl/workbook.xml", name).iter(f"{SHEET}sheet"))[:MOST_SHEETS]
            tables = []
            for sheet in sheets:
                root = _part(archive, f"xl/{targets.get(sheet.get(RELATION), '')}", name)
                rows = (_cells(row, shared) for row in _filled(root))
                tables.append((sheet.get("name") or "", _bounded(rows, f"{name}, sheet {sheet.get('name')}")))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, NotImplementedError, RuntimeError) as error:
        msg = f"{name} is not an XLSX file: {error}."
        raise UnreadableSupplement(msg) from error
    return tables


def _part(archive: zipfile.ZipFile, part: str, name: str) -> etree._Element:
    """The root of a part; an empty one where the file has none."""
    try:
        info = archive.getinfo(part)
    except KeyError:
        return etree.Element("empty")
    with archive.open(info) as stream:
        content = stream.read(MOST_BYTES + 1)  # what the file says of its size is not trusted
    if len(content) > MOST_BYTES:
        msg = f"{name}: {part} unpacks to more than {MOST_BYTES:,} bytes."
        raise UnreadableSupplement(msg)
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _filled(root: etree._Element) -> Iterator[etree._Element | None]:
    """Rows in order, with None for one that the file leaves out because it is empty."""
    last = 0
    for row in root.iter(f"{SHEET}row"):
        number = row.get("r") or ""
        at = int(number) if number.isdigit() and len(number) < 8 else last + 1
        if at > last + 1:
            yield None  # one is as good as many: it parts tables
        yield row
        last = at


def _cells(row: etree._Element | None, shared: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{SHEET}c") if row is not None else ():
        place = COLUMN.fullmatch(cell.get("r") or "")
        at = _column(place[1]) if place else len(cells)
        if at >= MOST_COLUMNS:
            return [""] * (MOST_COLUMNS + 1)
        cells += [""] * (at - len(cells))
        cells.append(_value(cell, shared))
    return cells


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: etree._Element, shared: Sequence[str]) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return _text(cell)
    value = cell.findtext(f"{SHEET}v") or ""
    if kind == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    try:
        return (
            f"{float(value):.10g}" if kind in {None, "n"} and value else value
        )  # 0.812 is kept as 0.81200000000000006
    except ValueError:
        return value


def _text(entry: etree._Element) -> str:
    return "".join(part.text or "" for part in entry.iter(f"{SHEET}t"))
