"""Getting a paper: ``get("10.1101/2023.10.19.563100")`` -> Document, by the first route that has its text.

Routes, in this order: the cache (every route looks there first), Europe PMC's open JATS, the bioRxiv site if it was
chosen (one paper at a time, three seconds apart), the user's own files. The document's log says which route answered
and why those before it did not.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from biorxivist.literature.errors import FetchError, NotFound, NotOpenAccess
from biorxivist.literature.reconcile import described, joined, references
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Hit, Text
from biorxivist.literature.sources.fields import split_version
from biorxivist.literature.works import merge

if TYPE_CHECKING:
    from biorxivist.literature.document import Document

__all__ = ["about", "full_text", "get", "read", "routes_of"]

logger = logging.getLogger(__name__)


def get(
    doi: str,
    *,
    version: int | str | None = None,
    full_text: bool = True,
    web: bool = False,
    sources: Sources | None = None,
) -> Document:
    """Fetch a paper.

    Parameters
    ----------
    doi
        DOI, or a doi.org or bioRxiv address; with ``v2`` at its end it names the version, too.
    version
        Number of the version; the newest when left out.
    full_text
        Whether the text is fetched; without it the document has what the services say about the paper.
    web
        Whether the bioRxiv site may be asked, which is slow and may be refused.
    sources
        Where the services are; as the environment says when left out.

    Raises
    ------
    NotFound
        If no source knows the DOI, or the paper has no such version.
    NotOpenAccess
        If no route has the text; ``.routes`` says why, route by route.
    """
    bare, named = split_version(doi)
    if bare is None:
        msg = f"{doi[:200]!r} is no DOI. A DOI looks like 10.1101/2023.10.19.563100."
        raise NotFound(msg)
    wanted = str(version) if version is not None else named
    opened = sources or Sources.configured()
    hit, asked = about(bare, opened, web=web)
    labels = [entry.label for entry in hit.versions]
    if wanted is not None and labels and any(label.isdigit() for label in labels) and wanted not in labels:
        msg = f"{bare} has no version {wanted}; there are {', '.join(labels)}."
        raise NotFound(msg)
    if not full_text:
        return described(hit, asked)
    return read(hit, opened, version=wanted, routes=routes_of(opened, web=web), asked=asked)


def about(doi: str, sources: Sources, *, web: bool = False) -> tuple[Hit, dict[str, str]]:
    """What the services know of a DOI, put together, and how each of them answered.

    Raises
    ------
    NotFound
        If none knows it.
    FetchError
        The last error, if none answered at all.
    """
    found: list[Hit] = []
    asked: dict[str, str] = {}
    names = ["biorxiv", "europepmc"] + (["local"] if sources.folder else []) + (["biorxiv_web"] if web else [])
    errors: list[FetchError] = []
    for name in names:
        if name == "biorxiv_web" and found:
            continue
        try:
            found.append(sources.open(name).lookup(doi))
            asked[f"{name} (lookup)"] = "answered"
        except FetchError as error:
            errors.append(error)
            asked[f"{name} (lookup)"] = f"{type(error).__name__}: {error}"
    found += _linked(doi, found, sources)
    if not found:
        try:
            found.append(sources.open("crossref").lookup(doi))
        except FetchError as error:
            errors.append(error)
    if not found:
        worst = next((error for error in errors if not isinstance(error, NotFound)), None)
        if worst is not None:
            raise worst
        msg = f"No source knows {doi} ({', '.join(names)}, crossref were asked). Check the DOI."
        raise NotFound(msg)
    works = merge(found)
    return next((hit for hit in works if doi in hit.paper.dois), works[0]), asked


def _linked(doi: str, found: Sequence[Hit], sources: Sources) -> list[Hit]:
    """The link between preprint and journal copy that bioRxiv knows, and the preprint, if a journal DOI was given."""
    from biorxivist.literature.sources.biorxiv_api import BioRxivApi

    api = sources.open("biorxiv")
    if any(hit.paper.published_doi for hit in found) and any(hit.paper.server for hit in found):
        return []
    if not isinstance(api, BioRxivApi):
        return []
    try:
        link = api.published(doi)
        preprint = link.paper.dois[0]
        return [link] if preprint == doi else [link, api.lookup(preprint)]
    except FetchError as error:
        logger.info("%s: no link between preprint and journal: %s", doi, error)
        return []


def routes_of(sources: Sources, *, web: bool = False) -> tuple[str, ...]:
    """Sources that are asked for full text, in their order."""
    return ("europepmc", *(("biorxiv_web",) if web else ()), *(("local",) if sources.folder else ()))


def full_text(
    hit: Hit, sources: Sources, *, version: str | None = None, routes: Iterable[str] = ("europepmc",)
) -> tuple[Document, Text, dict[str, str]]:
    """The text of a paper, parsed, from the first route that has the version that is wanted.

    Parameters
    ----------
    hit
        The paper.
    sources
        Where the services are.
    version
        Label of the version that is wanted.
    routes
        Sources that are asked, in this order.

    Returns
    -------
    The document, its bytes, and for each route that was asked before, why it was not taken.

    Raises
    ------
    NotOpenAccess
        If no route has it.
    FetchError
        If none gave it, and one of them failed.
    """
    from biorxivist.literature.parse import parse

    tried: dict[str, str] = {}
    failures: list[FetchError] = []
    for name in routes:
        try:
            text = sources.open(name).text(hit, version=version)
            document = parse(text.body, route=text.route, source_url=text.url)
        except (FetchError, ValueError) as error:
            if isinstance(error, FetchError) and not isinstance(error, NotFound | NotOpenAccess):
                failures.append(error)
            tried[name] = f"{type(error).__name__}: {error}"
            logger.info("%s: no full text by %s: %s", hit.paper.id, name, error)
            continue
        label = text.version or next((entry.label for entry in document.versions if entry.label.isdigit()), None)
        if version is not None and label is not None and label != version:
            tried[name] = f"holds version {label}, version {version} was asked for"
            continue
        read_id = _foreign(document, hit)
        if read_id:
            tried[name] = f"sent the text of {read_id}"
            continue
        return document, text, tried
    if "biorxiv_web" not in routes:
        tried["biorxiv_web"] = "not asked: it has to be chosen (web=True, --web)"
    if "local" not in routes:
        tried["local"] = "not asked: no folder of papers is set (BIORXIVIST_PAPERS, --folder)"
    reasons = "; ".join(f"{name}: {reason}" for name, reason in tried.items())
    if failures:  # a route that failed may have it: this is not an answer about the paper
        failures[0].add_note(f"No route gave the full text of {hit.paper.id}. {reasons}")
        raise failures[0]
    msg = f"No route has the full text of {hit.paper.id}. {reasons}"
    raise NotOpenAccess(msg, routes=tried)


def read(
    hit: Hit,
    sources: Sources,
    *,
    version: str | None = None,
    routes: Iterable[str] = ("europepmc",),
    asked: Mapping[str, str] | None = None,
) -> Document:
    """The full text of a paper as a document that carries what the services know of it.

    Raises
    ------
    NotOpenAccess
        If no route has it.
    FetchError
        If none gave it, and one of them failed.
    """
    document, text, tried = full_text(hit, sources, version=version, routes=routes)
    whole = joined(document, hit, text, {**(asked or {}), **tried})
    doi = hit.paper.id.removeprefix("doi:")
    if tuple(routes) == ("local",) or doi == hit.paper.id:
        return whole
    return dataclasses.replace(whole, references=references(doi, sources, whole))


def _foreign(document: Document, hit: Hit) -> str | None:
    """The DOI of a text that is about another paper, if it says so."""
    ours = set(hit.paper.dois)
    theirs = set(document.paper.dois)
    return ", ".join(sorted(theirs)) if ours and theirs and not ours & theirs else None
