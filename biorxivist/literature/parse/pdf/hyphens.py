"""Words that a line end parts: put together as the paper writes them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_PARTED = re.compile(r"([\w’'][\w’'-]*)[-‐]$")
_HEAD = re.compile(r"[\w’'-]+")
_ADDRESS = re.compile(r"(?:https?://|www\.|\b10\.\d{4,9}/)\S*[/.\-_=?&%]$|\bhttps?:$")
SUSPENDED = frozenset(("and", "or", "nor", "to"))
"""Words that follow a hyphen which stands for the rest of a word: ``pre- and post-training``."""
_AROUND = "()[]{}.,;:!?\"'“”‘’"


@dataclass(frozen=True)
class Spelling:
    """How a paper writes its words."""

    words: frozenset[str]
    """Words that stand whole within lines, in lower case, and the parts of those with a hyphen."""
    is_hyphenated: bool
    """Whether line ends part words that have no hyphen. Where they do not, every hyphen is the author's."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> Spelling:
        """Spelling of a paper, from the texts of its lines."""
        words = frozenset(_words(texts))
        parted = kept = 0
        for text, following in pairwise(texts):
            if (ends := _ends(text, following)) is not None:
                parted += ends[0] + ends[1] in words
                kept += f"{ends[0]}-{ends[1]}" in words
        return cls(words, parted > 0.2 * kept)


def heal(text: str, following: str, spelling: Spelling) -> str:
    """A text up to its line end, so that the following line can be put behind it.

    The hyphen stays where the word has one within a line, where what it joins are signs (``IL-``, ``2-``) or a name
    follows, and wherever the paper parts no words at line ends.
    """
    if _ADDRESS.search(text) and (following[:1].islower() or following[:1].isdigit() or following[:1] in "./_-%"):
        return text
    ends = _ends(text, following)
    if ends is None:
        is_joined = text.endswith(("-", "‐", "–", "/")) and text[-2:-1].strip() and _HEAD.match(following)
        return text if is_joined else f"{text} "
    first, second = ends
    if second in SUSPENDED:
        return f"{text} "
    last = first.rsplit("-", 1)[-1]
    if f"{first}-{second}" in spelling.words or f"{last}-{second}" in spelling.words:
        return text
    if first + second in spelling.words or last + second in spelling.words:
        return text[:-1]
    is_compound = last in spelling.words and second in spelling.words and min(len(last), len(second)) > 3
    return text[:-1] if spelling.is_hyphenated and not is_compound else text


def _ends(text: str, following: str) -> tuple[str, str] | None:
    """The two parts of a word that a line end may have parted, in lower case."""
    parted, head = _PARTED.search(text), _HEAD.match(following)
    if parted is None or head is None or not head[0][0].islower():
        return None
    last = parted[1].rsplit("-", 1)[-1]
    if not last.isalpha() or (last.isupper() and len(last) > 1):
        return None
    return parted[1].lower(), head[0].lower()


def _words(texts: Iterable[str]) -> Iterable[str]:
    before = ""
    for text in texts:
        words = text.split()[:-1]
        if before.endswith(("-", "‐")):  # the first is the rest of a word
            words = words[1:]
        before = text
        for word in words:
            bare = word.strip(_AROUND).lower()
            yield bare
            if "-" in bare:
                yield from bare.split("-")
