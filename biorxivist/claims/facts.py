"""The facts of a model or dataset, each with the address at which it was read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from graph.records import Dataset, Metric, Model, Task
from graph.vocabulary import Vocabulary

__all__ = ["Fact", "facts_of", "in_words", "read_on", "sources_in_words", "word"]

OF_OUR_ORDER = {"parent_id", "variant_of", "role"}
"""Where we put an entry among the others: no source states that."""
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
        Fact(name, value, sources.get(name, None if name in OF_OUR_ORDER else entry.source_url))
        for name, value in values.items()
        if value not in (None, False, [], {}, "")
    )


def sources_in_words(facts: Iterable[Fact]) -> list[str]:
    """One text per address, with the facts that were read there; the address of most facts last."""
    names: dict[str, list[str]] = {}
    for fact in facts:
        if fact.source:
            names.setdefault(fact.source, []).append(word(fact.name))
    by_use = sorted(names.items(), key=lambda item: len(item[1]))
    if len(by_use) == 1:
        return [f"source: {address}" for address in names]
    return [f"source of {', '.join(words)}: {address}" for address, words in by_use]


def read_on(entry: object) -> date | None:
    """Day on which the facts of an entry were read, where that was noted."""
    day: date | None = getattr(entry, "read_on", None)
    return day


def in_words(fact: Fact, vocabulary: Vocabulary) -> str:
    """The value of a fact for people: counts with thousands, names for ids."""
    if isinstance(fact.value, bool):
        return "yes" if fact.value else "no"
    if isinstance(fact.value, int):
        return str(fact.value) if fact.name == "year" else f"{fact.value:,}"
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    return vocabulary.with_names(", ".join(map(str, values)))


def word(name: str) -> str:
    """Name of a field for people."""
    return name.removesuffix("_id").removesuffix("_url").replace("_", " ")
