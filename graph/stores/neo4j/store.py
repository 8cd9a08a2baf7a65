"""The store on a Neo4j server, by the official driver.

It holds the same graph as the embedded store, and answers the same. Beside the graph it keeps what a writer needs to
know (``entries``), in nodes that no query can meet.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from graph.errors import StoreUnavailable
from graph.progress import Progress
from graph.records import Record
from graph.schema import SCHEMA
from graph.stores import vectors as vector_files
from graph.stores.base import Login
from graph.stores.neo4j import indexes
from graph.stores.neo4j.connection import Connection, Statement
from graph.stores.neo4j.entries import IDS_IN_A_QUERY, batched
from graph.stores.neo4j.lease import WriterLease
from graph.stores.neo4j.rebuild import remove_first_format
from graph.stores.neo4j.state import GraphState, rows_in_graph
from graph.stores.neo4j.statements import delete_embeddings
from graph.stores.neo4j.writer import ServerWriter
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
            indexes.make_lookups(self._connection)
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
            indexes.make_lookups(connection)
        lease = WriterLease(connection)
        try:
            writer = ServerWriter(connection, lease)
            if replace and built is not None and not whole:
                remove_first_format(connection, lease)
            writer.write(records, replace=replace, progress=progress)
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
            rows = [{"id": node_id, "vector": matrix[row].tolist()} for row, node_id in enumerate(names)]
        lease = WriterLease(self._connection)
        try:
            here = self._ids_in_graph(names)
            self._embed([row for row in rows if row["id"] in here], lease)
            indexes.make_vector_index(self._connection, matrix.shape[1])
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
        return self._connection.rows(_printed(cypher), values)

    def rows(self, cypher: str) -> list[dict[str, Any]]:
        """Rows of a query of this package, all of them; see ``graph.stores.base.Store.rows``."""
        self._check_built()
        return self._connection.rows(_printed(cypher), {})

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        timeout: float = 10.0,
    ) -> list[dict[str, Any]]:
        """Rows of a query that a person or a model wrote; see ``graph.stores.base.Store.query``."""
        text, values = prepared(cypher, params, limit=limit, timeout=timeout)
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
        """Digest of all nodes and edges."""
        self._check_built()
        return GraphState.read(self._connection).digest

    def counts(self) -> dict[str, int]:
        """Rows in the graph: label or relationship type -> number."""
        self._check_built()
        return rows_in_graph(self._connection)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ids_in_graph(self, ids: Sequence[str]) -> set[str]:
        return {
            row["id"]
            for label in SCHEMA.nodes
            for some in batched(ids, IDS_IN_A_QUERY)
            for row in self._connection.rows(f"MATCH (n:{label}) WHERE n.id IN $ids RETURN n.id AS id", {"ids": some})
        }

    def _embed(self, rows: Rows, lease: WriterLease) -> None:
        """Keep these vectors, and no others."""
        merge = "UNWIND $rows AS row MERGE (e:_Embedding {id: row.id}) SET e.vector = row.vector"
        new = {row["id"] for row in rows}
        old = [row["id"] for row in self._connection.rows("MATCH (e:_Embedding) RETURN e.id AS id")]
        statements: list[Statement] = [
            delete_embeddings(ids) for ids in batched(sorted(set(old) - new), VECTORS_IN_A_BATCH)
        ]
        statements += [(merge, batch) for batch in batched(rows, VECTORS_IN_A_BATCH)]
        for statement in statements:
            self._connection.write([statement], check=lease.check)

    def _may_write(self) -> None:
        if self.read_only:
            msg = f"{self.url} was opened read-only; open it with read_only=False to write."
            raise StoreUnavailable(msg)

    def _check_built(self) -> None:
        """Refuse to read a database that was never built, or by another version; checked once."""
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
            if GraphState.read(self._connection).rebuilding:
                msg = (
                    f"The graph at {self.url} is being rebuilt, or its rebuild was cut off; wait for it, or run "
                    "`biorxivist graph rebuild` again."
                )
                raise StoreUnavailable(msg)
            self._ready = True

    def _other_version(self) -> str:
        return f"{self.url} was built by another version; build it again: `biorxivist graph rebuild`."


@cache
def _printed(cypher: str) -> str:
    """A named query as a server takes it: like the queries of people, it meets the graph and nothing beside it."""
    from graph import guard  # the grammar is built when the first query comes

    return guard.rewrite(cypher, engine="neo4j", schema=SCHEMA)
