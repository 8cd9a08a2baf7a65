"""What stands before the text: title, authors, dates, version, licence, category, identifiers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

from biorxivist.literature.document import Drop
from biorxivist.literature.doi import find_doi
from biorxivist.literature.licence import choose_licence, is_open, of_the_text, printed_licence
from biorxivist.literature.parse.authors import has_name, read_authors
from biorxivist.literature.parse.citations import Resolver
from biorxivist.literature.parse.dates import OF_VERSION, OF_WORK, days_of, odd_dates, year_of
from biorxivist.literature.parse.formulas import MATH
from biorxivist.literature.parse.inline import INLINES, NOTES
from biorxivist.literature.parse.notices import notice_in, notices_about
from biorxivist.literature.parse.text import all_text, plain
from biorxivist.literature.parse.writer import Buffer, Writer
from biorxivist.literature.people import MARKS, authors_in_order
from graph.records import Author, Paper, Version, digest, paper_id

_IDS = etree.XPath("descendant::*/@id", smart_strings=False)
_SCRIPTED = ("sup", "sub", f"{MATH}math", "tex-math", "inline-formula", "alternatives")
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LICENCE_REFERENCE = "{http://www.niso.org/schemas/ali/1.0/}license_ref"
_VERSION = re.compile(r"v(\d{1,3})$")
_VERSION_NUMBER = re.compile(r"v?(\d{1,3})(?:\.(\d{1,3}))?")
_BEHIND_A_NAME = re.compile(r"\s*[:(,;]|\s+[-–—]")
"""Where the name of a server ends in one that says more: ``bioRxiv : the preprint server for biology``."""
_SERVERS = {
    "biorxiv": "bioRxiv",
    "medrxiv": "medRxiv",
    "arxiv": "arXiv",
    "rs": "Research Square",
    "research square": "Research Square",
    "preprints": "Preprints.org",
    "preprints.org": "Preprints.org",
    "chemrxiv": "ChemRxiv",
    "psyarxiv": "PsyArXiv",
    "ssrn": "SSRN",
}
_PREPRINT_OF = ("preprint", "is-preprint", "haspreprint", "has-preprint", "is-version-of-preprint")
_PUBLISHED_AS = ("published-article", "version-of-record", "is-preprint-of", "ispreprintof", "article-published")


@dataclass(frozen=True, slots=True)
class Origin:
    """What the caller knows of a text before it is read."""

    name: str = ""
    """Name for a paper without any identifier: that of its file."""
    route: str | None = None
    """Which source answered with the text."""
    source_url: str | None = None
    """Where it was read."""
    paper_id: str | None = None
    """The work, where the services know it; else the text names it."""
    version: str | None = None
    """Label of the version, where the source tells versions apart; else the text says it."""


@dataclass(frozen=True, slots=True)
class Front:
    """The records that the front of an article makes."""

    paper: Paper
    """The work, without its abstract."""
    version: Version
    """The version that this file is."""
    authors: tuple[Author, ...]
    """Authors in printed order."""
    keywords: tuple[str, ...]
    """Keywords as printed."""
    title: str
    """The title as printed; empty if there is none and the paper is called by its file."""
    log: tuple[Drop, ...] = ()
    """What looked wrong."""


def read_front(article: etree._Element, origin: Origin, *, may_repeat_ids: bool = True) -> Front:
    """Read ``front`` of an article, or the meta data of a book.

    The records carry the identity that the origin gives them; identifiers that the text prints are only listed.
    ``may_repeat_ids`` is False where the whole article need not be searched for ids that it has twice.
    """
    meta = _first(article, "front/article-meta", "book-meta", "front/book-meta", "book-part-meta", "front-stub")
    if meta is None:
        meta = article
    journal = article.find("front/journal-meta")
    title = _title(meta)
    ids = [(e.get("pub-id-type") or e.get("book-id-type") or "", plain(all_text(e))) for e in meta
           if e.tag in ("article-id", "book-id", "book-part-id")]  # fmt: skip
    doi = next((known_doi for kind, text in ids if kind == "doi" and (known_doi := _doi(text))), None)
    server = _server(article, journal)
    preprint, published = _relations(meta, doi, is_preprint=server is not None)
    arxiv = next((text for kind, text in ids if kind == "arxiv"), None)
    work = origin.paper_id or _work_id(preprint, doi, arxiv, ids, title, origin.name)
    label = origin.version or (_version(meta, ids) if server else "journal")
    days = days_of(meta, is_preprint=server is not None)
    posted = next((days[kind] for kind in OF_VERSION if kind in days), None)
    first = next((days[kind] for kind in OF_WORK if kind in days), None)
    authors = authors_in_order(read_authors(meta), work)
    licence = _licence(meta)
    paper = Paper(
        id=work,
        title=title or origin.name or work,
        year=day.year if (day := posted or first) else year_of(meta),
        posted=first if server or not preprint else None,
        venue=_venue(journal) or server,
        server=server,
        category=_category(meta),
        license=licence,
        author_ids=tuple(author.id for author in authors),
        dois=tuple(dict.fromkeys(d for d in (preprint, doi, published) if d)),
        published_doi=published if server else (doi if preprint else published),
        arxiv=arxiv,
        source_url=origin.source_url,
    )
    version = Version(
        paper_id=work,
        label=label,
        title=title or None if preprint and not server else None,  # the work is called as its preprint is
        doi=doi,
        posted=posted or first,
        license=licence,
        text_route=origin.route,
    )
    keywords = tuple(dict.fromkeys(k for e in meta.iterfind("kwd-group//kwd") if (k := plain(all_text(e)))))
    odd = _oddities(article, meta, title) + (_repeated_ids(article) if may_repeat_ids else [])
    log = tuple(Drop(reason, "", "") for reason in odd)
    return Front(paper, version, authors, keywords, title, log)


def _oddities(article: etree._Element, meta: etree._Element, title: str) -> list[str]:
    """What a reader of the records could not see.

    Dates that are none, authors without a name, groups that are signed for, and whether the file is no article but a
    notice about one.
    """
    odd: list[str] = []
    odd += [f"date that is none: {printed}" for printed in odd_dates(meta)]
    odd += [
        f"contributor without a name: {plain(all_text(contrib))[:120] or 'blank'}"
        for contrib in meta.iterfind("contrib-group/contrib")
        if not has_name(contrib)
    ]
    odd += [f"signed on behalf of: {plain(all_text(group))[:200]}" for group in meta.iter("on-behalf-of")]
    if notice := notice_in(article, meta, title):
        odd.append(f"the file is a notice, not the article: {notice}")
    odd += [f"a notice about the article has appeared: {notice}" for notice in notices_about(meta)]
    return odd


def _repeated_ids(article: etree._Element) -> list[str]:
    return [f"id that {n} elements have: {name!r}" for name, n in Counter(_IDS(article)).items() if n > 1]


def _first(root: etree._Element, *paths: str) -> etree._Element | None:
    return next((element for path in paths if (element := root.find(path)) is not None), None)


def _title(meta: etree._Element) -> str:
    title = _first(meta, "title-group/article-title", "book-title-group/book-title", "title-group/title")
    if title is None:
        return ""
    text = _without_notes(title)
    subtitle = meta.find("title-group/subtitle")
    more = _without_notes(subtitle) if subtitle is not None else ""
    return f"{text}{'' if text.endswith((':', '?', '!')) else ':'} {more}" if more else text


def _without_notes(element: etree._Element) -> str:
    """A title in the plain form, without its footnotes and their marks."""
    buf = Buffer()

    def collect(el: etree._Element) -> None:
        buf.pieces.append(el.text or "")
        for child in el:
            if child.tag == "break":
                buf.pieces.append(" ")
            elif child.tag == "sup" and (
                not plain(all_text(child)).strip(MARKS) or any(x.get("ref-type") in NOTES for x in child.iter("xref"))
            ):
                pass
            elif child.tag in _SCRIPTED:
                INLINES[child.tag](child, buf, Writer("", "", Resolver({}, {})))
            elif child.tag != "fn" and not (child.tag == "xref" and child.get("ref-type") in NOTES):
                collect(child)
            buf.pieces.append(child.tail or "")

    collect(element)
    return plain("".join(buf.pieces))


def _server(article: etree._Element, journal: etree._Element | None) -> str | None:
    """The preprint server, or None for a journal article."""
    names = [plain(all_text(e)) for e in journal.iter("journal-id", "journal-title")] if journal is not None else []
    for name in names:
        if server := _SERVERS.get(_BEHIND_A_NAME.split(name.lower(), maxsplit=1)[0]):
            return server
    if article.get("article-type") == "preprint":
        return names[-1] if names else "preprint"
    return None


def _venue(journal: etree._Element | None) -> str | None:
    if journal is None:
        return None
    title = next(iter(journal.iter("journal-title")), None)
    return (plain(all_text(title)) or None) if title is not None else None


def _relations(meta: etree._Element, doi: str | None, *, is_preprint: bool) -> tuple[str | None, str | None]:
    """DOI of the preprint and of the version of record, as far as the file says."""
    preprint = doi if is_preprint else None
    published = None
    for related in meta.iter("related-article", "related-object"):
        kind = (related.get("related-article-type") or related.get("document-type") or "").lower()
        target = _doi(related.get(_XLINK) or all_text(related))
        if target and not is_preprint and kind in _PREPRINT_OF:
            preprint = preprint or target
        elif target and is_preprint and kind in _PUBLISHED_AS:
            published = published or target
    for link in meta.iterfind("pub-history/event/self-uri"):
        if not is_preprint and link.get("content-type") == "preprint" and (target := _doi(link.get(_XLINK))):
            preprint = preprint or target
    return preprint, published


def _doi(text: str | None) -> str | None:
    doi = find_doi(text or "")
    return doi.name if doi else None


def _work_id(
    preprint: str | None, doi: str | None, arxiv: str | None, ids: list[tuple[str, str]], title: str, name: str
) -> str:
    if preprint or doi or arxiv:
        return paper_id(preprint_doi=preprint, doi=doi, arxiv=arxiv)
    other = next(
        (f"{kind}-{text}" for kind, text in ids if kind in ("pmid", "pmc", "pmcid", "publisher-id") and text), ""
    )
    slug = re.sub(r"[^a-z0-9]+", "-", (other or title or name).lower()).strip("-")[:60]
    return paper_id(key=slug if other else f"{slug or 'untitled'}-{digest([title, name], 8)}")


def _version(meta: etree._Element, ids: list[tuple[str, str]]) -> str:
    """Number of a preprint's version: from ``biorxiv;{id}v2``, else ``article-version`` (1.2 is the second)."""
    for _, text in ids:
        if ";" in text and (match := _VERSION.search(text)):
            return match[1]
    for stated in (*meta.iterfind("article-version"), *meta.iterfind("article-version-alternatives/article-version")):
        if match := _VERSION_NUMBER.fullmatch(plain(all_text(stated))):
            return match[2] or match[1]
    for _, text in ids:
        if match := _VERSION.search(text):
            return match[1]
    return "1"


