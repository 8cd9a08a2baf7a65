"""Answers that the engines would give otherwise, one body for both stores."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.errors import UnsafeCypher
from graph.records import Record
from graph.stores.ladybug.store import LadybugStore
from tests.graph.conftest import Opener


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
    ],
)  # fmt: skip
def test_what_the_engines_would_answer_differently_is_the_same(
    open_any: Opener, field: list[Record], cypher: str, params: dict[str, object], rows: list[dict[str, object]]
) -> None:
    store = open_any()
    store.write(field)
    assert store.query(cypher, params) == rows


@pytest.mark.parametrize(
    "cypher",
    ["RETURN coalesce(3, 2.5) / 2 AS x", "UNWIND [2, 1.5] AS x RETURN x / 4 AS y",
     "MATCH (r:Result) RETURN CASE WHEN true THEN r.n ELSE r.value END / 2 AS x"],
)  # fmt: skip
def test_a_division_of_integers_in_some_rows_and_floats_in_others_is_refused(open_any: Opener, cypher: str) -> None:
    store = open_any()
    store.ensure_schema()
    with pytest.raises(UnsafeCypher, match="integer in some rows"):
        store.query(cypher)


def test_a_path_that_may_not_be_there_is_refused_on_the_embedded_store(
    store_at: Callable[..., LadybugStore], field: list[Record]
) -> None:
    store = store_at()
    store.write(field)
    with pytest.raises(UnsafeCypher, match="the path x of OPTIONAL MATCH"):
        store.query("MATCH (p:Paper) OPTIONAL MATCH x = (p)-[:CITES]->(q:Paper) RETURN length(x) AS n")
