"""One work of all that is known of it: rows of several sources, its versions and journal copy, and its text.

The result depends on the set of rows only, never on their order, so that a harvest that was interrupted ends with
the same records as one that was not.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from biorxivist.literature.document import Document, Drop
from biorxivist.literature.licence import settle_licence
from biorxivist.literature.people import moved_to
from biorxivist.literature.sources.base import Hit
from graph.records import Author, Paper, Version, canonical_json

__all__ = ["authors_of", "merge", "with_services", "without_text"]


def merge(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """One hit per work, sorted by id.

    Rows of one DOI are one work. A row of a journal copy joins the preprint that names it as its published version;
    two preprints of one journal article stay two works.
    """
    rows = list(hits)
    preprint_of: dict[str, str] = {}
    for hit in rows:
        journal_id = f"doi:{hit.paper.published_doi}"
        if hit.paper.published_doi and journal_id != hit.paper.id:
            preprint_of[journal_id] = min(hit.paper.id, preprint_of.get(journal_id, hit.paper.id))
    rows_of_work: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in rows:
        rows_of_work[preprint_of.get(hit.paper.id, hit.paper.id)].append(hit)
    return tuple(_merged(work_id, rows_of_work[work_id]) for work_id in sorted(rows_of_work))


def _merged(work_id: str, rows: Sequence[Hit]) -> Hit:
    """One hit of all rows of a work, the newest version first in all that differs between versions."""
    newest_first = sorted(rows, key=_rank)
    versions = _merged_versions(work_id, newest_first)
    authors = moved_to(work_id, _best_authors(newest_first))
    keys: dict[str, str] = {}
    for hit in reversed(newest_first):
        keys.update(hit.keys)
    paper = _merged_paper(work_id, newest_first, versions, authors)
    return Hit(paper, authors, versions, dict(sorted(keys.items())))


def _merged_paper(
    work_id: str, newest_first: Sequence[Hit], versions: Sequence[Version], authors: Sequence[Author]
) -> Paper:
    own = [hit.paper for hit in newest_first if hit.paper.id == work_id]
    others = [hit.paper for hit in newest_first if hit.paper.id != work_id]
    papers = own + others  # without a row of its own, a work is described by the copy that is known
    newest = max(map(_newest_number, newest_first))
    current = [hit.paper for hit in newest_first if _newest_number(hit) in {0, newest}]
    journal_rows = [hit.paper for hit in newest_first if {version.label for version in hit.versions} == {"journal"}]
    dois = {doi for paper in papers for doi in paper.dois}
    own_doi = work_id.removeprefix("doi:")
    if work_id.startswith("doi:"):
        listed_dois = (own_doi, *sorted(dois - {own_doi}))
    else:
        listed_dois = tuple(sorted(dois - {own_doi}))
    return Paper(
        id=work_id,
        title=papers[0].title,
        year=_year(papers, journal_rows, versions),
        posted=_first_posting(papers, versions),
        venue=_first(journal_rows + papers, "venue"),
        server=_first(papers, "server"),
        category=_first(papers, "category"),
        license=settle_licence(
            paper.license for paper in current
        ),  # that of an older version says nothing about the newest
        abstract=_first(papers, "abstract"),
        author_ids=tuple(author.id for author in authors),
        dois=listed_dois,
        published_doi=_first(papers, "published_doi"),
        arxiv=_first(papers, "arxiv"),
        source_url=_first(papers, "source_url"),
    )


def _best_authors(newest_first: Sequence[Hit]) -> tuple[Author, ...]:
    """Authors of the newest version, of its rows those with the most ORCIDs; of any row where that one has none."""
    best = max(newest_first, key=lambda hit: (_newest_number(hit), sum(bool(author.orcid) for author in hit.authors)))
    return best.authors or next((hit.authors for hit in newest_first if hit.authors), ())


def _year(papers: Sequence[Paper], journal_rows: Sequence[Paper], versions: Sequence[Version]) -> int | None:
    """Year of the version of record, else of the newest preprint."""
    journal = next((version for version in versions if version.label == "journal"), None)
    if journal and journal.posted:
        return journal.posted.year
    return next((paper.year for paper in (*journal_rows, *papers) if paper.year), None)


def _first_posting(papers: Sequence[Paper], versions: Sequence[Version]) -> date | None:
    days = [paper.posted for paper in papers if paper.posted]
    days += [version.posted for version in versions if version.label != "journal" and version.posted]
    return min(days, default=None)


def _first(papers: Sequence[Paper], name: str) -> str | None:
    values: Iterator[str | None] = (getattr(paper, name) for paper in papers)
    return next((value for value in values if value), None)


def _newest_number(hit: Hit) -> int:
    return max((int(version.label) for version in hit.versions if version.label.isdigit()), default=0)


def _rank(hit: Hit) -> tuple[int, int, str]:
    """Newest version first, then the row that says most, then by text, so that the order never depends on chance."""
    data = hit.paper.model_dump(mode="json", exclude_defaults=True)
    text = canonical_json([data, [version.id for version in hit.versions], dict(hit.keys)])
    return -_newest_number(hit), -len(data), text


def _merged_versions(work_id: str, rows: Sequence[Hit]) -> tuple[Version, ...]:
    """Versions of all rows under the work's id, those of one label made one; preprints by number, the journal last."""
    by_label: defaultdict[str, list[Version]] = defaultdict(list)
    for hit in rows:
        for version in hit.versions:
            by_label[version.label].append(version)
    merged = []
    for label, versions in by_label.items():
        ordered = sorted(versions, key=lambda version: canonical_json(version.model_dump(mode="json")))
        known = {
            name: next((value for version in ordered if (value := getattr(version, name)) is not None), None)
            for name in ("title", "doi", "posted", "text_route")
        }
        licence = settle_licence(version.license for version in ordered)
        merged.append(Version(paper_id=work_id, label=label, license=licence, **known))
    return tuple(sorted(merged, key=lambda version: (version.rank, version.label)))


