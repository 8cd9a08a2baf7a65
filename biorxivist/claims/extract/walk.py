"""The sentences of a paper in the order of its text, each with what it names and what those before it spoke of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from biorxivist.claims.extract.focus import Focus, introduced_abbreviations
from biorxivist.claims.extract.known import find_known
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.names import add_circumstances, find_named, without_overlaps
from biorxivist.claims.extract.sentences import Sentence, as_typed, split_sentences
from biorxivist.claims.extract.worth_reading import may_claim
from graph.records import Passage
from graph.vocabulary import Vocabulary

__all__ = ["Step", "walk"]

SHORT_NAME = re.compile(r" \((?P<short>[A-Z][\w-]{1,11})\) data(?: ?set)?\b")
WITHIN = 80
"""Characters before a short name in which the set stands that it is short for."""


class Step(NamedTuple):
    """A sentence of a walk."""

    passage: Passage
    sentence: Sentence
    mentions: list[Mention]
    """What the sentence names."""
    focus: Focus
    """What was spoken of before it; it moves on with the next step."""
    worth_reading: bool
    """Whether the sentence may claim something; of the others, only what they name is known."""


def _introduced_sets(passages: Sequence[Passage], vocabulary: Vocabulary) -> dict[str, str]:
    """Short names that a paper gives to sets of the vocabulary: "the Zheng68K blood cell (PBMC) data set" -> its id."""
    sets: dict[str, str] = {}
    for passage in passages:
        for match in SHORT_NAME.finditer(passage.text):
            before = passage.text[max(match.start() - WITHIN, 0) : match.start()].rpartition(".")[2]
            known = [m for m in find_known(before, vocabulary) if m.kind == "dataset" and m.id]
            if known:
                sets.setdefault(match["short"], str(known[-1].id))
    return sets


def walk(passages: Sequence[Passage], vocabulary: Vocabulary, *, everything: bool = False) -> Iterator[Step]:
    """Walk through the sentences of one version of a paper.

    A new section has the focus of its heading, and "it" does not reach over a paragraph.

    Parameters
    ----------
    everything
        Whether tasks, metrics and sets are looked for in sentences that are not worth reading, too.
    """
    own = introduced_abbreviations([passage.text for passage in passages])
    sets = _introduced_sets(passages, vocabulary)
    focus, section = Focus(), None
    for passage in passages:
        if passage.section != section:
            section = passage.section
            focus.enter(section.rpartition(" > ")[2], vocabulary)
        for printed in split_sentences(passage.text):
            sentence = replace(printed, text=as_typed(printed.text))
            named = find_named(sentence.text, vocabulary, own)
            worth_reading = may_claim(sentence.text, named, focus)
            complete = add_circumstances if worth_reading or everything else without_overlaps
            mentions = complete(sentence.text, named)
            mentions = [replace(m, id=sets[m.text]) if m.text in sets and not m.id else m for m in mentions]
            yield Step(passage, sentence, mentions, focus, worth_reading)
            focus.leave(sentence.text, mentions, vocabulary)
        focus.end_paragraph()
