"""Claims, or all claims of two papers, against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from biorxivist.claims.index import ClaimIndex
from biorxivist.errors import InvalidInput
from biorxivist.literature.doi import bare_doi
from graph.compare import compare, reasons_in_order
from graph.records import Claim, Relation

__all__ = ["Comparison", "compare_named", "is_paper"]

ORDER = {"contradicts": 0, "differs_in_scope": 1, "agrees": 2, "not_comparable": 3}


@dataclass(frozen=True)
class Comparison:
    """Two claims and their relation."""

    first: Claim
    second: Claim
    relation: Relation
    first_who: str
    """Who makes the first claim."""
    second_who: str
    """Who makes the second claim."""
    reasons: tuple[str, ...]
    """Reasons of the relation, with what the first claim says first; the relation itself has the order of the ids."""

    def row(self) -> dict[str, Any]:
        """The comparison as plain values."""
        return {
            "relation": self.relation.relation,
            "fields": list(self.relation.fields),
            "reasons": list(self.reasons),
            "claim": self.first.id,
            "who": self.first_who,
            "statement": self.first.statement,
            "other": self.second.id,
            "other_who": self.second_who,
            "other_statement": self.second.statement,
            "rule": self.relation.rule,
        }


def compare_named(a: str | Claim, b: str | Claim, index: ClaimIndex) -> list[Comparison]:
    """Compare two claims, or each claim of one paper with each of another.

    Parameters
    ----------
    a, b
        Each a claim, a claim id (its beginning will do), a DOI or a paper id.
    index
        Where names are looked up.

    Returns
    -------
    The one comparison of two claims, whatever its outcome; of papers, the comparable pairs, contradictions first.

    Raises
    ------
    NotFound
        If there is no such claim or paper.
    InvalidInput
        If both are the same.
    """
    left, right = _claims(a, index), _claims(b, index)
    if left and {claim.id for claim in left} == {claim.id for claim in right}:
        names = " and ".join(side if isinstance(side, str) else side.id for side in (a, b))
        msg = f"{names} are the same: nothing to compare with itself. Give two claims, or the DOIs of two papers."
        raise InvalidInput(msg)
    pairs = [
        Comparison(
            first,
            second,
            compare(first, second, vocabulary=index.vocabulary),
            index.who(first),
            index.who(second),
            reasons_in_order(first, second, vocabulary=index.vocabulary),
        )
        for first in left
        for second in right
        if first.id != second.id
    ]
    if not (is_paper(a, index) or is_paper(b, index)):
        return pairs
    comparable = [pair for pair in pairs if pair.relation.relation != "not_comparable"]
    return sorted(comparable, key=lambda pair: (ORDER[pair.relation.relation], pair.relation.id))


def is_paper(name: str | Claim, index: ClaimIndex) -> bool:
    """Whether ``name`` is a DOI or the id of a paper of the index."""
    return isinstance(name, str) and (bare_doi(name) is not None or name in index.papers)


def _claims(name: str | Claim, index: ClaimIndex) -> list[Claim]:
    if not isinstance(name, str):
        return [name]
    return index.claims_of(index.paper(name).id) if is_paper(name, index) else [index.claim(name)]
