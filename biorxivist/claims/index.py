"""What the archive knows, in memory: papers, their claims, the verdicts on them, and how they relate."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from textwrap import shorten
from typing import TYPE_CHECKING

from biorxivist.claims.present import reader_of
from biorxivist.claims.speaker import speaker
from biorxivist.claims.standing import in_order, standing_note, stands
from biorxivist.errors import NotFound
from biorxivist.literature.citation import family_and_given
from biorxivist.literature.doi import bare_doi, parse_doi
from graph.read import read_records
from graph.records import (
    Author,
    Claim,
    Dataset,
    Evidence,
    Metric,
    Model,
    Paper,
    Record,
    Relation,
    Review,
    Task,
    Version,
)  # fmt: skip
from graph.vocabulary import Vocabulary, load_vocabulary

if TYPE_CHECKING:
    from graph.archive import Archive
    from graph.stores.base import Store

__all__ = ["KINDS", "ClaimIndex", "read_archived", "read_index"]

KINDS = ("Author", "Paper", "Version", "Model", "Dataset", "Task", "Metric", "Claim", "Evidence", "Relation")
"""Records that `ClaimIndex` is made of."""

SHORTEST = 4
"""Digits of an id that will do in its place, where no other id begins with them."""
LISTED = 5
KIND_ORDER = {
    "scaling": 0, "saturation": 1, "comparison": 2, "effect": 3, "score": 4, "scale_fact": 5, "qualitative": 6,
}  # fmt: skip


@dataclass(frozen=True)
class ClaimIndex:
    """Papers, claims, verdicts and relations by id, and the names that they use."""

    papers: dict[str, Paper] = field(default_factory=dict)
    authors: dict[str, Author] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    by_doi: dict[str, str] = field(default_factory=dict)
    """DOI, also of a version or journal copy -> paper id."""
    versions: dict[str, Version] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    """Claim id -> the last review of it. Reviews are records of a home and no nodes of its graph."""
    vocabulary: Vocabulary = field(default_factory=load_vocabulary)
    """Names of the field: the shipped ones, and those that these records add."""

    @classmethod
    def of(cls, records: Iterable[Record]) -> ClaimIndex:
        """Index of the records; kinds other than `KINDS` and ``Review`` are passed over."""
        index = cls()
        relations, entries, reviews = [], [], []
        for record in records:
            match record:
                case Model() | Dataset() | Task() | Metric():
                    entries.append(record)
                case Paper():
                    index.papers[record.id] = record
                    index.by_doi.update(dict.fromkeys((record.id.removeprefix("doi:"), *record.dois), record.id))
                case Version():
                    index.versions[record.id] = record
                    if record.doi:
                        index.by_doi[record.doi] = record.paper_id
                case Author():
                    index.authors[record.id] = record
                case Claim():
                    index.claims[record.id] = record
                case Evidence():
                    index.evidence[record.id] = record
                case Relation():
                    relations.append(record)
                case Review():
                    reviews.append(record)
        index.reviews.update({review.claim_id: review for review in in_order(reviews)})
        return replace(index, relations=tuple(relations), vocabulary=load_vocabulary().extend(entries))

    def who(self, claim: Claim) -> str:
        """Who makes the claim, for example ``Theis 2026 (commentary on DenAdel 2026)``; a program that read it too."""
        who, reader = speaker(claim, self.papers, self.cite), reader_of(claim)
        if not reader:
            return who
        return f"{who[:-1]}; {reader})" if who.endswith(")") else f"{who} ({reader})"

    def cite(self, paper_id: str) -> str:
        """First author and year, for example ``DenAdel 2024``; the id where the paper is not known."""
        paper = self.papers.get(paper_id)
        if paper is None:
            return paper_id
        author = self.authors.get(paper.author_ids[0]) if paper.author_ids else None
        name = (author.family or author.collective or family_and_given(author.name)[0]) if author else ""
        short = name or f"“{shorten(paper.title, 40, placeholder=' …')}”"
        return f"{short} {paper.year}" if paper.year else short

    def paper(self, name: str) -> Paper:
        """Paper of a DOI (of any of its versions) or an id.

        Raises
        ------
        NotFound
            With papers of a similar DOI.
        """
        doi = bare_doi(name)
        paper = self.papers.get(name) or self.papers.get(self.by_doi.get(doi or "", ""))
        if paper is None:
            close = difflib.get_close_matches(doi or name, self.by_doi, n=2, cutoff=0.8)
            kind = "paper"
            raise NotFound(kind, name, tuple(close), hint="`biorxivist graph query papers` lists them.")
        return paper

    def version_note(self, name: str) -> str:
        """Why an answer about a DOI with a version is one about the whole work; empty where it names a known version.

        ``10.1101/2024.12.13.628448v9`` is read as the work, whose versions are said.
        """
        doi = parse_doi(name)
        if doi is None or doi.version is None:
            return ""
        work = self.paper(name).id
        labels = sorted(version.label for version in self.versions.values() if version.paper_id == work)
        if doi.version in labels:
            return ""
        names = ", ".join(f"v{label}" if label.isdigit() else f"the {label} version" for label in labels)
        return (
            f"The graph knows no version {doi.version} of {work} (known: {names or 'no version at all'}); "
            "this is about all versions of the work."
        )

    def claims_of(self, paper_id: str) -> list[Claim]:
        """Claims that a paper makes."""
        return [claim for claim in self.claims.values() if claim.paper_id == paper_id]

    def standing_claims(self) -> Iterator[Claim]:
        """Claims that a person has not rejected, or corrected by another claim."""
        return filter(stands, self.claims.values())

    def standing_note(self, claim: Claim) -> str:
        """Who accepted, rejected or corrected a claim, when and why, and what replaces it; may be empty."""
        return standing_note(claim, self.reviews, self.claims)

    def claim(self, name: str) -> Claim:
        """Claim of an id, or of its beginning where only one claim begins so.

        Raises
        ------
        NotFound
            If there is none, or more than one.
        """
        return self.claims[_whole(name, "claim", self.claims)]

    def verdicts(self, claim_id: str) -> list[Evidence]:
        """Evidence on a claim, most telling first; what tests nothing only where nothing else does."""
        evidence = self._evidence_by_claim.get(claim_id, [])
        tested = [each for each in evidence if each.verdict != "not_testable"]
        return tested or evidence[:1]

    def by_interest(self) -> list[Claim]:
        """All claims, those with the most telling verdicts first, then by kind and by who says so."""

        def rank(claim: Claim) -> tuple[int, int, str, str]:
            verdicts = self.verdicts(claim.id)
            return (_telling(verdicts[0])[0] if verdicts else 4, KIND_ORDER[claim.kind], self.who(claim), claim.id)

        return sorted(self.claims.values(), key=rank)

    def evidence_of(self, name: str) -> list[Evidence]:
        """Evidence of an evidence id, or all evidence on a claim id; beginnings of ids will do.

        Raises
        ------
        NotFound
            If there is no such id.
        """
        if name.startswith("evidence:"):
            return [self.evidence[_whole(name, "evidence", self.evidence)]]
        return self._evidence_by_claim.get(self.claim(name).id, [])

    def related(self, claim_id: str) -> Iterator[tuple[Relation, Claim]]:
        """Relations of a claim, each with the claim on its other side."""
        for relation in self._relations_by_claim.get(claim_id, ()):
            other = relation.other_id if relation.claim_id == claim_id else relation.claim_id
            if other in self.claims:
                yield relation, self.claims[other]

    @cached_property
    def _evidence_by_claim(self) -> dict[str, list[Evidence]]:
        """Claim id -> evidence on it, most telling first. Grouped once: pages and lists ask for every claim."""
        groups: dict[str, list[Evidence]] = {}
        for evidence in sorted(self.evidence.values(), key=_telling):
            groups.setdefault(evidence.claim_id, []).append(evidence)
        return groups

    @cached_property
    def _relations_by_claim(self) -> dict[str, list[Relation]]:
        groups: dict[str, list[Relation]] = {}
        for relation in self.relations:
            groups.setdefault(relation.claim_id, []).append(relation)
            groups.setdefault(relation.other_id, []).append(relation)
        return groups


def entries_of(claim: Claim) -> tuple[str, ...]:
    """Ids of the models, sets, task and metric that a claim is about."""
    single = (claim.task_id, claim.dataset_id, claim.metric_id, claim.corpus_id)
    return (*claim.subject_ids, *claim.comparator_ids, *filter(None, single))


def read_archived(archive: Archive) -> ClaimIndex:
    """The index of what an archive holds, whether or not its graph is up to date."""
    return ClaimIndex.of(archive.read(*KINDS, "Review"))


def read_index(store: Store, *, reviews: Iterable[Review] = ()) -> ClaimIndex:
    """The index of everything that a graph holds, and of the reviews that the home keeps beside it."""
    return ClaimIndex.of(chain(read_records(store, KINDS), reviews))


def _telling(evidence: Evidence) -> tuple[int, str]:
    """Decided by new runs, decided by re-analysis, open, not testable."""
    undecided = {"inconclusive": 2, "not_testable": 3}
    return (undecided.get(evidence.verdict, int(evidence.basis == "reanalysis")), evidence.id)


def _whole(name: str, prefix: str, known: dict[str, Claim] | dict[str, Evidence]) -> str:
    """The id that ``name`` is, or that alone begins with it, with or without its prefix."""
    if name in known:
        return name
    full = name if name.startswith(f"{prefix}:") else f"{prefix}:{name}"
    if full in known:
        return full
    digits = len(full) - len(prefix) - 1
    begins = [key for key in known if key.startswith(full)] if digits >= SHORTEST else []
    if len(begins) == 1:
        return begins[0]
    if begins:
        more = f" ({len(begins) - LISTED} more begin so)" if len(begins) > LISTED else ""
        raise NotFound(prefix, name, tuple(sorted(begins)[:LISTED]), hint=f"Give more of the id{more}.")
    close = difflib.get_close_matches(full, known, n=2, cutoff=0.75)
    hint = "`biorxivist evidence` lists claims and their verdicts."
    if digits < SHORTEST:
        hint = f"The beginning of an id needs {SHORTEST} digits or more. {hint}"
    raise NotFound(prefix, name, tuple(close), hint=hint)
