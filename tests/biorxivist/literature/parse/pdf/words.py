"""How much of a text was read, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher


def words(texts: Iterable[str]) -> list[str]:
    """Words and signs of texts."""
    return [word for text in texts for word in re.findall(r"\w+|[^\w\s]", text)]


def share_in_order(wanted: list[str], read: list[str]) -> float:
    """Share of the words that were read, in the order in which they were printed."""
    matcher = SequenceMatcher(None, wanted, read, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(wanted)
