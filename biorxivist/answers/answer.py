"""The answer to a question, as a record."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Answer", "Sentence", "Support"]

Support = Literal["none", "weak", "moderate", "strong"]


class Sentence(BaseModel):
    """A sentence of an answer, which always has a source."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    text: str
    """The sentence."""
    kind: Literal["claim", "verdict", "fact", "relation", "passage"]
    """What it reports: a paper's claim, a computed verdict, a fact of the vocabulary, a relation of claims, a text."""
    sources: tuple[str, ...] = Field(min_length=1)
    """Ids of the claims, evidence, passages or vocabulary entries that support it."""
    papers: tuple[str, ...] = ()
    """Ids of the papers behind them."""
    citation: str = ""
    """The papers, as a reader would cite them."""
    verdict: dict[str, Any] | None = None
    """The verdict as a row (`graph.evidence.verdict.verdict_row`), for a sentence of kind ``verdict``."""


class Answer(BaseModel):
    """Sentences with sources, or a refusal that says why."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    question: str
    """The question."""
    status: Literal["answered", "partial", "refused"]
    """``partial`` if only loosely related texts were found."""
    support: Support
    """``weak``: one paper. ``moderate``: several papers. ``strong``: several papers and a computed verdict."""
    sentences: tuple[Sentence, ...] = ()
    """The answer."""
    reason: str = ""
    """Why it is refused or partial."""
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
