"""Words of a sentence that name something of this field, and lists of such words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from biorxivist.claims.extract.lexicon import phrases

__all__ = ["Kind", "Mention", "coordinate"]

Kind = Literal["model", "dataset", "task", "metric", "regime", "factor"]

# What may stand between two names of one list: "A, B and the C", "both A and B", "in A and, to a lesser extent, B".
BETWEEN = phrases(
    # marks
    r"\s", r"\([\d.,%±\s]+\)", r"\[[\d, –-]+\]", ",", ";", "/", "&", r"\(", r"\)",
    # conjunctions
    "and", "or", "nor", "as well as",
    # articles and numerals
    "the", "a", "an", "both", "either", "neither",
    # prepositions, repeated before each name
    "in", "on", "for",
    # adverbs
    "also", "to a lesser extent",
)  # fmt: skip
JOINT = re.compile(f"{BETWEEN}*", re.IGNORECASE)
JOINS = re.compile(r"[,;/&()]|\b(?:and|or|nor|as well as)\b", re.IGNORECASE)
"""What makes a list of two names: "models on variable genes" is none."""


@dataclass(frozen=True)
class Mention:
    """Words of a sentence that name something of this field."""

    kind: Kind
    text: str
    start: int
    end: int
    id: str | None = None
    """Vocabulary id; none for a group, an unknown name or a pronoun."""
    pronoun: bool = False
    """Names something that stands elsewhere."""
    group: bool = False
    guessed: bool = False
    """An acronym that nobody has entered: a model only beside a verb that compares."""
    made: bool = False
    """What is made of a model, under its full name: "Cancer-tuned Geneformer"."""

    @property
    def named(self) -> bool:
        """Whether it names something by itself and surely: neither a pronoun nor a guess."""
        return not self.pronoun and not self.guessed


def coordinate(text: str, mentions: Iterable[Mention], *, offset: int = 0) -> list[list[Mention]]:
    """Group neighbouring mentions of one kind that only commas and "and" stand between.

    Parameters
    ----------
    offset
        Where ``text`` begins in the sentence that the places of the mentions are counted in.
    """
    groups: list[list[Mention]] = []
    for mention in mentions:
        last = groups[-1][-1] if groups else None
        between = text[last.end - offset : mention.start - offset] if last else ""
        if last and last.kind == mention.kind and JOINT.fullmatch(between) and (last.pronoun or JOINS.search(between)):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups
