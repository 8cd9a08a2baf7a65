"""Claims, or all claims of two papers, against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from biorxivist.claims.index import Knowledge, bare_doi
from biorxivist.errors import InvalidInput
from graph.compare import compare
from graph.records import Claim, Relation

__all__ = ["Compared", "compare_named"]

ORDER = {"contradicts": 0, "differs_in_scope": 1, "agrees": 2, "not_comparable": 3}


@dataclass(frozen=True)
class Compared:
    """Two claims and their relation."""

    first: Claim
    second: Claim
    relation: Relation

    def row(self, knowledge: Knowledge) -> dict[str, Any]:
        """The comparison as plain values."""
        return {
            "relation": self.relation.relation,
            "fields": list(self.relation.fields),
            "reasons": list(self.relation.reasons),
            "claim": self.first.id,
            "who": knowledge.who(self.first),
            "statement": self.first.statement,
            "other": self.second.id,
            "other_who": knowledge.who(self.second),
            "other_statement": self.second.statement,
            "rule": self.relation.rule,
        }


def compare_named(a: str, b: str, knowledge: Knowledge) -> list[Compared]:
    """Compare two claims, or each claim of one paper with each of another.

    Parameters
    ----------
    a, b
        Each a claim id (its beginning will do), a DOI or a paper id.
    knowledge
        Where they are looked up.

    Returns
    -------
    The one comparison of two claims, whatever it says; of papers, the comparable pairs, contradictions first.

    Raises
    ------
    NotFound
        If there is no such claim or paper.
    InvalidInput
        If both are the same.
    """
    first, second = _claims(a, knowledge), _claims(b, knowledge)
    if {claim.id for claim in first} == {claim.id for claim in second} and first:
        msg = f"{a} and {b} are the same; give two claims, or the DOIs of two papers."
        raise InvalidInput(msg)
    pairs = [Compared(x, y, compare(x, y)) for x in first for y in second if x.id != y.id]
    if not (_is_paper(a, knowledge) or _is_paper(b, knowledge)):
        return pairs
    comparable = [pair for pair in pairs if pair.relation.relation != "not_comparable"]
    return sorted(comparable, key=lambda pair: (ORDER[pair.relation.relation], pair.relation.id))


def _is_paper(name: str, knowledge: Knowledge) -> bool:
    return bare_doi(name) is not None or name in knowledge.papers


def _claims(name: str, knowledge: Knowledge) -> list[Claim]:
    if _is_paper(name, knowledge):
        return knowledge.claims_of(knowledge.paper(name).id)
    return [knowledge.claim(name)]
