"""The ledger of a graph on a server: read from the graph itself, compared with it after records were staged.

A server has no file beside the graph. So each node carries the record that made it and a hash of its properties
(``_owner``, ``_fact``), each relationship the same in lists (two references can make one citation), and an edge whose
end is not there yet is a ``_Waiting`` node until it is. What the graph holds can then be read back from it, also after
a load that was cut off, and what has to be written is the difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from graph.records import canonical_json
from graph.rows import Edge
from graph.schema import SCHEMA
from graph.stores.ledger import PRESENT, READY, WAITING, Ledger

__all__ = ["EdgeRow", "NodeRow", "ServerLedger", "WaitingEdge"]

BEFORE = (
    "CREATE TABLE was_nodes(key TEXT PRIMARY KEY, owner TEXT NOT NULL, fact TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE was_edges(key TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL, a TEXT NOT NULL, "
    "b TEXT NOT NULL, data TEXT NOT NULL, fact TEXT NOT NULL, state INTEGER NOT NULL, PRIMARY KEY(key, owner)) "
    "WITHOUT ROWID",
)
TOGETHER = """
SELECT key, min(kind) AS kind, min(a) AS a, min(b) AS b, max(data) AS data, json_group_array(owner) AS owners,
       json_group_array(fact) AS facts
