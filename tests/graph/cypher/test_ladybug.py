"""The lowered queries, run on the embedded engine and compared with what Neo4j 5.26.21 answered on the same graph.

``neo4j_answers.json`` holds, for each query, the columns and rows that the server gave for the text printed for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph import guard
from graph.errors import UnsafeCypher

ANSWERS = json.loads((Path(__file__).parent / "neo4j_answers.json").read_text(encoding="utf-8"))

SCHEMA = (
    "CREATE NODE TABLE Paper(id STRING PRIMARY KEY, title STRING, year INT64, score DOUBLE, tags STRING[], "
    "posted DATE, ok BOOL)",
    "CREATE NODE TABLE Claim(id STRING PRIMARY KEY, title STRING, value DOUBLE)",
    "CREATE REL TABLE CITES(FROM Paper TO Paper, n INT64)",
    "CREATE REL TABLE MAKES(FROM Paper TO Claim)",
)
GRAPH = (
    "CREATE (:Paper {id: 'a', title: 'Alpha', year: 2020, score: 1.5, tags: ['x', 'y', 'z'], "
    "posted: date('2020-01-02'), ok: true}), "
    "(:Paper {id: 'b', title: 'Beta', year: 2021, score: 2.5, tags: [], ok: false}), "
    "(:Paper {id: 'c', title: 'Gamma'}), (:Claim {id: 'k', title: 'Kappa', value: 0.5})",
    "MATCH (a:Paper {id: 'a'}), (b:Paper {id: 'b'}), (c:Paper {id: 'c'}), (k:Claim) "
    "CREATE (a)-[:CITES {n: 1}]->(b), (b)-[:CITES {n: 2}]->(c), (c)-[:CITES {n: 3}]->(a), (c)-[:CITES {n: 4}]->(b), "
    "(a)-[:MAKES]->(k), (b)-[:MAKES]->(k)",
)


@pytest.fixture(scope="module")
def connection() -> Iterator[Any]:
    import ladybug

    database = ladybug.Database(":memory:", buffer_pool_size=128 * 2**20, max_num_threads=1)
    opened = ladybug.Connection(database, num_threads=1)
    for statement in SCHEMA + GRAPH:
        opened.execute(statement)
    yield opened
    opened.close()
    database.close()


def plain(value: Any) -> Any:
    """A value as JSON has it; what the order inside collect() leaves open is sorted."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, date):
        return str(value)
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, dict):
        return {key: plain(member) for key, member in sorted(value.items())}
    return value


def in_order(rows: list[list[Any]], *, collected: bool) -> list[list[Any]]:
    if collected:
        rows = [[sorted(value, key=repr) if isinstance(value, list) else value for value in row] for row in rows]
    return sorted(rows, key=repr)


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer["query"] for answer in ANSWERS])
def test_the_embedded_engine_gives_the_rows_of_neo4j(connection: Any, answer: dict[str, Any]) -> None:
    result = connection.execute(guard.rewrite(answer["query"], engine="ladybug"), answer["parameters"])
    rows = [[plain(value) for value in row] for row in result]
    assert result.get_column_names() == answer["columns"]
    expected = [[plain(value) for value in row] for row in answer["rows"]]
    collected = "collect(" in answer["query"]
    if answer["ordered"]:
        assert len(rows) == len(expected)
    assert in_order(rows, collected=collected) == in_order(expected, collected=collected)
    if answer["ordered"] and "LIMIT" in answer["query"]:
        assert rows == expected


def test_most_of_the_kept_answers_are_not_empty() -> None:
    assert len(ANSWERS) >= 100
    assert sum(bool(answer["rows"]) for answer in ANSWERS) >= len(ANSWERS) - 5


def test_a_float_in_to_string_stops_the_query_instead_of_giving_other_digits(connection: Any) -> None:
    text = guard.rewrite("MATCH (p:Paper) RETURN toString(p.score) AS s", engine="ladybug")
    with pytest.raises(RuntimeError, match="return the number itself"):
        connection.execute(text)


def test_a_nameless_relationship_gets_a_name_that_the_query_does_not_use() -> None:
    text = guard.rewrite("MATCH (r1)-[:T]->()-[:T]->(R2) RETURN r1.id", engine="ladybug")
    assert "id(`r3`) <> id(`r4`)" in text


