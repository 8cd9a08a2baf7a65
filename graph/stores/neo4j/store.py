"""The store on a Neo4j server, by the official driver.

It holds the same graph as the embedded store, and answers the same. What it adds to the nodes and relationships
begins with an underscore and is not shown: the record that made them, a hash, an embedding (``neo4j_ledger``). Only
while an edge waits for a node that is not there, or a write goes on, the database has nodes of other labels
(``_Waiting``, ``_Writer``), which a pattern without a label can meet.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from graph.errors import StoreUnavailable
from graph.records import Record
from graph.schema import SCHEMA
from graph.stores import vectors as vector_files
from graph.stores.base import Login, Progress
from graph.stores.neo4j import indexes
from graph.stores.neo4j.connection import Connection
from graph.stores.neo4j.lease import WriterLease
from graph.stores.neo4j.ledger import ServerLedger
from graph.stores.neo4j.writer import Writer, count_rows, fill
from graph.stores.prepare import named_query, prepared

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Neo4jStore"]

Rows = Sequence[Mapping[str, Any]]
VECTORS_IN_A_BATCH = 500


class Neo4jStore:
    """Store of ``graph.stores.base.Store`` on a server; its methods may be called from several threads.

    Parameters
    ----------
    url
        ``neo4j://host`` or ``bolt://host``.
    login
        User, password, database.
    read_only
        Refuse to write.

    Raises
    ------
    StoreUnavailable
        If the driver is not installed, nobody answers, the login is refused, or, if ``read_only``, nothing was ever
        built there.
    """

    def __init__(self, url: str, login: Login, *, read_only: bool = False) -> None:
        self.url, self.read_only = url, read_only
        self._connection = Connection(url, login)
        self._ready = False
        self._lock = threading.Lock()
        if read_only:
            try:
                self._check_built()
            except BaseException:
                self.close()
                raise

    def ensure_schema(self) -> None:
        """Make constraints and indexes if there are none."""
        self._may_write()
        if indexes.built_by(self._connection) is None:
            indexes.make_unique(self._connection)
            indexes.create(self._connection)

    def write(
        self, records: Iterable[Record], *, replace: bool = False, progress: Progress | None = None
    ) -> dict[str, int]:
        """Bring the graph to what the records say; see ``graph.stores.base.Store.write``.

        Raises
        ------
        StoreBusy
            If another writer is at work.
        StoreUnavailable
            If the server goes away and stays away, or another version built the graph.
        """
        self._may_write()
        connection = self._connection
        built = indexes.built_by(connection)
        if built not in {None, indexes.text_index()} and not replace:
            raise StoreUnavailable(self._other_version())
        whole = built == indexes.text_index()
        if not whole:
            indexes.make_unique(connection)
        with self._ledger() as ledger:
            lease = WriterLease(connection)
            try:
                strange = fill(ledger, connection)
                ledger.start(replace=replace)
                writer = Writer(connection, ledger, lease, strange)
                writer.stage(records, progress)
                writer.send(replace=replace, progress=progress)
                if not whole:
                    indexes.create(connection)
            finally:
                lease.release()
        return writer.counts

    def write_vectors(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Keep one embedding per node id, shape (len(ids), dimensions), in place of all earlier ones.

        Ids that no node has are passed over.

        Raises
        ------
        StoreError
            If the shape does not fit the ids, or a vector has no direction.
        """
        self._may_write()
        self._check_built()
        with tempfile.TemporaryDirectory(prefix="biorxivist-") as name:
            vector_files.save(Path(name), ids, vectors)
            names, matrix = vector_files.load(Path(name)) or ([], vectors)
            rows = [{"id": found, "vector": matrix[row].tolist()} for row, found in enumerate(names)]
        lease = WriterLease(self._connection)
        try:
            known = self._connection.rows(
                f"MATCH (n:{'|'.join(SCHEMA.nodes)}) "
                f"RETURN labels(n) AS labels, n.id AS id, n.{indexes.EMBEDDING} IS NOT NULL AS had"
            )
            used = [label for label in SCHEMA.nodes if self._embed(label, known, rows, lease)]
            indexes.make_vector_indexes(self._connection, used, matrix.shape[1])
        finally:
            lease.release()

    def run(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        """Rows of a named query; parameters that are left out have its defaults.

        Raises
        ------
        UnknownQuery
            With the names that look similar.
        QueryFailed
            If it has no such parameter.
        """
        cypher, values = named_query(name, params)
        self._check_built()
        return self._connection.rows(cypher, values)

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        timeout: float = 10.0,
    ) -> list[dict[str, Any]]:
        """Rows of a query that a person or a model wrote; see ``graph.stores.base.Store.query``."""
        text, values = prepared(cypher, params, engine="neo4j", limit=limit, timeout=timeout)
        self._check_built()
        return self._connection.ask(text, values, limit=limit, seconds=timeout)

    def search(self, text: str, k: int = 10) -> list[dict[str, Any]]:
        """Passages, claims and papers that share words with ``text``, best first."""
        self._check_built()
        return indexes.search(self._connection, text, k)

    def similar(self, vector: Sequence[float] | np.ndarray, k: int = 10) -> list[dict[str, Any]]:
        """Nodes with the nearest embeddings, best first."""
        self._check_built()
        return indexes.similar(self._connection, list(vector), k)

    def digest(self) -> str:
        """sha256 of all nodes and edges."""
        self._check_built()
        with self._ledger() as ledger:
            fill(ledger, self._connection)
            ledger.start(replace=False)
            return ledger.digest()

    def counts(self) -> dict[str, int]:
        """Rows in the graph: label or relationship type -> number."""
        self._check_built()
        return count_rows(self._connection)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _ledger(self) -> Iterator[ServerLedger]:
        with tempfile.TemporaryDirectory(prefix="biorxivist-") as name:
            ledger = ServerLedger(Path(name) / "ledger.sqlite")
            try:
                yield ledger
            finally:
                ledger.abandon()

    def _embed(self, label: str, known: Rows, rows: Rows, lease: WriterLease) -> bool:
        """Set the embeddings of one label, and remove those of its other nodes; says whether it has any."""
        name = indexes.EMBEDDING
        known = [row for row in known if label in row["labels"]]
        here = {row["id"] for row in known}
        mine = [row for row in rows if row["id"] in here]
        asked = {row["id"] for row in mine}
        old = [{"id": row["id"]} for row in known if row["had"] and row["id"] not in asked]
        for some, text in (
            (old, f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) REMOVE n.{name}"),
            (mine, f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) SET n.{name} = row.vector"),
        ):
            for first in range(0, len(some), VECTORS_IN_A_BATCH):
                self._connection.write([(text, some[first : first + VECTORS_IN_A_BATCH])], check=lease.check)
        return bool(mine)

    def _may_write(self) -> None:
        if self.read_only:
            msg = f"{self.url} was opened read-only; open it with read_only=False to write."
            raise StoreUnavailable(msg)

    def _check_built(self) -> None:
        """Refuse to read a database that was never built, or by another version; asked once."""
        with self._lock:
            if self._ready:
                return
            built = indexes.built_by(self._connection)
            if built is None:
                msg = (
                    f"The graph at {self.url} has never been built, or its first load was cut off; "
                    "`biorxivist graph rebuild` builds it."
                )
                raise StoreUnavailable(msg)
            if built != indexes.text_index():
                raise StoreUnavailable(self._other_version())
            self._ready = True

    def _other_version(self) -> str:
        return f"{self.url} was built by another version; build it again: `biorxivist graph rebuild`."
