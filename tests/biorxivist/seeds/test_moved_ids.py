"""The map from the ids of version 1 to those of today, and that what people said follows it."""

from __future__ import annotations

import json
import runpy
import subprocess
from pathlib import Path

import pytest

from biorxivist import seeds
from biorxivist.claims.review import apply_reviews
from biorxivist.load.prepare import seed
from biorxivist.workspace.home import Home
from graph.records import Claim, Review
from graph.records.version1 import moved_ids

ROOT = Path(__file__).parents[3]
FEW_LABELS = "claim:8673d2114df19493"
"""Logistic regression and scBERT with a tenth of the labels, under its id of version 1."""


@pytest.fixture(scope="module")
def ids() -> set[str]:
    return {record.id for record in seeds.records()}


def test_the_map_leads_from_ids_that_are_gone_to_ids_that_are_shipped(ids: set[str]) -> None:
    moved = moved_ids()
    assert len(moved) > 200
    assert set(moved.values()) <= ids
    assert not set(moved) & ids
    assert len(set(moved.values())) == len(moved), "no two old ids lead to one"


def test_the_map_is_the_one_that_the_seeds_of_both_versions_give() -> None:
    builder = runpy.run_path(str(ROOT / "docs" / "move_ids.py"))
    known = ["git", "cat-file", "-e", builder["VERSION_1"]]
    if subprocess.run(known, cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("the last commit of version 1 is not in this checkout")
    pairs, _ = builder["moved"](builder["version_1"](), builder["seeds_of"](ROOT))
    assert builder["page"](pairs) == builder["MAP"].read_text(encoding="utf-8"), "run python docs/move_ids.py"


def test_a_review_of_version_1_stands_on_the_claim_that_is_shipped_today(tmp_path: Path) -> None:
    home = Home(folder=tmp_path, store_url=f"sqlite:{tmp_path / 'graph'}")
    said = {"claim_id": FEW_LABELS, "decision": "rejected", "who": "Ada", "why": "Three runs.",
            "at": "2026-11-01T12:00:00Z"}  # fmt: skip
    line = {"record": "Review", "v": 1, "id": "review:x", "at": "2026-11-01T12:00:00+00:00", "data": said}
    folder = tmp_path / "archive" / "Review"
    folder.mkdir(parents=True)
    (folder / "review.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    seed(home)
    apply_reviews(home.archive)
    (review,) = home.archive.read("Review")
    assert isinstance(review, Review)
    assert review.claim_id == moved_ids()[FEW_LABELS]
    claims = {claim.id: claim for claim in home.archive.read("Claim") if isinstance(claim, Claim)}
    assert claims[review.claim_id].review == "rejected"
    assert [claim.id for claim in claims.values() if claim.review != "unreviewed"] == [review.claim_id]
