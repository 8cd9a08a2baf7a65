"""What a server keeps beside the graph: no query meets it, a write reads little of it, and it agrees with the graph."""

from __future__ import annotations

import signal
from typing import Any

import numpy as np
import pytest

from graph.errors import StoreUnavailable
from graph.records import Author, Claim, Paper, Record, Reference, Tombstone
from graph.rows import Edge, Node, edge_rows, fact_digest
from graph.schema import SCHEMA
from graph.stores.graph_digest import digest_of_rows
from graph.stores.neo4j import writer
from graph.stores.neo4j.connection import Connection
from graph.stores.neo4j.entries import Entry
from graph.stores.neo4j.state import GraphState
from graph.stores.neo4j.store import Neo4jStore
from graph.stores.ownership import Owned, owned_rows
from tests.graph.conftest import small_field
from tests.graph.stores.neo4j.loads import papers, start_load
from tests.neo4j_server.shared import Address


def waiting_claims() -> list[Record]:
    return [
        Claim(
            id=f"claim:{number}", paper_id="doi:10/absent", version_id="doi:10/absentv1", statement="s", kind="score",
            subject_ids=("model:absent",), task_id="task:absent", source_url="u", location="l",
        )
        for number in range(5)
    ]  # fmt: skip


@pytest.fixture
def beside(neo4j_store: Neo4jStore) -> Neo4jStore:
    """A store with everything beside the graph that there can be: entries, waiting edges, vectors, a writer."""
    neo4j_store.write(waiting_claims())
    neo4j_store.write_vectors(["claim:0"], np.ones((1, 3)))
    neo4j_store._connection.write([("MERGE (w:_Writer {id: 'writer'}) SET w.until = 0", ())])
    internal = neo4j_store._connection.rows("MATCH (n) WHERE n.statement IS NULL RETURN DISTINCT labels(n)[0] AS label")
    assert {row["label"] for row in internal} == {"_Record", "_Waiting", "_State", "_Embedding", "_Writer"}
    return neo4j_store


@pytest.mark.parametrize(
    ("cypher", "number"),
    [
        ("MATCH (n) RETURN count(*) AS n", 5),
        ("MATCH () RETURN count(*) AS n", 5),
        ("MATCH (n {id: 'state'}) RETURN count(*) AS n", 0),
        ("MATCH (n WHERE n.id IS NOT NULL) RETURN count(*) AS n", 5),
        ("MATCH (a), (b) RETURN count(*) AS n", 25),
        ("MATCH (a)-[*0..2]-(b) RETURN count(*) AS n", 5),
        ("MATCH (a:Claim)-[*0..1]->(b) RETURN count(*) AS n", 5),
        ("MATCH (a)-[r]->(b) RETURN count(*) AS n", 0),
        ("MATCH ()--() RETURN count(*) AS n", 0),
        ("MATCH p = (a)-[*0..3]->() RETURN count(p) AS n", 5),
        ("OPTIONAL MATCH (n) RETURN count(n) AS n", 5),
        ("MATCH (n) WHERE NOT (n)--() RETURN count(*) AS n", 5),
        ("RETURN COUNT { (n) } AS n", 5),
        ("MATCH (c:Claim {id: 'claim:0'}) RETURN COUNT { MATCH (n) WHERE n.id <> c.id } AS n", 4),
        ("MATCH (c:Claim) WHERE EXISTS { MATCH (n) WHERE n.id = 'state' } RETURN count(c) AS n", 0),
        ("MATCH (n) WITH n.id AS id MATCH (m) WHERE m.id = id RETURN count(*) AS n", 5),
    ],
)
def test_no_pattern_meets_what_stands_beside_the_graph(beside: Neo4jStore, cypher: str, number: int) -> None:
    assert beside.query(cypher) == [{"n": number}]


def test_nodes_and_relationships_carry_the_properties_of_the_schema_and_nothing_else(neo4j_store: Neo4jStore) -> None:
    neo4j_store.write(small_field())
    neo4j_store.write_vectors(["model:pca", "doi:10.1/one"], np.ones((2, 3)))
    nodes = neo4j_store.query("MATCH (n) RETURN labels(n) AS l, keys(n) AS k, keys(properties(n)) AS p, n")
    for row in nodes:
        (label,) = row["l"]
        assert set(row["k"]) == set(row["p"]) == set(row["n"]) <= set(SCHEMA.nodes[label])
    edges = neo4j_store.query("MATCH ()-[r]->() RETURN type(r) AS t, keys(r) AS k, properties(r) AS p, r")
    for row in edges:
        assert row["p"] == row["r"]
        assert set(row["k"]) == set(row["r"]) <= set(SCHEMA.relationships[row["t"]].properties)
    assert len(nodes) > 20
    assert len(edges) > 40


