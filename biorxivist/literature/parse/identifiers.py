"""Identifiers of papers as they are printed and linked: DOI, PubMed, PMC, arXiv, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from biorxivist.literature.parse.text import plain

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}|\\^`]+", re.I)
_DOI_IN_TEXT = re.compile(r"(?:doi\.org/|\bdoi\s*[:=]?\s*)\s*(10\.\d{4,9}/[^\s\"<>{}|\\^`]+)", re.I)
_ARXIV = re.compile(r"\barxiv(?:\.org/(?:abs|pdf)/|\s*[:.]?\s*)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.I)
_PMCID = re.compile(r"PMC\d{3,9}", re.I)
_PMID = re.compile(r"\d{1,9}")
_PUBMED = re.compile(
    r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?/|ncbi\.nlm\.nih\.gov/entrez/query.*list_uids=)(\d{1,9})", re.I
)
_SCHEMES = {"pmid": "pmid", "medline": "pmid", "pubmed": "pmid", "pmcid": "pmcid", "pmc": "pmcid", "arxiv": "arxiv"}
_LONGEST = 2_000
_CLOSERS = {")": "(", "]": "["}


def clean_doi(text: str) -> str | None:
    """A DOI in lower case without address, prefix or the punctuation after it; None if there is none."""
    if not text:
        return None
    match = _DOI.search(unquote(text[:_LONGEST]) if "%" in text else text[:_LONGEST])
    if match is None:
        return None
    doi = match[0].lower()
    while doi:
        last = doi[-1]
        if last in ".,;:'’”" or (last in _CLOSERS and doi.count(last) > doi.count(_CLOSERS[last])):
            doi = doi[:-1]
        else:
            break
    return doi if doi.partition("/")[2] else None


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
    found: dict[tuple[str, str], None] = {}
    for tag, kind, value, address in facts:
        if tag in ("pub-id", "object-id", "article-id"):
            _declared(kind.lower(), plain(value) or address, found)
        elif tag in ("ext-link", "uri", "self-uri"):
            _linked(kind.lower(), address or plain(value), found)
        elif tag == "elocation-id" and (doi := clean_doi(value)):
            found[("doi", doi)] = None
    schemes = {scheme for scheme, _ in found}
    if "10." in text and "doi" not in schemes and (match := _DOI_IN_TEXT.search(text)):
        _declared("doi", match[1], found)
    if "arxiv" not in schemes and ("rXiv" in text or "rxiv" in text) and (match := _ARXIV.search(text)):
        found[("arxiv", match[1].lower())] = None
    return tuple(found)


def _declared(kind: str, value: str, found: dict[tuple[str, str], None]) -> None:
    if kind == "doi":
        if doi := clean_doi(value):
            found[("doi", doi)] = None
    elif kind in _SCHEMES:
        scheme = _SCHEMES[kind]
        pattern = {"pmid": _PMID, "pmcid": _PMCID}.get(scheme)
        match = pattern.search(value) if pattern else None
        if match or (pattern is None and value):
            found[
                (
                    scheme,
                    (match[0] if match else value).upper() if scheme == "pmcid" else (match[0] if match else value),
                )
            ] = None
    elif value:
        found[(kind or "id", value)] = None


def _linked(kind: str, address: str, found: dict[tuple[str, str], None]) -> None:
    if kind in ("doi", *_SCHEMES):
        _declared(kind, address, found)
    elif "doi.org/" in address.lower() and (doi := clean_doi(address)):
        found[("doi", doi)] = None
    elif match := _PUBMED.search(address):
        found[("pmid", match[1])] = None
    elif match := _ARXIV.search(address):
        found[("arxiv", match[1].lower())] = None
    elif address.lower().startswith(("http://", "https://", "ftp://")):
        found[("url", address)] = None
