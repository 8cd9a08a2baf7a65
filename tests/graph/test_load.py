from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.archive import Archive
from graph.errors import ArchiveError
from graph.load import edge_rows, load, node_rows, rebuild
from graph.records import Claim, Paper, Passage, Record, Reference, Relation, Tombstone, Version
from graph.rows import Edge, Node, fact_digest
from graph.schema import SCHEMA
from graph.stores.ladybug.row_ledger import RowLedger
from graph.stores.ladybug.store import LadybugStore
from graph.stores.ownership import Owned

Make = Callable[..., LadybugStore]


def test_every_relationship_type_is_made_by_some_record(field: list[Record]) -> None:
    made = {edge.type for record in field for edge in edge_rows(record)}
    assert made == set(SCHEMA.relationships) - {"AGREES_WITH"}


def test_a_claim_points_to_what_it_is_about_in_each_role(field: list[Record]) -> None:
    claim = next(record for record in field if isinstance(record, Claim))
    about = {(edge.properties["role"], *edge.end) for edge in edge_rows(claim) if edge.type == "ABOUT"}
    assert about == {
        ("subject", "Model", "model:masked"), ("comparator", "Model", "model:pca"),
        ("task", "Task", "task:annotation"), ("dataset", "Dataset", "dataset:blood"),
        ("metric", "Metric", "metric:macro_f1"),
        ("corpus", "Dataset", "dataset:corpus"),
    }  # fmt: skip


def test_one_model_in_two_roles_is_two_edges() -> None:
    claim = Claim(
        paper_id="doi:10/1", version_id="doi:10/1v1", statement="s", kind="comparison", subject_ids=("model:a",),
        comparator_ids=("model:a",), source_url="u", location="l",
    )  # fmt: skip
    assert len({edge.key for edge in edge_rows(claim) if edge.type == "ABOUT"}) == 2


def test_a_relation_goes_from_the_lower_to_the_higher_id() -> None:
    relation = Relation(claim_id="claim:a", other_id="claim:b", relation="agrees", rule="r@1")
    (edge,) = edge_rows(relation)
    assert (edge.type, edge.start, edge.end) == ("AGREES_WITH", ("Claim", "claim:a"), ("Claim", "claim:b"))
    assert list(edge_rows(relation.model_copy(update={"relation": "not_comparable"}))) == []


def test_an_unresolved_reference_is_a_stub_with_a_title() -> None:
    reference = Reference(paper_id="doi:10/1", key="3", text="Lost et al. 1999", doi="10/lost", year=1999)
    (node,) = node_rows(reference)
    assert node.label == "Paper"
    assert node.row["id"] == reference.id
    assert (node.row["stub"], node.row["title"], node.row["dois"]) == (True, "Lost et al. 1999", ["10/lost"])
    (edge,) = edge_rows(reference)
    assert edge.end == ("Paper", reference.id)


def test_no_paper_cites_or_discusses_itself() -> None:
    paper = "doi:10/1"
    assert not [*edge_rows(Reference(paper_id=paper, cited_id=paper, key="1"))]
    assert not [*edge_rows(Paper(id=paper, title="t", discusses_ids=(paper,)))]
    assert len([*edge_rows(Reference(paper_id=paper, cited_id="doi:10/2", key="1"))]) == 1


def test_null_absent_and_empty_are_one_fact() -> None:
    assert fact_digest({"id": "x", "a": None, "b": []}) == fact_digest({"id": "x"})
    assert fact_digest({"id": "x", "a": 0}) != fact_digest({"id": "x"})


def test_the_archive_rebuilds_the_same_graph_wherever_it_is(
    tmp_path: Path, store_at: Make, field: list[Record]
) -> None:
    archive = Archive(tmp_path / "archive")
    archive.append(field, writer="w")
    store = store_at()
    load(store, reversed(field))
    calls: list[tuple[int, int, str]] = []
    counts = rebuild(archive, f"ladybug:{tmp_path / 'other'}", progress=lambda *call: calls.append(call))
    assert counts["records"] == len(field)
    assert (len(field), len(field), "records") in calls
    assert store_at("other").digest() == store.digest()


