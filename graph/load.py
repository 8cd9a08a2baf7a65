"""Records into a store: the only way in.

A load is repeatable: what is there already is left as it is, and a store that got its records in any order, in one
load or in many, is the same as one that was rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.archive import Archive
from graph.progress import Progress
from graph.records import Record
from graph.rows import edge_rows, node_rows
from graph.stores.base import Login, Store
from graph.stores.open import open_store

__all__ = ["edge_rows", "load", "node_rows", "rebuild"]


class _Counted:
    """The records of an archive, with their number, so that progress has a total."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __len__(self) -> int:
        return self._archive.count()

    def __iter__(self) -> Iterator[Record]:
        return self._archive.read()


def load(store: Store, records: Iterable[Record], *, progress: Progress | None = None) -> dict[str, int]:
    """Bring a store to what these records say; all of them, or nothing if it fails.

    Parameters
    ----------
    store
        The store; its tables are made if needed.
    records
        Records in any order, for example ``archive.read()``.
    progress
        Called with (done, total, what); total is 0 where it is not known.

    Returns
    -------
    dict
        ``records``, ``nodes`` and ``edges`` written, ``removed``, ``unchanged``, ``missing_endpoints``.

    Raises
    ------
    graph.errors.StoreError
        If the store cannot be written; it is then as before.
    """
    return store.write(records, progress=progress)


def rebuild(
    archive: Archive, url: str, *, login: Login | None = None, progress: Progress | None = None
) -> dict[str, int]:
    """Build the store at ``url`` anew from an archive, whatever state it is in.

    Raises
    ------
    graph.errors.ArchiveError
        If a line of the archive is not a record; the store is then as before.
    graph.errors.StoreError
        If the store cannot be written.
    """
    with open_store(url, login=login) as store:
        return store.write(_Counted(archive), replace=True, progress=progress)
