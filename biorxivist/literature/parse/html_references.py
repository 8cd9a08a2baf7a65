"""The reference list of an article page."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from biorxivist.literature.doi import find_doi
from biorxivist.literature.parse.citations import Resolver
from biorxivist.literature.parse.identifiers import find_identifiers, tidy, year_in
from biorxivist.literature.parse.inline import gather, readable
from biorxivist.literature.parse.references import ReferenceList, in_plain_form
from biorxivist.literature.parse.text import plain
from biorxivist.literature.parse.writer import Buffer, Writer
from graph.records import Reference

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_LABEL = re.compile(r"^[\s\[(]+|[\s\]).,:]+$")


def read_list(body: etree._Element, paper_id: str) -> ReferenceList:
    """Read ``ol.cit-list`` of an article page."""
    references: list[Reference] = []
    identifiers: dict[str, tuple[tuple[str, str], ...]] = {}
    added: dict[str, tuple[int, ...]] = {}
    keys: dict[str, str] = {}
    numbers: dict[int, str] = {}
    entries = [li for ol in body.iter("ol") if "cit-list" in _classes(ol) for li in ol.iterchildren("li")]
    for position, entry in enumerate(entries, start=1):
        label = _LABEL.sub("", _first(entry, "ref-label"))
        anchors = [a.get("id") or "" for a in entry.iter("a") if "rev-xref-ref" in _classes(a)]
        key = next((k for k in (label, *anchors, f"#{position}") if k and k not in identifiers), f"#{position}")
        cited = next((e for e in entry.iter("cite")), entry)
        buf = Buffer()
        gather(cited, buf, Writer("", "", Resolver({}, {})))
        text, raised = in_plain_form(buf)
        pairs = _identifiers(entry, text)
        year = _YEAR.search(_first(entry, "cit-pub-date"))
        references.append(
            Reference(
                paper_id=paper_id,
                key=key,
                text=text,
                doi=next((value for scheme, value in pairs if scheme == "doi"), None),
                title=tidy(_first(entry, "cit-article-title") or _book(entry)) or None,
                year=int(year[0]) if year else year_in(text),
            )
        )
        if raised:
            added[references[-1].id] = raised
        identifiers[key] = pairs
        keys.update((anchor, key) for anchor in anchors if anchor)
        numbers.setdefault(int(label) if re.fullmatch(r"\d{1,6}", label) else position, key)
    return ReferenceList(tuple(references), identifiers, Resolver(keys, numbers), added=added)


def _classes(element: etree._Element) -> list[str]:
    return (element.get("class") or "").split()


def _first(entry: etree._Element, name: str) -> str:
    for element in entry.iter("span", "abbr"):
        if name in _classes(element):
            return plain(readable(element))
    return ""


def _book(entry: etree._Element) -> str:
    """Title of a book, which the page calls its source; that of an article is its journal."""
    kinds = {name for part in entry.iter("div") for name in _classes(part)}
    return _first(entry, "cit-source") if kinds & {"ref-book", "cit-book", "ref-thesis", "ref-report"} else ""


def _identifiers(entry: etree._Element, text: str) -> tuple[tuple[str, str], ...]:
    facts: list[tuple[str, str, str, str]] = []
    for element in entry.iter("div", "a"):
        if (declared := element.get("data-doi")) and find_doi(declared):
            facts.append(("pub-id", "doi", declared, ""))
        if element.tag == "a" and (href := element.get("href") or ""):
            number = parse_qs(urlsplit(href).query).get("access_num", [""])[0] if "access_num" in href else ""
            if "cit-ref-sprinkles-medline" in _classes(element):
                facts.append(("pub-id", "pmid", number, ""))
            elif "cit-ref-sprinkles-doi" in _classes(element):
                facts.append(("pub-id", "doi", number, ""))
            elif href.startswith(("http://", "https://")):
                facts.append(("ext-link", "uri", "", href))
    return find_identifiers(facts, text)
