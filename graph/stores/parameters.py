"""Parameters of a query: what it asks for and what it is given must be the same, on both engines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from graph.errors import QueryFailed

__all__ = ["check_parameters", "evened"]


def check_parameters(names: Collection[str], values: Mapping[str, Any], cypher: str) -> None:
    """Refuse missing and unknown parameters: the embedded engine takes a missing one for null, without a word.

    Raises
    ------
    QueryFailed
        With the names.
    """
    if missing := sorted(set(names) - set(values)):
        msg = f"The query needs {', '.join(f'${name}' for name in missing)}; give it with -p NAME=VALUE."
        raise QueryFailed(msg, cypher)
    if unknown := sorted(set(values) - set(names)):
        has = ", ".join(f"${name}" for name in sorted(names)) or "none"
        msg = f"The query has no parameter {', '.join(unknown)}; it has {has}."
        raise QueryFailed(msg, cypher)


def evened(value: Any) -> Any:
    """A value in which the maps of each list have the same keys: the embedded engine takes no others.

    A key that a map lacks is null, as Neo4j reads it.
    """
    if isinstance(value, Mapping):
        return {name: evened(item) for name, item in value.items()}
    if not isinstance(value, list | tuple):
        return value
    names = dict.fromkeys(name for item in value if isinstance(item, Mapping) for name in item)
    rows = [dict.fromkeys(names) | dict(item) if isinstance(item, Mapping) else item for item in value]
    return [evened(item) for item in rows]
