"""Reading a paper again: what of two readings is kept, field by field, so that it gains and never loses.

=================================  ==================================================================================
field                              whose value is kept, the first that has one
=================================  ==================================================================================
title, abstract, category,         of the newest version; of one version by JATS, then HTML, then the services, then
authors, source, server, arxiv     PDF
year, venue                        of the version of record; then as above
licence                            of the newest version; of several statements about it the one that forbids
day of first posting               the earliest
DOIs                               all
an author's ORCID, affiliations    of any reading whose list has as many people, of the same family name at that place
text of a version                  of the best route that may be kept: JATS, then HTML, then PDF
=================================  ==================================================================================

``Paper.field_routes`` says which route gave which field, so that the outcome does not depend on the order of readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from biorxivist.literature.licence import settle_licence
from graph.records import Author, Paper, Version

__all__ = ["TRUST", "merged_authors", "merged_paper", "merged_version", "route_kind"]

TRUST: Mapping[str, int] = {"jats": 4, "html": 3, "services": 2, "pdf": 1}
"""How much a kind of route is trusted for what it says of a paper."""
JOURNAL = 1_000
OF_VERSION = ("title", "abstract", "category", "source_url", "server", "arxiv", "published_doi", "read")
OF_RECORD = ("year", "venue")
OF_PEOPLE = ("model_ids", "topic", "kind", "discusses_ids", "verified", "unverified_fields")
JATS_SUFFIXES = (".xml", ".nxml", ".jats", ".meca", ".zip")

Source = tuple[str, str]
"""Kind of a route and label of the version that was read by it."""


def route_kind(route: str | None) -> str:
    """Kind of the route by which a text was read; ``services`` for none."""
    if not route:
        return "services"
    name = route.lower()
    if name == "pdf" or name.startswith("pdf:"):  # whatever the file is called
        return "pdf"
    if name.startswith("europepmc") or name.endswith((":jats", *JATS_SUFFIXES)):
        return "jats"
    return "pdf" if name.endswith((".pdf", ":pdf")) else "html"


def merged_paper(known: Paper, read: Paper, source: Source) -> Paper:
    """One record of what was known and what was read now.

    Parameters
    ----------
    known
        The paper as the archive has it.
    read
        The same paper as one route describes it.
    source
        Which route, and which version.
    """
    routes = dict(entry.split("=", 1) for entry in known.field_routes)
    before = {name: _source(routes.get(name)) for name in (*OF_VERSION, *OF_RECORD, "license", "author_ids")}
    values: dict[str, Any] = known.model_dump()
    kept: dict[str, Source] = {}
    for name in (*OF_VERSION, *OF_RECORD):
        ours, theirs = getattr(known, name), getattr(read, name)
        is_of_record = name in OF_RECORD
        takes = theirs and (
            not ours or _key(source, is_of_record=is_of_record) >= _key(before[name], is_of_record=is_of_record)
        )
        values[name], kept[name] = (theirs, source) if takes else (ours, before[name])
    values["license"], kept["license"] = _licence(known, read, before["license"], source)
    takes_authors = read.author_ids and (not known.author_ids or _key(source) >= _key(before["author_ids"]))
    values["author_ids"] = read.author_ids if takes_authors else known.author_ids
    kept["author_ids"] = source if takes_authors else before["author_ids"]
    values["posted"] = min((day for day in (known.posted, read.posted) if day), default=None)
    own = known.id.removeprefix("doi:")
    dois = {*known.dois, *read.dois}
    values["dois"] = (*((own,) if own in dois else ()), *sorted(dois - {own}))
    for name in OF_PEOPLE:
        values[name] = getattr(known, name) if name in known.model_fields_set else getattr(read, name)
    values["field_routes"] = tuple(
        f"{name}={kind} {label}" for name, (kind, label) in sorted(kept.items()) if values.get(name)
    )
    return Paper(**values)


def _source(written: str | None) -> Source:
    kind, _, label = (written or "services 0").partition(" ")
    return kind, label


def _key(source: Source, *, is_of_record: bool = False) -> tuple[int, int]:
    kind, label = source
    number = int(label) if label.isdigit() else JOURNAL if is_of_record else 0
    return number, TRUST.get(kind, 0)


def _licence(known: Paper, read: Paper, before: Source, source: Source) -> tuple[str | None, Source]:
    if _key(before)[0] == _key(source)[0] or not known.license or not read.license:
        licence = settle_licence((known.license, read.license))
        said = [by for text, by in ((known.license, before), (read.license, source)) if text == licence]
        return licence, max(said, key=_key)
    return (read.license, source) if _key(source)[0] > _key(before)[0] else (known.license, before)


def merged_authors(best: Sequence[Author], other: Sequence[Author], work: str) -> tuple[Author, ...]:
    """The better list of authors, with the ORCIDs and affiliations that only the other one has.

    An author who gains an ORCID gets another id with it.
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
    """One record of a version: what either reading says of it, with the route of the text that is kept."""
    days = [day for day in (known.posted, read.posted) if day]
    return Version(
        paper_id=known.paper_id,
        label=known.label,
        title=known.title or read.title,
        doi=min((doi for doi in (known.doi, read.doi) if doi), default=None),
        url=min((url for url in (known.url, read.url) if url), default=None),
        posted=min(days, default=None),
        license=settle_licence((known.license, read.license)),
        text_route=text_route,
    )
