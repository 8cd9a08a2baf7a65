"""White space made one, invisible characters taken out, and offsets kept right while doing so."""

from __future__ import annotations

import re
from collections.abc import Sequence

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters without a shape: zero width, direction marks, soft hyphens, tags. Text can be smuggled in them."""

Mark = tuple[int, int, object]
"""A stretch of pieces, from one index up to another, and what it belongs to."""


def squeeze(pieces: Sequence[str], marks: Sequence[Mark] = ()) -> tuple[str, list[tuple[int, int]]]:
    """Join pieces of text with every run of white space made one space, none at the ends.

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
    if not marks:
        return " ".join("".join(pieces).split()), []
    out: list[str] = []
    spans: list[tuple[int, int]] = []
    length, space, last = 0, False, 0
    for start, end, _ in (*marks, (len(pieces), len(pieces), None)):
        for low, high in ((last, start), (start, end)):
            raw = "".join(pieces[low:high])
            words = raw.split()
            here = length
            if words:
                if length and (space or raw[0].isspace()):
                    out.append(" ")
                    length += 1
                here = length
                text = " ".join(words)
                out.append(text)
                length += len(text)
                space = raw[-1].isspace()
            elif raw:
                space = True
        spans.append((here, length))
        last = end
    spans.pop()
    return "".join(out), spans


def plain(text: str) -> str:
    """A short text (a name, a title) with white space made one and invisible characters gone."""
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(INVISIBLE.sub("", text).split())
