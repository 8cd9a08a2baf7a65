from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graph import guard
from graph.cypher.parse import parse
from graph.cypher.printer import to_text
from graph.errors import GraphError, UnsafeCypher

from .guard_texts import HOSTILE, LEGITIMATE

QUERIES = sorted((Path(guard.__file__).parent / "queries").glob("*.cypher"))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_refused_for_both_engines(text: str) -> None:
    for dialect in ("portable", "neo4j"):
        with pytest.raises(UnsafeCypher) as caught:
            guard.check(text, dialect=dialect)  # type: ignore[arg-type]
        assert caught.value.reason
        assert 0 <= caught.value.position <= len(text)


@pytest.mark.parametrize("text", LEGITIMATE)
def test_a_legitimate_query_is_accepted_for_both_engines(text: str) -> None:
    guard.check(text)
    guard.check(text, dialect="neo4j")


@pytest.mark.parametrize("text", LEGITIMATE)
def test_printing_is_a_fixed_point_that_keeps_the_tree(text: str) -> None:
    tree = parse(text)
    printed = to_text(tree)
    assert parse(printed) == tree
    assert to_text(parse(printed)) == printed


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_every_shipped_query_is_portable(path: Path) -> None:
    guard.check(path.read_text(encoding="utf-8"))


def test_the_sets_are_as_large_as_promised() -> None:
    assert len(set(HOSTILE)) >= 80
    assert len(set(LEGITIMATE)) >= 100


@pytest.mark.parametrize(
    ("text", "position", "reason", "hint"),
    [
        ("MATCH (n) SET n.x = 1", 10, "SET is refused: queries only read", "RETURN"),
        ("CALL db.labels()", 5, "a procedure is not in the accepted language", "graph schema"),
        ("MATCH (a)-[*]->(b) RETURN a", 11, "has no upper bound", "*1..n"),
        ("RETURN 1; RETURN 2", 10, "several statements", "one query"),
        ("MATCH (n) RETURN m.x", 17, "the variable m is not defined", "Known here: n"),
        ("MATCH (n) RETURN 'abc", 17, "not closed", "'"),
        ("MATCH (n) RETURN n.x LIMIT", 26, "ends too early", "RETURN"),
        ("MATCH (a)-[r:T]->(b) MATCH (a)-[r]->(c) RETURN c.x", 32, "r is matched again", "Match it once"),
        ("MATCH (n) RETURN id(n)", 17, "differs between the stores", "n.id"),
        ("MATCH (a) RETURN [x IN a.l | (a)-[:T]->({id: x})] AS l", 30, "a pattern inside a loop", "UNWIND"),
        ("MATCH (a) RETURN a.x + stDev(a.y) AS n", 17, "a.x beside an aggregate", "Add a.x to the columns"),
        ("MATCH (a)-[r:T]->(b), (a)-[r]->(c) RETURN c.x LIMIT 'x'", 52, "a string cannot stand here", ""),
        ("MATCH (a) RETURN [(a)-->(b) | c.x] AS l", 30, "the variable c is not defined", "Known here: a, b"),
        ("MATCH (a) RETURN reduce(s = 0, x IN a.l | s + y) AS l", 46, "the variable y is not defined", "s, x"),
        ("MATCH p = shortestPath((a)-->(b)) RETURN p", 6, "one path of variable length", "shortestPath((a)-[:T*1..5]"),
        ("MATCH (a) CALL (b) { RETURN 1 AS x } RETURN x", 16, "the variable b is not defined", "before"),
        ("MATCH (a) CALL (a) { RETURN 1 AS a } RETURN a", 16, "returns a, which is known before it", "another name"),
        ("MATCH (a) RETURN COLLECT { MATCH (b) RETURN b.x, b.y } AS l", 34, "COLLECT {} returns one column", "map"),
        ("MATCH (n) RETURN n.x =~ '(a{900}){900}'", 24, "repeats too much", ""),
        ("MATCH (n) RETURN n.x =~ 'set$'", 24, "the pattern holds $", "CONTAINS"),
    ],
)
def test_a_refusal_says_where_why_and_what_to_write(text: str, position: int, reason: str, hint: str) -> None:
    with pytest.raises(UnsafeCypher) as caught:
        guard.check(text)
    assert reason in caught.value.reason
    assert hint in caught.value.hint
    assert caught.value.position == position
    assert isinstance(caught.value, GraphError)


def test_parameters_are_found_wherever_they_stand_and_not_in_strings() -> None:
    text = "MATCH (n {id: $id}) WHERE n.x IN $xs AND n.t = '$no' /* $no */ RETURN n.x AS x LIMIT $k"
    assert guard.parameters(text) == {"id", "xs", "k"}


def test_the_text_for_neo4j_is_the_query_without_comments_and_spare_space() -> None:
    text = "match  (p:Paper)  // all\nwhere p . year=2020 return   p.id as id;"
    assert guard.rewrite(text, engine="neo4j") == "MATCH (p:Paper) WHERE p.year = 2020 RETURN p.id AS id"


def test_nothing_of_a_string_leaves_its_quotes() -> None:
    text = 'RETURN "\' RETURN 1 // \\" \\n" AS s'
    assert guard.rewrite(text, engine="neo4j") == "RETURN '\\' RETURN 1 // \" \\n' AS s"


def test_something_else_than_text_is_refused() -> None:
    with pytest.raises(UnsafeCypher, match="bytes, not text"):
        guard.check(b"RETURN 1")  # type: ignore[arg-type]


def test_importing_the_guard_loads_neither_parser_nor_engine() -> None:
    code = "import sys, graph.guard; print([m for m in ('lark', 'ladybug', 'neo4j', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_neo4j_is_not_let_to_search_an_index_by_suffix() -> None:
    text = guard.rewrite("MATCH (p:Paper) WHERE p.id ENDS WITH '1' RETURN 'a' ENDS WITH $x AS a", engine="neo4j")
    assert text == "MATCH (p:Paper) WHERE p.id + '' ENDS WITH '1' RETURN 'a' ENDS WITH $x AS a"
    assert guard.rewrite(text, engine="neo4j") == text
