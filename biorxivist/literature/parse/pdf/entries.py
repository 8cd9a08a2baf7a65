"""The reference list of a paper, split into its entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from biorxivist.literature.parse.pdf.blocks import text_of
from biorxivist.literature.parse.pdf.shapes import Block, Line

LABEL = re.compile(r"[\[(]?(\d{1,4})[\])]?\.?(?:\s+|$)|\[(\d{1,4})\]")
FEWEST = 2


def split_entries(blocks: Sequence[Block]) -> list[list[Line]]:
    """Lines of every entry.

    Entries are told apart by their numbers if these count up from the first line; else by the indent that follows
    the first line of each; else by the gaps and line ends that part paragraphs.

    Parameters
    ----------
    blocks
        The blocks below the heading of the list.
    """
    lines = [line for block in blocks for line in block.lines]
    if not lines:
        return []
    starts = _numbered(lines)
    if len(starts) < FEWEST:
        starts = _hanging(lines)
    if len(starts) < FEWEST:
        return [block.lines for block in blocks]
    bounds = [0, *[n for n in starts if n], len(lines)]
    return [lines[a:b] for a, b in pairwise(bounds)]


def _numbered(lines: Sequence[Line]) -> list[int]:
    """Lines that begin with the number that comes next."""
    starts: list[int] = []
    expected: int | None = None
    for index, line in enumerate(lines):
        match = LABEL.match(text_of(line))
        if match is None or line.x0 - line.left > 3 * line.size:
            continue
        number = int(match[1] or match[2])
        if expected is None:
            if number > 1 and index > 0:
                continue
            expected = number
        if number == expected:
            starts.append(index)
            expected += 1
    return starts if len(starts) * 12 > len(lines) else []


def _hanging(lines: Sequence[Line]) -> list[int]:
    """Lines that begin at the left edge of their column, if others are indented."""
    indented = [line.x0 - line.left > 0.6 * line.size for line in lines]
    share = sum(indented) / len(lines)
    if not 0.15 < share < 0.9:
        return []
    return [index for index, is_indented in enumerate(indented) if not is_indented]
