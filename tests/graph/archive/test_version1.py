"""An archive that an earlier program wrote: ``version1`` holds its files, with a word that has been renamed since."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from graph.archive import Archive
from graph.records import Claim, Result, Review
from graph.records.lines import RENAMED, BadLine, fact, read_fact
from graph.vocabulary import protocol

WRITTEN = Path(__file__).with_name("version1")
CLAIM = "claim:ca596a73acf5461b"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    shutil.copytree(WRITTEN, tmp_path / "archive")
    return Archive(tmp_path / "archive")


def test_the_files_are_those_of_the_earlier_program() -> None:
    for kind in ("Claim", "Result"):
        line = json.loads((WRITTEN / kind / "test.jsonl").read_text(encoding="utf-8"))
        assert (line["v"], line["data"]["sampling"]) == (1, "geometric_sketch")


def test_a_renamed_word_is_read_as_the_word_of_today(archive: Archive) -> None:
    (claim,) = archive.read("Claim")
    (result,) = archive.read("Result")
    assert isinstance(claim, Claim)
    assert isinstance(result, Result)
    assert claim.sampling == result.sampling == protocol.GEOMETRIC_SKETCHING
    assert 'geometric_sketch"' not in "".join(map(fact, archive.read()))


def test_a_review_still_names_its_claim_after_a_word_was_renamed(archive: Archive) -> None:
    (claim,) = archive.read("Claim")
    (review,) = archive.read("Review")
    assert isinstance(review, Review)
    assert claim.id == review.claim_id == CLAIM
    assert claim.compute_id() != claim.id, "its fields alone would give another id"


def test_what_was_read_and_written_back_is_read_the_same_again(archive: Archive) -> None:
    before = list(archive.read())
    archive.append(before, writer="test")
    assert list(archive.read()) == before
    assert list(Archive(archive.folder).read()) == before


def test_every_renamed_word_leads_to_a_word_of_the_protocol() -> None:
    words = {value for name, value in vars(protocol).items() if name.isupper() and isinstance(value, str)}
    assert {new for renamed in RENAMED.values() for new in renamed.values()} <= words
    assert not {old for renamed in RENAMED.values() for old in renamed} & words


def test_a_fact_may_leave_out_time_version_and_id() -> None:
    line = json.loads((WRITTEN / "Claim" / "test.jsonl").read_text(encoding="utf-8"))
    named = read_fact(json.dumps({"record": "Claim", "id": CLAIM, "data": line["data"]}).encode())
    unnamed = read_fact(json.dumps({"record": "Claim", "data": line["data"]}).encode())
    assert named.id == CLAIM
    assert unnamed.id == unnamed.compute_id() == named.compute_id()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not an object with record and data"),
        ('{"record": "Nothing", "id": "x", "data": {}}', "unknown record kind 'Nothing'"),
        ('{"record": "Model", "data": {"name": "x"}}', "needs an id"),
        ('{"record": "Model", "id": 3, "data": {"name": "x"}}', "id is no text"),
        ('{"record": "Model", "id": "model:x", "v": 2, "data": {"name": "x"}}', "format version 2"),
        ('{"record": "Model", "id": "model:x", "at": "now", "data": {"name": "x"}}', "not an ISO date"),
        ('{"record": "Model", "id": "model:x", "data": {"name": "x", "corpus_cells": NaN}}', "NaN is no JSON number"),
        ('{"record": "Model", "id": "model:x", "data": {"name": "x"}, "more": 1}', "nothing else"),
    ],
)
def test_a_fact_that_is_no_record_is_refused_with_the_reason(line: str, message: str) -> None:
    with pytest.raises(BadLine, match=message):
        read_fact(line.encode())
