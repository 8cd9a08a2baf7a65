"""www.biorxiv.org: the search page and article pages, for users who choose them.

One request at a time, three seconds or more apart (the session's pace ensures it). The site keeps scripts out now
and then; that is `Blocked`, and is not evaded.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote, quote_plus, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from biorxivist.literature.errors import BadResponse, NotOpenAccess, PaperNotFound
from biorxivist.literature.http import Session
from biorxivist.literature.parse.html import holds_text
from biorxivist.literature.people import Person, authors_in_order, named
from biorxivist.literature.sources.base import Ability, Hit, Page, Partial, Text
from biorxivist.literature.sources.fields import (
    abstract_of,
    bare_doi,
    day,
    orcid_of,
    parse_doi,
    printed_licence,
    require_doi,
    title_of,
)
from graph.records import Paper, Version, paper_id

__all__ = ["BASE", "BioRxivWeb", "hits_of_search", "search_path"]

BASE = "https://www.biorxiv.org"
PRINTED = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv"}
PAGE = 75
POSTED = re.compile(r"/early/(\d{4})/(\d{2})/(\d{2})/")


class BioRxivWeb(Partial):
    """The bioRxiv website.

    Parameters
    ----------
    session
        The polite session.
    base
        Address of the site.
    server
        ``biorxiv`` or ``medrxiv``.
    """

    name = "biorxiv_web"
    can: frozenset[Ability] = frozenset({"search", "lookup", "text"})

    def __init__(self, session: Session, *, base: str = BASE, server: str = "biorxiv") -> None:
        self._session, self._base, self._server = session, base.rstrip("/"), server
        self.name = f"{server}_web"

    def search(
        self,
        query: str,
        *,
        since: date | None = None,
        until: date | None = None,
        cursor: str | None = None,
        size: int | None = None,
    ) -> Page:
        """One page of the site's own search."""
        number = int(cursor or 0)
        tokens = [f"jcode:{self._server}"]
        tokens += [f"limit_from:{since}"] if since else []
        tokens += [f"limit_to:{until}"] if until else []
        url = self._base + search_path(query, size or PAGE, *tokens) + (f"?page={number}" if number else "")
        answer = self._session.get(url, expect="html", keep=False)
        soup = BeautifulSoup(answer.body, "html.parser")
        hits, received = hits_of_search(soup, server=self._server)
        heading = soup.select_one("h1#page-title")
        counted = re.search(r"([\d,]+)\s+Result", heading.get_text()) if heading else None
        more = soup.select_one("li.pager-next a[href]") is not None
        if heading is None and not hits:
            msg = f"{url} is not a search page that we know. The site may have changed: search with source='europepmc'."
            raise BadResponse(msg, url=answer.url, status=answer.status)
        return Page(
            hits=hits,
            total=int(counted.group(1).replace(",", "")) if counted else None,
            cursor=str(number + 1) if more and hits else None,
            received=received,
            problems=tuple("a row without title or link" for _ in range(received - len(hits))),
        )

    def lookup(self, doi: str) -> Hit:
        """What the head of the article page says."""
        bare = require_doi(doi).name
        answer = self._session.get(f"{self._base}/content/{quote(bare, safe='/')}", expect="html", doi=bare)
        hit = hit_of_page(BeautifulSoup(answer.body, "html.parser"), server=self._server)
        if hit is None:
            msg = f"{answer.url} is not an article page that we know. Look the paper up on europepmc or biorxiv."
            raise BadResponse(msg, url=answer.url, status=answer.status)
        return hit

    def text(self, hit: Hit, *, version: str | None = None) -> Text:
        """Full text: the JATS file that the API names, else the article page."""
        doi = hit.paper.id.removeprefix("doi:") if hit.paper.id.startswith("doi:") else ""
        known = [entry.label for entry in hit.versions if entry.label.isdigit()]
        label = version or max(known, key=int, default="1")
        if address := hit.keys.get(f"jatsxml:{label}"):
            parts = urlsplit(address)
            if parts.path.endswith(".source.xml"):
                url = self._base + quote(parts.path, safe="/")
                try:
                    answer = self._session.get(url, expect="xml", doi=doi, version=label)
                    return Text(answer.body, "jats", answer.url, f"{self.name}:jats", label)
                except (PaperNotFound, BadResponse):
                    pass
        if not doi:
            msg = f"{hit.paper.id} has no DOI, so that the bioRxiv site cannot be queried for it."
            raise NotOpenAccess(msg, url=self._base)
        url = f"{self._base}/content/{quote(doi, safe='/')}v{label}.full"
        answer = self._session.get(url, expect="html", doi=doi, version=label)
        if not holds_text(answer.body):
            msg = f"{answer.url} holds no full text (some preprints are posted as PDF only)."
            raise NotOpenAccess(msg, url=answer.url, status=answer.status)
        return Text(answer.body, "html", answer.url, f"{self.name}:html", label)


