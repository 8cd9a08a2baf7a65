"""Read the shipped papers from ``papers.toml``, each with its versions, authors, a summary and citations."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from graph.records import Author, Paper, Passage, Record, Reference, Version, paper_id

__all__ = ["paper_ids", "records"]


@cache
def _tables() -> dict[str, dict[str, Any]]:
    text = (resources.files("biorxivist.seeds") / "papers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def paper_ids() -> dict[str, str]:
    """Read the ids of the papers: key in the seed files -> paper id."""
    return {key: _paper_id(key, table) for key, table in _tables().items()}


def records() -> Iterator[Record]:
    """Read Author, Paper, Version, Passage and Reference records, each id once.

    Raises
    ------
    ValueError
        If a table of the file is not valid, with its key.
    """
    seen: set[str] = set()
    for key, table in _tables().items():
        try:
            built = list(_paper(key, table))
        except (KeyError, ValueError) as error:
            msg = f"seeds/papers.toml, [{key}]: {error}"
            raise ValueError(msg) from error
        for record in built:
            if record.id not in seen:  # an author of several papers
                seen.add(record.id)
                yield record


def _paper_id(key: str, table: Mapping[str, Any]) -> str:
    return paper_id(preprint_doi=table.get("preprint_doi"), doi=table.get("doi"), arxiv=table.get("arxiv"), key=key)


def _paper(key: str, table: Mapping[str, Any]) -> Iterator[Record]:
    id_ = _paper_id(key, table)
    authors = [Author(name=name) for name in table.get("authors", ())]
    yield from authors
    preprint, journal = table.get("preprint_doi"), table.get("doi")
    yield Paper(
        id=id_,
        title=table["title"],
        year=table["year"],
        venue=table["venue"],
        server=table.get("server"),
        author_ids=tuple(author.id for author in authors),
        dois=tuple(doi.lower() for doi in (preprint, journal) if doi),
        published_doi=journal and journal.lower(),
        arxiv=table.get("arxiv"),
        model_ids=tuple(f"model:{slug}" for slug in table.get("models", ())),
        topic=table["topic"],
        source_url=table.get("source_url"),
        verified=table["verified"],
        unverified_fields=tuple(table.get("unverified", ())),
    )
    versions = list(_versions(id_, table))
    yield from versions
    yield Passage(
        paper_id=id_,
        version_id=versions[-1].id,
        section="Summary",
        kind="fact",
        text=table["summary"],
        end=len(table["summary"]),
        source_url=table.get("source_url"),
    )
    ids, tables = paper_ids(), _tables()
    for cited in table.get("cites", ()):
        target = tables[cited]
        yield Reference(
            paper_id=id_,
            cited_id=ids[cited],
            key=cited,
            doi=target.get("doi") or target.get("preprint_doi"),
            title=target["title"],
            year=target["year"],
        )


def _versions(id_: str, table: Mapping[str, Any]) -> Iterator[Version]:
    """Preprint versions in order, then the version of record; a paper without a DOI has one version."""
    preprint, journal = table.get("preprint_doi"), table.get("doi")
    labels = ["1"] if preprint or not journal else []
    for label in [*labels, *table.get("versions", ())]:
        yield Version(paper_id=id_, label=label, doi=preprint and preprint.lower())
    if journal:
        yield Version(paper_id=id_, label="journal", doi=journal.lower())