def _licence(meta: etree._Element) -> str | None:
    """Address of the licence, else its text as printed, else the copyright line."""
    elements = meta.findall("permissions/license")
    stated: list[str | None] = [reference.text for reference in meta.iterfind(f"permissions/{_LICENCE_REFERENCE}")]
    if not elements and not stated:
        statement = _first(meta, "permissions/copyright-statement", "copyright-statement")
        return printed_licence(plain(all_text(statement))) if statement is not None else None
    linked: list[str | None] = []
    wording: list[str] = []
    for element in elements:
        stated += [element.get(_XLINK), *(reference.text for reference in element.iter(_LICENCE_REFERENCE))]
        # A link in the wording may lead anywhere; it is the licence only if it is known to be one.
        words = plain(all_text(element))
        own = of_the_text(words)
        links = element.iter("ext-link", "uri")
        linked += [link.get(_XLINK) for link in links if own == words or plain(all_text(link)) in own]
        kind = element.get("license-type")
        wording += [words, *([kind] if is_open(kind) else [])]
    addresses = [address for address in stated if address] + [link for link in linked if link and is_open(link)]
    # Beside the licence for readers a publisher may print one for machines; the open one is that for readers.
    words = next((text for text in wording if is_open(text)), wording[0] if wording else "")
    return choose_licence(addresses, words)


def _category(meta: etree._Element) -> str | None:
    """Subject category of the server; for a journal its first subject."""
    groups = meta.findall("article-categories/subj-group")
    for wanted in ("hwp-journal-coll", "subject", "discipline"):
        for group in groups:
            if (group.get("subj-group-type") or "").lower().startswith(wanted):
                subject = group.find("subject")
                if subject is not None and (text := plain(all_text(subject))):
                    return text
    return None
