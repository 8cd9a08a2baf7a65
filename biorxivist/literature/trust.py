"""Merging two readings of a paper, field by field, so that the paper gains and never loses.

=================================  ==================================================================================
field                              which reading wins; one that has no value never does
=================================  ==================================================================================
title, abstract, category,         the newest version; within a version JATS before HTML before the services before
authors, source, server, arxiv     PDF
year, venue                        the version of record, then as above
licence                            the newest version; if sources disagree about one version, the one that forbids
day of first posting               the earliest
DOIs                               all of them
an author's ORCID, affiliations    either reading, if both list equally many authors and the family names agree
text of a version                  the best route whose text may be kept: JATS before HTML before PDF
=================================  ==================================================================================

``Paper.field_routes`` records which route supplied which field, so the result does not depend on the order in which
the readings came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from biorxivist.literature.licence import settle_licence
from graph.records import Author, Paper, Version, version_rank

__all__ = ["TRUST", "merged_authors", "merged_paper", "merged_version", "route_kind"]

TRUST: Mapping[str, int] = {"jats": 4, "html": 3, "services": 2, "pdf": 1}
"""Kind of route -> how much its word counts; more is better."""
VERSION_FIELDS = ("title", "abstract", "category", "source_url", "server", "arxiv", "published_doi", "read")
RECORD_FIELDS = ("year", "venue")
"""Fields that the version of record settles."""
CURATED_FIELDS = ("model_ids", "topic", "kind", "discusses_ids", "verified", "unverified_fields")
JATS_SUFFIXES = (".xml", ".nxml", ".jats", ".meca", ".zip")

Source = tuple[str, str]
"""Kind of a route, and the label of the version that it delivered."""


def route_kind(route: str | None) -> str:
    """Kind of a text route; ``services`` where no text was read."""
    if not route:
        return "services"
    name = route.lower()
    if name == "pdf" or name.startswith("pdf:"):  # whatever the file is called
        return "pdf"
    if name.startswith("europepmc") or name.endswith((":jats", *JATS_SUFFIXES)):
        return "jats"
    return "pdf" if name.endswith((".pdf", ":pdf")) else "html"


def merged_paper(known: Paper, read: Paper, source: Source) -> Paper:
    """Merge what is known of a paper with what one route says of it.

    Parameters
    ----------
    known
        The paper as it stands in the archive.
    read
        The same paper as the route describes it.
    source
        The route, and the version that it delivered.
    """
    routes = dict(entry.split("=", 1) for entry in known.field_routes)
    sources = {name: _source(routes.get(name)) for name in (*VERSION_FIELDS, *RECORD_FIELDS, "license", "author_ids")}
    values: dict[str, Any] = known.model_dump()
    chosen: dict[str, Source] = {}
    for name in (*VERSION_FIELDS, *RECORD_FIELDS):
        ours, theirs = getattr(known, name), getattr(read, name)
        prefers_record = name in RECORD_FIELDS
        is_trusted_more = _authority(source, prefers_record=prefers_record) >= _authority(
            sources[name], prefers_record=prefers_record
        )
        is_replaced = theirs and (not ours or is_trusted_more)
        values[name], chosen[name] = (theirs, source) if is_replaced else (ours, sources[name])
    values["license"], chosen["license"] = _licence(known, read, sources["license"], source)
    is_new_list = read.author_ids and (not known.author_ids or _authority(source) >= _authority(sources["author_ids"]))
    values["author_ids"] = read.author_ids if is_new_list else known.author_ids
    chosen["author_ids"] = source if is_new_list else sources["author_ids"]
    values["posted"] = min((day for day in (known.posted, read.posted) if day), default=None)
    own = known.id.removeprefix("doi:")
    dois = {*known.dois, *read.dois}
    values["dois"] = (*((own,) if own in dois else ()), *sorted(dois - {own}))
    for name in CURATED_FIELDS:
        values[name] = getattr(known, name) if name in known.model_fields_set else getattr(read, name)
    values["field_routes"] = tuple(
        f"{name}={kind} {label}" for name, (kind, label) in sorted(chosen.items()) if values.get(name)
    )
    return Paper(**values)


def _source(written: str | None) -> Source:
    kind, _, label = (written or "services 0").partition(" ")
    return kind, label


def _authority(source: Source, *, prefers_record: bool = False) -> tuple[tuple[bool, int], int]:
    """How much a source's word counts: its version first, then its route.

    The version of record comes last of all versions only where it is preferred; a preprint says more about itself.
    """
    kind, label = source
    rank = version_rank(label if label.isdigit() or prefers_record else "0")
    return rank, TRUST.get(kind, 0)


def _licence(known: Paper, read: Paper, before: Source, source: Source) -> tuple[str | None, Source]:
    ours, theirs = _authority(before)[0], _authority(source)[0]
    if ours == theirs or not known.license or not read.license:
        licence = settle_licence((known.license, read.license))
        stated_by = [by for text, by in ((known.license, before), (read.license, source)) if text == licence]
        return licence, max(stated_by, key=_authority)
    return (read.license, source) if theirs > ours else (known.license, before)


def merged_authors(best: Sequence[Author], other: Sequence[Author], work: str) -> tuple[Author, ...]:
    """The more trusted list of authors, completed with ORCIDs, affiliations and name parts from the other one.

    Gaining an ORCID changes an author's id.
    """
    if len(best) != len(other):
        return tuple(best)
    merged = []
    for position, (author, same) in enumerate(zip(best, other, strict=True), start=1):
        if _surname(author) != _surname(same) or (author.orcid and same.orcid and author.orcid != same.orcid):
            merged.append(author)
            continue
        values = author.model_dump(exclude={"id", "paper_id", "position"})
        for name in ("orcid", "affiliations", "family", "given", "suffix"):
            is_part = name in ("family", "given", "suffix")
            if not values[name] and not (is_part and (author.collective or same.collective)):
                values[name] = getattr(same, name)
        place = {} if values["orcid"] else {"paper_id": work, "position": author.position or position}
        merged.append(Author(**values, **place))
    return tuple(merged)


def _surname(author: Author) -> str:
    name = author.family or author.collective or author.name.partition(",")[0].split()[-1]
    return "".join(c for c in name.casefold() if c.isalnum())


def merged_version(known: Version, read: Version, *, text_route: str | None) -> Version:
    """Merge two readings of a version; ``text_route`` is the route of the text that is kept."""
    days = [day for day in (known.posted, read.posted) if day]
    return Version(
        paper_id=known.paper_id,
        label=known.label,
        title=min((title for title in (known.title, read.title) if title), default=None),
        doi=min((doi for doi in (known.doi, read.doi) if doi), default=None),
        url=min((url for url in (known.url, read.url) if url), default=None),
        posted=min(days, default=None),
        license=settle_licence((known.license, read.license)),
        text_route=text_route,
    )
