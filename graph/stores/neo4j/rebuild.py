"""Building a graph anew where one is: its nodes stay, because people may have drawn relationships to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.schema import SCHEMA
from graph.stores.neo4j.connection import Connection
from graph.stores.neo4j.entries import Entries, keys_in
from graph.stores.neo4j.lease import WriterLease
from graph.stores.neo4j.state import GraphState, rows_in_graph
from graph.stores.statements import delete_nodes

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

__all__ = ["begin_rebuild", "remove_first_format", "remove_stale"]

ROWS_AT_ONCE, RECORDS_AT_ONCE = 10_000, 1000


def begin_rebuild(connection: Connection, lease: WriterLease) -> GraphState:
    """Forget everything but the nodes, and return the state of the empty graph.

    From here to the end of the rebuild the graph is marked as incomplete. The entries of all records become stale: the
    rebuild takes those that it comes to anew, and ``remove_stale`` removes the others with their nodes.
    """
    state = GraphState(rebuilding=True)
    connection.write([state.statement()], check=lease.check)
    fresh = "MATCH (r:_Record) WHERE r.stale IS NULL"
    _drain(connection, lease, f"{fresh} WITH r LIMIT $limit SET r.stale = true, r.shared = null")
    _drain(connection, lease, "MATCH (w:_Waiting) WITH w LIMIT $limit DELETE w")
    drawn = rows_in_graph(connection, patient=True)
    for relationship in SCHEMA.relationships.values():
        for start, end in relationship.pairs if relationship.type in drawn else ():
            pattern = f"MATCH (:`{start}`)-[r:`{relationship.type}`]->(:`{end}`)"
            _drain(connection, lease, f"{pattern} WITH r LIMIT $limit DELETE r")
    return state


def remove_stale(connection: Connection, lease: WriterLease, entries: Entries) -> int:
    """Remove the records that a rebuild did not come to, and the nodes that only they owned.

    Returns
    -------
    int
        Nodes that were removed.
    """
    removed = 0
    query = f"MATCH (r:_Record) WHERE r.stale = true RETURN r.id AS id, r.nodes AS nodes LIMIT {RECORDS_AT_ONCE}"
    while stale := connection.rows(query, patient=True):
        keys = {key for row in stale for key in keys_in(row["nodes"])}
        gone = keys - entries.present(keys)
        statements = []
        for label in SCHEMA.nodes:
            ids = sorted(key.partition("|")[2] for key in gone if key.partition("|")[0] == label)
            if ids:
                statements.append(delete_nodes(label, ids))
                statements.append(
                    (
                        "UNWIND $rows AS row MATCH (e:_Embedding {id: row.id}) DELETE e",
                        [{"id": node_id} for node_id in ids],
                    )
                )
        forget = "UNWIND $rows AS row MATCH (r:_Record {id: row.id}) DELETE r", [{"id": row["id"]} for row in stale]
        connection.write([*statements, forget], check=lease.check)
        removed += len(gone)
    return removed


def remove_first_format(connection: Connection, lease: WriterLease) -> None:
    """Remove the nodes that version 0.1 of this package wrote, which carry their owner: they have no entries."""
    labels = "|".join(SCHEMA.nodes)
    _drain(connection, lease, f"MATCH (n:{labels}) WHERE n._owner IS NOT NULL WITH n LIMIT $limit DETACH DELETE n")


def _drain(connection: Connection, lease: WriterLease, text: str) -> None:
    """Run a statement that handles $limit rows at a time until none is left."""

    def work(transaction: ManagedTransaction) -> int:
        result = transaction.run(f"{text} RETURN count(*) AS number", limit=ROWS_AT_ONCE)
        return int(result.single(strict=True)["number"])

    while connection.transact(work, check=lease.check):
        pass
