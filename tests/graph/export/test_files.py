from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import GraphError
from graph.evidence.verdict import verdict_row
from graph.export.files import GRAPHML, Graph, graph_of, write_csv, write_graphml
from graph.records import Evidence, Model, Paper, Record, Tombstone
from graph.rows import Node
from graph.schema import SCHEMA
from graph.stores.ladybug.store import LadybugStore


@pytest.fixture
def graph(field: list[Record]) -> Graph:
    return graph_of(field)


def test_an_export_holds_what_a_store_of_the_same_records_holds(
    field: list[Record], graph: Graph, store_at: Callable[..., LadybugStore]
) -> None:
    store = store_at()
    store.write(field)
    for label in SCHEMA.nodes:
        stored = store.query(f"MATCH (n:`{label}`) RETURN n.id AS id ORDER BY id")
        assert [row["id"] for row in stored] == [node.row["id"] for node in graph.nodes.values() if node.label == label]
    for kind in SCHEMA.relationships:
        stored = store.query(f"MATCH ()-[r:`{kind}`]->() RETURN count(*) AS edges")
        assert stored[0]["edges"] == graph.counts().get(kind, 0)


def test_an_edge_without_an_end_is_left_out_and_counted(graph: Graph, field: list[Record]) -> None:
    without = graph_of([*field, Tombstone(target_record="Model", target_id="model:masked")])
    assert without.waiting > graph.waiting
    assert "OF" not in without.counts()
    assert "Model|model:masked" not in without.nodes


def test_of_two_records_with_one_id_the_later_counts() -> None:
    graph = graph_of([Model(id="model:x", name="Old"), Model(id="model:x", name="New")])
    assert [node.row["name"] for node in graph.nodes.values()] == ["New"]


def test_networkx_reads_the_same_graph_back_from_graphml(graph: Graph, tmp_path: Path) -> None:
    write_graphml(graph, tmp_path / "graph.graphml")
    read = nx.read_graphml(tmp_path / "graph.graphml")
    assert set(read.nodes) == set(graph.nodes)
    assert Counter(data["type"] for _, _, data in read.edges(data=True)) == Counter(
        edge.type for edge in graph.edges.values()
    )
    for key, node in graph.nodes.items():
        told = {name: value for name, value in node.row.items() if isinstance(value, str | int | float)}
        assert read.nodes[key] | told == read.nodes[key]
        assert read.nodes[key]["node_label"] == node.label
    paper = read.nodes["Paper|doi:10.1/one"]
    assert paper["posted"] == "2024-12-13"
    assert json.loads(paper["dois"]) == ["10.1/one", "10.1/journal"]
    assert "venue" not in paper


def test_a_relationship_keeps_direction_and_properties_in_graphml(graph: Graph, tmp_path: Path) -> None:
    write_graphml(graph, tmp_path / "graph.graphml")
    read = nx.read_graphml(tmp_path / "graph.graphml")
    wrote = [(start, end, data) for start, end, data in read.edges(data=True) if data["type"] == "WROTE"]
    assert {(start.partition("|")[0], end.partition("|")[0]) for start, end, _ in wrote} == {("Author", "Paper")}
    assert [data["position"] for _, _, data in wrote] == [1, 1]


@given(title=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_survives_graphml_but_for_what_xml_cannot_hold(
    title: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "graph.graphml"
    write_graphml(graph_of([Paper(id=f"key:{title}", title=title)]), path)
    (node,) = ET.parse(path).getroot().iter(f"{{{GRAPHML}}}node")
    read = {data.get("key"): data.text for data in node}["node.title"]
    expected = "".join(c if c in "\t\n\r" or " " <= c < "\ufffe" or c > "\uffff" else "\ufffd" for c in title)
    assert read == expected
    assert node.get("id") == f"Paper|key:{expected}"


def test_csv_files_hold_every_node_and_relationship(graph: Graph, tmp_path: Path) -> None:
    write_csv(graph, tmp_path / "out")
    counts: Counter[str] = Counter()
    for path in (tmp_path / "out").glob("*/*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            counts[path.stem] = sum(1 for _ in csv.DictReader(stream))
    assert counts == graph.counts()


def test_a_csv_row_can_be_read_back(graph: Graph, tmp_path: Path) -> None:
    write_csv(graph, tmp_path / "out")
    papers = {row["id"]: row for row in rows_of(tmp_path / "out" / "nodes" / "Paper.csv")}
    assert papers["doi:10.1/one"]["title"] == "More data helps"
    assert json.loads(papers["doi:10.1/one"]["dois"]) == ["10.1/one", "10.1/journal"]
    assert papers["doi:10.1/one"]["verified"] == "true"
    assert papers["doi:10.1/two"]["posted"] == ""
    cites = rows_of(tmp_path / "out" / "relationships" / "CITES.csv")
    assert {(row["start"], row["start_label"], row["end_label"]) for row in cites} == {
        ("doi:10.1/two", "Paper", "Paper")
    }


def rows_of(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("write", [write_graphml, write_csv])
def test_the_same_records_in_another_order_give_the_same_bytes(
    write: Callable[[Graph, Path], None], field: list[Record], tmp_path: Path
) -> None:
    for name, records in (("one", field), ("two", field[::-1])):
        write(graph_of(records), tmp_path / name)
    one, two = ([path.read_bytes() for path in files(tmp_path / name)] for name in ("one", "two"))
    assert one == two


def files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())


@pytest.mark.parametrize("write", [write_graphml, write_csv])
def test_what_is_there_is_not_overwritten(write: Callable[[Graph, Path], None], graph: Graph, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.write_text("mine", encoding="utf-8")
    with pytest.raises(GraphError, match=r"kept is there already; name another place"):
        write(graph, place)
    assert place.read_text(encoding="utf-8") == "mine"


def test_an_export_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    class Unprintable:
        def __str__(self) -> str:
            msg = "no text"
            raise ValueError(msg)

    broken = Graph({"Model|m": Node("Model", {"id": "m", "name": Unprintable()})})
    for write, name in ((write_graphml, "a"), (write_csv, "b")):
        with pytest.raises(ValueError, match="no text"):
            write(broken, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GraphError, match=r"file/out cannot be written \((File exists|Not a directory)\)"):
        write_graphml(graph, tmp_path / "file" / "out")


def test_a_verdict_has_the_keys_of_its_one_shape_in_a_table_and_in_graphml(
    graph: Graph, field: list[Record], tmp_path: Path
) -> None:
    (evidence,) = (record for record in field if isinstance(record, Evidence))
    expected = verdict_row(evidence)
    write_csv(graph, tmp_path / "csv")
    with (tmp_path / "csv" / "nodes" / "Evidence.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert expected.keys() <= row.keys()
    assert row["sentence"] == expected["sentence"]
    assert json.loads(row["gates"] or "{}") == expected["gates"]
    write_graphml(graph, tmp_path / "graph.graphml")
    node = nx.read_graphml(tmp_path / "graph.graphml").nodes[f"Evidence|{evidence.id}"]
    assert node["sentence"] == expected["sentence"]
    assert node.keys() >= {name for name, value in expected.items() if value not in (None, [], {})}
