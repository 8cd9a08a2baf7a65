"""Reference lists: the DOIs that Crossref adds to one, and which entry is which paper of the archive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from biorxivist.literature.doi import bare_doi
from graph.archive import Archive
from graph.records import Paper, Reference

__all__ = ["resolve", "resolved", "with_deposited_dois"]

UNMISTAKABLE = 24
"""Letters of a title that no second title begins with."""


def with_deposited_dois(printed: Sequence[Reference], deposited: Sequence[Reference]) -> tuple[Reference, ...]:
    """A reference list as printed, with the DOIs of the list that the publisher deposited; that one if none is printed.

    An entry gets the DOI of the deposited entry with the same title, or of the same place where both lists are
    equally long and nothing speaks against it.
    """
    if not printed:
        return tuple(deposited)
    by_title: dict[str, Reference | None] = {}
    for entry in deposited:
        title = _letters(entry.title or "")
        if len(title) >= UNMISTAKABLE:
            by_title[title] = None if title in by_title else entry  # two entries of one title settle nothing
    are_aligned = len(printed) == len(deposited)
    completed = []
    for place, entry in enumerate(printed):
        same = by_title.get(_letters(entry.title or "")) or (deposited[place] if are_aligned else None)
        has_new_doi = entry.doi is None and same is not None and same.doi is not None and _are_compatible(entry, same)
        completed.append(entry.model_copy(update={"doi": same.doi}) if same and has_new_doi else entry)
    return tuple(completed)


def resolved(references: Iterable[Reference], papers: Iterable[Paper]) -> Iterator[Reference]:
    """References whose cited work is known now and was not, or was known under another id.

    A work is known by any of its DOIs: an entry that names the journal copy, or a version, cites the preprint's work.
    """
    works = {doi: paper.id for paper in papers for doi in paper.dois}
    for reference in references:
        cited = works.get(bare_doi(reference.doi) or reference.doi) if reference.doi else None
        if cited and cited not in {reference.cited_id, reference.paper_id}:
            yield reference.model_copy(update={"cited_id": cited})


def resolve(archive: Archive, *, writer: str) -> int:
    """Resolve the references of an archive; returns how many citations that connected."""
    papers = (record for record in archive.read("Paper") if isinstance(record, Paper))
    references = (record for record in archive.read("Reference") if isinstance(record, Reference))
    return archive.append(list(resolved(references, papers)), writer=writer)


def _are_compatible(printed: Reference, deposited: Reference) -> bool:
    """Whether nothing speaks against two entries being one: year, and title where both have one."""
    if printed.year and deposited.year and abs(printed.year - deposited.year) > 1:
        return False
    if printed.title and deposited.title:
        return _letters(printed.title)[:UNMISTAKABLE] == _letters(deposited.title)[:UNMISTAKABLE]
    return True


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
