"""Harvesting: a query or a category over a range of days into the archive, and again later for what is new.

Each page is written with the cursor of the next one before that is requested, so that a harvest that was killed goes
on where it was and fetches at most the page under way again. What goes into the archive depends on the set of rows
only: a harvest in pieces ends byte for byte as one in one go. `biorxivist.literature.harvest.position` explains
how rows that move while they are paged are caught.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.literature.get import routes_of
from biorxivist.literature.harvest.position import Position, after_page, first_position, needs_a_look, next_turn
from biorxivist.literature.harvest.state import HarvestState, MergedWorks
from biorxivist.literature.harvest.texts import NONE, NOT_KEPT, fetch_texts, is_due, why_none
from biorxivist.literature.licence import curated_papers, records_to_keep
from biorxivist.literature.references import resolve
from biorxivist.literature.search import as_day
from biorxivist.literature.shelf import Shelf
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Hit, Page, Source
from graph.archive import Archive
from graph.progress import Progress, silent
from graph.records import FetchLog, Passage, Reference, Tombstone, digest

if TYPE_CHECKING:
    from biorxivist.literature.document import Document
    from biorxivist.literature.harvest.topics import Topic

__all__ = ["SyncReport", "sync"]

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = 5
"""Failures in a row after which no further text is fetched."""


@dataclass(frozen=True)
class SyncReport:
    """What a harvest fetched."""

    source: str
    query: str
    since: date | None
    until: date | None
    expected: int | None
    """Rows that the source announced."""
    got: int
    """Different rows that came."""
    pages: int
    """Pages that were fetched in this run."""
    papers: int
    """Works that are known of this harvest, versions and journal copies put together."""
    written: int
    """Records that were new or different in the archive."""
    texts: int = 0
    """Full texts that this run fetched and may keep."""
    without_text: Mapping[str, int] = field(default_factory=dict)
    """Why works have no full text in the archive -> how many; none of it if texts were not asked for."""
    problems: tuple[str, ...] = field(default=(), repr=False)
    """Rows that could not be read."""
    text_ids: tuple[str, ...] = field(default=(), repr=False)
    """The works whose texts these are."""

    @property
    def missing(self) -> int:
        """Rows that the source announced and did not send."""
        return max(0, (self.expected or 0) - self.got)

    def line(self) -> str:
        """The audit line."""
        expected = "unknown" if self.expected is None else str(self.expected)
        days = f" {self.since or '...'} to {self.until or '...'}"
        text = f", {self.texts} full texts" if self.texts or self.without_text else ""
        if gaps := sum(self.without_text.values()):
            listed = "; ".join(f"{count} x {reason}" for reason, count in self.without_text.items())
            text += f", {gaps} papers without one: {listed}"
        return (
            f"{self.source}{f' {self.query!r}' if self.query else ''}{days}: expected {expected}, got {self.got}, "
            f"missing {self.missing}; {self.papers} papers, {self.written} records written, {self.pages} pages{text}"
        )


def sync(
    query: str = "",
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    source: str = "biorxiv",
    topic: Topic | None = None,
    archive: Archive | Path,
    state: Path,
    sources: Sources | None = None,
    full_text: bool = False,
    web: bool = False,
    threads: int = 4,
    progress: Progress = silent,
) -> SyncReport:
    """Bring what fits into the archive; only what is not there yet, if this was harvested before.

    Parameters
    ----------
    query
        What to harvest: a query, or for ``biorxiv`` a subject category or nothing.
    since, until
        First and last day of posting. Without ``until`` it is today, and the next run goes on from there.
    source
        Source to query.
    topic
        What to harvest in place of a query; of a feed, which cannot be searched, the rows that fit are written.
    archive, state
        Where the records go, and the folder in which harvests keep where they are.
    sources
        Where the services are; as the environment says when left out.
    full_text
        Whether open full texts are fetched, too.
    web
        Whether the bioRxiv site may be queried for them.
    threads
        Full texts under way at a time; the pace of each host stands above it.
    progress
        Called with (done, total, what) after each page and each text.

    Raises
    ------
    SyncBusy
        If the same harvest runs already.
    FetchError
        If the source fails; what came before stays, and the next run goes on from there.
    """
    opened = sources or Sources.configured()
    queried = opened.open(source)
    first, last = as_day(since, "since"), as_day(until, "until")
    target = archive if isinstance(archive, Archive) else Archive(archive)
    request = [queried.name, query, str(first), str(last)]
    if topic is not None:
        request += [topic.key, topic.query()]
        query = query if "feed" in queried.can else topic.query()
    name = digest(request)
    with HarvestState(state / f"{queried.name}-{name}.sqlite") as stored:
        harvest = _Harvest(queried, query, first, last, target, stored, progress)
        harvest.topic = topic if "feed" in queried.can else None
        outcome = "ok"
        try:
            harvest.fetch_rows()
            if full_text:
                routes = ("local",) if queried.name == "local" else routes_of(opened, web=web)
                harvest.fetch_texts(opened, routes=routes, threads=threads)
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            harvest.log(outcome)
        return harvest.report()


class _Harvest:
    """One harvest: rows and texts of a source into the archive, as far as the state says that they are missing."""

    def __init__(
        self,
        source: Source,
        query: str,
        since: date | None,
        until: date | None,
        archive: Archive,
        state: HarvestState,
        progress: Progress,
    ) -> None:
        self.source, self.query, self.since, self.until = source, query, since, until
        self.archive, self.state, self.progress = archive, state, progress
        self.topic: Topic | None = None
        """What a row of a feed has to be about; None where the query decides."""
        self.writer = f"sync-{source.name}"
        self.pages = self.written = self.texts = 0
        self.problems: list[str] = []
        self.text_ids: list[str] = []
        self._curated = curated_papers(archive)
        self._shelf = Shelf(archive)
        self._asked_for_texts = False

    def fetch_rows(self) -> None:
        """Go on with what was begun, else begin with what is new."""
        if self.state.position().running:
            for works in self.state.all_works():  # the archive may have missed what was written last
                self._store(works)
        elif not self._set_out():
            return
        self._page_to_the_end()
        while self._turn_back():
            self._page_to_the_end()
        done = self.state.position()
        with self.state.transaction():
            self.state.write_position(replace(done, running=False, covered=done.until))

    def _set_out(self) -> bool:
        """Write the first position; False if everything was harvested before."""
        today = datetime.now(UTC).date()
        before = self.state.position()
        start = first_position(
            before,
            since=self.since,
            until=self.until or (today if "feed" in self.source.can or self.since else None),
            today=today,
            is_whole=self.state.count_seen() >= (before.expected or 0),
        )
        if start is None:
            return False
        with self.state.transaction():
            self.state.forget_seen()
            self.state.write_position(start)
        return True

    def _page_to_the_end(self) -> None:
        """Page by page, from where this turn stands; rows and position are written together."""
        while not (at := self.state.position()).over:
            page = self._fetch_page(at, at.cursor)
            with self.state.transaction():
                new, again = self.state.add_rows(page.hits)
                at = after_page(at, page, new=new, again=again)
                self.state.write_position(at)
            self._store(self.state.works_around({hit.paper.id for hit in page.hits}))
            self.progress(self.state.count_seen(), at.expected or 0, f"{self.source.name} {self.query}".strip())

    def _turn_back(self) -> bool:
        """Go back to the first page if rows moved meanwhile; False if the harvest is at its end."""
        at = self.state.position()
        first_page = None
        if needs_a_look(at, got=self.state.count_seen()):
            first_page = [hit.key for hit in self._fetch_page(at, None).hits]
        following = next_turn(at, first_page)
        if following is None:
            return False
        logger.info("rows moved while %s was paged: going through the pages again", self.source.name)
        with self.state.transaction():
            self.state.write_position(following)
        return True

    def _fetch_page(self, at: Position, cursor: str | None) -> Page:
        since, until = as_day(at.since, "since"), as_day(at.until, "until")
        page = self.source.search(self.query, since=since, until=until, cursor=cursor)
        self.pages += 1
        self.problems += page.problems
        return page

    def fetch_texts(self, sources: Sources, *, routes: tuple[str, ...], threads: int) -> None:
        """Fetch the texts that are due, and connect their references.

        Raises
        ------
        FetchError
            After several failures in a row: the service is down, or is throttling us.
        """
        self._asked_for_texts = True
        today = datetime.now(UTC).date()
        outcomes = self.state.text_outcomes()
        hits = [hit for works in self.state.all_works() for hit in works.hits if self._fits(hit)]
        due = [hit for hit in hits if is_due(outcomes.get(hit.paper.id))]
        failures_in_a_row = 0
        with closing(fetch_texts(due, sources, routes=routes, threads=threads)) as results:
            for number, result in enumerate(results, start=1):
                work = result.hit.paper.id
                failures_in_a_row = failures_in_a_row + 1 if result.failure else 0
                if result.document:
                    outcome = self._store_text(result.document)
                    # Only now is it in the archive: a kill before this fetches it again, from the cache.
                    self.state.settle_text(work, outcome, today.isoformat())
                elif problem := result.refusal or result.failure:
                    logger.info("%s: no full text: %s", work, problem)
                    self.state.settle_text(work, f"{NONE}: {why_none(problem)}", today.isoformat())
                    if result.failure and failures_in_a_row >= GIVE_UP_AFTER:
                        raise result.failure
                self.progress(number, len(due), "full texts")
        self.written += self.archive.append(self._shelf.settle(), writer=self.writer)
        self.written += resolve(self.archive, writer=self.writer)

    def _store_text(self, document: Document) -> str:
        """Write a full text, and the paper with what the text says of it; returns how that ended."""
        version = next(version for version in document.versions if version.text_route)
        self.state.add_text(Hit(document.paper, document.authors, (version,)))
        self._store(self.state.works_around([document.paper.id]))
        archived = records_to_keep(document.records(), self._curated)
        if self._shelf.was_read(document.paper.id):
            archived = self._shelf.gain(archived, added=document.added)
            self.written += self.archive.append(archived, writer=self.writer)
            self._shelf.forget_written()
        text = [record for record in archived if isinstance(record, Passage | Reference)]
        self.written += self.archive.append(text, writer=self.writer)
        if not text and (document.passages or document.references):
            licence = version.license or document.paper.license or "unknown"
            return f"{NOT_KEPT}: read, but its licence does not allow the text to be stored ({licence[:60]})"
        self.texts += 1
        self.text_ids.append(document.paper.id)
        return f"read by {version.text_route}"

    def _store(self, works: MergedWorks) -> None:
        """Write works into the archive, and that others were only parts of them."""
        hits = [hit for hit in works.hits if self._fits(hit)]
        named = {author for hit in hits for author in hit.paper.author_ids}
        authors = [author for author in works.authors if self.topic is None or author.id in named]
        described = [record for hit in hits for record in (hit.paper, *hit.versions)]
        records = records_to_keep([*authors, *described], self._curated)
        for work in works.absorbed:
            if work not in self._curated:
                reason = "the journal copy of a preprint, and one work with it"
                records.append(Tombstone(target_record="Paper", target_id=work, reason=reason))
                records.append(Tombstone(target_record="Version", target_id=f"{work}vjournal", reason=reason))
        for hit in hits:  # what was read of a file is not replaced by a row about it
            if self._shelf.was_read(hit.paper.id):
                records += self._shelf.gain(records_to_keep(hit.records(), self._curated))
        unique = {(type(record), record.id): record for record in records}
        self.written += self.archive.append(unique.values(), writer=self.writer)
        self._shelf.forget_written()

    def _fits(self, hit: Hit) -> bool:
        return self.topic is None or self.topic.fits(f"{hit.paper.title}\n{hit.paper.abstract or ''}")

    def _count_works(self) -> int:
        if self.topic is None:
            return self.state.count_works()
        return sum(self._fits(hit) for works in self.state.all_works() for hit in works.hits)

    def log(self, outcome: str) -> None:
        """Log that the source was queried, if it was."""
        if not self.pages and not self.texts and outcome == "ok":
            return
        where = f"sync:{self.query or '*'}?since={self.since}&until={self.until}"
        rows = self.state.count_seen()
        entry = FetchLog(source_name=self.source.name, url=where, at=datetime.now(UTC), outcome=outcome, rows=rows)
        self.archive.append([entry], writer=self.writer)

    def report(self) -> SyncReport:
        """What this run fetched."""
        at = self.state.position()
        return SyncReport(
            source=self.source.name,
            query=self.query,
            since=as_day(at.since, "since"),
            until=as_day(at.until, "until"),
            expected=at.expected,
            got=self.state.count_seen(),
            pages=self.pages,
            papers=self._count_works(),
            written=self.written,
            texts=self.texts,
            without_text=self.state.count_gaps(NONE, NOT_KEPT) if self._asked_for_texts else {},
            problems=tuple(self.problems),
            text_ids=tuple(self.text_ids),
        )
