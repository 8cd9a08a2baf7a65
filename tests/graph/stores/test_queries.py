"""What every store answers over a graph that stands: one body for the embedded store and the server."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from graph import queries
from graph.errors import (
    QueryFailed,
    QueryTimeout,
    UnknownQuery,
    UnsafeCypher,
)
from graph.records import Record
from graph.rows import Edge, Node, fact_digest, node_rows
from graph.schema import SCHEMA
from graph.stores.base import Store
from graph.stores.fulltext import STOP_WORDS


def test_the_properties_come_back_as_they_were(small_store: Store, field: list[Record]) -> None:
    for record in field:
        for node in node_rows(record):
            (row,) = small_store.query(f"MATCH (n:{node.label} {{id: $id}}) RETURN n", {"id": node.row["id"]})
            assert fact_digest(row["n"]) == fact_digest(node.row)


def test_the_digest_is_that_of_what_the_graph_itself_holds(small_store: Store) -> None:
    nodes, edges = [], []
    for label in SCHEMA.nodes:
        rows = [row["n"] for row in small_store.query(f"MATCH (n:{label}) RETURN n")]
        nodes += [(Node(label, row).key, fact_digest(row)) for row in rows]
    for relationship in SCHEMA.relationships.values():
        for start, end in relationship.pairs:
            asked = f"MATCH (a:{start})-[r:`{relationship.type}`]->(b:{end}) RETURN a.id AS a, b.id AS b, r"
            for row in small_store.query(asked):
                edge = Edge(relationship.type, (start, row["a"]), (end, row["b"]), row["r"])
                edges.append((edge.key, fact_digest(edge.properties)))
    halves = ((hashlib.sha256(key.encode()).digest()[:16], bytes.fromhex(fact)[:16]) for key, fact in [*nodes, *edges])
    terms = (hashlib.sha256(key + fact).hexdigest() for key, fact in halves)
    assert int(small_store.digest(), 16) == sum(int(term, 16) for term in terms) % 2**256


def test_search_takes_stems_and_no_syntax(small_store: Store) -> None:
    best = small_store.search("does performance RISE with corpora of larger size?")
    assert best[0]["label"] == "Passage"
    assert set(best[0]) == {"id", "label", "paper_id", "text", "score"}
    assert [row["score"] for row in best] == sorted((row["score"] for row in best), reverse=True)
    assert {row["label"] for row in small_store.search("saturate saturates", 10)} == {"Claim", "Paper"}
    odd = "\" | a* OR NEAR(b | text:x | NOT | -rise | '; DROP TABLE docs; -- | \0 | | ((( | the of and | a\\ | [x TO y]"
    for text in odd.split(" | "):
        assert isinstance(small_store.search(text), list)
    assert small_store.search("rises", 0) == []
    assert len(small_store.search("models saturate", 1)) == 1


SYNTAX = (
    "NOT", "rises NOT saturates", "rises AND zebrafish", "rises OR zebrafish", "-rises", "+rises +zebrafish", "ris*",
    "?ises", "rise~2", "title:saturates", "text:rises statement:saturate", '"rises performance"', "\"rises",
    "(rises", "[a TO z]", "rises^4", "rises && zebrafish", "rises || zebrafish", "!rises", "{rises}", "NEAR(rises)",
    "rises \\", "/rises/", "words:rises", "the of and", "* OR *",
)  # fmt: skip


@pytest.mark.parametrize("text", SYNTAX)
def test_a_search_text_is_words_and_never_syntax(small_store: Store, text: str) -> None:
    words = [word for word in re.findall("[a-z]+", text.lower()) if word not in STOP_WORDS]
    expected = {hit["id"] for word in words for hit in small_store.search(word, 100)}
    assert {hit["id"] for hit in small_store.search(text, 100)} == expected
    assert bool(expected) == bool({"rises", "rise", "saturates", "saturate", "performance"} & set(words))


def test_a_query_from_outside_is_guarded_limited_and_asks_for_its_parameters(small_store: Store) -> None:
    before = small_store.digest()
    for text in ("MATCH (n) DETACH DELETE n", "CREATE (:Model)", "CALL db.labels()", "LOAD CSV FROM 'x' AS l RETURN l"):
        with pytest.raises(UnsafeCypher):
            small_store.query(text)
    assert small_store.digest() == before
    assert len(small_store.query("MATCH (c:Claim) RETURN c.id", limit=2)) == 2
    assert small_store.query("MATCH (c:Claim) RETURN c.id", limit=0) == []
    with pytest.raises(QueryFailed, match="limit -1"):
        small_store.query("MATCH (c:Claim) RETURN c.id", limit=-1)
    with pytest.raises(QueryFailed, match=r"needs \$id"):
        small_store.query("MATCH (c:Claim) WHERE c.id = $id RETURN c.id")
    with pytest.raises(QueryFailed, match=r"no parameter other; it has \$id"):
        small_store.query("MATCH (c:Claim) WHERE c.id = $id RETURN c.id", {"id": "claim:flat", "other": 1})


def test_maps_in_a_list_have_the_same_keys(small_store: Store) -> None:
    rows = small_store.query("UNWIND $rows AS row RETURN row", {"rows": [{"id": "a", "k": 1}, {"id": "b"}]})
    assert rows == [{"row": {"id": "a", "k": 1}}, {"row": {"id": "b", "k": None}}]


def test_values_are_plain_and_paths_are_nodes_and_relationships(small_store: Store, field: list[Record]) -> None:
    (row,) = small_store.query("MATCH (m:Model {id: 'model:pca'}) RETURN m")
    assert row["m"] == {"id": "model:pca", "name": "PCA", "role": "baseline"}
    rows = small_store.query(
        "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title AS title, p.posted AS posted ORDER BY title"
    )
    assert rows[0] == {"title": "More data helps", "posted": "2024-12-13"}
    assert json.loads(json.dumps(rows)) == rows
    (row,) = small_store.query("MATCH p = (a:Author)-[w:WROTE]->(b:Paper {id: 'doi:10.1/two'}) RETURN p, w")
    assert row["w"] == {"position": 1}
    assert [node["id"] for node in row["p"]["nodes"]] == [field[0].id, "doi:10.1/two"]
    assert row["p"]["relationships"] == [{"position": 1}]


def test_reserved_words_of_one_engine_can_be_written_as_they_are(small_store: Store) -> None:
    rows = small_store.query("MATCH (s:SaturationPoint)-[:ON]->(d:Dataset) RETURN DISTINCT d.id AS d")
    assert rows == [{"d": "dataset:blood"}]
    assert small_store.query("MATCH (c:Claim) WHERE c.end > 0 RETURN count(c) AS n") == [{"n": 1}]


def test_every_named_query_runs_with_its_defaults_and_the_same_through_the_guard(small_store: Store) -> None:
    answered = 0
    for name in queries.names():
        asked = queries.named(name)
        rows = small_store.run(name)
        assert small_store.query(asked.cypher, asked.parameters) == rows, name
        answered += bool(rows)
    assert answered > len(queries.names()) / 2


ENDLESS = "UNWIND range(1, 30000) AS x UNWIND range(1, 30000) AS y WITH x, y WHERE x * y < 0 RETURN count(*) AS n"


def test_a_query_is_stopped_at_the_time_limit_and_the_next_one_works(small_store: Store) -> None:
    with pytest.raises(QueryTimeout, match=r"after 0\.5 s") as caught:
        small_store.query(ENDLESS, timeout=0.5)
    assert caught.value.seconds == 0.5
    assert small_store.query("MATCH (m:Model) RETURN count(m) AS n") == [{"n": 2}]


@pytest.mark.parametrize("cypher", ["MATCH (n) RETURN n", "match(n) return n", "RETURN 1"])
def test_cypher_in_place_of_a_name_is_told_where_to_go(small_store: Store, cypher: str) -> None:
    with pytest.raises(UnknownQuery, match=r"is Cypher, not the name of a query: use \.query\(\.\.\.\)"):
        small_store.run(cypher)


def test_a_named_query_refuses_unknown_names_and_parameters(small_store: Store) -> None:
    with pytest.raises(UnknownQuery, match="contradictions"):
        small_store.run("contradiction")
    with pytest.raises(QueryFailed, match=r"no parameter modl"):
        small_store.run("claims_about_model", modl="x")
    assert small_store.run("papers", limit=1) == small_store.run("papers")[:1]
