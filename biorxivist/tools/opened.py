"""A graph that a server keeps open: read once, and again when the home has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from biorxivist.claims.index import ClaimIndex, read_index

if TYPE_CHECKING:
    from biorxivist.workspace.home import Home
    from graph.stores.base import Store

__all__ = ["OpenGraph", "open_for_tools"]


class OpenGraph:
    """A store and what it holds in memory; safe to use from several threads.

    Parameters
    ----------
    store
        An open store; whoever gives it closes it, unless ``reopen`` is given.
    stamp
        What changes when the graph does; the index is read again then. Without it, it is read once.
    """

    def __init__(self, store: Store, *, stamp: Callable[[], object] = lambda: None, owns: bool = False) -> None:
        self.store = store
        self._stamp, self._owns = stamp, owns
        self._lock = threading.Lock()
        self._read: tuple[object, ClaimIndex] | None = None

    @property
    def index(self) -> ClaimIndex:
        """Papers, claims, verdicts and names of the graph."""
        stamp = self._stamp()
        with self._lock:
            if self._read is None or self._read[0] != stamp:
                self._read = stamp, read_index(self.store)
            return self._read[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owns:
            self.store.close()


def open_for_tools(home: Home) -> OpenGraph:
    """The graph of a home, brought up to date and kept open.

    Raises
    ------
    StoreUnavailable
        If it cannot be opened.
    """
    from biorxivist.load.prepare import open_graph

    state = home.folder / "state.json"

    def stamp() -> object:
        return state.stat().st_mtime_ns if state.exists() else None

    return OpenGraph(open_graph(home), stamp=stamp, owns=True)
