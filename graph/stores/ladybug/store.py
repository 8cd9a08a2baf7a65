"""The embedded store: a folder with a graph file, a full-text file and vectors, built as one.

A write makes the next generation aside and puts it in place by a rename, so that readers never meet a writer, a
process that dies leaves the old generation, and graph, text and vectors never disagree. It starts from the generation
before the current one, which takes the records of the last write and the new ones, so that a small write costs what
it writes. What changes nothing writes nothing.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from graph.errors import GraphError, QueryTimeout, StoreClosed, StoreError, StoreUnavailable
from graph.progress import Progress
from graph.records import Record
from graph.records.lines import BadLine
from graph.stores import vectors as vector_files
from graph.stores.ladybug.child import ChildClosed
from graph.stores.ladybug.generations import Generations
from graph.stores.ladybug.reader import Reader
from graph.stores.ladybug.spare import Noted, note_changes, read_changes
from graph.stores.ladybug.writer import COUNTS, GRAPH, LEDGER, TEXT, GenerationWriter, pass_unchanged
from graph.stores.prepare import named_query, planned
from graph.stores.version import store_version

if TYPE_CHECKING:
    import numpy as np

__all__ = ["LadybugStore"]

logger = logging.getLogger(__name__)

FILES = (GRAPH, LEDGER, TEXT, vector_files.MATRIX, vector_files.IDS)
DISK_WORDS = ("No space left", "disk is full", "disk I/O error", "File too large", "Cannot write")


class LadybugStore:
    """Store of ``graph.stores.base.Store`` in a folder; its methods may be called from several threads.

    Parameters
    ----------
    folder
        The store.
    read_only
        Refuse to write.

    Raises
    ------
    StoreUnavailable
        If ``read_only`` and nothing was ever built there, or another version built it.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.folder = folder.expanduser().absolute()
        self.url = f"ladybug:{self.folder}"
        self.read_only = read_only
        self._generations = Generations(self.folder)
        self._reader: Reader | None = None
        self._closed = False
        self._lock = threading.RLock()
        if read_only:
            self._current()

    def ensure_schema(self) -> None:
        """Make an empty graph if there is none."""
        self._must_be_open()
        if self._generations.current() is None:
            self.write(())

    def write(
        self, records: Iterable[Record], *, replace: bool = False, progress: Progress | None = None
    ) -> dict[str, int]:
        """Bring the graph to what the records say; see ``graph.stores.base.Store.write``.

        Raises
        ------
        StoreBusy
            If another process is writing.
        StoreUnavailable
            If the folder cannot be written, or another version built the store.
        """
        self._may_write()
        total = len(records) if isinstance(records, Sized) else 0
        with self._generations.writer():
            fresh = replace or self._generations.current() is None
            old = self._old_manifest(fresh=replace)
            passed, others = (0, iter(records)) if fresh else self._pass_unchanged(records, progress, total)
            if others is None:
                still = {"records": passed, "unchanged": passed, "missing_endpoints": old["missing_endpoints"]}
                return {**dict.fromkeys(COUNTS, 0), **still}
            noted = Noted(others)
            with self._generations.build() as build:
                try:
                    writer = GenerationWriter(build) if fresh else self._continued(build, old)
                    try:
                        writer.write(noted, progress, total=total, passed=passed)
                        manifest = writer.finish()
                        if replace and (name := self._generations.current()):
                            vector_files.keep(self.folder / name, build, writer.node_ids())
                    except BaseException:
                        writer.abandon()
                        raise
                    writer.close()
                except (RuntimeError, sqlite3.Error) as error:
                    raise self._build_failed(error) from error
                if not fresh and noted.few is not None:
                    note_changes(build, noted.few)
                    manifest["before"] = self._generations.current()
                self._release()  # a reader of ours would keep what is now the generation before
                self._generations.publish(build, manifest)
        return writer.counts

    def _pass_unchanged(
        self, records: Iterable[Record], progress: Progress | None, total: int
    ) -> tuple[int, Iterator[Record] | None]:
        with closing(self._generations.lease()) as lease:
            try:
                return pass_unchanged(lease.path / LEDGER, records, progress, total=total)
            except sqlite3.Error as error:
                raise self._build_failed(error) from error

    def _continued(self, build: Path, manifest: dict[str, Any]) -> GenerationWriter:
        """Writer of a folder that holds the current generation: the one before with the last changes, or a copy."""
        if self._generations.take(build, manifest.get("before")):
            try:
                with closing(self._generations.lease()) as lease:
                    changes = read_changes(lease.path)
                writer = GenerationWriter(build)
                try:
                    if writer.catch_up(changes, manifest["digest"]):
                        return writer
                    logger.warning("%s: the generation before does not lead to the current one", self.folder)
                except BaseException:
                    writer.abandon()
                    raise
                writer.abandon()
            except (OSError, RuntimeError, sqlite3.Error, BadLine, GraphError) as error:
                logger.warning("%s: the generation before is of no use (%s)", self.folder, error)
        self._generations.copy(build, FILES)
        return GenerationWriter(build)

    def write_vectors(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        """Keep one embedding per node id, shape (len(ids), dimensions), in place of all earlier ones."""
        self._may_write()
        with self._generations.writer():
            with closing(self._generations.lease()) as lease:
                manifest = lease.manifest
            with self._generations.build() as build:
                self._generations.copy(build, FILES)
                vector_files.save(build, ids, vectors)
                self._generations.publish(build, {name: value for name, value in manifest.items() if name != "before"})

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
        with self._lock:
            return self._current().rows(cypher, values)

    def rows(self, cypher: str) -> list[dict[str, Any]]:
        """Rows of a query of this package, in this process; see ``graph.stores.base.Store.rows``."""
        with self._lock:
            return self._current().rows(cypher, {})

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        timeout: float = 10.0,
    ) -> list[dict[str, Any]]:
        """Rows of a query that a person or a model wrote; see ``graph.stores.base.Store.query``."""
        deadline = time.monotonic() + timeout
        plan, values = planned(cypher, params, limit=limit, timeout=timeout)
        while True:
            if not self._lock.acquire(timeout=max(0, deadline - time.monotonic())):
                raise QueryTimeout(timeout, cypher)
            try:
                child = self._current().child
            finally:
                self._lock.release()
            with suppress(ChildClosed):  # another thread has met a newer generation meanwhile
                return child.query(plan.engine, values, limit=limit, timeout=timeout, deadline=deadline, rows=plan.rows)

    def search(self, text: str, k: int = 10) -> list[dict[str, Any]]:
        """Passages, claims and papers that share words with ``text``, best first."""
        with self._lock:
            return self._current().search(text, k)

    def similar(self, vector: Sequence[float] | np.ndarray, k: int = 10) -> list[dict[str, Any]]:
        """Nodes with the nearest embeddings, best first."""
        with self._lock:
            return self._current().similar(vector, k)

    def digest(self) -> str:
        """sha256 of all nodes and edges."""
        with self._lock:
            digest: str = self._current().lease.manifest["digest"]
            return digest

    def counts(self) -> dict[str, int]:
        """Rows in the graph: label or relationship type -> number."""
        with self._lock:
            rows: dict[str, int] = self._current().lease.manifest["rows"]
            return dict(rows)

    def close(self) -> None:
        """Let go of files, locks and the child process, for good."""
        with self._lock:
            self._closed = True
            self._release()

    def _release(self) -> None:
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _current(self) -> Reader:
        """Reader of the current generation; a newer one is taken as soon as it is there."""
        self._must_be_open()
        if self._reader is not None and self._reader.lease.name != self._generations.current():
            self._release()
        if self._reader is None:
            self._reader = Reader(self._generations.lease())
        return self._reader

    def _must_be_open(self) -> None:
        if self._closed:
            raise StoreClosed(self.url)

    def _may_write(self) -> None:
        self._must_be_open()
        if self.read_only:
            msg = f"{self.url} was opened read-only; open it with read_only=False to write."
            raise StoreUnavailable(msg)

    def _old_manifest(self, *, fresh: bool) -> dict[str, Any]:
        """Manifest of the current generation, which an update needs to understand and a rebuild does not."""
        if self._generations.current() is None:
            return {}
        try:
            with closing(self._generations.lease()) as lease:
                manifest = lease.manifest
        except GraphError:
            if fresh:
                return {}
            raise
        if not fresh and manifest.get("schema") != store_version():
            msg = f"{self.url} was built by another version; build it again: `biorxivist graph rebuild`."
            raise StoreUnavailable(msg)
        return manifest

    def _build_failed(self, error: Exception) -> StoreError:
        if any(words in str(error) for words in DISK_WORDS):
            return self._generations.unwritable(OSError(str(error)))
        return StoreError(f"{self.url} could not be written ({error}); what was there before is kept.")
