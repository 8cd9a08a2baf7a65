"""The claims that a reader held against the sentences of papers that the rules were not written on."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from biorxivist.claims.extract.focus import OUR_CONFIDENCE
from biorxivist.claims.extract.place import IN_PLACE
from biorxivist.claims.extract.read import CONFIDENCE, CONFIDENCE_OF_SIZES
from graph.records import ClaimKind

ROOT = Path(__file__).parents[4]
with (ROOT / "benchmarks" / "judged_claims.csv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))
A_GROUP = re.compile(
    r"(?:than|well as) [^,]*(?:method|baseline|model|approach|technique|state-of|tools|alternativ|competit|algorithm)",
    re.IGNORECASE,
)
TOLD_BY_PLACE = {"12", "13", "14", "15", "16", "17", "18"}
"""Readings of this field of which each claim's place in its paper is known; 19 to 21 are nearly all of others."""
PRIOR = 4
"""Claims of the share of all that a class is filled up with (``benchmarks/confidence_fit.py``)."""


@pytest.mark.parametrize(
    ("reading", "right", "incomplete", "wrong"),
    [
        ("1", 17, 34, 49),
        ("2", 29, 37, 34),
        ("3", 9, 19, 6),
        ("4", 32, 43, 25),
        ("10", 22, 11, 6),
        ("11", 19, 60, 21),
        ("12", 22, 59, 19),
        ("13", 25, 56, 19),
        ("14", 16, 27, 6),
        ("15", 13, 36, 5),
        ("16", 21, 74, 2),
        ("17", 11, 22, 4),
        ("18", 3, 15, 10),
        ("19", 15, 39, 18),
        ("20", 32, 63, 5),
        ("21", 8, 35, 1),
    ],
)
def test_a_reading_holds_claims_of_many_works_judged_one_by_one(
    reading: str, right: int, incomplete: int, wrong: int
) -> None:
    judged = [row for row in ROWS if row["reading"] == reading]
    assert Counter(row["judgement"] for row in judged) == {
        "right": right, "right but incomplete": incomplete, "wrong": wrong,
    }  # fmt: skip
    assert len({row["source"] for row in judged}) >= (30 if len(judged) == 100 else 15)
    assert all(row["wrong_about"] for row in judged if row["judgement"] == "wrong")
    assert all(int(row["start"]) < int(row["end"]) for row in judged)


@pytest.mark.parametrize(
    ("reading", "claims", "wrong"), [("5", 109, 23), ("6", 38, 10), ("7", 54, 12), ("8", 53, 17), ("9", 45, 12)]
)
def test_a_reading_of_our_own_holds_claims_of_works_of_its_own(reading: str, claims: int, wrong: int) -> None:
    judged = [row for row in ROWS if row["reading"] == reading]
    assert Counter(row["judgement"] for row in judged) == {"right or incomplete": claims - wrong, "wrong": wrong}
    assert all(row["wrong_about"] for row in judged if row["judgement"] == "wrong")
    others = {row["source"] for row in ROWS if row["reading"] != reading}
    assert others.isdisjoint(row["source"] for row in judged)


def test_no_work_of_the_first_reading_is_in_a_later_one_and_no_sentence_in_two() -> None:
    first, later = ({row["source"] for row in ROWS if (row["reading"] == "1") == own} for own in (True, False))
    assert first.isdisjoint(later)
    second, third = (
        {(row["source"], row["passage"], row["start"], row["end"]) for row in ROWS if row["reading"] == reading}
        for reading in "23"
    )
    assert second.isdisjoint(third)
    fourth, before = ({row["source"] for row in ROWS if (row["reading"] == "4") == own} for own in (True, False))
    assert fourth.isdisjoint(before)


def test_the_page_says_what_the_readings_gave() -> None:
    page = " ".join((ROOT / "docs" / "claims.md").read_text(encoding="utf-8").split())
    assert "34 of 100 were wrong" in page
    assert "49 of 100" in page
    assert "6 of 34 were wrong" in page
    assert "25 of 100 were wrong" in page
    assert "21 of 100 were wrong" in page
    assert "14 of 170 claims in abstracts were wrong" in page
    assert "28 of 100 were wrong" in page
    assert "5 of 100 were wrong" in page


@pytest.mark.parametrize("kind", sorted(CONFIDENCE))
def test_the_confidence_of_a_kind_is_the_share_that_was_right(kind: ClaimKind) -> None:
    seen = [r for r in ROWS if r["reading"] in "456789" and r["kind"] == kind and not r["inferred"]]
    share = sum(row["judgement"].startswith("right") for row in seen) / len(seen)
    assert CONFIDENCE[kind] == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("confidence", sorted(set(CONFIDENCE_OF_SIZES.values())))
def test_the_confidence_of_a_size_is_the_share_of_its_units_drawn_towards_that_of_all(confidence: float) -> None:
    seen = [r for r in ROWS if r["reading"] in "456789" and not r["inferred"]]
    of_all = sum(map(is_right, seen)) / len(seen)
    ours = "|".join(unit for unit, share in CONFIDENCE_OF_SIZES.items() if share == confidence)
    sizes = [r for r in seen if r["kind"] == "scale_fact" and re.search(rf"\d (?:{ours}) for ", r["claim"])]
    drawn = (sum(map(is_right, sizes)) + PRIOR * of_all) / (len(sizes) + PRIOR)
    assert confidence == pytest.approx(drawn, abs=0.01)


@pytest.mark.parametrize(("kind", "place"), sorted(IN_PLACE))
def test_the_confidence_of_a_place_is_the_share_that_was_right_there_drawn_towards_that_of_all(
    kind: str, place: str
) -> None:
    seen = [r for r in ROWS if r["reading"] in TOLD_BY_PLACE and not r["inferred"]]
    of_all = sum(map(is_right, seen)) / len(seen)
    there = [r for r in seen if r["kind"] == kind and stands_in(r, place)]
    drawn = (sum(map(is_right, there)) + PRIOR * of_all) / (len(there) + PRIOR)
    assert IN_PLACE[kind, place] == pytest.approx(drawn, abs=0.01)


def test_the_confidence_of_our_method_is_how_much_less_often_it_was_right() -> None:
    seen = [
        r for r in ROWS if r["reading"] in TOLD_BY_PLACE and (r["kind"], r["passage"]) == ("comparison", "abstract")
    ]
    ours, named = ([r for r in seen if bool(r["inferred"]) == inferred] for inferred in (True, False))
    shares = [sum(map(is_right, rows)) / len(rows) for rows in (ours, named)]
    assert pytest.approx(shares[0] / shares[1], abs=0.01) == OUR_CONFIDENCE


def stands_in(row: dict[str, str], place: str) -> bool:
    """Whether a claim is of a part of a paper; since reading 15 it is known whether it was said plainly."""
    if place == "abstract, plainly":
        return row["plainly"] == "yes"
    if place == "abstract" and row["kind"] == "comparison":
        return row["passage"] == place and row["plainly"] == "no"
    if row["passage"] == "abstract" or place == "abstract":
        return row["passage"] == place
    if place == "running text, of published models":
        return True  # three were read, which have the share of all comparisons in running text
    return "," not in place or ("group" in place) == (A_GROUP.search(row["claim"].split(" does ")[-1]) is not None)


def is_right(row: dict[str, str]) -> bool:
    return row["judgement"].startswith("right")
