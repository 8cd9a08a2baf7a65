"""What a PDF says of itself: title, DOI, version, day, licence, from page one, its margins and the stamp."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from biorxivist.literature.doi import Doi, find_doi
from biorxivist.literature.licence import choose_licence
from biorxivist.literature.parse.front import Front, Origin
from biorxivist.literature.parse.text import plain
from graph.records import Paper, Version, digest, paper_id

_SERVER = re.compile(r"\b(bioRxiv|medRxiv) preprint\b|\b(arXiv):\d{4}\.\d{4,5}", re.I)
_SERVERS = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv", "arxiv": "arXiv"}
_ARXIV = re.compile(r"\barXiv:(\d{4}\.\d{4,5})(?:v(\d{1,3}))?", re.I)
_POSTED = re.compile(r"this version posted ([A-Z][a-z]+ \d{1,2}, \d{4})")
_LICENCE = re.compile(r"(CC0|CC[- ]BY(?:-NC)?(?:-ND|-SA)?(?: ?\d\.\d)?)(?: International)?(?: licen[cs]e)?", re.I)
_NO_REUSE = re.compile(r"(?:All rights reserved\. )?No re-?use allowed without permission", re.I)
_STATED = re.compile(r"[^.]*\b(?:creativecommons\.org|Creative Commons)\b[^;]{0,200}", re.I)
_NAMED_DOI = re.compile(r"doi(?:\.org)?\s*[:/]", re.I)
_FILE_VERSION = re.compile(r"v(\d{1,3})(?:[._-]?full)?(?:\.pdf)?$", re.I)


def read_facts(reading: dict[str, Any], origin: Origin) -> Front:
    """Records of the paper, without authors: their names on a printed page cannot be told from all else around them.

    Parameters
    ----------
    reading
        What `biorxivist.literature.parse.pdf.reading.read_pdf` returned.
    origin
        What is known of the file before it is read.
    """
    title = _title(reading)
    stamp = " ".join(reading["stamps"])
    margins = [text for reason, text, page in reading["left"] if page < 3 and reason in ("running head", "footer")]
    doi = _doi([stamp, *margins], reading)
    arxiv = _ARXIV.search(stamp)
    server = _server(stamp)
    posted = _day(stamp)
    licence = _licence(stamp, reading)
    name = doi.name if doi else None
    work = origin.paper_id or _work(name, arxiv[1] if arxiv else None, title, origin.name, server)
    paper = Paper(
        id=work,
        title=title or origin.name or work,
        year=posted.year if posted else None,
        posted=posted if server else None,
        venue=server,
        server=server,
        license=licence,
        dois=(name,) if name else (),
        arxiv=arxiv[1] if arxiv else None,
        source_url=origin.source_url,
    )
    label = origin.version or _label(doi, arxiv, server, origin.name)
    version = Version(
        paper_id=work,
        label=label,
        doi=name,
        posted=posted,
        license=licence,
        text_route=f"pdf:{origin.route}" if origin.route else "pdf",
    )
    return Front(paper, version, (), (), title)


def _first_page(reading: dict[str, Any]) -> Iterator[str]:
    """Texts of page one that are not references."""
    return (block["text"] for block in reading["blocks"] if block["page"] == 1 and block["kind"] != "reference")


def _title(reading: dict[str, Any]) -> str:
    """The title as it is printed; what the file calls itself only if that stands on page one, too."""
    printed = next((plain(block["text"]) for block in reading["blocks"] if block["kind"] == "title"), "")
    called = plain(str(reading["meta"].get("Title", "")))
    if printed or len(called) < 12:
        return printed
    page = "".join(" ".join(_first_page(reading)).split()).lower()
    return called if "".join(called.split()).lower() in page else ""


def _doi(margins: Iterable[str], reading: dict[str, Any]) -> Doi | None:
    """The paper's own DOI: of the margins, else of page one where it is called one, else of the file's description."""
    for text in margins:
        if doi := find_doi(text):
            return doi
    texts = list(_first_page(reading))
    for text in texts:
        for match in _NAMED_DOI.finditer(text):
            if doi := find_doi(text[match.start() : match.start() + 300]):
                return doi
    described = (str(reading["meta"].get(name, "")) for name in ("Subject", "Title", "Keywords"))
    return next((doi for text in (*texts, *described) if (doi := find_doi(text))), None)


def _server(stamp: str) -> str | None:
    match = _SERVER.search(stamp)
    return _SERVERS[(match[1] or match[2]).lower()] if match else None


def _day(stamp: str) -> date | None:
    match = _POSTED.search(stamp)
    try:
        return datetime.strptime(match[1], "%B %d, %Y").date() if match else None  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None


def _licence(stamp: str, reading: dict[str, Any]) -> str | None:
    if match := _NO_REUSE.search(stamp):
        return match[0]
    if match := _LICENCE.search(stamp):  # the stamp prints "aCC-BY 4.0", without a space
        return match[0]
    stated = next((match[0] for text in _first_page(reading) if (match := _STATED.search(text))), "")
    return choose_licence([], plain(stated)) if stated else None


def _work(doi: str | None, arxiv: str | None, title: str, name: str, server: str | None) -> str:
    if doi or arxiv:
        return paper_id(preprint_doi=doi if server else None, doi=doi, arxiv=arxiv)
    slug = re.sub(r"[^a-z0-9]+", "-", (title or name).lower()).strip("-")[:60]
    return paper_id(key=f"{slug or 'untitled'}-{digest([title, name], 8)}")


def _label(doi: Doi | None, arxiv: re.Match[str] | None, server: str | None, name: str) -> str:
    """Number of the version: of the DOI or the stamp, else at the end of the file's name (``2021.11.17.469032v2``)."""
    if doi and doi.version:
        return doi.version
    if arxiv and arxiv[2]:
        return arxiv[2]
    if (match := _FILE_VERSION.search(name)) and doi and doi.name.rpartition("/")[2] in name.lower():
        return match[1]
    return "1" if server or not doi or doi.name.startswith(("10.1101/", "10.64898/")) else "journal"
