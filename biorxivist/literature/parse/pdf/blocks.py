"""Lines to blocks: paragraphs, headings, captions, tables that stand as lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from biorxivist.literature.parse.pdf.shapes import Block, Line
from biorxivist.literature.parse.pdf.wording import line_wording

CAPTION = re.compile(
    r"((?:(?:Extended Data|Supplementa(?:ry|l)|Suppl?\.|Additional)\s+)?(?:Fig(?:ure)?\.?|Table|Scheme|Box|Algorithm)"
    r"\s*[A-Z]?\d{1,3}[A-Za-z]?)\s*(?:([.:|])|(?=\s[A-Z(])|$)"
)
BULLET = re.compile(r"[•◦▪‣●○■–—]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s")
ENDS = (".", "?", "!", ":", ".”", '."', ".)", "?)", "]")
_LEADING = 1.3


def text_of(line: Line) -> str:
    """Text of a line."""
    return line_wording(line).text


def body_size(lines: Sequence[Line]) -> float:
    """Font size of most of the text."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.size * 2) / 2] += sum(len(word.text) for word in line.words)
    return max(counts, key=lambda size: counts[size], default=10.0)


def leadings(lines: Sequence[Line]) -> dict[float, float]:
    """Font size -> usual distance between two lines of it."""
    steps: dict[float, list[float]] = defaultdict(list)
    for a, b in pairwise(lines):
        if a.flow == b.flow and abs(a.size - b.size) < 0.05 * a.size and 0 < b.base - a.base < 3.5 * a.size:
            steps[round(a.size)].append(b.base - a.base)
    return {size: median(values) for size, values in steps.items() if len(values) > 2}


def make_blocks(lines: Sequence[Line]) -> list[Block]:
    """Blocks in reading order; a paragraph that a column or a page parts is one block.

    Captions and tables may stand between the two parts of such a paragraph.
    """
    usual = leadings(lines)
    blocks: list[Block] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        after = lines[index + 1] if index + 1 < len(lines) else None
        if before is not None and before.flow == line.flow and not _breaks(before, line, after, usual):
            blocks[-1].lines.append(line)
        else:
            blocks.append(Block([line]))
    for block in blocks:
        block.kind = "caption" if is_caption(block) else "text"
    return _joined(blocks)


def is_caption(block: Block) -> bool:
    """Whether a block begins as the caption of a figure or table does."""
    first = block.lines[0]
    match = CAPTION.match(text_of(first))
    if match is None:
        return False
    return bool(match[2]) or first.words[0].bold or match.end() == len(text_of(first))


def _breaks(a: Line, b: Line, after: Line | None, usual: dict[float, float]) -> bool:
    """Whether a new block begins with line ``b``."""
    if abs(a.size - b.size) > 0.08 * max(a.size, b.size) or a.bold != b.bold:
        return True
    step = usual.get(round(b.size), 1.2 * b.size)
    if b.base - a.base > _LEADING * step:
        return True
    is_sentence_over = _ended(a, b) or text_of(a).endswith(ENDS)
    if is_sentence_over and CAPTION.match(text_of(b)) and is_caption(Block([b])):  # else "in Step 9 of | Algorithm 2."
        return True
    if BULLET.match(text_of(b)) and _ended(a, b):
        return True
    indent = b.x0 - b.left
    if not _are_centred(a, b) and 0.7 * b.size < indent < 4 * b.size and a.x0 - a.left < 0.4 * a.size:
        next_is_left = after is None or after.flow != b.flow or after.x0 < b.x0 - 0.5 * b.size
        if next_is_left and is_sentence_over:
            return True
    return _ended(a, b) and text_of(a).endswith(ENDS)


def _are_centred(a: Line, b: Line) -> bool:
    """Whether two lines stand in the middle one below the other, as those of a title do."""
    return abs((a.x0 + a.x1) - (b.x0 + b.x1)) < a.size and max(a.x1, b.x1) < a.right - a.size


def _ended(a: Line, b: Line) -> bool:
    """Whether a line ends before its column does, though the next word had room."""
    word = b.words[0]
    return a.right - a.x1 > word.x1 - word.x0 + 0.6 * a.size


def _joined(blocks: list[Block]) -> list[Block]:
    """Blocks, with the parts of a paragraph joined that columns or pages part."""
    joined: list[Block] = []
    held: Block | None = None
    """The last paragraph, while only captions have come since."""
    for block in blocks:
        if block.kind == "caption":
            joined.append(block)
            continue
        if held is not None and held.lines[-1].flow != block.lines[0].flow and _goes_on(held, block):
            held.lines += block.lines
        else:
            joined.append(block)
            held = block
    return joined


def _goes_on(block: Block, following: Block) -> bool:
    a, b = block.lines[-1], following.lines[0]
    if abs(a.size - b.size) > 0.05 * a.size or a.bold != b.bold:
        return False
    end, start = text_of(a), text_of(b)
    if end.endswith(ENDS):
        return start[:1].islower() and not _ended(a, b)
    if BULLET.match(start) and not start[:1].isalpha():
        return False
    return start[:1].islower() or not _ended(a, b)
