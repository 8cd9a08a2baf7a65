"""Writing records to a server: all are checked first, then each batch is compared and sent as one transaction."""

from __future__ import annotations

import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Sized
from pathlib import Path

from graph.errors import StoreCorrupt, StoreUnavailable
from graph.progress import Progress
from graph.records import Record
from graph.rows import Edge
from graph.schema import SCHEMA
from graph.stores.neo4j.batch import BatchChanges, changes_of
from graph.stores.neo4j.connection import Connection, Statement
from graph.stores.neo4j.entries import Entries, Entry, Row, batched
from graph.stores.neo4j.lease import WriterLease
from graph.stores.neo4j.rebuild import begin_rebuild, remove_stale
from graph.stores.neo4j.spool import Spool
from graph.stores.neo4j.state import GraphState, rows_in_graph
from graph.stores.neo4j.statements import delete_embeddings, merge_edges, merge_nodes
from graph.stores.ownership import owned_rows, possible_owners
from graph.stores.statements import delete_edges, delete_nodes

__all__ = ["ServerWriter"]

logger = logging.getLogger(__name__)

RECORDS_IN_A_BATCH, ROWS_IN_A_BATCH = 1000, 5000
"""Limits of a transaction: what the server holds in memory, and what is lost when it goes away. An update below them
is one transaction, which readers see whole or not at all."""


class ServerWriter:
    """One write.

    Parameters
    ----------
    connection
        To the server.
    lease
        The right to write, which every batch confirms.
    """

    def __init__(self, connection: Connection, lease: WriterLease) -> None:
        self._connection, self._lease = connection, lease
        self._entries = Entries(connection)
        self._state = GraphState()
        self._touched: set[str] = set()
        self.counts = dict.fromkeys(("records", "nodes", "edges", "removed", "unchanged", "missing_endpoints"), 0)

    def write(self, records: Iterable[Record], *, replace: bool, progress: Progress | None) -> None:
        """Bring the graph to what the records say.

        Raises
        ------
        StoreUnavailable
            If nodes with our labels have another origin, or an earlier rebuild was cut off.
        StoreCorrupt
            If the graph does not hold as many rows as it should afterwards.
        """
        self._state = GraphState.read(self._connection)
        if self._state.rebuilding and not replace:
            msg = f"A rebuild of {self._connection.url} was cut off; run `biorxivist graph rebuild` again."
            raise StoreUnavailable(msg)
        with tempfile.TemporaryDirectory(prefix="biorxivist-") as name, Spool(Path(name)) as spool:
            labels = self._check(records, spool, progress)
            self._refuse_foreign_nodes(SCHEMA.nodes if replace else labels)
            if replace:
                self._state = begin_rebuild(self._connection, self._lease)
            for batch in _batches(spool):
                self._send(batch, progress)
        if replace:
            self.counts["removed"] += remove_stale(self._connection, self._lease, self._entries)
            self._state.rebuilding = False
            self._connection.write([self._state.statement()], check=self._lease.check)
        self._compare()
        self._report_missing()

    def _refuse_foreign_nodes(self, labels: Iterable[str]) -> None:
        """Leave nodes alone that were not written from an archive: counted first, which costs nothing."""
        counts = rows_in_graph(self._connection, labels)
        suspects = [label for label, number in counts.items() if number > self._state.counts[label]]
        others = []
        for label in suspects:
            known = " OR ".join(
                f"EXISTS {{ MATCH (r:_Record) WHERE r.id = '{owner}' + n.id }}"
                for owner in possible_owners(f"{label}|")
            )
            query = f"MATCH (n:{label}) WHERE n.id IS NULL OR NOT ({known}) RETURN count(n) AS number"
            (row,) = self._connection.rows(query)
            others += [f"{row['number']} {label}"] if row["number"] else []
        if others:
            msg = (
                f"{self._connection.url} holds nodes that were not written from an archive ({', '.join(others)}). They "
                "are left alone: use an empty database, or remove them."
            )
            raise StoreUnavailable(msg)

    def _check(self, records: Iterable[Record], spool: Spool, progress: Progress | None) -> set[str]:
        """Make the rows of all records, so that a bad one, or a stream that fails, changes nothing.

        Returns
        -------
        set of str
            Labels of their nodes.
        """
        labels: set[str] = set()
        total = len(records) if isinstance(records, Sized) else 0
        for some in batched(records, RECORDS_IN_A_BATCH):
            owned = owned_rows(some)
            spool.put(owned)
            labels.update(node.label for rows in owned.values() for node in rows.nodes)
            self.counts["records"] += len(some)
            if progress is not None:
                progress(self.counts["records"], total, "records")
        self.counts["unchanged"] = self.counts["records"]
        return labels

    def _send(self, batch: Sequence[Entry], progress: Progress | None) -> None:
        """Write what a batch changes."""
        known = self._entries.facts(entry.owner for entry in batch)
        changed = {
            entry.owner: entry if entry.nodes or entry.edges else None
            for entry in batch
            if known.get(entry.owner) != entry.fact and (entry.owner in known or entry.nodes or entry.edges)
        }
        if not changed:
            return
        changes = changes_of(changed, self._entries)
        self._state.total += changes.digest
        self._state.counts.update(changes.counts)
        self._touched |= changes.counts.keys()
        self._state.waiting_edges += changes.waiting_edges
        self._connection.write([*_statements(changes), self._state.statement()], check=self._lease.check)
        self.counts["unchanged"] -= len(changed)
        self.counts["removed"] += len(changes.gone_nodes) + len(changes.gone_edges)
        for what, rows in (("nodes", changes.nodes), ("edges", changes.edges)):
            self.counts[what] += len(rows)
            if rows and progress is not None:
                progress(self.counts[what], 0, what)

    def _compare(self) -> None:
        """Check that nothing took rows away meanwhile; relationships that people add to the graph are theirs."""
        present = rows_in_graph(self._connection, sorted(self._touched), patient=True)
        rows = {name: (self._state.counts[name], present.get(name, 0)) for name in sorted(self._touched)}
        lacking = {name: numbers for name, numbers in rows.items() if numbers[1] < numbers[0]}
        if lacking:
            msg = (
                f"The graph does not hold what was written to it (written, found): {lacking}. Something else writes "
                "to this database; `biorxivist graph rebuild` puts it right."
            )
            raise StoreCorrupt(msg)

    def _report_missing(self) -> None:
        waiting = self.counts["missing_endpoints"] = self._state.waiting_edges
        if waiting:
            query = "MATCH (w:_Waiting) RETURN DISTINCT w.end AS end LIMIT 3"
            examples = ", ".join(sorted(row["end"] for row in self._connection.rows(query)))
            logger.info("%d edges wait for nodes that are not in the graph, e.g. %s", waiting, examples)