def test_relationships_of_different_types_need_no_condition() -> None:
    assert "id(" not in guard.rewrite("MATCH (a)-[:T]->(b)-[:U]->(c) RETURN a.x", engine="ladybug")
    assert "id(" in guard.rewrite("MATCH (a)-[:T]->(b)-[]->(c) RETURN a.x", engine="ladybug")
    assert "id(" not in guard.rewrite("MATCH (a)-[:T]->(b) MATCH (b)-[:T]->(c) RETURN a.x", engine="ladybug")


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (p:Paper) WHERE any(t IN ['a', 'b', 'c'] WHERE p.title CONTAINS t) RETURN p.id",
        "MATCH (p:Paper) WHERE any(t IN p.tags WHERE t = p.title OR t = 'x') RETURN p.id",
    ],
)
def test_a_loop_that_can_be_written_out_leaves_no_loop_to_the_engine(text: str) -> None:
    assert "any(" not in guard.rewrite(text, engine="ladybug")


def test_a_query_that_grows_while_it_is_lowered_is_refused() -> None:
    members = ", ".join(f"'{number}'" for number in range(400))
    inner = f"any(b IN [{members}] WHERE a = b)"
    with pytest.raises(UnsafeCypher, match="too long for the embedded store"):
        guard.rewrite(f"MATCH (n) WHERE any(a IN [{members}] WHERE {inner}) RETURN n.id", engine="ladybug")


@pytest.mark.parametrize(
    "text",
    [
        "RETURN " + "(" * 19 + "1 + 1" + ")" * 19 + " AS x",
        "RETURN " + "CASE WHEN true THEN " * 6 + "1" + " END" * 6 + " AS x",
        "RETURN " + "[" * 19 + "1" + "]" * 19 + " AS x",
        "RETURN " + "size([" * 9 + "1" + "])" * 9 + " AS x",
        "RETURN 1 IN [" + ", ".join(map(str, range(1500))) + "] AS x",
        "RETURN " + " AND ".join(["1 = 1"] * 900) + " AS x",
        "MATCH (a:Paper)" + "-[:CITES]->(:Paper)" * 8 + " RETURN count(*) AS n",
    ],
    ids=["brackets", "case", "list", "calls", "in", "and", "hops"],
)
def test_the_engine_reads_a_query_at_the_bounds_of_the_guard(connection: Any, text: str) -> None:
    assert len([*connection.execute(guard.rewrite(text, engine="ladybug"))]) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("MATCH (a)-[r:CITES]-(b) RETURN DISTINCT r", "without direction, in a group"),
        (
            "MATCH (a)-[r:CITES]-(b) WITH r AS s WITH s, count(*) AS n RETURN n",
            "s, matched without direction, in a group",
        ),
        ("MATCH (a)-[r:CITES]-(b) RETURN count(DISTINCT r) AS n", "without direction, after DISTINCT"),
        ("MATCH (a)-[r:CITES]-(b) WITH DISTINCT * RETURN a.id", r"\* beside the relationship r"),
        ("MATCH (a) WITH [a.title, 'x'] AS l RETURN 'y' IN l AS x", "a list in which a value may be missing"),
        ("MATCH (a) RETURN 'y' IN tail([a.title, 'x']) AS x", "a list in which a value may be missing"),
        ("MATCH (a) RETURN [a.title] = ['x'] AS x", "comparing a list in which a value may be missing"),
        ("RETURN -0.0 AS x", "a negative zero"),
        ("MATCH (a) WITH a.year AS c, a.score AS s RETURN DISTINCT c <= s AS c ORDER BY c", "is a variable too"),
    ],
)
def test_what_the_engine_would_answer_otherwise_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnsafeCypher, match=reason):
        guard.rewrite(text, engine="ladybug")
    guard.check(text)  # computed from rows


def test_a_null_in_a_list_that_is_given_is_refused_after_in() -> None:
    text = "MATCH (a:Paper) RETURN a.title IN $l AS x"
    assert "$l" in guard.rewrite(text, engine="ladybug", parameters={"l": ["a", "b"]})
    with pytest.raises(UnsafeCypher, match="a value may be missing"):
        guard.rewrite(text, engine="ladybug", parameters={"l": ["a", None]})


@pytest.mark.parametrize(
    ("value", "expected"), [("toInteger(1e300)", 2**63 - 1), ("toInteger(-2.9)", -2), ("round(-1e300)", -(2.0**63))]
)
def test_numbers_beyond_all_integers_end_at_the_last_one(connection: Any, value: str, expected: float) -> None:
    rows = [*connection.execute(guard.rewrite(f"RETURN {value} AS x", engine="ladybug"))]
    assert rows == [[expected]]


def test_a_missing_member_of_a_list_leaves_the_question_open(connection: Any) -> None:
    text = "MATCH (p:Paper) RETURN p.id AS id, 'x' IN [p.title, 'y'] AS x, p.title IN [p.title, 'y'] AS y"
    result = connection.execute(guard.rewrite(text + ", p.year IN [2020, p.year] AS z", engine="ladybug"))
    assert sorted(map(list, result)) == [["a", False, True, True], ["b", False, True, True], ["c", False, True, None]]
