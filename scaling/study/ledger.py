"""The ledger of a study: which run is waiting, running, done or failed, in one SQLite file.

Processes of one machine share it; a driver of workers on other machines has one in its memory. A run is leased: its
worker renews the lease while it lives, and a run whose lease has expired, or whose process is gone from this machine,
goes to the next worker. The records of a finished run are in a file of its own, which is complete as soon as it exists,
so a worker may be killed at any moment and no run is done twice.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scaling.errors import LedgerError

__all__ = ["LEASE", "Ledger"]

LEASE = 60.0
"""Seconds after which a run goes to another worker, unless its worker has renewed the lease."""

TABLE = """
CREATE TABLE IF NOT EXISTS runs (
  run_id TEXT PRIMARY KEY, position INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
  host TEXT, pid INTEGER, heartbeat REAL, error TEXT, after TEXT
) WITHOUT ROWID
"""


class Ledger:
    """State of the runs of a study.

    Parameters
    ----------
    path
        The SQLite file, made if missing; none for a ledger in memory, which no other process sees.

    Raises
    ------
    LedgerError
        If the file cannot be made or written (read-only or full disk, not a ledger).
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path or Path(":memory:")
        with self._guard():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path or ":memory:", timeout=30.0, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")  # readers of the state do not block workers
            # A power failure may lose the last states; `scaling.study.run` restores them from the files of records.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(TABLE)
            if "after" not in {row[1] for row in self._db.execute("PRAGMA table_info(runs)")}:  # of an older version
                self._db.execute("ALTER TABLE runs ADD COLUMN after TEXT")

    def add(self, planned: Mapping[str, str | None]) -> None:
        """Enter the runs of a plan that are not in the ledger yet: id -> id of the run that has to be done before.

        Runs that are not in the plan are dropped unless another process is running them; failed runs wait again.
        """
        with self._write() as db:
            # A table, because a statement takes a limited number of parameters and a plan has any number of runs.
            db.execute("CREATE TEMP TABLE IF NOT EXISTS planned (run_id TEXT PRIMARY KEY)")
            db.execute("DELETE FROM planned")
            db.executemany("INSERT INTO planned VALUES (?)", [(run_id,) for run_id in planned])
            db.execute("DELETE FROM runs WHERE state <> 'running' AND run_id NOT IN (SELECT run_id FROM planned)")
            db.executemany(
                "INSERT INTO runs (run_id, position, after) VALUES (?, ?, ?) "
                "ON CONFLICT (run_id) DO UPDATE SET position = excluded.position, after = excluded.after",
                [(run_id, position, after) for position, (run_id, after) in enumerate(planned.items())],
            )
            db.execute("UPDATE runs SET state = 'waiting', error = NULL WHERE state = 'failed'")

    def claim(self, *, lease: float = LEASE) -> str | None:
        """Lease the next waiting run to this process: its id, or none if no run waits that could begin.

        One statement selects and marks the run, inside a transaction that excludes other writers, so that two
        processes never get the same run.
        """
        with self._write() as db:
            db.execute(
                "UPDATE runs SET state = 'waiting' WHERE state = 'running' AND heartbeat < ?", (time.time() - lease,)
            )
            row = db.execute(
                "UPDATE runs SET state = 'running', host = ?, pid = ?, heartbeat = ? WHERE run_id = "
                "(SELECT run_id FROM runs WHERE state = 'waiting' AND (after IS NULL OR after IN "
                "(SELECT run_id FROM runs WHERE state = 'done')) ORDER BY position LIMIT 1) RETURNING run_id",
                (socket.gethostname(), os.getpid(), time.time()),
            ).fetchone()
        return None if row is None else str(row[0])

    def claim_these(self, run_ids: Iterable[str], *, most: int) -> list[str]:
        """Lease the first of these runs to this process that wait and could begin, at most so many: their ids."""
        claimed: list[str] = []
        with self._write() as db:
            for run_id in run_ids:
                if len(claimed) == most:
                    break
                row = db.execute(
                    "UPDATE runs SET state = 'running', host = ?, pid = ?, heartbeat = ? WHERE run_id = ? "
                    "AND state = 'waiting' AND (after IS NULL OR after IN "
                    "(SELECT run_id FROM runs WHERE state = 'done')) RETURNING run_id",
                    (socket.gethostname(), os.getpid(), time.time(), run_id),
                ).fetchone()
                claimed += [] if row is None else [str(row[0])]
        return claimed

    def release_dead(self) -> int:
        """Let the runs of processes that are gone from this machine wait again, without waiting for their lease.

        Returns
        -------
        Number of such runs.
        """
        host = socket.gethostname()
        with self._write() as db:
            leased = db.execute("SELECT run_id, pid FROM runs WHERE state = 'running' AND host = ?", (host,)).fetchall()
            dead = [(run_id,) for run_id, pid in leased if not _is_alive(pid)]
            db.executemany("UPDATE runs SET state = 'waiting' WHERE run_id = ?", dead)
        return len(dead)

    def renew(self, run_id: str) -> None:
        """Renew the lease of this process on a run; without effect if another process has it by now."""
        with self._write() as db:
            db.execute(
                "UPDATE runs SET heartbeat = ? WHERE run_id = ? AND state = 'running' AND pid = ?",
                (time.time(), run_id, os.getpid()),
            )

    def finish(self, run_id: str) -> None:
        """Mark a run as done; call it once its records are on disk."""
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
        """Count the runs per state."""
        with self._guard():
            return dict(self._db.execute("SELECT state, count(*) FROM runs GROUP BY state").fetchall())

    def states(self) -> dict[str, str]:
        """Read the state of every run: run id -> state, in the order of the plan."""
        with self._guard():
            return dict(self._db.execute("SELECT run_id, state FROM runs ORDER BY position").fetchall())

    def failed(self) -> list[tuple[str, str]]:
        """Read the failed runs with their reasons."""
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
            self._db.execute("BEGIN IMMEDIATE")  # a lock that is taken at the first write may fail half-way
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


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # signal 0 only checks; PermissionError means that the process exists and is another user's
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
