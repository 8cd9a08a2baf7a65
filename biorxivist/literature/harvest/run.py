"""Harvesting: a query or a category over a range of days into the archive, and again later for what is new.

Each page is written with the cursor of the next one before that is asked for, so that a harvest that was killed goes
on where it was and fetches at most the page under way again. What goes into the archive depends on the set of rows
only: a harvest in pieces ends byte for byte as one in one go.

Rows can move while they are paged. A row that comes twice, or a total that changes, is a sign of it, and the harvest
goes through the pages again until that brings nothing new. A total that is merely higher than what can be had (the
bioRxiv API is known for it) is settled by one look at the first page, and said in the audit line.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from biorxivist.literature.get import routes_of
from biorxivist.literature.harvest.state import State, Works
from biorxivist.literature.harvest.texts import fetch_texts
from biorxivist.literature.licence import kept, standing_papers
from biorxivist.literature.references import resolve
from biorxivist.literature.search import as_day
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Page, Source
from graph.archive import Archive
from graph.records import FetchLog, Record, Tombstone, digest

__all__ = ["SyncReport", "sync"]

logger = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
PASSES = 3
MOST_PAGES = 100_000
IDLE_PAGES = 2
OVERLAP = timedelta(days=3)


@dataclass(frozen=True)
class SyncReport:
    """What a harvest brought."""

    source: str
    query: str
    since: date | None
    until: date | None
    expected: int | None
    """Rows that the source said there are."""
    got: int
    """Different rows that came."""
    pages: int
    """Pages that were fetched in this run."""
    papers: int
    """Works that are known of this harvest, versions and journal copies put together."""
    written: int
    """Records that were new or different in the archive."""
    texts: int = 0
    """Full texts that this run brought."""
    problems: tuple[str, ...] = field(default=(), repr=False)
    """Rows that could not be read, and texts that could not be had."""

    @property
    def missing(self) -> int:
        """Rows that the source announced and did not send."""
        return max(0, (self.expected or 0) - self.got)

    def line(self) -> str:
        """The audit line."""
        expected = "unknown" if self.expected is None else str(self.expected)
        days = f" {self.since or '...'} to {self.until or '...'}"
        text = f", {self.texts} full texts" if self.texts else ""
        return (
            f"{self.source}{f' {self.query!r}' if self.query else ''}{days}: expected {expected}, got {self.got}, "
            f"missing {self.missing}; {self.papers} papers, {self.written} records written, {self.pages} pages{text}"
        )


def _silent(done: int, total: int, what: str) -> None:
    del done, total, what


def sync(
    query: str = "",
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    source: str = "biorxiv",
    archive: Archive | Path,
    state: Path,
    sources: Sources | None = None,
    full_text: bool = False,
    web: bool = False,
    threads: int = 4,
    progress: Progress = _silent,
) -> SyncReport:
    """Bring what fits into the archive; only what is not there yet, if this was harvested before.

    Parameters
    ----------
    query
        What to harvest: a query, or for ``biorxiv`` a subject category or nothing.
    since, until
        First and last day of posting. Without ``until`` it is today, and the next run goes on from there.
    source
        Who is asked.
    archive, state
        Where the records go, and the folder in which harvests keep where they are.
    sources
        Where the services are; as the environment says when left out.
    full_text
        Whether open full texts are fetched, too.
    web
        Whether the bioRxiv site may be asked for them.
    threads
        Full texts under way at a time; the pace of each host stands above it.
    progress
        Told (done, total, what).

    Raises
    ------
    SyncBusy
        If the same harvest runs already.
    FetchError
        If the source fails; what came before is kept, and the next run goes on from there.
    """
    opened = sources or Sources.configured()
    asked = opened.open(source)
    first, last = as_day(since, "since"), as_day(until, "until")
    archive = archive if isinstance(archive, Archive) else Archive(archive)
    name = digest([asked.name, query, str(first), str(last)])
    with State(state / f"{asked.name}-{name}.sqlite") as stored:
        harvest = _Harvest(asked, query, first, last, archive, stored, progress)
        outcome = "ok"
        try:
            harvest.run()
            if full_text:
                routes = ("local",) if asked.name == "local" else routes_of(opened, web=web)
                brought = fetch_texts(stored, opened, routes=routes, threads=threads, progress=progress)
                for work, records in brought:
                    harvest.keep_text(work, records)
                harvest.written += resolve(harvest.archive, writer=harvest.writer)
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            harvest.log(outcome)
        return harvest.report()


class _Harvest:
    """One harvest of rows."""

    def __init__(
        self,
        source: Source,
        query: str,
        since: date | None,
        until: date | None,
        archive: Archive,
        state: State,
        progress: Progress,
    ) -> None:
        self.source, self.query, self.since, self.until = source, query, since, until
        self.archive, self.state, self.progress = archive, state, progress
        self.writer = f"sync-{source.name}"
        self.pages = self.written = self.texts = 0
        self.problems: list[str] = []
        self._standing = standing_papers(archive)

    def run(self) -> None:
        """Go on with what was begun, else begin with what is new."""
        if self.state.get("running"):
            for works in self.state.works():  # the archive may have missed what was written last
                self.store(works)
        elif not self._begin():
            return
        while True:
            self._pass()
            if not self._again():
                break
        with self.state.together():
            self.state.put(running=False, covered=self.state.get("until"))

    def _begin(self) -> bool:
        """Set out; False if everything was harvested before."""
        today = datetime.now(UTC).date()
        until = self.until or (today if "feed" in self.source.can or self.since else None)
        since, covered = self.since, as_day(self.state.get("covered"), "covered")
        if covered is not None:
            whole = self.state.seen() >= (self.state.get("expected") or 0)
            over = until is not None and until <= covered and covered < today - OVERLAP
            if over and whole:
                return False
            since = self.since if over else max(self.since or date.min, covered - OVERLAP)
        with self.state.together():
            self.state.forget_seen()
            self.state.put(
                running=True,
                since=since.isoformat() if since else None,
                until=min(until, today).isoformat() if until else None,
                cursor=None,
                turn=1,
                moved=False,
                expected=None,
                first=None,
                idle=0,
                new=0,
                count=0,
                most=MOST_PAGES,
                over=False,
            )
        return True

    def _pass(self) -> None:
        """Page by page to the end, from where this pass stands."""
        while not self.state.get("over"):
            page = self._fetch(self.state.get("cursor"))
            before, total = self.state.get("expected"), page.total
            with self.state.together():
                new, again = self.state.add(page.hits)
                idle = 0 if new else self.state.get("idle") + 1
                cursor = page.cursor
                if (self.state.get("turn") == 1 and again) or (before is not None and total not in {None, before}):
                    self.state.put(moved=True)
                if self.state.get("first") is None:
                    self.state.put(first=[hit.key for hit in page.hits])
                count = self.state.get("count") + 1
                stuck = count >= self.state.get("most") or (self.state.get("turn") == 1 and idle >= IDLE_PAGES)
                self.state.put(
                    cursor=cursor,
                    count=count,
                    expected=total if total is not None else before,
                    idle=idle,
                    new=self.state.get("new") + new,
                    over=cursor is None or stuck or cursor == self.state.get("cursor"),
                )
            self.store(self.state.affected({hit.paper.id for hit in page.hits}))
            self.progress(
                self.state.seen(), self.state.get("expected") or 0, f"{self.source.name} {self.query}".strip()
            )

    def _again(self) -> bool:
        """Whether the pages have to be gone through once more; sets out if so."""
        turn, got, expected = self.state.get("turn"), self.state.seen(), self.state.get("expected")
        moved = self.state.get("moved")
        short = expected is not None and got < expected
        if turn == 1 and short and not moved:
            moved = [hit.key for hit in self._fetch(None).hits] != self.state.get("first")
        if not moved or turn >= PASSES or (turn > 1 and not self.state.get("new")):
            return False
        logger.info("rows moved while %s was paged: going through the pages again", self.source.name)
        with self.state.together():
            most = 2 * self.state.get("count") + IDLE_PAGES  # going through again ends, whatever is sent
            self.state.put(turn=turn + 1, cursor=None, new=0, idle=0, count=0, most=most, over=False, first=None)
        return True

    def _fetch(self, cursor: str | None) -> Page:
        since, until = as_day(self.state.get("since"), "since"), as_day(self.state.get("until"), "until")
        page = self.source.search(self.query, since=since, until=until, cursor=cursor)
        self.pages += 1
        self.problems += page.problems
        return page

    def store(self, works: Works) -> None:
        """Write works into the archive, and that others were only parts of them."""
        records: list[Record] = [*works.authors]
        for hit in works.hits:
            records += [kept(hit.paper, self._standing), *hit.versions]
        for work in works.gone:
            if work not in self._standing:
                reason = "the journal copy of a preprint, and one work with it"
                records.append(Tombstone(target_record="Paper", target_id=work, reason=reason))
                records.append(Tombstone(target_record="Version", target_id=f"{work}vjournal", reason=reason))
        unique = {(type(record), record.id): record for record in records}
        self.written += self.archive.append(unique.values(), writer=self.writer)

    def keep_text(self, work: str, records: Iterable[Record]) -> None:
        """Write a full text, and the paper with what the text says of it."""
        self.store(self.state.affected([work]))
        self.written += self.archive.append(records, writer=self.writer)
        self.texts += 1

    def log(self, outcome: str) -> None:
        """Write down that the source was asked, if it was."""
        if not self.pages and not self.texts and outcome == "ok":
            return
        where = f"sync:{self.query or '*'}?since={self.since}&until={self.until}"
        entry = FetchLog(
            source_name=self.source.name, url=where, at=datetime.now(UTC), outcome=outcome, rows=self.state.seen()
        )
        self.archive.append([entry], writer=self.writer)

    def report(self) -> SyncReport:
        """What came."""
        return SyncReport(
            source=self.source.name,
            query=self.query,
            since=as_day(self.state.get("since"), "since"),
            until=as_day(self.state.get("until"), "until"),
            expected=self.state.get("expected"),
            got=self.state.seen(),
            pages=self.pages,
            papers=self.state.papers(),
            written=self.written,
            texts=self.texts,
            problems=tuple(self.problems),
        )
