"""The facts of a model or dataset, each with the address at which it was read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from graph.records import Dataset, Metric, Model, Task

__all__ = ["Fact", "facts_of", "read_on", "sources_in_words"]

NO_FACT = {"id", "name", "aliases", "source_url", "sources", "read_on"}


class Fact(NamedTuple):
    """A field of an entry of the vocabulary; what no source states is no fact."""

    name: str
    value: Any
    source: str | None
    """Address at which it was read."""


def facts_of(entry: Model | Dataset | Task | Metric) -> tuple[Fact, ...]:
    """What is known of an entry, in the order of its fields."""
    sources = getattr(entry, "sources", {})
    values = entry.model_dump(mode="json", exclude=NO_FACT, exclude_none=True)
    return tuple(
        Fact(name, value, sources.get(name, entry.source_url))
        for name, value in values.items()
        if value not in (None, False, [], "")
    )


def sources_in_words(facts: Iterable[Fact]) -> list[str]:
    """One text per address, with the facts that were read there; the address of most facts last."""
    names: dict[str, list[str]] = {}
    for fact in facts:
        if fact.source:
            names.setdefault(fact.source, []).append(word(fact.name))
    by_use = sorted(names.items(), key=lambda item: len(item[1]))
    if len(by_use) == 1:
        return [f"source: {by_use[0][0]}"]
    return [f"source of {', '.join(facts)}: {address}" for address, facts in by_use]


def read_on(entry: object) -> date | None:
    """Day on which the facts of an entry were read, where that was noted."""
    day: date | None = getattr(entry, "read_on", None)
    return day


def word(name: str) -> str:
    """Name of a field for people."""
    return name.removesuffix("_id").removesuffix("_url").replace("_", " ")
