"""One work from many rows: versions of a preprint, its journal copy, and the same paper as several sources know it.

The result depends on the set of rows only, never on their order, so that a harvest that was interrupted ends with
the same records as one that was not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from biorxivist.literature.sources.base import Hit
from graph.records import Author, Paper, Record, Version, canonical_json

__all__ = ["authors_of", "merge"]

R = TypeVar("R", bound=Record)


def merge(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """One hit per work, sorted by id.

    Rows of one DOI are one work. A row of a journal copy joins the preprint that names it as its published version;
    two preprints of one journal article stay two works.
    """
    rows = list(hits)
    preprints: dict[str, str] = {}
    for hit in rows:
        if hit.paper.published_doi:
            journal = f"doi:{hit.paper.published_doi}"
            if journal != hit.paper.id:
                preprints[journal] = min(hit.paper.id, preprints.get(journal, hit.paper.id))
    works: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in rows:
        works[preprints.get(hit.paper.id, hit.paper.id)].append(hit)
    return tuple(_one(work, works[work]) for work in sorted(works))


def _one(work: str, rows: Sequence[Hit]) -> Hit:
    rows = sorted(rows, key=_rank)
    newest = [hit for hit in rows if hit.paper.id == work] or rows
    papers = [hit.paper for hit in newest] + [hit.paper for hit in rows if hit.paper.id != work]
    versions = _versions(work, rows)
    journal = next((version for version in versions if version.label == "journal"), None)
    copies = [hit.paper for hit in rows if hit.versions and all(version.label == "journal" for version in hit.versions)]
    year = next((paper.year for paper in copies if paper.year), None)
    if journal and journal.posted:
        year = journal.posted.year
    authors = max(rows, key=lambda hit: (_labels(hit), sum(bool(author.orcid) for author in hit.authors))).authors
    authors = authors or next((hit.authors for hit in rows if hit.authors), ())
    posted = [paper.posted for paper in papers if paper.posted]
    posted += [version.posted for version in versions if version.label != "journal" and version.posted]
    bare = work.removeprefix("doi:")
    others = {doi for paper in papers for doi in paper.dois} - {bare}
    paper = Paper(
        id=work,
        title=papers[0].title,
        year=year or next((paper.year for paper in papers if paper.year), None),
        posted=min(posted, default=None),
        venue=next((paper.venue for paper in (*copies, *papers) if paper.venue), None),
        server=_first(papers, "server"),
        category=_first(papers, "category"),
        license=_first(papers, "license"),
        abstract=_first(papers, "abstract"),
        author_ids=tuple(author.id for author in authors),
        dois=(bare, *sorted(others)) if work.startswith("doi:") else tuple(sorted(others)),
        published_doi=_first(papers, "published_doi"),
        arxiv=_first(papers, "arxiv"),
        source_url=_first(papers, "source_url"),
    )
    keys: dict[str, str] = {}
    for hit in reversed(rows):
        keys.update(hit.keys)
    return Hit(paper, authors, versions, dict(sorted(keys.items())))


def _labels(hit: Hit) -> int:
    return max((int(version.label) for version in hit.versions if version.label.isdigit()), default=0)


def _rank(hit: Hit) -> tuple[int, int, str]:
    """Newest version first, then the row that says most, then by text, so that the order never depends on chance."""
    data = hit.paper.model_dump(mode="json", exclude_defaults=True)
    return -_labels(hit), -len(data), canonical_json([data, [version.id for version in hit.versions], dict(hit.keys)])


def _first(papers: Sequence[Paper], name: str) -> str | None:
    found: str | None = next((value for paper in papers if (value := getattr(paper, name))), None)
    return found


def _versions(work: str, rows: Sequence[Hit]) -> tuple[Version, ...]:
    """Versions of all rows under the work's id, those of one label made one; preprints by number, the journal last."""
    found: defaultdict[str, list[Version]] = defaultdict(list)
    for hit in rows:
        for version in hit.versions:
            found[version.label].append(version)
    merged = []
    for label, listed in found.items():
        same = sorted(listed, key=lambda version: canonical_json(version.model_dump(mode="json")))
        fields = ("doi", "posted", "license", "text_route")
        known = {name: next((getattr(v, name) for v in same if getattr(v, name) is not None), None) for name in fields}
        merged.append(Version(paper_id=work, label=label, **known))
    return tuple(sorted(merged, key=lambda version: (not version.label.isdigit(), version.label.zfill(9))))


def authors_of(hits: Iterable[Hit]) -> dict[str, Author]:
    """Author id -> author, of all these papers."""
    return {author.id: author for hit in hits for author in hit.authors}
