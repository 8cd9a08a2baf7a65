"""Getting a paper: ``get("10.1101/2023.10.19.563100")`` -> Document, by the first route that has its text.

Routes, in this order: the cache (every route looks there first), Europe PMC's open JATS, the bioRxiv site if it was
chosen (one paper at a time, three seconds apart), the user's own files. The document's log says which route answered
and why those before it did not.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.literature.errors import FetchError, NotOpenAccess, PaperNotFound
from biorxivist.literature.references import with_deposited_dois
from biorxivist.literature.sources import Sources
from biorxivist.literature.sources.base import Hit
from biorxivist.literature.sources.fields import require_doi
from biorxivist.literature.works import merge, with_services, without_text

if TYPE_CHECKING:
    from biorxivist.literature.document import Document

__all__ = ["file_named", "get", "get_file", "look_up", "read", "routes_of"]

SHARED_PREFIXES = ("10.1101/", "10.64898/")
"""Prefixes of both bioRxiv and medRxiv: a DOI does not say whose it is."""

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
        Whether the bioRxiv site may be queried, which is slow and may be refused.
    sources
        Where the services are; as the environment says when left out.

    Raises
    ------
    PaperNotFound
        If no source knows the DOI, or the paper has no such version.
    NotOpenAccess
        If no route has the text; ``.routes`` says why, route by route.
    """
    named = require_doi(doi)
    wanted = str(version) if version is not None else named.version
    opened = sources or Sources.configured()
    hit, answers = look_up(named.name, opened, web=web)
    labels = [entry.label for entry in hit.versions]
    if wanted is not None and any(label.isdigit() for label in labels) and wanted not in labels:
        msg = f"{named.name} has no version {wanted}; there are {', '.join(labels)}."
        raise PaperNotFound(msg)
    if not full_text:
        return without_text(hit, answers)
    return read(hit, opened, version=wanted, routes=routes_of(opened, web=web), answers=answers)


def file_named(text: str) -> Path | None:
    """The file of this name; None if there is none, as for a DOI."""
    try:
        return path if (path := Path(text)).is_file() else None
    except OSError:  # longer than a name can be
        return None


def get_file(path: Path, *, sources: Sources | None = None) -> Document:
    """Read a file of your own (PDF, JATS, article page), with what the services know of its paper.

    A PDF names no authors, so they come from the services, by the DOI that it prints. Where no service answers, the
    document has what the file says, and its log why.

    Parameters
    ----------
    path
        The file.
    sources
        Where the services are; none is queried when left out.

    Raises
    ------
    ParseError
        If it is not a paper that can be read.
    OSError
        If it cannot be read.
    """
    from biorxivist.literature.document import Drop
    from biorxivist.literature.parse import parse

    route = f"local:{path.name}"
    document = parse(path, route=route)
    if sources is None or not document.paper.dois:
        return document
    try:
        hit, answers = look_up(document.paper.dois[0], sources)
    except FetchError as error:
        drop = Drop(f"route services: {type(error).__name__}: {error}", "", "")
        return dataclasses.replace(document, log=(*document.log, drop))
    if hit.paper.id != document.paper.id:
        label = document.versions[0].label
        document = parse(path, route=route, paper_id=hit.paper.id, version=label)
    return with_services(document, hit, answers=answers, source_url=str(path))


def look_up(doi: str, sources: Sources, *, web: bool = False) -> tuple[Hit, dict[str, str]]:
    """What the services know of a DOI, put together, and how each of them answered.

    Raises
    ------
    PaperNotFound
        If none knows it.
    FetchError
        The first error that is no answer about the paper, if no service gave one.
    """
    names = ["biorxiv", "europepmc"] + (["medrxiv"] if doi.startswith(SHARED_PREFIXES) else [])
    names += (["local"] if sources.folder else []) + (["biorxiv_web"] if web else [])
    hits: list[Hit] = []
    answers: dict[str, str] = {}
    errors: list[FetchError] = []
    for name in names:
        if (name == "biorxiv_web" and hits) or (name == "medrxiv" and any(hit.paper.server for hit in hits)):
            continue
        try:
            hits.append(sources.open(name).lookup(doi))
            answers[f"{name} (lookup)"] = "answered"
        except FetchError as error:
            errors.append(error)
            answers[f"{name} (lookup)"] = f"{type(error).__name__}: {error}"
    hits += _linked(doi, hits, sources)
    if not hits:
        try:
            hits.append(sources.open("crossref").lookup(doi))
        except FetchError as error:
            errors.append(error)
    if not hits:
        failure = next((error for error in errors if not isinstance(error, PaperNotFound)), None)
        if failure is not None:
            raise failure
        if sources.session.offline:
            msg = f"Nothing about {doi} is in the cache, and nothing else is asked offline. Fetch it once while online."
            raise PaperNotFound(msg)
        msg = f"No source knows {doi} (queried: {', '.join(names)}, crossref). Check the DOI."
        raise PaperNotFound(msg)
    works = merge(hits)
    return next((hit for hit in works if doi in hit.paper.dois), works[0]), answers


