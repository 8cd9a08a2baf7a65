"""Operands of a formula in one line: what has to stand in brackets there, and accents, which join their letter.

What a page keeps apart by its layout runs together in a line: a fraction behind a number (``3(1/2)``), a power of a
fraction (``(a/b)^2``), a hat before an index, which would read as a power.
"""

from __future__ import annotations

import re
import unicodedata

from biorxivist.literature.parse.writer import Buffer

__all__ = ["ACCENTS", "SHAPELESS", "Row", "bracket", "bracket_fraction", "is_enclosed", "is_single"]

SHAPELESS = "\u2061\u2062\u2063\u2064"
"""Operators that are not printed: application of a function, times, separator, plus."""
ACCENTS = {
    **dict.fromkeys("^ˆ∧⌃", "\u0302"), **dict.fromkeys("~˜∼", "\u0303"), **dict.fromkeys("¯ˉ‾-−–―_", "\u0304"),
    **dict.fromkeys("→⟶", "\u20d7"), **dict.fromkeys("˙.", "\u0307"), "⇀": "\u20d1", "¨": "\u0308", "˘": "\u0306",
    "ˇ": "\u030c", "´": "\u0301", "`": "\u0300", "˚": "\u030a",
}  # fmt: skip
"""What stands over a letter -> the character that joins it as an accent."""
BESIDE_A_FRACTION = frozenset("([{√∑∏∫")
ENDS = {")": "(", "]": "[", "}": "{", "⟩": "⟨"}
BARS = "|‖∥"
CALL = re.compile(r"[^\W\d_]*(?=[(\[{])")


class Row(Buffer):
    """A formula as it is read, one row of its layout after the other.

    Parameters
    ----------
    before
        The character before the formula; empty if there is none.
    """

    __slots__ = ("before", "replaced", "start")

    def __init__(self, before: str = "") -> None:
        super().__init__()
        self.before = before
        self.start = 0
        """Where the row begins: nothing before it stands beside what is read."""
        self.replaced = ""
        """Characters of the file that others stand for."""

    def replace(self, text: str, other: str) -> None:
        """Append other characters in the place of those of the file."""
        self.replaced += text
        self.add(other)

    def last(self) -> str:
        """The character that stands before what comes, in this row or another; empty if there is none."""
        for piece in reversed(self.pieces):
            if piece:
                return piece[-1]
        return self.before

    def beside(self, *, without: str = "") -> str:
        """The same, in this row alone."""
        for place in range(len(self.pieces) - 1, self.start - 1, -1):
            if piece := self.pieces[place].rstrip(without) if without else self.pieces[place]:
                return piece[-1]
        return "" if self.start else self.before


def is_single(text: str) -> bool:
    """Whether a text is one number or word, which needs no brackets: ``12``, ``0.5``, ``TP``, ``x̂``."""
    if (bare := text.replace(".", "")).isalnum():
        return True
    return not bare.isascii() and "".join(c for c in bare if not unicodedata.combining(c)).isalnum()


def is_enclosed(text: str) -> bool:
    """Whether brackets or bars stand around the whole of a text; the name of a function may stand before them.

    >>> is_enclosed("(a+b)"), is_enclosed("f(x)"), is_enclosed("(a)+(b)"), is_enclosed("|x|"), is_enclosed("a+|x|")
    (True, True, False, True, False)
    """
    if len(text) > 1 and text[0] in BARS and text[-1] == text[0]:
        return text.count(text[0]) == 2
    if text[:1] == "(" and text[-1:] == ")" and text.count("(") == 1:  # as most are
        return text.count(")") == 1
    start = match.end() if (match := CALL.match(text)) else 0
    open_brackets: list[str] = []
    for place, character in enumerate(text[start:], start=start):
        if character in ENDS.values():
            open_brackets.append(character)
        elif character in ENDS and open_brackets and open_brackets.pop() != ENDS[character]:
            return False
        if not open_brackets:
            return place == len(text) - 1 and character in ENDS
    return False


def bracket(buf: Buffer, first: int) -> None:
    """Put brackets around the pieces from ``first`` on."""
    buf.insert(first, "(")
    buf.add(")")


def bracket_fraction(buf: Buffer, first: int, before: str, after: str) -> None:
    """Put the fraction that stands from ``first`` on in brackets where what is beside it would run into it.

    Parameters
    ----------
    buf, first
        Where it stands.
    before, after
        The characters beside it in its row; empty where there is none.
    """
    if before.isalnum() or (before and before in ENDS) or after.isalnum() or after in BESIDE_A_FRACTION:
        bracket(buf, first)
