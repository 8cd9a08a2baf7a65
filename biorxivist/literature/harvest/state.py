"""The file of a harvest: rows and cursor, written together, so that a kill loses at most the page under way."""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

from biorxivist.literature.errors import FetchError
from biorxivist.literature.harvest.position import Position
from biorxivist.literature.sources.base import Hit
from biorxivist.literature.works import merge
from graph.records import Author, Paper, Version, canonical_json

__all__ = ["HarvestState", "MergedWorks", "SyncBusy"]

TABLES = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS row (key TEXT PRIMARY KEY, work TEXT NOT NULL, published TEXT, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS row_work ON row (work);
CREATE INDEX IF NOT EXISTS row_published ON row (published);
CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS text (work TEXT PRIMARY KEY, outcome TEXT NOT NULL, day TEXT NOT NULL);
"""


@dataclass(frozen=True)
class MergedWorks:
    """Some works, put together."""

    hits: Sequence[Hit]
    """One per work."""
    authors: tuple[Author, ...]
    """Authors of all rows, also those that a newer version no longer names."""
    absorbed: tuple[str, ...]
    """Ids of journal copies that were taken for works before their preprints came."""


class SyncBusy(FetchError):
    """Another process runs the same harvest."""


class HarvestState:
    """State of one harvest, in one SQLite file; a context manager.

    Parameters
    ----------
    path
        The file; made when it is not there.

    Raises
    ------
    SyncBusy
        If another process has it open.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_suffix(".lock").open("w", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            msg = f"Another process runs this harvest ({path}). Wait for it, or stop it, and run this again."
            raise SyncBusy(msg) from error
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing of what happens inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def position(self) -> Position:
        """Where the harvest stands."""
        names = {field.name for field in fields(Position)}
        facts = self._db.execute("SELECT name, value FROM fact").fetchall()
        return Position(**{name: json.loads(value) for name, value in facts if name in names})

    def write_position(self, position: Position) -> None:
        """Write where the harvest stands."""
        facts = [(name, canonical_json(value)) for name, value in asdict(position).items()]
        self._db.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?)", facts)

    def add_rows(self, hits: Iterable[Hit]) -> tuple[int, int]:
        """Add rows; returns how many this harvest had not seen yet, and how many it sees again."""
        new = again = 0
        for hit in hits:
            self._add(hit.key, hit)
            fresh = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (hit.key,)).rowcount
            new, again = new + fresh, again + 1 - fresh
        return new, again

    def add_text(self, hit: Hit) -> None:
        """Add what a full text says about the paper."""
        self._add(f"text:{hit.key}", hit)

    def _add(self, key: str, hit: Hit) -> None:
        values = (key, hit.paper.id, _journal_id(hit), _dump(hit))
        self._db.execute("INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?)", values)

    def settle_text(self, work: str, outcome: str, day: str) -> None:
        """Note how the full text of a work was fetched, or why there is none."""
        self._db.execute("INSERT OR REPLACE INTO text VALUES (?, ?, ?)", (work, outcome, day))

    def text_outcomes(self) -> dict[str, str]:
        """Work -> how fetching its full text ended."""
        return dict(self._db.execute("SELECT work, outcome FROM text"))

    def count_gaps(self, *beginnings: str) -> dict[str, int]:
        """Reasons of the outcomes that begin so -> how many works have that outcome, the most frequent first."""
        counted: Counter[str] = Counter()
        for outcome in self.text_outcomes().values():
            beginning, _, reason = outcome.partition(": ")
            if beginning in beginnings:
                counted[reason] += 1
        return dict(counted.most_common())

    def forget_seen(self) -> None:
        """Start counting again."""
        self._db.execute("DELETE FROM seen")

    def count_seen(self) -> int:
        """Rows that this harvest has seen."""
        number: int = self._db.execute("SELECT count(*) FROM seen").fetchone()[0]
        return number

    def count_works(self) -> int:
        """Works that are known; the journal copy of a known preprint is not counted separately."""
        copies = "SELECT published FROM row WHERE published IS NOT NULL"
        query = f"SELECT count(DISTINCT work) FROM row WHERE work NOT IN ({copies})"  # noqa: S608
        number: int = self._db.execute(query).fetchone()[0]
        return number

    def all_works(self) -> Iterator[MergedWorks]:
        """Everything, some works at a time: see `works_around`."""
        ids = [work for (work,) in self._db.execute("SELECT DISTINCT work FROM row ORDER BY work")]
        for start in range(0, len(ids), 200):
            yield self.works_around(ids[start : start + 200])

    def works_around(self, ids: Iterable[str]) -> MergedWorks:
        """The works that have a part in these ids: preprints with their journal copies, and copies with theirs."""
        wanted = set(ids)
        for work in tuple(wanted):
            wanted |= self._preprints_of(work)
        for work in tuple(wanted):
            published = self._db.execute("SELECT published FROM row WHERE work = ? AND published IS NOT NULL", (work,))
            for (journal,) in published.fetchall():
                wanted |= {journal, *self._preprints_of(journal)}
        rows = [
            _load(data)
            for work in sorted(wanted)
            for (data,) in self._db.execute("SELECT data FROM row WHERE work = ? ORDER BY key", (work,))
        ]
        merged = merge(rows)
        absorbed = {hit.paper.id for hit in rows} - {hit.paper.id for hit in merged}
        authors = dict.fromkeys(author for hit in rows for author in hit.authors)
        return MergedWorks(merged, tuple(authors), tuple(sorted(absorbed)))

    def _preprints_of(self, journal: str) -> set[str]:
        return {work for (work,) in self._db.execute("SELECT work FROM row WHERE published = ?", (journal,))}


def _journal_id(hit: Hit) -> str | None:
    journal = f"doi:{hit.paper.published_doi}" if hit.paper.published_doi else None
    return journal if journal != hit.paper.id else None


def _dump(hit: Hit) -> str:
    return canonical_json(
        {
            "paper": hit.paper.model_dump(mode="json", exclude_defaults=True),
            "authors": [author.model_dump(mode="json", exclude_defaults=True) for author in hit.authors],
            "versions": [version.model_dump(mode="json", exclude_defaults=True) for version in hit.versions],
            "keys": dict(hit.keys),
        }
    )


def _load(data: str) -> Hit:
    value = json.loads(data)
    return Hit(
        Paper.model_validate(value["paper"]),
        tuple(Author.model_validate(author) for author in value["authors"]),
        tuple(Version.model_validate(version) for version in value["versions"]),
        value["keys"],
    )
