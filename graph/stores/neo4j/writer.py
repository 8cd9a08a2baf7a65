"""Writing records to a server: everything is checked and compared here first, then sent in batches."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sized
from itertools import groupby, islice
from typing import Any, TypeVar

from graph.errors import StoreCorrupt, StoreUnavailable
from graph.records import Record
from graph.schema import SCHEMA
from graph.stores.base import Progress
from graph.stores.ledger import owned_rows
from graph.stores.neo4j.connection import Connection, Statement
from graph.stores.neo4j.lease import WriterLease
from graph.stores.neo4j.ledger import ServerLedger, WaitingEdge
from graph.stores.neo4j.statements import merge_edges, merge_nodes
from graph.stores.statements import delete_edges, delete_nodes

__all__ = ["Writer", "fill"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

RECORDS_IN_A_BATCH, NODES_IN_A_BATCH, EDGES_IN_A_BATCH = 1000, 1000, 5000
ROWS_IN_ONE_TRANSACTION = 2000
"""An update of at most so many rows is one transaction: readers see it whole or not at all."""
BOOKKEEPING = ("_owner", "_fact")
EDGE_BOOKKEEPING = ("_owners", "_facts")


def fill(ledger: ServerLedger, connection: Connection) -> set[tuple[str, str, str]]:
    """Read into a ledger what the graph holds.

    Returns
    -------
    (type, label, label) of relationships among which some were made by nobody, or twice.

    Raises
    ------
    StoreUnavailable
        If nodes with our labels have another origin.
    """
    labels = "|".join(SCHEMA.nodes)
    others = connection.rows(
        f"MATCH (n:{labels}) WHERE n._owner IS NULL OR n._fact IS NULL RETURN labels(n) AS labels, count(n) AS number"
    )
    if others:
        found = ", ".join(f"{row['number']} {':'.join(row['labels'])}" for row in others)
        msg = (
            f"{connection.url} holds nodes that were not written from an archive ({found}). They are left alone: use "
            "an empty database, or remove them."
        )
        raise StoreUnavailable(msg)
    connection.stream(
        f"MATCH (n:{labels}) RETURN labels(n) AS labels, n.id AS id, n._owner AS owner, n._fact AS fact",
        ledger.add_nodes,
    )
    waiting = connection.rows(
        "MATCH (w:_Waiting) RETURN w.key AS key, w.owner AS owner, w.kind AS kind, w.a AS a, w.b AS b, "
        "w.data AS data, w.fact AS fact"
    )
    ledger.add_waiting(WaitingEdge(**row) for row in waiting)
    return connection.stream(
        f"MATCH (a:{labels})-[r]->(b:{labels}) RETURN type(r) AS type, labels(a) AS starts, a.id AS a, "
        "labels(b) AS ends, b.id AS b, r._owners AS owners, r._facts AS facts, r AS properties",
        ledger.add_edges,
    )


class Writer:
    """One write: stage the records, then send what differs.

    Parameters
    ----------
    ledger
        Filled from the graph.
    strange
        Relationships of which some are nobody's; a rebuild makes them anew.
    """

    def __init__(
        self, connection: Connection, ledger: ServerLedger, lease: WriterLease, strange: set[tuple[str, str, str]]
    ) -> None:
        self._connection, self._ledger, self._lease, self._strange = connection, ledger, lease, strange
        self._rows: dict[str, Mapping[str, Any]] = {}
        self.counts = dict.fromkeys(("records", "nodes", "edges", "removed", "unchanged", "missing_endpoints"), 0)

    def stage(self, records: Iterable[Record], progress: Progress | None) -> None:
        """Check all records and find out what they change; nothing is sent yet."""
        total = len(records) if isinstance(records, Sized) else 0
        for batch in _pieces(records, RECORDS_IN_A_BATCH):
            owned = owned_rows(batch)
            changes = self._ledger.stage(owned)
            self._rows.update((node.key, node.row) for node in changes.nodes)
            self.counts["records"] += len(batch)
            self.counts["unchanged"] += changes.unchanged + len(batch) - len(owned)
            self.counts["removed"] += len(changes.gone_nodes) + len(changes.gone_edges)
            if progress is not None:
                progress(self.counts["records"], total, "records")
        self._ledger.settle()
        self.counts["missing_endpoints"], examples = self._ledger.missing()
        if examples:
            waiting = self.counts["missing_endpoints"]
            logger.info("%d edges wait for nodes that are not in the graph, e.g. %s", waiting, ", ".join(examples))

    def send(self, *, replace: bool, progress: Progress | None) -> None:
        """Bring the graph to what was staged, in one transaction if it is small, else in batches that can be repeated.

        Raises
        ------
        StoreCorrupt
            If the graph does not hold as many rows as it should afterwards.
        """
        held: list[tuple[str, Statement]] | None = []
        done = {"nodes": 0, "edges": 0, "rows": 0}

        def write(*statements: tuple[str, Statement]) -> None:
            self._connection.write([statement for _, statement in statements], check=self._lease.check)
            for what, (_, rows) in statements:
                done[what] += len(rows)
                if progress is not None and what != "rows":
                    progress(done[what], 0, what)

        for statement in self._statements(replace=replace):
            if held is None:
                write(statement)
                continue
            held.append(statement)
            if sum(len(rows) for _, (_, rows) in held) > ROWS_IN_ONE_TRANSACTION:
                for earlier in held:
                    write(earlier)
                held = None
        if held:
            write(*held)
        self.counts["nodes"], self.counts["edges"] = done["nodes"], done["edges"]
        if any(done.values()):
            self._compare()

    def _statements(self, *, replace: bool) -> Iterator[tuple[str, Statement]]:
        ledger = self._ledger
        for kind, start, end in sorted(self._strange) if replace else ():
            yield "rows", (f"MATCH (:{start})-[r:`{kind}`]->(:{end}) DELETE r", ())
        for (kind, ends), rows in _grouped(((e.type, (e.start[0], e.end[0])), e.row) for e in ledger.edges_to_remove()):
            for some in _pieces(rows, EDGES_IN_A_BATCH):
                yield "rows", delete_edges(kind, ends, key=SCHEMA.relationships[kind].key, rows=some)
        for label, ids in _grouped(ledger.nodes_to_remove()):
            for piece in _pieces(ids, NODES_IN_A_BATCH):
                yield "rows", delete_nodes(label, piece)
        wanted = ((row.key.partition("|")[0], row) for row in ledger.nodes_to_write(everything=replace))
        for label, found in _grouped(wanted):
            names = (*SCHEMA.nodes[label], *BOOKKEEPING)
            for part in _pieces(found, NODES_IN_A_BATCH):
                nodes = [{**self._rows[row.key], "_owner": row.owner, "_fact": row.fact} for row in part]
                yield "nodes", merge_nodes(label, names, nodes)
        edges = ledger.edges_to_write(everything=replace)
        for (kind, ends), rows in _grouped(((e.type, (e.start[0], e.end[0])), e.row) for e in edges):
            relationship = SCHEMA.relationships[kind]
            properties = (*relationship.properties, *EDGE_BOOKKEEPING)
            for some in _pieces(rows, EDGES_IN_A_BATCH):
                yield "edges", merge_edges(kind, ends, key=relationship.key, properties=properties, rows=some)
        yield from self._waiting_statements()

    def _waiting_statements(self) -> Iterator[tuple[str, Statement]]:
        gone = [{"id": f"{edge.owner} {edge.key}"} for edge in self._ledger.waiting_to_remove()]
        for ids in _pieces(gone, EDGES_IN_A_BATCH):
            yield "rows", ("UNWIND $rows AS row MATCH (w:_Waiting {id: row.id}) DELETE w", ids)
        new = [{"id": f"{edge.owner} {edge.key}", **edge._asdict()} for edge in self._ledger.waiting_to_write()]
        for rows in _pieces(new, EDGES_IN_A_BATCH):
            sets = ", ".join(f"w.{name} = row.{name}" for name in WaitingEdge._fields)
            yield "rows", (f"UNWIND $rows AS row MERGE (w:_Waiting {{id: row.id}}) SET {sets}", rows)

    def _compare(self) -> None:
        rows, found = self._ledger.counts(), count_rows(self._connection)
        names = sorted(name for name in rows | found if rows.get(name) != found.get(name))
        if names:
            differ = {name: (rows.get(name), found.get(name)) for name in names}
            msg = (
                f"The graph does not hold what was written to it (written, found): {differ}. Something else writes "
                "to this database; `biorxivist graph rebuild` puts it right."
            )
            raise StoreCorrupt(msg)


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows in the graph: label or relationship type -> number, sorted; what is not ours is left out."""
    labels = "|".join(SCHEMA.nodes)
    found: Counter[str] = Counter()
    for row in connection.rows(f"MATCH (n:{labels}) RETURN labels(n) AS labels, count(n) AS number"):
        found.update({label: row["number"] for label in row["labels"] if label in SCHEMA.nodes})
    for row in connection.rows(
        "MATCH ()-[r]->() WHERE r._owners IS NOT NULL RETURN type(r) AS type, count(r) AS number"
    ):
        found[row["type"]] += row["number"]
    return dict(sorted(found.items()))


def _pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    stream = iter(values)
    while piece := list(islice(stream, size)):
        yield piece


def _grouped(pairs: Iterable[tuple[Any, T]]) -> Iterator[tuple[Any, Iterator[T]]]:
    """Runs of pairs with one key, each to be read before the next."""
    for key, some in groupby(pairs, key=lambda pair: pair[0]):
        yield key, (value for _, value in some)
