from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from graph.records import SaturationPoint
from scaling.analysis.reproduce import Row, reproduce, summary
from scaling.analysis.reproduce_plot import FIGURES, save_figures
from scaling.published import denadel


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return reproduce(denadel.saturation_points(), denadel.curves(), [_ours(), _ours(evaluation="knn5_cross_study")])


def _ours(**changes: object) -> SaturationPoint:
    return SaturationPoint.model_validate(
        {
            "study": "mine", "evaluation": "integration_batch", "model_id": "model:ours_ssl", "sampling": "random",
            "dataset_id": "dataset:pbmc_3tech", "task_id": "task:batch_integration", "metric_id": "metric:avg_bio",
            "regime": "zero_shot", "fraction": 0.1, "corpus_cells": 20_000, "rule": "paper_any_run@1", "steps": 4000,
            "threshold": 0.95, "source": "reproduced", **changes,
        }
    )  # fmt: skip


def test_every_printed_point_is_listed_with_a_status_and_a_reason_and_none_is_called_reproduced(
    rows: list[Row],
) -> None:
    assert len(rows) == 330
    assert all(row.reason for row in rows)
    counts = summary(rows)
    assert counts[-1]["evaluation"] == "all"
    assert sum(counts[-1][status] for status in ("ok", "close", "differs", "not_comparable")) == 330
    assert {row["reproduced"] for row in counts} == {0}
    assert all("reproduced" not in f"{row.status} {row.reason} {row.ours_status}" for row in rows)


def test_a_map_that_was_drawn_from_the_wrong_table_is_held_against_its_earlier_version(rows: list[Row]) -> None:
    spiked = [row for row in rows if row.evaluation == "finetuned_classification_spikein"]
    assert len(spiked) == 36
    assert Counter(row.status == "ok" for row in spiked) == {True: 19, False: 17}
    wrong = next(row for row in spiked if row.status == "differs")
    assert wrong.corrected is not None
    assert "earlier version has" in wrong.reason


def test_what_no_curve_is_printed_of_is_not_comparable(rows: list[Row]) -> None:
    for row in rows:
        if row.evaluation.startswith("finetuned_perturbation") or row.model_id == "model:scimilarity_denadel":
            assert row.status == "not_comparable"
            assert "printed" in row.reason


def test_a_curve_is_read_by_the_printed_rule_on_means() -> None:
    points = [point for point in denadel.saturation_points() if point.evaluation == "zeroshot_integration"][:1]
    curve = next(denadel.curves())
    point = points[0].model_copy(update={"model_id": curve.model_id, "fraction": 0.01})
    values = {0.01: 0.80, 0.1: 0.90, 0.25: 0.96, 1.0: 1.00}
    drawn = [
        curve.model_copy(
            update={
                "evaluation": point.evaluation, "model_id": point.model_id, "dataset_id": point.dataset_id,
                "fraction": fraction, "value": value,
            }
        )
        for fraction, value in values.items()
    ]  # fmt: skip
    (row,) = reproduce([point], drawn)
    assert (row.reread, row.strict, row.status) == (0.25, 1.0, "differs")
    (row,) = reproduce([point.model_copy(update={"fraction": 0.1})], drawn)
    assert row.status == "close"
    (row,) = reproduce([point.model_copy(update={"fraction": 0.25})], drawn)
    assert row.status == "ok"


def test_a_point_of_ours_stands_beside_its_family_sampling_and_evaluation_and_is_not_comparable(
    rows: list[Row],
) -> None:
    beside = [row for row in rows if row.ours]
    assert {(row.evaluation, row.model_id, row.sampling) for row in beside} <= {
        ("zeroshot_integration", "model:ssl_denadel", "random"),
        ("zeroshot_integration_spikein", "model:ssl_denadel", "random"),
    }
    assert beside[0].ours == "dataset:pbmc_3tech 0.1 (4,000 steps)"  # and not that of another evaluation
    assert {row.ours_status for row in rows} == {"not_comparable"}
    assert "20,000 cells, theirs 22,200,000" in beside[0].ours_reason
    assert all(row.ours_reason for row in rows)


def test_the_figures_are_drawn(rows: list[Row], tmp_path: Path) -> None:
    paths = save_figures([replace(row) for row in rows], denadel.curves(), [], tmp_path)
    assert [path.stem for path in paths] == list(FIGURES)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
