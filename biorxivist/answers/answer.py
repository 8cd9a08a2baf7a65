"""The answer to a question, as a record."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Answer", "Query", "Quote", "Removed", "Sentence", "Support", "Usage"]

Support = Literal["none", "weak", "moderate", "strong"]
Part = Literal["bottom_line", "for", "against", "related", "found", "missing"]


class Answered(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Quote(Answered):
    """Words of a source, verbatim."""

    passage_id: str
    """The passage that holds them."""
    start: int
    """Where they begin in the text of the passage, in code points."""
    end: int
    """Where they end."""
    text: str
    """The words."""


class Sentence(Answered):
    """A sentence of an answer, which always has a source."""

    text: str
    """The sentence."""
    kind: Literal["summary", "claim", "verdict", "fact", "result", "relation", "passage", "missing"]
    """What it reports: what the others come to, a paper's claim, a computed verdict, a fact of the vocabulary, a score,
    a relation of claims, a text, what has not been tested."""
    part: Part = "found"
    """Where it stands in the answer; what is ``related`` is shown, and the answer does not rest on it."""
    sources: tuple[str, ...] = Field(min_length=1)
    """Ids of the claims, evidence, results, passages, papers or vocabulary entries that support it."""
    quotes: tuple[Quote, ...] = ()
    """The words that it rests on."""
    claims: tuple[str, ...] = ()
    """The claims among its sources."""
    results: tuple[str, ...] = ()
    """The scores and saturation points among its sources."""
    papers: tuple[str, ...] = ()
    """Ids of the papers behind them."""
    citation: str = ""
    """The papers, as a reader would cite them."""
    verdict: dict[str, Any] | None = None
    """The verdict as a row (`graph.evidence.verdict.verdict_row`), for a sentence of kind ``verdict``."""


class Removed(Answered):
    """A sentence that a language model wrote and that was taken out."""

    text: str
    """The sentence."""
    reason: Literal["absent", "altered", "exact_elsewhere", "number", "name", "direction", "uncited", "unknown_id"]
    """What is wrong with it: its quote stands nowhere, is altered, or stands in another source; a number, a name or a
    direction is not that of its sources; it has no source, or one that was not given."""
    detail: str = ""
    """The word, number or id that was not found."""


class Query(Answered):
    """A query of the graph."""

    text: str
    """Its name and parameters, or its Cypher."""
    rows: int
    """Rows that it found."""


class Usage(Answered):
    """What a language model cost."""

    calls: int = 0
    """Requests that were sent."""
    cached: int = 0
    """Requests that were answered before."""
    tokens_in: int = 0
    """Tokens that were sent."""
    tokens_out: int = 0
    """Tokens that came back."""
    usd: float | None = None
    """Cost in US dollars; none where the price is not known."""


class Answer(Answered):
    """Sentences with sources, or a refusal that says why."""

    question: str
    """The question."""
    status: Literal["answered", "partial", "refused"]
    """``partial`` if only loosely related texts were found."""
    support: Support
    """``weak``: one paper. ``moderate``: several papers. ``strong``: several papers and a computed verdict."""
    sentences: tuple[Sentence, ...] = ()
    """The answer: what it comes to, what speaks for and against it with the verdicts, and what is missing."""
    removed: tuple[Removed, ...] = ()
    """What a language model wrote and its sources do not say."""
    cypher: tuple[Query, ...] = ()
    """Queries that the answer rests on."""
    usage: Usage | None = None
    """What it cost; none offline."""
    reason: str = ""
    """Why it is refused or partial."""
    nearest: tuple[str, ...] = ()
    """Of a refusal, the nearest things that the graph holds."""
    model: str | None = None
    """Language model that wrote it; none offline."""

    @model_validator(mode="after")
    def _has_sentences_or_a_reason(self) -> Answer:
        if (self.status == "refused") == bool(self.sentences):
            msg = "a refused answer has no sentences, any other answer has some"
            raise ValueError(msg)
        if self.status != "answered" and not self.reason:
            msg = f"a {self.status} answer needs a reason"
            raise ValueError(msg)
        return self
