from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph import guard
from graph.errors import UnsafeCypher
from graph.queries import named, names
from graph.schema import SCHEMA


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("MATCH (p:Papers) RETURN p.id", "no label Papers", "Did you mean Paper?"),
        ("MATCH (p:paper) RETURN p.id", "no label paper", "Did you mean Paper?"),
        ("MATCH (p:Paper) WHERE p:Clam RETURN p.id", "no label Clam", "Claim"),
        ("MATCH (p:Paper)-[:MAKE]->(c) RETURN c.id", "no relationship type MAKE", "MAKES"),
        ("MATCH (p:Paper) RETURN p.titel", "Paper has no property titel", "title"),
        ("MATCH (p:Paper) RETURN p.Title", "no property Title", "Did you mean title?"),
        ("MATCH (p:Paper) RETURN p.value", "Paper has no property value", "venue"),
        ("MATCH (p:Paper {name: 'x'}) RETURN p.id", "Paper has no property name", "venue"),
        ("MATCH (:Author)-[w:WROTE]->() RETURN w.order", "WROTE has no property order", "position"),
        ("MATCH (n) RETURN n.nothing", "a node has no property nothing", ""),
        ("MATCH (n) RETURN n._hash", "no property _hash", ""),
        ("MATCH (c:Claim)-[:MAKES]->(p:Paper) RETURN p.id", "no MAKES goes from Claim to Paper", "(:Paper)-[:MAKES]"),
        ("MATCH (p:Paper)<-[:MAKES]-(c:Claim) RETURN p.id", "no MAKES goes from Claim to Paper", "(:Paper)-[:MAKES]"),
        ("MATCH (p:Paper)-[:MAKES]-(:Model) RETURN p.id", "no MAKES goes", "(:Claim)"),
        ("MATCH (p:Paper) MATCH (p:Claim) RETURN p.id", "p is a Paper, never a Claim", "own name"),
        ("MATCH (p:Paper) WHERE p.year = '2020' RETURN p.id", "a comparison of two kinds", "without quotes"),
        ("MATCH (p:Paper {year: '2020'}) RETURN p.id", "a comparison of two kinds", "without quotes"),
        ("MATCH (p:Paper) WHERE p.posted > '2024-01-01' RETURN p.id", "p.posted is a day", "date('2024-01-31')"),
        ("MATCH (p:Paper) WHERE p.verified = 'true' RETURN p.id", "truth value", "without quotes"),
        ("MATCH (p:Paper) WHERE p.year IN ['2020'] RETURN p.id", "IN of two kinds", "without quotes"),
        ("MATCH (p:Paper) WHERE p.dois = 'x' RETURN p.id", "a list", "with IN"),
        ("MATCH (p:Paper) WHERE p.year CONTAINS '20' RETURN p.id", "CONTAINS takes a text", "toString"),
        ("MATCH (p:Paper) WHERE p.title RETURN p.id", "WHERE takes a truth value", ""),
        ("MATCH (p:Paper) WHERE NOT p.title RETURN p.id", "NOT takes a truth value", ""),
        ("MATCH (p:Paper) RETURN p.title + p.year AS t", "a sum of two kinds", "toString"),
        ("MATCH (p:Paper) RETURN p.title * 2 AS t", "takes a number", ""),
        ("MATCH (p:Paper) RETURN sum(p.title) AS t", "sum() takes a number", ""),
        ("MATCH (p:Paper) RETURN toLower(p.year) AS t", "tolower() takes a text", ""),
        ("MATCH (p:Paper) RETURN coalesce(p.year, 'none') AS t", "coalesce() of two kinds", ""),
        ("MATCH (p:Paper) RETURN CASE WHEN p.verified THEN 1 ELSE 'x' END AS t", "results of CASE", ""),
        ("MATCH (p:Paper) RETURN [p.year, p.title] AS t", "a list of two kinds", ""),
        ("MATCH (p:Paper) WITH p.year AS y WHERE y = 'x' RETURN y", "two kinds", ""),
        ("MATCH (p:Paper) UNWIND p.dois AS d WITH d WHERE d > 1 RETURN d", "two kinds", ""),
        ("MATCH (p:Paper) WITH collect(p.title) AS l WHERE 1 IN l RETURN l", "IN of two kinds", ""),
        ("MATCH (p:Paper) WHERE any(d IN p.dois WHERE d = 1) RETURN p.id", "two kinds", ""),
        ("MATCH (p:Paper) RETURN p.dois AS d ORDER BY d", "ORDER BY takes", ""),
        (
            "MATCH (p:Paper) RETURN p.posted.hour AS y",
            "a day has no hour",
            "year, quarter, month, week, day, dayOfWeek",
        ),
        ("MATCH (p:Paper) WITH {a: p.year} AS m RETURN m.b AS y", "the map has no b", "It has a."),
        ("MATCH (p:Paper) RETURN p {.titel} AS m", "no property titel", "title"),
        ("MATCH (p:Paper) RETURN [(p)-[:MAKES]->(c:Model) | c.id] AS l", "no MAKES goes from Paper to Model", ""),
        ("MATCH (p:Paper) RETURN reduce(s = 0, d IN p.dois | s + d) AS s", "a sum of two kinds", ""),
        ("MATCH (p:Paper) RETURN reduce(s = '', d IN p.dois | s + s + d) AS s", "doubles with every member", "once"),
        ("MATCH (p:Paper) RETURN p.title - duration({years: 2}) AS d", "takes a day", ""),
        ("MATCH (p:Paper) UNWIND p.title AS t RETURN t", "UNWIND takes a list", ""),
        ("MATCH (p:Paper) RETURN p.year AS a UNION MATCH (p:Paper) RETURN p.title AS a", "UNION of two kinds", ""),
        ("MATCH (p:Paper) WHERE EXISTS { (p)-[:MAKES]->(c) WHERE c.kind = 1 } RETURN p.id", "two kinds", ""),
        ("MATCH (p:Paper)-[:CITES*1..2]->(q:Paper {year: '1'}) RETURN q.id", "two kinds", ""),
    ],
)
def test_what_the_schema_does_not_have_is_refused_for_both_engines(text: str, reason: str, hint: str) -> None:
    for dialect in ("portable", "neo4j"):
        with pytest.raises(UnsafeCypher) as caught:
            guard.check(text, dialect=dialect, schema=SCHEMA)  # type: ignore[arg-type]
        assert reason in caught.value.reason
        assert hint in caught.value.hint
        assert 0 < caught.value.position < len(text)
    guard.check(text.replace(" ORDER BY d", ""), dialect="neo4j")


