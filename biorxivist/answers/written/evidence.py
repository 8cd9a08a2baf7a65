"""What a language model is given: claims, facts, scores and sentences of papers, each with a short handle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from biorxivist.answers.answer import Answer, Sentence
from biorxivist.answers.evidence import Graph
from biorxivist.answers.question import Question
from biorxivist.answers.retrieve import retrieve
from graph.records import Claim

__all__ = ["Item", "gather"]

LETTERS = {"claim": "C", "fact": "F", "result": "R", "passage": "P"}
MOST = 24
PASSAGES = 8
CHARACTERS = 1_200
INJECTED = re.compile(
    r"ignore (?:all |any )?(?:previous|prior|above)|disregard (?:the|all|previous)|as an ai\b|you (?:must|should) "
    r"(?:now )?"
    r"(?:respond|answer|reply|say|write)|system prompt|</?(?:system|assistant|user)>",
    re.IGNORECASE,
)
"""Words that speak to a model: such a text is left out. It is no defence, which is the verification."""


@dataclass(frozen=True)
class Item:
    """A piece of evidence."""

    handle: str
    """What the model calls it: C1, F2, R3, P4."""
    text: str
    """Its words: what a quote of it has to be a part of."""
    sentence: Sentence
    """The same as a sentence of an answer, with its sources."""
    claim: Claim | None = None
    """The claim, with its fields."""

    @property
    def statement(self) -> str:
        """Its words without the quote that stands behind them."""
        return self.text.split(" “")[0]

    def data(self) -> dict[str, str]:
        """What is sent."""
        return {"id": self.handle, "text": self.text, "who": self.sentence.citation}


def gather(offline: Answer, question: Question, graph: Graph) -> list[Item]:
    """Evidence for a question: what the answer without a model rests on, then sentences of papers."""
    sentences = [each for each in offline.sentences if each.kind in LETTERS]
    hits = retrieve(question, graph.store, graph.index, limit=PASSAGES)
    known = {source for each in sentences for source in each.sources}
    from biorxivist.answers.offline import as_sentence

    sentences += [as_sentence(hit, graph) for hit in hits if hit.passage_id not in known]
    return number(sentences, graph)


def number(sentences: Iterable[Sentence], graph: Graph) -> list[Item]:
    """Give each sentence a handle; equal ones, and those that speak to a model, are left out."""
    items: dict[str, Item] = {}
    counts: dict[str, int] = {}
    for each in sentences:
        if len(items) == MOST or each.text in items or INJECTED.search(each.text):
            continue
        letter = LETTERS[each.kind]
        counts[letter] = counts.get(letter, 0) + 1
        claim = graph.index.claims.get(each.sources[0]) if each.kind == "claim" else None
        text = each.text[:CHARACTERS]
        if claim is not None and claim.quote and claim.quote != each.text:
            text = f"{text} “{claim.quote[:CHARACTERS]}”"
        items[each.text] = Item(f"{letter}{counts[letter]}", text, each, claim)
    return list(items.values())
