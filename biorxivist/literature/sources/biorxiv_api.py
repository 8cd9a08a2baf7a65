"""api.biorxiv.org, for bioRxiv and medRxiv: postings by date, all versions of a DOI, links to journal copies.

No text search. The number of rows of a page is the server's to choose and has changed before, so the cursor is moved
by the rows that came. Errors, and "no posts found", come as 200; ``total`` is text and can be too high.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from biorxivist.literature.errors import BadResponse, NotOffered, PaperNotFound
from biorxivist.literature.http import Response, Session
from biorxivist.literature.http.traps import check_body
from biorxivist.literature.people import authors_in_order, named
from biorxivist.literature.sources.base import Ability, Hit, Page, Partial
from biorxivist.literature.sources.fields import (
    abstract_of,
    bare_doi,
    comma_names,
    day,
    printed_licence,
    require_doi,
    rows_of,
    text_of,
    title_of,
)
from biorxivist.literature.works import merge
from graph.records import Paper, Version, paper_id

__all__ = ["BASE", "BioRxivApi"]

BASE = "https://api.biorxiv.org"
DAY = timedelta(days=1)
NOTHING = re.compile(r"\bno\b.{0,60}\bfound\b|\bnot found\b|does not exist|no published", re.I)


class BioRxivApi(Partial):
    """The bioRxiv API, which serves medRxiv, too.

    Parameters
    ----------
    session
        The polite session.
    base
        Address of the service.
    server
        ``biorxiv`` or ``medrxiv``.
    """

    name = "biorxiv"
    can: frozenset[Ability] = frozenset({"feed", "lookup"})

    def __init__(self, session: Session, *, base: str = BASE, server: str = "biorxiv") -> None:
        self._session, self._base, self._server = session, base.rstrip("/"), server
        self.name = server

    def search(
        self,
        query: str,
        *,
        since: date | None = None,
        until: date | None = None,
        cursor: str | None = None,
        size: int | None = None,
    ) -> Page:
        """Everything that was posted from day to day, one row per version; the query is a subject category or empty.

        Raises
        ------
        NotOffered
            If a day is missing.
        """
        del size  # the server's choice
        if since is None or until is None:
            msg = (
                "The bioRxiv API lists postings from day to day and cannot search for words: give since and until "
                "(and a subject category as the query, if you like), or search with source='europepmc'."
            )
            raise NotOffered(msg)
        category = re.sub(r"[\s-]+", "_", query.removeprefix("category:").strip().lower())
        start = int(cursor or 0)
        url = f"{self._base}/details/{self._server}/{since}/{until}/{start}/json"
        answer = self._json(url, {"category": category} if category else {}, keep=False)
        rows = rows_of(answer.get("collection"))
        messages = rows_of(answer.get("messages"))
        total = _number(messages[0].get("total")) if messages and isinstance(messages[0], dict) else None
        hits, problems = [], []
        for row in rows:
            hit = hit_of_details(row)
            if hit is None:
                problems.append(f"a row without DOI or title: {str(row)[:120]}")
            else:
                hits.append(hit)
        following = start + len(rows)
        is_over = not rows or (total is not None and following >= total)
        return Page(tuple(hits), total, None if is_over else str(following), len(rows), tuple(problems))

    def lookup(self, doi: str) -> Hit:
        """The paper with all its versions."""
        answer = self._answer_about("details", doi)
        rows = [hit for row in rows_of(answer.get("collection")) if (hit := hit_of_details(row))]
        works = merge(rows)
        if not works:
            other = "medrxiv" if self._server == "biorxiv" else "biorxiv"
            msg = f"{self._server} knows no preprint with DOI {doi}. Check the DOI; both servers share it, ask {other}."
            raise PaperNotFound(msg, url=self._base)
        return works[0]

    def published(self, doi: str) -> Hit:
        """The link between a preprint and its journal copy, by the DOI of either.

        Raises
        ------
        PaperNotFound
            If bioRxiv knows of no journal copy.
        """
        for row in rows_of(self._answer_about("pubs", doi).get("collection")):
            if hit := hit_of_pubs(row):
                return hit
        msg = f"{self._server} knows of no journal copy of {doi}."
        raise PaperNotFound(msg, url=self._base)

    def _answer_about(self, endpoint: str, doi: str) -> dict[str, Any]:
        bare = require_doi(doi).name
        url = f"{self._base}/{endpoint}/{self._server}/{quote(bare, safe='/:()')}/na/json"
        return self._json(url, {}, keep=True)

    def _json(self, url: str, params: dict[str, str], *, keep: bool) -> dict[str, Any]:
        answer = self._session.get(url, params=params, check=_check, keep=keep, max_age=DAY)
        if _says_nothing_in_words(answer):
            return {}
        data: dict[str, Any] = answer.json()
        return data


def _check(response: Response) -> None:
    """Find the error inside a 200; that nothing was found is an answer, not an error."""
    if _says_nothing_in_words(response):
        return
    if error := check_body(response.body, "json", response.url, response.status):
        raise error
    data = response.json()
    if not isinstance(data, dict):
        msg = f"bioRxiv answered with {type(data).__name__} where an object was expected. Try again later."
        raise BadResponse(msg, url=response.url, status=response.status, transient=True)
    if isinstance(data.get("collection"), list) and data["collection"]:
        return
    messages = rows_of(data.get("messages"))
    status = messages[0].get("status") if messages and isinstance(messages[0], dict) else data.get("messages")
    text = str(status or "").strip()
    if text.lower() == "ok" or NOTHING.search(text):
        return
    msg = f"bioRxiv answered with an error inside a 200: {text[:300] or 'no status at all'}. Try again later."
    raise BadResponse(msg, url=response.url, status=response.status, transient=True)


def _says_nothing_in_words(response: Response) -> bool:
    """Whether the answer is a sentence that nothing was found; ``pubs`` has been seen to write one instead of JSON."""
    body = response.body.strip()
    return len(body) < 500 and body[:1] not in {b"{", b"[", b"<"} and NOTHING.search(response.text) is not None


def _number(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def hit_of_details(row: object) -> Hit | None:
    """A row of ``details``: one version of one paper."""
    if not isinstance(row, dict):
        return None
    doi, title = bare_doi(row.get("doi")), title_of(row.get("title"))
    if doi is None or title is None:
        return None
    work, posted, licence = paper_id(preprint_doi=doi), day(row.get("date")), printed_licence(row.get("license"))
    journal = bare_doi(row.get("published"))
    authors = authors_in_order(map(named, comma_names(row.get("authors"))), work)
    server = text_of(row.get("server")) or "bioRxiv"
    number = _number(row.get("version"))
    label = str(number) if number else "1"
    paper = Paper(
        id=work,
        title=title,
        year=posted.year if posted else None,
        posted=posted if label == "1" else None,
        venue=server,
        server=server,
        category=text_of(row.get("category")),
        license=licence,
        abstract=abstract_of(row.get("abstract")),
        author_ids=tuple(author.id for author in authors),
        dois=(doi, journal) if journal else (doi,),
        published_doi=journal,
        source_url=f"https://www.{'medrxiv' if server.lower() == 'medrxiv' else 'biorxiv'}.org/content/{doi}v{label}",
    )
    versions = [Version(paper_id=work, label=label, doi=doi, posted=posted, license=licence)]
    if journal:
        versions.insert(0, Version(paper_id=work, label="journal", doi=journal))
    jats = text_of(row.get("jatsxml"), 500)
    return Hit(paper, authors, tuple(versions), {f"jatsxml:{label}": jats} if jats else {})


def hit_of_pubs(row: object) -> Hit | None:
    """A row of ``pubs``: a preprint and its journal copy."""
    if not isinstance(row, dict):
        return None
    doi = bare_doi(row.get("preprint_doi") or row.get("biorxiv_doi"))
    journal, title = bare_doi(row.get("published_doi")), title_of(row.get("preprint_title"))
    if doi is None or title is None:
        return None
    work, appeared = paper_id(preprint_doi=doi), day(row.get("published_date"))
    authors = authors_in_order(map(named, comma_names(row.get("preprint_authors"))), work)
    paper = Paper(
        id=work,
        title=title,
        year=appeared.year if appeared and journal else None,
        posted=day(row.get("preprint_date")),
        venue=text_of(row.get("published_journal")),
        server=text_of(row.get("preprint_platform")),
        category=text_of(row.get("preprint_category")),
        abstract=abstract_of(row.get("preprint_abstract")),
        author_ids=tuple(author.id for author in authors),
        dois=(doi, journal) if journal else (doi,),
        published_doi=journal,
    )
    version = Version(paper_id=work, label="journal", doi=journal, posted=appeared)
    return Hit(paper, authors, (version,) if journal else ())
