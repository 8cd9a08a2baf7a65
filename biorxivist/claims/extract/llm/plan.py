"""What a run would send, without sending anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from biorxivist.claims.extract.llm.prompt import request_of
from biorxivist.claims.extract.llm.sections import Part
from biorxivist.llm.cache import Answers
from biorxivist.llm.prices import Price
from biorxivist.llm.request import Model, fingerprint

__all__ = ["Plan", "plan_calls"]


@dataclass(frozen=True)
class Plan:
    """Calls that are due."""

    model: str
    provider: str
    sections: int
    """Sections that name a model."""
    calls: int
    """Of these, how many have no answer yet."""
    tokens_in: int
    """Tokens that would be sent, from the length of the text."""
    tokens_out_at_most: int
    """Tokens of the answers, if each were as long as it may be."""
    usd_in: float | None
    """Cost of what is sent; none where the price is not known."""
    usd_at_most: float | None

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "dry_run": True}


def plan_calls(parts: Iterable[Part], model: Model, *, answers: Answers, price: Price | None) -> Plan:
    """Count the calls that are due, their tokens and their cost."""
    sections = calls = tokens_in = tokens_out = 0
    for part in parts:
        sections += 1
        request = request_of(part)
        if answers.find(fingerprint(model, request)) is None:
            calls += 1
            tokens_in += request.tokens
            tokens_out += request.max_output
    return Plan(
        model.name, model.provider, sections, calls, tokens_in, tokens_out,
        price.of(tokens_in, 0) if price else None, price.of(tokens_in, tokens_out) if price else None,
    )  # fmt: skip
