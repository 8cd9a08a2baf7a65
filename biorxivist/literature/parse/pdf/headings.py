"""Title and headings: by size, weight and slant of their font, their numbers, and the names that sections have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.literature.parse.pdf.blocks import text_of
from biorxivist.literature.parse.pdf.shapes import Block

NAMES = re.compile(
    r"(?:\d+\.?\s+)?(?:abstract|summary|introduction|background|results?|results and discussion|discussion|conclusions?"
    r"|methods|materials and methods|online methods|experimental procedures|star methods|related work"
    r"|acknowledge?ments?|references|bibliography|literature cited|works cited|(?:data|code|software) (?:and code )?"
    r"availability(?: statement)?|author contributions?|funding|competing interests?|conflicts? of interest"
    r"|declaration of interests|supplementary (?:information|materials?)|supporting information|figure legends?"
    r"|significance statement|limitations(?: of the study)?|appendix)\s*[.:]?",
    re.I,
)
REFERENCES = re.compile(
    r"(?:\d+\.?\s+)?(?:references|bibliography|literature cited|works cited|references cited)\.?", re.I
)
ABSTRACT = re.compile(r"(?:\d+\.?\s+)?(?:abstract|summary|synopsis)\s*[.:]?", re.I)
RUN_IN = re.compile(r"(?:abstract|summary)\s*[—–:.-]+\s*(?=[A-Z])|(?:ABSTRACT|SUMMARY)\s+(?=[A-Z])", re.I)
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[A-Z]")
LONGEST = 220
TITLE_AT_LEAST = 12
"""Characters: what is shorter and large is the name of a journal or of a kind of article."""
Look = tuple[float, bool, bool, bool]


def mark_headings(blocks: Sequence[Block], body: float) -> Block | None:
    """Set the kind of the blocks that are titles or headings; returns the title.

    Parameters
    ----------
    blocks
        Blocks of all pages.
    body
        Font size of most of the text.
    """
    letters = sum(len(w.text) for b in blocks for line in b.lines for w in line.words)
    bold = sum(len(w.text) for b in blocks for line in b.lines for w in line.words if w.bold)
    is_bold_paper = bold > 0.5 * letters
    title = _title(blocks, body)
    headings: list[tuple[Block, Look, str]] = []
    is_front = title is not None
    for block in blocks:
        if block is title:
            block.kind = "title"
            continue
        if block.kind != "text":
            continue
        text = " ".join(text_of(line) for line in block.lines)
        is_named = bool(NAMES.fullmatch(text))
        is_front = is_front and not is_named and block.page <= 2
        if is_named or (not is_front and _is_heading(block, text, body, is_bold_paper=is_bold_paper)):
            block.kind = "heading"
            first = block.lines[0]
            headings.append((block, (round(first.size * 2) / 2, first.bold, text.isupper(), first.italic), text))
    _set_levels(headings)
    return title


def _title(blocks: Sequence[Block], body: float) -> Block | None:
    """The largest text in the upper part of page one."""
    best: Block | None = None
    for block in blocks:
        if block.page != 1 or block.kind != "text":
            continue
        text = " ".join(text_of(line) for line in block.lines)
        if NAMES.fullmatch(text):
            continue
        if len(text) < TITLE_AT_LEAST or " " not in text or len(block.lines) > 6 or len(text) > 2 * LONGEST:
            continue
        if block.size > 1.1 * body and (best is None or block.size > best.size + 0.5):
            best = block
    return best


def _is_heading(block: Block, text: str, body: float, *, is_bold_paper: bool) -> bool:
    first = block.lines[0]
    if len(block.lines) > 5 or len(text) > LONGEST or sum(c.isalpha() for c in text) < 3:
        return False
    if text[-1:] in ",;" or first.size < 0.9 * body:
        return False
    is_large = first.size >= 1.08 * body
    is_bold = first.bold and not is_bold_paper
    if first.gaps and not (is_large and is_bold):  # a row of cells; a heading that is set to the width has gaps, too
        return False
    is_numbered = bool(NUMBERED.match(text))
    if text.endswith(".") and not (is_numbered and (is_large or is_bold)) and not is_large:
        return is_bold and len(block.lines) == 1 and len(text) < 100
    is_capital = text.isupper() and sum(c.isalpha() for c in text) > 4 and " = " not in text
    is_slanted = first.italic and len(block.lines) == 1 and text[:1].isupper() and len(text) < 120
    return is_large or is_bold or is_capital or is_slanted


def _set_levels(headings: Sequence[tuple[Block, Look, str]]) -> None:
    """Depth of headings: by the dots of their number, else by how much their look stands out."""
    looks = sorted({look for _, look, _ in headings}, key=lambda look: (-look[0], -look[2], -look[1], look[3]))
    ranks = {look: rank for rank, look in enumerate(looks, start=1)}
    tops = [ranks[look] for _, look, text in headings if NAMES.fullmatch(text)]
    top = min(tops, default=1)
    for block, look, text in headings:
        number = NUMBERED.match(text)
        is_last = bool(REFERENCES.fullmatch(text))  # which belongs to no section, in whatever type it is set
        block.level = 1 if is_last else number[1].count(".") + 1 if number else max(1, ranks[look] - top + 1)
