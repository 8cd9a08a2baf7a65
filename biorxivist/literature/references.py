"""Citations between papers that we have: which entry of a reference list is which work of the archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.archive import Archive
from graph.records import Paper, Reference

__all__ = ["resolve", "resolved"]


def resolved(references: Iterable[Reference], papers: Iterable[Paper]) -> Iterator[Reference]:
    """References whose cited work is known now and was not, or was known under another id.

    A work is known by any of its DOIs: an entry that names the journal copy cites the preprint's work.
    """
    works = {doi: paper.id for paper in papers for doi in paper.dois}
    for reference in references:
        found = works.get(reference.doi) if reference.doi else None
        if found and found not in {reference.cited_id, reference.paper_id}:
            yield reference.model_copy(update={"cited_id": found})


def resolve(archive: Archive, *, writer: str) -> int:
    """Resolve the references of an archive; returns how many citations that connected."""
    papers = (record for record in archive.read("Paper") if isinstance(record, Paper))
    references = (record for record in archive.read("Reference") if isinstance(record, Reference))
    return archive.append(list(resolved(references, papers)), writer=writer)
