"""A long paper in JATS, read while it is parsed: its text is handed on as it is read, and never held whole.

The file is parsed twice. The first time everything but the body is kept: front matter, reference list, appendices.
The second time the blocks of the body are read one after the other, each as `body` reads it, and let go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from biorxivist.literature.parse.body import BLOCKS, flush, read_child, read_container, read_loose_text
from biorxivist.literature.parse.errors import ParseError
from biorxivist.literature.parse.front import Front, Origin, read_front
from biorxivist.literature.parse.hidden import NAMED, strip_hidden
from biorxivist.literature.parse.jats import NO_TEXT, read_front_matter, take_out_other_documents
from biorxivist.literature.parse.meca import MAX_BYTES
from biorxivist.literature.parse.raising import name_scripts
from biorxivist.literature.parse.references import ReferenceList, read_references
from biorxivist.literature.parse.titles import section_title
from biorxivist.literature.parse.tree import OTHERS, SAFELY, broken
from biorxivist.literature.parse.writer import Writer
from graph.records import Passage, Record

__all__ = ["LongPaper", "read_long"]

MANY_TAGS = 50_000
"""Opening brackets from which a file is long; papers have a few thousand."""
AT_ONCE = 1_000
"""Passages that are handed on together."""
HEAD = 4_096
CHUNK = 1 << 20
BEFORE_A_TITLE = frozenset(("sec-meta", "label"))
STYLED = frozenset(("style", "style-detail", "specific-use", "content-type", "hidden"))
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)")
_STYLE_IN_IT = etree.XPath("boolean(descendant-or-self::*/@style)")

Portion = tuple[Sequence[Passage], Mapping[str, Sequence[int]]]
"""Passages, and the offsets of what the plain form adds to them."""


@dataclass(frozen=True, slots=True)
class LongPaper:
    """A paper whose text is still to be read."""

    front: Front
    """What stands before the text."""
    known: ReferenceList
    """The reference list."""
    abstract: str
    """The abstract, or an empty text."""
    portions: Iterator[Portion]
    """The text in reading order, each portion read when it is asked for."""

    def head(self) -> list[Record]:
        """All records but the passages."""
        paper = self.front.paper.model_copy(update={"abstract": self.abstract}) if self.abstract else self.front.paper
        return [*self.front.authors, paper, self.front.version, *self.known.references]


def read_long(path: Path, origin: Origin) -> LongPaper | None:
    """Read a paper in JATS that is long; None if the file is not, or has to be read as a whole.

    Raises
    ------
    ParseError
        If it is no paper in JATS.
    """
    if not _is_long(path):
        return None
    root = _without_body(path)
    if root is None:
        return None
    name_scripts(root)
    drops = [*strip_hidden(root), *take_out_other_documents(root)]
    front = read_front(root, origin)
    known = read_references(root.iter("ref"), front.paper.id)
    w = Writer(front.paper.id, front.version.id, known.resolver, source_url=origin.source_url, keeps_text=False)
    w.drops += (*drops, *front.log)
    if front.title:
        w.add(front.title, "title")
    abstract = read_front_matter(root, w)
    return LongPaper(front, known, abstract, _portions(path, root, w))


def _is_long(path: Path) -> bool:
    """Whether a file is XML with very many tags, and no entity of its own."""
    if not MANY_TAGS < path.stat().st_size <= MAX_BYTES:  # a tag is more than a byte
        return False
    tags, rest = 0, b""
    with path.open("rb") as file:
        start = file.read(HEAD)
        if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or b"<article" not in start:
            return False
        file.seek(0)
        while chunk := file.read(CHUNK):
            tags += chunk.count(b"<")
            if _ENTITY.search(rest + chunk):
                return False
            rest = chunk[-8:] if b"&" in chunk[-8:] else b""
    return tags > MANY_TAGS


def _without_body(path: Path) -> etree._Element | None:
    """The article without what is in its body; None if there is something that has to be known beforehand."""
    root, depth, body_depth = None, 0, 0
    with path.open("rb") as file, _errors_in_words():
        for event, element in etree.iterparse(file, events=("start", "end"), **SAFELY):
            if event == "start":
                depth += 1
                if root is None:
                    root = element
                    if root.tag != "article":
                        return None
                elif depth == 2 and element.tag == "body":
                    body_depth = depth
                elif body_depth and element.tag in ("ref-list", "ref"):
                    return None
                continue
            if body_depth and depth > body_depth:
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
            elif depth == body_depth:
                body_depth = 0
                element.clear(keep_tail=True)
            depth -= 1
    return root


@contextmanager
def _errors_in_words() -> Iterator[None]:
    """Say in words what is wrong with a file that is no XML."""
    try:
        yield
    except etree.XMLSyntaxError as error:
        raise ParseError(broken(error)) from error


def _portions(path: Path, root: etree._Element, w: Writer) -> Iterator[Portion]:
    for part in root:
        if part.tag == "body":
            with path.open("rb") as file, _errors_in_words():
                for _ in _Body(w).read(file):
                    if len(w.passages) >= AT_ONCE:
                        yield w.hand_over()
            flush(w)
        elif part.tag not in NO_TEXT:
            BLOCKS.get(part.tag, read_container)(part, w)
    yield w.hand_over()


@dataclass(slots=True)
class _Level:
    """A part of the body that is open: the body itself, or a section."""

    element: etree._Element
    before: str | None = None
    """Path to come back to; None before the part is entered."""
    is_begun: bool = False
    """Whether the text before its first child was read."""
    waiting: etree._Element | None = None
    """The last child, until the text behind it is there, too."""
    is_waiting_read: bool = False
    """Whether all of it but the text behind it was read."""
    held: list[etree._Element] = field(default_factory=list)
    """Children that came before the title."""


class _Body:
    """Reads the body block by block; a section is entered when its title is there."""

    def __init__(self, w: Writer) -> None:
        self._w = w
        self._open: list[_Level] = []

    def read(self, file: BinaryIO) -> Iterator[None]:
        """Read on; comes back after every block."""
        depth = 0
        for event, element in etree.iterparse(file, events=("start", "end"), **SAFELY):
            depth += 1 if event == "start" else -1
            if not self._open:
                if event == "start" and depth == 2 and element.tag == "body":
                    flush(self._w)
                    self._open.append(_Level(element, before=self._w.path))
                elif event == "end" and depth == 1:
                    element.clear()
                continue
            level = self._open[-1]
            if event == "start":
                if element.getparent() is level.element:
                    self._take(level)
                    if element.tag == "sec" and not STYLED.intersection(element.keys()):
                        self._enter(level)
                        flush(self._w)
                        self._open.append(_Level(element))
            elif element is level.element:
                self._close(level)
                yield
            elif element.getparent() is level.element:
                level.waiting = element
                yield

    def _take(self, level: _Level) -> None:
        """Read the child that waits; what comes after it has begun."""
        child, level.waiting = level.waiting, None
        if child is None:
            return
        if level.is_waiting_read:
            level.is_waiting_read = False
            read_loose_text(child.tail, self._w)
            level.element.remove(child)
            return
        level.held.append(child)
        if level.before is not None or child.tag not in BEFORE_A_TITLE:
            self._enter(level)

    def _enter(self, level: _Level) -> None:
        if level.before is None:
            level.before = self._w.enter(section_title(level.element))
        if not level.is_begun:
            level.is_begun = True
            read_loose_text(level.element.text, self._w)
        for child in level.held:
            tail = child.tail
            if next(child.iter(*OTHERS), None) is not None:
                self._w.drops += take_out_other_documents(child)
            name_scripts(child)
            if _STYLE_IN_IT(child) or next(child.iter(*NAMED), None) is not None:
                self._w.drops += strip_hidden(child)
            if child.getparent() is None:  # taken out, and only what stands behind it is left
                read_loose_text(tail, self._w)
                continue
            read_child(child, self._w)
            if child.getparent() is not None:
                level.element.remove(child)
        level.held.clear()

    def _close(self, level: _Level) -> None:
        self._take(level)
        self._enter(level)
        flush(self._w)
        self._w.leave(level.before or "")
        self._open.pop()
        if self._open:
            level.element.text = None
            self._open[-1].waiting, self._open[-1].is_waiting_read = level.element, True
