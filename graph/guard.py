"""The Cypher that is accepted from people and from language models.

A query is parsed by a grammar (``cypher.lark``) of reading queries only, checked, and **printed again** for the engine;
the original text never reaches it. What is not in the grammar is refused with the reason, the offset and what to write
in its place.

**Clauses.** ``MATCH``, ``OPTIONAL MATCH``, ``WHERE``, ``UNWIND list AS x``, ``WITH``, ``RETURN``, ``DISTINCT``,
``ORDER BY``, ``SKIP`` and ``LIMIT`` (a number or ``$parameter``), ``UNION [ALL]``; one statement, with or without
``;`` at its end. A query ends with ``RETURN``.

**Patterns.** ``(n:Paper {id: $id})``, ``(n:Paper|Claim WHERE n.year > 2020)``, ``-[r:CITES|MAKES]->``, ``<--``, ``--``,
``p = (a)-[:CITES*1..3]->(b)``. A path of variable length has an upper bound of at most 10. As a condition:
``NOT (a)-[:CITES]->()``, ``EXISTS { MATCH ... WHERE ... }``, ``COUNT { ... } > 2``.

**Expressions.** ``AND OR XOR NOT``, ``= <> < <= > >=`` also in chains (``1 < x <= 3``), ``IN``, ``STARTS WITH``,
``ENDS WITH``, ``CONTAINS``, ``=~ 'pattern'``, ``IS [NOT] NULL``, ``+ - * / % ^ ||``, lists, maps, ``m.key``, ``l[0]``,
``l[1..3]``, both forms of ``CASE``, ``n:Label``, ``any/all/none/single(x IN list WHERE ...)``,
``[x IN list WHERE ... | ...]``, ``[(a)-->(b) WHERE ... | b.x]``, ``n {.id, more: x}``, ``reduce(s = 0, x IN list |
s + x)``, ``COLLECT { ... }``, ``CALL (x) { ... }``, ``day - duration({years: 2})``, ``$parameters``, and the
functions of :mod:`graph.cypher.functions`. Keywords may be
names: ``d.set``, ``{delete: 1}``, ``AS order``. A name with other characters is written in back-ticks. A backslash in
a string escapes a backslash, quotes, n, t, r, and u with four hexadecimal digits.

**Bounds.** 20,000 characters, 4,000 tokens, 20 nested brackets, 6 nested ``CASE``, 10 relationships in a pattern, 20
``MATCH``, 2 nested loops; a ``range()`` that is not unwound has at most 1,000 numbers or the size of a list; a value
may grow to 1,000 times the values that were read; a pattern after ``=~`` has at most 3 repetitions, and none of a
repetition. A short query can still be expensive: the stores add limits on time, rows and memory.

**Portable.** The dialect ``portable`` guarantees the same rows on Neo4j and on the embedded store. Most queries are
printed for its engine so that they have Neo4j's rows (:mod:`graph.cypher.ladybug.lower`). What the engine has no words
for, or would answer otherwise, is computed clause by clause from the rows of its patterns (:mod:`graph.cypher.rows`):
comprehensions with a pattern or WHERE, ``n {.id}``, ``reduce``, ``COLLECT {}``, ``CALL (x) {}``, shortest paths,
``day.year`` (and ``quarter``, ``month``, ``week``, ``day``, ``dayOfWeek``), ``duration``, ``stDev``, names that differ
only in case, ORDER BY before an aggregate. ``size((a)-->())`` is read as ``COUNT { (a)-->() }``. Refused, with what
to write: ``keys()``, ``id()`` (``elementId(n)`` is the id of the record), a pattern of a member inside a loop, names
and properties on a path of variable length, a relationship that is matched again, and a value beside an
aggregate that is
no column itself.

**Schema.** The stores also check a query against the schema, for both engines alike: labels, relationship types and
properties that exist, with what was probably meant; relationships that join such labels in such a direction; values of
one kind where they are compared, added, put in one list or ordered, also those of ``$parameters``. Neo4j would answer
null or false there, and the embedded engine would cast or fail; and no ``/`` of a value that is an integer in some rows
and a float in others, which is two divisions. Write ``p.posted > date('2024-01-31')``,
``toString(p.year) + p.title``.

Differences that the text of a query does not reveal remain: the order inside ``collect``, a relationship from a node to
itself matched without direction (twice in the embedded store; the graph has none), letters whose other case depends on
their place (a Greek sigma at the end of a word) or that few alphabets have, ``(?i)`` beyond ASCII, a negative zero and
NaN that are ordered or compared, numbers from odd texts (``toFloat('inf')``) or beyond 2**53 by ``toInteger``,
``CONTAINS`` of an empty value inside a loop, and what is an error in only one of them (``toInteger('x')``, ``x / 0``,
the element of a list of nodes).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lark import Token, Tree

    from graph.schema import Schema

__all__ = ["Plan", "check", "parameters", "plan", "reviewed", "rewrite"]


def check(cypher: str, *, dialect: Literal["portable", "neo4j"] = "portable", schema: Schema | None = None) -> None:
    """Refuse a query that is not in the language, or, for ``portable``, could have other rows on one of the engines.

    Parameters
    ----------
    cypher
        The query.
    dialect
        Engines that must accept the query: both, or Neo4j alone.
    schema
        As in :func:`rewrite`.

    Raises
    ------
    UnsafeCypher
        With the reason, the offset of the place in the text, and what to write instead.
    """
    if dialect == "neo4j":
        rewrite(cypher, engine="neo4j", schema=schema)
    else:
        plan(cypher, schema=schema)


class Plan(NamedTuple):
    """How the embedded store answers a query."""

    engine: str | None
    """Text for the engine; None where that has no way to give Neo4j's rows."""
    rows: str
    """The query printed anew, for :mod:`graph.cypher.rows`, which asks the engine for the patterns alone."""


