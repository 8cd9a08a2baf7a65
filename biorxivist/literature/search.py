"""Searching: ``search("single-cell foundation model")`` -> papers, fetched as they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Self, overload

from biorxivist.literature.errors import FetchError
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Hit, Page, Source
from biorxivist.literature.works import authors_of, merge
from graph.records import Author, Paper

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SearchResult", "as_day", "pages", "search"]

IDLE_PAGES = 2
MOST_PAGES = 20_000


def pages(
    source: Source,
    query: str,
    *,
    since: date | None = None,
    until: date | None = None,
    cursor: str | None = None,
    size: int | None = None,
) -> Iterator[Page]:
    """Pages of a source, one after the other, until the end or until it goes in circles.

    It goes in circles if a cursor comes back, or if two pages in a row bring no row that was not there before.
    """
    cursors: set[str | None] = set()
    seen: set[str] = set()
    idle = 0
    for _ in range(MOST_PAGES):
        cursors.add(cursor)
        page = source.search(query, since=since, until=until, cursor=cursor, size=size)
        new = {hit.key for hit in page.hits} - seen
        seen |= new
        idle = 0 if new else idle + 1
        yield page
        cursor = page.cursor
        if cursor is None or cursor in cursors or idle >= IDLE_PAGES:
            return


class SearchResult(Sequence[Paper]):
    """Papers that fit a query; nothing is fetched before it is needed.

    The first ``limit`` papers are fetched when they are first looked at, ``more`` fetches further ones, ``all``
    everything. ``len`` is what is there, ``total`` what the source says there is (rows, of which several may be
    versions of one paper).

    Parameters
    ----------
    source
        Source to query.
    query, since, until
        What to search for.
    limit
        How many papers are fetched at a time.
    """

    def __init__(
        self, source: Source, query: str, *, since: date | None = None, until: date | None = None, limit: int = 75
    ) -> None:
        if limit < 1:
            msg = f"A limit of {limit} papers finds nothing: give at least 1."
            raise ValueError(msg)
        self.source, self.query, self.since, self.until, self.limit = source, query, since, until, limit
        self._total: int | None = None
        self.problems: list[str] = []
        self._cursor: str | None = None
        self._pages = self._from_here()
        self._hits: dict[str, Hit] = {}
        self._shown = 0
        self._done = False

    def more(self, n: int | None = None) -> Self:
        """Fetch further papers: ``limit`` of them, or ``n``."""
        self._fill()
        self._show(self._shown + (n or self.limit))
        return self

    def all(self) -> Self:
        """Fetch everything that there is."""
        self._show(None)
        return self

    @property
    def total(self) -> int | None:
        """How many rows the source says there are; None if it does not say."""
        self._fill()
        return self._total

    @property
    def complete(self) -> bool:
        """Whether there is nothing more to fetch."""
        return self._done and self._shown == len(self._hits)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The same papers with their authors, versions and the names that the source has for them."""
        self._fill()
        return tuple(self._hits.values())[: self._shown]

    @property
    def hits_so_far(self) -> tuple[Hit, ...]:
        """What came before a fetch failed; nothing is fetched."""
        return tuple(self._hits.values())[: self._shown]

    @property
    def authors(self) -> dict[str, Author]:
        """Author id -> author, of all papers that are there."""
        return authors_of(self.hits)

    def to_pandas(self) -> pd.DataFrame:
        """A table, one row per paper: `biorxivist.literature.table.row_of` says which columns.

        Raises
        ------
        MissingPart
            If pandas is not installed.
        """
        from biorxivist.literature.table import frame

        return frame(self.hits)

    def __len__(self) -> int:
        self._fill()
        return self._shown

    def __iter__(self) -> Iterator[Paper]:
        return iter([hit.paper for hit in self.hits])

    @overload
    def __getitem__(self, index: int) -> Paper: ...

    @overload
    def __getitem__(self, index: slice) -> list[Paper]: ...

    def __getitem__(self, index: int | slice) -> Paper | list[Paper]:
        if isinstance(index, slice):
            return [hit.paper for hit in self.hits[index]]
        return self.hits[index].paper

    def __repr__(self) -> str:
        there = f"{self._shown} papers" if self._shown or self._done else "nothing fetched yet"
        total = f" of {self._total}" if self._total is not None else ""
        return f"SearchResult({self.query!r}, source={self.source.name!r}, {there}{total})"

    def _fill(self) -> None:
        if not self._shown and not self._done:
            self._show(self.limit)

    def _from_here(self) -> Iterator[Page]:
        return pages(self.source, self.query, since=self.since, until=self.until, cursor=self._cursor, size=self.limit)

    def _show(self, wanted: int | None) -> None:
        """Fetch until so many papers are there, or all; versions of a paper are merged where its first row stood."""
        while not self._done and (wanted is None or len(self._hits) < wanted):
            try:
                page: Page | None = next(self._pages, None)
            except FetchError:
                self._pages = self._from_here()  # so that the next call continues with the page that failed
                self._shown = len(self._hits) if wanted is None else min(wanted, len(self._hits))
                raise
            if page is None:
                self._done = True
                break
            self._cursor = page.cursor
            self._total = page.total if page.total is not None else self._total
            self.problems += page.problems
            for hit in page.hits:
                known = self._hits.get(hit.paper.id)
                self._hits[hit.paper.id] = merge((known, hit))[0] if known else merge((hit,))[0]
            if page.cursor is None:
                self._done = True
        self._shown = len(self._hits) if wanted is None else min(wanted, len(self._hits))


def search(
    query: str,
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    source: str = "europepmc",
    limit: int = 75,
    sources: Sources | None = None,
) -> SearchResult:
    """Search for papers.

    Parameters
    ----------
    query
        Words, or the source's own syntax (Europe PMC: ``TITLE:"foundation model" AND AUTH:"Lotfollahi"``); for
        ``biorxiv``, a subject category or nothing.
    since, until
        First and last day of posting; text is read as ``YYYY-MM-DD``.
    source
        ``europepmc``, ``biorxiv`` or ``medrxiv`` (feeds by date), ``biorxiv_web`` or ``medrxiv_web`` (the websites), or
        ``local``.
    limit
        Papers that are fetched at a time.
    sources
        Where the services are; as the environment says when left out.

    Raises
    ------
    NotOffered
        If the source cannot search.
    FetchError
        When papers are looked at and cannot be fetched.
    """
    first, last = as_day(since, "since"), as_day(until, "until")
    if first and last and first > last:
        msg = f"since={first} is after until={last}: swap them."
        raise ValueError(msg)
    opened = (sources or Sources.configured()).open(source)
    if not query.strip() and "feed" not in opened.can and source != "local":
        msg = f"An empty query: {opened.name} needs words to search for. The feed (source='biorxiv') needs only dates."
        raise ValueError(msg)
    if "feed" in opened.can and first is not None and last is None:
        last = datetime.now(UTC).date()
    return SearchResult(opened, query, since=first, until=last, limit=limit)


def as_day(value: date | str | None, name: str) -> date | None:
    """A day that was given as a date or as text.

    Raises
    ------
    ValueError
        If the text is not a day.
    """
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        msg = f"{name}={value!r} is not a day: write it as YYYY-MM-DD."
        raise ValueError(msg) from error
