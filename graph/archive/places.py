"""Where the lines of an archive stand, kept on the disk: memory does not grow with the number of records.

SQLite keeps the tables in a temporary file without a name, which no other process sees and which goes with the process,
however that ends; a small archive never leaves the page cache. Nothing here is a fact: all of it is read again from
the files of the archive.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from graph.errors import GraphError

__all__ = ["Place", "Places"]

CACHE_KIB = 16 * 2**10
"""Memory for pages of the tables; what does not fit is on the disk."""
IDS_PER_QUERY = 500
SETTINGS = f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE_KIB}; BEGIN;"
TABLES = """
CREATE TABLE places(
    kind TEXT, id BLOB, at INTEGER, file INTEGER, start INTEGER, mark INTEGER, PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE TABLE superseded(kind TEXT, file INTEGER, start INTEGER, PRIMARY KEY(kind, file, start)) WITHOUT ROWID;
CREATE TABLE removed(kind TEXT, id BLOB, at INTEGER, PRIMARY KEY(kind, id)) WITHOUT ROWID;
"""


class Place(NamedTuple):
    """Where the line that counts for an id stands."""

    at: int
    """When its fact was learned: microseconds since 1970."""
    file: int
    offset: int
    mark: int


class Places:
    """The places of all records of one archive, and what its Tombstones remove."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(SETTINGS + TABLES)
        self._any_removed = False
        weakref.finalize(self, self._db.close)

    def find(self, kind: str, ids: Sequence[str]) -> dict[str, Place]:
        """Places of those of these ids that are known."""
        return {row[0]: Place(*row[1:]) for row in self._find("at, file, start, mark", "places", kind, ids)}

    def removed(self, kind: str, ids: Sequence[str]) -> dict[str, int]:
        """When those of these ids that a Tombstone names were removed, in microseconds since 1970."""
        return dict(self._find("at", "removed", kind, ids)) if self._any_removed else {}

    def superseded(self, kind: str, file: int, first: int, last: int) -> set[int]:
        """Offsets of lines of a part of a file that do not count, as another line of their id does."""
        query = "SELECT start FROM superseded WHERE kind = ? AND file = ? AND start BETWEEN ? AND ?"
        with _explained():
            return {row[0] for row in self._db.execute(query, (kind, file, first, last))}

    def put(self, kind: str, places: Mapping[str, Place], superseded: Iterable[Place] = ()) -> None:
        """Note places, instead of earlier ones of the same ids, and those that do not count."""
        rows = ((kind, _key(record_id), *place) for record_id, place in places.items())
        with _explained():
            self._db.executemany("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?, ?, ?)", rows)
            rows_superseded = ((kind, place.file, place.offset) for place in superseded)
            self._db.executemany("INSERT OR IGNORE INTO superseded VALUES (?, ?, ?)", rows_superseded)

    def remove(self, removals: Iterable[tuple[str, str, int]]) -> None:
        """Note removals (kind, id, microseconds since 1970); of several of one id the latest counts."""
        query = "INSERT INTO removed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)"
        self._any_removed = True
        with _explained():
            self._db.executemany(query, ((kind, _key(record_id), at) for kind, record_id, at in removals))

    def forget(self, kind: str) -> None:
        """Forget a kind whose files have to be read again, and with the Tombstones what they remove."""
        with _explained():
            self._db.execute("DELETE FROM places WHERE kind = ?", (kind,))
            self._db.execute("DELETE FROM superseded WHERE kind = ?", (kind,))
            if kind == "Tombstone":
                self._db.execute("DELETE FROM removed")

    def count(self, kind: str) -> int:
        """How many records of a kind stand, those that a Tombstone removed left out."""
        query = (
            "SELECT count(*) FROM places p LEFT JOIN removed r ON r.kind = p.kind AND r.id = p.id "
            "WHERE p.kind = ? AND (r.at IS NULL OR r.at < p.at)"
        )
        with _explained():
            number: int = self._db.execute(query, (kind,)).fetchone()[0]
            return number

    def in_order(self, kind: str) -> Iterator[dict[str, Place]]:
        """All places of a kind in portions, in the order of the ids as JSON prints them."""
        query = "SELECT id, at, file, start, mark FROM places WHERE kind = ? AND id > ? ORDER BY id LIMIT ?"
        last = b""
        while True:
            with _explained():
                rows = self._db.execute(query, (kind, last, IDS_PER_QUERY)).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield {_id(row[0]): Place(*row[1:]) for row in rows}

    def _find(self, columns: str, table: str, kind: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(ids), IDS_PER_QUERY):
            keys = {_key(record_id): record_id for record_id in ids[first : first + IDS_PER_QUERY]}
            marks = ", ".join("?" * len(keys))
            # S608: the text is made of constants and question marks
            query = f"SELECT id, {columns} FROM {table} WHERE kind = ? AND id IN ({marks})"  # noqa: S608
            with _explained():
                rows = self._db.execute(query, (kind, *keys)).fetchall()
            for row in rows:
                yield keys[row[0]], *row[1:]


def _key(record_id: str) -> bytes:
    """Key whose order as bytes is the order of the printed lines; any text that JSON can hold has one."""
    return encode_basestring(record_id).encode("utf-8", "surrogatepass")


def _id(key: bytes) -> str:
    record_id: str = json.loads(key.decode("utf-8", "surrogatepass"))
    return record_id


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        msg = (
            f"The index of the archive could not be kept in the folder for temporary files ({error}). Free space "
            "there, or set SQLITE_TMPDIR to a folder with more, and run the command again."
        )
        raise GraphError(msg) from error
