"""The sharpest disagreements between papers: opposite directions in scopes as equal as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from biorxivist.claims.index import Knowledge
from graph.records import Claim, Relation

__all__ = ["Disagreement", "disagreements"]

KIND_ORDER = {"scaling": 0, "saturation": 0, "comparison": 1, "effect": 2}


@dataclass(frozen=True)
class Disagreement:
    """Two claims of two papers that point in opposite directions."""

    first: Claim
    second: Claim
    relation: Relation

    def told(self) -> str:
        """How they disagree, in words."""
        if self.relation.relation == "contradicts":
            return "contradict each other under the same conditions"
        return f"point in opposite directions; they differ in {', '.join(self.relation.fields)}"


def disagreements(knowledge: Knowledge, *, most: int | None = None) -> list[Disagreement]:
    """Disagreements between papers, sharpest first, one for each pair of papers.

    Contradictions come before differences of scope, claims about scale before comparisons, the same axis and corpus
    before others, and fewer differing conditions before more.
    """
    found: dict[frozenset[str], Disagreement] = {}
    for one in sorted(_all(knowledge), key=_sharpness):
        found.setdefault(frozenset((one.first.paper_id, one.second.paper_id)), one)
    return list(found.values())[:most]


def _all(knowledge: Knowledge) -> Iterator[Disagreement]:
    for relation in knowledge.relations:
        first, second = knowledge.claims.get(relation.claim_id), knowledge.claims.get(relation.other_id)
        if relation.relation == "agrees" or first is None or second is None or first.paper_id == second.paper_id:
            continue
        yield Disagreement(first, second, relation)


def _sharpness(one: Disagreement) -> tuple[object, ...]:
    fields = one.relation.fields
    second_hand = sum(
        claim.evidence_type != "author" or claim.attribution != "own" for claim in (one.first, one.second)
    )
    return (
        one.relation.relation != "contradicts",
        KIND_ORDER.get(one.first.kind, 3),
        "axis" in fields,
        second_hand,
        "corpus" in fields,
        len(fields),
        one.relation.id,
    )
