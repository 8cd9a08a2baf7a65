"""Where a quote stands: exactly, elsewhere, altered or nowhere.

Two texts are the same quote if they are equal after folding what carries no meaning: Unicode forms, kinds of quotation
marks, dashes and spaces. A likeness is never enough: a changed digit or a dropped "not" is a likeness of .99.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from graph.records import Passage

__all__ = ["Located", "fold", "locate"]

Outcome = Literal["exact", "exact_elsewhere", "altered", "absent"]
FOLDED = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‐": "-", "‑": "-", "–": "-",
    "—": "-", "−": "-", "×": "x", "\u00ad": None, "\u200b": None, "\u2060": None, "\ufeff": None,
})  # fmt: skip
ALTERED = 0.8
"""Likeness from which on a quote that is not there counts as an altered one rather than as absent."""


@dataclass(frozen=True)
class Located:
    """Where a quote was found."""

    outcome: Outcome
    passage_id: str | None = None
    start: int = 0
    end: int = 0
    difference: str = ""
    """For an altered quote: what the text has, and what the quote has in its place."""


def fold(text: str) -> tuple[str, list[int]]:
    """Fold a text; with it, for each folded character, the place in the text that it comes from, and the end."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for piece in unicodedata.normalize("NFKC", character).translate(FOLDED):
            if piece.isspace():
                if folded and folded[-1] == " ":
                    continue
                piece = " "  # noqa: PLW2901
            folded.append(piece)
            places.append(place)
    return "".join(folded), [*places, len(text)]


def locate(quote: str, passage: Passage, others: Iterable[Passage] = (), *, start: int | None = None) -> Located:
    """Find a quote in its passage, else in the others; else say whether it is an alteration of the passage's words.

    Parameters
    ----------
    start
        Where it begins, if the caller knows: words that a passage has twice are then the right ones.
    """
    if start is not None and quote.strip() and passage.text.startswith(quote, start):
        return Located("exact", passage.id, start, start + len(quote))
    if quote.strip() and (at := passage.text.find(quote)) >= 0:  # the usual case, without folding anything
        return Located("exact", passage.id, at, at + len(quote))
    wanted = fold(quote)[0].strip()
    if not wanted:
        return Located("absent")
    for place, candidate in enumerate((passage, *others)):
        text, places = fold(candidate.text)
        at = text.find(wanted)
        if at >= 0:
            first, last = places[at], places[at + len(wanted) - 1] + 1
            return Located("exact" if place == 0 else "exact_elsewhere", candidate.id, first, last)
    text = fold(passage.text)[0]
    nearest = _nearest(wanted, text)
    if nearest is None:
        return Located("absent")
    return Located("altered", passage.id, difference=_difference(nearest, wanted))


def _nearest(quote: str, text: str) -> str | None:
    """The stretch of the text that a quote was probably made from."""
    matcher = difflib.SequenceMatcher(None, text, quote, autojunk=False)
    block = matcher.find_longest_match()
    if block.size < min(12, len(quote) // 2):
        return None
    start = max(block.a - block.b, 0)
    stretch = text[start : start + len(quote)]
    return stretch if difflib.SequenceMatcher(None, stretch, quote, autojunk=False).ratio() >= ALTERED else None


def _difference(text: str, quote: str) -> str:
    ours, theirs = re.findall(r"\S+", text), re.findall(r"\S+", quote)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            return f"the text has {' '.join(ours[a:b])!r}, the quote {' '.join(theirs[c:d])!r}"
    return ""
