"""OpenAlex: which papers cite a given one. Metered since 2026, so it is queried by id only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from biorxivist.literature.errors import BadResponse
from biorxivist.literature.http import Session
from biorxivist.literature.people import Person, authors_in_order, named
from biorxivist.literature.sources.base import Ability, Hit, Partial
from biorxivist.literature.sources.fields import (
    SPACE,
    abstract_of,
    bare_doi,
    day,
    orcid_of,
    printed_licence,
    require_doi,
    rows_of,
    text_of,
    title_of,
)
from graph.records import Paper, Version, paper_id

__all__ = ["BASE", "OpenAlex"]

BASE = "https://api.openalex.org"
WEEK = timedelta(days=7)
WORK = re.compile(r"W\d{1,12}")
PAGE = 200
MOST_PAGES = 50
LONGEST_ABSTRACT = 20_000


class OpenAlex(Partial):
    """OpenAlex.

    Parameters
    ----------
    session
        The polite session.
    base
        Address of the service.
    """

    name = "openalex"
    can: frozenset[Ability] = frozenset({"lookup", "cited_by"})

    def __init__(self, session: Session, *, base: str = BASE) -> None:
        self._session, self._base = session, base.rstrip("/")

    def lookup(self, doi: str) -> Hit:
        """The work with this DOI."""
        hit = hit_of(self._work(doi))
        if hit is None:
            msg = f"OpenAlex's record of {doi} has no title. Look it up on europepmc."
            raise BadResponse(msg, url=self._base)
        return hit

    def cited_by(self, doi: str) -> tuple[Hit, ...]:
        """Papers that cite it, 10,000 at most."""
        key = WORK.search(str(self._work(doi).get("id")))
        if key is None:
            msg = f"OpenAlex's record of {doi} has no id. Ask europepmc for citing papers."
            raise BadResponse(msg, url=self._base)
        citing: dict[str, Hit] = {}
        cursor = "*"
        for _ in range(MOST_PAGES):
            params: dict[str, str | int] = {"filter": f"cites:{key.group()}", "per-page": PAGE, "cursor": cursor}
            answer = self._json("/works", params)
            rows = rows_of(answer.get("results"))
            before = len(citing)
            citing.update({hit.paper.id: hit for row in rows if (hit := hit_of(row))})
            meta = answer.get("meta")
            following = text_of(meta.get("next_cursor")) if isinstance(meta, dict) else None
            if not rows or not following or following == cursor or len(citing) == before:
                break
            cursor = following
        return tuple(citing.values())

    def _work(self, doi: str) -> dict[str, Any]:
        bare = require_doi(doi).name
        return self._json(f"/works/doi:{quote(bare, safe='/:()')}", {})

    def _json(self, path: str, params: Mapping[str, str | int]) -> dict[str, Any]:
        if self._session.contact:
            params = {**params, "mailto": self._session.contact}
        answer = self._session.get(self._base + path, params=params, expect="json", max_age=WEEK)
        data = answer.json()
        if not isinstance(data, dict):
            msg = f"OpenAlex answered with {type(data).__name__} where an object was expected. Try again later."
            raise BadResponse(msg, url=answer.url, status=answer.status)
        return data


def hit_of(work: object) -> Hit | None:
    """An OpenAlex work; None if it has no title, or neither DOI nor id."""
    if not isinstance(work, dict):
        return None
    doi, title = bare_doi(work.get("doi")), title_of(work.get("title") or work.get("display_name"))
    name = WORK.search(str(work.get("id")))
    if title is None or (doi is None and name is None):
        return None
    preprint = work.get("type") == "preprint"
    identity = paper_id(preprint_doi=doi) if doi else paper_id(key=f"openalex-{name.group()}" if name else None)
    location = work.get("primary_location")
    location = location if isinstance(location, dict) else {}
    place = location.get("source")
    venue = text_of(place.get("display_name")) if isinstance(place, dict) else None
    appeared = day(work.get("publication_date"))
    entries = rows_of(work.get("authorships"))
    authors = authors_in_order((person for entry in entries if (person := _person(entry))), identity)
    licence = printed_licence(location.get("license"))
    paper = Paper(
        id=identity,
        title=title,
        year=appeared.year if appeared else None,
        posted=appeared if preprint else None,
        venue=venue,
        server=venue if preprint else None,
        license=licence,
        abstract=abstract_of(_abstract(work.get("abstract_inverted_index"))),
        author_ids=tuple(author.id for author in authors),
        dois=(doi,) if doi else (),
        published_doi=None if preprint else doi,
        source_url=f"https://openalex.org/{name.group()}" if name else None,
    )
    versions = () if preprint or not doi else (Version(paper_id=identity, label="journal", doi=doi, posted=appeared),)
    return Hit(paper, authors, versions, {"openalex": name.group()} if name else {})


def _abstract(index: object) -> str | None:
    """Text from the word -> positions table."""
    if not isinstance(index, dict):
        return None
    placed: dict[int, str] = {}
    for word, positions in index.items():
        for position in rows_of(positions):
            if isinstance(position, int) and 0 <= position < LONGEST_ABSTRACT:
                placed[position] = str(word)
    return SPACE.sub(" ", " ".join(placed[position] for position in sorted(placed))) or None


def _person(entry: object) -> Person | None:
    author = entry.get("author") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(author, dict):
        return None
    name = text_of(author.get("display_name")) or text_of(entry.get("raw_author_name"))
    orcid = orcid_of(author.get("orcid"))
    places = tuple(place for raw in rows_of(entry.get("raw_affiliation_strings")) if (place := text_of(raw)))
    return named(name, orcid=orcid)._replace(affiliations=places) if name else None
