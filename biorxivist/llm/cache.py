"""Every answer that was paid for, in one SQLite file of the home, by what decides it (`request.fingerprint`).

Of a request only its hash is kept: no text of a paper, no key.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from biorxivist.llm.request import Model, Reply

__all__ = ["Answers"]

TABLE = """
CREATE TABLE IF NOT EXISTS answers (
  key TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, at REAL NOT NULL, usable INTEGER NOT NULL,
  text TEXT NOT NULL, stopped TEXT NOT NULL, tokens_in INTEGER, tokens_out INTEGER
)
"""


class Answers:
    """Answers of language models; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(TABLE)
        self._db.execute("CREATE INDEX IF NOT EXISTS answers_by_key ON answers (key, usable)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def find(self, key: str) -> Reply | None:
        """The usable answer of this key."""
        with self._lock:
            row = self._db.execute(
                "SELECT text, stopped, tokens_in, tokens_out FROM answers WHERE key = ? AND usable "
                "ORDER BY at DESC LIMIT 1",
                (key,),
            ).fetchone()
        return None if row is None else Reply(*row)

    def add(self, key: str, model: Model, reply: Reply, *, usable: bool) -> None:
        """Keep an answer; one that cannot be used is kept as well, because it was paid for, and never found."""
        with self._lock:
            self._db.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key, model.provider, model.name, time.time(), usable, reply.text, reply.stopped, reply.tokens_in,
                    reply.tokens_out,
                ),
            )  # fmt: skip
