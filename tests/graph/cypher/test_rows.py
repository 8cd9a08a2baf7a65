"""Queries that are computed from rows, compared with what Neo4j 5.26.21 answered on the same graph.

The engine answers most of these itself (``test_ladybug.py``); here it is asked for the patterns alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from graph import guard
from graph.cypher.rows.run import run
from graph.schema import Relationship, Schema

from .test_ladybug import ANSWERS, connection, in_order, plain

__all__ = ["connection"]

OF_THE_ANSWERS = Schema(
    {
        "Paper": {"id": "STRING", "title": "STRING", "year": "INT64", "score": "DOUBLE", "tags": "STRING[]",
                  "posted": "DATE", "ok": "BOOL"},
        "Claim": {"id": "STRING", "title": "STRING", "value": "DOUBLE"},
    },
    [Relationship("CITES", (("Paper", "Paper"),), {"n": "INT64"}), Relationship("MAKES", (("Paper", "Claim"),))],
)  # fmt: skip


def rows_of(connection: Any, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    def ask(text: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        used = {name: value for name, value in values.items() if name in guard.parameters(text)}
        result = connection.execute(guard.rewrite(text, engine="ladybug", parameters=values), used)
        names = result.get_column_names()
        return (dict(zip(names, row, strict=True)) for row in result)

    def check(text: str) -> str:
        return guard.rewrite(text, engine="ladybug", parameters=parameters)

    return run(guard.reviewed(cypher), ask, check, parameters or {}, OF_THE_ANSWERS)


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer["query"] for answer in ANSWERS])
def test_rows_are_those_of_neo4j(connection: Any, answer: dict[str, Any]) -> None:
    found = rows_of(connection, answer["query"], answer["parameters"])
    rows = [[plain(value) for value in row.values()] for row in found]
    assert all([*row] == answer["columns"] for row in found)
    expected = [[plain(value) for value in row] for row in answer["rows"]]
    collected = "collect(" in answer["query"]
    assert in_order(rows, collected=collected) == in_order(expected, collected=collected)
    if answer["ordered"] and "LIMIT" in answer["query"]:
        assert rows == expected


def test_the_first_of_a_group_are_cut_out_of_its_list(connection: Any) -> None:
    text = "MATCH (p:Paper) WITH p ORDER BY p.id RETURN collect(p.id)[..2] AS l"
    assert rows_of(connection, text) == [{"l": ["a", "b"]}]


def test_a_subquery_that_is_collected_keeps_what_is_missing(connection: Any) -> None:
    """Unlike collect(), as Neo4j 5.26.30 answered."""
    text = "MATCH (p:Paper) WHERE p.id > 'a' RETURN COLLECT { MATCH (q:Paper) WHERE q.id = p.id RETURN q.tags } AS l"
    assert sorted(map(str, (row["l"] for row in rows_of(connection, text + " ORDER BY p.id")))) == ["[None]", "[[]]"]
