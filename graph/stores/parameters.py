"""Parameters of a query: what it asks for and what it is given must be the same, on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.errors import QueryFailed
from graph.stores.values import parameters_of

__all__ = ["check_parameters"]


def check_parameters(cypher: str, values: Mapping[str, Any]) -> None:
    """Refuse missing and unknown parameters: the embedded engine takes a missing one for null, without a word.

    Raises
    ------
    QueryFailed
        With the names.
    """
    asked = parameters_of(cypher)
    if missing := sorted(asked - set(values)):
        msg = f"The query needs {', '.join(f'${name}' for name in missing)}; give it with -p NAME=VALUE."
        raise QueryFailed(msg, cypher)
    if unknown := sorted(set(values) - asked):
        has = ", ".join(f"${name}" for name in sorted(asked)) or "none"
        msg = f"The query has no parameter {', '.join(unknown)}; it has {has}."
        raise QueryFailed(msg, cypher)
