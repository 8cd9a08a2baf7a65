"""Identifiers of papers as they are printed and linked: DOI, PubMed, PMC, arXiv, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from biorxivist.literature.doi import find_doi
from biorxivist.literature.parse.text import plain

_ARXIV = re.compile(r"\barxiv(?:\.org/(?:abs|pdf)/|\s*[:.]?\s*)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.I)
_PMCID = re.compile(r"PMC\d{3,9}", re.I)
_PMID = re.compile(r"\d{1,9}")
_PUBMED = re.compile(
    r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?/(?:\?term=)?|ncbi\.nlm\.nih\.gov/entrez/query.*list_uids=)(\d{1,9})(?![\d.])",
    re.I,
)
_PMC = re.compile(r"(?:ncbi\.nlm\.nih\.gov/(?:pmc/)?|europepmc\.org/)articles?/(PMC\d{3,9})", re.I)
_PRINTED_PMID = re.compile(r"\b(?:PMID|PubMed(?: ID)?)\s*[:=]?\s*(\d{1,9})(?![\d.])")
_PRINTED_PMCID = re.compile(r"\bPMC(?:ID)?\s*[:=]?\s*(PMC\d{3,9})\b")
_ARXIV_NUMBER = re.compile(r"(?:arxiv\s*:\s*)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?", re.I)
_SHAPES = {"pmid": _PMID, "pmcid": _PMCID}
# A DOI that nothing marks up is taken where it stands alone, or in an address of which it is known where the DOI
# ends: of a resolver or a preprint server. Other sites put numbers of their own behind it.
_NAMED_DOI = re.compile(
    r"doi\.org/|\bdoi\s*[:=]?\s*10\.|\b(?:bio|med)rxiv\.org/|(?<![\w./%=-])10\.\d{4,9}/", re.IGNORECASE
)
# Journals that want a volume print the number of a preprint in its place, without the prefix of its DOI; the year may
# stand before one that begins with a day, which is no page.
_PREPRINT_NUMBER = re.compile(
    r"\b(?:bio|med)rxiv\b[\s.,:;(\]]{0,4}(?:preprint[\s.,:;]{0,3})?(?:\(?20\d\d\)?[\s.,:;]{1,3}(?=20\d\d\.))?"
    r"((20\d\d)\.\d\d\.\d\d\.\d{6,8}|\d{6})(?![\d.]*\d)",
    re.IGNORECASE,
)
_OLD_PREFIX, _NEW_PREFIX = "10.1101", "10.64898"  # until 2025, and from 2026 on
_SCHEMES = {"pmid": "pmid", "medline": "pmid", "pubmed": "pmid", "pmcid": "pmcid", "pmc": "pmcid", "arxiv": "arxiv"}


_YEARS = re.compile(r"(?<![\w./:–-])(1[6-9]\d\d|20\d\d)[a-d]?(?![\w/–-])(?!\.\d)")
_IN_BRACKETS = re.compile(r"[(\[](?:[^()\[\]]{0,20}[\s,])?(1[6-9]\d\d|20\d\d)[a-d]?[)\]]")
_NO_YEAR = re.compile(
    r"(?:https?://|www\.|doi:?\s*|10\.\d{4,9}/)\S+|\barxiv\S*\s*:?\s*\d{4}\.\d+\S*"
    r"|\b(?:accessed|retrieved|viewed|cited|last\s+\w+)\b[^.;)\]]{0,40}"
    r"|\b(?:pp?|pages?|vol|no|article|e)\.?\s*\d+(?:\s*[-–]\s*\d+)?|\d+\s*[-–]\s*\d+|:\s*\d+",
    re.I,
)
"""Addresses, days of a visit, pages and volumes: four digits there are no year of publication."""


def year_in(text: str) -> int | None:
    """Year of publication in an entry as printed, if only one number can be it; one in brackets before all others."""
    bare = _NO_YEAR.sub(" ", text)
    latest = date.today().year + 1  # noqa: DTZ011 - a year, wherever the reader is
    for pattern in (_IN_BRACKETS, _YEARS):
        years = {int(year) for year in pattern.findall(bare) if int(year) <= latest}
        if years:
            return years.pop() if len(years) == 1 else None
    return None


def tidy(text: str) -> str:
    """A title in a reference without the punctuation around it."""
    return plain(text).strip(" ,;").removesuffix(".")


def find_identifiers(facts: Iterable[tuple[str, str, str, str]], text: str) -> tuple[tuple[str, str], ...]:
    """Every identifier of a reference, declared ones first.

    Parameters
    ----------
    facts
        (tag, kind, text, address) of the elements of the entry.
    text
        The entry as printed, searched for a DOI and an arXiv number that are not marked up.

    Returns
    -------
    (scheme, value) pairs, none twice; schemes are doi, pmid, pmcid, arxiv, url or the publisher's own.
    """
    identifiers: dict[tuple[str, str], None] = {}
    for tag, kind, value, address in facts:
        if tag in ("pub-id", "object-id", "article-id"):
            _add_declared(kind.lower(), plain(value) or address, identifiers)
        elif tag in ("ext-link", "uri", "self-uri"):
            _add_linked(kind.lower(), address or plain(value), identifiers)
        elif tag == "elocation-id":
            _add_doi(value, identifiers)
    schemes = {scheme for scheme, _ in identifiers}
    if ("10." in text or "xiv.org/" in text) and "doi" not in schemes and (match := _NAMED_DOI.search(text)):
        _add_doi(text[match.start() :], identifiers)
    if ("rxiv" in text or "Rxiv" in text) and not any(s == "doi" for s, _ in identifiers):
        _add_by_number(text, identifiers)
    if "arxiv" not in schemes and ("rXiv" in text or "rxiv" in text) and (match := _ARXIV.search(text)):
        identifiers[("arxiv", match[1].lower())] = None
    if "PM" in text or "PubMed" in text:
        if "pmid" not in schemes and (match := _PRINTED_PMID.search(text)):
            identifiers[("pmid", match[1])] = None
        if "pmcid" not in schemes and (match := _PRINTED_PMCID.search(text)):
            identifiers[("pmcid", match[1])] = None
    return tuple(identifiers)


def _add_doi(text: str, identifiers: dict[tuple[str, str], None]) -> bool:
    doi = find_doi(text)
    if doi:
        identifiers[("doi", doi.name)] = None
    return doi is not None


def _add_by_number(text: str, identifiers: dict[tuple[str, str], None]) -> None:
    """The DOI of a preprint of which only the server and the number are printed; not where its prefix is unsure."""
    match = _PREPRINT_NUMBER.search(text)
    if match and not (match[2] == "2025" and match[1][5:7] > "09"):
        _add_doi(f"{_NEW_PREFIX if match[2] and match[2] > '2025' else _OLD_PREFIX}/{match[1]}", identifiers)


def _add_declared(kind: str, value: str, identifiers: dict[tuple[str, str], None]) -> None:
    """An identifier whose scheme the file names."""
    if kind == "doi":
        _add_doi(value, identifiers)
    elif kind in _SCHEMES:
        scheme = _SCHEMES[kind]
        if scheme == "arxiv" and (number := _ARXIV_NUMBER.fullmatch(value)):  # without its version, as the DOI of it
            value = number[1].lower()
        pattern = _SHAPES.get(scheme)
        match = pattern.search(value) if pattern else None
        identifier = match[0] if match else "" if pattern else value
        if identifier:
            identifiers[(scheme, identifier.upper() if scheme == "pmcid" else identifier)] = None
    elif value:
        identifiers[(kind or "id", value)] = None


def _add_linked(kind: str, address: str, identifiers: dict[tuple[str, str], None]) -> None:
    """What an address names: a DOI where it leads to a resolver or a preprint server, else by the site's own form."""
    if kind in ("doi", *_SCHEMES):
        _add_declared(kind, address, identifiers)
    elif _NAMED_DOI.search(address) and _add_doi(address, identifiers):
        pass
    elif match := _PUBMED.search(address):
        identifiers[("pmid", match[1])] = None
    elif match := _PMC.search(address):
        identifiers[("pmcid", match[1].upper())] = None
    elif match := _ARXIV.search(address):
        identifiers[("arxiv", match[1].lower())] = None
    elif address.lower().startswith(("http://", "https://", "ftp://")):
        identifiers[("url", address)] = None
