"""The graph as files that other programs read: GraphML for network tools, CSV for tables.

An export is made from records, as a store is, so that it needs no engine, is whole, and is the same on every machine:
nodes sorted by label and id, edges by type and ends. As in a store, an edge stands only where both of its ends do.
A study as a research object is in :mod:`graph.export.crate`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from graph.errors import GraphError
from graph.records import Record, Tombstone, canonical_json
from graph.rows import Edge, Node, edge_rows, node_rows
from graph.schema import SCHEMA, PropertyType

__all__ = ["Graph", "fresh_file", "fresh_folder", "graph_of", "write_csv", "write_graphml"]

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
GRAPHML_TYPES: dict[PropertyType, str] = {"INT64": "long", "DOUBLE": "double", "BOOL": "boolean"}
"""Types that GraphML has; every other value is a string, a list its JSON text."""
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What an XML document cannot hold, not even escaped."""
CARRIAGE = {"\r": "&#13;"}
"""A parser reads a bare carriage return as a line feed."""


@dataclass(frozen=True)
class Graph:
    """Nodes and edges by key, sorted, and how many edges were left out because an end is missing."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)
    waiting: int = 0

    def counts(self) -> dict[str, int]:
        """Label or relationship type -> how many."""
        counted: dict[str, int] = {}
        for name in [node.label for node in self.nodes.values()] + [edge.type for edge in self.edges.values()]:
            counted[name] = counted.get(name, 0) + 1
        return counted


def graph_of(records: Iterable[Record]) -> Graph:
    """The graph that the records stand for; of two records with one id the later counts, a tombstone removes.

    Raises
    ------
    StoreError
        If a record does not fit the schema.
    """
    standing: dict[str, Record] = {}
    for record in records:
        if isinstance(record, Tombstone):
            standing.pop(f"{record.target_record}|{record.target_id}", None)
        else:
            standing[f"{type(record).__name__}|{record.id}"] = record
    nodes = {node.key: node for record in standing.values() for node in node_rows(record)}
    edges = {edge.key: edge for record in standing.values() for edge in edge_rows(record)}
    whole = {key: edge for key, edge in edges.items() if edge.start_key in nodes and edge.end_key in nodes}
    return Graph(dict(sorted(nodes.items())), dict(sorted(whole.items())), len(edges) - len(whole))


def write_graphml(graph: Graph, path: Path) -> None:
    """Write a GraphML file, as Gephi, Cytoscape, igraph and NetworkX read it.

    A node's id is ``Label|id`` and its label the property ``node_label`` (a version has a ``label`` of its own); an
    edge's type is ``type``. Characters that XML cannot hold (control characters out of papers) become U+FFFD.

    Raises
    ------
    GraphError
        If the file is there already or cannot be written.
    """
    with fresh_file(path) as stream:
        stream.writelines(_graphml(graph))


def _graphml(graph: Graph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<graphml xmlns="{GRAPHML}">\n'
    for domain, properties in (("node", _properties(SCHEMA.nodes)), ("edge", _edge_properties())):
        for name, kind in properties.items():
            kind_text = GRAPHML_TYPES.get(kind, "string")
            yield f'  <key id="{domain}.{name}" for="{domain}" attr.name="{name}" attr.type="{kind_text}"/>\n'
    yield '  <graph id="biorxivist" edgedefault="directed">\n'
    for node in graph.nodes.values():
        yield f"    <node id={_attribute(node.key)}>{_data('node', {'node_label': node.label, **node.row})}</node>\n"
    for edge in graph.edges.values():
        ends = f"source={_attribute(edge.start_key)} target={_attribute(edge.end_key)}"
        yield f"    <edge {ends}>{_data('edge', {'type': edge.type, **edge.properties})}</edge>\n"
    yield "  </graph>\n</graphml>\n"


def _properties(owners: Mapping[str, Mapping[str, PropertyType]]) -> dict[str, PropertyType]:
    """Every property of some owners; one name has one type in the whole schema."""
    named: dict[str, PropertyType] = {name: kind for owner in owners.values() for name, kind in owner.items()}
    return {"node_label": "STRING", **dict(sorted(named.items()))}


def _edge_properties() -> dict[str, PropertyType]:
    named = {
        name: kind for relationship in SCHEMA.relationships.values() for name, kind in relationship.properties.items()
    }
    return {"type": "STRING", **dict(sorted(named.items()))}


def _data(domain: str, row: Mapping[str, Any]) -> str:
    there = ((name, _text(value)) for name, value in row.items() if value is not None)
    return "".join(f'<data key="{domain}.{name}">{escape(_xml(text), CARRIAGE)}</data>' for name, text in there)


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(value: Any) -> str:
    """A value as text that a program reads back: ISO days, JSON lists, ``true`` and ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return canonical_json(value) if isinstance(value, list | tuple | dict) else str(value)


def write_csv(graph: Graph, folder: Path) -> None:
    """Write ``nodes/<Label>.csv`` and ``relationships/<TYPE>.csv``, UTF-8 with a header.

    A null is an empty field; a list is its JSON text. A relationship has the columns ``start_label``, ``start``,
    ``end_label`` and ``end``, then its properties. The text is what papers print, unaltered: a spreadsheet that takes
    a cell which begins with ``=`` for a formula should import the columns as text.

    Raises
    ------
    GraphError
        If the folder is there already or cannot be written.
    """
    with fresh_folder(folder) as made:
        for label, properties in SCHEMA.nodes.items():
            rows = [node.row for node in graph.nodes.values() if node.label == label]
            _write_table(made / "nodes" / f"{label}.csv", list(properties), rows)
        for kind, relationship in SCHEMA.relationships.items():
            columns = ["start_label", "start", "end_label", "end", *relationship.properties]
            edges = (edge for edge in graph.edges.values() if edge.type == kind)
            _write_table(made / "relationships" / f"{kind}.csv", columns, [_edge_row(edge) for edge in edges])


def _edge_row(edge: Edge) -> dict[str, Any]:
    (start_label, start), (end_label, end) = edge.start, edge.end
    return {"start_label": start_label, "start": start, "end_label": end_label, "end": end, **edge.properties}


def _write_table(path: Path, columns: list[str], rows: list[Any]) -> None:
    if not rows:
        return
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            values = (row.get(column) for column in columns)
            writer.writerow(["" if value is None else _text(value) for value in values])


@contextmanager
def fresh_file(path: Path) -> Iterator[IO[str]]:
    """A new text file that is there only once it is whole.

    Raises
    ------
    GraphError
        If it is there already or cannot be written.
    """
    _refuse_existing(path)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def fresh_folder(path: Path) -> Iterator[Path]:
    """A new folder that is there only once it is whole.

    Raises
    ------
    GraphError
        If it is there already or cannot be written.
    """
    import shutil

    _refuse_existing(path)
    part = path.with_name(f".{path.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        part.rename(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refuse_existing(path: Path) -> None:
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        msg = f"{path} is there already; name another place, or remove it first. Nothing was written."
        raise GraphError(msg)


def _unwritable(path: Path, error: OSError) -> GraphError:
    return GraphError(f"{path} cannot be written ({error.strerror or error}); name a place where you may write.")
