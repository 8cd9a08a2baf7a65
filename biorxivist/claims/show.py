"""Everything that the graph holds about one paper, one name of the vocabulary, one claim or one verdict, on a page."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from biorxivist.claims.disagreements import Disagreement, disagreements
from biorxivist.claims.facts import Fact, facts_of, read_on
from biorxivist.claims.index import ClaimIndex, entries_of
from biorxivist.claims.standing import stands
from biorxivist.claims.verdicts import explanation_rows
from biorxivist.errors import NotFound
from biorxivist.literature.citation import cite
from biorxivist.literature.doi import bare_doi
from biorxivist.workspace.vocabulary import find_entries
from graph.evidence.verdict import verdict_row
from graph.records import Claim, Evidence, Model, Paper, Review, Version
from graph.vocabulary import Entry

__all__ = ["ClaimLine", "ClaimPage", "EntryPage", "Page", "PaperPage", "claim_lines", "show"]

KINDS: tuple[Literal["model", "dataset", "task", "metric"], ...] = ("model", "dataset", "task", "metric")
HEX = re.compile(r"[0-9a-f]{4,16}")
NEAR = 3


@dataclass(frozen=True)
class ClaimLine:
    """A claim with the most telling verdict on it."""

    claim: Claim
    who: str
    """Who makes it."""
    verdict: Evidence | None
    standing: str
    """What the last review of it says, where it no longer stands; else empty."""

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "claim_id": self.claim.id,
            "who": self.who,
            "statement": self.claim.statement,
            "extractor": self.claim.extractor,
            "confidence": self.claim.confidence,
            "review": self.claim.review,
            "verdict": verdict_row(self.verdict) if self.verdict else None,
            "evidence_id": self.verdict.id if self.verdict else None,
        }


@dataclass(frozen=True)
class PaperPage:
    """A paper."""

    paper: Paper
    authors: tuple[str, ...]
    """Names in printed order."""
    versions: tuple[Version, ...]
    claims: tuple[ClaimLine, ...]
    disagreements: tuple[Disagreement, ...]
    """With other papers, the sharpest first, one for each paper."""
    bibtex: str

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "page": "paper",
            **self.paper.model_dump(mode="json", exclude_none=True, exclude={"author_ids"}),
            "authors": list(self.authors),
            "versions": [version.model_dump(mode="json", exclude_none=True) for version in self.versions],
            "claims": [line.row() for line in self.claims],
            "disagreements": [_disagreement_row(each) for each in self.disagreements],
            "bibtex": self.bibtex,
        }


@dataclass(frozen=True)
class EntryPage:
    """A model, dataset, task or metric."""

    entry: Entry
    kind: Literal["model", "dataset", "task", "metric"]
    facts: tuple[Fact, ...]
    """What is known of it, each with its source."""
    members: tuple[str, ...]
    """Names of the entries that belong to it."""
    variants: tuple[str, ...]
    """Names of the versions and sizes of a model."""
    papers: tuple[tuple[str, str], ...]
    """Id and short citation of the papers that introduce, study or make claims about it, newest first."""
    claims: tuple[ClaimLine, ...]
    disagreements: tuple[Disagreement, ...]
    also: tuple[str, ...] = ()
    """Ids of other entries that have the same name."""

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "page": self.kind,
            "id": self.entry.id,
            "name": self.entry.name,
            "aliases": list(self.entry.aliases),
            "facts": {fact.name: fact.value for fact in self.facts},
            "source_url": self.entry.source_url,
            "sources": {fact.name: fact.source for fact in self.facts if fact.source},
            "read_on": str(read_on(self.entry)) if read_on(self.entry) else None,
            "members": list(self.members),
            "variants": list(self.variants),
            "papers": [{"id": paper_id, "cite": citation} for paper_id, citation in self.papers],
            "claims": [line.row() for line in self.claims],
            "disagreements": [_disagreement_row(each) for each in self.disagreements],
            "also": list(self.also),
        }


@dataclass(frozen=True)
class ClaimPage:
    """A claim with every verdict on it; of an evidence id, with that one."""

    claim: Claim
    who: str
    verdicts: tuple[Evidence, ...]
    explanations: tuple[dict[str, Any], ...]
    """The verdicts as `biorxivist.claims.verdicts.explanation_rows` gives them."""
    disagreements: tuple[Disagreement, ...]
    standing: str
    """What the last review of it says; empty if there was none."""
    last_review: Review | None

    def row(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "page": "claim",
            **self.claim.model_dump(mode="json", exclude_none=True),
            "who": self.who,
            "standing": self.standing,
            "last_review": self.last_review.model_dump(mode="json") if self.last_review else None,
            "verdicts": list(self.explanations),
            "disagreements": [_disagreement_row(each) for each in self.disagreements],
        }


Page = PaperPage | EntryPage | ClaimPage


def show(name: str, index: ClaimIndex) -> Page:
    """The page of a paper, a name of the vocabulary, a claim or evidence.

    Parameters
    ----------
    name
        DOI or id of a paper, its title or a citation such as ``DenAdel 2024``; id, name or alias of a model, dataset,
        task or metric; id of a claim or of evidence, or its beginning.
    index
        Where it is looked up.

    Raises
    ------
    NotFound
        With similar names.
    """
    name = name.strip()
    if name.startswith(("claim:", "evidence:")):
        return _claim_page(name, index)
    if bare_doi(name) or name in index.papers:
        return _paper_page(index.paper(name), index)
    with suppress(NotFound):
        entry, *others = find_entries(index.vocabulary, name)
        return _entry_page(entry, index, also=tuple(other.id for other in others))
    if HEX.fullmatch(name) and re.search(r"\d", name):
        return _claim_page(name, index)
    papers = [paper for paper in index.papers.values() if _fold(name) in _names_of(paper, index)]
    if len(papers) == 1:
        return _paper_page(papers[0], index)
    what = "paper, model, dataset, task, metric, claim or evidence"
    if papers:
        ids = tuple(paper.id for paper in papers)
        raise NotFound(what, name, ids, hint="Several papers are cited this way; give one of these ids.")
    raise NotFound(what, name, _near(name, index))


def _claim_page(name: str, index: ClaimIndex) -> ClaimPage:
    explained = index.evidence_of(name)
    claim = index.claims[explained[0].claim_id] if explained else index.claim(name)
    rows = tuple(explanation_rows(index, name))
    return ClaimPage(
        claim,
        index.who(claim),
        tuple(explained),
        rows,
        _disagreements_of({claim.id}, index),
        index.standing_note(claim),
        index.reviews.get(claim.id),
    )


def _paper_page(paper: Paper, index: ClaimIndex) -> PaperPage:
    claims = [claim for claim in index.by_interest() if claim.paper_id == paper.id]
    versions = sorted((each for each in index.versions.values() if each.paper_id == paper.id), key=lambda each: each.id)
    return PaperPage(
        paper,
        tuple(index.authors[author].name for author in paper.author_ids if author in index.authors),
        tuple(versions),
        tuple(claim_lines(claims, index)),
        _disagreements_of({claim.id for claim in claims}, index),
        cite([paper], index.authors, versions=index.versions.values(), style="bibtex").strip(),
    )


def _entry_page(entry: Entry, index: ClaimIndex, *, also: tuple[str, ...]) -> EntryPage:
    variants = index.vocabulary.variants(entry.id) if isinstance(entry, Model) else ()
    named = {entry.id, *(variants if entry.id == index.vocabulary.family(entry.id) else ())}
    claims = [claim for claim in index.by_interest() if named & set(entries_of(claim))]
    studied = [paper.id for paper in index.papers.values() if entry.id in paper.model_ids]
    papers = sorted({*studied, *(claim.paper_id for claim in claims)}, key=lambda paper: _by_year(paper, index))
    return EntryPage(
        entry,
        _kind(entry),
        facts_of(entry),
        tuple(each.name for each in index.vocabulary if each.parent_id == entry.id and each.id not in variants),
        tuple(each.name for each in index.vocabulary if each.id in variants),
        tuple((paper_id, index.cite(paper_id)) for paper_id in papers),
        tuple(claim_lines(claims, index)),
        _disagreements_of({claim.id for claim in claims}, index),
        also,
    )


def _kind(entry: Entry) -> Literal["model", "dataset", "task", "metric"]:
    return next(kind for kind in KINDS if entry.id.startswith(f"{kind}:"))


def claim_lines(claims: Iterable[Claim], index: ClaimIndex) -> Iterator[ClaimLine]:
    """Claims as lines of a page, in their order."""
    for claim in claims:
        standing = "" if stands(claim) else index.standing_note(claim)
        yield ClaimLine(claim, index.who(claim), next(iter(index.verdicts(claim.id)), None), standing)


def _by_year(paper_id: str, index: ClaimIndex) -> tuple[int, str]:
    paper = index.papers.get(paper_id)
    return (-(paper.year or 0) if paper else 0, paper_id)


def _disagreements_of(claim_ids: set[str], index: ClaimIndex) -> tuple[Disagreement, ...]:
    return tuple(each for each in disagreements(index, of=claim_ids))


def _disagreement_row(each: Disagreement) -> dict[str, Any]:
    return {
        "relation": each.relation.relation,
        "fields": list(each.relation.fields),
        "claim_id": each.first.id,
        "statement": each.first.statement,
        "other_id": each.second.id,
        "other_statement": each.second.statement,
    }


def _names_of(paper: Paper, index: ClaimIndex) -> set[str]:
    arxiv = {_fold(paper.arxiv), _fold(f"arxiv:{paper.arxiv}")} if paper.arxiv else set()
    return {_fold(paper.title), _fold(index.cite(paper.id)), *arxiv}


def _near(name: str, index: ClaimIndex) -> tuple[str, ...]:
    """Names and citations that look similar."""
    entries = (near for kind in KINDS for near in index.vocabulary.suggest(kind, name))
    citations = {_fold(index.cite(paper_id)): index.cite(paper_id) for paper_id in index.papers}
    cited = (citations[each] for each in difflib.get_close_matches(_fold(name), citations, n=NEAR, cutoff=0.75))
    return tuple(dict.fromkeys((*entries, *cited)))[:NEAR]


def _fold(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())
