"""The text of lines: spaces where there were gaps, raised numbers in plain form, parted words put together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from biorxivist.literature.parse.pdf.hyphens import Spelling, heal
from biorxivist.literature.parse.pdf.shapes import Line, Word

RAISED = 0.15
"""Share of the font size by which a raised number stands above the line."""
SMALL = 0.9
_NUMBER = re.compile(r"[-+−–]?\d+(?:[.,]\d+)?")
_CITED = re.compile(r"\d{1,4}(?:\s*[,;–—-]\s*\d{1,4})*[,;]?")
_UNIT = re.compile(r"(?<![A-Za-z])(?:[munpkcd]?m|µm|μm|s|min|h|kg|mg|g|L|mL|l|M|R|r|χ|σ|x|n)$")


@dataclass(slots=True)
class Wording:
    """A text, and where in it raised numbers stand that may cite the reference list."""

    text: str = ""
    marks: list[tuple[int, int]] = field(default_factory=list)


def line_wording(line: Line) -> Wording:
    """Text of one line."""
    parts = Wording()
    for index, word in enumerate(line.words):
        before = line.words[index - 1] if index else None
        text = unicodedata.normalize("NFC", word.text)
        is_raised = _is_raised(word, line)
        if before is not None and not _touches(before, word) and not (is_raised and _is_raised(before, line)):
            parts.text += " "
        if is_raised and parts.text and not parts.text.endswith(" "):
            if _takes_power(parts.text, text):
                parts.text += "^"
            elif _CITED.fullmatch(text):
                start = len(parts.text)
                if parts.marks and parts.marks[-1][1] == start:
                    start = parts.marks.pop()[0]
                parts.marks.append((start, len(parts.text) + len(text)))
        parts.text += text
    return parts


def join_wording(lines: Sequence[Line], spelling: Spelling) -> Wording:
    """Text of lines that follow one another.

    Parameters
    ----------
    lines
        The lines.
    spelling
        How the paper writes its words.
    """
    joined = Wording()
    for line in lines:
        part = line_wording(line)
        if joined.text:
            joined.text = heal(joined.text, part.text, spelling)
        start = len(joined.text)
        joined.marks += [(start + a, start + b) for a, b in part.marks]
        joined.text += part.text
    return joined


def _touches(before: Word, word: Word) -> bool:
    gap = word.x0 - before.x1
    return gap < 0.15 * max(before.size, word.size) and (not word.spaced or gap < 0.05 * word.size)


def _is_raised(word: Word, line: Line) -> bool:
    return word.size < SMALL * line.size and word.base < line.base - RAISED * line.size


def _takes_power(before: str, raised: str) -> bool:
    """Whether a raised number is an exponent: of a number, or of a unit."""
    if not _NUMBER.fullmatch(raised):
        return False
    return before[-1].isdigit() or bool(_UNIT.search(before)) or (raised[0] in "-−–" and before[-1].isalpha())
