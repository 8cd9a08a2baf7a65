"""Verdicts as rows: the one shape of a verdict, with the claim that it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from biorxivist.claims.index import ClaimIndex
from graph.evidence.verdict import verdict_row
from graph.records import Claim, Evidence

__all__ = ["ADVERSE", "claim_row", "count_verdicts", "explanation_rows", "judged_claims", "verdict_rows"]

ADVERSE = frozenset({"not_reproduced", "opposite_direction_at_scale", "inconsistent_with_printed"})
"""Verdicts that speak against a claim."""
WORST_FIRST = (
    "not_reproduced", "inconsistent_with_printed", "opposite_direction_at_scale", "no_effect_at_scale", "inconclusive",
    "rising_at_scale", "same_direction_at_scale", "consistent_with_printed", "reproduced", "not_testable",
)  # fmt: skip


def claim_row(claim: Claim, who: str, evidence: Evidence | None) -> dict[str, Any]:
    """A claim beside a verdict on it, in one flat row; a claim without evidence is not testable."""
    about = {
        "claim_id": claim.id,
        "who": who,
        "statement": claim.statement,
        "paper": claim.paper_id,
        "kind": claim.kind,
        "extractor": claim.extractor,
        "confidence": claim.confidence,
        "verdict": "not_testable",
    }
    return {**about, **verdict_row(evidence), "evidence_id": evidence.id} if evidence else about


def verdict_rows(
    index: ClaimIndex, *, claim: str | None = None, verdict: str | None = None, kind: str | None = None
) -> Iterator[dict[str, Any]]:
    """A row per claim and verdict on it, the most telling first.

    Parameters
    ----------
    index
        Claims and verdicts.
    claim
        Only this claim: its id or the beginning of it.
    verdict
        Only this verdict.
    kind
        Only claims of this kind.

    Raises
    ------
    NotFound
        If there is no such claim.
    """
    for each, who, verdicts in judged_claims(index, claim=claim, verdict=verdict, kind=kind):
        for evidence in verdicts:
            yield claim_row(each, who, evidence)


def judged_claims(
    index: ClaimIndex, *, claim: str | None = None, verdict: str | None = None, kind: str | None = None
) -> Iterator[tuple[Claim, str, list[Evidence]]]:
    """Claims with who makes them and the verdicts on them; parameters and errors are those of `verdict_rows`."""
    for each in [index.claim(claim)] if claim else index.by_interest():
        if kind in (None, each.kind):
            verdicts = [evidence for evidence in index.verdicts(each.id) if verdict in (None, evidence.verdict)]
            if verdicts:
                yield each, index.who(each), verdicts


def explanation_rows(index: ClaimIndex, name: str) -> Iterator[dict[str, Any]]:
    """A row per verdict on a claim, or the one of an evidence id, with all circumstances and inputs.

    Raises
    ------
    NotFound
        If there is no such claim or evidence.
    """
    for evidence in index.evidence_of(name):
        row = {**verdict_row(evidence), "evidence_id": evidence.id}
        yield {**row, "details": dict(evidence.details), "inputs": list(evidence.inputs)}


def count_verdicts(verdicts: Iterable[str]) -> dict[str, int]:
    """Verdict -> how often it occurs, the worst news first."""
    counts = Counter(verdicts)
    order = {verdict: place for place, verdict in enumerate(WORST_FIRST)}
    return {verdict: counts[verdict] for verdict in sorted(counts, key=lambda name: order.get(name, len(order)))}
