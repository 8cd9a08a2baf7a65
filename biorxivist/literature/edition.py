"""Which version of a work a citation describes: the version of record or the preprint, never a mixture of both.

A `Paper` is a work, so that its fields may come from several versions: the DOI of the journal beside the year of the
preprint. An `Edition` has the fields of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from biorxivist.literature.errors import PaperNotFound
from graph.records import Paper, Version

__all__ = ["Edition", "NoSuchVersion", "Wanted", "edition_of", "is_complete"]

Wanted = Literal["journal", "preprint"]
SERVERS = frozenset(
    ("biorxiv", "medrxiv", "arxiv", "research square", "chemrxiv", "psyarxiv", "ssrn", "preprints.org", "preprint")
)
SERVER_PREFIXES = ("10.1101/", "10.64898/", "10.48550/arxiv")


class NoSuchVersion(PaperNotFound):
    """The work has no version of the kind that is wanted."""


@dataclass(frozen=True)
class Edition:
    """One version of a work, as a citation describes it."""

    paper: Paper
    """The work."""
    is_journal: bool
    """Whether it is the version of record."""
    title: str
    doi: str | None
    year: int | None
    day: date | None
    """Day of posting or publication, where it is known."""
    venue: str | None
    """Journal, or preprint server."""
    label: str | None = None
    """Label of the version."""
    note: str = ""
    """What it says of the other one."""


def edition_of(paper: Paper, versions: Sequence[Version] = (), *, wanted: Wanted | None = None) -> Edition:
    """The version to cite.

    Parameters
    ----------
    paper
        The work.
    versions
        Its versions, as far as they are known.
    wanted
        Which; else the version of record where its journal and year are known, else the preprint.

    Raises
    ------
    NoSuchVersion
        If the work has none of that kind.
    """
    journal, preprint = _journal(paper, versions), _preprint(paper, versions)
    if wanted == "journal" and journal is None:
        msg = f"{paper.id} has no version of record that is known here. Cite the preprint: --version preprint."
        raise NoSuchVersion(msg)
    if wanted == "preprint" and preprint is None:
        msg = f"{paper.id} has no preprint that is known here. Cite the version of record: --version journal."
        raise NoSuchVersion(msg)
    if wanted == "journal" or preprint is None:
        return journal or Edition(paper, False, paper.title, _own_doi(paper), paper.year, paper.posted, paper.venue)  # noqa: FBT003
    if wanted == "preprint" or journal is None or not is_complete(journal):
        return preprint
    return journal


def is_complete(edition: Edition) -> bool:
    """Whether an entry of it says where and when it appeared."""
    return bool(edition.venue and edition.year)


def _journal(paper: Paper, versions: Sequence[Version]) -> Edition | None:
    version = next((v for v in versions if v.label == "journal"), None)
    doi = paper.published_doi or (version.doi if version else None)
    is_known = doi is not None or (version is not None and not _is_preprint(paper, versions))
    if not is_known:
        return None
    describes_it = bool(paper.venue) and not _is_server(paper.venue, paper)
    day = version.posted if version else None
    year = day.year if day else paper.year if describes_it else None
    preprint = _preprint_doi(paper, doi)
    return Edition(
        paper,
        is_journal=True,
        title=(version.title if version else None) or paper.title,
        doi=doi or _own_doi(paper),
        year=year,
        day=None,
        venue=paper.venue if describes_it else None,
        label="journal",
        note=f"Version of record; preprint: {preprint}" if preprint else "",
    )


def _preprint(paper: Paper, versions: Sequence[Version]) -> Edition | None:
    if not _is_preprint(paper, versions):
        return None
    numbered = sorted((v for v in versions if v.label.isdigit()), key=lambda v: int(v.label))
    newest = numbered[-1] if numbered else None
    day = (newest.posted if newest else None) or paper.posted
    is_of_server = not paper.venue or _is_server(paper.venue, paper)
    server = paper.server or (paper.venue if is_of_server else None)
    published = f"; published as {paper.published_doi}" if paper.published_doi else ""
    label = f", version {newest.label}" if newest else ""
    return Edition(
        paper,
        is_journal=False,
        title=(newest.title if newest else None) or paper.title,
        doi=_preprint_doi(paper, paper.published_doi) or (newest.doi if newest else None),
        year=day.year if day else paper.year if is_of_server else None,
        day=day,
        venue=server,
        label=newest.label if newest else None,
        note=f"Preprint{label}{published}" if published or label else "",
    )


def _is_preprint(paper: Paper, versions: Sequence[Version]) -> bool:
    if paper.server or any(version.label.isdigit() for version in versions):
        return True
    if paper.arxiv or (paper.venue and _is_server(paper.venue, paper)):
        return True
    own = _own_doi(paper) or ""
    return own.startswith(SERVER_PREFIXES) or bool(paper.published_doi and own and own != paper.published_doi)


def _is_server(venue: str | None, paper: Paper) -> bool:
    name = (venue or "").lower()
    return name in SERVERS or name == (paper.server or "").lower() or name.partition(" ")[0] in SERVERS


def _own_doi(paper: Paper) -> str | None:
    if paper.id.startswith("doi:"):
        return paper.id.removeprefix("doi:")
    return paper.dois[0] if paper.dois else None


def _preprint_doi(paper: Paper, journal: str | None) -> str | None:
    own = _own_doi(paper)
    return own if own and own != journal else None
