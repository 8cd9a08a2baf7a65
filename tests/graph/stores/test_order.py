"""The graph is a function of the last record of each id, whatever came before it and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.records import Author, Claim, Paper, Passage, Record, Reference, Relation, Tombstone
from graph.rows import Edge, Node, edge_rows, fact_digest, node_rows
from graph.stores.base import Store
from graph.stores.graph_digest import digest_of_rows
from graph.stores.ladybug.row_ledger import RowLedger
from graph.stores.open import open_store
from graph.stores.ownership import owned_rows, owner_name
from tests.graph.conftest import Opener
from tests.neo4j_server.shared import Address, wipe

PAPERS = ("doi:10/1", "doi:10/2", "ref:lost")
CLAIMS = ("claim:a", "claim:b", "claim:c")
AUTHORS = ("author:x", "author:y")

texts = st.sampled_from(["one", "two", "three"])
papers = st.builds(
    lambda name, title, authors: Paper(id=name, title=title, author_ids=tuple(authors)),
    st.sampled_from(PAPERS), texts, st.lists(st.sampled_from(AUTHORS), max_size=2),
)  # fmt: skip
authors = st.builds(lambda name, text: Author(id=name, name=text), st.sampled_from(AUTHORS), texts)
references = st.builds(
    lambda name, citing, cited, text: Reference(id=name, paper_id=citing, cited_id=cited, text=text),
    st.sampled_from(["ref:lost", "ref:b", "ref:c"]), st.sampled_from(PAPERS[:2]),
    st.one_of(st.none(), st.sampled_from(PAPERS)), texts,
)  # fmt: skip
passages = st.builds(
    lambda paper, text: Passage(id="passage:p", paper_id=paper, version_id=f"{paper}v1", text=text),
    st.sampled_from(PAPERS), texts,
)  # fmt: skip
claims = st.builds(
    lambda name, paper, text: Claim(
        id=name, paper_id=paper, version_id=f"{paper}v1", statement=text, kind="qualitative", source_url="u",
        location="l",
    ),
    st.sampled_from(CLAIMS), st.sampled_from(PAPERS), texts,
)  # fmt: skip
relations = st.builds(
    lambda name, pair, kind, reason: Relation(
        id=name, claim_id=pair[0], other_id=pair[1], relation=kind, reasons=(reason,), rule="r@1"
    ),
    st.sampled_from(["relation:1", "relation:2"]), st.sampled_from([CLAIMS[:2], CLAIMS[1:]]),
    st.sampled_from(["agrees", "contradicts", "differs_in_scope", "not_comparable"]), texts,
)  # fmt: skip
facts = st.one_of(papers, authors, references, passages, claims, relations)
tombstones = facts.map(lambda record: Tombstone(target_record=type(record).__name__, target_id=record.id))
histories = st.lists(st.one_of(facts, facts, tombstones), max_size=16)

Rows = list[tuple[str, str]]


def graph_of(records: Sequence[Record]) -> tuple[Rows, Rows]:
    """(key, fact) of the nodes and of the edges that these records should give, by the rules of the contracts alone."""
    last = {owner_name(record): record for record in records}
    nodes: dict[str, str] = {}
    edges: dict[str, str] = {}
    for _, record in sorted(last.items(), reverse=True):  # the first owner has the last word
        if not isinstance(record, Tombstone):
            nodes.update((node.key, fact_digest(node.row)) for node in node_rows(record))
    for _, record in sorted(last.items(), reverse=True):
        for edge in [] if isinstance(record, Tombstone) else edge_rows(record):
            if edge.start_key in nodes and edge.end_key in nodes:
                edges[edge.key] = fact_digest(edge.properties)
    return sorted(nodes.items()), sorted(edges.items())


def graph_in(store: Store) -> tuple[Rows, Rows]:
    """(key, fact) of what queries find in a store."""
    nodes = store.query("MATCH (n) RETURN labels(n)[0] AS label, n")
    edges = store.query(
        "MATCH (a)-[r]->(b) RETURN labels(a)[0] AS start, a.id AS a, type(r) AS type, labels(b)[0] AS end, b.id AS b, r"
    )
    found = [Edge(e["type"], (e["start"], e["a"]), (e["end"], e["b"]), e["r"]) for e in edges]
    return (
        sorted((Node(row["label"], row["n"]).key, fact_digest(row["n"])) for row in nodes),
        sorted((edge.key, fact_digest(edge.properties)) for edge in found),
    )


def another_order(records: Sequence[Record], seed: int) -> list[Record]:
    """The records shuffled, but for those of one id, of which the last counts."""
    queues: dict[str, list[Record]] = {}
    for record in records:
        queues.setdefault(owner_name(record), []).append(record)
    names = random.Random(seed).sample([owner_name(record) for record in records], len(records))
    return [queues[name].pop(0) for name in names]


def parts_of(records: Sequence[Record], cuts: Sequence[int]) -> list[Sequence[Record]]:
    places = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    return [records[first:last] for first, last in pairwise(places)]


def check_orders(store: Store, records: list[Record], seed: int, cuts: Sequence[int]) -> None:
    nodes, edges = graph_of(records)
    store.write(records, replace=True)
    assert graph_in(store) == (nodes, edges)
    assert store.digest() == digest_of_rows([*nodes, *edges])
    store.write((), replace=True)
    for part in parts_of(another_order(records, seed), cuts):
        store.write(part)
    assert graph_in(store) == (nodes, edges)
    assert store.digest() == digest_of_rows([*nodes, *edges])


in_any_order = given(histories, st.integers(0, 1000), st.lists(st.integers(0, 16), max_size=2))


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(f"ladybug:{tmp_path_factory.mktemp('order') / 'store'}") as store:
        yield store


@pytest.fixture(scope="module")
def server(address: Address) -> Iterator[Store]:
    wipe(address)
    with open_store(address.url, login=address.login) as store:
        yield store


@settings(max_examples=150, deadline=None)
@in_any_order
def test_the_ledger_of_the_embedded_graph_depends_on_no_order(
    records: list[Record], seed: int, cuts: list[int]
) -> None:
    nodes, edges = graph_of(records)
    ledger = RowLedger(Path(":memory:"))
    for part in parts_of(another_order(records, seed), cuts):
        ledger.stage(owned_rows(part))
        ledger.mark_ready()
        for _ in ledger.ready_edges(3):
            pass
    assert ledger.digest() == digest_of_rows([*nodes, *edges])
    ledger.abandon()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@in_any_order
def test_the_same_records_in_any_order_give_the_same_graph_and_digest(
    embedded: Store, records: list[Record], seed: int, cuts: list[int]
) -> None:
    check_orders(embedded, records, seed, cuts)


@pytest.mark.server
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@in_any_order
def test_the_same_records_in_any_order_give_the_same_graph_and_digest_on_a_server(
    server: Store, records: list[Record], seed: int, cuts: list[int]
) -> None:
    check_orders(server, records, seed, cuts)


def two_owners() -> tuple[list[Record], list[Relation]]:
    ends: list[Record] = [
        Paper(id="doi:10/1", title="t"),
        *(
            Claim(id=name, paper_id="doi:10/1", version_id="doi:10/1v1", statement="s", kind="qualitative",
                  source_url="u", location="l")
            for name in ("claim:a", "claim:b")
        ),
    ]  # fmt: skip
    return ends, [
        Relation(id=f"relation:{n}", claim_id="claim:a", other_id="claim:b", relation="agrees", rule=f"r@{n}")
        for n in (1, 2)
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_edge_of_two_records_has_the_properties_of_the_lower_id_until_that_one_goes(
    open_any: Opener, order: tuple[int, int]
) -> None:
    ends, relations = two_owners()
    store = open_any()
    store.write([*ends, relations[order[0]]])
    store.write([relations[order[1]]])
    rule = "MATCH ()-[r:AGREES_WITH]->() RETURN r.rule AS rule"
    assert store.query(rule) == [{"rule": "r@1"}]
    store.write([Tombstone(target_record="Relation", target_id="relation:1")])
    assert store.query(rule) == [{"rule": "r@2"}]
    store.write([Tombstone(target_record="Relation", target_id="relation:2")])
    assert store.query(rule) == []


def test_a_paper_decides_over_the_stub_of_its_id_and_leaves_it_behind(open_any: Opener) -> None:
    citing = Paper(id="doi:10/1", title="citing")
    stub = Reference(id="ref:lost", paper_id="doi:10/1", text="only cited")
    paper = Paper(id="ref:lost", title="read after all")
    title = "MATCH (:Paper)-[:CITES]->(p:Paper) RETURN p.title AS title, p.stub AS stub"
    known: list[dict[str, Any]] = [{"title": "read after all", "stub": False}]
    for order in ([stub, paper], [paper, stub]):
        store = open_any()
        store.write([citing], replace=True)
        for record in order:
            store.write([record])
        assert store.query(title) == known
        store.write([Tombstone(target_record="Paper", target_id="ref:lost")])
        assert store.query(title) == [{"title": "only cited", "stub": True}]
