"""DOIs: the only reader of them, wherever they come from: rows of a service, papers, bibliographies, the keyboard.

A DOI is kept in lower case, decoded and without an address around it. The number of a preprint's version is split
off, since bioRxiv, medRxiv and arXiv register one DOI for all versions: ``10.1101/2023.04.30.538439v2.full`` is
version 2 of ``10.1101/2023.04.30.538439``.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, unquote

__all__ = ["Doi", "bare_doi", "doi_address", "find_doi", "parse_doi"]

LONGEST_TEXT = 20_000
LONGEST_DOI = 260
MOST_TRIED = 50

# "10.1101/"; in an address the slash may be encoded, even twice. No digit goes before it: 110.1101/x is not a DOI.
START = re.compile(r"(?<!\d)(?<!\d\.)10\.\d{4,9}(?:\.\d{1,9}){0,3}(?:/|%(?:25)*2f)", re.IGNORECASE)
# A DOI that is alone and holds nothing to decode or to cut, as nearly all do: read the short way, ten times as fast.
PLAIN = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/[\w-]{1,80}(?:[./:][\w-]{1,40}){0,4})", re.ASCII)
# Angle brackets end a DOI (markup begins there), except in a SICI, where they hold the place in the issue and a
# control segment follows: 10.1175/1520-0493(1987)115<1606:GARSPP>2.0.CO;2. No tag is followed by such a segment.
NAME = re.compile(r"""(?:[^\s<>"{}|\\^`]|<[^\s<>"]{0,120}>(?=\d\.\d\.[a-z]{2})){1,1500}""", re.IGNORECASE)
# Written with a semicolon only: "&copy1" may be part of a DOI.
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d{1,5}|#x[\da-f]{1,4});", re.IGNORECASE)
NEXT_DOI = re.compile(
    r"[,;](?=(?:https?://|doi:|10\.\d{4,9}/))|\]\((?=https?://)", re.IGNORECASE
)  # or a link in Markdown
# Shapeless characters, which pages put into long words so that they break well.
SHAPELESS = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
"""Dashes that typesetting puts in the place of the hyphens of a DOI."""
SENTENCE_END = ".,;:!?'’”»…*†/"
OPENER_OF = {")": "(", "]": "["}
STEPS_OUT = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")

WORK = r"10\.(?:1101|64898)/(?:\d{4}\.\d{2}\.\d{2}\.\d+|\d{4,12})|10\.48550/arxiv\.\d{4}\.\d{4,5}"
# After the number of a preprint come its version and the page of the site: v2.full, v2.full.pdf+html, .full-text.
PREPRINT = re.compile(rf"({WORK})(?:[./]?v(\d{{1,3}}))?(?:[.+][a-z][a-z-]*)*")
VERSION_BESIDE = re.compile(r"\s{0,2}[(\[]?(?:v|[Vv]er(?:sion)?[.\s]{0,2})(\d{1,3})(?!\w)[)\]]?")
# Addresses of before 2020 name the day and the number; every DOI of that time begins with 10.1101.
EARLY = re.compile(
    r"(?:https?://)?(?:[\w-]{1,20}\.)?(?:bio|med)rxiv\.org/"
    r"(?:content/(?:(?:bio|med)rxiv/)?early/20[12]\d/\d\d/\d\d/|cgi/content/[a-z]+/)"
    r"((?:20(?:19|2[0-4])\.\d\d\.\d\d\.)?\d{5,8})(?:v(\d{1,3}))?(?![\d/])\S*",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[a-z][a-z+]*://|(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/", re.IGNORECASE)
RESOLVER = re.compile(r"(?:^|[/.@])doi\.org[:/]", re.IGNORECASE)
PAGE = re.compile(
    r"(?:/(?:full|fulltext|abstract|pdf|epdf|html|meta|summary|references|figures)"
    r"|\.(?:full|abstract|short|long|pdf|html|full\.pdf|full\.html|full-text))$"
)
# Parts of an article's page, which other sites put behind its DOI.
PART = re.compile(r"(?<=[^/])/(?:tables|figures|suppl_file|supplemental|metrics|citedby|na/json|references)(?:/.*)?$")
LABEL = re.compile(r"[\s<(\[{\"']*(?:(?:urn:|info:)?doi(?!\.org)\s*[:=/]?\s*)?", re.IGNORECASE)
REST = re.compile(r"[\s>)\]}\"'.,;:]*")


class Doi(NamedTuple):
    """A DOI as it is compared and stored."""

    name: str
    """The DOI in lower case, without address and version."""
    version: str | None
    """Number of the preprint's version, where one was written."""