def search_path(query: str, results: int, *tokens: str) -> str:
    """Path of a search, as the site writes it: words joined by ``+``, then tokens.

    >>> search_path("Single Cell RNA Sequencing", 75)
    '/search/Single+Cell+RNA+Sequencing%20numresults:75'
    """
    parts = [
        quote_plus(" ".join(query.split())),
        *(quote(token, safe=":-") for token in tokens),
        f"numresults:{results}",
    ]
    return "/search/" + "%20".join(parts)


def hits_of_search(soup: BeautifulSoup, *, server: str = "biorxiv") -> tuple[tuple[Hit, ...], int]:
    """Rows of a search page: those that can be read, and how many there were."""
    rows = soup.select("li.search-result")
    return tuple(hit for row in rows if (hit := _hit_of_row(row, server))), len(rows)


def _hit_of_row(row: Tag, server: str) -> Hit | None:
    link = row.select_one("a.highwire-cite-linked-title[href]")
    title = title_of(link.get_text()) if link else None
    doi_of_link = parse_doi(urljoin(f"{BASE}/", str(link["href"]))) if link else None
    if title is None or doi_of_link is None:
        return None
    doi, number = doi_of_link
    cited = row.select_one(".highwire-article-citation[data-apath]")
    posted = POSTED.search(str(cited["data-apath"])) if cited else None
    at = day("-".join(posted.groups())) if posted else None
    work = paper_id(preprint_doi=doi)
    people = (person for entry in row.select(".highwire-citation-author") if (person := _person(entry)))
    authors = authors_in_order(people, work)
    paper = Paper(
        id=work,
        title=title,
        year=at.year if at else None,
        posted=at if number == "1" else None,
        venue=PRINTED[server],
        server=PRINTED[server],
        author_ids=tuple(author.id for author in authors),
        dois=(doi,),
        source_url=f"https://www.{server}.org/content/{doi}{f'v{number}' if number else ''}",
    )
    versions = (Version(paper_id=work, label=number, doi=doi, posted=at),) if number else ()
    return Hit(paper, authors, versions)


def _person(entry: Tag) -> Person | None:
    given, family, group = (
        part.get_text(" ", strip=True) if (part := entry.select_one(css)) else None
        for css in (".nlm-given-names", ".nlm-surname", ".nlm-collab")
    )
    if family:
        return Person(" ".join(part for part in (given, family) if part), family=family, given=given)
    name = group or entry.get_text(" ", strip=True)
    return Person(name, collective=group) if name else None


def hit_of_page(soup: BeautifulSoup, *, server: str = "biorxiv") -> Hit | None:
    """What the ``meta`` elements of an article page say; authors' details follow their names, in order."""
    metas = [(str(meta["name"]), str(meta["content"])) for meta in soup.select("meta[name][content]")]
    first: dict[str, str] = {}
    for name, content in metas:
        first.setdefault(name, content)
    doi, title = bare_doi(first.get("citation_doi")), title_of(first.get("citation_title") or first.get("DC.Title"))
    if doi is None or title is None:
        return None
    work = paper_id(preprint_doi=doi)
    people: list[dict[str, str | None]] = []
    for name, content in metas:
        if name == "citation_author":
            people.append({"name": content.strip(), "orcid": None})
        elif name == "citation_author_orcid" and people:
            people[-1]["orcid"] = orcid_of(content)
    authors = authors_in_order((named(p["name"], orcid=p["orcid"]) for p in people if p["name"]), work)
    number = re.search(r"v(\d{1,3})$", first.get("citation_id", ""))
    at = day(first.get("DC.Date") or first.get("citation_date"))
    licence = printed_licence(first.get("DC.Rights"))
    paper = Paper(
        id=work,
        title=title,
        year=at.year if at else None,
        posted=at if number and number.group(1) == "1" else None,
        venue=PRINTED[server],
        server=PRINTED[server],
        license=licence,
        abstract=abstract_of(first.get("citation_abstract")),
        author_ids=tuple(author.id for author in authors),
        dois=(doi,),
        source_url=f"https://www.{server}.org/content/{doi}",
    )
    label = number.group(1) if number else None
    versions = (Version(paper_id=work, label=label, doi=doi, posted=at, license=licence),) if label else ()
    return Hit(paper, authors, versions)
