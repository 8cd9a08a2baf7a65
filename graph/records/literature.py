"""Papers and what is read in them: authors, versions, passages, reference lists; and what was fetched where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from graph.records.base import Read, Record, digest

__all__ = ["Author", "FetchLog", "Paper", "Passage", "Reference", "Version", "paper_id"]


def paper_id(
    *, preprint_doi: str | None = None, doi: str | None = None, arxiv: str | None = None, key: str | None = None
) -> str:
    """Id of the work: ``doi:<preprint DOI, else journal DOI>``, else ``arxiv:<id>``, else ``key:<slug>``.

    Raises
    ------
    ValueError
        If none of the four is given.
    """
    if chosen := preprint_doi or doi:
        bare = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", chosen.strip().lower())
        return f"doi:{bare}"
    if arxiv:
        return f"arxiv:{arxiv.strip().lower().removeprefix('arxiv:')}"
    if key:
        return f"key:{key.strip().lower()}"
    msg = "A paper needs a DOI, an arXiv id or a key."
    raise ValueError(msg)


class Author(Record):
    """A person or a group that wrote a paper.

    By ORCID the same one everywhere, else the one at this place of this paper: two people of one name stay
    two until somebody says that they are one.
    """

    prefix: ClassVar[str] = "author"
    identity: ClassVar[tuple[str, ...]] = ("orcid", "paper_id", "position")

    name: str = ""
    """Full name to read; made from its parts where only they are given."""
    family: str | None = None
    """Family name."""
    given: str | None = None
    """Given names or initials, as printed."""
    suffix: str | None = None
    """Suffix such as Jr or III."""
    collective: str | None = None
    """Name of a group that signs as one author; then there are no parts of a person's name."""
    orcid: str | None = None
    """ORCID iD without the address."""
    affiliations: tuple[str, ...] = ()
    """Affiliations as printed."""
    paper_id: str | None = None
    """The work, for an author without ORCID; with one, the author belongs to no one work."""
    position: int | None = Field(default=None, ge=1)
    """Place in the list of authors, from 1, for an author without ORCID."""

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if self.collective and (self.family or self.given or self.suffix):
            msg = f"an author is a person or a group: {self.collective!r} has parts of a person's name"
            raise ValueError(msg)
        if not self.name:
            parts = (self.given, self.family, self.suffix)
            name = self.collective or " ".join(part for part in parts if part)
            if not name:
                msg = "an author needs a family name, a collective name, or a name as printed"
                raise ValueError(msg)
            object.__setattr__(self, "name", name)
            self.__pydantic_fields_set__.add("name")
        return self

    def compute_id(self) -> str:
        """Id from the ORCID, else from the paper and the place in its list of authors.

        Raises
        ------
        ValueError
            If there is neither, or both.
        """
        placed = (self.paper_id, self.position)
        if bool(self.orcid) == (placed != (None, None)) or (not self.orcid and None in placed):
            msg = (
                f"an author needs an ORCID, or else a paper and a position in it; {self.name or self.family!r} does not"
            )
            raise ValueError(msg)
        return f"{self.prefix}:{digest([[name, getattr(self, name)] for name in self.identity])}"


class Paper(Record):
    """A work: one record for a preprint, all its versions and its journal copy.

    Whoever speaks is a work of its own: a commentary on an article is a Paper that discusses it.
    """

    kind: Literal["article", "commentary", "summary", "thread", "note", "code"] = "article"
    """What sort of work."""
    discusses_ids: tuple[str, ...] = ()
    """Works that a commentary, summary, thread or note is about."""
    title: str
    """Title of the newest version."""
    year: int | None = None
    """Year of the version of record, else of the newest preprint."""
    posted: date | None = None
    """Day of the first posting."""
    venue: str | None = None
    """Journal, conference or server where it appeared."""
    server: str | None = None
    """Preprint server."""
    category: str | None = None
    """Subject category of the server."""
    license: str | None = None
    """Licence of the newest version, as printed."""
    abstract: str | None = None
    """Abstract of the newest version; kept only where the licence allows."""
    author_ids: tuple[str, ...] = ()
    """Author ids in printed order."""
    dois: tuple[str, ...] = ()
    """Every DOI of the work, lower case."""
    published_doi: str | None = None
    """DOI of the version of record."""
    arxiv: str | None = None
    """arXiv identifier."""
    model_ids: tuple[str, ...] = ()
    """Models that the paper introduces or studies."""
    topic: str | None = None
    """What the paper does: model, evaluation or scaling-study."""
    source_url: str | None = None
    """Where the facts of this record were read."""
    read: Read | None = None
    """How they were read."""
    verified: bool = False
    """True if title and claims were seen on a page or in a repository, not remembered."""
    unverified_fields: tuple[str, ...] = ()
    """Fields that come from memory or a secondary page."""
    field_routes: tuple[str, ...] = ()
    """Which route gave which field, as ``title=jats 2``: kind of route and version; empty where services gave all."""


