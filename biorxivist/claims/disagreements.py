"""The sharpest disagreements between papers: opposite directions in scopes as equal as they come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.speaker import second_hand
from graph.records import Claim, Relation

__all__ = ["Disagreement", "disagreements"]

KIND_ORDER = {"scaling": 0, "saturation": 0, "comparison": 1, "effect": 2}


@dataclass(frozen=True)
class Disagreement:
    """Two claims of two papers that point in opposite directions."""

    first: Claim
    second: Claim
    relation: Relation

    def describe(self) -> str:
        """How they disagree, in words."""
        if self.relation.relation == "contradicts":
            return "contradict each other under the same conditions"
        return f"point in opposite directions; they differ in {', '.join(self.relation.fields)}"


def disagreements(
    index: ClaimIndex, *, of: Collection[str] | None = None, most: int | None = None
) -> list[Disagreement]:
    """Disagreements between papers, sharpest first, one for each pair of papers; ``of`` bounds them to these claims.

    Contradictions come before differences of scope, claims about scale before comparisons, the same axis and corpus
    before others, and fewer differing conditions before more.
    """
    sharpest: dict[frozenset[str], Disagreement] = {}
    for pair in sorted(_all(index), key=_sharpness):
        if of is None or pair.first.id in of or pair.second.id in of:
            sharpest.setdefault(frozenset((pair.first.paper_id, pair.second.paper_id)), pair)
    return list(sharpest.values())[:most]


def _all(index: ClaimIndex) -> Iterator[Disagreement]:
    for relation in index.relations:
        first, second = index.claims.get(relation.claim_id), index.claims.get(relation.other_id)
        if relation.relation == "agrees" or first is None or second is None or first.paper_id == second.paper_id:
            continue
        yield Disagreement(first, second, relation)


def _sharpness(pair: Disagreement) -> tuple[object, ...]:
    fields = pair.relation.fields
    retold = sum(second_hand(claim) for claim in (pair.first, pair.second))
    return (
        pair.relation.relation != "contradicts",
        KIND_ORDER.get(pair.first.kind, 3),
        "axis" in fields,
        retold,
        "corpus" in fields,
        len(fields),
        pair.relation.id,
    )