@pytest.mark.parametrize(
    ("text", "parameters", "accepted"),
    [
        ("MATCH (p:Paper) WHERE p.year = $y RETURN p.id", {"y": 2020}, True),
        ("MATCH (p:Paper) WHERE p.year = $y RETURN p.id", {"y": 2020.0}, True),
        ("MATCH (p:Paper) WHERE p.year = $y RETURN p.id", {"y": "2020"}, False),
        ("MATCH (p:Paper) WHERE p.year = $y RETURN p.id", {"y": None}, True),
        ("MATCH (p:Paper) WHERE p.year IN $y RETURN p.id", {"y": [2020, 2021]}, True),
        ("MATCH (p:Paper) WHERE p.year IN $y RETURN p.id", {"y": ["2020"]}, False),
        ("MATCH (p:Paper) WHERE p.year IN $y RETURN p.id", {"y": 2020}, False),
        ("MATCH (p:Paper) WHERE p.posted > $d RETURN p.id", {"d": date(2024, 1, 1)}, True),
        ("MATCH (p:Paper) WHERE p.posted > $d RETURN p.id", {"d": "2024-01-01"}, False),
        ("MATCH (p:Paper) WHERE p.posted > date($d) RETURN p.id", {"d": "2024-01-01"}, True),
        ("MATCH (p:Paper) WHERE p.verified = $v RETURN p.id", {"v": 1}, False),
        ("UNWIND $rows AS row RETURN row.a AS a", {"rows": [{"a": 1}]}, True),
    ],
)
def test_the_values_of_parameters_are_checked_where_they_are_known(
    text: str, parameters: dict[str, Any], *, accepted: bool
) -> None:
    guard.rewrite(text, engine="neo4j", schema=SCHEMA)
    if accepted:
        guard.rewrite(text, engine="neo4j", schema=SCHEMA, parameters=parameters)
    else:
        with pytest.raises(UnsafeCypher):
            guard.rewrite(text, engine="neo4j", schema=SCHEMA, parameters=parameters)


@pytest.mark.parametrize("name", names())
def test_every_named_query_fits_the_schema(name: str) -> None:
    query = named(name)
    guard.rewrite(query.cypher, engine="ladybug", schema=SCHEMA, parameters=query.parameters)
    guard.rewrite(query.cypher, engine="neo4j", schema=SCHEMA, parameters=query.parameters)


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n) WHERE n.title CONTAINS 'x' RETURN n.id, labels(n) AS l",
        "MATCH (p:Paper)--(x) RETURN labels(x) AS l, count(*) AS n",
        "MATCH (p:Paper|Claim) RETURN p.title, p.statement",
        "MATCH (a)-[r]->(b:Claim) RETURN type(r), r.rule",
        "MATCH (c:Claim)-[:CONTRADICTS]-(d:Claim) RETURN c.id, d.id",
        "MATCH path = (c:Paper)-[:CITES*1..2]->(d:Paper) RETURN [n IN nodes(path) | n.title] AS t, length(path)",
        "MATCH (p:Paper) WITH {year: p.year, title: p.title} AS m WHERE m.year > 2020 RETURN m.title",
        "MATCH (r:Result) WHERE r.value > r.n / 2 RETURN max(r.value) - min(r.value) AS spread, sum(r.n) + 0.5 AS x",
        "MATCH (p:Paper) RETURN coalesce(p.venue, p.server, 'unknown') AS v, toString(p.year) + p.title AS t",
        "MATCH (p:Paper) WITH p, [d IN p.dois | toLower(d)] AS l RETURN l[0] = p.title AS same, head(l) + 'x' AS h",
        "MATCH (n) WHERE n:Paper MATCH (n)-[:MAKES]->(c) RETURN c.id",
        "MATCH (p:Paper) WHERE p.posted >= date('2024-01-01') RETURN max(p.posted) AS last",
    ],
)
def test_what_the_schema_has_is_accepted(text: str) -> None:
    guard.check(text, schema=SCHEMA)


def test_a_whole_number_is_as_wide_as_a_number_of_the_graph() -> None:
    text = "RETURN $a + $b AS s LIMIT $k"
    printed = guard.rewrite(text, engine="ladybug", parameters={"a": 100, "b": True, "k": 5})
    assert "CAST($a, 'INT64')" in printed
    assert "CAST($b" not in printed
    assert printed.endswith("LIMIT $k")


def test_a_pattern_is_a_value_for_neo4j_too() -> None:
    text = "MATCH (p:Paper) RETURN (p)-[:MAKES]->() AS makes"
    assert "EXISTS { (p)-[:MAKES]->() } AS makes" in guard.rewrite(text, engine="neo4j")
