"""What every store promises: one body for the embedded store and the server (marker ``server``)."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graph.archive import Archive
from graph.errors import (
    StoreClosed,
    StoreError,
    StoreUnavailable,
)
from graph.load import load, rebuild
from graph.records import Author, Model, Paper, Passage, Record, Reference, Relation, Tombstone
from graph.rows import edge_rows, node_rows
from graph.schema import SCHEMA
from graph.stores.base import Store
from tests.graph.conftest import Opener, small_field


def test_a_store_that_was_never_built_says_how_to_build_it(open_any: Opener) -> None:
    open_any.forget()
    with pytest.raises(StoreUnavailable, match="biorxivist graph rebuild"):
        open_any().run("papers")
    with pytest.raises(StoreUnavailable, match="never been built"):
        open_any(read_only=True)
    open_any().ensure_schema()
    assert open_any(read_only=True).run("papers") == []


def test_every_node_and_edge_of_the_records_is_in_the_graph(open_any: Opener, field: list[Record]) -> None:
    store = open_any()
    counts = store.write(field)
    nodes = {node.key for record in field for node in node_rows(record)}
    edges = {edge.key for record in field for edge in edge_rows(record)}
    assert (counts["nodes"], counts["edges"], counts["missing_endpoints"]) == (len(nodes), len(edges), 0)
    assert (counts["records"], counts["removed"]) == (len(field), 0)
    assert store.query("MATCH (n) RETURN count(n) AS n") == [{"n": len(nodes)}]
    assert store.query("MATCH ()-[r]->() RETURN count(r) AS n") == [{"n": len(edges)}]


def test_the_same_records_again_change_nothing(open_any: Opener, field: list[Record]) -> None:
    store = open_any()
    store.write(field)
    before = store.digest()
    counts = load(store, field)
    assert (counts["nodes"], counts["edges"], counts["removed"], counts["unchanged"]) == (0, 0, 0, len(field))
    assert store.digest() == before


def test_many_loads_in_any_order_leave_the_graph_of_one_load(open_any: Opener, field: list[Record]) -> None:
    store = open_any()
    store.write(field)
    whole = store.digest()
    store.write((), replace=True)
    assert store.query("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
    shuffled = random.Random(1).sample(field, len(field))
    for first in range(0, len(shuffled), 12):
        counts = store.write(shuffled[first : first + 12])
    assert counts["missing_endpoints"] == 0
    assert store.digest() == whole


def test_an_edge_waits_for_its_end_and_is_never_dangling(open_any: Opener, field: list[Record]) -> None:
    store = open_any()
    models = [record for record in field if isinstance(record, Model)]
    assert store.write([record for record in field if record not in models])["missing_endpoints"] > 0
    assert store.query("MATCH ()-[r:OF]->() RETURN count(r) AS n") == [{"n": 0}]
    assert store.write(models)["missing_endpoints"] == 0
    (row,) = store.query("MATCH ()-[r:OF]->() RETURN count(r) AS n")
    assert row["n"] > 0


def test_a_changed_record_takes_its_old_edges_and_values_with_it(open_any: Opener) -> None:
    ada, bob = Author(id="author:ada", name="Ada"), Author(id="author:bob", name="Bob")
    paper = Paper(id="doi:10/p", title="T", author_ids=(ada.id, bob.id), venue="Journal", dois=("10/p",))
    store = open_any()
    store.write([ada, bob, paper])
    store.write([paper.model_copy(update={"author_ids": (bob.id,), "venue": None, "dois": ()})])
    asked = "MATCH (a:Author)-[w:WROTE]->(p:Paper) RETURN a.name AS a, w.position AS w, p.venue AS v, p.dois AS d"
    assert store.query(asked) == [{"a": "Bob", "w": 1, "v": None, "d": None}]


def test_a_reference_that_is_resolved_loses_its_stub(open_any: Opener) -> None:
    one, two = Paper(id="doi:10/1", title="One"), Paper(id="doi:10/2", title="Two")
    unresolved = Reference(paper_id=two.id, key="1", text="One.")
    store = open_any()
    for reference, number in ((unresolved, 3), (unresolved.model_copy(update={"cited_id": one.id}), 2)):
        store.write([one, two, reference])
        assert store.query("MATCH (p:Paper) RETURN count(p) AS n") == [{"n": number}]
        assert store.query("MATCH ()-[r:CITES]->() RETURN count(r) AS n") == [{"n": 1}]


def test_two_records_that_make_one_edge_keep_it_until_both_are_gone(open_any: Opener) -> None:
    papers = [Paper(id="doi:10/1", title="One"), Paper(id="doi:10/2", title="Two")]
    twice = [Reference(paper_id="doi:10/2", cited_id="doi:10/1", key=key) for key in "ab"]
    store = open_any()
    store.write([*papers, twice[0]])
    store.write([twice[1]])
    for reference, left in zip(twice, (1, 0), strict=True):
        store.write([Tombstone(target_record="Reference", target_id=reference.id)])
        assert store.query("MATCH ()-[r:CITES]->() RETURN count(r) AS n") == [{"n": left}]


def test_a_tombstone_removes_node_edges_and_text_and_the_record_can_come_back(
    open_any: Opener, field: list[Record]
) -> None:
    store = open_any()
    store.write(field)
    digest, paper = store.digest(), field[1]
    assert store.search("helps")
    assert store.write([Tombstone(target_record="Paper", target_id=paper.id)])["missing_endpoints"] > 0
    assert store.search("helps") == []
    assert store.run("paper_claims", paper=paper.id) == []
    assert store.write([paper])["missing_endpoints"] == 0
    assert store.digest() == digest


def test_a_relation_that_changes_its_kind_is_one_edge(open_any: Opener, field: list[Record]) -> None:
    store = open_any()
    store.write(field)
    old = next(record for record in field if isinstance(record, Relation) and record.relation == "contradicts")
    store.write([old.model_copy(update={"relation": "agrees"})])
    asked = "MATCH (:Claim)-[r:AGREES_WITH|CONTRADICTS]->(:Claim) RETURN type(r) AS t"
    assert store.query(asked) == [{"t": "AGREES_WITH"}]
    store.write([old.model_copy(update={"relation": "not_comparable"})])
    assert store.query(asked) == []


def test_ragged_rows_empty_lists_and_odd_text_survive(open_any: Opener) -> None:
    models = [
        Model(id="model:a", name="nul\0 'quote' \"double\" `tick` \\ é 漢 😀 $x"),
        Model(id="model:b", name="b", aliases=(), parameters=None),
        Model(id="model:c", name="c", aliases=("x", "it's"), parameters=2**62),
    ]
    store = open_any()
    store.write(models)
    rows = store.query("MATCH (m:Model) RETURN m.name AS n, m.aliases AS a, m.parameters AS p ORDER BY m.id")
    assert [list(row.values()) for row in rows] == [
        [models[0].name, None, None], ["b", None, None], ["c", ["x", "it's"], 2**62],
    ]  # fmt: skip


def test_a_failing_stream_of_records_keeps_the_graph(open_any: Opener, field: list[Record]) -> None:
    def records() -> Iterator[Record]:
        yield from field[:10]
        raise KeyError

    store = open_any()
    store.ensure_schema()
    before = store.digest()
    with pytest.raises(KeyError):
        store.write(records())
    assert store.digest() == before
    with pytest.raises(StoreError, match="parameters = 9999999999999999999999 is not of the type INT64"):
        store.write([Model(id="model:b", name="b"), Model(id="model:c", name="c", parameters=9999999999999999999999)])
    assert store.digest() == before
    assert store.write(field)["records"] == len(field)


def test_a_rebuild_from_the_archive_is_the_same_graph(open_any: Opener, field: list[Record], tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.append(field, writer="w")
    store = open_any()
    store.write(reversed(field))
    before = store.digest()
    store.write([Model(id="model:only_here", name="not in the archive")])
    counts = rebuild(archive, open_any.url, login=open_any.login)
    assert counts["records"] == len(field)
    assert store.digest() == before
    assert store.search("rises")


def test_another_store_object_finds_what_was_written(open_any: Opener, field: list[Record]) -> None:
    first = open_any()
    first.write(field)
    digest = first.digest()
    first.close()
    again = open_any(read_only=True)
    assert again.digest() == digest
    assert again.run("papers")
    with pytest.raises(StoreUnavailable, match="opened read-only"):
        again.write(field)


def test_a_store_that_was_closed_answers_nothing_and_says_so(open_any: Opener, field: list[Record]) -> None:
    with open_any() as store:
        store.write(field)
    calls = (
        lambda: store.run("papers"), lambda: store.query("MATCH (p:Paper) RETURN p.id"), lambda: store.digest(),
        lambda: store.search("rises"), lambda: store.similar([1.0]), lambda: store.write(field),
        lambda: store.ensure_schema(), lambda: store.write_vectors(["a"], np.ones((1, 2))),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(StoreClosed, match="was closed"):
            call()
    store.close()


def test_a_store_of_another_version_asks_for_a_rebuild(
    open_any: Opener, field: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_any().write(field)
    with monkeypatch.context() as patch:
        patch.setattr("graph.schema.Schema.fingerprint", lambda self: "0" * 64)
        store = open_any()
        with pytest.raises(StoreUnavailable, match="another version"):
            store.run("papers")
        with pytest.raises(StoreUnavailable, match="another version"):
            store.write(field)
        store.write(field, replace=True)
        assert store.run("papers")
    with pytest.raises(StoreUnavailable, match="another version"):
        open_any(read_only=True).run("papers")


def test_progress_counts_records_and_then_what_is_written(open_any: Opener, field: list[Record]) -> None:
    calls: list[tuple[int, int, str]] = []
    open_any().write(field, progress=lambda *call: calls.append(call))
    assert (len(field), len(field), "records") in calls
    assert calls[-1][2] == "edges"


def test_vectors_are_ranked_by_cosine_and_survive_a_rebuild(open_any: Opener, field: list[Record]) -> None:
    store = open_any()
    store.write(field)
    with pytest.raises(StoreUnavailable, match="no vectors"):
        store.similar([1.0, 0.0])
    paper = field[1].id
    store.write_vectors(["model:pca", "model:masked", paper], np.array([[-1, 0.0], [3.0, 3.0], [0, 2.0]]))
    ranked = store.similar([5.0, 0.0])
    assert [row["id"] for row in ranked] == ["model:masked", paper, "model:pca"]
    assert [row["score"] for row in ranked] == pytest.approx([0.5**0.5, 0.0, -1.0], abs=1e-5)
    store.write(field, replace=True)
    assert [row["id"] for row in store.similar([5.0, 0.0], 2)] == ["model:masked", paper]
    with pytest.raises(StoreError, match="cannot be compared"):
        store.similar([1.0, 0.0, 0.0])
    with pytest.raises(StoreError, match="length 0"):
        store.write_vectors(["model:pca"], np.zeros((1, 2)))
    store.write_vectors(["model:pca"], np.array([[1.0, 0.0, 0.0]]))
    assert [row["id"] for row in store.similar([1.0, 0.0, 0.0])] == ["model:pca"]


def test_readers_go_on_while_one_writes(open_any: Opener) -> None:
    writer = open_any()
    writer.write([Model(id="model:0", name="0")])
    reader = open_any(read_only=True)
    others = [reader, reader, open_any(read_only=True)]
    stop, seen, problems = threading.Event(), set[int](), list[BaseException]()

    def read(store: Store) -> None:
        try:
            while not stop.is_set():
                names = {row["title"] for row in store.run("models")}
                assert names == {str(number) for number in range(len(names))}
                seen.add(len(names))
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            problems.append(error)

    threads = [threading.Thread(target=read, args=(store,)) for store in others]
    for thread in threads:
        thread.start()
    for number in range(1, 5):
        writer.write([Model(id=f"model:{number}", name=str(number))])
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert max(seen) > 1
    assert len(reader.run("models")) == 5


def test_the_right_passage_is_among_the_first_five(open_any: Opener) -> None:
    topics = {
        "zebrafish heart": "Regenerating zebrafish hearts grow new muscle cells after an injury.",
        "masked gene models": "A transformer that predicts masked genes learns cell types without labels.",
        "saturation of corpora": "Beyond one percent of the corpus, more cells bring no better annotation.",
        "batch effects": "Integration methods remove batch effects between laboratories.",
    }
    passages = [
        Passage(paper_id="doi:10/1", version_id="doi:10/1v1", section=name, text=text, end=len(text))
        for name, text in topics.items()
    ]
    fill = [f"Filler number {i} about cells, corpora and labels in experiment {i % 7}." for i in range(60)]
    others = [
        Passage(paper_id="doi:10/1", version_id="doi:10/1v1", section=f"f{i}", text=text, end=len(text))
        for i, text in enumerate(fill)
    ]
    store = open_any()
    store.write([Paper(id="doi:10/1", title="All of it"), *passages, *others])
    questions = (
        "Which hearts regenerate after injuries?", "what is learned by predicting masked genes",
        "does annotation improve with more percent of the corpus?", "removing batch effects of a laboratory",
    )  # fmt: skip
    for question, passage in zip(questions, passages, strict=True):
        assert passage.id in [hit["id"] for hit in store.search(question, 5)]


def test_the_sample_has_every_label_and_all_but_one_relationship() -> None:
    made = {edge.type for record in small_field() for edge in edge_rows(record)}
    assert made == set(SCHEMA.relationships) - {"AGREES_WITH"}
