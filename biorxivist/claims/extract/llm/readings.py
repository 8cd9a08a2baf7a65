"""What the rules read in each sentence of a paper, with what the surroundings add: the measure of a proposal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.extract import OTHERS_SPEAK, OWN_WORDS, READ
from biorxivist.claims.extract.focus import Focus, inherit
from biorxivist.claims.extract.names import Mention
from biorxivist.claims.extract.place import as_sure_as_in_place
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.extract.walk import walk
from graph.records import Passage
from graph.vocabulary import Vocabulary

__all__ = ["ReadSentence", "folded", "read_passages"]


@dataclass(frozen=True)
class ReadSentence:
    """A sentence of a passage as the rules understand it."""

    passage: Passage
    text: str
    start: int
    end: int
    readings: tuple[Draft, ...]
    """What the rules read; a subject that stands in the sentence before is filled in."""
    heading: tuple[tuple[str, str], ...]
    """Task and data set that the heading names: kind -> name."""
    before: tuple[str, ...]
    """Models that a pronoun of this sentence may stand for; empty where nobody could tell."""
    mentions: tuple[Mention, ...]
    others_speak: bool
    """Whether the sentence stands where papers mostly report others, in words that are not the authors' own."""


def read_passages(passages: Iterable[Passage], vocabulary: Vocabulary) -> dict[str, list[ReadSentence]]:
    """Passage id -> its sentences, for one version of a paper, in the order of its text."""
    texts = [passage for passage in passages if passage.kind in READ]
    by_passage: dict[str, list[ReadSentence]] = {}
    for passage, sentence, mentions, focus, _ in walk(texts, vocabulary, everything=True):
        drafts = [
            as_sure_as_in_place(draft, passage, sentence.text, vocabulary)
            for draft in read_sentence(sentence.text, vocabulary, mentions=mentions)
        ]
        readings = [_filled(draft, focus, mentions) for draft in drafts]
        by_passage.setdefault(passage.id, []).append(
            ReadSentence(
                passage, sentence.text, sentence.start, sentence.end,
                tuple(draft for filled in readings for draft in filled),
                tuple((kind, mention.text) for kind, mention in focus.heading.items()),
                tuple(mention.text for mention in focus.models),
                tuple(mentions),
                bool(OTHERS_SPEAK.search(passage.section)) and not OWN_WORDS.search(sentence.text),
            )
        )  # fmt: skip
    return by_passage


def _filled(draft: Draft, focus: Focus, mentions: Sequence[Mention]) -> list[Draft]:
    """The reading with its subject; none where it compares somebody whom nobody has named."""
    drafts, inherited = inherit(draft, focus, mentions)
    drafts = [replace(entry, inferred=inherited) for entry in drafts]
    return [entry for entry in drafts if entry.subject or entry.kind != "comparison"]


def folded(name: str | None) -> str:
    """A name or a text in which case does not count, and hyphens and spaces are one."""
    return re.sub(r"[-\s]+", " ", name or "").strip().casefold()