def test_a_named_query_is_printed_for_the_graph_alone(beside: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "graph.stores.neo4j.store.named_query", lambda name, params: ("MATCH (n) RETURN count(n) AS n", {})
    )
    assert beside.run("any") == [{"n": 5}]


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each question to the server brought back."""
    numbers: list[int] = []
    ask = Connection.rows

    def count(self: Connection, cypher: str, *args: Any, **options: Any) -> list[dict[str, Any]]:
        found = ask(self, cypher, *args, **options)
        numbers.append(len(found))
        return found

    monkeypatch.setattr(Connection, "rows", count)
    return numbers


def test_a_write_reads_what_it_touches_and_the_digest_reads_one_row(
    neo4j_store: Neo4jStore, rows_read: list[int]
) -> None:
    neo4j_store.write(papers(1500))
    small = [
        [Author(id="author:new", name="A. New")],
        [Reference(paper_id="doi:10/7", cited_id="doi:10/1400")],
        [Paper(id="doi:10/7", title="another title", author_ids=("author:new",))],
        [Tombstone(target_record="Paper", target_id="doi:10/1400")],
    ]
    neo4j_store.digest()  # the first question also asks whether the graph is whole
    for records in small:
        rows_read.clear()
        before = neo4j_store.digest()
        assert rows_read == [1]
        assert neo4j_store.write(records)["unchanged"] == 0
        assert neo4j_store.digest() != before
        assert sum(rows_read) < 200, "3,000 nodes and edges are there"


def graph_digest(connection: Connection) -> str:
    """From scratch, of what the graph itself holds."""
    labels = "|".join(SCHEMA.nodes)
    nodes = connection.rows(f"MATCH (n:{labels}) RETURN labels(n)[0] AS label, n")
    edges = connection.rows(
        "MATCH (a)-[r]->(b) RETURN labels(a)[0] AS start, a.id AS a, type(r) AS t, labels(b)[0] AS end, b.id AS b, r"
    )
    drawn = [Edge(row["t"], (row["start"], row["a"]), (row["end"], row["b"]), row["r"]) for row in edges]
    facts = [(Node(row["label"], row["n"]).key, fact_digest(row["n"])) for row in nodes]
    facts += [(edge.key, fact_digest(edge.properties)) for edge in drawn]
    return digest_of_rows(facts)


def test_the_digest_agrees_with_the_graph_when_a_load_was_killed(empty: Address) -> None:
    with start_load(empty) as process:
        assert process.stdout is not None
        for _ in range(2):
            assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    connection = Connection(empty.url, empty.login)
    state = GraphState.read(connection)
    assert state.counts["Paper"] == connection.rows("MATCH (p:Paper) RETURN count(p) AS n")[0]["n"] >= 2000
    assert state.digest == graph_digest(connection)
    connection.close()


def test_a_rebuild_that_was_cut_off_is_not_taken_for_a_graph(
    neo4j_store: Neo4jStore, empty: Address, field: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    neo4j_store.write(field)
    whole = neo4j_store.digest()

    def cut(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writer, "changes_of", cut)
        with pytest.raises(KeyboardInterrupt):
            neo4j_store.write(field, replace=True)
    with pytest.raises(StoreUnavailable, match="graph rebuild"):
        Neo4jStore(empty.url, empty.login, read_only=True)
    with pytest.raises(StoreUnavailable, match="was cut off"):
        neo4j_store.write(field)
    neo4j_store.write(field, replace=True)
    assert neo4j_store.digest() == whole == graph_digest(neo4j_store._connection)


def test_a_graph_of_version_0_1_is_replaced_by_a_rebuild(
    neo4j_store: Neo4jStore, field: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = neo4j_store._connection
    connection.write([("CREATE (:Paper {id: 'doi:10.1/one', _owner: 'Paper|doi:10.1/one', _fact: 'f'})", ())])
    connection.write([("CREATE (:Model {id: 'model:old', _owner: 'Model|model:old', _fact: 'f'})", ())])
    monkeypatch.setattr("graph.stores.neo4j.indexes.built_by", lambda _: "biorxivist_text_of_version_0_1")
    with pytest.raises(StoreUnavailable, match="another version"):
        neo4j_store.write(field)
    neo4j_store.write(field, replace=True)
    assert GraphState.read(connection).digest == graph_digest(connection)


def test_an_entry_is_found_by_at_most_one_shared_edge() -> None:
    owned = owned_rows(small_field())
    shared = {owner: [e for e in rows.edges if Entry.of(owner, rows).is_shared(e)] for owner, rows in owned.items()}
    assert {owner.partition("|")[0] for owner, edges in shared.items() if edges} == {"Reference", "Relation"}
    assert max(map(len, shared.values())) == 1
    edges = [edge for record in small_field() if isinstance(record, Reference) for edge in edge_rows(record)]
    with pytest.raises(ValueError, match="found by one"):
        Entry.of("Other|x", Owned((), edges)).properties()
