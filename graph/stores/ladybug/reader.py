"""One generation of an embedded store, open for reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.errors import QueryFailed, QueryTimeout, StoreCorrupt, StoreUnavailable
from graph.stores import fulltext, vectors
from graph.stores.ladybug.child import Child
from graph.stores.ladybug.engine import close_engine, open_engine, rows_of
from graph.stores.ladybug.generations import Lease
from graph.stores.ladybug.writer import GRAPH, TEXT
from graph.stores.values import plain
from graph.stores.version import store_version

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Reader"]

NAMED_SECONDS = 60.0


class Reader:
    """The files of a generation; each is opened when it is first needed.

    Parameters
    ----------
    lease
        The generation; held until ``close``.

    Raises
    ------
    StoreUnavailable
        If another version of this package built it.
    """

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.child = Child(lease.path / GRAPH)
        if lease.manifest.get("schema") != store_version():
            lease.close()
            msg = f"{lease.path.parent} was built by another version; build it again: `biorxivist graph rebuild`."
            raise StoreUnavailable(msg)

    @cached_property
    def _graph(self) -> Any:
        try:
            return open_engine(self.lease.path / GRAPH, read_only=True)
        except (RuntimeError, OSError) as error:
            msg = f"{self.lease.path / GRAPH} does not open ({error}); build it again: `biorxivist graph rebuild`."
            raise StoreCorrupt(msg) from error

    @cached_property
    def _text(self) -> sqlite3.Connection:
        return fulltext.open_readonly(self.lease.path / TEXT)

    @cached_property
    def _vectors(self) -> tuple[list[str], np.ndarray] | None:
        return vectors.load(self.lease.path)

    def rows(self, cypher: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows of a query of our own, in this process; printed for the engine like those of people.

        Raises
        ------
        QueryFailed
            If the engine refuses it, QueryTimeout if it takes longer than a minute.
        """
        from graph import guard

        text = guard.rewrite(cypher, engine="ladybug", parameters=params)
        self._graph.set_query_timeout(int(NAMED_SECONDS * 1000))
        try:
            return [{name: plain(value) for name, value in row.items()} for row in rows_of(self._graph, text, params)]
        except RuntimeError as error:
            if str(error).startswith("Interrupted"):
                raise QueryTimeout(NAMED_SECONDS, cypher) from error
            msg = f"The engine refused the query: {error}"
            raise QueryFailed(msg, cypher) from error

    def search(self, text: str, k: int) -> list[dict[str, Any]]:
        """Best texts.

        Raises
        ------
        StoreCorrupt
            If the full-text file does not open.
        """
        try:
            return fulltext.search(self._text, text, k)
        except sqlite3.Error as error:
            msg = f"{self.lease.path / TEXT} cannot be read ({error}); build it again: `biorxivist graph rebuild`."
            raise StoreCorrupt(msg) from error

    def similar(self, vector: Sequence[float] | np.ndarray, k: int) -> list[dict[str, Any]]:
        """Nearest embeddings.

        Raises
        ------
        StoreUnavailable
            If the store has none.
        """
        if self._vectors is None:
            msg = f"{self.lease.path.parent} has no vectors; write some with write_vectors, or use search(text)."
            raise StoreUnavailable(msg)
        return vectors.similar(*self._vectors, vector, k)

    def close(self) -> None:
        """Close what was opened and let the generation go."""
        self.child.retire()
        opened = vars(self)
        if "_graph" in opened:
            close_engine(opened.pop("_graph"))
        if "_text" in opened:
            opened.pop("_text").close()
        opened.pop("_vectors", None)
        self.lease.close()
