"""Building the next generation of an embedded store from records."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any, TypeVar

from graph.errors import StoreCorrupt
from graph.progress import Progress
from graph.records import Record
from graph.schema import SCHEMA
from graph.stores import fulltext
from graph.stores.ladybug.bulk import can_copy, copy_edges
from graph.stores.ladybug.engine import MACROS, abandon_engine, close_engine, open_engine, rows_of, trim_memory
from graph.stores.ladybug.engine_index import repair_index
from graph.stores.ladybug.row_ledger import Changes, RowLedger, StoredEdge
from graph.stores.ownership import owned_rows
from graph.stores.statements import create_nodes, delete_edges, delete_nodes, merge_edges, update_nodes
from graph.stores.version import store_version

__all__ = ["COUNTS", "GRAPH", "LEDGER", "TEXT", "GenerationWriter", "pass_unchanged"]

logger = logging.getLogger(__name__)

K = TypeVar("K")
V = TypeVar("V")

GRAPH, LEDGER, TEXT = "graph.lbug", "ledger.sqlite", "text.sqlite"
RECORDS_IN_A_BATCH, EDGES_IN_A_BATCH = 1000, 5000
COUNTS = ("records", "nodes", "edges", "removed", "unchanged", "missing_endpoints")
ROWS_IN_A_TRANSACTION, TEXT_IN_A_TRANSACTION = 50_000, 32 * 2**20
"""A commit flushes to the disk, which costs more than the rows; uncommitted rows and their text (characters) stay in
memory, in the pool of the engine, hence the bounds."""
COMMITS_OF_AN_ENGINE = 4
"""The engine keeps some 140 bytes of every row that it wrote until it is closed, so that a large load opens it anew."""


class GenerationWriter:
    """The files of a generation that is being built, in a folder that nobody reads.

    Parameters
    ----------
    folder
        The build folder: empty, or a copy of the current generation.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fresh = not (folder / GRAPH).exists()
        self._graph = open_engine(folder / GRAPH, read_only=False)
        self._ledger = RowLedger(folder / LEDGER)
        self._text = fulltext.create(folder / TEXT)
        self.counts = dict.fromkeys(COUNTS, 0)
        self._grown: set[str] = set()
        self._uncommitted = self._uncommitted_text = self._commits = 0

    def write(self, records: Iterable[Record], progress: Progress | None, *, total: int = 0, passed: int = 0) -> None:
        """Bring the graph, the ledger and the full text to what the records say.

        Parameters
        ----------
        records, progress
            As of ``graph.stores.base.Store.write``.
        total
            Number of records with those that were passed over; 0 where it is not known.
        passed
            Records before these, which change nothing.
        """
        self.counts["records"] += passed
        self.counts["unchanged"] += passed
        self._execute("BEGIN TRANSACTION")
        if self._fresh:
            for statement in (*SCHEMA.ladybug_ddl(), *(f"CREATE MACRO {macro}" for macro in MACROS)):
                self._execute(statement)
        for batch in _batches(records, RECORDS_IN_A_BATCH):
            owned = owned_rows(batch)
            changes = self._ledger.stage(owned)
            self.counts["unchanged"] += changes.unchanged + len(batch) - len(owned)
            self._apply(changes)
            self.counts["records"] += len(batch)
            if progress is not None:
                progress(self.counts["records"], total, "records")
        self._repair_indexes()
        self._write_edges(progress)
        self._execute("COMMIT")
        self._report_missing()

    def catch_up(self, records: Iterable[Record], digest: str) -> bool:
        """Repeat a write that is not to be counted, and say whether the graph then has this digest."""
        self.write(records, None)
        self.counts = dict.fromkeys(COUNTS, 0)
        return self._ledger.digest() == digest

    def finish(self) -> dict[str, Any]:
        """Close the files and return what the manifest says of them: digest, rows, schema.

        Raises
        ------
        StoreCorrupt
            If the graph does not hold as many rows as were written to it.
        """
        rows, digest = self._ledger.counts(), self._ledger.digest()
        counts = self._rows_in_graph()
        if rows != counts:
            differ = {
                name: (rows.get(name), counts.get(name)) for name in rows | counts if rows.get(name) != counts.get(name)
            }
            msg = (
                f"The graph does not hold what was written to it (written, found): {differ}. Rebuild from the archive."
            )
            raise StoreCorrupt(msg)
        self._execute("CHECKPOINT")
        waiting = self.counts["missing_endpoints"]
        return {"digest": digest, "rows": rows, "schema": store_version(), "missing_endpoints": waiting}

    def node_ids(self) -> Iterator[str]:
        """Ids of all nodes in the graph."""
        return self._ledger.node_ids()

    def close(self) -> None:
        """Close the finished files."""
        close_engine(self._graph)
        self._ledger.close()
        self._text.execute("COMMIT")
        self._text.close()

    def abandon(self) -> None:
        """Let go of files that will be thrown away."""
        abandon_engine(self._graph)
        self._ledger.abandon()
        self._text.close()
        for path in self.folder.iterdir():  # the engine holds its files for good, so give back what they take
            os.truncate(path, 0)

    def _execute(self, statement: str, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
        list(rows_of(self._graph, statement, None if rows is None else {"rows": rows}))
        self._uncommitted += len(rows or ())
        self._uncommitted_text += sum(len(v) for row in rows or () for v in row.values() if isinstance(v, str))
        if self._uncommitted >= ROWS_IN_A_TRANSACTION or self._uncommitted_text >= TEXT_IN_A_TRANSACTION:
            self._uncommitted = self._uncommitted_text = 0
            with self._between_transactions():
                self._commits += 1
                if self._commits % COMMITS_OF_AN_ENGINE == 0:
                    self._open_anew()

    def _open_anew(self) -> None:
        self._execute("CHECKPOINT")  # so that nothing is left to write when it closes, which must not fail
        close_engine(self._graph)
        trim_memory()
        self._graph = open_engine(self.folder / GRAPH, read_only=False)

    def _apply(self, changes: Changes) -> None:
        self._delete_edges(changes.gone_edges)
        for label, ids in _grouped(changes.gone_nodes).items():
            self._execute(*delete_nodes(label, ids))
        fulltext.remove(self._text, changes.gone_nodes)
        for (label, known), nodes in _grouped(
            ((node.label, node.key in changes.known), node) for node in changes.nodes
        ).items():
            write = update_nodes if known else create_nodes
            rows = [node.row for node in nodes]
            if not known:
                self._grown.add(label)
            self._execute(*write(label, SCHEMA.nodes[label], rows))
            for row in rows:
                fulltext.add(self._text, label, row)
        self.counts["removed"] += len(changes.gone_edges) + len(changes.gone_nodes)
        self.counts["nodes"] += len(changes.nodes)

    def _repair_indexes(self) -> None:
        """Before edges look for their ends."""
        with self._between_transactions():
            for label in sorted(self._grown):
                repair_index(self._graph, label)

    @contextmanager
    def _between_transactions(self) -> Iterator[None]:
        self._execute("COMMIT")
        yield
        self._execute("BEGIN TRANSACTION")

    def _delete_edges(self, edges: Iterable[StoredEdge]) -> None:
        for (kind, start, end), some in _grouped(((e.type, e.start[0], e.end[0]), e.row) for e in edges).items():
            self._execute(*delete_edges(kind, (start, end), key=SCHEMA.relationships[kind].key, rows=some))

    def _write_edges(self, progress: Progress | None) -> None:
        total = self._ledger.mark_ready()

        def written(batch: Sequence[StoredEdge]) -> Sequence[StoredEdge]:
            self.counts["edges"] += len(batch)
            if progress is not None:
                progress(self.counts["edges"], total, "edges")
            return batch

        batches = self._ledger.ready_edges(EDGES_IN_A_BATCH)
        for (kind, *ends), some in groupby(
            batches, key=lambda batch: (batch[0].type, batch[0].start[0], batch[0].end[0])
        ):
            relationship, pair = SCHEMA.relationships[kind], (ends[0], ends[1])
            if self._fresh and can_copy(relationship.properties):
                edges = (edge for batch in some for edge in written(batch))
                with self._between_transactions():
                    copy_edges(self._graph, self.folder / "edges.csv", kind, pair, relationship.properties, edges)
                continue
            for batch in some:
                rows = [edge.row for edge in batch]
                self._execute(
                    *merge_edges(kind, pair, key=relationship.key, properties=relationship.properties, rows=rows)
                )
                written(batch)

    def _report_missing(self) -> None:
        waiting, examples = self._ledger.missing()
        self.counts["missing_endpoints"] = waiting
        if waiting:
            logger.info("%d edges wait for nodes that are not in the graph, e.g. %s", waiting, ", ".join(examples))

    def _rows_in_graph(self) -> dict[str, int]:
        counts = {}
        for label in SCHEMA.nodes:
            counts[label] = next(rows_of(self._graph, f"MATCH (n:`{label}`) RETURN count(*) AS n"))["n"]
        for kind in SCHEMA.relationships:
            counts[kind] = next(rows_of(self._graph, f"MATCH ()-[r:`{kind}`]->() RETURN count(*) AS n"))["n"]
        return {name: number for name, number in sorted(counts.items()) if number}


def pass_unchanged(
    ledger: Path, records: Iterable[Record], progress: Progress | None, *, total: int
) -> tuple[int, Iterator[Record] | None]:
    """Read over records that change nothing in the generation of a ledger.

    Returns
    -------
    tuple
        How many there are at the beginning, in whole batches, and the others; None if there are no others.
    """
    stream, passed = iter(records), 0
    known = RowLedger(ledger, read_only=True)
    try:
        while batch := list(islice(stream, RECORDS_IN_A_BATCH)):
            if not known.changes_nothing(owned_rows(batch)):
                return passed, chain(batch, stream)
            passed += len(batch)
            if progress is not None:
                progress(passed, total, "records")
    finally:
        known.abandon()
    return passed, None


def _batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    stream = iter(records)
    while batch := list(islice(stream, size)):
        yield batch


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