def authors_of(hits: Iterable[Hit]) -> dict[str, Author]:
    """Author id -> author, of all these papers."""
    return {author.id: author for hit in hits for author in hit.authors}


def without_text(hit: Hit, answers: Mapping[str, str]) -> Document:
    """A document of what the services say about a paper; its log says how each of them answered."""
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
        log=_remarks(answers),
    )


def with_services(document: Document, hit: Hit, *, answers: Mapping[str, str], source_url: str) -> Document:
    """A text that was parsed under the identity of ``hit``, with what the services know of the paper.

    The log says which route gave the text, and how the services and routes before it answered.
    """
    parsed = Hit(document.paper, document.authors, document.versions)
    read = document.versions[0]
    route = {"text_route": read.text_route}
    by_route = Drop(f"full text by {read.text_route}, from {source_url}", "", "")
    return dataclasses.replace(
        document,
        paper=_completed(hit, parsed),
        authors=parsed.authors or hit.authors,
        # The route of this reading, even where an earlier one of the same version went by another.
        versions=tuple(
            version.model_copy(update=route) if version.id == read.id else version
            for version in merge((hit, parsed))[0].versions
        ),
        log=(*document.log, *_remarks(answers), by_route),
    )


def _completed(hit: Hit, parsed: Hit) -> Paper:
    """The services' record, with what only the text says; the text's authors have affiliations and ORCIDs."""
    known, printed = hit.paper.model_dump(), parsed.paper.model_dump()
    additions = {name: printed[name] for name, value in known.items() if value in (None, (), "") and printed.get(name)}
    if parsed.authors:
        additions["author_ids"] = parsed.paper.author_ids
    return Paper(**{**known, **additions})


def _remarks(answers: Mapping[str, str]) -> tuple[Drop, ...]:
    return tuple(Drop(f"route {name}: {answer}", "", "") for name, answer in answers.items())
