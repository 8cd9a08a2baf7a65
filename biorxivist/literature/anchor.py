"""Finding a quote again in another reading of the same text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph.records import Passage

__all__ = ["Anchor", "anchor"]

SHORTEST = 16
"""Letters of a quote that is looked for by its letters alone."""


class Anchor(NamedTuple):
    """Where a quote stands."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words there, verbatim."""
        return self.passage.text[self.start : self.end]


def anchor(
    quote: str, passages: Sequence[Passage], *, section: str = "", added: Mapping[str, Sequence[int]] | None = None
) -> Anchor | None:
    """The place of a quote among passages; None if it stands in none.

    Looked for word for word, then without what the plain form of superscripts adds (``105`` is ``10^5``), then by its
    letters and digits alone, since readings differ in dashes, quotation marks and white space.

    Parameters
    ----------
    quote
        The words, as another reading had them.
    passages
        Where to look, in reading order.
    section
        Where the quote stood; of several places one in a section of this path comes first.
    added
        Passage id -> offsets of what the plain form adds.
    """
    ordered = sorted(passages, key=lambda passage: passage.section != section)
    for passage in ordered:
        if (start := passage.text.find(quote)) >= 0:
            return Anchor(passage, start, start + len(quote))
    for passage in ordered:
        offsets = (added or {}).get(passage.id)
        if offsets:
            chosen = set(offsets)
            kept = [place for place in range(len(passage.text)) if place not in chosen]
            if found := _found(quote, passage, kept, str):
                return found
    letters = "".join(filter(str.isalnum, quote.casefold()))
    if len(letters) < SHORTEST:
        return None
    for passage in ordered:
        kept = [place for place, character in enumerate(passage.text) if character.isalnum()]
        if found := _found(letters, passage, kept, str.casefold):
            return found
    return None


def _found(wanted: str, passage: Passage, kept: Sequence[int], fold: object) -> Anchor | None:
    """A text among the characters of a passage that are kept, at its offsets in the passage."""
    pieces = [fold(passage.text[place]) for place in kept]  # type: ignore[operator]
    start = "".join(pieces).find(wanted)
    if start < 0:
        return None
    ends = list(_ends(pieces))  # a character may fold to two
    first, last = bisect_left(ends, start + 1), bisect_left(ends, start + len(wanted))
    return Anchor(passage, kept[first], kept[last] + 1)


def _ends(pieces: Iterable[str]) -> Iterable[int]:
    length = 0
    for piece in pieces:
        length += len(piece)
        yield length
