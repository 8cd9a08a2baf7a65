"""What the archive knows, in memory: papers, their claims, the verdicts on them, and how they relate."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from textwrap import shorten

from biorxivist.errors import NotFound
from graph.records import Author, Claim, Evidence, Paper, Record, Relation, Version

__all__ = ["KINDS", "Knowledge", "bare_doi", "number", "verdict_text", "why"]

KINDS = ("Author", "Paper", "Version", "Claim", "Evidence", "Relation")
"""Records that `Knowledge` is made of."""

SHORTEST = 6
KIND_ORDER = {
    "scaling": 0, "saturation": 1, "comparison": 2, "effect": 3, "score": 4, "scale_fact": 5, "qualitative": 6,
}  # fmt: skip


def bare_doi(text: str) -> str | None:
    """DOI in ``text`` without address, ``doi:``, version suffix or closing punctuation, lower case; else None."""
    found = re.fullmatch(r"\s*(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+?)[.,;]?\s*", text, re.IGNORECASE)
    return re.sub(r"(10\.(?:1101|64898)/[\d.]+)v\d+$", r"\1", found[1].lower()) if found else None


@dataclass(frozen=True)
class Knowledge:
    """Papers, claims, verdicts and relations by id."""

    papers: dict[str, Paper] = field(default_factory=dict)
    authors: dict[str, Author] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    by_doi: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Knowledge:
        """Knowledge of the records; kinds other than `KINDS` are passed over."""
        found = cls()
        relations = []
        for record in records:
            match record:
                case Paper():
                    found.papers[record.id] = record
                    found.by_doi.update(dict.fromkeys((record.id.removeprefix("doi:"), *record.dois), record.id))
                case Version(doi=str() as doi):
                    found.by_doi[doi] = record.paper_id
                case Author():
                    found.authors[record.id] = record
                case Claim():
                    found.claims[record.id] = record
                case Evidence():
                    found.evidence[record.id] = record
                case Relation():
                    relations.append(record)
        return cls(
            found.papers, found.authors, found.claims, found.evidence, tuple(relations), found.by_doi,
        )  # fmt: skip

    def who(self, claim: Claim) -> str:
        """Who says so: short citation of the paper, and that it is a commentary or somebody else's finding if so."""
        told = self.cite(claim.paper_id)
        if claim.evidence_type == "commentary":
            told += " (in a commentary)"
        elif claim.attribution == "cited":
            told += " (citing others)"
        return told

    def cite(self, paper_id: str) -> str:
        """First author and year, for example ``DenAdel 2024``; the id where the paper is not known."""
        paper = self.papers.get(paper_id)
        if paper is None:
            return paper_id
        author = self.authors.get(paper.author_ids[0]) if paper.author_ids else None
        name = author.name.split(",")[0] if author and "," in author.name else author.name.split()[-1] if author else ""
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
        found = self.papers.get(name) or self.papers.get(self.by_doi.get(doi or "", ""))
        if found is None:
            close = difflib.get_close_matches(doi or name, self.by_doi, n=2, cutoff=0.8)
            kind = "paper"
            raise NotFound(kind, name, tuple(close), hint="`biorxivist graph query papers` lists them.")
        return found

    def claims_of(self, paper_id: str) -> list[Claim]:
        """Claims that a paper makes."""
        return [claim for claim in self.claims.values() if claim.paper_id == paper_id]

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
        found = sorted((e for e in self.evidence.values() if e.claim_id == claim_id), key=_telling)
        tested = [evidence for evidence in found if evidence.verdict != "not_testable"]
        return tested or found[:1]

    def by_interest(self) -> list[Claim]:
        """All claims, those with the most telling verdicts first, then by kind and by who says so."""

        def rank(claim: Claim) -> tuple[int, int, str, str]:
            found = self.verdicts(claim.id)
            return (_telling(found[0])[0] if found else 4, KIND_ORDER[claim.kind], self.who(claim), claim.id)

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
        claim = self.claim(name)
        return sorted((e for e in self.evidence.values() if e.claim_id == claim.id), key=_telling)

    def related(self, claim_id: str) -> Iterator[tuple[Relation, Claim]]:
        """Relations of a claim, each with the claim on its other side."""
        for relation in self.relations:
            if claim_id in (relation.claim_id, relation.other_id):
                other = relation.other_id if relation.claim_id == claim_id else relation.claim_id
                if other in self.claims:
                    yield relation, self.claims[other]


def why(evidence: Evidence) -> str:
    """The step that decided a verdict: what is missing where nothing tests the claim, else the last one."""
    if not evidence.reasons:
        return "no reason recorded"
    if "numbers" in evidence.failed_gates:
        return evidence.reasons[0]
    return evidence.reasons[-max(1, len(evidence.failed_gates))]


def number(evidence: Evidence, value: float) -> str:
    """A number of this evidence: with its sign where it is a difference, without where it is a score."""
    return f"{value:.3f}" if _is_score(evidence) else f"{value:+.3f}"


def _is_score(evidence: Evidence) -> bool:
    return evidence.rule.startswith("score")


def verdict_text(evidence: Evidence) -> str:
    """A verdict in one phrase: what was found, effect with interval, at what scale."""
    told = evidence.verdict.replace("_", " ")
    if evidence.effect is not None:
        what = "value" if _is_score(evidence) else "effect"
        told += f", {what} {number(evidence, evidence.effect)}"
        if evidence.ci_low is not None and evidence.ci_high is not None:
            told += f" (95 % interval {number(evidence, evidence.ci_low)} to {number(evidence, evidence.ci_high)})"
    if evidence.basis == "reanalysis":
        return told + ", by re-analysis of printed numbers"
    if evidence.scale_ratio is not None:
        told += f", at {evidence.scale_ratio:.2g} of the claim's corpus"
    return told


def _telling(evidence: Evidence) -> tuple[int, str]:
    """Decided by new runs, decided by re-analysis, open, not testable."""
    undecided = {"inconclusive": 2, "not_testable": 3}
    return (undecided.get(evidence.verdict, int(evidence.basis == "reanalysis")), evidence.id)


def _whole(name: str, prefix: str, known: dict[str, Claim] | dict[str, Evidence]) -> str:
    if name in known:
        return name
    full = name if name.startswith(f"{prefix}:") else f"{prefix}:{name}"
    if full in known:
        return full
    begins = [key for key in known if key.startswith(full)] if len(full) - len(prefix) - 1 >= SHORTEST else []
    if len(begins) == 1:
        return begins[0]
    if begins:
        raise NotFound(prefix, name, tuple(begins[:3]), hint="Give more of the id.")
    close = difflib.get_close_matches(full, known, n=2, cutoff=0.75)
    raise NotFound(prefix, name, tuple(close), hint="`biorxivist evidence --json` lists claims and their verdicts.")
