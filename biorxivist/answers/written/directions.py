"""Directions of a sentence that a model wrote: better, worse, equal, denied. It says none that its sources do not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from biorxivist.answers.retrieve import stem
from biorxivist.answers.written.evidence import Item
from biorxivist.answers.written.words import repeats
from biorxivist.claims.extract.quotes import fold
from biorxivist.claims.statement import read
from graph.compare import compare
from graph.records import Claim
from graph.vocabulary import Vocabulary

__all__ = ["DIRECTIONS", "new_direction"]

UP = (
    r"better|best|outperform\w*|improv\w*|higher|increas\w*|gain\w*|ahead|beat\w*|exceed\w*|surpass\w*|"
    r"superior|larger|more|leads?|ris(?:e|es|ing|en)|keeps?|continu\w*|grow\w*|helps?|benefit\w*"
)
DOWN = (
    r"worse|worst|underperform\w*|degrad\w*|lower|decreas\w*|los[est]\w*|behind|fail\w*|inferior|smaller|"
    r"fewer|less|drop\w*|falls?|harm\w*|hurts?|reduc\w*"
)
DENIED = r"not|no|never|neither|nor|hardly|cannot|none|without|nothing|little|barely|rarely"
LEVEL = r"plateau\w*|saturat\w*|level\w* off|equal\w*|similar\w*|compar(?:able|ably)|on par|same"
DIRECTIONS = (("up", UP), ("down", DOWN), ("denied", DENIED), ("level", LEVEL))
OPPOSED = {"up": ("down", "level"), "down": ("up", "level"), "level": ("up", "down"), "denied": ()}


def new_direction(text: str, cited: Sequence[Item], vocabulary: Vocabulary) -> str:
    """What the sentence says of a direction and its sources do not; empty where there is nothing."""
    if any(_is_within(text, item.text) and _denials(text) == _denials(item.text) for item in cited):
        return ""
    sources_text = " ".join(item.text for item in cited)
    if word := _new_direction_word(text, sources_text):
        return f"{word}: no source says so"
    alone = cited[0].statement if len(cited) == 1 else ""
    if alone and repeats(text, alone) and (name := _other_count(text, alone)):
        return f"{name}: more or fewer such words than in the source"
    said = [claim for claim in read(text, vocabulary).claims if claim.direction is not None]
    sources = [claim for item in cited for claim in _claims(item, vocabulary)]
    for claim in said:
        relations = [compare(claim, each, vocabulary=vocabulary).relation for each in sources if each.id != claim.id]
        same = any(claim.id == each.id for each in sources) or "agrees" in relations
        opposite = {"contradicts", "differs_in_scope"} & set(relations)
        if not same and (opposite or claim.kind == "comparison"):
            return (
                f"{claim.direction}: {'the sources say the opposite' if opposite else 'no source compares the two so'}"
            )
    return ""


def _new_direction_word(text: str, sources: str) -> str:
    """A word of direction that no source has, and whose sense is not the only one that the sources have."""
    held = {name: _words_of(sources, pattern) for name, pattern in DIRECTIONS}
    stems = {stem(word) for words in held.values() for word in words}
    for name, pattern in DIRECTIONS:
        for word in _words_of(text, pattern):
            if stem(word) in stems:
                continue
            others = any(held[other] for other in OPPOSED[name])
            if not held[name] or others:
                return word
    return ""


def _denials(text: str) -> int:
    return len(re.findall(rf"\b(?:{DENIED})\b", text, re.IGNORECASE))


def _other_count(text: str, source: str) -> str:
    """A sense of direction that a sentence words more or less often than the source that it repeats."""
    for name, pattern in DIRECTIONS:
        in_text, in_source = (len(re.findall(rf"\b(?:{pattern})\b", each, re.IGNORECASE)) for each in (text, source))
        if in_text != in_source:
            return name
    return ""


def _words_of(text: str, pattern: str) -> set[str]:
    return {match.group().lower() for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE)}


def _is_within(text: str, source: str) -> bool:
    wanted = fold(text)[0].strip().rstrip(".").casefold()
    return wanted in fold(source)[0].casefold()


def _claims(item: Item, vocabulary: Vocabulary) -> list[Claim]:
    claims = [claim for claim in read(item.text, vocabulary).claims if claim.direction is not None]
    return [item.claim, *claims] if item.claim is not None else claims
