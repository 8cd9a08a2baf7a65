"""Where a clause says that what it claims does not hold: "on all data sets but one", "except on the lung data"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from biorxivist.claims.extract.clauses import BUT_FEW
from biorxivist.claims.extract.content import Content
from biorxivist.claims.extract.lexicon import alternatives, phrases
from biorxivist.claims.extract.mention import Mention, coordinate

__all__ = ["Exceptions", "find_exceptions"]

EXCEPT = alternatives(
    # "All models except scVI fell below the baseline.", "on every set other than the lung data"
    r"\b"
    + phrases("except(?:ing)?(?: for)?", "other than", "apart from", "with the exceptions? of", "besides")
    + r"\s+(?:(?:on|in|for|by|at) )?(?:the |an? )?",
    # "on all data sets but one"
    rf"\b(?:all|each|every\w*|any\w*)(?: (?!but\b)[\w-]+){{0,4}} (?={BUT_FEW})but (?:(?:on|in|for) )?(?:the |an? )?",
)
# What is excepted, as it is printed; it ends where the clause goes on.
EXCEPTED = re.compile(
    r"[\w/-]+(?: (?!(?:in|on|for|of|at|by|with|from|when|where|is|are|was|were|did|does|has|have|fell|falls?"
    r"|(?:outperform|exceed|surpass|beat)\w*)\b)[\w/-]+){0,4}"
)
WITHIN = 3
"""Characters behind "except" in which a model that is excepted begins."""


@dataclass(frozen=True)
class Exceptions:
    """What a clause excepts."""

    words: tuple[str, ...] = ()
    """All of it, as it is printed."""
    models: tuple[Mention, ...] = ()
    """The models among it, which are on neither side."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where the words for the rest stand in the sentence."""

    def hold(self, mention: Mention) -> bool:
        """Whether a mention stands in what is excepted."""
        return mention in self.models or any(start <= mention.start < end for start, end in self.spans)


def find_exceptions(content: Content) -> Exceptions:
    """Find what a clause excepts: lists of models ("all but scVI and Harmony"), sets, or a number of them."""
    offset = content.clause.start
    words: list[str] = []
    models: list[Mention] = []
    spans: list[tuple[int, int]] = []
    for match in EXCEPT.finditer(content.text):
        end = offset + match.end()
        following = [mention for mention in content.models if mention.start >= end]
        group = next(iter(coordinate(content.text, following, offset=offset)), [])
        if group and group[0].start - end < WITHIN:
            models += group
            words += [mention.text for mention in group]
        elif named := EXCEPTED.match(content.text, match.end()):
            words.append(named.group())
            spans.append((offset + match.start(), offset + named.end()))
    return Exceptions(tuple(words), tuple(models), tuple(spans))
