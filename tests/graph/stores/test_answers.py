"""Answers that the engines would give otherwise, one body for both stores."""

from __future__ import annotations

import pytest

from graph.stores.base import Store


@pytest.mark.parametrize(
    ("cypher", "params", "rows"),
    [
        ("UNWIND [3, 1, 2] AS x WITH x ORDER BY x LIMIT 1 RETURN max(x) AS m", {}, [{"m": 1}]),
        ("UNWIND [3, 1, 2] AS x WITH x ORDER BY x DESC SKIP 1 RETURN sum(x) AS s, count(*) AS n", {},
         [{"s": 3, "n": 2}]),
        ("UNWIND [3, 1] AS x WITH x ORDER BY x LIMIT 0 RETURN max(x) AS m, count(x) AS n", {}, [{"m": None, "n": 0}]),
        ("MATCH (p:Paper)-[:MAKES]->(c:Claim) WITH p, count(c) AS n ORDER BY n DESC LIMIT 1 RETURN sum(n) AS s", {},
         [{"s": 2}]),
        ("MATCH (c:Claim) RETURN c.kind AS c, count(*) AS n ORDER BY c", {},
         [{"c": "saturation", "n": 2}, {"c": "scaling", "n": 1}]),
        ("MATCH (p:Paper)-[:MAKES]->(c) RETURN p.id, count(c) AS c ORDER BY c DESC, p.id LIMIT 1", {},
         [{"p.id": "doi:10.1/two", "c": 2}]),
        ("MATCH (c:Claim) WITH c.kind AS c, count(*) AS n ORDER BY n DESC, c LIMIT 1 RETURN c, n", {},
         [{"c": "saturation", "n": 2}]),
        ("MATCH (p:Paper) WHERE p.stub = false AND ($y IS NULL OR p.year = $y) RETURN count(*) AS n", {"y": None},
         [{"n": 2}]),
        ("MATCH (p:Paper) WHERE $t IS NULL OR p.title CONTAINS $t RETURN count(*) > 1 AS n", {"t": None},
         [{"n": True}]),
        ("RETURN $m.a.b AS x", {"m": {"a": {"b": 2}}}, [{"x": 2}]),
        ("RETURN (2 ^ 2) - -(1) AS x, abs(size([1, 2])) - -(size([1])) AS y", {}, [{"x": 5.0, "y": 3}]),
        ("RETURN coalesce(3, 2.5) / 2 AS x, coalesce(null, 2.5) / 2 AS y", {}, [{"x": 1, "y": 1.25}]),
        ("UNWIND [2, 1.5] AS x RETURN x / 4 AS y ORDER BY y", {}, [{"y": 0}, {"y": 0.375}]),
        ("RETURN [1, null] = [1, null] AS a, [1] = [1.0] AS b, [1] <> [1, 2] AS c, [[1]] = [[null]] AS d", {},
         [{"a": None, "b": True, "c": True, "d": None}]),
        ("UNWIND [0.1, 0.30000000000000004] AS x WITH collect(x) AS l UNWIND l AS y RETURN y", {},
         [{"y": 0.1}, {"y": 0.30000000000000004}]),
        ("RETURN CASE null WHEN null THEN 1 ELSE 2 END AS x, null IN [] AS y, 1 IN [null] AS z", {},
         [{"x": 2, "y": False, "z": None}]),
        ("MATCH (p:Paper) OPTIONAL MATCH x = (p)-[:CITES*1..2]->(q:Paper) RETURN p.id AS p, length(x) AS n ORDER BY n, "
         "p LIMIT 2", {}, [{"p": "doi:10.1/two", "n": 1}, {"p": "doi:10.1/two", "n": 1}]),
        ("MATCH (c:Claim) WITH c ORDER BY c.kind, c.fraction WITH collect(c) AS cs RETURN head(cs).fraction AS a, "
         "cs[1].fraction AS b, last(cs).kind AS c", {}, [{"a": 0.01, "b": 0.1, "c": "scaling"}]),
        ("MATCH (p:Paper {id: 'doi:10.1/one'}) RETURN p {.id, .venue, n: COUNT { (p)-[:MAKES]->() }} AS m", {},
         [{"m": {"id": "doi:10.1/one", "venue": None, "n": 1}}]),
        ("MATCH (p:Paper) WHERE p.stub = false RETURN p.id AS p, [(p)-[:MAKES]->(c) WHERE c.kind = 'scaling' | c.kind] "
         "AS k ORDER BY p", {}, [{"p": "doi:10.1/one", "k": ["scaling"]}, {"p": "doi:10.1/two", "k": []}]),
        ("MATCH (p:Paper) WHERE p.stub = false CALL (p) { MATCH (p)-[:MAKES]->(c) RETURN c.kind AS k, count(*) AS n } "
         "RETURN p.id AS p, k, n ORDER BY p", {},
         [{"p": "doi:10.1/one", "k": "scaling", "n": 1}, {"p": "doi:10.1/two", "k": "saturation", "n": 2}]),
        ("MATCH (a:Paper {id: 'doi:10.1/two'}), (b:Paper {id: 'doi:10.1/one'}) "
         "MATCH p = shortestPath((a)-[:CITES*..3]-(b)) RETURN [n IN nodes(p) | n.id] AS l", {},
         [{"l": ["doi:10.1/two", "doi:10.1/one"]}]),
        ("RETURN date('2024-03-31') - duration({months: 1}) AS a, date('2024-02-29') + duration('P1Y') AS b, "
         "date('2024-02-29').month AS c", {}, [{"a": "2024-02-29", "b": "2025-02-28", "c": 2}]),
        ("RETURN date('2024-06') AS a, date('2024') AS b", {}, [{"a": "2024-06-01", "b": "2024-01-01"}]),
        ("MATCH (n)-[r]->(c:Claim {kind: 'scaling'}) RETURN DISTINCT labels(n) AS a, type(r) AS t, count(*) AS n "
         "ORDER BY n DESC, t LIMIT 1", {}, [{"a": ["Evidence"], "t": "EVIDENCE_FOR", "n": 1}]),
        ("MATCH (p:Paper {id: 'doi:10.1/two'}) WHERE any(k IN [(p)-[:MAKES]->(k) | k.kind] WHERE k = 'saturation') "
         "RETURN count(*) AS n", {}, [{"n": 1}]),
        ("UNWIND [date('2024-12-30'), date('2023-01-01')] AS d RETURN d.quarter AS q, d.week AS w, d.dayOfWeek AS n "
         "ORDER BY q", {}, [{"q": 1, "w": 52, "n": 7}, {"q": 4, "w": 1, "n": 1}]),
        ("RETURN reduce(s = '', x IN ['a', 'b'] | s + CASE WHEN s = '' THEN '' ELSE ', ' END + x) AS a", {},
         [{"a": "a, b"}]),
        ("MATCH (p:Paper) WHERE p.stub = false RETURN p.id AS p, size((p)-[:MAKES]->(:Claim)) AS n ORDER BY p", {},
         [{"p": "doi:10.1/one", "n": 1}, {"p": "doi:10.1/two", "n": 2}]),
        ("RETURN reduce(s = '', x IN ['a', 'b'] | s + x) AS a, reduce(s = 0, x IN [1, 2.5] | s + x) AS b", {},
         [{"a": "ab", "b": 3.5}]),
        ("MATCH (c:Claim) RETURN stDev(c.fraction) AS a, stDev(c.low) AS b", {},
         [{"a": 0.06363961030678929, "b": None}]),
        ("MATCH (p:Paper) WHERE exists((p)-[:MAKES]->()) AND p.year != 2024 RETURN elementId(p) AS a, p.year AS A", {},
         [{"a": "doi:10.1/two", "A": 2025}]),
    ],
)  # fmt: skip
def test_what_the_engines_would_answer_differently_is_the_same(
    small_store: Store, cypher: str, params: dict[str, object], rows: list[dict[str, object]]
) -> None:
    assert small_store.query(cypher, params) == rows
