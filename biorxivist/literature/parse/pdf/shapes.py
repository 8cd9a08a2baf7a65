"""What the reader of a page hands on: words, lines and blocks with their places.

Places are in points from the upper left corner of the page, turned so that its text stands upright; y grows downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

UNMAPPED = "\ufffd"
"""Stands for a character of which the file does not say what it means."""
ASCENT, DESCENT = 0.75, 0.25
"""Shares of the font size above and below the baseline: fonts themselves often state a box that is far too large."""


class Box(NamedTuple):
    """A rectangle on a page."""

    x0: float
    """Left edge."""
    y0: float
    """Upper edge."""
    x1: float
    """Right edge."""
    y1: float
    """Lower edge."""

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


class Left(NamedTuple):
    """Text that was read and left out."""

    reason: str
    """Why, in words."""
    text: str
    """What was left out."""
    page: int
    """Page, counted from 1; 0 for the whole file."""


@dataclass(slots=True)
class Word:
    """Characters of one style without a gap between them."""

    text: str
    x0: float
    x1: float
    base: float
    """The line that it stands on."""
    size: float
    """Font size as it is shown."""
    bold: bool = False
    italic: bool = False
    spaced: bool = True
    """False if the word before it in the file ends where this one begins: a raised number, a change of font."""

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.base - ASCENT * self.size

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.base + DESCENT * self.size

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(slots=True)
class Line:
    """Words that stand side by side, from left to right, and the column that they stand in."""

    words: list[Word]
    page: int
    base: float
    size: float
    """Size of most of its characters."""
    left: float = 0.0
    """Left edge of its column."""
    right: float = 0.0
    """Right edge of its column."""
    flow: int = 0
    """Number of its stretch of a column; the next one is read after it."""

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(word.x1 for word in self.words)

    @property
    def box(self) -> Box:
        """The rectangle around it."""
        return Box(self.x0, min(w.top for w in self.words), self.x1, max(w.bottom for w in self.words))

    @property
    def bold(self) -> bool:
        """Whether nearly all of it is bold."""
        return _share(self.words, bold=True) > 0.9

    @property
    def italic(self) -> bool:
        """Whether nearly all of it is italic."""
        return _share(self.words, bold=False) > 0.9

    @property
    def gaps(self) -> int:
        """Gaps that are wider than a space: those between the cells of a table."""
        return sum(b.x0 - a.x1 > 1.5 * self.size for a, b in zip(self.words, self.words[1:], strict=False))


@dataclass(slots=True)
class Block:
    """Lines that belong together, and what they are."""

    lines: list[Line]
    kind: str = "text"
    """title, heading, text, abstract, caption, reference."""
    level: int = 0
    """Depth of a heading, 1 at the top."""

    @property
    def size(self) -> float:
        """Size of its first line."""
        return self.lines[0].size

    @property
    def page(self) -> int:
        """Page on which it begins."""
        return self.lines[0].page

    @property
    def box(self) -> Box:
        """The rectangle around its lines on the page and in the column where it begins."""
        first = self.lines[0]
        return around([line.box for line in self.lines if line.page == first.page and line.flow == first.flow])


@dataclass(slots=True)
class Page:
    """One page as the library reads it."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    """Images and drawings."""
    stamps: list[str] = field(default_factory=list)
    """Text that stands across or upside down."""
    left: list[Left] = field(default_factory=list)
    characters: int = 0
    unmapped: int = 0
    """Characters of which the file does not say what they mean."""


def around(boxes: Sequence[Box]) -> Box:
    """The smallest rectangle around others."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def _share(words: Sequence[Word], *, bold: bool) -> float:
    """Share of the letters that are bold, else italic."""
    total = sum(len(word.text) for word in words)
    return sum(len(word.text) for word in words if (word.bold if bold else word.italic)) / max(total, 1)