def version_rank(label: str) -> tuple[bool, int]:
    """What the label of a version is sorted by, `Version.rank`, where only the label is at hand."""
    return (False, int(label)) if label.isdigit() else (True, 0)


class Version(Record):
    """One posted version of a paper, or its version of record."""

    paper_id: str
    """The work."""
    label: str
    """``1``, ``2`` ... for preprint versions, ``journal`` for the version of record."""
    title: str | None = None
    """Title of this version, where it is known to differ from the work's."""
    doi: str | None = None
    """DOI of this version, lower case."""
    url: str | None = None
    """Where this version can be read."""
    posted: date | None = None
    """Day of posting or publication."""
    license: str | None = None
    """Licence as printed."""
    text_route: str | None = None
    """Which source answered with the full text."""

    @property
    def rank(self) -> tuple[bool, int]:
        """Place among the versions of its paper: preprints by their number, the version of record last."""
        return version_rank(self.label)

    @model_validator(mode="before")
    @classmethod
    def _version_id(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and not data.get("id") and "paper_id" in data and "label" in data:
            return {**data, "id": f"{data['paper_id']}v{data['label']}"}
        return data


class Passage(Record):
    """A paragraph, caption or table cell of a version, with its place in the text."""

    prefix: ClassVar[str] = "passage"
    identity: ClassVar[tuple[str, ...]] = ("version_id", "section", "start", "end", "text")

    paper_id: str
    """The work."""
    version_id: str
    """The version that it was read in."""
    section: str = ""
    """Path of section titles, joined by `` > ``."""
    kind: Literal["title", "abstract", "paragraph", "caption", "table", "fact"] = "paragraph"
    """What sort of text; ``fact`` is a curated statement in our own words."""
    text: str
    """The text; offsets count its code points."""
    start: int = 0
    """Offset of the text in its section, in code points."""
    end: int = 0
    """End offset in its section."""
    source_url: str | None = None
    """Where it was read."""
    page: int | None = None
    """Page on which it begins, counted from 1, where it was read from a PDF."""
    box: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom edge on that page, in points from its upper left corner."""

    @property
    def place(self) -> str:
        """Where it stands, in words: the section, and of a PDF the page."""
        page = f"page {self.page} of the PDF" if self.page is not None else ""
        return ", ".join(part for part in (self.section, page) if part)


class Reference(Record):
    """An entry of a paper's reference list."""

    prefix: ClassVar[str] = "ref"
    identity: ClassVar[tuple[str, ...]] = ("paper_id", "key", "text")

    paper_id: str
    """The citing work."""
    cited_id: str | None = None
    """The cited work, if it could be resolved; else a stub ``ref:<hash>`` stands for it."""
    key: str = ""
    """Label in the reference list."""
    text: str = ""
    """The entry as printed."""
    doi: str | None = None
    """DOI of the cited work, lower case."""
    title: str | None = None
    """Title of the cited work."""
    year: int | None = None
    """Year of the cited work."""


class FetchLog(Record):
    """One attempt to fetch something from a source."""

    prefix: ClassVar[str] = "fetch"
    identity: ClassVar[tuple[str, ...]] = ("source_name", "url", "at")

    source_name: str
    """Which source was asked."""
    url: str
    """What was asked for."""
    at: datetime
    """When."""
    outcome: str
    """``ok`` or the name of the error."""
    rows: int | None = None
    """How many records came back."""
