"""Crossref: reference lists with DOIs, and which journal article a preprint became."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from biorxivist.literature.errors import BadResponse
from biorxivist.literature.http import Session
from biorxivist.literature.people import Person, authors_in_order
from biorxivist.literature.sources.base import Ability, Hit, Partial
from biorxivist.literature.sources.fields import (
    abstract_of,
    bare_doi,
    choose_licence,
    day,
    doi_address,
    orcid_of,
    printed_licence,
    require_doi,
    rows_of,
    text_of,
    title_of,
)
from graph.records import Paper, Reference, Version, paper_id

__all__ = ["BASE", "Crossref"]

BASE = "https://api.crossref.org"
WEEK = timedelta(days=7)


class Crossref(Partial):
    """Crossref.

    Parameters
    ----------
    session
        The polite session; its contact address opens the faster, polite pool.
    base
        Address of the service.
    """

    name = "crossref"
    can: frozenset[Ability] = frozenset({"lookup", "references"})

    def __init__(self, session: Session, *, base: str = BASE) -> None:
        self._session, self._base = session, base.rstrip("/")

    def lookup(self, doi: str) -> Hit:
        """The work with this DOI; a preprint with the journal article that it became."""
        work = self._work(doi)
        hit = hit_of(work)
        if hit is None:
            msg = f"Crossref's record of {doi} has no title. Look it up on europepmc."
            raise BadResponse(msg, url=self._base)
        return hit

    def references(self, doi: str) -> tuple[Reference, ...]:
        """Reference list, in its order; empty where the publisher has not deposited it."""
        work = self._work(doi)
        citing = paper_id(preprint_doi=doi)
        references = []
        for number, entry in enumerate(rows_of(work.get("reference")), start=1):
            if isinstance(entry, dict):
                references.append(_reference(entry, citing, number))
        return tuple(references)

    def _work(self, doi: str) -> dict[str, Any]:
        bare = require_doi(doi).name
        params = {"mailto": self._session.contact} if self._session.contact else None
        url = f"{self._base}/works/{quote(bare, safe='/:()')}"
        answer = self._session.get(url, params=params, expect="json", doi=bare, max_age=WEEK)
        data = answer.json()
        message = data.get("message") if isinstance(data, dict) else None
        if not isinstance(message, dict) or data.get("status") != "ok":
            msg = f"Crossref answered without a work for {bare}: {str(data)[:200]}. Try again later."
            raise BadResponse(msg, url=answer.url, status=answer.status)
        return message


def _reference(entry: Mapping[str, Any], citing: str, number: int) -> Reference:
    doi = bare_doi(entry.get("DOI"))
    title = title_of(entry.get("article-title") or entry.get("volume-title"))
    printed = text_of(entry.get("unstructured"), 5_000)
    if not printed:
        parts = (
            entry.get(name) for name in ("author", "year", "article-title", "journal-title", "volume", "first-page")
        )
        printed = ". ".join(text for part in parts if (text := text_of(part, 1_000))) or (doi or "")
    year = re.match(r"\d{4}", str(entry.get("year") or ""))
    return Reference(
        paper_id=citing,
        key=str(number),
        text=printed,
        doi=doi,
        title=title,
        year=int(year.group()) if year else None,
    )


def hit_of(work: Mapping[str, Any]) -> Hit | None:
    """A Crossref work; None if it has no DOI or title."""
    doi, title = bare_doi(work.get("DOI")), title_of(work.get("title"))
    if doi is None or title is None:
        return None
    preprint = work.get("subtype") == "preprint" or work.get("type") == "posted-content"
    journal = _related(work, "is-preprint-of") if preprint else doi
    earlier = None if preprint else _related(work, "has-preprint")
    identity = paper_id(preprint_doi=doi if preprint else earlier, doi=doi)
    appeared = day(work.get("posted") if preprint else work.get("published")) or day(work.get("issued"))
    servers = [text_of(entry.get("name")) for entry in rows_of(work.get("institution")) if isinstance(entry, dict)]
    server = servers[0] if servers and preprint else None
    licences = [printed_licence(entry.get("URL")) for entry in rows_of(work.get("license")) if isinstance(entry, dict)]
    stated = [licence for licence in licences if licence]
    people = (person for entry in rows_of(work.get("author")) if (person := _person(entry)))
    authors = authors_in_order(people, identity)
    dois = [doi, *([journal] if journal and journal != doi else []), *([earlier] if earlier else [])]
    if earlier:
        dois = [earlier, doi]
    paper = Paper(
        id=identity,
        title=title,
        year=appeared.year if appeared else None,
        posted=appeared if preprint else None,
        venue=server if preprint else title_of(work.get("container-title")),
        server=server,
        category=text_of(work.get("group-title")),
        license=choose_licence(stated[::-1], ""),
        abstract=abstract_of(work.get("abstract")),
        author_ids=tuple(author.id for author in authors),
        dois=tuple(dict.fromkeys(dois)),
        published_doi=journal,
        source_url=doi_address(doi),
    )
    versions = []
    if journal:
        day_of = None if preprint else appeared
        versions.append(Version(paper_id=identity, label="journal", doi=journal, posted=day_of))
    return Hit(paper, authors, tuple(versions))


def _related(work: Mapping[str, Any], kind: str) -> str | None:
    relation = work.get("relation")
    entries = rows_of(relation.get(kind)) if isinstance(relation, dict) else []
    dois = (bare_doi(entry.get("id")) for entry in entries if isinstance(entry, dict))
    return min((doi for doi in dois if doi), default=None)


def _person(entry: object) -> Person | None:
    if not isinstance(entry, dict):
        return None
    given, family = text_of(entry.get("given")), text_of(entry.get("family"))
    suffix, group = text_of(entry.get("suffix")), text_of(entry.get("name"))
    name = " ".join(part for part in (given, family, suffix) if part) or group
    if not name:
        return None
    orcid = orcid_of(entry.get("ORCID"))
    places = [text_of(place.get("name")) for place in rows_of(entry.get("affiliation")) if isinstance(place, dict)]
    affiliations = tuple(place for place in places if place)
    if not (family or given):
        return Person(name, collective=group, orcid=orcid, affiliations=affiliations)
    return Person(name, family=family, given=given, suffix=suffix, orcid=orcid, affiliations=affiliations)
