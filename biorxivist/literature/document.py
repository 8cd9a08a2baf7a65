"""A paper as it was read: the records for the graph, and what only a reader of the text needs.

Every character of the text stands in exactly one `Passage` (headings, paragraphs, captions and tables are passages of
their own ``kind``), in one `Reference`, or in one `Drop` of the log. Figures, tables and citations are views: they
point into passages by id and offset and hold no text that is not there. White space is the exception: runs of it
become one space, a table's cells are separated by tabs and its rows by line ends.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from graph.records import Author, Paper, Passage, Record, Reference, Version

__all__ = ["Cell", "Citation", "Document", "Drop", "Figure", "Section", "Table"]

_AVAILABILITY = re.compile(
    r"(data|code|software|resource|material)s?\b.*\b(availab|access|sharing|deposit)|\bavailability\b|accession", re.I
)


class Citation(NamedTuple):
    """A place in the text that cites entries of the reference list."""

    passage_id: str
    """The passage that it stands in."""
    start: int
    """Offset in the passage's text, in code points."""
    end: int
    """End offset in the passage's text."""
    text: str
    """What is printed there."""
    reference_keys: tuple[str, ...]
    """`Reference.key` of every entry meant; the closing end of a range carries those between; empty if unresolved."""


class Cell(NamedTuple):
    """One cell of a table, at the place where it begins."""

    text: str
    """The text."""
    row: int
    """First row that it covers, counted from 0."""
    col: int
    """First column that it covers, counted from 0."""
    rowspan: int
    """Rows that it covers."""
    colspan: int
    """Columns that it covers."""
    header: int
    """Level of a column heading, 1 at the top; 0 for every other cell."""
    row_header: bool
    """True if it names its row."""
    start: int
    """Offset in the text of the table's passage, in code points."""
    end: int
    """End offset in the text of the table's passage."""


class Drop(NamedTuple):
    """Something that was read and left out of the passages, or that looked wrong."""

    reason: str
    """Why, in words."""
    text: str
    """What was left out, in full; empty for a remark."""
    section: str
    """Path of the section that it stood in."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section and its whole text, on which the offsets of passages count."""

    path: str
    """Titles from the top, joined by `` > ``; two sections of the same path are merged."""
    title: str
    """The last title of the path."""
    depth: int
    """1 at the top; 0 for what stands outside all sections."""
    text: str
    """The text: its passages, joined by line ends."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: where its label and caption stand, and the names of its image files."""

    id: str
    """Identifier in the file."""
    label: str
    """``Figure 1.`` as printed."""
    caption: str
    """Caption without the label."""
    graphics: tuple[str, ...]
    """Names or addresses of the images."""
    section: str
    """Path of the section that it stands in."""
    passage_id: str | None
    """The passage of label and caption; none if there is no text."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, honest about what there is: a grid of cells, pictures of one, or only a link."""

    id: str
    """Identifier in the file."""
    label: str
    """``Table 1:`` as printed."""
    caption: str
    """Caption without the label."""
    kind: Literal["grid", "image", "link"]
    """``grid`` has cells; ``image`` has only pictures; ``link`` has neither."""
    graphics: tuple[str, ...] = ()
    """Names or addresses of the images."""
    links: tuple[str, ...] = ()
    """Addresses of the cells."""
    rows: int = 0
    """Rows of the grid."""
    cols: int = 0
    """Columns of the grid."""
    cells: tuple[Cell, ...] = ()
    """Cells in reading order."""
    notes: str = ""
    """Footnotes of the table."""
    section: str = ""
    """Path of the section that it stands in."""
    passage_id: str | None = None
    """The passage of kind ``table`` with all cells."""
    caption_id: str | None = None
    """The passage of label and caption."""
    notes_id: str | None = None
    """The passage of the footnotes."""

    def grid(self) -> list[list[str]]:
        """Texts by row and column; a spanning cell fills every place that it covers.

        Returns
        -------
        ``rows`` lists of ``cols`` texts.
        """
        filled = [[""] * self.cols for _ in range(self.rows)]
        for cell in self.cells:
            for row in range(cell.row, min(cell.row + cell.rowspan, self.rows)):
                for col in range(cell.col, min(cell.col + cell.colspan, self.cols)):
                    filled[row][col] = cell.text
        return filled

    def headings(self, col: int) -> tuple[str, ...]:
        """Headings over a column, from the top; a heading that spans it counts.

        Parameters
        ----------
        col
            Column, counted from 0.
        """
        over = (c for c in self.cells if c.header and c.col <= col < c.col + c.colspan and c.text)
        return tuple(cell.text for cell in sorted(over, key=lambda cell: cell.row))


@dataclass(frozen=True, slots=True)
class Document:
    """A paper, read: its records, and its figures, tables, citations and sections."""

    paper: Paper
    """The work."""
    versions: tuple[Version, ...]
    """The version that was read."""
    authors: tuple[Author, ...]
    """Authors in printed order; ``paper.author_ids`` names them."""
    passages: tuple[Passage, ...]
    """Every passage in reading order."""
    sections: tuple[Section, ...]
    """The section tree in reading order."""
    citations: tuple[Citation, ...]
    """In-text citations in reading order."""
    references: tuple[Reference, ...]
    """The reference list."""
    tables: tuple[Table, ...]
    """Tables in reading order."""
    figures: tuple[Figure, ...]
    """Figures in reading order."""
    log: tuple[Drop, ...]
    """What was left out, and why."""
    identifiers: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """`Reference.key` -> (scheme, value) of every identifier: doi, pmid, pmcid, arxiv, url ..."""
    keywords: tuple[str, ...] = ()
    """Keywords as printed."""
    added: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Id of a passage or reference -> offsets of the characters that its plain form has and the paper has not."""

    @property
    def text(self) -> str:
        """The text to read: headings, abstract and paragraphs; no captions, tables or references."""
        prose = (p.text for p in self.passages if p.kind not in ("caption", "table"))
        return "\n\n".join(prose)

    @property
    def abstract(self) -> str:
        """The abstract, or an empty text."""
        return self.paper.abstract or ""

    @property
    def availability(self) -> tuple[Passage, ...]:
        """Passages of the sections that say where data and code are."""
        return tuple(p for p in self.passages if p.kind == "paragraph" and _AVAILABILITY.search(p.section))

    def as_printed(self, record: Passage | Reference) -> str:
        """Text of a passage or an entry without what its plain form adds: ``105`` for ``10^5``."""
        added = set(self.added.get(record.id, ()))
        return "".join(c for offset, c in enumerate(record.text) if offset not in added) if added else record.text

    def to_printed(self, record_id: str, offset: int) -> int:
        """Offset in the text as printed, of an offset in the plain form."""
        return offset - bisect_left(self.added.get(record_id, ()), offset)

    def from_printed(self, record_id: str, offset: int) -> int:
        """Offset in the plain form, of an offset in the text as printed: behind what was added there."""
        for place in self.added.get(record_id, ()):
            if place > offset:
                break
            offset += 1
        return offset

    def section(self, path: str) -> Section:
        """The section of this path.

        Raises
        ------
        KeyError
            If the paper has no such section.
        """
        for section in self.sections:
            if section.path == path:
                return section
        known = ", ".join(repr(section.path) for section in self.sections)
        msg = f"No section {path!r}; the paper has {known}."
        raise KeyError(msg)

    def records(self) -> Iterator[Record]:
        """Everything that goes into the archive: paper, versions, authors, passages, references."""
        yield from self.authors
        yield self.paper
        yield from self.versions
        yield from self.passages
        yield from self.references
