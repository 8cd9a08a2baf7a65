"""The claims that nobody has looked at yet, in the order in which they are worth it, each in its paragraph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.records import Claim, Passage

__all__ = ["Queued", "queue", "waiting"]

AROUND = 600
"""Characters of the paragraph that are shown on each side of the quote."""


@dataclass(frozen=True)
class Queued:
    """A claim that waits for a person, with the words around its quote."""

    claim: Claim
    section: str
    before: str
    quote: str
    after: str


def waiting(claims: Iterable[Claim]) -> list[Claim]:
    """Claims that a program has read and nobody has reviewed: the surest first, those of a paper together."""
    unseen = (claim for claim in claims if claim.extractor != "curated" and claim.review == "unreviewed")
    return sorted(
        unseen, key=lambda claim: (-claim.confidence, claim.paper_id, claim.passage_id or "", claim.start or 0)
    )


def queue(claims: Iterable[Claim], passages: Iterable[Passage]) -> list[Queued]:
    """The waiting claims with the paragraphs that they quote."""
    ordered = waiting(claims)
    wanted = {claim.passage_id for claim in ordered}
    texts = {passage.id: passage for passage in passages if passage.id in wanted}
    return [_in_paragraph(claim, texts.get(claim.passage_id or "")) for claim in ordered]


def _in_paragraph(claim: Claim, passage: Passage | None) -> Queued:
    if passage is None or claim.start is None or claim.end is None:
        return Queued(claim, claim.location or "", "", claim.quote or "", "")
    before = passage.text[max(claim.start - AROUND, 0) : claim.start]
    after = passage.text[claim.end : claim.end + AROUND]
    return Queued(
        claim,
        passage.section,
        f"… {before}" if claim.start > AROUND else before,
        passage.text[claim.start : claim.end],
        f"{after} …" if claim.end + AROUND < len(passage.text) else after,
    )
