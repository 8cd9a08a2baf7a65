"""Read the shipped papers from ``papers.toml``, each with its versions, authors, a summary and citations.

Authors are written in the order of BibTeX (``"Theis, Fabian J."``, ``"Wiel, Coert, Jr"``) or as tables
(``{ collective = "Tabula Sapiens Consortium" }``, ``{ family = "Theis", given = "Fabian J.", orcid = "..." }``); their
order is that of the paper. ``preprint_doi`` makes version 1 and ``doi`` the version of record; a table of ``versions``
adds another one, or title, date, address and DOI to one of these two.
"""

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
    authors = [_author(entry, id_, position) for position, entry in enumerate(table.get("authors", ()), start=1)]
    yield from authors
    preprint, journal = table.get("preprint_doi"), table.get("doi")
    ids, tables = paper_ids(), _tables()
    versions = list(_versions(id_, table))
    yield Paper(
        id=id_,
        kind=table.get("kind", "article"),
        discusses_ids=tuple(ids[other] for other in table.get("discusses", ())),
        title=table["title"],
        year=table["year"],
        venue=table["venue"],
        server=table.get("server"),
        author_ids=tuple(author.id for author in authors),
        dois=tuple(dict.fromkeys(doi for doi in (*_lower(preprint, journal), *(v.doi for v in versions)) if doi)),
        published_doi=journal and journal.lower(),
        arxiv=table.get("arxiv"),
        model_ids=tuple(f"model:{slug}" for slug in table.get("models", ())),
        topic=table["topic"],
        source_url=table.get("source_url"),
        read=table.get("read"),
        verified=table["verified"],
        unverified_fields=tuple(table.get("unverified", ())),
    )
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


def _author(entry: str | Mapping[str, Any], work: str, position: int) -> Author:
    """An author of a work, from ``Family, Given``, ``Family, Given, Suffix`` or a table."""
    if isinstance(entry, str):
        family, *rest = (part.strip() for part in entry.split(","))
        if not rest or len(rest) > 2:
            forms = '"Family, Given" or "Family, Given, Suffix"; a group is { collective = "..." }'
            msg = f"author {entry!r} is not {forms}"
            raise ValueError(msg)
        entry = dict(zip(("family", "given", "suffix"), (family, *rest), strict=False))
    placed = {} if entry.get("orcid") else {"paper_id": work, "position": position}
    return Author.model_validate({**entry, **placed})


def _versions(id_: str, table: Mapping[str, Any]) -> Iterator[Version]:
    """Preprint versions in order, then the version of record; a paper without a DOI has one version."""
    preprint, journal = table.get("preprint_doi"), table.get("doi")
    labels: dict[str, dict[str, Any]] = {"1": {}} if preprint or not journal else {}
    for entry in table.get("versions", ()):
        facts = {"label": entry} if isinstance(entry, str) else dict(entry)
        labels.setdefault(facts.pop("label"), {}).update(facts)
    if journal:
        labels.setdefault("journal", {})
    for label in sorted(labels, key=lambda label: (not label.isdigit(), label.zfill(9))):
        facts = labels[label]
        doi = facts.pop("doi", journal if label == "journal" else preprint)
        if "date" in facts:
            facts["posted"] = facts.pop("date")
        yield Version.model_validate({"paper_id": id_, "label": label, "doi": doi and doi.lower(), **facts})


def _lower(*dois: str | None) -> Iterator[str]:
    return (doi.lower() for doi in dois if doi)
