"""Hostile texts and runaway queries, asked of both stores as a person or a model would."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from graph.errors import QueryTimeout, QueryTooLarge, UnsafeCypher
from graph.stores.base import Store
from graph.stores.ladybug.store import LadybugStore
from graph.stores.neo4j.store import Neo4jStore
from tests.graph.cypher.guard_texts import HOSTILE
from tests.graph.stores.neo4j.conftest import Address, address, wipe

from .generated_graph import GRAPHS, records

__all__ = ["address"]

ENDLESS = (
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y WITH x, y WHERE x * y < 0 RETURN count(*) AS n",
    " ".join(f"MATCH ({name}:Claim)" for name in "abcdefgh")
    + " WHERE a.confidence + b.confidence + c.confidence + d.confidence + e.confidence + f.confidence + g.confidence"
    " + h.confidence < -1 RETURN count(*) AS n",
)
GREEDY = (
    "UNWIND range(1, 100000000) AS x RETURN size(collect('text ' + toString(x))) AS n",
    "UNWIND range(1, 20000) AS x UNWIND range(1, 20000) AS y RETURN size(collect(DISTINCT x * 20000 + y)) AS n",
)
STOPS = (QueryTimeout, QueryTooLarge)


@pytest.fixture(scope="module", params=["ladybug", "neo4j"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened: Store
    if request.param == "ladybug":
        opened = LadybugStore(tmp_path_factory.mktemp("hostile") / "store")
    else:
        found: Address = request.getfixturevalue("address")
        wipe(found)
        opened = Neo4jStore(found.url, found.login)
    with opened as made:
        made.write(records(GRAPHS[0], size=12))
        yield made


def healthy(store: Store) -> bool:
    return store.query("MATCH (p:Paper) RETURN count(*) AS n", timeout=30)[0]["n"] > 0


def test_no_hostile_text_reaches_an_engine_and_nothing_is_changed(store: Store) -> None:
    before = store.digest()
    for text in HOSTILE:
        with pytest.raises(UnsafeCypher):
            store.query(text)
    for text, between in itertools.product(HOSTILE[:20], (" ", "\n", ";", " UNION ")):
        with pytest.raises(UnsafeCypher):
            store.query(f"MATCH (p:Paper) RETURN p.id AS id{between}{text}")
    assert store.digest() == before
    assert healthy(store)


@pytest.mark.parametrize("cypher", ENDLESS)
def test_an_endless_query_is_stopped_at_its_time_and_the_next_one_works(store: Store, cypher: str) -> None:
    with pytest.raises(QueryTimeout, match="after 1 s") as caught:
        store.query(cypher, timeout=1.0)
    assert caught.value.seconds == 1.0
    assert healthy(store)


@pytest.mark.parametrize("cypher", GREEDY)
def test_a_query_that_fills_the_memory_is_stopped_and_the_next_one_works(store: Store, cypher: str) -> None:
    with pytest.raises(STOPS):
        store.query(cypher, timeout=10.0)
    assert healthy(store)
