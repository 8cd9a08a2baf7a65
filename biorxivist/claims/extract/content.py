"""A clause with what stands in it: what the readers of comparisons, changes, scores and sizes are given."""

from __future__ import annotations

from dataclasses import dataclass

from biorxivist.claims.extract.clauses import Clause
from biorxivist.claims.extract.mention import Mention
from biorxivist.claims.extract.numbers import Number

__all__ = ["Content"]


@dataclass(frozen=True)
class Content:
    """A clause, what it names and counts, and what the clauses before leave to it; places are those of the sentence."""

    clause: Clause
    mentions: tuple[Mention, ...] = ()
    numbers: tuple[Number, ...] = ()
    named_before: tuple[Mention, ...] = ()
    """Models that the clauses before speak of, for a clause that names none before its verb; the likeliest is first."""
    led_by: tuple[Mention, ...] = ()
    """Sets and tasks that lead the sentence, and so hold for its later clauses: "On B, A won at first, but C did"."""
    before: Clause | None = None
    """The clause that this one follows, and may be set against: "..., whereas accuracy stayed flat"."""

    @property
    def text(self) -> str:
        """The words of the clause."""
        return self.clause.text

    @property
    def models(self) -> tuple[Mention, ...]:
        """Models, groups of models and pronouns in the clause."""
        return tuple(mention for mention in self.mentions if mention.kind == "model")

    @property
    def subject(self) -> tuple[Mention, ...]:
        """The model that the clauses before speak of; none or one."""
        return self.named_before[:1]

    def until(self, place: int) -> str:
        """The words of the clause before a place."""
        return self.text[: place - self.clause.start]

    def since(self, place: int) -> str:
        """The words of the clause from a place on."""
        return self.text[place - self.clause.start :]
