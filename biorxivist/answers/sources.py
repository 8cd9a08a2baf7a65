"""Which paper stands at an address, and which paper introduces a model."""

from __future__ import annotations

import re

from biorxivist.claims.index import ClaimIndex
from biorxivist.literature.doi import find_doi
from graph.records import Paper

__all__ = ["introducing_paper", "papers_at"]


def papers_at(address: str | None, index: ClaimIndex) -> tuple[str, ...]:
    """The paper whose text stands at this address; none where the facts were read elsewhere, such as in code."""
    if address is None:
        return ()
    doi = find_doi(address)
    paper_id = index.by_doi.get(doi.name) if doi else None
    # A publisher's address may name an article by the last part of its DOI only (nature.com/articles/s41592-...).
    page = re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2].lower()
    named = (each for name, each in index.by_doi.items() if name.partition("/")[2] == page)
    paper_id = paper_id or next(named, None)
    return (paper_id,) if paper_id else ()


def introducing_paper(model_id: str, index: ClaimIndex) -> Paper | None:
    """The paper that introduces a model: of those that present models and name it first, the oldest.

    Of a version or size of a model it is that of its family.
    """
    for name in dict.fromkeys((model_id, index.vocabulary.family(model_id))):
        papers = [
            paper
            for paper in index.papers.values()
            if paper.kind == "article" and paper.topic == "model" and paper.model_ids[:1] == (name,)
        ]
        if papers:
            entry = index.vocabulary.get(name)
            label = entry.name.casefold() if entry else ""
            return min(papers, key=lambda each: (label not in each.title.casefold(), each.year or 0, each.id))
    return None
