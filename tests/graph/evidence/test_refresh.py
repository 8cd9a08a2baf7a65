"""Verdicts follow the records of an archive: computed anew, the same if nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from biorxivist.claims.refresh import refresh
from graph.archive import Archive
from graph.records import Claim, Evidence, Result, Tombstone

Planted = Callable[..., dict[str, list[Any]]]
Make = Callable[..., Any]
MASKED, CONTRASTIVE = "model:ours_masked", "model:ours_contrastive"


def verdicts(archive: Archive) -> dict[str, str]:
    return {one.claim_id: one.verdict for one in archive.read("Evidence") if isinstance(one, Evidence)}


def study(planted: Planted, a_claim: Make, top: float) -> tuple[list[Any], Claim]:
    def flat(score: float) -> Callable[[int, int], float]:
        return lambda cells, steps: 0.4 if cells == 0 else score

    numbers = planted({MASKED: flat(top), CONTRASTIVE: flat(0.70)}, kinds=("comparison",))
    claim = a_claim(kind="comparison", direction=">", subject_ids=(MASKED,), comparator_ids=(CONTRASTIVE,))
    return [*numbers["runs"], *numbers["results"]], claim


def test_computing_again_writes_nothing(planted: Planted, a_claim: Make, tmp_path: Path) -> None:
    numbers, claim = study(planted, a_claim, 0.76)
    archive = Archive(tmp_path)
    archive.append([claim, *numbers], writer="test")
    assert refresh(archive) > 0
    before = archive.digest()
    assert refresh(archive) == 0
    assert archive.digest() == before
    assert verdicts(archive) == {claim.id: "same_direction_at_scale"}


def test_new_scores_under_the_same_ids_change_the_verdict_and_leave_one(
    planted: Planted, a_claim: Make, tmp_path: Path
) -> None:
    numbers, claim = study(planted, a_claim, 0.76)
    archive = Archive(tmp_path)
    archive.append([claim, *numbers], writer="test")
    refresh(archive)
    archive.append(study(planted, a_claim, 0.70)[0], writer="test")
    refresh(archive)
    assert verdicts(archive) == {claim.id: "no_effect_at_scale"}


def test_a_removed_result_takes_its_verdict_along_and_comes_back_with_it(
    planted: Planted, a_claim: Make, tmp_path: Path
) -> None:
    numbers, claim = study(planted, a_claim, 0.76)
    archive = Archive(tmp_path)
    archive.append([claim, *numbers], writer="test")
    refresh(archive)
    whole = archive.digest()
    gone = [one for one in numbers if isinstance(one, Result) and one.model_id == CONTRASTIVE]
    archive.append([Tombstone(target_record="Result", target_id=one.id) for one in gone], writer="test")
    refresh(archive)
    assert verdicts(archive) == {claim.id: "not_testable"}
    archive.append(gone, writer="test")
    refresh(archive)
    assert archive.digest() == whole


def test_two_archives_with_the_same_records_in_another_order_agree(
    planted: Planted, a_claim: Make, tmp_path: Path
) -> None:
    numbers, claim = study(planted, a_claim, 0.76)
    other = a_claim(kind="comparison", direction="~", subject_ids=(MASKED,), comparator_ids=(CONTRASTIVE,))
    digests = []
    for name, records in (("one", [claim, other, *numbers]), ("two", [*reversed(numbers), other, claim])):
        archive = Archive(tmp_path / name)
        archive.append(records, writer="test")
        refresh(archive)
        digests.append(archive.digest())
    assert digests[0] == digests[1]


def test_one_more_claim_on_the_study_changes_no_conclusion_on_another(
    planted: Planted, a_claim: Make, tmp_path: Path
) -> None:
    numbers, claim = study(planted, a_claim, 0.76)
    archive = Archive(tmp_path)
    archive.append([claim, *numbers], writer="test")
    refresh(archive)
    (before,) = archive.read("Evidence")
    others = [
        a_claim(kind="comparison", direction=way, subject_ids=(MASKED,), comparator_ids=(CONTRASTIVE,)) for way in "~<"
    ]
    unnamed = a_claim(kind="saturation", direction="plateau", subject_ids=(MASKED,), fraction=0.5)
    archive.append([*others, unnamed], writer="test")
    refresh(archive)
    found = {one.claim_id: one for one in archive.read("Evidence") if isinstance(one, Evidence)}
    assert found[claim.id] == before, "the family is what the study named, whatever is asked of it"
    assert (found[unnamed.id].verdict, found[unnamed.id].failed_gates) == ("inconclusive", ("hypotheses",))
    assert refresh(archive) == 0
