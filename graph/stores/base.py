"""The protocol that every store implements, and the login of a server.

No engine is imported here, so that the engines can import this; ``graph.stores.open`` chooses among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from pydantic import SecretStr

from graph.progress import Progress
from graph.records import Record

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Login", "Store"]


@dataclass(frozen=True)
class Login:
    """Who asks a server; it is never part of an address, because addresses are printed and written down."""

    username: str = "neo4j"
    password: SecretStr | None = None
    """None for a server without authentication."""
    database: str | None = None
    """The server's default database if None."""


class Store(Protocol):
    """A graph that is written from records and read by queries; a context manager that closes itself.

    Rows are lists of plain dicts that JSON can print: dates are ISO text, nodes are their properties.
    """

    url: str

    def ensure_schema(self) -> None:
        """Make an empty graph if there is none; change nothing if there is."""

    def write(
        self, records: Iterable[Record], *, replace: bool = False, progress: Progress | None = None
    ) -> dict[str, int]:
        """Bring the graph to what the records say: all of them, or nothing if this fails.

        A server commits a large load in batches: if it goes away in the middle, the batches that it acknowledged
        stay, and the same call again completes the load. The graph is a function of the last record of each id; their
        order, and how they are spread over calls, do not matter.

        Parameters
        ----------
        records
            Records in any order; a later one of an id replaces an earlier one, a Tombstone removes.
        replace
            Build anew from these records alone.
        progress
            Called with (done, total, what).

        Returns
        -------
        dict
            ``records`` read, ``nodes`` and ``edges`` written, ``removed``, ``unchanged`` records, and
            ``missing_endpoints``: edges that wait for a node which is not there.
        """

    def write_vectors(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Keep one embedding per node id, shape (len(ids), dimensions), in place of all earlier ones."""

    def run(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        """Rows of a named query; parameters that are left out have its defaults."""

    def rows(self, cypher: str) -> list[dict[str, Any]]:
        """Rows of a query of this package, all of them; what people and models write goes to `query`."""

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        timeout: float = 10.0,
    ) -> list[dict[str, Any]]:
        """Rows of a query that a person or a model wrote: guarded, read-only, at most ``limit`` rows.

        Raises
        ------
        UnsafeCypher
            If the guard refuses the text.
        QueryFailed
            If the engine does, or a parameter is missing; QueryTimeout after ``timeout`` seconds, QueryTooLarge at
            the memory limit.
        """

    def search(self, text: str, k: int = 10) -> list[dict[str, Any]]:
        """Passages, claims and papers that share words with ``text``, best first: id, label, paper_id, text, score."""

    def similar(self, vector: Sequence[float] | np.ndarray, k: int = 10) -> list[dict[str, Any]]:
        """Nodes with the nearest embeddings, best first: id and score, the cosine from -1 to 1."""

    def digest(self) -> str:
        """Digest of all nodes and edges: equal for equal graphs, whichever way they were written."""

    def close(self) -> None:
        """Let go of files, locks and processes, for good: every later call but this one raises `StoreClosed`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
