"""Putting together what was read in a text and what the services know of the paper."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from biorxivist.literature.document import Document, Drop
from biorxivist.literature.errors import FetchError
from biorxivist.literature.sources.base import Hit, Text
from biorxivist.literature.works import merge
from graph.records import Paper, Passage, Reference, Version

if TYPE_CHECKING:
    from biorxivist.literature.sources import Sources

__all__ = ["described", "joined", "references"]

logger = logging.getLogger(__name__)

UNMISTAKABLE = 24


def described(hit: Hit, asked: Mapping[str, str]) -> Document:
    """A document without text: what the services say about a paper, and how each of them answered."""
    return Document(
        paper=hit.paper,
        versions=hit.versions,
        authors=hit.authors,
        passages=(),
        sections=(),
        citations=(),
        references=(),
        tables=(),
        figures=(),
        log=_remarks(asked),
    )


def joined(document: Document, hit: Hit, text: Text, tried: Mapping[str, str]) -> Document:
    """A parsed text under the identity that the services give the paper.

    The version that was read names the route of its text; the log says which route answered and why others did not.
    """
    work = hit.paper.id
    parsed = Hit(document.paper, document.authors, document.versions)
    told = text.version or next((entry.label for entry in document.versions), None)
    label = told or max((entry.label for entry in hit.versions if entry.label.isdigit()), key=int, default="1")
    known = {entry.label: entry for entry in merge((hit, _under(parsed, work)))[0].versions}
    known.setdefault(label, Version(paper_id=work, label=label))
    known[label] = known[label].model_copy(update={"text_route": text.route})
    moved = {passage.id: _moved(passage, work, known[label].id) for passage in document.passages}
    ids = {old: new.id for old, new in moved.items()}
    return dataclasses.replace(
        document,
        paper=_complete(hit, parsed),
        authors=parsed.authors or hit.authors,
        versions=tuple(known[name] for name in sorted(known, key=lambda name: (not name.isdigit(), name.zfill(9)))),
        passages=tuple(moved.values()),
        citations=tuple(c._replace(passage_id=ids.get(c.passage_id, c.passage_id)) for c in document.citations),
        figures=tuple(dataclasses.replace(f, passage_id=_new(ids, f.passage_id)) for f in document.figures),
        tables=tuple(
            dataclasses.replace(
                table,
                passage_id=_new(ids, table.passage_id),
                caption_id=_new(ids, table.caption_id),
                notes_id=_new(ids, table.notes_id),
            )
            for table in document.tables
        ),
        references=tuple(_cited_from(work, reference) for reference in document.references),
        log=(*document.log, *_remarks(tried), Drop(f"full text by {text.route}, from {text.url}", "", "")),
    )


def references(doi: str, sources: Sources, document: Document | None = None) -> tuple[Reference, ...]:
    """Reference list of a paper, as printed in its text, with the DOIs that Crossref knows; else as Crossref has it.

    An entry gets the DOI of Crossref's entry with the same title, or of the same place where both lists are equally
    long and nothing speaks against it.
    """
    printed = document.references if document else ()
    try:
        deposited = sources.open("crossref").references(doi)
    except FetchError as error:
        logger.info("%s: no references from Crossref: %s", doi, error)
        return printed
    if not printed:
        return deposited
    titles: dict[str, Reference | None] = {}
    for entry in deposited:
        name = _letters(entry.title or "")
        if len(name) >= UNMISTAKABLE:
            titles[name] = None if name in titles else entry  # two entries of one title settle nothing
    aligned = len(printed) == len(deposited)
    found = []
    for number, entry in enumerate(printed):
        same = titles.get(_letters(entry.title or "")) or (deposited[number] if aligned else None)
        if entry.doi is None and same is not None and same.doi and _compatible(entry, same):
            found.append(entry.model_copy(update={"doi": same.doi}))
        else:
            found.append(entry)
    return tuple(found)


def _compatible(printed: Reference, deposited: Reference) -> bool:
    """Whether nothing speaks against two entries being one: year, and title where both have one."""
    if printed.year and deposited.year and abs(printed.year - deposited.year) > 1:
        return False
    if printed.title and deposited.title:
        return _letters(printed.title)[:UNMISTAKABLE] == _letters(deposited.title)[:UNMISTAKABLE]
    return True


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _remarks(asked: Mapping[str, str]) -> tuple[Drop, ...]:
    return tuple(Drop(f"route {name}: {answer}", "", "") for name, answer in asked.items())


def _under(parsed: Hit, work: str) -> Hit:
    """Parsed records under another identity of the work."""
    versions = tuple(
        Version(**{**entry.model_dump(exclude={"id"}), "paper_id": work, "text_route": None})
        for entry in parsed.versions
    )
    return Hit(parsed.paper.model_copy(update={"id": work}), parsed.authors, versions)


def _complete(hit: Hit, parsed: Hit) -> Paper:
    """The services' record, with what only the text says; the text's authors have affiliations and ORCIDs."""
    known, printed = hit.paper.model_dump(), parsed.paper.model_dump()
    filled = {name: printed[name] for name, value in known.items() if value in (None, (), "") and printed.get(name)}
    if parsed.authors:
        filled["author_ids"] = parsed.paper.author_ids
    return Paper(**{**known, **filled, "id": hit.paper.id})


def _moved(passage: Passage, work: str, version: str) -> Passage:
    if passage.paper_id == work and passage.version_id == version:
        return passage
    return Passage(**{**passage.model_dump(exclude={"id"}), "paper_id": work, "version_id": version})


def _new(ids: Mapping[str, str], old: str | None) -> str | None:
    return ids.get(old, old) if old is not None else None


def _cited_from(work: str, reference: Reference) -> Reference:
    if reference.paper_id == work:
        return reference
    return Reference(**{**reference.model_dump(exclude={"id"}), "paper_id": work})
