"""What a source is: one protocol over all, and the shapes in which they answer.

A source that cannot do a thing raises `NotOffered` with the name of one that can. Everything that a source sends is
untrusted: rows are checked one by one, and a row that cannot be read is named in ``Page.problems``, not lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NoReturn, Protocol

from biorxivist.literature.errors import NotOffered
from graph.records import Author, Paper, Record, Reference, Version

__all__ = ["Ability", "Hit", "Page", "Partial", "Source", "Text"]

Ability = Literal["search", "feed", "lookup", "text", "references", "cited_by"]


@dataclass(frozen=True)
class Hit:
    """A paper as one source knows it."""

    paper: Paper
    authors: tuple[Author, ...] = ()
    versions: tuple[Version, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    """What the source calls it, for requests that follow: ``europepmc``, ``pmc``, ``jatsxml``, ``openalex``."""

    @property
    def key(self) -> str:
        """The version that this row is about, else the paper: what makes two rows the same row."""
        return self.versions[-1].id if self.versions else self.paper.id

    def records(self) -> Iterator[Record]:
        """Authors, paper and versions, in the order in which a graph can be written."""
        yield from self.authors
        yield self.paper
        yield from self.versions


@dataclass(frozen=True)
class Page:
    """Some rows of an answer."""

    hits: tuple[Hit, ...]
    total: int | None
    """How many rows the source says there are."""
    cursor: str | None
    """Where the next page begins; None at the end."""
    received: int
    """Rows that came, readable or not."""
    problems: tuple[str, ...] = ()
    """Rows that could not be read, and why."""


@dataclass(frozen=True)
class Text:
    """The full text of a paper as a source sends it."""

    body: bytes = field(repr=False)
    kind: Literal["jats", "html"]
    url: str
    route: str
    """Which source, by which way."""
    version: str | None = None
    """Label of the version that was fetched, if the source tells versions apart."""


class Source(Protocol):
    """A place that papers come from."""

    @property
    def name(self) -> str:
        """Name that people choose it by."""

    @property
    def can(self) -> frozenset[Ability]:
        """What it offers."""

    def search(
        self,
        query: str,
        *,
        since: date | None = None,
        until: date | None = None,
        cursor: str | None = None,
        size: int | None = None,
    ) -> Page:
        """One page of the papers that fit; the first one without a cursor.

        A source that can only ``feed`` takes a subject category, or nothing, as its query, and needs both dates.
        """

    def lookup(self, doi: str) -> Hit:
        """The paper with this DOI, with the versions that the source knows.

        Raises
        ------
        PaperNotFound
            If it knows none.
        """

    def text(self, hit: Hit, *, version: str | None = None) -> Text:
        """Full text.

        Raises
        ------
        NotOpenAccess, PaperNotFound
            If this source has none that may be read.
        """

    def references(self, doi: str) -> tuple[Reference, ...]:
        """Reference list of a paper, in its order."""

    def cited_by(self, doi: str) -> tuple[Hit, ...]:
        """Papers that cite it."""

    def published(self, doi: str) -> Hit:
        """The link between a preprint and its journal copy, by the DOI of either.

        Raises
        ------
        PaperNotFound
            If it knows of no such link.
        """


class Partial:
    """Refuses everything; a source inherits from it and writes what it does offer."""

    name = "source"

    def search(
        self,
        query: str,
        *,
        since: date | None = None,
        until: date | None = None,
        cursor: str | None = None,
        size: int | None = None,
    ) -> Page:
        """See `Source`."""
        del query, since, until, cursor, size
        self._refuse("search for text", "europepmc")

    def lookup(self, doi: str) -> Hit:
        """See `Source`."""
        del doi
        self._refuse("look up a DOI", "europepmc")

    def text(self, hit: Hit, *, version: str | None = None) -> Text:
        """See `Source`."""
        del hit, version
        self._refuse("give full text", "europepmc")

    def references(self, doi: str) -> tuple[Reference, ...]:
        """See `Source`."""
        del doi
        self._refuse("list references", "crossref")

    def cited_by(self, doi: str) -> tuple[Hit, ...]:
        """See `Source`."""
        del doi
        self._refuse("list citing papers", "openalex")

    def published(self, doi: str) -> Hit:
        """See `Source`."""
        del doi
        self._refuse("link preprints to journal copies", "biorxiv")

    def _refuse(self, what: str, other: str) -> NoReturn:
        msg = f"{self.name} cannot {what}; ask {other}."
        raise NotOffered(msg)
