"""What a server knows of each record: an entry beside the graph, and how it is kept.

The nodes and relationships of the graph carry nothing but their properties. What a writer has to know (which record
owns which rows, which edges wait for a node) stands in nodes of other labels, which begin with an underscore and have
no relationships. So no path leads there, and a query never meets them, because a node pattern without a label is
printed with the labels of the schema (``graph.cypher.neo4j``).

``_Record``
    One for each record that owns rows: ``id`` is its owner name, ``fact`` a hash of all its rows, ``holds`` whether it
    owns a node, ``nodes`` and ``edges`` the rows as JSON, ``shared`` the hash of an edge that other records may own.
    ``stale`` while a rebuild has not come to it yet.
``_Waiting``
    One for each node that is not there and record with an edge to it: ``end`` and ``owner``.
``_State``
    One: the digest, the number of rows and of waiting edges, written with each batch.
``_Embedding``
    One for each node with a vector: ``id`` and ``vector``.
``_Writer``
    While a write goes on (``lease``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

from graph.records import canonical_json
from graph.rows import Edge, fact_digest
from graph.schema import SCHEMA
from graph.stores.neo4j.connection import Connection
from graph.stores.ownership import Owned, possible_owners

__all__ = ["Entries", "Entry", "StoredNode", "batched", "edge_hash", "keys_in"]

T = TypeVar("T")

IDS_IN_A_QUERY = 5000
COLUMNS = "r.id AS owner, r.nodes AS nodes, r.edges AS edges, r.fact AS fact"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class StoredNode:
    """A node as its owner knows it."""

    fact: str
    row: Row | None
    """Its properties; None in an entry that was read back, except where another owner may decide about the node."""


@dataclass(frozen=True)
class Entry:
    """The rows of one record."""

    owner: str
    nodes: Mapping[str, StoredNode]
    edges: Mapping[str, Edge]

    @classmethod
    def of(cls, owner: str, owned: Owned) -> Entry:
        """Entry of a record that is to be written."""
        nodes = {node.key: StoredNode(fact_digest(node.row), node.row) for node in owned.nodes}
        return cls(owner, nodes, {edge.key: edge for edge in owned.edges})

    @classmethod
    def read(cls, row: Row) -> Entry:
        """Entry from the properties of its node."""
        nodes = {key: StoredNode(fact, node) for key, fact, node in json.loads(row["nodes"])}
        edges = (
            Edge(kind, (start, a), (end, b), properties)
            for kind, start, a, end, b, properties in json.loads(row["edges"])
        )
        return cls(row["owner"], nodes, {edge.key: edge for edge in edges})

    @cached_property
    def fact(self) -> str:
        """Hash of all its rows: two entries with one hash have the same rows."""
        nodes = sorted((key, node.fact) for key, node in self.nodes.items())
        edges = sorted((key, fact_digest(edge.properties)) for key, edge in self.edges.items())
        return hashlib.sha256(canonical_json([nodes, edges]).encode()).hexdigest()

    def is_shared(self, edge: Edge) -> bool:
        """Whether other records may own this edge too: only if it does not touch the node that is this record."""
        return self.owner not in (edge.start_key, edge.end_key)

    def properties(self) -> dict[str, Any]:
        """Properties of the node that keeps it.

        Raises
        ------
        ValueError
            If it owns two edges that other records may own; ``shared`` finds one.
        """
        shared = [key for key, edge in self.edges.items() if self.is_shared(edge)]
        if len(shared) > 1:
            msg = f"{self.owner} owns {len(shared)} edges between other nodes; entries are found by one."
            raise ValueError(msg)
        # A record that is a node itself decides about it, so that its properties are never needed here.
        nodes = [[key, node.fact, None if key == self.owner else node.row] for key, node in self.nodes.items()]
        edges = [[edge.type, *edge.start, *edge.end, edge.properties] for edge in self.edges.values()]
        return {
            "id": self.owner,
            "fact": self.fact,
            "holds": bool(nodes),
            "nodes": canonical_json(nodes),
            "edges": canonical_json(edges),
            "shared": edge_hash(shared[0]) if shared else None,
        }


class Entries:
    """The entries on a server, looked up for a few records at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, owners: Iterable[str]) -> dict[str, Entry]:
        """Entries of these owners; those that the server does not know are left out."""
        return self._read(f"MATCH (r:_Record) WHERE r.id IN $ids AND r.stale IS NULL RETURN {COLUMNS}", owners)

    def facts(self, owners: Iterable[str]) -> dict[str, str]:
        """Owner -> hash of its rows, for those that the server knows."""
        query = "MATCH (r:_Record) WHERE r.id IN $ids AND r.stale IS NULL RETURN r.id AS owner, r.fact AS fact"
        return {row["owner"]: row["fact"] for row in self._rows(query, owners)}

    def sharing(self, edge_keys: Iterable[str]) -> dict[str, Entry]:
        """Entries of all records that own one of these shared edges."""
        hashes = map(edge_hash, edge_keys)
        return self._read(f"MATCH (r:_Record) WHERE r.shared IN $ids AND r.stale IS NULL RETURN {COLUMNS}", hashes)

    def present(self, node_keys: Iterable[str]) -> set[str]:
        """Which of these nodes are in the graph: those that some record owns."""
        keys = set(node_keys)
        names = {owner: key for key in keys for owner in possible_owners(key)}
        query = "MATCH (r:_Record) WHERE r.id IN $ids AND r.stale IS NULL AND r.holds RETURN r.id AS owner"
        return {names[row["owner"]] for row in self._rows(query, names)}

    def waiting_for(self, node_keys: Iterable[str]) -> set[str]:
        """Owners of the edges that wait for one of these nodes."""
        return {
            row["owner"]
            for row in self._rows("MATCH (w:_Waiting) WHERE w.end IN $ids RETURN w.owner AS owner", node_keys)
        }

    def around(self, node_keys: Iterable[str]) -> dict[str, Entry]:
        """Entries of the records that own a relationship of one of these nodes."""
        owners: set[str] = set()
        shared: set[str] = set()
        for label, ids in _by_label(node_keys).items():
            query = (
                f"MATCH (n:{label})-[r]-(m) WHERE n.id IN $ids RETURN type(r) AS type, r AS properties, "
                "labels(startNode(r)) AS starts, startNode(r).id AS a, labels(endNode(r)) AS ends, endNode(r).id AS b"
            )
            for row in self._rows(query, ids):
                if (edge := _edge(row)) is not None:
                    owners |= {edge.start_key, edge.end_key}
                    shared.add(edge.key)
        return {**self.of(owners), **self.sharing(shared)}

    def _read(self, query: str, ids: Iterable[str]) -> dict[str, Entry]:
        return {row["owner"]: Entry.read(row) for row in self._rows(query, ids)}

    def _rows(self, query: str, ids: Iterable[str]) -> Iterator[Row]:
        for some in batched(sorted(set(ids)), IDS_IN_A_QUERY):
            yield from self._connection.rows(query, {"ids": some}, patient=True)


def keys_in(nodes: str) -> list[str]:
    """Keys of the nodes of an entry, from the property ``nodes``."""
    return [key for key, *_ in json.loads(nodes)]


def edge_hash(key: str) -> str:
    """A short name of an edge: its key may be longer than an index takes."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size`` values."""
    stream = iter(values)
    while batch := list(islice(stream, size)):
        yield batch


def _by_label(node_keys: Iterable[str]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for key in node_keys:
        label, _, node_id = key.partition("|")
        ids.setdefault(label, []).append(node_id)
    return ids


def _edge(row: Row) -> Edge | None:
    """A relationship as an edge; None for one that people drew to nodes of their own."""
    start, end = (next((label for label in row[side] if label in SCHEMA.nodes), "") for side in ("starts", "ends"))
    relationship = SCHEMA.relationships.get(row["type"])
    if relationship is None or (start, end) not in relationship.pairs:
        return None
    return Edge(row["type"], (start, row["a"]), (end, row["b"]), row["properties"])
