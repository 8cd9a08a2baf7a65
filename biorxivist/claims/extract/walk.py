"""The sentences of a paper in the order of its text, each with what it names and what those before it spoke of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from biorxivist.claims.extract.focus import Focus, introduced_abbreviations
from biorxivist.claims.extract.known import find_known
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.sentences import Sentence, split_sentences
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


def _introduced_sets(passages: Sequence[Passage], vocabulary: Vocabulary) -> dict[str, str]:
    """Short names that a paper gives to sets of the vocabulary: "the Zheng68K blood cell (PBMC) data set" -> its id."""
    found: dict[str, str] = {}
    for passage in passages:
        for match in SHORT_NAME.finditer(passage.text):
            before = passage.text[max(match.start() - WITHIN, 0) : match.start()].rpartition(".")[2]
            known = [m for m in find_known(before, vocabulary) if m.kind == "dataset" and m.id]
            if known:
                found.setdefault(match["short"], str(known[-1].id))
    return found


def walk(passages: Sequence[Passage], vocabulary: Vocabulary) -> Iterator[Step]:
    """Walk through the sentences of one version of a paper.

    A new section has the focus of its heading, and "it" does not reach over a paragraph.
    """
    own = introduced_abbreviations([passage.text for passage in passages])
    sets = _introduced_sets(passages, vocabulary)
    focus, section = Focus(), None
    for passage in passages:
        if passage.section != section:
            section = passage.section
            focus.enter(section.rpartition(" > ")[2], vocabulary)
        for sentence in split_sentences(passage.text):
            mentions = find_mentions(sentence.text, vocabulary, own)
            mentions = [replace(m, id=sets[m.text]) if m.id is None and m.text in sets else m for m in mentions]
            yield Step(passage, sentence, mentions, focus)
            focus.leave(sentence.text, mentions, vocabulary)
        focus.end_paragraph()