def _batches(spool: Spool) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    rows = 0
    for owner, owned in spool:
        batch.append(Entry.of(owner, owned))
        rows += len(owned.nodes) + len(owned.edges)
        if len(batch) >= RECORDS_IN_A_BATCH or rows >= ROWS_IN_A_BATCH:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _statements(changes: BatchChanges) -> Iterator[Statement]:
    """The batch as Cypher that may be run twice: deletions first, because a new row may take an old one's place."""
    for (kind, ends), rows in _grouped(changes.gone_edges):
        yield delete_edges(kind, ends, key=SCHEMA.relationships[kind].key, rows=rows)
    gone: dict[str, list[str]] = defaultdict(list)
    for key in changes.gone_nodes:
        label, _, node_id = key.partition("|")
        gone[label].append(node_id)
    for label, ids in gone.items():
        yield delete_nodes(label, ids)
        yield delete_embeddings(ids)
    nodes: dict[str, list[Row]] = defaultdict(list)
    for key, row in changes.nodes.items():
        nodes[key.partition("|")[0]].append(row)
    for label, new in nodes.items():
        yield merge_nodes(label, list(SCHEMA.nodes[label]), new)
    for (kind, ends), rows in _grouped(changes.edges):
        relationship = SCHEMA.relationships[kind]
        yield merge_edges(kind, ends, key=relationship.key, properties=list(relationship.properties), rows=rows)
    yield from _bookkeeping(changes)


def _bookkeeping(changes: BatchChanges) -> Iterator[Statement]:
    if changes.gone_records:
        yield "UNWIND $rows AS row MATCH (r:_Record {id: row.id}) DELETE r", [{"id": o} for o in changes.gone_records]
    if changes.records:
        rows = [{"id": entry.owner, "properties": entry.properties()} for entry in changes.records]
        yield "UNWIND $rows AS row MERGE (r:_Record {id: row.id}) SET r = row.properties", rows
    # The id of a waiting node names the pair, so that MERGE finds it in an index.
    for pairs, text in (
        (changes.no_longer_waiting, "MATCH (w:_Waiting {id: row.id}) DELETE w"),
        (changes.waiting, "MERGE (w:_Waiting {id: row.id}) SET w.end = row.end, w.owner = row.owner"),
    ):
        if pairs:
            named = [{"id": f"{end} {owner}", "end": end, "owner": owner} for end, owner in sorted(pairs)]
            yield f"UNWIND $rows AS row {text}", named


def _grouped(edges: Iterable[Edge]) -> Iterable[tuple[tuple[str, tuple[str, str]], list[dict[str, object]]]]:
    """(type, labels of the ends) -> rows as the statements take them."""
    groups: dict[tuple[str, tuple[str, str]], list[dict[str, object]]] = defaultdict(list)
    for edge in edges:
        (start, a), (end, b) = edge.start, edge.end
        groups[edge.type, (start, end)].append({**edge.properties, "_a": a, "_b": b})
    return groups.items()
