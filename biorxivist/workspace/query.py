"""A named query or a person's Cypher against the graph, and the schema that they can use."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from biorxivist.errors import InvalidInput
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from graph.stores.base import Store

__all__ = ["point_at", "run_query", "schema_rows", "schema_text"]

NAME = re.compile(r"\w+")
Row = dict[str, Any]


def run_query(
    store: Store,
    text: str,
    parameters: Mapping[str, Any],
    *,
    limit: int | None = None,
    default_limit: int = 1000,
    timeout: float = 10.0,
) -> list[Row]:
    """Rows of a named query, or of Cypher that passes the guard.

    Parameters
    ----------
    store
        An open store.
    text
        One word is the name of a query; anything else is Cypher.
    parameters
        Values of its parameters.
    limit
        Most rows; a named query has its own default.
    default_limit
        Most rows of a Cypher query when no limit is given.
    timeout
        Seconds after which a Cypher query is stopped.

    Raises
    ------
    UnsafeCypher
        If the guard refuses the text; a note shows where.
    UnknownQuery
        If no query has this name.
    InvalidInput
        If the named query has no such parameter.
    QueryFailed
        If the engine refuses or stops it.
    """
    if NAME.fullmatch(text.strip()):
        return _run_named(store, text.strip(), parameters, limit)
    try:
        return store.query(text, dict(parameters), limit=limit or default_limit, timeout=timeout)
    except UnsafeCypher as error:
        error.add_note(point_at(text, error.position))
        raise


def _run_named(store: Store, name: str, parameters: Mapping[str, Any], limit: int | None) -> list[Row]:
    from graph.queries import named

    known = named(name).parameters
    given = dict(parameters)
    for key in given:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"It has {', '.join(known) or 'none'}."
            msg = f"The query {name} has no parameter {key!r}. {hint}"
            raise InvalidInput(msg)
    if limit is not None and "limit" in known:
        given["limit"] = limit
    rows = store.run(name, **given)
    return rows if limit is None else rows[:limit]


def point_at(text: str, position: int) -> str:
    """The line of ``text`` that holds ``position``, with a caret under the character."""
    position = max(0, min(position, len(text)))
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : end if end >= 0 else len(text)]
    column = position - start
    if len(line) > 100:
        cut = max(0, column - 50)
        line, column = line[cut : cut + 100], column - cut
    return f"  {line}\n  {' ' * column}^"


def schema_text(*, mermaid: bool = False) -> str:
    """Labels with their properties, and relationships, as text or as a Mermaid diagram."""
    from graph.schema import SCHEMA

    return SCHEMA.mermaid() if mermaid else SCHEMA.prompt()


def schema_rows() -> Iterator[Row]:
    """One row per label and per relationship type."""
    from graph.schema import SCHEMA

    for label, properties in SCHEMA.nodes.items():
        yield {"label": label, "properties": dict(properties)}
    for kind, relationship in SCHEMA.relationships.items():
        pairs = [list(pair) for pair in relationship.pairs]
        yield {"relationship": kind, "pairs": pairs, "properties": dict(relationship.properties)}
