"""What the graph holds, row by row: which record owns a row, and a hash of it.

The ledger stands beside the graph in the same generation. It finds the few rows that a load changes (so that loading
the same archive again changes nothing), removes the edges of a record that changed or went, keeps the edges whose
ends are not there yet, and gives the digest of the whole.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from graph.records import Record, Tombstone, canonical_json
from graph.rows import Edge, Node, edge_rows, fact_digest, node_rows

__all__ = ["Changes", "Ledger", "Owned", "StoredEdge", "owned_rows"]

TABLES = """
CREATE TABLE IF NOT EXISTS nodes(key TEXT PRIMARY KEY, owner TEXT NOT NULL, fact TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nodes_owner ON nodes(owner);
CREATE TABLE IF NOT EXISTS edges(
    key TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL,
    data TEXT NOT NULL, fact TEXT NOT NULL, state INTEGER NOT NULL, PRIMARY KEY(key, owner)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS edges_owner ON edges(owner);
CREATE INDEX IF NOT EXISTS edges_a ON edges(a);
CREATE INDEX IF NOT EXISTS edges_b ON edges(b);
CREATE INDEX IF NOT EXISTS edges_waiting ON edges(state) WHERE state <> 1;
"""
WAITING, PRESENT, READY = 0, 1, 2
IN_ONE_QUESTION = 500


class Owned(NamedTuple):
    """The rows that one record stands for."""

    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()


def owned_rows(records: Iterable[Record]) -> dict[str, Owned]:
    """Owner (record kind and id) -> the rows it stands for, of the last of equal owners; none for a removed record."""
    owned: dict[str, Owned] = {}
    for record in records:
        if isinstance(record, Tombstone):
            owned[f"{record.target_record}|{record.target_id}"] = Owned()
        else:
            owned[f"{type(record).__name__}|{record.id}"] = Owned(list(node_rows(record)), list(edge_rows(record)))
    return owned


class StoredEdge(NamedTuple):
    """An edge as the ledger keeps it."""

    type: str
    start: tuple[str, str]
    end: tuple[str, str]
    row: dict[str, object]
    """Properties, and the ids of the ends as ``_a`` and ``_b``."""


@dataclass
class Changes:
    """What a batch of records changes in the graph; new edges follow when all nodes are there."""

    nodes: list[Node] = field(default_factory=list)
    """Nodes that are new or changed."""
    known: set[str] = field(default_factory=set)
    """Keys of those that were in the graph before."""
    gone_nodes: list[tuple[str, str]] = field(default_factory=list)
    """(label, id) of nodes that no record stands for any more."""
    gone_edges: list[StoredEdge] = field(default_factory=list)
    unchanged: int = 0
    """Records whose rows are all as before."""


class Ledger:
    """The ledger of one generation, open for reading and writing.

    Parameters
    ----------
    path
        SQLite file; made if needed. It lives in a folder that is discarded if its writer dies, so it keeps no journal.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + TABLES)

    def close(self) -> None:
        """Commit and close."""
        self._db.execute("COMMIT")
        self._db.close()

    def abandon(self) -> None:
        """Close a file that will be thrown away."""
        self._db.close()

    def stage(self, batch: Mapping[str, Owned]) -> Changes:
        """Take note of what records stand for now, and say what that changes.

        Parameters
        ----------
        batch
            Owner (record kind and id) -> its rows; none for a record that was removed.
        """
        changes = Changes()
        old_nodes, old_edges = self._old(batch)
        for owner, owned in batch.items():
            before = len(changes.nodes) + len(changes.gone_nodes) + len(changes.gone_edges)
            self._stage_nodes(owner, owned.nodes, old_nodes[owner], changes)
            staged = self._stage_edges(owner, owned.edges, old_edges[owner], changes)
            after = len(changes.nodes) + len(changes.gone_nodes) + len(changes.gone_edges)
            changes.unchanged += before == after and not staged
        return changes

    def _old(self, owners: Iterable[str]) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
        found: tuple[dict[str, dict[str, str]], ...] = (defaultdict(dict), defaultdict(dict))
        names = list(owners)
        for first in range(0, len(names), IN_ONE_QUESTION):
            some = names[first : first + IN_ONE_QUESTION]
            marks = ", ".join("?" * len(some))
            for table, rows in zip(("nodes", "edges"), found, strict=True):
                # S608: the text is made of two constants and question marks
                asked = f"SELECT owner, key, fact FROM {table} WHERE owner IN ({marks})"  # noqa: S608
                for owner, key, fact in self._db.execute(asked, some):
                    rows[owner][key] = fact
        return found[0], found[1]

    def _stage_nodes(self, owner: str, nodes: Sequence[Node], old: dict[str, str], changes: Changes) -> None:
        for node in nodes:
            fact = fact_digest(node.row)
            before = old.pop(node.key, None)
            if before != fact:
                self._db.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?)", (node.key, owner, fact))
                changes.nodes.append(node)
            if before is not None:
                changes.known.add(node.key)
        for key in old:
            self._db.execute("DELETE FROM nodes WHERE key = ?", (key,))
            self._db.execute("UPDATE edges SET state = ? WHERE a = ? OR b = ?", (WAITING, key, key))
            label, _, found = key.partition("|")
            changes.gone_nodes.append((label, found))

    def _stage_edges(self, owner: str, edges: Sequence[Edge], old: dict[str, str], changes: Changes) -> int:
        staged = 0
        for key, edge in {edge.key: edge for edge in edges}.items():
            fact = fact_digest(edge.properties)
            if old.pop(key, None) != fact:
                kind = f"{edge.type}|{edge.start[0]}|{edge.end[0]}"
                data = canonical_json(edge.properties)
                row = (key, owner, kind, edge.start_key, edge.end_key, data, fact, WAITING)
                self._db.execute("INSERT OR REPLACE INTO edges VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
                staged += 1
        for key in old:
            asked = "SELECT kind, a, b, data, state FROM edges WHERE key = ? AND owner = ?"
            kind, a, b, data, state = self._db.execute(asked, (key, owner)).fetchone()
            self._db.execute("DELETE FROM edges WHERE key = ? AND owner = ?", (key, owner))
            shared = self._db.execute("SELECT 1 FROM edges WHERE key = ? LIMIT 1", (key,)).fetchone()
            staged += 1
            if state == PRESENT and not shared:
                changes.gone_edges.append(_stored(kind, a, b, data))
        return staged

    def mark_ready(self) -> int:
        """Find the edges that are not in the graph yet and whose ends both are, and return how many there are."""
        there = "EXISTS (SELECT 1 FROM nodes WHERE key = a) AND EXISTS (SELECT 1 FROM nodes WHERE key = b)"
        asked = f"UPDATE edges SET state = {READY} WHERE state <> {PRESENT} AND {there}"  # noqa: S608
        return self._db.execute(asked).rowcount

    def ready_edges(self, size: int) -> Iterator[list[StoredEdge]]:
        """Edges that ``mark_ready`` found, each once, in batches of one type and pair of labels.

        They count as written when all were taken.
        """
        asked = "SELECT kind, a, b, max(data) FROM edges WHERE state = ? GROUP BY key ORDER BY kind, a, b"
        for _, rows in groupby(self._db.execute(asked, (READY,)), key=lambda row: row[0]):
            batch: list[StoredEdge] = []
            for row in rows:
                batch.append(_stored(*row))
                if len(batch) == size:
                    yield batch
                    batch = []
            if batch:
                yield batch
        self._db.execute("UPDATE edges SET state = ? WHERE state = ?", (PRESENT, READY))

    def missing(self, examples: int = 3) -> tuple[int, list[str]]:
        """How many edges wait for an end, and the keys of the first few ends that are not there."""
        waiting = self._db.execute("SELECT count(*) FROM edges WHERE state <> ?", (PRESENT,)).fetchone()[0]
        asked = (
            "SELECT DISTINCT end FROM (SELECT a AS end FROM edges WHERE state <> :p UNION SELECT b FROM edges WHERE "
            "state <> :p) WHERE end NOT IN (SELECT key FROM nodes) ORDER BY end LIMIT :n"
        )
        return waiting, [row[0] for row in self._db.execute(asked, {"p": PRESENT, "n": examples})]

    def counts(self) -> dict[str, int]:
        """Rows in the graph: label or relationship type -> number, sorted."""
        nodes = "SELECT substr(key, 1, instr(key, '|') - 1), count(*) FROM nodes GROUP BY 1"
        edges = (
            "SELECT substr(kind, 1, instr(kind, '|') - 1), count(DISTINCT key) FROM edges WHERE state = 1 GROUP BY 1"
        )
        return dict(sorted([*self._db.execute(nodes), *self._db.execute(edges)]))

    def digest(self) -> str:
        """sha256 over all nodes and edges in the graph, in the order of their keys."""
        found = hashlib.sha256()
        nodes = "SELECT key, fact FROM nodes ORDER BY key"
        edges = "SELECT DISTINCT key, fact FROM edges WHERE state = 1 ORDER BY key, fact"
        for asked in (nodes, edges):
            for row in self._db.execute(asked):
                found.update("\0".join(row).encode() + b"\n")
        return found.hexdigest()

    def node_ids(self) -> Iterator[str]:
        """Ids of all nodes."""
        for (key,) in self._db.execute("SELECT key FROM nodes"):
            yield key.partition("|")[2]


def _stored(kind: str, a: str, b: str, data: str) -> StoredEdge:
    name, start, end = kind.split("|")
    start_id, end_id = a.partition("|")[2], b.partition("|")[2]
    return StoredEdge(name, (start, start_id), (end, end_id), {**json.loads(data), "_a": start_id, "_b": end_id})
