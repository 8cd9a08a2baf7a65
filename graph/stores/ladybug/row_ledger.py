"""What the embedded graph holds, row by row: which records own a row, and a hash of it.

The ledger stands beside the graph in the same generation. It finds the few rows that a load changes (so that loading
the same archive again changes nothing), removes the edges of a record that changed or went, keeps the edges whose
ends are not there yet, and gives the digest of the whole.

It is no second copy of the graph: rows, owners and properties are named by hashes of 16 bytes, and the only texts are
the names of nodes and owners, each once, the few properties of edges, and what stubs of references say.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from graph.records import canonical_json
from graph.rows import Node, fact_digest
from graph.schema import SCHEMA
from graph.stores.graph_digest import digest_text, hashed_contribution, short_fact, short_key
from graph.stores.ownership import Owned, possible_nodes, possible_owners

__all__ = ["Changes", "RowLedger", "StoredEdge"]

CACHE_KIB = 32 * 2**10
"""Memory for pages. Keys are hashes, so that rows come in no order: in the 2 MiB that are SQLite's default, pages are
written out and read back over and over."""
SETTINGS = f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE_KIB}; BEGIN;"
TABLES = """
CREATE TABLE IF NOT EXISTS names(key BLOB PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nodes(
    key BLOB NOT NULL, rank INTEGER NOT NULL, fact BLOB NOT NULL, data TEXT, PRIMARY KEY(key, rank)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS edges(
    key BLOB NOT NULL, owner BLOB NOT NULL, kind INTEGER NOT NULL, a BLOB NOT NULL, b BLOB NOT NULL,
    fact BLOB NOT NULL, data TEXT, state INTEGER NOT NULL, UNIQUE(key, owner));
CREATE INDEX IF NOT EXISTS edges_owner ON edges(owner);
CREATE INDEX IF NOT EXISTS edges_a ON edges(a);
CREATE INDEX IF NOT EXISTS edges_b ON edges(b);
CREATE INDEX IF NOT EXISTS edges_waiting ON edges(state) WHERE state <> 1;
CREATE TABLE IF NOT EXISTS totals(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
WAITING, PRESENT, READY, OUTDATED = 0, 1, 2, 3
"""States of an edge: an end is not there; in the graph; about to be written; in the graph with old properties."""
NOT_WRITTEN = f"state <> {PRESENT}"
"""Word for word the condition of the index, without which SQLite reads every edge."""
VALUES_IN_A_QUERY = 500
SUM = "digest"
"""Name of the sum among the totals; the others are numbers of rows by label or relationship type."""
KINDS = sorted((each.type, start, end) for each in SCHEMA.relationships.values() for start, end in each.pairs)
"""Type and labels of the ends; an edge has the place of its kind here. A store of another schema is never read."""
KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


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


class _Facts(NamedTuple):
    """What one owner says of its rows: key of the row -> hash of its properties."""

    nodes: dict[str, bytes]
    edges: dict[bytes, bytes]


class RowLedger:
    """The ledger of one generation.

    Parameters
    ----------
    path
        SQLite file; made if needed. It lives in a folder that is discarded if its writer dies, so it keeps no journal.
    read_only
        Only look; the file is there and nobody writes it any more. Left by `abandon`.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if read_only:
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        else:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript(SETTINGS + TABLES)
        totals = dict(self._db.execute("SELECT name, value FROM totals"))
        self._sum = int(totals.pop(SUM, "0"), 16)
        self._counts = Counter({name: int(value) for name, value in totals.items()})

    def close(self) -> None:
        """Commit and close."""
        totals = [(SUM, self.digest()), *((name, str(number)) for name, number in self.counts().items())]
        self._db.execute("DELETE FROM totals")
        self._db.executemany("INSERT INTO totals VALUES (?, ?)", totals)
        self._db.execute("COMMIT")
        self._db.close()

    def abandon(self) -> None:
        """Close a file that will be thrown away, or was only read."""
        self._db.close()

    def changes_nothing(self, batch: Mapping[str, Owned]) -> bool:
        """Whether `stage` would find every record as it was."""
        return all(_facts(batch[owner]) == known for owner, known in self._known_facts(batch).items())

    def stage(self, batch: Mapping[str, Owned]) -> Changes:
        """Take note of what records stand for now, and return what that changes.

        Parameters
        ----------
        batch
            Owner (record kind and id) -> its rows; none for a record that was removed.
        """
        old = self._known_facts(batch)
        new = {owner: _facts(owned) for owner, owned in batch.items()}
        changed = [owner for owner in batch if new[owner] != old[owner]]
        changes = Changes(unchanged=len(batch) - len(changed))
        names = {name for owner in changed for name in _names(owner, batch[owner])}
        self._db.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", [(short_key(name), name) for name in names])
        self._stage_nodes(changed, batch, old, new, changes)
        self._stage_edges(changed, batch, old, new, changes)
        return changes

    def _known_facts(self, owners: Iterable[str]) -> dict[str, _Facts]:
        """Owner -> what it said when it was staged last."""
        facts = {owner: _Facts({}, {}) for owner in owners}
        places = {_place(key, owner): (owner, key) for owner in facts for key in possible_nodes(owner)}
        for key, rank, fact in self._select(
            "SELECT key, rank, fact FROM nodes WHERE key IN", {key for key, _ in places}
        ):
            if place := places.get((key, rank)):
                facts[place[0]].nodes[place[1]] = fact
        by_key = {short_key(owner): owner for owner in facts}
        for owner, key, fact in self._select("SELECT owner, key, fact FROM edges WHERE owner IN", by_key):
            facts[by_key[owner]].edges[key] = fact
        return facts

    def _select(self, query: str, values: Iterable[bytes], rest: str = "") -> Iterator[tuple[Any, ...]]:
        """Rows of a query that ends with IN, over any number of values."""
        for some in _batched(values, VALUES_IN_A_QUERY):
            yield from self._db.execute(f"{query} ({', '.join('?' * len(some))}) {rest}", some).fetchall()

    def _deciding_nodes(self, keys: Iterable[str]) -> dict[str, tuple[int, bytes, str | None]]:
        """Key -> rank of the deciding owner, fact, data: SQLite takes the others from the row that has the minimum."""
        query, names = (
            "SELECT key, min(rank), fact, data FROM nodes WHERE key IN",
            {short_key(key): key for key in keys},
        )
        return {names[key]: (rank, fact, data) for key, rank, fact, data in self._select(query, names, "GROUP BY key")}

    def _stage_nodes(
        self,
        changed: Sequence[str],
        batch: Mapping[str, Owned],
        old: Mapping[str, _Facts],
        new: Mapping[str, _Facts],
        changes: Changes,
    ) -> None:
        rows = {_place(node.key, owner): node for owner in changed for node in batch[owner].nodes}
        keys = sorted({key for owner in changed for key in (*old[owner].nodes, *new[owner].nodes)})
        before = self._deciding_nodes(keys)
        gone = [_place(key, owner) for owner in changed for key in old[owner].nodes]
        self._db.executemany("DELETE FROM nodes WHERE key = ? AND rank = ?", gone)
        there = ((owner, key, _place(key, owner), fact) for owner in changed for key, fact in new[owner].nodes.items())
        # The row of an owner that does not decide is needed when the deciding one goes. Only stubs of references are
        # such owners, so that no text of a paper is kept twice.
        self._db.executemany(
            "INSERT INTO nodes VALUES (?, ?, ?, ?)",
            ((*place, fact, None if owner == key else _text(rows[place].row)) for owner, key, place, fact in there),
        )
        after = self._deciding_nodes(keys)
        for key in keys:
            label, _, node_id = key.partition("|")
            if key in before:
                self._count(label, -1, short_key(key), before[key][1])
            if key not in after:
                self._let_wait(short_key(key))
                changes.gone_nodes.append((label, node_id))
                continue
            rank, fact, data = after[key]
            self._count(label, 1, short_key(key), fact)
            if key in before:
                changes.known.add(key)
                if before[key][1] == fact:
                    continue
            row = {**dict.fromkeys(SCHEMA.nodes[label]), **json.loads(data or "{}")}
            changes.nodes.append(rows.get((short_key(key), rank)) or Node(label, row))

    def _let_wait(self, node: bytes) -> None:
        """Let the edges of a node that goes wait for it."""
        for column in ("a", "b"):
            rows = self._db.execute(f"SELECT DISTINCT key FROM edges WHERE {column} = ?", (node,))  # noqa: S608
            for key, edge in self._deciding_edges(key for (key,) in rows.fetchall()).items():
                if edge.state == PRESENT:
                    self._count(KINDS[edge.kind][0], -1, key, edge.fact)
                self._db.execute("UPDATE edges SET state = ? WHERE key = ?", (WAITING, key))

    def _deciding_edges(self, keys: Iterable[bytes]) -> dict[bytes, _EdgeRow]:
        """Key -> the edge as its deciding owner has it."""
        query = (
            "SELECT e.key, min(o.name), e.fact, e.kind, x.name, y.name, e.data, e.state FROM edges e "
            "JOIN names o ON o.key = e.owner JOIN names x ON x.key = e.a JOIN names y ON y.key = e.b WHERE e.key IN"
        )
        return {row[0]: _EdgeRow(*row[2:]) for row in self._select(query, keys, "GROUP BY e.key")}

    def _stage_edges(
        self,
        changed: Sequence[str],
        batch: Mapping[str, Owned],
        old: Mapping[str, _Facts],
        new: Mapping[str, _Facts],
        changes: Changes,
    ) -> None:
        keys = sorted({key for owner in changed for key in (*old[owner].edges, *new[owner].edges)})
        before = self._deciding_edges(keys)
        gone = ((short_key(owner),) for owner in changed if old[owner].edges)
        self._db.executemany("DELETE FROM edges WHERE owner = ?", gone)
        there = (
            (edge, key, fact, owner)
            for owner in changed
            for edge, (key, fact) in zip(batch[owner].edges, new[owner].edges.items(), strict=True)
        )
        self._db.executemany(
            "INSERT INTO edges VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    key, short_key(owner), KIND_NUMBERS[edge.type, edge.start[0], edge.end[0]],
                    short_key(edge.start_key), short_key(edge.end_key), fact, _text(edge.properties), WAITING,
                )
                for edge, key, fact, owner in there
            ),
        )  # fmt: skip
        # an edge that was not there before waits, as it was just put down
        after = self._deciding_edges(before)
        for key, was in before.items():
            now, state = after.get(key), was.state
            if was.state == PRESENT and (now is None or now.fact != was.fact):
                self._count(KINDS[was.kind][0], -1, key, was.fact)
                state = OUTDATED
            if now is not None:
                self._db.execute("UPDATE edges SET state = ? WHERE key = ?", (state, key))
            elif state in (PRESENT, OUTDATED):
                changes.gone_edges.append(_stored(was.kind, was.a, was.b, was.data))

    def mark_ready(self) -> int:
        """Find the edges that are not in the graph yet and whose ends both are, and return how many there are."""
        there = "EXISTS (SELECT 1 FROM nodes WHERE key = a) AND EXISTS (SELECT 1 FROM nodes WHERE key = b)"
        query = f"UPDATE edges SET state = {READY} WHERE {NOT_WRITTEN} AND {there}"  # noqa: S608
        return self._db.execute(query).rowcount

    def ready_edges(self, size: int) -> Iterator[list[StoredEdge]]:
        """Edges that ``mark_ready`` found, each once, in batches of one type and pair of labels.

        They count as written when all were taken.
        """
        # all owners of an edge have one state, so that the minimum is taken over all of them
        query = (
            "SELECT e.kind, x.name AS a, y.name AS b, e.data, min(o.name), e.key, e.fact FROM edges e "  # noqa: S608
            "JOIN names o ON o.key = e.owner JOIN names x ON x.key = e.a JOIN names y ON y.key = e.b "
            f"WHERE {NOT_WRITTEN} AND e.state = ? GROUP BY e.key ORDER BY e.kind, x.name, y.name"
        )
        for kind, rows in groupby(self._db.execute(query, (READY,)), key=lambda row: row[0]):
            batch: list[StoredEdge] = []
            for row in rows:
                self._count(KINDS[kind][0], 1, *row[5:])
                batch.append(_stored(*row[:4]))
                if len(batch) == size:
                    yield batch
                    batch = []
            if batch:
                yield batch
        self._db.execute(f"UPDATE edges SET state = {PRESENT} WHERE state = {READY} AND {NOT_WRITTEN}")  # noqa: S608

    def missing(self, examples: int = 3) -> tuple[int, list[str]]:
        """How many edges wait for an end, and the keys of the first few ends that are not there."""
        waiting = self._db.execute(f"SELECT count(*) FROM edges WHERE {NOT_WRITTEN}").fetchone()[0]  # noqa: S608
        ends = f"SELECT a FROM edges WHERE {NOT_WRITTEN} UNION SELECT b FROM edges WHERE {NOT_WRITTEN}"  # noqa: S608
        query = (
            f"SELECT name FROM names WHERE key IN ({ends}) AND NOT EXISTS "  # noqa: S608
            "(SELECT 1 FROM nodes WHERE nodes.key = names.key) ORDER BY name LIMIT ?"
        )
        return waiting, [row[0] for row in self._db.execute(query, (examples,))]

    def _count(self, name: str, number: int, key: bytes, fact: bytes) -> None:
        """Take a row of the graph into the sum and the numbers of rows, or out of them."""
        self._counts[name] += number
        self._sum += number * hashed_contribution(key, fact)

    def counts(self) -> dict[str, int]:
        """Rows in the graph: label or relationship type -> number, sorted."""
        return dict(sorted((+self._counts).items()))

    def digest(self) -> str:
        """Digest of all nodes and edges in the graph."""
        return digest_text(self._sum)

    def node_ids(self) -> Iterator[str]:
        """Ids of all nodes."""
        for (name,) in self._db.execute("SELECT name FROM names WHERE key IN (SELECT key FROM nodes)"):
            yield name.partition("|")[2]


class _EdgeRow(NamedTuple):
    fact: bytes
    kind: int
    a: str
    b: str
    data: str | None
    state: int


def _facts(owned: Owned) -> _Facts:
    return _Facts(
        {node.key: short_fact(fact_digest(node.row)) for node in owned.nodes},
        {short_key(edge.key): short_fact(fact_digest(edge.properties)) for edge in owned.edges},
    )


def _place(key: str, owner: str) -> tuple[bytes, int]:
    """Where a node stands as one of its owners has it: its key, and the owner's place among those that decide."""
    return short_key(key), possible_owners(key).index(owner)


def _names(owner: str, owned: Owned) -> Iterator[str]:
    """Texts that are needed again: of the owner, its nodes, and the ends of its edges."""
    yield owner
    for node in owned.nodes:
        yield node.key
    for edge in owned.edges:
        yield from (edge.start_key, edge.end_key)


def _text(properties: Mapping[str, Any]) -> str | None:
    """Properties as text, without those that are null; null for none."""
    there = {name: value for name, value in properties.items() if value is not None}
    return canonical_json(there) if there else None


def _stored(kind: int, a: str, b: str, data: str | None) -> StoredEdge:
    name, start, end = KINDS[kind]
    start_id, end_id = a.partition("|")[2], b.partition("|")[2]
    row = {**dict.fromkeys(SCHEMA.relationships[name].properties), **json.loads(data or "{}")}
    return StoredEdge(name, (start, start_id), (end, end_id), {**row, "_a": start_id, "_b": end_id})


def _batched(values: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    stream = iter(values)
    while batch := list(islice(stream, size)):
        yield batch
