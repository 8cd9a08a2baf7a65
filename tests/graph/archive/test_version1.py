"""An archive that an earlier program wrote: ``version1`` holds its files, with words that were renamed since."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from graph.archive import Archive
from graph.records import Author, Claim, Dataset, Evidence, Relation, Result, Review, version1
from graph.records.lines import BadLine, fact, read_fact
from graph.records.version1 import RENAMED
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


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    ids = {CLAIM: "claim:0000", "doi:10.1101/2024.12.13.628448": "doi:10.1/found", "dataset:placenta": "dataset:p"}
    monkeypatch.setattr(version1, "moved_ids", lambda: ids)
    return ids


def test_a_review_and_a_result_follow_the_claim_paper_and_dataset_whose_ids_moved(
    archive: Archive, moved: dict[str, str]
) -> None:
    (claim,), (review,), (result,) = (list(archive.read(kind)) for kind in ("Claim", "Review", "Result"))
    assert isinstance(claim, Claim)
    assert isinstance(review, Review)
    assert isinstance(result, Result)
    assert claim.id == review.claim_id == moved[CLAIM]
    assert claim.paper_id == result.paper_id == "doi:10.1/found"
    assert result.dataset_id == "dataset:p"
    assert result.model_id == "model:scvi"


def test_a_tombstone_of_version_1_removes_the_claim_under_its_new_id(archive: Archive, moved: dict[str, str]) -> None:
    tomb = {"target_record": "Claim", "target_id": CLAIM, "reason": "wrong"}
    line = {"record": "Tombstone", "v": 1, "id": "tombstone:x", "at": "2026-12-01T00:00:00+00:00", "data": tomb}
    (archive.folder / "Tombstone").mkdir()
    (archive.folder / "Tombstone" / "test.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert moved
    assert list(archive.read("Claim")) == []


def test_a_relation_of_moved_claims_has_its_lower_id_first(moved: dict[str, str]) -> None:
    data = {"claim_id": "claim:aaaa", "other_id": CLAIM, "relation": "agrees", "rule": "compare@1"}
    relation = read_fact(json.dumps({"record": "Relation", "v": 1, "id": "relation:x", "data": data}).encode())
    assert isinstance(relation, Relation)
    assert (relation.claim_id, relation.other_id) == (moved[CLAIM], "claim:aaaa")


def test_evidence_of_a_moved_claim_names_it_and_its_moved_inputs(moved: dict[str, str]) -> None:
    moved["result:old"] = "result:new"
    data = {"claim_id": CLAIM, "basis": "reanalysis", "verdict": "inconclusive", "rule": "r@1",
            "inputs": ["result:old", "result:kept"]}  # fmt: skip
    evidence = read_fact(json.dumps({"record": "Evidence", "v": 1, "id": "evidence:x", "data": data}).encode())
    assert isinstance(evidence, Evidence)
    assert evidence.claim_id == moved[CLAIM]
    assert evidence.inputs == ("result:new", "result:kept")


def test_the_map_is_read_for_lines_of_version_1_only(moved: dict[str, str]) -> None:
    data = {"claim_id": CLAIM, "decision": "accepted", "who": "Ada", "why": "Read.", "at": "2026-11-01T12:00:00Z"}
    review = read_fact(json.dumps({"record": "Review", "v": 2, "data": data}).encode())
    assert isinstance(review, Review)
    assert moved
    assert review.claim_id == CLAIM


def test_the_organism_of_a_dataset_is_read_as_its_species() -> None:
    data = {"name": "Lungs", "organism": "Homo sapiens, Mus musculus"}
    dataset = read_fact(json.dumps({"record": "Dataset", "v": 1, "id": "dataset:lungs", "data": data}).encode())
    assert isinstance(dataset, Dataset)
    assert dataset.species == ("Homo sapiens", "Mus musculus")


def test_an_author_of_version_1_keeps_id_and_name() -> None:
    line = {"record": "Author", "v": 1, "id": "author:x", "data": {"name": "Ada Lovelace"}}
    author = read_fact(json.dumps(line).encode())
    assert isinstance(author, Author)
    assert (author.id, author.name, author.family) == ("author:x", "Ada Lovelace", None)


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
        ('{"record": "Model", "id": "model:x", "v": 3, "data": {"name": "x"}}', "format version 3"),
        ('{"record": "Model", "id": "model:x", "at": "now", "data": {"name": "x"}}', "not an ISO date"),
        ('{"record": "Model", "id": "model:x", "data": {"name": "x", "corpus_cells": NaN}}', "NaN is no JSON number"),
        ('{"record": "Model", "id": "model:x", "data": {"name": "x"}, "more": 1}', "nothing else"),
    ],
)
def test_a_fact_that_is_no_record_is_refused_with_the_reason(line: str, message: str) -> None:
    with pytest.raises(BadLine, match=message):
        read_fact(line.encode())
