"""Review of claims by people: accept, correct or reject, with who and why, kept as records.

A :class:`~graph.records.Review` is the fact; the claim's ``review`` field repeats its last decision. A correction is
a claim of its own, curated by the person who made it, and the claim that it corrects stays, marked. Only the archive
is written: verdicts and graph are brought up to date when somebody next asks, so that many claims are reviewed
quickly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from biorxivist.claims.fields import parse_value, reason_of
from biorxivist.claims.index import ClaimIndex
from biorxivist.claims.standing import in_order
from biorxivist.errors import InvalidInput
from biorxivist.workspace.vocabulary import read_vocabulary
from graph.records import Claim, Passage, Review

if TYPE_CHECKING:
    from graph.archive import Archive

__all__ = ["Decision", "ReviewOutcome", "apply_reviews", "review", "reviews"]

Decision = Literal["accepted", "corrected", "rejected"]
WRITER = "review"
INTERVAL = {"value", "low", "high", "printed", "bound", "spread", "runs"}
LONGEST = {"who": 200, "why": 2000}


@dataclass(frozen=True)
class ReviewOutcome:
    """A review that was written, the claim as it stands now, and the one in its place if it was corrected."""

    review: Review
    claim: Claim
    corrected: Claim | None = None


def review(
    archive: Archive,
    claim: str,
    decision: Decision,
    *,
    who: str,
    why: str,
    corrections: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> ReviewOutcome:
    """Record what a person says of a claim.

    Parameters
    ----------
    archive
        Where the claim is, and where the review goes.
    claim
        Its id, or the beginning of it.
    decision
        ``accepted``, ``corrected`` or ``rejected``; a later review of the same claim wins.
    who, why
        Name of the person and the reason.
    corrections
        Field -> value, for ``corrected``. Names of the vocabulary are understood; None empties a field. A new value
        without ``low`` and ``high`` has no interval.
    at
        When; now if left out.

    Raises
    ------
    NotFound
        If there is no such claim.
    InvalidInput
        If who or why is empty or too long, a field cannot be corrected, a name is unknown, a value does not fit, or
        the correction changes nothing.
    """
    who, why = _require_length("who", who), _require_length("why", why)
    if (decision == "corrected") != bool(corrections):
        msg = "A correction names the fields that change (FIELD=VALUE); other reviews take none."
        raise InvalidInput(msg)
    old = ClaimIndex.of(archive.read("Claim")).claim(claim)
    new = _correct(old, corrections, archive, who=who) if corrections else None
    record = Review(
        claim_id=old.id,
        decision=decision,
        who=who,
        why=why,
        corrected_id=new.id if new else None,
        at=at or datetime.now(UTC),
    )
    # The correction first, then the review that names it: if the program is stopped in between, `apply_reviews`
    # completes what is missing.
    archive.append([new] if new else [], writer=WRITER)
    archive.append([record], writer=WRITER)
    apply_reviews(archive)
    claims = {claim.id: claim for claim in archive.read("Claim") if isinstance(claim, Claim)}
    return ReviewOutcome(record, claims[old.id], claims[new.id] if new else None)


def apply_reviews(archive: Archive) -> int:
    """Make every claim's ``review`` what its last review says; returns how many claims had to be written.

    Claims that ship with the package, or are loaded again, come without their reviews.
    """
    decisions = {review.claim_id: review.decision for review in reviews(archive)}
    stale = [
        claim.model_copy(update={"review": decisions[claim.id]})
        for claim in (archive.read("Claim") if decisions else ())
        if isinstance(claim, Claim) and claim.review != decisions.get(claim.id, claim.review)
    ]
    return archive.append(stale, writer=WRITER)


def reviews(archive: Archive, *, claim_id: str | None = None) -> Iterator[Review]:
    """Reviews of all claims, or of one, the oldest first."""
    records = [record for record in archive.read("Review") if isinstance(record, Review)]
    yield from in_order(record for record in records if claim_id in (None, record.claim_id))


def _require_length(name: str, text: str) -> str:
    stripped = text.strip()
    if not 0 < len(stripped) <= LONGEST[name]:
        msg = f"--{name} has {len(stripped)} characters; a review needs 1 to {LONGEST[name]}."
        raise InvalidInput(msg)
    return stripped


def _correct(old: Claim, corrections: Mapping[str, Any], archive: Archive, *, who: str) -> Claim:
    """The claim with the corrections, as a curated claim whose place names who read it so."""
    vocabulary = read_vocabulary(archive)
    changes = {name: parse_value(name, value, vocabulary) for name, value in corrections.items()}
    data = {**old.model_dump(exclude={"id"}), **changes}
    if all(data[name] == getattr(old, name) for name in changes):
        msg = (
            f"{old.id} already says so: {', '.join(f'{name}={data[name]!r}' for name in changes)}. Nothing was written."
        )
        raise InvalidInput(msg)
    if "value" in changes:
        data |= dict.fromkeys(INTERVAL - changes.keys())
    data |= {
        "extractor": "curated",
        "confidence": 1.0,
        "held": None,
        "review": "accepted",
        **_provenance(old, archive, changes),
    }
    data["location"] = f"{data['location']}, as corrected by {who}"
    try:
        return Claim.model_validate(data)
    except ValueError as error:
        msg = f"The corrected claim is not valid: {reason_of(error)} Nothing was written."
        raise InvalidInput(msg) from error


def _provenance(old: Claim, archive: Archive, changes: Mapping[str, Any]) -> dict[str, str]:
    """Where the claim was read: its own place, else that of the passage that it quotes."""
    passage = next(
        (each for each in archive.read("Passage") if isinstance(each, Passage) and each.id == old.passage_id), None
    )
    url = changes.get("source_url") or old.source_url or (passage.source_url if passage else None)
    place = changes.get("location") or old.location or (passage.place if passage else None)
    if not url:
        msg = f"{old.id} does not say where it was read; add source_url=ADDRESS to the correction."
        raise InvalidInput(msg)
    return {"source_url": url, "location": place or "text"}
