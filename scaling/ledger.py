"""The ledger of a study: which run is waiting, running, done or failed, in one SQLite file.

Processes share it. A run is leased: its worker renews the lease while it lives, and a run whose lease ran out, or
whose process is gone from this machine, is given to the next worker. A finished run's records lie in a file of their
own that appears at once and whole, so a worker may be killed at any moment and no run is done twice.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from scaling.errors import LedgerError

__all__ = ["LEASE", "Ledger"]

LEASE = 60.0
"""Seconds after which a silent worker has lost its run."""

TABLE = """
CREATE TABLE IF NOT EXISTS runs (
  run_id TEXT PRIMARY KEY, position INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
  host TEXT, pid INTEGER, heartbeat REAL, error TEXT
) WITHOUT ROWID
"""


class Ledger:
    """State of the runs of a study.

    Parameters
    ----------
    path
        The SQLite file; made if missing.

    Raises
    ------
    LedgerError
        If the file cannot be made or written (read-only or full disk, not a ledger).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._guard():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(TABLE)

    def add(self, run_ids: Iterable[str]) -> None:
        """Enter runs that are not there yet; runs of another plan that wait are dropped, failed ones wait again."""
        wanted = list(run_ids)
        with self._write() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (run_id TEXT PRIMARY KEY)")
            db.execute("DELETE FROM wanted")
            db.executemany("INSERT INTO wanted VALUES (?)", [(run_id,) for run_id in wanted])
            db.execute("DELETE FROM runs WHERE state <> 'running' AND run_id NOT IN (SELECT run_id FROM wanted)")
            db.executemany(
                "INSERT OR IGNORE INTO runs (run_id, position) VALUES (?, ?)",
                [(run_id, position) for position, run_id in enumerate(wanted)],
            )
            db.execute("UPDATE runs SET state = 'waiting', error = NULL WHERE state = 'failed'")

    def claim(self, *, lease: float = LEASE) -> str | None:
        """The next run for this process, or none if nothing waits."""
        with self._write() as db:
            db.execute(
                "UPDATE runs SET state = 'waiting' WHERE state = 'running' AND heartbeat < ?", (time.time() - lease,)
            )
            row = db.execute(
                "UPDATE runs SET state = 'running', host = ?, pid = ?, heartbeat = ? WHERE run_id = "
                "(SELECT run_id FROM runs WHERE state = 'waiting' ORDER BY position LIMIT 1) RETURNING run_id",
                (socket.gethostname(), os.getpid(), time.time()),
            ).fetchone()
        return None if row is None else str(row[0])

    def release_dead(self) -> int:
        """Give back the runs of processes that are gone from this machine; how many."""
        host = socket.gethostname()
        with self._write() as db:
            held = db.execute("SELECT run_id, pid FROM runs WHERE state = 'running' AND host = ?", (host,)).fetchall()
            dead = [(run_id,) for run_id, pid in held if not _alive(pid)]
            db.executemany("UPDATE runs SET state = 'waiting' WHERE run_id = ?", dead)
        return len(dead)

    def beat(self, run_id: str) -> None:
        """Renew the lease of this process on a run."""
        with self._write() as db:
            db.execute(
                "UPDATE runs SET heartbeat = ? WHERE run_id = ? AND state = 'running' AND pid = ?",
                (time.time(), run_id, os.getpid()),
            )

    def finish(self, run_id: str) -> None:
        """Mark a run as done; call it when its records are on disk."""
        with self._write() as db:
            db.execute("UPDATE runs SET state = 'done', error = NULL WHERE run_id = ?", (run_id,))

    def release(self, run_id: str) -> None:
        """Let a run wait again."""
        with self._write() as db:
            db.execute("UPDATE runs SET state = 'waiting', error = NULL WHERE run_id = ?", (run_id,))

    def fail(self, run_id: str, error: str) -> None:
        """Mark a run as failed, with the reason."""
        with self._write() as db:
            db.execute("UPDATE runs SET state = 'failed', error = ? WHERE run_id = ?", (error[:2000], run_id))

    def counts(self) -> dict[str, int]:
        """Runs per state."""
        with self._guard():
            return dict(self._db.execute("SELECT state, count(*) FROM runs GROUP BY state").fetchall())

    def states(self) -> dict[str, str]:
        """State of every run."""
        with self._guard():
            return dict(self._db.execute("SELECT run_id, state FROM runs ORDER BY position").fetchall())

    def failed(self) -> list[tuple[str, str]]:
        """Failed runs with their reasons."""
        with self._guard():
            return self._db.execute(
                "SELECT run_id, error FROM runs WHERE state = 'failed' ORDER BY position"
            ).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._guard():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            msg = (
                f"{self.path}: the ledger of the study cannot be used ({error}). Free or unlock the disk, or give "
                "another folder for the study (--out); finished runs are kept."
            )
            raise LedgerError(msg) from error


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
