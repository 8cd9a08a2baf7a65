"""What is read is written here: text into sections, sections into passages with exact offsets."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from lxml import etree

from biorxivist.literature.document import Citation, Drop, Figure, Section, Table
from biorxivist.literature.parse.citations import Resolver
from biorxivist.literature.parse.ids import passage_id, passage_prefix
from biorxivist.literature.parse.text import INVISIBLE, squeeze
from graph.records import Passage


class Buffer:
    """Pieces of text as they stood in the file, which of them are citations, and which the plain form adds."""

    __slots__ = ("added", "mark_end", "marks", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.marks: list[tuple[int, int, etree._Element]] = []
        self.added: list[int] = []
        """Places of the pieces that do not stand in the file, in order."""
        self.mark_end: int | None = None
        """Place behind the last mark that was set off."""

    def add(self, text: str) -> None:
        """Append characters that do not stand in the file."""
        self.added.append(len(self.pieces))
        self.pieces.append(text)

    def extend(self, other: Buffer) -> None:
        """Append what stands in another buffer, which holds no citation."""
        self.added += (place + len(self.pieces) for place in other.added)
        self.pieces += other.pieces

    def insert(self, place: int, text: str, *, is_added: bool = True) -> None:
        """Put a piece before the one at a place; citations move with the text.

        Most pieces are put near the end: only what stands behind is moved, else a long paragraph would take for ever.
        """
        if is_added and place == len(self.pieces):
            self.add(text)
            return
        self.pieces.insert(place, text)
        first = bisect_left(self.added, place)
        for number in range(first, len(self.added)):
            self.added[number] += 1
        if is_added:
            self.added.insert(first, place)
        number = len(self.marks)
        while number and self.marks[number - 1][1] > place:
            number -= 1
            start, end, link = self.marks[number]
            self.marks[number] = (start + (start >= place), end + 1, link)

    def remove(self, place: int) -> None:
        """Take out a piece that was added, behind all citations."""
        del self.pieces[place]
        first = bisect_left(self.added, place)
        if self.has_added(place):
            del self.added[first]
        for number in range(first, len(self.added)):
            self.added[number] -= 1

    def has_added(self, place: int) -> bool:
        """Whether a piece does not stand in the file."""
        first = bisect_left(self.added, place)
        return first < len(self.added) and self.added[first] == place

    def clear(self) -> None:
        """Empty it, to be used again."""
        self.pieces.clear()
        self.marks.clear()
        self.added.clear()
        self.mark_end = None


@dataclass(slots=True)
class _Open:
    """A section that is being written."""

    title: str
    depth: int
    prefix: bytes
    parts: list[str] = field(default_factory=list)
    length: int = 0


class Writer:
    """Collects the passages of one paper, in reading order.

    Parameters
    ----------
    paper_id, version_id
        What every passage belongs to.
    resolver
        Knows the reference list.
    source_url
        Where the text was read.
    keeps_text
        Whether `sections` is asked for at the end; a long text is not held for it.
    """

    def __init__(
        self,
        paper_id: str,
        version_id: str,
        resolver: Resolver,
        *,
        source_url: str | None = None,
        keeps_text: bool = True,
    ) -> None:
        self.paper_id, self.version_id, self.source_url = paper_id, version_id, source_url
        self.resolver, self._keeps_text = resolver, keeps_text
        self.path = ""
        self.kind = "paragraph"
        self.buffer = Buffer()
        self.carry = False
        """True while the buffer holds only a label or a term, which the next block is to begin with."""
        self.deferred: list[etree._Element] = []
        """Floats and notes met inside a paragraph: read after it."""
        self.passages: list[Passage] = []
        self.citations: list[Citation] = []
        self.figures: list[Figure] = []
        self.tables: list[Table] = []
        self.drops: list[Drop] = []
        self.added: dict[str, tuple[int, ...]] = {}
        """Passage id -> offsets of the characters that its text has and the file has not."""
        self.is_flat = False
        """True inside of a script or a mark: what is raised there is raised already."""
        self._open: dict[str, _Open] = {}

    def enter(self, title: str) -> str:
        """Go down into a section; returns the path to come back to with `leave`."""
        before = self.path
        if title:
            self.path = f"{before} > {title}" if before else title
            if self.path not in self._open:
                depth = self._open[before].depth + 1 if before in self._open else 1
                self._open[self.path] = _Open(title, depth, passage_prefix(self.version_id, self.path))
        return before

    def leave(self, before: str) -> None:
        """Come back up."""
        self.path = before

    def write(self, buffer: Buffer, kind: str) -> Passage | None:
        """Make a passage of a buffer, with its citations; nothing if there is no text in it."""
        pieces, marks = buffer.pieces, buffer.marks
        text, spans, added = squeeze(pieces, marks, buffer.added)
        if not text:
            return None
        if not text.isascii() and not text.isprintable() and INVISIBLE.search(text):
            pieces = [self.visible(piece) for piece in pieces]
            text, spans, added = squeeze(pieces, marks, buffer.added)
            if not text:
                return None
        cited = [(a, b, mark[2]) for (a, b), mark in zip(spans, marks, strict=True)] if marks else None
        passage = self.add(text, kind, cited)
        if buffer.added:
            self.added[passage.id] = added
        return passage

    def add(self, text: str, kind: str, cited: list[tuple[int, int, etree._Element]] | None = None) -> Passage:
        """Put a text at the end of the current section, as a passage."""
        section = self._open.get(self.path)
        if section is None:
            prefix = passage_prefix(self.version_id, self.path)
            section = self._open[self.path] = _Open(self.path, 1 if self.path else 0, prefix)
        start = section.length + 1 if section.length else 0
        if self._keeps_text:
            section.parts.append(text)
        section.length = end = start + len(text)
        passage = Passage(
            id=passage_id(section.prefix, start, end, text),
            paper_id=self.paper_id,
            version_id=self.version_id,
            section=self.path,
            kind=kind,
            text=text,
            start=start,
            end=end,
            source_url=self.source_url,
        )
        self.passages.append(passage)
        if cited:
            self.citations += self.resolver.resolve(passage.id, text, cited, self.remark)
        return passage

    def hand_over(self) -> tuple[list[Passage], dict[str, tuple[int, ...]]]:
        """Passages that were written since the last time, and the offsets of what they add; neither is kept here."""
        passages, added = self.passages, self.added
        self.passages, self.added = [], {}
        self.citations, self.tables, self.figures = [], [], []
        return passages, added

    def drop(self, element: etree._Element, reason: str) -> None:
        """Leave an element out, and say so if it has any text."""
        if text := " ".join(("".join(element.itertext()) if len(element) else element.text or "").split()):
            self.drops.append(Drop(reason, text, self.path))

    def remark(self, reason: str, text: str = "") -> None:
        """Log something that was left out or looked wrong."""
        self.drops.append(Drop(reason, text, self.path))

    def sections(self) -> tuple[Section, ...]:
        """The sections in the order in which they were met."""
        return tuple(Section(path, s.title, s.depth, "\n".join(s.parts)) for path, s in self._open.items())

    def visible(self, piece: str) -> str:
        """A piece of text without its invisible characters; they are logged."""
        invisible = INVISIBLE.findall(piece)
        if invisible:
            codes = ", ".join(sorted({f"U+{ord(c):04X}" for c in invisible}))
            self.drops.append(Drop(f"invisible characters: {codes}", "".join(invisible), self.path))
            piece = INVISIBLE.sub("", piece)
        return piece
