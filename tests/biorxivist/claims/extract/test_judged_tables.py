"""The scores of tables that a reader held against the tables: before the rules were mended on them, and afterwards."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from biorxivist.claims.extract.tables import BY_CAPTION, CONFIDENCE

ROOT = Path(__file__).parents[4]
with (ROOT / "benchmarks" / "judged_tables.csv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))
PRIOR, OF_ALL = 4, 0.79
"""Cells of the share of all claims that a class is filled up with, as in ``place.py``."""


@pytest.mark.parametrize(("reading", "right", "incomplete", "wrong"), [("1", 66, 23, 10), ("2", 106, 44, 0)])
def test_a_reading_holds_cells_of_many_tables_judged_one_by_one(
    reading: str, right: int, incomplete: int, wrong: int
) -> None:
    judged = [row for row in ROWS if row["reading"] == reading]
    assert Counter(row["judgement"] for row in judged) == {
        judgement: number
        for judgement, number in (("right", right), ("right but incomplete", incomplete), ("wrong", wrong))
        if number
    }
    assert all(row["wrong_about"] for row in judged if row["judgement"] != "right")
    assert len({(row["source"], row["table"]) for row in judged}) >= 12
    assert len({row["statement"] + row["source"] for row in judged}) == len(judged)


@pytest.mark.parametrize(("metric_of", "confidence"), [("heading", CONFIDENCE), ("caption", BY_CAPTION)])
def test_the_confidence_of_a_cell_is_the_share_that_was_right_before_the_rules_knew_the_tables(
    metric_of: str, confidence: float
) -> None:
    seen = [row for row in ROWS if row["reading"] == "1" and row["metric_of"] == metric_of]
    right = sum(row["judgement"].startswith("right") for row in seen)
    assert confidence == pytest.approx((right + PRIOR * OF_ALL) / (len(seen) + PRIOR), abs=0.01)


def test_the_page_says_what_the_readings_gave() -> None:
    page = " ".join((ROOT / "docs" / "claims.md").read_text(encoding="utf-8").split())
    assert "10 of 99 were wrong" in page
    assert "106 right, 44 right but incomplete, none wrong" in page
