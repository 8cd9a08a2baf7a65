"""Whether a claim stands after review, said with who, when and why, and with what stands in its place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from biorxivist.claims.index import ClaimIndex
from graph.records import Claim, Review

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def _claim(statement: str, **fields: Any) -> Claim:
    return Claim(
        paper_id="key:p", version_id="key:pv1", statement=statement, kind="qualitative",
        source_url="https://example.org", location="text", **fields,
    )  # fmt: skip


def _review(claim: Claim, decision: str, **fields: Any) -> Review:
    data = {"who": "A. Reader", "why": "Figure 2 shows the opposite", "at": AT, **fields}
    return Review.model_validate({"claim_id": claim.id, "decision": decision, **data})


WRONG = _claim("It rises.", direction="+", review="corrected")
RIGHT = _claim("It falls.", direction="-", review="accepted")


def test_a_rejected_claim_says_who_rejected_it_when_and_why() -> None:
    claim = _claim("It rises.", review="rejected")
    index = ClaimIndex.of([claim, _review(claim, "rejected")])
    assert index.standing_note(claim) == "Rejected by A. Reader on 2026-11-02: Figure 2 shows the opposite."


def test_a_corrected_claim_names_what_stands_in_its_place_and_that_one_names_it() -> None:
    index = ClaimIndex.of([WRONG, RIGHT, _review(WRONG, "corrected", corrected_id=RIGHT.id)])
    assert index.standing_note(WRONG) == (
        f"Corrected by A. Reader on 2026-11-02: Figure 2 shows the opposite. It was replaced by {RIGHT.id}: It falls. "
        "(direction + -> -)"
    )
    assert index.standing_note(RIGHT).startswith(f"Replaces {WRONG.id}, corrected by A. Reader on ")


def test_the_last_review_holds_in_whatever_order_they_are_read() -> None:
    claim = _claim("It rises.", review="accepted")
    without_zone = datetime(2026, 11, 3)  # noqa: DTZ001 - as an older version may have written it
    later = _review(claim, "accepted", at=without_zone, why="I misread it.")
    for records in ([_review(claim, "rejected"), later], [later, _review(claim, "rejected")]):
        note = ClaimIndex.of([claim, *records]).standing_note(claim)
        assert note == "Accepted by A. Reader on 2026-11-03: I misread it."


def test_a_claim_that_nobody_reviewed_says_nothing_and_a_lost_review_is_admitted() -> None:
    assert ClaimIndex.of([RIGHT]).standing_note(_claim("New.")) == ""
    assert f"`biorxivist claims reviews {WRONG.id}` shows by whom" in ClaimIndex.of([WRONG]).standing_note(WRONG)
