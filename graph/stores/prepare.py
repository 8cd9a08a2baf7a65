"""What every store does with a query before an engine sees it, the same for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graph.errors import QueryFailed
from graph.schema import SCHEMA
from graph.stores.parameters import check_parameters, evened
from graph.stores.values import parameters_of

if TYPE_CHECKING:
    from graph.guard import Plan

__all__ = ["named_query", "planned", "prepared"]


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
    limit: int,
    timeout: float,
) -> tuple[str, dict[str, Any]]:
    """The query, parsed once, checked and printed anew for a server, and its parameters.

    Raises
    ------
    UnsafeCypher
        If the guard refuses the text.
    QueryFailed
        If a parameter is missing or unknown, or the limits leave no room for an answer.
    """
    from graph import guard  # the grammar is built when the first query comes

    values = _values(params)
    text = guard.rewrite(cypher, engine="neo4j", schema=SCHEMA, parameters=values)
    _check(cypher, values, limit, timeout)
    return text, values


def planned(
    cypher: str, params: Mapping[str, Any] | None, *, limit: int, timeout: float
) -> tuple[Plan, dict[str, Any]]:
    """How the embedded store answers the query, and its parameters.

    Raises
    ------
    UnsafeCypher, QueryFailed
        As :func:`prepared` does.
    """
    from graph import guard

    values = _values(params)
    plan = guard.plan(cypher, schema=SCHEMA, parameters=values)
    _check(cypher, values, limit, timeout)
    return plan, values


def _values(params: Mapping[str, Any] | None) -> dict[str, Any]:
    values: dict[str, Any] = evened(dict(params or {}))
    return values


def _check(cypher: str, values: Mapping[str, Any], limit: int, timeout: float) -> None:
    from graph import guard

    check_parameters(guard.parameters(cypher), values, cypher)
    if limit < 0 or timeout <= 0:
        msg = f"limit {limit} and timeout {timeout} s: a query needs a limit of at least 0 and some time."
        raise QueryFailed(msg, cypher)
