"""What every store does with a query before an engine sees it, the same for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from graph.errors import QueryFailed
from graph.schema import SCHEMA
from graph.stores.parameters import check_parameters, evened
from graph.stores.values import parameters_of

__all__ = ["named_query", "prepared"]


def named_query(name: str, params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A named query and its parameters; those that are left out have its defaults.

    Raises
    ------
    UnknownQuery
        With the names that look similar.
    QueryFailed
        If it has no such parameter.
    """
    from graph.queries import named

    query = named(name)
    values = {**query.parameters, **params}
    check_parameters(parameters_of(query.cypher), values, query.cypher)
    return query.cypher, values


def prepared(
    cypher: str,
    params: Mapping[str, Any] | None,
    *,
    engine: Literal["ladybug", "neo4j"],
    limit: int,
    timeout: float,
) -> tuple[str, dict[str, Any]]:
    """The query, parsed once, checked and printed anew for an engine, and its parameters.

    Raises
    ------
    UnsafeCypher
        If the guard refuses the text.
    QueryFailed
        If a parameter is missing or unknown, or the limits leave no room for an answer.
    """
    from graph import guard  # the grammar is built when the first query comes

    values: dict[str, Any] = evened(dict(params or {}))
    text = guard.rewrite(cypher, engine=engine, schema=SCHEMA, parameters=values)
    check_parameters(guard.parameters(cypher), values, cypher)
    if limit < 0 or timeout <= 0:
        msg = f"limit {limit} and timeout {timeout} s: a query needs a limit of at least 0 and some time."
        raise QueryFailed(msg, cypher)
    used = parameters_of(text)  # a null is written out for the embedded engine
    return text, {name: value for name, value in values.items() if name in used}
