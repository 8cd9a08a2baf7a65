"""What the demo shows, as records: one claim with its verdicts, and everything together.

``run`` fills these, ``terminal`` and ``report`` read them, so neither of the two needs the other or ``run``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, get_args

from biorxivist.claims.disagreements import Disagreement
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.speaker import second_hand
from biorxivist.claims.verdicts import claim_row
from biorxivist.demo.budget import BudgetArm
from biorxivist.demo.cells import Cells
from graph.evidence.verdict import why
from graph.records import Claim, ClaimKind, Evidence, Record, Result, Run, SaturationPoint, Verdict

__all__ = ["NEXT", "VERDICTS", "Demo", "JudgedClaim", "choose", "counts", "rank", "summary"]

VERDICTS: tuple[str, ...] = get_args(Verdict)
"""All verdicts, the decided ones first."""
KINDS: tuple[str, ...] = get_args(ClaimKind)
OPEN = {"inconclusive": 1, "not_testable": 2}
FIRST_KINDS = ("saturation", "scaling", "comparison", "effect")
"""Kinds of claims that readers of this field know the papers for; scores and counts come after them."""
MOST = {"decided": 24, "inconclusive": 10, "not_testable": 12}
MOST_PER_PAPER, MOST_UNTESTED_PER_PAPER = 6, 1
NEXT = (
    'biorxivist check "More pre-training data helps"',
    "biorxivist evidence --verdict inconclusive",
    'biorxivist ask "Does more pre-training data help scConcept?"',
    "biorxivist graph query contradictions",
    'biorxivist graph query "MATCH (p:Paper)-[:MAKES]->(c:Claim) RETURN p.title, c.statement LIMIT 5"',
    "biorxivist demo --cells your_cells.h5ad",
)
"""Commands to try after the demo, the most telling first."""


class JudgedClaim(NamedTuple):
    """A claim with the verdicts on it; a row of `biorxivist.claims.layout.print_claims`."""

    claim: Claim
    who: str
    """Short citation of the paper that makes the claim."""
    evidence: tuple[Evidence, ...]
    """Most telling first."""

    @property
    def verdict(self) -> str:
        """The verdict that tells most; a claim that no rule was applied to is not testable."""
        return self.evidence[0].verdict if self.evidence else "not_testable"

    @property
    def reason(self) -> str:
        """What decided that verdict."""
        return why(self.evidence[0]) if self.evidence else "no rule was applied"

    def plain(self) -> dict[str, Any]:
        """Plain values, for JSON: the row that ``biorxivist evidence --json`` prints."""
        return claim_row(self.claim, self.who, self.evidence[0] if self.evidence else None)


@dataclass(frozen=True)
class Demo:
    """Everything that the demo shows."""

    cells: Cells
    small_study: tuple[Record, ...]
    """Records of the study that was run just now."""
    rows: tuple[JudgedClaim, ...]
    """All claims, in the order of `rank`."""
    disagreements: tuple[Disagreement, ...]
    """The sharpest ones, sharpest first."""
    index: ClaimIndex
    studies: tuple[str, ...]
    """Names of the shipped studies."""
    results: tuple[Result, ...]
    """Results of the shipped studies."""
    points: tuple[SaturationPoint, ...]
    """Saturation points, published and ours."""
    runs: tuple[Run, ...]
    """Runs of the shipped studies."""
    arms: tuple[BudgetArm, ...]
    """Budget arms of the shipped studies."""
    home: Path
    digest: str
    """Digest of the facts in the archive."""

    @property
    def selection(self) -> list[JudgedClaim]:
        """The claims that are printed on the terminal."""
        return choose(self.rows)

    @property
    def papers(self) -> int:
        """Number of papers that make these claims."""
        return len({row.claim.paper_id for row in self.rows})


def rank(rows: Iterable[JudgedClaim]) -> list[JudgedClaim]:
    """Sort claims so that the decided ones that people know come first.

    Decided before open before untested; within these, claims that authors make in their own paper before remarks on
    the work of others; then by kind, and papers with many claims here before papers with few.
    """
    rows = list(rows)
    claims_of = Counter(row.claim.paper_id for row in rows)

    def key(row: JudgedClaim) -> tuple[object, ...]:
        claim = row.claim
        kind = (
            FIRST_KINDS.index(claim.kind) if claim.kind in FIRST_KINDS else len(FIRST_KINDS) + KINDS.index(claim.kind)
        )
        return (OPEN.get(row.verdict, 0), second_hand(claim), kind, -claims_of[claim.paper_id], row.who, claim.id)

    return sorted(rows, key=key)


def choose(rows: Iterable[JudgedClaim]) -> list[JudgedClaim]:
    """Choose the claims to print: the decided ones, some that stay open, an untested one of each other paper.

    No paper shows more than six, so that none crowds the others out.
    """
    selection: list[JudgedClaim] = []
    room = dict(MOST)
    per_paper: Counter[str] = Counter()
    for row in rows:
        group = row.verdict if row.verdict in room else "decided"
        most = MOST_UNTESTED_PER_PAPER if group == "not_testable" else MOST_PER_PAPER
        if room[group] and per_paper[row.claim.paper_id] < most:
            room[group] -= 1
            per_paper[row.claim.paper_id] += 1
            selection.append(row)
    return selection


def counts(rows: Iterable[JudgedClaim]) -> dict[str, int]:
    """Number of claims of each verdict that occurs, in the order of `VERDICTS`."""
    numbers = Counter(row.verdict for row in rows)
    return {verdict: numbers[verdict] for verdict in VERDICTS if numbers[verdict]}


def summary(demo: Demo) -> str:
    """One sentence: how many claims of how many papers, and how many of each verdict."""
    verdicts = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts(demo.rows).items())
    return f"{len(demo.rows)} claims of {demo.papers} papers: {verdicts}."