FROM (SELECT * FROM {table} WHERE state <> 0 ORDER BY key, owner) GROUP BY key
"""
"""Edges that are in the graph, each once, with all records that made it."""


class NodeRow(NamedTuple):
    """A node that has to be written: its key, and what it carries."""

    key: str
    owner: str
    fact: str


class EdgeRow(NamedTuple):
    """An edge that has to be written or removed."""

    type: str
    start: tuple[str, str]
    end: tuple[str, str]
    row: dict[str, Any]
    """Properties with ``_owners`` and ``_facts``, and the ids of the ends as ``_a`` and ``_b``."""


class WaitingEdge(NamedTuple):
    """An edge whose end is not there yet, as it is kept in the graph."""

    key: str
    owner: str
    kind: str
    a: str
    b: str
    data: str
    fact: str


class ServerLedger(Ledger):
    """A ledger in a temporary file, filled from a graph."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        for statement in BEFORE:
            self._db.execute(statement)

    def add_nodes(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take note of nodes in the graph: labels, id, owner, fact."""
        found = ((f"{_label(row['labels'])}|{row['id']}", row["owner"], row["fact"]) for row in rows)
        self._db.executemany("INSERT INTO was_nodes VALUES (?, ?, ?)", found)

    def add_edges(self, rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
        """Take note of relationships in the graph: type, starts, a, ends, b, owners, facts, properties.

        Returns
        -------
        (type, label, label) of those among which some were made by no load: without an owner, or there twice.
        Relationships that the schema does not know are somebody else's and passed over.
        """
        strange = set()
        for row in rows:
            kind = (row["type"], _label(row["starts"]), _label(row["ends"]))
            relationship = SCHEMA.relationships.get(kind[0])
            if relationship is None or kind[1:] not in relationship.pairs:
                continue
            edge = Edge(kind[0], (kind[1], row["a"]), (kind[2], row["b"]), row["properties"])
            place = ("|".join(kind), edge.start_key, edge.end_key, canonical_json(edge.properties))
            fresh = 0
            for owner, fact in zip(row["owners"] or (), row["facts"] or (), strict=False):
                values = (edge.key, owner, *place, fact, PRESENT)
                asked = "INSERT OR IGNORE INTO was_edges VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                fresh += self._db.execute(asked, values).rowcount
            if not fresh:
                strange.add(kind)
        return strange

    def add_waiting(self, rows: Iterable[WaitingEdge]) -> None:
        """Take note of edges that wait for an end."""
        values = ((*row, WAITING) for row in rows)
        self._db.executemany("INSERT OR REPLACE INTO was_edges VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def start(self, *, replace: bool) -> None:
        """Begin with what the graph holds, or with nothing if the graph is built anew."""
        if not replace:
            self._db.execute("INSERT INTO nodes SELECT * FROM was_nodes")
            self._db.execute("INSERT INTO edges SELECT * FROM was_edges")

    def settle(self) -> None:
        """Count the edges whose ends are there as part of the graph."""
        self.mark_ready()
        self._db.execute("UPDATE edges SET state = ? WHERE state = ?", (PRESENT, READY))

    def nodes_to_write(self, *, everything: bool) -> Iterator[NodeRow]:
        """Nodes that differ from the graph, or all of them."""
        asked = "SELECT n.key, n.owner, n.fact FROM nodes n LEFT JOIN was_nodes w ON w.key = n.key"
        if not everything:
            asked += " WHERE w.fact IS NOT n.fact OR w.owner IS NOT n.owner"
        for row in self._db.execute(f"{asked} ORDER BY n.key"):
            yield NodeRow(*row)

    def nodes_to_remove(self) -> Iterator[tuple[str, str]]:
        """(label, id) of nodes in the graph that no record stands for."""
        asked = "SELECT key FROM was_nodes WHERE key NOT IN (SELECT key FROM nodes) ORDER BY key"
        for (key,) in self._db.execute(asked):
            label, _, found = key.partition("|")
            yield label, found

    def edges_to_write(self, *, everything: bool) -> Iterator[EdgeRow]:
        """Edges whose ends are there and that differ from the graph, or all of them, by type and labels."""
        now, was = TOGETHER.format(table="edges"), TOGETHER.format(table="was_edges")
        # S608: constants
        asked = f"SELECT n.* FROM ({now}) n LEFT JOIN ({was}) w ON w.key = n.key"  # noqa: S608
        if not everything:
            asked += " WHERE w.owners IS NOT n.owners OR w.facts IS NOT n.facts"
        for row in self._db.execute(f"{asked} ORDER BY n.kind, n.a, n.b, n.key"):
            yield _edge(*row)

    def edges_to_remove(self) -> Iterator[EdgeRow]:
        """Edges in the graph that no record stands for, or that lose an end."""
        asked = (
            f"SELECT * FROM ({TOGETHER.format(table='was_edges')}) w WHERE NOT EXISTS "  # noqa: S608
            "(SELECT 1 FROM edges n WHERE n.key = w.key AND n.state <> 0) ORDER BY kind, a, b, key"
        )
        for row in self._db.execute(asked):
            yield _edge(*row)

    def waiting_to_write(self) -> Iterator[WaitingEdge]:
        """Edges that begin to wait."""
        yield from self._waiting("edges", "was_edges")

    def waiting_to_remove(self) -> Iterator[WaitingEdge]:
        """Edges that wait no longer."""
        yield from self._waiting("was_edges", "edges")

    def _waiting(self, here: str, there: str) -> Iterator[WaitingEdge]:
        asked = (
            f"SELECT key, owner, kind, a, b, data, fact FROM {here} WHERE state = 0 EXCEPT "  # noqa: S608
            f"SELECT key, owner, kind, a, b, data, fact FROM {there} WHERE state = 0 ORDER BY 1, 2"
        )
        for row in self._db.execute(asked):
            yield WaitingEdge(*row)


def _label(labels: Iterable[str]) -> str:
    """The label of ours among those of a node; people add their own."""
    return next((label for label in labels if label in SCHEMA.nodes), "")


def _edge(_key: str, kind: str, a: str, b: str, data: str, owners: str, facts: str) -> EdgeRow:
    name, start, end = kind.split("|")
    start_id, end_id = a.partition("|")[2], b.partition("|")[2]
    named = SCHEMA.relationships[name].properties
    known = {key: value for key, value in json.loads(data).items() if key in named}
    row = {**known, "_a": start_id, "_b": end_id, "_owners": json.loads(owners), "_facts": json.loads(facts)}
    return EdgeRow(name, (start, start_id), (end, end_id), row)