def plan(cypher: str, *, schema: Schema | None = None, parameters: Mapping[str, Any] | None = None) -> Plan:
    """Decide how the embedded store answers a query.

    Parameters
    ----------
    cypher, schema, parameters
        As in :func:`rewrite`.

    Raises
    ------
    UnsafeCypher
        If it has no way to give Neo4j's rows.
    """
    from graph.cypher.printer import to_text
    from graph.cypher.rows.run import require_answerable

    printed = to_text(reviewed(cypher))
    try:
        return Plan(rewrite(cypher, engine="ladybug", schema=schema, parameters=parameters), printed)
    except UnsafeCypher:
        if schema is not None:
            rewrite(cypher, engine="neo4j", schema=schema, parameters=parameters)  # what no store answers
    require_answerable(reviewed(printed), lambda text: rewrite(text, engine="ladybug"))
    return Plan(None, printed)


def rewrite(
    cypher: str,
    *,
    engine: Literal["ladybug", "neo4j"],
    schema: Schema | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> str:
    """Parse the query and print it for ``engine``; only this text may reach the engine.

    Parameters
    ----------
    cypher
        The query.
    engine
        Engine that will run it.
    schema
        Check names and kinds of values against it: labels, relationship types and properties that exist,
        relationships that join such labels, no comparison of text with a number. On a server the query then matches
        nodes with these labels only.
    parameters
        Values for its ``$parameters``; their kinds are checked too, if there is a schema.

    Raises
    ------
    UnsafeCypher
        As :func:`check` does; ``ladybug`` refuses what it cannot answer as Neo4j would.
    """
    from graph.cypher.ladybug.lower import lower
    from graph.cypher.neo4j import to_neo4j

    tree = reviewed(cypher)
    if schema is not None:
        from graph.cypher.typed import check_names_and_kinds

        cast = check_names_and_kinds(tree, schema, parameters)
        if cast and engine == "ladybug":
            raise cast[0]
    if engine == "neo4j":
        return to_neo4j(tree, labels=schema.nodes if schema is not None else ())
    values = (parameters or {}).items()
    integers = {name for name, value in values if isinstance(value, int) and not isinstance(value, bool)}
    with_nulls = {name for name, value in values if isinstance(value, list | tuple) and None in value}
    nulls = {name for name, value in values if value is None}
    return lower(tree, integers=integers, with_nulls=with_nulls, nulls=nulls)


def parameters(cypher: str) -> frozenset[str]:
    """Find the names of the ``$parameters`` that the query uses.

    Raises
    ------
    UnsafeCypher
        If the text is not in the language.
    """
    return frozenset(str(tree.children[0]) for tree in reviewed(cypher).find_data("parameter"))


def reviewed(cypher: str) -> Tree[Token]:
    """Parse a query and check its names, functions and bounds.

    Raises
    ------
    UnsafeCypher
        If the text is not in the language.
    """
    if not isinstance(cypher, str):
        msg = f"the query is {type(cypher).__name__}, not text"
        raise UnsafeCypher(msg, 0, "Pass the Cypher as a string.")
    return _parsed(cypher)


@lru_cache(maxsize=16)
def _parsed(cypher: str) -> Tree[Token]:
    """Parse and review; cached, because a store checks a query and then prints it. Trees are never changed."""
    from graph.cypher.parse import parse
    from graph.cypher.review import review

    tree = parse(cypher)
    review(tree)
    return tree