def test_a_tombstone_in_the_archive_reaches_a_store_that_is_loaded_and_one_that_is_rebuilt(
    tmp_path: Path, store_at: Make, field: list[Record]
) -> None:
    archive, store = Archive(tmp_path / "archive"), store_at()
    archive.append(field, writer="w")
    load(store, archive.read())
    archive.append([Tombstone(target_record="Paper", target_id=field[1].id)], writer="w")
    load(store, archive.read())
    rebuild(archive, f"ladybug:{tmp_path / 'other'}")
    assert store.digest() == store_at("other").digest()
    assert store.counts()["Paper"] == 2


def test_a_corrupt_archive_line_stops_the_load_and_keeps_the_graph(
    tmp_path: Path, store_at: Make, field: list[Record]
) -> None:
    archive, store = Archive(tmp_path / "archive"), store_at()
    archive.append(field, writer="w")
    load(store, archive.read())
    before = store.digest()
    with (tmp_path / "archive" / "Claim" / "w.jsonl").open("a", encoding="utf-8") as file:
        file.write("{broken}\n")
    archive = Archive(tmp_path / "archive")
    with pytest.raises(ArchiveError, match=r"Claim/w\.jsonl, line 4"):
        load(store, archive.read())
    with pytest.raises(ArchiveError, match="Nothing was loaded"):
        rebuild(archive, store.url)
    assert store.digest() == before


ids = st.sampled_from(["1", "2", "3"])
papers = st.builds(lambda i, t: Paper(id=f"doi:10/{i}", title=t), ids, st.sampled_from(["a", "b"]))
versions = st.builds(lambda i, n: Version(paper_id=f"doi:10/{i}", label=n), ids, st.sampled_from(["1", "2"]))
passages = st.builds(lambda i: Passage(paper_id=f"doi:10/{i}", version_id=f"doi:10/{i}v1", text="t"), ids)
references = st.builds(
    lambda i, j: Reference(paper_id=f"doi:10/{i}", key=j or "0", cited_id=f"doi:10/{j}" if j else None),
    ids, st.one_of(st.none(), ids),
)  # fmt: skip
tombstones = st.builds(lambda i: Tombstone(target_record="Paper", target_id=f"doi:10/{i}"), ids)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(loads=st.lists(st.lists(st.one_of(papers, versions, passages, references, tombstones), max_size=6), max_size=4))
def test_many_loads_leave_what_one_load_of_the_outcome_would(
    loads: list[list[Record]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The ledger alone (the graph follows it): no edge is lost, left over or dangling, whatever the order."""
    folder = tmp_path_factory.mktemp("ledger")

    def feed(name: str, batches: list[list[Record]]) -> tuple[str, dict[str, int], Counter[str]]:
        ledger = RowLedger(folder / name)
        graph: Counter[str] = Counter()
        for batch in batches:
            owned = {}
            for record in batch:
                if isinstance(record, Tombstone):
                    owned[f"{record.target_record}|{record.target_id}"] = Owned()
                else:
                    owned[f"{type(record).__name__}|{record.id}"] = Owned(
                        list[Node](node_rows(record)), list[Edge](edge_rows(record))
                    )
            changes = ledger.stage(owned)
            for edge in changes.gone_edges:
                graph.pop(f"{edge.type}{edge.start}{edge.end}", None)
            for label, node_id in changes.gone_nodes:
                for key in [key for key in graph if str((label, node_id)) in key]:
                    graph.pop(key)
            ledger.mark_ready()
            for edges in ledger.ready_edges(2):
                graph.update({f"{edge.type}{edge.start}{edge.end}": 1 for edge in edges})
        found = ledger.digest(), ledger.counts()
        ledger.close()
        again = RowLedger(folder / name)
        assert (again.digest(), again.counts()) == found
        again.abandon()
        return *found, +Counter(dict.fromkeys(graph, 1))

    final: dict[str, Record] = {}
    for record in (record for batch in loads for record in batch):
        if isinstance(record, Tombstone):
            final.pop(f"{record.target_record}|{record.target_id}", None)
        else:
            final[f"{type(record).__name__}|{record.id}"] = record
    many, once = feed("many", loads), feed("once", [list(final.values())])
    assert many == once
