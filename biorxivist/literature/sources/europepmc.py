"""Europe PMC: search over preprints, open full text as JATS, citing papers.

REST service as described on https://europepmc.org/RestfulWebService. Errors come inside a 200
(``{"errCode": ..}``), a page that is the last one repeats the cursor that was sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from biorxivist.literature.errors import BadResponse, NotOpenAccess, PaperNotFound
from biorxivist.literature.http import Response, Session
from biorxivist.literature.people import Person, authors_in_order
from biorxivist.literature.sources.base import Ability, Hit, Page, Partial, Text
from biorxivist.literature.sources.fields import (
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

__all__ = ["BASE", "EuropePmc"]

BASE = "https://www.ebi.ac.uk/europepmc/webservices/rest"
PAGE = 100
LARGEST = 1000
DAY = timedelta(days=1)
ID = re.compile(r"(PPR|PMC|MED)?\d{1,12}")


class EuropePmc(Partial):
    """Europe PMC.

    Parameters
    ----------
    session
        The polite session.
    base
        Address of the service.
    """

    name = "europepmc"
    can: frozenset[Ability] = frozenset({"search", "lookup", "text", "cited_by"})

    def __init__(self, session: Session, *, base: str = BASE) -> None:
        self._session, self._base = session, base.rstrip("/")

    def search(
        self,
        query: str,
        *,
        since: date | None = None,
        until: date | None = None,
        cursor: str | None = None,
        size: int | None = None,
    ) -> Page:
        """Preprints that fit a query in Europe PMC's syntax; plain words will do."""
        full_query = f"({query}) AND SRC:PPR"
        if since or until:
            full_query += f" AND FIRST_PDATE:[{since or date(1990, 1, 1)} TO {until or date(2999, 12, 31)}]"
        sent = cursor or "*"
        answer = self._search(full_query, sent, min(size or PAGE, LARGEST))
        rows = rows_of(answer.get("resultList", {}).get("result"))
        hits, problems = [], []
        for row in rows:
            hit = hit_of(row)
            if hit is None:
                problems.append(f"a row without title, DOI and id: {str(row)[:120]}")
            else:
                hits.append(hit)
        following = text_of(answer.get("nextCursorMark"))
        total = answer.get("hitCount")
        return Page(
            hits=tuple(hits),
            total=total if isinstance(total, int) else None,
            cursor=following if rows and following != sent else None,
            received=len(rows),
            problems=tuple(problems),
        )

    def lookup(self, doi: str) -> Hit:
        """The preprint with this DOI, else the journal article."""
        bare = require_doi(doi).name
        answer = self._search(f'DOI:"{bare}"', "*", 25, max_age=DAY)
        hits = [hit for row in rows_of(answer.get("resultList", {}).get("result")) if (hit := hit_of(row))]
        hits = [hit for hit in hits if bare in hit.paper.dois]
        if not hits:
            msg = f"Europe PMC knows no paper with DOI {bare}. New preprints get there within days; try biorxiv."
            raise PaperNotFound(msg, url=f"{self._base}/search")
        return min(hits, key=lambda hit: not hit.keys.get("europepmc", "").startswith("PPR"))

    def text(self, hit: Hit, *, version: str | None = None) -> Text:
        """Full text as JATS; only of papers whose licence is open, some days after their posting."""
        names = _names(hit)
        if not names and hit.paper.dois:
            names = _names(self.lookup(hit.paper.dois[0]))
        for name in names:
            url = f"{self._base}/{name}/fullTextXML"
            doi = hit.paper.dois[0] if hit.paper.dois else name
            try:
                answer = self._session.get(
                    url, expect="xml", check=_check, doi=doi, version=version, max_age=None if version else 7 * DAY
                )
            except PaperNotFound:
                continue
            return Text(answer.body, "jats", answer.url, f"{self.name}:{name}")
        msg = (
            f"Europe PMC holds no open full text of {', '.join(hit.paper.dois) or hit.paper.id} "
            f"(queried: {', '.join(names) or 'no id'})."
        )
        raise NotOpenAccess(msg, url=self._base, status=404)

    def cited_by(self, doi: str) -> tuple[Hit, ...]:
        """Papers that Europe PMC knows to cite it, the newest thousand at most."""
        cited = self.lookup(doi)
        name = cited.keys["europepmc"]
        source = cited.keys.get("source", "PPR")
        answer = self._json(f"/{source}/{name}/citations", {"page": 1, "pageSize": LARGEST, "format": "json"}, DAY)
        rows = rows_of(answer.get("citationList", {}).get("citation"))
        return tuple(hit for row in rows if (hit := hit_of(row)))

    def _search(self, query: str, cursor: str, size: int, max_age: timedelta | None = None) -> dict[str, Any]:
        params: dict[str, str | int] = {
            "query": query,
            "resultType": "core",
            "format": "json",
            "pageSize": size,
            "cursorMark": cursor,
        }
        answer = self._json("/search", params, max_age)
        if not isinstance(answer.get("resultList"), dict):
            msg = f"Europe PMC answered without a list of results: {str(answer)[:200]}. Try again later."
            raise BadResponse(msg, url=f"{self._base}/search", status=200)
        return answer

    def _json(self, path: str, params: Mapping[str, str | int], max_age: timedelta | None) -> dict[str, Any]:
        if self._session.contact:
            params = {**params, "email": self._session.contact}
        answer = self._session.get(
            self._base + path, params=params, expect="json", check=_check, keep=max_age is not None, max_age=max_age
        )
        data = answer.json()
        if not isinstance(data, dict):
            msg = f"Europe PMC answered with {type(data).__name__} where an object was expected. Try again later."
            raise BadResponse(msg, url=answer.url, status=answer.status)
        return data


