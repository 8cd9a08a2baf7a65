"""What an entry of a reference list says of the work that it cites: its title, its year, and what identifies it."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from biorxivist.literature.parse.identifiers import tidy
from biorxivist.literature.parse.inline import readable

__all__ = ["CITATIONS", "IS_CITATION", "TITLES", "Facts", "Inside", "look_into", "read_facts"]

CITATIONS = ("mixed-citation", "element-citation", "citation", "nlm-citation")
IS_CITATION = frozenset(CITATIONS)
TITLES = ("article-title", "chapter-title", "part-title", "data-title")
"""Elements with the title of a work, the best first."""
_IS_TITLE = frozenset(TITLES)
_STRUCTURED = IS_CITATION - {"mixed-citation"}
_OF_A_BOOK = frozenset(("publisher-name", "publisher-loc", "edition", "isbn"))
_OF_A_PART = frozenset(("volume", "issue", "fpage", "elocation-id"))
_IN_A_JOURNAL = frozenset(("journal", "preprint", "article", "confproc", "conf-proc", "conference", "periodical",
                           "magazine", "newspaper"))  # fmt: skip
_UNKNOWN = frozenset(("other", "unknown", "misc"))
_IDENTIFYING = frozenset(("pub-id", "object-id", "article-id", "ext-link", "uri", "self-uri", "elocation-id"))
_FACTS = _IS_TITLE | _IDENTIFYING | {"source", "year"}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_XLINK = "{http://www.w3.org/1999/xlink}href"

Inside = dict[str, list[etree._Element]]
"""Name -> the elements of that name in an entry, in order."""


class Facts(NamedTuple):
    """What the elements of an entry say."""

    title: str | None
    """Title of the work; the source only where that is the work: of a book, not of an article without a title."""
    year: int | None
    """Year of publication."""
    identifying: list[tuple[str, str, str, str]]
    """(tag, kind, text, address) of everything that may identify the work."""


def look_into(ref: etree._Element) -> tuple[Inside, list[etree._Element]]:
    """Elements of an entry by name, and those that say what is cited, in order.

    All of them are looked at once: a search by names costs as much as this, and an entry would need six.
    """
    inside: Inside = {}
    facts: list[etree._Element] = []
    for element in ref.iter():
        tag = element.tag
        if tag in inside:
            inside[tag].append(element)
        else:
            inside[tag] = [element]
        if tag in _FACTS:
            facts.append(element)
    return inside, facts


def read_facts(inside: Inside, facts: list[etree._Element]) -> Facts:
    """Read what `look_into` found; a structured form of a citation is believed before the printed one."""
    if not _STRUCTURED.isdisjoint(inside):
        facts.sort(key=lambda e: _form_around(e) not in _STRUCTURED)
    titles: dict[str, str] = {}
    sources: list[etree._Element] = []
    identifying: list[tuple[str, str, str, str]] = []
    year = None
    for e in facts:
        tag = e.tag
        if tag == "source":
            sources.append(e)
            continue
        text = readable(e) if len(e) else e.text or ""
        if tag == "year":
            if year is None and (match := _YEAR.search(text)):
                year = int(match[0])
        elif tag in _IDENTIFYING:
            kind = e.get("pub-id-type") or e.get("ext-link-type") or ""
            identifying.append((tag, kind, text, e.get(_XLINK) or ""))
        elif tag not in titles and (title := tidy(text)):
            titles[tag] = title
    best = next((titles[tag] for tag in TITLES if tag in titles), None) if titles else None
    return Facts(best or (_source(inside, sources) if sources else None), year, identifying)


def _form_around(e: etree._Element) -> str:
    """Tag of the citation that an element stands in; its own if there is none."""
    around = e.getparent()
    if around is None or around.tag not in IS_CITATION:  # as hardly any: a look for ancestors is dear
        around = next(e.iterancestors(*CITATIONS), e)
    return str(around.tag)


def _source(inside: Inside, sources: list[etree._Element]) -> str | None:
    """What an entry without a title names as its source, if that is the work."""
    bodies = (body for tag in IS_CITATION.intersection(inside) for body in inside[tag])
    kinds = {(body.get("publication-type") or body.get("citation-type") or "").lower() for body in bodies} - {""}
    is_whole = _IN_A_JOURNAL.isdisjoint(kinds)
    is_part = not is_whole or not _OF_A_PART.isdisjoint(inside)
    if is_whole and (not _OF_A_BOOK.isdisjoint(inside) or (kinds and not kinds <= _UNKNOWN and not is_part)):
        return tidy(readable(sources[0])) or None
    return None
