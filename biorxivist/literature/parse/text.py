"""White space collapsed, invisible characters removed, and offsets that stay right meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from lxml import etree

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters without a shape: zero width, direction marks, soft hyphens, tags. Text can be smuggled in them."""

Mark = tuple[int, int, object]
"""A stretch of pieces, from one index up to another, and what it belongs to."""


def squeeze(pieces: Sequence[str], marks: Sequence[Mark] = ()) -> tuple[str, list[tuple[int, int]]]:
    """Join pieces of text, with every run of white space collapsed to one space and none at the ends.

    Parameters
    ----------
    pieces
        Text as it stood in the file.
    marks
        Stretches of pieces in order, none overlapping the one before.

    Returns
    -------
    The text, and for every mark its start and end in it, in code points.
    """
    raw = "".join(pieces)
    if raw.isprintable() and "  " not in raw:  # white space is single spaces only: nothing to squeeze but the ends
        return raw.strip(), _where(raw, pieces, marks) if marks else []
    if not marks:
        return " ".join(raw.split()), []
    out: list[str] = []
    spans: list[tuple[int, int]] = []
    length, last, gap = 0, 0, False  # gap: white space has come since the last word
    for start, end, _ in marks:
        if last < start and (raw := "".join(pieces[last:start])):
            length, gap = _put(raw, out, length, gap=gap)
        raw = "".join(pieces[start:end])
        blank = gap or raw[:1].isspace()
        before, (length, gap) = length, _put(raw, out, length, gap=gap)
        spans.append((before + (1 if blank and before and length > before else 0), length))
        last = end
    _put("".join(pieces[last:]), out, length, gap=gap)
    return "".join(out), spans


def _where(raw: str, pieces: Sequence[str], marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Spans of the marks in pieces that are squeezed already, but for a space at the ends of their text ``raw``."""
    begins = list(accumulate(map(len, pieces), initial=0))
    lead = 1 if raw[:1] == " " else 0
    spans: list[tuple[int, int]] = []
    for first, last, _ in marks:
        start, end = begins[first], begins[last]
        if start < end and raw[start] == " ":
            start += 1
        if start < end and raw[end - 1] == " ":
            end -= 1
        if start == end:  # nothing in it: it is where the word before it ends
            start = end = max(start - 1 if raw[start - 1 : start] == " " else start, lead)
        spans.append((start - lead, end - lead))
    return spans


def _put(raw: str, out: list[str], length: int, *, gap: bool) -> tuple[int, bool]:
    """Append a stretch with its white space collapsed; returns the length so far and whether a space is due."""
    text = " ".join(raw.split())
    if not text:
        return length, gap or bool(raw)
    if length and (gap or raw[0].isspace()):
        text = f" {text}"
    out.append(text)
    return length + len(text), raw[-1].isspace()


def places_of(pieces: Sequence[str], added: Iterable[int]) -> tuple[int, ...]:
    """Offsets, in the squeezed text of all pieces, of the characters of those that were added.

    A space counts as added where no other white space stands beside it.
    """
    raw = "".join(pieces)
    if raw.isprintable() and "  " not in raw:  # nothing is squeezed but the ends
        return _places_in(raw, pieces, added)
    offsets: list[int] = []
    length, last, gap, is_own_gap = 0, 0, False, False
    for place in (*sorted(set(added)), len(pieces)):
        # what stands in the file between two added pieces, and then the added one: looked at as a whole each
        for piece, is_added in (("".join(pieces[last:place]), False), ("".join(pieces[place : place + 1]), True)):
            words = piece.split()
            if not words:
                gap, is_own_gap = gap or bool(piece), is_own_gap or (bool(piece) and not is_added)
                continue
            if piece[0].isspace():
                gap, is_own_gap = True, is_own_gap or not is_added
            if gap and length:
                if not is_own_gap:
                    offsets.append(length)
                length += 1
            size = len(" ".join(words))
            if is_added:
                offsets += range(length, length + size)
            length += size
            gap = piece[-1].isspace()
            is_own_gap = gap and not is_added
        last = place + 1
    return tuple(offsets)


def _places_in(raw: str, pieces: Sequence[str], added: Iterable[int]) -> tuple[int, ...]:
    begins = list(accumulate(map(len, pieces), initial=0))
    lead = 1 if raw[:1] == " " else 0
    end = len(raw.rstrip()) - lead
    return tuple(
        offset
        for place in sorted(set(added))
        for offset in range(begins[place] - lead, begins[place + 1] - lead)
        if 0 <= offset < end
    )


def all_text(element: etree._Element) -> str:
    """All text inside an element, as ``"".join(element.itertext())``, without a Python object for every part of it."""
    text: str = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return text


def plain(text: str) -> str:
    """A short text (a name, a title) with white space collapsed and invisible characters removed."""
    if text.isprintable():
        return text.strip() if "  " not in text else " ".join(text.split())
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(INVISIBLE.sub("", text).split())
