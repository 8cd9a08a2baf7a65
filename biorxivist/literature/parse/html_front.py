"""The head of an article page: Highwire's ``citation_*`` and Dublin Core meta tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from biorxivist.literature.doi import find_doi
from biorxivist.literature.licence import choose_licence
from biorxivist.literature.parse.front import Front, Origin
from biorxivist.literature.parse.markup import BLOCK, TAG, plain_scripts
from biorxivist.literature.parse.text import plain
from biorxivist.literature.people import Person, authors_in_order, named
from graph.records import Paper, Version, digest, paper_id

_DATE = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.I)
_VERSION = re.compile(r"v(\d{1,3})(?:\.full(?:-text)?)?$")


def read_meta(root: etree._Element, origin: Origin) -> Front:
    """Records of the page's head.

    ``citation_date`` and ``DC.Date`` hold the day of posting; ``citation_publication_date`` is always 1 January and
    is not used.
    """
    tags = [
        ((m.get("name") or m.get("property") or "").strip(), plain(m.get("content") or "")) for m in root.iter("meta")
    ]
    first: dict[str, str] = {}
    for key, content in tags:
        first.setdefault(key.lower(), content)
    printed = _written(first.get("citation_title") or first.get("dc.title") or "")
    title = printed or origin.name or "untitled"
    printed_doi = find_doi(first.get("citation_doi", "") or first.get("dc.identifier", ""))
    doi = printed_doi.name if printed_doi else None
    own_id = paper_id(preprint_doi=doi) if doi else paper_id(key=f"page-{digest([title, origin.name], 8)}")
    work = origin.paper_id or own_id
    stated = (first.get(name, "") for name in ("citation_id", "hw.pisa", "citation_public_url", "og:url"))
    match = next((match for text in stated if (match := _VERSION.search(text))), None)
    posted = _date(first.get("citation_date", "") or first.get("dc.date", ""))
    licence = choose_licence([], first.get("dc.rights", ""))
    authors = authors_in_order(_people(tags), work)
    server = first.get("citation_journal_title") or None
    url = origin.source_url or first.get("citation_public_url") or None
    paper = Paper(
        id=work,
        title=title,
        year=posted.year if posted else _year(first),
        posted=posted,
        venue=server,
        server=server,
        license=licence,
        abstract=_written(first.get("citation_abstract", "")) or None,
        author_ids=tuple(author.id for author in authors),
        dois=(doi,) if doi else (),
        source_url=url,
    )
    label = origin.version or (match[1] if match else "1")
    version = Version(paper_id=work, label=label, doi=doi, posted=posted, license=licence, text_route=origin.route)
    keywords = tuple(dict.fromkeys(k for key, text in tags if key == "citation_keywords" for k in _split(text) if k))
    return Front(paper, version, authors, keywords, printed)


def _written(text: str) -> str:
    """A text of a tag as it is read: without the markup that stands in it."""
    return plain(TAG.sub("", BLOCK.sub(" ", plain_scripts(text))))


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,]", text)]


def _date(text: str) -> date | None:
    if match := _DATE.match(text):
        try:
            return date(*(int(group) for group in match.groups()))
        except ValueError:
            return None
    return None


def _year(first: dict[str, str]) -> int | None:
    """Year of a page that prints no whole date."""
    names = ("citation_date", "dc.date", "citation_publication_date", "citation_year")
    stated = (match for name in names if (match := re.match(r"(1[5-9]|20)\d\d(?!\d)", first.get(name, ""))))
    return next((int(match[0]) for match in stated), None)


def _people(tags: list[tuple[str, str]]) -> Iterator[Person]:
    """Authors in order; what follows a ``citation_author`` belongs to that author.

    The site cuts an affiliation in two at times ("D" + "epartment of ..."): a piece that begins in lower case, or
    follows a piece of one letter, goes on with the one before it.
    """
    people: list[tuple[str, list[str], str | None]] = []
    for key, content in tags:
        if key == "citation_author" and content:
            people.append((content, [], None))
        elif key == "citation_author_institution" and people and content:
            places = people[-1][1]
            if places and (content[0].islower() or len(places[-1]) == 1):
                places[-1] += content
            else:
                places.append(content)
        elif key == "citation_author_orcid" and people and (match := _ORCID.search(content)):
            people[-1] = (people[-1][0], people[-1][1], match[0].upper())
    for name, places, orcid in people:
        yield named(name, orcid=orcid)._replace(affiliations=tuple(dict.fromkeys(places)))
