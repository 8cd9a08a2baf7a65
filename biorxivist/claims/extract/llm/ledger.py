"""Which section of which version a model has been asked about, in the SQLite file of the answers.

A row is the last word on (version, section, part, prompt, model). A section whose call failed stays open, with the
reason, and is asked about again by the next run; nothing else of its paper waits for it.
"""

from __future__ import annotations

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from biorxivist.claims.extract.llm.sections import Part
from biorxivist.llm.errors import AlreadyAsking
from biorxivist.llm.request import Model

__all__ = ["Entry", "Ledger", "alone"]

State = Literal["done", "open"]
TABLE = """
CREATE TABLE IF NOT EXISTS sections (
  version_id TEXT NOT NULL, section TEXT NOT NULL, part INTEGER NOT NULL, prompt TEXT NOT NULL, provider TEXT NOT NULL,
  model TEXT NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL, why TEXT, detail TEXT, tries INTEGER NOT NULL,
  at REAL NOT NULL, PRIMARY KEY (version_id, section, part, prompt, provider, model)
) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Entry:
    """What became of a section."""

    request: str
    """Fingerprint of the request; another one means that text, schema or parameters have changed since."""
    state: State
    why: str | None
    """Why it is open: rate_limited, refusal, cut_off ..."""
    detail: str | None
    tries: int
    """Runs in which it was tried."""


class Ledger:
    """The sections that one model was asked about with one prompt."""

    def __init__(self, path: Path, model: Model, prompt: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._name = prompt, model.provider, model.name
        self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def find(self, part: Part) -> Entry | None:
        """What is known of a section; none if it was never tried."""
        row = self._db.execute(
            "SELECT request, state, why, detail, tries FROM sections WHERE version_id = ? AND section = ? AND part = ? "
            "AND prompt = ? AND provider = ? AND model = ?",
            (part.version_id, part.section, part.number, *self._name),
        ).fetchone()
        return None if row is None else Entry(*row)

    def is_done(self, part: Part, request: str) -> bool:
        """Whether this very request has been answered usably."""
        entry = self.find(part)
        return entry is not None and entry.state == "done" and entry.request == request

    def finish(self, part: Part, request: str) -> None:
        """Note that a section has a usable answer."""
        self._write(part, request, "done", None, None)

    def leave_open(self, part: Part, request: str, why: str, detail: str) -> None:
        """Note that a section has none, and why."""
        self._write(part, request, "open", why, detail[:500])

    def _write(self, part: Part, request: str, state: State, why: str | None, detail: str | None) -> None:
        self._db.execute(
            "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET "
            "request = excluded.request, state = excluded.state, why = excluded.why, detail = excluded.detail, "
            "tries = tries + 1, at = excluded.at",
            (part.version_id, part.section, part.number, *self._name, request, state, why, detail, time.time()),
        )


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the right to ask for this home, so that two processes do not pay for the same call.

    The operating system gives it back when the process ends, however it ends.

    Raises
    ------
    AlreadyAsking
        If another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            msg = f"Another process is asking a language model for {path.parent}. Wait for it; its answers are kept."
            raise AlreadyAsking(msg) from None
        yield
