"""The answer to a question, as a record."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Answer", "Sentence"]


class Sentence(BaseModel):
    """One sentence of an answer. It never stands without a source."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    text: str
    """The sentence."""
    kind: Literal["claim", "verdict", "fact", "relation", "passage"]
    """Where it comes from: what a paper says, what was computed, a number of the graph, two claims, or a text."""
    sources: tuple[str, ...] = Field(min_length=1)
    """Ids of the claims, evidence, passages or vocabulary entries that it rests on."""
    papers: tuple[str, ...] = ()
    """Ids of the papers behind them."""
    citation: str = ""
    """The papers, as a reader would cite them."""


class Answer(BaseModel):
    """Sentences with sources, or a refusal that says why."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    question: str
    """What was asked."""
    status: Literal["answered", "partial", "refused"]
    """``partial`` if only loosely related texts were found."""
    support: Literal["none", "weak", "moderate", "strong"]
    """How much stands behind it: one source, several papers, several papers and a computed verdict."""
    sentences: tuple[Sentence, ...] = ()
    """The answer."""
    reason: str = ""
    """Why it is refused or partial."""
    model: str | None = None
    """Language model that wrote it; none offline."""

    @model_validator(mode="after")
    def _speaks_or_says_why(self) -> Answer:
        if (self.status == "refused") == bool(self.sentences):
            msg = "a refused answer has no sentence, any other has one"
            raise ValueError(msg)
        if self.status != "answered" and not self.reason:
            msg = f"a {self.status} answer needs a reason"
            raise ValueError(msg)
        return self