def _names(hit: Hit) -> list[str]:
    """Names under which Europe PMC may hold the full text."""
    names = (hit.keys.get("europepmc"), hit.keys.get("pmc"))
    return [name for name in names if name and re.fullmatch(r"(PPR|PMC)\d+", name)]


def _check(response: Response) -> None:
    """Find the error inside a 200."""
    if response.body.lstrip()[:1] != b"{":
        return
    data = response.json()
    if isinstance(data, dict) and "errCode" in data:
        code, text = data.get("errCode"), str(data.get("errMsg"))[:300]
        msg = f"Europe PMC answered with error {code}: {text}. Check the query, or try again later."
        transient = isinstance(code, int) and (code >= 500 or code == 429)
        raise BadResponse(msg, url=response.url, status=response.status, transient=transient)


def hit_of(row: object) -> Hit | None:
    """A row of a result; None if it names no paper."""
    if not isinstance(row, dict):
        return None
    name, source = text_of(row.get("id")), text_of(row.get("source")) or ""
    doi, title = bare_doi(row.get("doi")), title_of(row.get("title"))
    if title is None or (doi is None and (name is None or not ID.fullmatch(name))):
        return None
    work = paper_id(preprint_doi=doi) if doi else paper_id(key=f"{source}-{name}".strip("-"))
    details = row.get("bookOrReportDetails")
    server = text_of(details.get("publisher")) if isinstance(details, dict) else None
    preprint = source == "PPR" or (name or "").startswith("PPR")
    posted = day(row.get("firstPublicationDate"))
    year = str(row.get("pubYear") or "")
    authors = authors_in_order(_people(row), work)
    licence = printed_licence(row.get("license"))
    journal = row.get("journalInfo")
    title_info = journal.get("journal") if isinstance(journal, dict) else None
    venue = text_of(title_info.get("title")) if isinstance(title_info, dict) else None
    paper = Paper(
        id=work,
        title=title,
        year=int(year) if re.fullmatch(r"\d{4}", year) else (posted.year if posted else None),
        posted=posted if preprint else None,
        venue=server if preprint else venue or text_of(row.get("journalAbbreviation")),
        server=server if preprint else None,
        license=licence,
        abstract=abstract_of(row.get("abstractText")),
        author_ids=tuple(author.id for author in authors),
        dois=(doi,) if doi else (),
        source_url=f"https://europepmc.org/article/{source or 'PPR'}/{name}" if name else None,
    )
    number = str(row.get("versionNumber") or "")
    label = "journal" if not preprint else number if re.fullmatch(r"\d{1,3}", number) else None
    versions = (Version(paper_id=work, label=label, doi=doi, posted=posted, license=licence),) if label else ()
    keys = {"source": source} | ({"europepmc": name} if name and ID.fullmatch(name) else {})
    if (pmc := text_of(row.get("pmcid"))) and ID.fullmatch(pmc):
        keys["pmc"] = pmc
    return Hit(paper, authors, versions, keys)


def _people(row: Mapping[str, Any]) -> list[Person]:
    listed = row.get("authorList")
    entries = rows_of(listed.get("author")) if isinstance(listed, dict) else []
    people = [person for entry in entries if (person := _person(entry))]
    names = (text_of(row.get("authorString")) or "").rstrip(". ").split(",")
    return people or [Person(name.strip()) for name in names if name.strip()]


def _person(entry: object) -> Person | None:
    if not isinstance(entry, dict):
        return None
    first, last = text_of(entry.get("firstName")), text_of(entry.get("lastName"))
    full, group = text_of(entry.get("fullName")), text_of(entry.get("collectiveName"))
    name = f"{first} {last}" if first and last else full or group
    if not name:
        return None
    identity = entry.get("authorId")
    orcid = orcid_of(identity.get("value")) if isinstance(identity, dict) else None
    details = entry.get("authorAffiliationDetailsList")
    places = rows_of(details.get("authorAffiliation")) if isinstance(details, dict) else []
    affiliations = tuple(
        text for place in places if isinstance(place, dict) if (text := text_of(place.get("affiliation")))
    )
    if name == group:
        return Person(name, collective=group, orcid=orcid, affiliations=affiliations)
    given = first or text_of(entry.get("initials"))
    return Person(name, family=last, given=given if last else None, orcid=orcid, affiliations=affiliations)
