"""Values of a row: what is read from the graph, and how values compare.

Unknown is None, everywhere: two values are equal, different, or it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.stores.values import plain

__all__ = ["Duration", "Edge", "Node", "Path", "Unanswerable", "as_key", "as_sort_key", "equal", "is_less", "shown"]


class Unanswerable(ValueError):
    """A value that Neo4j answers with an error, or that it is not known how to compute."""


@dataclass(frozen=True)
class Node:
    """A node, known by its label and id."""

    label: str
    id: str
    properties: Mapping[str, Any] = field(compare=False)


@dataclass(frozen=True)
class Edge:
    """A relationship, known by the engine's number of it."""

    type: str
    number: tuple[int, int]
    properties: Mapping[str, Any] = field(compare=False)
    start: Node | None = field(compare=False)
    end: Node | None = field(compare=False)


@dataclass(frozen=True)
class Path:
    """Nodes, and the relationships between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class Duration(NamedTuple):
    """Months and days; how long a month is depends on the day that is moved."""

    months: int
    days: int


def equal(left: Any, right: Any) -> bool | None:
    """Whether two values are equal; None if that depends on a missing one."""
    if left is None or right is None:
        return None
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and every(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return every(True if left[key] is None and right[key] is None else equal(left[key], right[key]) for key in left)
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def is_less(left: Any, right: Any) -> bool | None:
    """Whether the first of two values is smaller."""
    if left is None or right is None or isinstance(left, bool) != isinstance(right, bool):
        return None
    try:
        return bool(left < right)
    except TypeError:  # values of two kinds have no order
        return None


def every(values: Iterable[bool | None]) -> bool | None:
    """AND of all: false if one is, else unknown if one is."""
    result: bool | None = True
    for each in values:
        if each is False:
            return False  # what stands behind is not computed: `x <> 0 AND 1 / x > 2`
        result = None if each is None else result
    return result


def some(values: Iterable[bool | None]) -> bool | None:
    """OR of all: true if one is, else unknown if one is."""
    result: bool | None = False
    for each in values:
        if each is True:
            return True
        result = None if each is None else result
    return result


def as_key(value: Any) -> Any:
    """A key that is the same for values of one group: null is a group, and 1 the same as 1.0."""
    if isinstance(value, bool):
        return ("truth value", value)
    if isinstance(value, list):
        return ("list", *map(as_key, value))
    if isinstance(value, dict):
        return ("map", *sorted((name, as_key(item)) for name, item in value.items()))
    return value


def as_sort_key(value: Any) -> tuple[bool, Any]:
    """A key that sorts values of one kind, null as the largest."""
    return (value is None, value if value is not None else 0)


def shown(value: Any) -> Any:
    """A value as a store hands it out; nodes and relationships are the properties that they have."""
    match value:
        case Node() | Edge():
            return {name: plain(item) for name, item in value.properties.items() if item is not None}
        case Path():
            return {"nodes": [*map(shown, value.nodes)], "relationships": [*map(shown, value.edges)]}
        case Duration():
            return f"P{value.months}M{value.days}D"
        case list():
            return [shown(item) for item in value]
        case dict():
            return {name: shown(item) for name, item in value.items()}
    return plain(value)
