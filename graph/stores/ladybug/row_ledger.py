"""What the embedded graph holds, row by row: which records own a row, and a hash of it.

The ledger stands beside the graph in the same generation. It finds the few rows that a load changes (so that loading
the same archive again changes nothing), removes the edges of a record that changed or went, keeps the edges whose
ends are not there yet, and gives the digest of the whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from graph.records import canonical_json
from graph.rows import Node, fact_digest
from graph.stores.graph_digest import digest_of_rows
from graph.stores.ownership import Owned

__all__ = ["Changes", "RowLedger", "StoredEdge"]

TABLES = """
CREATE TABLE IF NOT EXISTS nodes(
    key TEXT NOT NULL, owner TEXT NOT NULL, fact TEXT NOT NULL, data TEXT, PRIMARY KEY(key, owner)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nodes_owner ON nodes(owner);
CREATE TABLE IF NOT EXISTS edges(
    key TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL,
    data TEXT NOT NULL, fact TEXT NOT NULL, state INTEGER NOT NULL, PRIMARY KEY(key, owner)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS edges_owner ON edges(owner);
CREATE INDEX IF NOT EXISTS edges_a ON edges(a);
CREATE INDEX IF NOT EXISTS edges_b ON edges(b);
CREATE INDEX IF NOT EXISTS edges_waiting ON edges(state) WHERE state <> 1;
"""
WAITING, PRESENT, READY, OUTDATED = 0, 1, 2, 3
"""States of an edge: an end is not there; in the graph; about to be written; in the graph with old properties."""
VALUES_IN_A_QUERY = 500
Facts = Mapping[str, Mapping[str, str]]
"""Owner -> key of a row -> fact of its properties."""


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


class RowLedger:
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
        """Take note of what records stand for now, and return what that changes.

        Parameters
        ----------
        batch
            Owner (record kind and id) -> its rows; none for a record that was removed.
        """
        old_nodes, old_edges = self._old("nodes", batch), self._old("edges", batch)
        facts = {
            owner: (
                {node.key: fact_digest(node.row) for node in owned.nodes},
                {edge.key: fact_digest(edge.properties) for edge in owned.edges},
            )
            for owner, owned in batch.items()
        }
        changed = [owner for owner in batch if facts[owner] != (old_nodes[owner], old_edges[owner])]
        changes = Changes(unchanged=len(batch) - len(changed))
        self._stage_nodes(changed, batch, old_nodes, facts, changes)
        self._stage_edges(changed, batch, old_edges, facts, changes)
        return changes

    def _old(self, table: str, owners: Iterable[str]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        # S608: the text is made of a constant and question marks
        for owner, key, fact in self._select(f"SELECT owner, key, fact FROM {table} WHERE owner IN", owners):  # noqa: S608
            found[owner][key] = fact
        return found

    def _select(self, query: str, values: Iterable[str], rest: str = "") -> Iterator[tuple[Any, ...]]:
        """Rows of a query that ends with IN, over any number of values."""
        for some in _batched(values, VALUES_IN_A_QUERY):
            yield from self._db.execute(f"{query} ({', '.join('?' * len(some))}) {rest}", some).fetchall()

    def _deciding_nodes(self, keys: Iterable[str]) -> dict[str, tuple[str, str, str | None]]:
        """Key -> deciding owner, fact, data: SQLite takes the other columns from the row that has the minimum."""
        query = "SELECT key, min(owner), fact, data FROM nodes WHERE key IN"
        return {key: (owner, fact, data) for key, owner, fact, data in self._select(query, keys, "GROUP BY key")}

    def _stage_nodes(
        self, changed: Sequence[str], batch: Mapping[str, Owned], old: Facts, facts: Mapping[str, Any], changes: Changes
    ) -> None:
        rows = {(node.key, owner): node for owner in changed for node in batch[owner].nodes}
        keys = sorted({key for key, _ in rows} | {key for owner in changed for key in old[owner]})
        before = self._deciding_nodes(keys)
        for owner in changed:
            self._db.executemany("DELETE FROM nodes WHERE key = ? AND owner = ?", [(key, owner) for key in old[owner]])
        for (key, owner), node in rows.items():
            # The row of an owner that does not decide is needed when the deciding one goes. Only stubs of references
            # are such owners, so that no text of a paper is kept twice.
            data = None if owner == key else canonical_json(node.row)
            self._db.execute("INSERT INTO nodes VALUES (?, ?, ?, ?)", (key, owner, facts[owner][0][key], data))
        after = self._deciding_nodes(keys)
        for key in keys:
            label, _, node_id = key.partition("|")
            if key not in after:
                self._db.execute("UPDATE edges SET state = ? WHERE a = ? OR b = ?", (WAITING, key, key))
                changes.gone_nodes.append((label, node_id))
                continue
            owner, fact, data = after[key]
            if key in before:
                changes.known.add(key)
                if before[key][1] == fact:
                    continue
            changes.nodes.append(rows.get((key, owner)) or Node(label, json.loads(data or "{}")))

    def _deciding_edges(self, keys: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        """Key -> fact of the deciding owner, kind, a, b, data, state of the edge."""
        query = "SELECT key, min(owner), fact, kind, a, b, data, state FROM edges WHERE key IN"
        return {row[0]: row[2:] for row in self._select(query, keys, "GROUP BY key")}

    def _stage_edges(
        self, changed: Sequence[str], batch: Mapping[str, Owned], old: Facts, facts: Mapping[str, Any], changes: Changes
    ) -> None:
        rows = {(edge.key, owner): edge for owner in changed for edge in batch[owner].edges}
        keys = sorted({key for key, _ in rows} | {key for owner in changed for key in old[owner]})
        before = self._deciding_edges(keys)
        for owner in changed:
            self._db.executemany("DELETE FROM edges WHERE key = ? AND owner = ?", [(key, owner) for key in old[owner]])
        for (key, owner), edge in rows.items():
            kind = f"{edge.type}|{edge.start[0]}|{edge.end[0]}"
            place = (kind, edge.start_key, edge.end_key, canonical_json(edge.properties))
            values = (key, owner, *place, facts[owner][1][key], WAITING)
            self._db.execute("INSERT INTO edges VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        after = self._deciding_edges(keys)
        for key in keys:
            fact, kind, a, b, data, state = before.get(key, (None, "", "", "", "", WAITING))
            if key in after:
                if state == PRESENT and after[key][0] != fact:
                    state = OUTDATED
                self._db.execute("UPDATE edges SET state = ? WHERE key = ?", (state, key))
            elif state in (PRESENT, OUTDATED):
                changes.gone_edges.append(_stored(kind, a, b, data))

    def mark_ready(self) -> int:
        """Find the edges that are not in the graph yet and whose ends both are, and return how many there are."""
        there = "EXISTS (SELECT 1 FROM nodes WHERE key = a) AND EXISTS (SELECT 1 FROM nodes WHERE key = b)"
        query = f"UPDATE edges SET state = {READY} WHERE state <> {PRESENT} AND {there}"  # noqa: S608
        return self._db.execute(query).rowcount

    def ready_edges(self, size: int) -> Iterator[list[StoredEdge]]:
        """Edges that ``mark_ready`` found, each once, in batches of one type and pair of labels.

        They count as written when all were taken.
        """
        # all owners of an edge have one state, so that the minimum is taken over all of them
        query = "SELECT kind, a, b, data, min(owner) FROM edges WHERE state = ? GROUP BY key ORDER BY kind, a, b"
        for _, rows in groupby(self._db.execute(query, (READY,)), key=lambda row: row[0]):
            batch: list[StoredEdge] = []
            for row in rows:
                batch.append(_stored(*row[:4]))
                if len(batch) == size:
                    yield batch
                    batch = []
            if batch:
                yield batch
        self._db.execute("UPDATE edges SET state = ? WHERE state = ?", (PRESENT, READY))

    def missing(self, examples: int = 3) -> tuple[int, list[str]]:
        """How many edges wait for an end, and the keys of the first few ends that are not there."""
        waiting = self._db.execute("SELECT count(*) FROM edges WHERE state <> ?", (PRESENT,)).fetchone()[0]
        query = (
            "SELECT DISTINCT end FROM (SELECT a AS end FROM edges WHERE state <> :p UNION SELECT b FROM edges WHERE "
            "state <> :p) WHERE end NOT IN (SELECT key FROM nodes) ORDER BY end LIMIT :n"
        )
        return waiting, [row[0] for row in self._db.execute(query, {"p": PRESENT, "n": examples})]

    def counts(self) -> dict[str, int]:
        """Rows in the graph: label or relationship type -> number, sorted."""
        nodes = "SELECT substr(key, 1, instr(key, '|') - 1), count(DISTINCT key) FROM nodes GROUP BY 1"
        edges = (
            "SELECT substr(kind, 1, instr(kind, '|') - 1), count(DISTINCT key) FROM edges WHERE state = 1 GROUP BY 1"
        )
        return dict(sorted([*self._db.execute(nodes), *self._db.execute(edges)]))

    def digest(self) -> str:
        """Digest of all nodes and edges in the graph."""
        nodes = self._db.execute("SELECT key, fact, min(owner) FROM nodes GROUP BY key")
        edges = self._db.execute("SELECT key, fact, min(owner) FROM edges WHERE state = 1 GROUP BY key")
        return digest_of_rows((key, fact) for key, fact, _ in chain(nodes, edges))

    def node_ids(self) -> Iterator[str]:
        """Ids of all nodes."""
        for (key,) in self._db.execute("SELECT DISTINCT key FROM nodes"):
            yield key.partition("|")[2]


def _stored(kind: str, a: str, b: str, data: str) -> StoredEdge:
    name, start, end = kind.split("|")
    start_id, end_id = a.partition("|")[2], b.partition("|")[2]
    return StoredEdge(name, (start, start_id), (end, end_id), {**json.loads(data), "_a": start_id, "_b": end_id})


def _batched(values: Iterable[str], size: int) -> Iterator[list[str]]:
    stream = iter(values)
    while batch := list(islice(stream, size)):
        yield batch
