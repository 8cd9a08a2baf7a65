"""The records of one write, checked and put aside before any of them is sent."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from graph.records import RECORDS
from graph.stores.ownership import Owned

__all__ = ["Spool"]

RANKS = {name: rank for rank, name in enumerate(RECORDS)}


class Spool:
    """The last rows of each owner, on disk, because a stream of records need not fit into memory.

    They come back in the order of ``RECORDS``, nodes before the edges that need them, so that few edges wait for a
    node that is only a batch away.

    Parameters
    ----------
    folder
        A private temporary folder.
    """

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "spool.sqlite", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE owned(owner TEXT PRIMARY KEY, rank INTEGER NOT NULL, rows BLOB NOT NULL) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def put(self, owned: Mapping[str, Owned]) -> None:
        """Keep these rows, in place of earlier ones of the same owners."""
        rows = (
            (owner, RANKS.get(owner.partition("|")[0], 0), pickle.dumps(tuple(rows))) for owner, rows in owned.items()
        )
        self._db.executemany("INSERT OR REPLACE INTO owned VALUES (?, ?, ?)", rows)

    def __iter__(self) -> Iterator[tuple[str, Owned]]:
        for owner, rows in self._db.execute("SELECT owner, rows FROM owned ORDER BY rank, owner"):
            yield owner, Owned(*pickle.loads(rows))  # noqa: S301 (written above, in a folder of this process)
