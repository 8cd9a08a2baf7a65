"""The sentences of a paper in the order of its text, each with what it names and what those before it spoke of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from biorxivist.claims.extract.focus import Focus, introduced_abbreviations
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.sentences import Sentence, split_sentences
from graph.records import Passage
from graph.vocabulary import Vocabulary

__all__ = ["Step", "walk"]


class Step(NamedTuple):
    """A sentence of a walk."""

    passage: Passage
    sentence: Sentence
    mentions: list[Mention]
    """What the sentence names."""
    focus: Focus
    """What was spoken of before it; it moves on with the next step."""


def walk(passages: Sequence[Passage], vocabulary: Vocabulary) -> Iterator[Step]:
    """Walk through the sentences of one version of a paper.

    A new section has the focus of its heading, and "it" does not reach over a paragraph.
    """
    own = introduced_abbreviations([passage.text for passage in passages])
    focus, section = Focus(), None
    for passage in passages:
        if passage.section != section:
            section = passage.section
            focus.enter(section.rpartition(" > ")[2], vocabulary)
        for sentence in split_sentences(passage.text):
            mentions = find_mentions(sentence.text, vocabulary, own)
            yield Step(passage, sentence, mentions, focus)
            focus.leave(sentence.text, mentions)
        focus.models = ()