def find_doi(text: str) -> Doi | None:
    """First DOI in a text, an address or a label; None if there is none."""
    if plain := PLAIN.fullmatch(text):
        return _split(plain[1].lower())
    first = _first(_unescaped(text[:LONGEST_TEXT]))
    return first[0] if first else None


def parse_doi(value: object) -> Doi | None:
    """DOI of a value that is one DOI, or the address of one, and nothing else.

    >>> parse_doi("https://www.biorxiv.org/content/10.1101/2023.04.30.538439v2.full")
    Doi(name='10.1101/2023.04.30.538439', version='2')
    """
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return None
    text = _unescaped(value).strip()
    first = _first(text, is_whole=True)
    if first is None:
        return None
    doi, start, end = first
    label = LABEL.match(text, 0, start)
    before = text[label.end() if label else 0 : start]
    is_address = ADDRESS.match(before) and not re.search(r"\s", before)
    return doi if (not before or is_address) and REST.fullmatch(text, end) else None


def bare_doi(value: object) -> str | None:
    """Name of the DOI that a value is, without its version; None if it is none."""
    doi = parse_doi(value)
    return doi.name if doi else None


def doi_address(name: str) -> str:
    """Address of a DOI; `parse_doi` reads the DOI back from it."""
    return f"https://doi.org/{quote(name, safe='/:;()[],-._~!$*@+=')}"


def _unescaped(text: str) -> str:
    """Text without HTML entities, also those that were escaped twice (``&amp;lt;``), and without shapeless marks."""
    for _ in range(3):
        if "&" not in text:
            break
        text = ENTITY.sub(lambda match: html.unescape(match[0].lower()), text)
    return text if text.isascii() else SHAPELESS.sub("", text).translate(HYPHENS)


def _first(text: str, *, is_whole: bool = False) -> tuple[Doi, int, int] | None:
    """First DOI of a text, with the offsets of what was read for it."""
    for start in islice(START.finditer(text), MOST_TRIED):
        begin = start.start()
        word = NAME.match(text, begin)
        if word is None:
            continue
        raw, end = word[0], word.end()
        address = _address_before(text, begin)
        if address:  # its query and fragment are read, too, but are not part of the DOI
            raw = _within_address(raw, address)
        elif following := NEXT_DOI.search(raw):
            raw = raw[: following.start()]
            end = begin + len(raw)
        doi = _normalised(raw, address, is_whole=is_whole)
        if doi is None:
            continue
        if doi.version is None and PREPRINT.fullmatch(doi.name) and (beside := VERSION_BESIDE.match(text, end)):
            return Doi(doi.name, beside[1]), begin, beside.end()
        return doi, begin, end
    early = EARLY.search(text)
    return (Doi(f"10.1101/{early[1]}", early[2]), early.start(), early.end()) if early else None


def _address_before(text: str, start: int) -> str:
    """Beginning of the address that the DOI at ``start`` stands in; empty if it stands in none."""
    head = re.split(r"[\s<>\"'(\[{|]", text[max(0, start - 500) : start])[-1]
    return head if ADDRESS.match(head) else ""


def _within_address(raw: str, address: str) -> str:
    """The part of an address that names the DOI: up to the query, or to the next parameter inside of one."""
    return re.split(r"[&#]" if "?" in address else r"[?#]", raw, maxsplit=1)[0]


def _normalised(raw: str, address: str, *, is_whole: bool) -> Doi | None:
    """The DOI in one word, decoded; None if it is malformed or would lead out of a folder as a path."""
    for _ in range(3):
        if "%" not in raw:
            break
        raw = unquote(raw)
    match = NAME.match(raw)
    if match is None or not raw.isprintable() or "\ufffd" in raw or (is_whole and not REST.fullmatch(raw, match.end())):
        return None
    name = _without_sentence(match[0]).lower()
    if address and not RESOLVER.search(address):
        name = PAGE.sub("", PART.sub("", name))
    prefix, _, suffix = name.partition("/")
    if not suffix or len(name) > LONGEST_DOI or STEPS_OUT.search(suffix) or not START.fullmatch(f"{prefix}/"):
        return None
    return _split(name)


def _split(name: str) -> Doi:
    """A normalised DOI and the version at its end, if it is a preprint's."""
    preprint = PREPRINT.fullmatch(name)
    return Doi(preprint[1], preprint[2]) if preprint else Doi(name, None)


def _without_sentence(name: str) -> str:
    """A DOI without what belongs to the sentence around it: punctuation, and brackets that nothing in it opens."""
    while name:
        last = name[-1]
        is_unopened = last in OPENER_OF and name.count(last) > name.count(OPENER_OF[last])
        if not (last in SENTENCE_END or last in OPENER_OF.values() or is_unopened):
            break
        name = name[:-1]
    return name
