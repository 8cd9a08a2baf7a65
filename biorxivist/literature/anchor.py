"""Locating a quote in another reading of the same text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from graph.records import Passage

__all__ = ["Anchor", "anchor"]

SHORTEST = 16
"""Letters that a quote needs before its letters alone identify it."""


class Anchor(NamedTuple):
    """A stretch of a passage."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The quoted words, as this passage prints them."""
        return self.passage.text[self.start : self.end]


def anchor(
    quote: str, passages: Sequence[Passage], *, section: str = "", added: Mapping[str, Sequence[int]] | None = None
) -> Anchor | None:
    """Find a quote among passages; None if no passage has it.

    Three attempts, the strictest first: verbatim; ignoring the marks of the plain form (``105`` for ``10^5``); by
    letters and digits only, because readings differ in dashes, quotation marks and white space.

    Parameters
    ----------
    quote
        The quoted words, as the other reading had them.
    passages
        The passages to search, in reading order.
    section
        Path of the section that the quote came from, searched first.
    added
        Passage id -> offsets of the characters that the plain form adds.
    """
    ordered = sorted(passages, key=lambda passage: passage.section != section)
    for passage in ordered:
        if (start := passage.text.find(quote)) >= 0:
            return Anchor(passage, start, start + len(quote))
    for passage in ordered:
        offsets = (added or {}).get(passage.id)
        if offsets:
            chosen = set(offsets)
            places = [place for place in range(len(passage.text)) if place not in chosen]
            if match := _search(quote, passage, places, str):
                return match
    letters = "".join(filter(str.isalnum, quote.casefold()))
    if len(letters) < SHORTEST:
        return None
    for passage in ordered:
        places = [place for place, character in enumerate(passage.text) if character.isalnum()]
        if match := _search(letters, passage, places, str.casefold):
            return match
    return None


def _search(wanted: str, passage: Passage, places: Sequence[int], fold: Callable[[str], str]) -> Anchor | None:
    """Search only the characters of a passage at the offsets ``kept``, each folded first."""
    pieces = [fold(passage.text[place]) for place in places]
    start = "".join(pieces).find(wanted)
    if start < 0:
        return None
    ends = list(_ends(pieces))  # a character may fold to two
    first, last = bisect_left(ends, start + 1), bisect_left(ends, start + len(wanted))
    return Anchor(passage, places[first], places[last] + 1)


def _ends(pieces: Iterable[str]) -> Iterable[int]:
    length = 0
    for piece in pieces:
        length += len(piece)
        yield length