def _linked(doi: str, hits: Sequence[Hit], sources: Sources) -> list[Hit]:
    """The link between preprint and journal copy that bioRxiv knows, and the preprint, if a journal DOI was given."""
    if any(hit.paper.published_doi for hit in hits) and any(hit.paper.server for hit in hits):
        return []
    servers = {(hit.paper.server or "").lower() for hit in hits}
    for name in ("medrxiv",) if "medrxiv" in servers else ("biorxiv",):
        server = sources.open(name)
        try:
            link = server.published(doi)
            preprint = link.paper.dois[0]
            return [link] if preprint == doi else [link, server.lookup(preprint)]
        except FetchError as error:
            logger.info("%s: %s has no link between preprint and journal: %s", doi, name, error)
    return []


def routes_of(sources: Sources, *, web: bool = False) -> tuple[str, ...]:
    """Sources to query for full text, in their order."""
    return ("europepmc", *(("biorxiv_web",) if web else ()), *(("local",) if sources.folder else ()))


def read(
    hit: Hit,
    sources: Sources,
    *,
    version: str | None = None,
    routes: Iterable[str] = ("europepmc",),
    answers: Mapping[str, str] | None = None,
) -> Document:
    """Full text of a paper, from the first route that has it, with what the services know of the paper.

    Parameters
    ----------
    hit
        The paper.
    sources
        Where the services are.
    version
        Label of the version that is wanted; the newest that a route has when left out.
    routes
        Sources to query, in this order.
    answers
        How the services answered that were queried before, for the log.

    Raises
    ------
    NotOpenAccess
        If no route has it.
    FetchError
        If none gave it, and one of them failed.
    """
    from biorxivist.literature.parse import parse

    is_medical = (hit.paper.server or "").lower() == "medrxiv"
    names = tuple("medrxiv_web" if is_medical and name == "biorxiv_web" else name for name in routes)
    refusals: dict[str, str] = {}
    failures: list[FetchError] = []
    for name in names:
        try:
            text = sources.open(name).text(hit, version=version)
            document = parse(
                text.body, route=text.route, source_url=text.url, paper_id=hit.paper.id, version=text.version
            )
        except (FetchError, ValueError) as error:
            if isinstance(error, FetchError) and not isinstance(error, PaperNotFound | NotOpenAccess):
                failures.append(error)
            refusals[name] = f"{type(error).__name__}: {error}"
            logger.info("%s: no full text by %s: %s", hit.paper.id, name, error)
            continue
        if mismatch := _mismatch(document, hit, version):
            refusals[name] = mismatch
            continue
        whole = with_services(document, hit, answers={**(answers or {}), **refusals}, source_url=text.url)
        return whole if names == ("local",) else _with_crossref(whole, sources)
    raise _no_text(hit, names, refusals, failures)


def _mismatch(document: Document, hit: Hit, version: str | None) -> str | None:
    """Why a text is not the one that was wanted: another version, or another paper."""
    label = document.versions[0].label
    if version is not None and label.isdigit() and label != version:
        return f"holds version {label}, version {version} was asked for"
    ours, theirs = set(hit.paper.dois), set(document.paper.dois)
    if ours and theirs and not ours & theirs:
        return f"sent the text of {', '.join(sorted(theirs))}"
    return None


def _with_crossref(document: Document, sources: Sources) -> Document:
    """A document whose references have the DOIs that Crossref knows."""
    work = document.paper.id
    doi = work.removeprefix("doi:")
    if doi == work:
        return document
    try:
        deposited = sources.open("crossref").references(doi)
    except FetchError as error:
        logger.info("%s: no references from Crossref: %s", doi, error)
        return document
    return dataclasses.replace(document, references=with_deposited_dois(document.references, deposited))


def _no_text(
    hit: Hit, routes: Sequence[str], refusals: Mapping[str, str], failures: Sequence[FetchError]
) -> FetchError:
    """The error that says, route by route, why there is no text."""
    reasons = dict(refusals)
    if not {"biorxiv_web", "medrxiv_web"} & set(routes):
        reasons["biorxiv_web"] = "not queried: it has to be chosen (web=True, --web)"
    if "local" not in routes:
        reasons["local"] = "not queried: no folder of papers is set (BIORXIVIST_PAPERS, --folder)"
    listed = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    if failures:  # a route that failed may have the text: this is no answer about the paper
        failures[0].add_note(f"No route gave the full text of {hit.paper.id}. {listed}")
        return failures[0]
    msg = f"No route has the full text of {hit.paper.id}. {listed}"
    return NotOpenAccess(msg, routes=reasons)
