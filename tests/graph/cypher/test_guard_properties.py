from __future__ import annotations

import contextlib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph import guard
from graph.cypher.parse import parse
from graph.cypher.printer import to_text
from graph.errors import UnsafeCypher

from .guard_texts import HOSTILE, LEGITIMATE

PIECES = [
    "MATCH",
    "RETURN",
    "WHERE",
    "WITH",
    "UNWIND",
    "OPTIONAL",
    "UNION",
    "ALL",
    "DISTINCT",
    "ORDER",
    "BY",
    "LIMIT",
    "SKIP",
    "AS",
    "AND",
    "OR",
    "NOT",
    "XOR",
    "IN",
    "IS",
    "NULL",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "EXISTS",
    "COUNT",
    "any",
    "none",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "..",
    ":",
    "|",
    "*",
    "+",
    "-",
    "/",
    "%",
    "^",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "=~",
    ";",
    "$p",
    "1",
    "0",
    "2.5",
    "'a'",
    "a",
    "b",
    "n",
    "p.x",
    ":L",
    "-[",
    "]-",
    "->",
    "<-",
    "--",
    "(n)",
    "(n:L)",
    "-[:T]->",
    "-[r:T*1..2]-",
    "count(*)",
    "size(",
    "true",
    "null",
    "CREATE",
    "SET",
    "DELETE",
    "CALL",
    "LOAD",
    "//",
    "/*",
    "*/",
    "'",
    '"',
    "`",
    "\\",
    "\\u0041",
    "\n",
    "\r",
    "\t",
    "é",
    "\xa0",
]

values = st.recursive(
    st.sampled_from(["1", "2.5", "'a'", "true", "null", "$p", "n.x", "m.y", "n.l", "x", "'it\\'s'"]),
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(
                ["+", "-", "*", "/", "%", "^", "=", "<>", "<", "<=", ">", ">=", "IN", "CONTAINS", "AND", "OR", "XOR"]
            ),
            inner,
        ).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(["size", "coalesce", "toLower", "abs", "head", "toString"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        inner.map(lambda value: f"(NOT ({value}))"),
        inner.map(lambda value: f"(-({value}))"),
        inner.map(lambda value: f"(({value}) IS NULL)"),
        st.lists(inner, max_size=3).map(lambda members: f"[{', '.join(members)}]"),
        inner.map(lambda value: f"{{a: {value}}}"),
        inner.map(lambda value: f"CASE WHEN {value} THEN 1 ELSE {value} END"),
        st.tuples(inner, st.sampled_from(["[0]", "[-1]", "[1..2]", ".k"])).map(lambda parts: f"({parts[0]}){parts[1]}"),
        st.tuples(st.sampled_from(["any", "all", "none", "single"]), inner, inner).map(
            lambda parts: f"{parts[0]}(v IN {parts[1]} WHERE v = {parts[2]})"
        ),
    ),
    max_leaves=8,
)
patterns = st.sampled_from(
    [
        "(n)",
        "(n:L)-[r:T]->(m)",
        "(n)--(m)<-[:T|U]-(o:L|K {k: $p})",
        "p = (n)-[:T*1..3]->(m)",
        "(n WHERE n.x > 1)-[:T]-(m), (m)-[s]->(q)",
    ]
)
queries = st.tuples(patterns, values, values, st.sampled_from(["", " DESC"])).map(
    lambda parts: (
        f"MATCH (m) MATCH {parts[0]} UNWIND [1, 2] AS x WITH n, m, x WHERE {parts[1]} "
        f"RETURN {parts[2]} AS v, n.id ORDER BY v{parts[3]} LIMIT 3"
    )
)


def assert_printed_anew(text: str) -> None:
    """What is accepted can be printed, and the printed text is the same query."""
    guard.check(text, dialect="neo4j")
    tree = parse(text)
    printed = to_text(tree)
    assert parse(printed) == tree
    assert to_text(parse(printed)) == printed
    with contextlib.suppress(UnsafeCypher):
        guard.rewrite(text, engine="ladybug")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_a_soup_of_tokens_is_refused_or_printed_anew(pieces: list[str]) -> None:
    text = " ".join(pieces)
    with contextlib.suppress(UnsafeCypher):
        assert_printed_anew(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example("RETURN '\\")
@example("/**/")
@example("`")
def test_any_text_is_refused_with_a_reason_or_printed_anew(text: str) -> None:
    with contextlib.suppress(UnsafeCypher):
        assert_printed_anew(text)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LEGITIMATE + HOSTILE[:60]),
    st.integers(0, 200),
    st.integers(0, 20),
    st.sampled_from(PIECES),
)
def test_a_query_with_a_piece_cut_out_or_put_in_is_refused_or_printed_anew(
    text: str, start: int, length: int, piece: str
) -> None:
    changed = text[:start] + piece + text[start + length :]
    with contextlib.suppress(UnsafeCypher):
        assert_printed_anew(changed)


@settings(max_examples=150, deadline=None)
@given(queries)
def test_a_generated_query_is_accepted_and_printed_anew(text: str) -> None:
    assert_printed_anew(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_a_string_keeps_its_value_through_parsing_and_printing(value: str) -> None:
    if "\\u" in value.lower():
        return
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    tree = parse(f'RETURN "{quoted}" AS s')
    found = [str(part.children[0]) for part in tree.find_data("string")]
    assert found == [value]
    assert parse(to_text(tree)) == tree
