"""Whether a claim stands after review: who decided what, when and why, and which claim replaces it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from graph.records import Claim, Review

__all__ = ["in_order", "standing_note", "stands", "why_held"]

WITHDRAWN = ("rejected", "corrected")
"""Decisions after which a claim is not judged, compared or counted any more."""
SURE = 0.9
"""Confidence from which on a claim that a program has read is judged and compared before a person has accepted it: of
its kind, nine in ten were right by readers who knew nothing of the program (docs/claims.md)."""


NOT_CONTENT = {"id", "statement", "extractor", "confidence", "held", "review", "source_url", "location"}
"""Fields that say how and where a claim was read, not what it says; the statement is printed whole."""


def in_order(reviews: Iterable[Review]) -> list[Review]:
    """Reviews, the oldest first: the last one of a claim holds."""
    return sorted(reviews, key=lambda review: (_instant(review.at), review.id))


def _instant(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def stands(claim: Claim) -> bool:
    """Whether nobody has withdrawn the claim, and nothing holds it back or a person has accepted it."""
    return claim.review not in WITHDRAWN and (not why_held(claim) or claim.review == "accepted")


def why_held(claim: Claim) -> str:
    """Why a claim that a program has read waits for a person, in words; empty if it does not."""
    if claim.held is not None:
        return claim.held
    by_a_person = claim.extractor == "curated"  # whose confidence says how sure the source is
    return "" if by_a_person or claim.confidence >= SURE else f"confidence {claim.confidence:.2g}, below {SURE:g}"


def standing_note(claim: Claim, reviews: Mapping[str, Review], claims: Mapping[str, Claim]) -> str:
    """What the last review of a claim says, in words; empty if there was none.

    Parameters
    ----------
    claim
        The claim, which may itself stand in place of another one.
    reviews
        Claim id -> its last review.
    claims
        Claim id -> claim, for the one that replaces it.
    """
    if review := reviews.get(claim.id):
        text = f"{review.decision.capitalize()} {_by(review)}"
        if review.corrected_id is None:
            return text
        successor = claims.get(review.corrected_id)
        return f"{text} It was replaced by {review.corrected_id}{_difference(claim, successor) if successor else '.'}"
    for review in reviews.values():
        if review.corrected_id == claim.id:
            return f"Replaces {review.claim_id}, corrected {_by(review)}"
    if stands(claim):
        return ""
    if claim.review not in WITHDRAWN:
        return f"Read by {claim.extractor}; not judged until somebody accepts it: {why_held(claim)}."
    return (
        f"{claim.review.capitalize()} after review; `biorxivist claims reviews {claim.id}` shows by whom and why, in "
        "the home where it was reviewed."
    )


def _difference(claim: Claim, successor: Claim) -> str:
    """What the correction says, and the fields in which it differs."""
    fields = [name for name in Claim.model_fields if name not in NOT_CONTENT]
    pairs = ((name, getattr(claim, name), getattr(successor, name)) for name in fields)
    changes = [f"{name.replace('_', ' ')} {_word(old)} -> {_word(new)}" for name, old, new in pairs if old != new]
    return f": {successor.statement}" + (f" ({'; '.join(changes)})" if changes else "")


def _word(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _by(review: Review) -> str:
    why = review.why if review.why.endswith((".", "!", "?")) else f"{review.why}."
    return f"by {review.who} on {review.at.date()}: {why}"
