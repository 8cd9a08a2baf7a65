"""Words that a line end parts: put together as the paper writes them elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_PARTED = re.compile(r"([\w’'][\w’'-]*)[-‐]$")
_HEAD = re.compile(r"[\w’'-]+")
_ADDRESS = re.compile(r"(?:https?://|www\.|\b10\.\d{4,9}/)\S*[/.\-_=?&%]$|\bhttps?:$")
SUSPENDED = frozenset(("and", "or", "nor", "to"))
"""Words that follow a hyphen which stands for the rest of a word: ``pre- and post-training``."""
LINKING = SUSPENDED | {"of", "the", "in", "by", "for", "on", "a", "but"}
"""Words in the middle of a compound: ``state-of-the-art``, ``one-to-many``."""
_AROUND = "()[]{}.,;:!?\"'“”‘’"


@dataclass(frozen=True)
class Spelling:
    """How a paper writes its words."""

    words: Mapping[str, int]
    """Words that stand whole within lines, in lower case, and the parts of those with a hyphen -> how often."""
    is_hyphenated: bool
    """Whether line ends part words that have no hyphen. Where they do not, every hyphen is the author's."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> Spelling:
        """Spelling of a paper, from the texts of its lines."""
        words = Counter(_words(texts))
        parted = hyphenated = 0
        for text, following in pairwise(texts):
            if (ends := _ends(text, following)) is not None and not ends[2]:
                parted += ends[0] + ends[1] in words
                hyphenated += f"{ends[0]}-{ends[1]}" in words
        return cls(words, parted > 0.2 * hyphenated)

    def writes(self, word: str, *, over: str) -> bool:
        """Whether the paper has a word, and no less often than another spelling."""
        return word in self.words and self.words[word] >= self.words.get(over, 0)


def heal(text: str, following: str, spelling: Spelling) -> str:
    """A text up to its line end, so that the following line can be put behind it.

    The hyphen stays where the word has one within a line, where what it joins are signs (``IL-``, ``2-``) or a name
    follows, and wherever the paper parts no words at line ends.
    """
    if _ADDRESS.search(text) and (following[:1].islower() or following[:1].isdigit() or following[:1] in "./_-%"):
        return text
    ends = _ends(text, following)
    if ends is None or ends[2]:
        is_joined = text.endswith(("-", "‐", "–", "/")) and text[-2:-1].strip() and _HEAD.match(following)
        if ends is not None and spelling.writes(ends[0] + ends[1], over=f"{ends[0]}-{ends[1]}"):
            return text[:-1]  # "MAT-" and "LAB", where the paper has MATLAB
        return text if is_joined else f"{text} "
    first, second, _ = ends
    if second in SUSPENDED:
        return f"{text} "
    last = first.rsplit("-", 1)[-1]
    head = second.partition("-")[0]  # of what has more hyphens: "plane-" and "to-plane"
    for part, rest in ((first, second), (last, second), (first, head), (last, head)):
        if spelling.writes(f"{part}-{rest}", over=part + rest):
            return text
        if spelling.writes(part + rest, over=f"{part}-{rest}"):
            return text[:-1]
    return text if _is_compound(first, last, second, head, spelling) or not spelling.is_hyphenated else text[:-1]


def _is_compound(first: str, last: str, second: str, head: str, spelling: Spelling) -> bool:
    """Whether a hyphen at a line end is more likely the author's, of a word that stands nowhere else."""
    if ("-" in first and last in LINKING) or ("-" in second and head in LINKING):
        return True
    if last not in spelling.words:
        return False
    is_adverb = last.endswith("ly") and len(last) > 5
    are_words = min(len(last), len(second)) > 3 and not {second, head}.isdisjoint(spelling.words)
    return is_adverb or are_words


def _ends(text: str, following: str) -> tuple[str, str, bool] | None:
    """The two parts of a word that a line end may have parted, in lower case, and whether signs or a name follow."""
    parted, head = _PARTED.search(text), _HEAD.match(following)
    if parted is None or head is None:
        return None
    last = parted[1].rsplit("-", 1)[-1]
    if not last.isalpha() or not head[0][0].isalpha() or len(last) == 1:  # nobody parts a word behind one letter
        return None
    return parted[1].lower(), head[0].lower(), last.isupper() or not head[0][0].islower()


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
