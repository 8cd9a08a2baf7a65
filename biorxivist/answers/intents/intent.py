"""What an intent is: a kind of question that a named query with slots answers without a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from biorxivist.answers.answer import Sentence
from biorxivist.answers.evidence import Graph
from biorxivist.answers.question import Question

__all__ = ["COMMON", "Intent", "Refused", "Response"]

COMMON = (
    r"many|much|number|per|under|during|set|sets|benchmark|data|task|tasks|reach\w*|compare\w*|comparison|"
    r"predict\w*|scores?|perform\w*|achiev\w*|result\w*|problem|terms?|across|regard\w*|quality|based|simple|simpler"
)
"""Words that leave the meaning of most questions as it is."""


@dataclass(frozen=True)
class Response:
    """Sentences that answer a question."""

    sentences: Sequence[Sentence]
    partial: str = ""
    """Why they answer it in part only."""


@dataclass(frozen=True)
class Refused:
    """The question is understood, and the graph holds no answer."""

    reason: str
    nearest: Sequence[str] = field(default_factory=tuple)
    """What it does hold that comes nearest."""


@dataclass(frozen=True)
class Intent:
    """A kind of question."""

    name: str
    asks: str
    """What is asked, in words; a language model chooses by it."""
    understood: str
    """Pattern of the words that it accounts for; a question with other words of meaning asks for something else."""
    fits: Callable[[Question], bool]
    """Whether the question has its cues and slots."""
    respond: Callable[[Question, Graph], Response | Refused | None]
    """The answer; none where another intent or the texts may have one."""
