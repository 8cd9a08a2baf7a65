"""White space collapsed, invisible characters removed, and offsets that stay right meanwhile."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import accumulate

from lxml import etree

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters without a shape: zero width, direction marks, soft hyphens, tags. Text can be smuggled in them."""

_BORDER = "\0"
"""Between pieces while their white space is collapsed; no parser lets it into a text."""
_LINE_END = re.compile(r"\n\s*")
_GAP = re.compile(f" {_BORDER}+ [{_BORDER} ]*")
"""White space that goes on in any later piece."""

_NEXT, _NEXT_BUT_ONE = ((f" {borders} ", f" {borders}") for borders in (_BORDER, _BORDER * 2))
"""White space that goes on in the next piece, or in the one behind an empty one; and the same without what goes on."""

Mark = tuple[int, int, object]
"""A stretch of pieces, from one index up to another, and what it belongs to."""


def squeeze(
    pieces: Sequence[str], marks: Sequence[Mark] = (), added: Collection[int] = ()
) -> tuple[str, list[tuple[int, int]], tuple[int, ...]]:
    """Join pieces of text, with every run of white space collapsed to one space and none at the ends.

    Parameters
    ----------
    pieces
        Text as it stood in the file.
    marks
        Stretches of pieces in order, none overlapping the one before.
    added
        Places of the pieces that do not stand in the file, in order.

    Returns
    -------
    The text; for every mark its start and end in it, in code points; and the offsets in it of all characters that were
    added. A space counts as added where no other white space stands beside it.
    """
    raw = "".join(pieces)
    if not _is_squeezed(raw):
        if not marks and not added:
            return " ".join(raw.split()), [], ()
        pieces = _collapsed(pieces, added)
        raw = "".join(pieces)
    text = raw.strip()
    if not marks and not added:
        return text, [], ()
    begins = list(accumulate(map(len, pieces), initial=-1 if raw[:1] == " " else 0))
    offsets = [offset for place in added for offset in range(begins[place], begins[place + 1])] if added else ()
    return text, [_span(mark, begins, text) for mark in marks], tuple(o for o in offsets if 0 <= o < len(text))


def _is_squeezed(raw: str) -> bool:
    """Whether a text has no run of white space, and none but spaces; at its ends there may be one."""
    return "  " not in raw and raw.isprintable()


def _collapsed(pieces: Sequence[str], added: Collection[int]) -> list[str]:
    """The pieces with every run of white space as one space: in the first of them that stands in the file, if any."""
    marked = _BORDER.join(pieces)
    # Nearly always it is the ends of lines alone, which are found much sooner than all white space is.
    out = _LINE_END.sub(" ", marked).replace(*_NEXT).replace(*_NEXT_BUT_ONE).split(_BORDER)
    if not _is_squeezed("".join(out)):
        out = _GAP.sub(lambda gap: " " + gap[0].replace(" ", ""), " ".join(marked.split())).split(_BORDER)
    own = frozenset(added)
    for place in own:
        if out[place][-1:] == " ":
            for later in range(place + 1, len(pieces)):
                if later not in own and pieces[later][:1].isspace():
                    out[place], out[later] = out[place][:-1], f" {out[later]}"
                    break
                if pieces[later].strip():
                    break
    return out


def _span(mark: Mark, begins: Sequence[int], text: str) -> tuple[int, int]:
    """Start and end of a mark in the squeezed text, without the spaces at its ends."""
    start, end = max(begins[mark[0]], 0), min(begins[mark[1]], len(text))
    if start < end and text[start] == " ":
        start += 1
    if start < end and text[end - 1] == " ":
        end -= 1
    if start < end:
        return start, end
    start = min(start, len(text))  # nothing in it: it is where the word before it ends
    start -= text[start - 1 : start] == " "
    return start, start


def is_blank(text: str | None) -> bool:
    """Whether there is nothing to read."""
    return not text or text.isspace()


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
