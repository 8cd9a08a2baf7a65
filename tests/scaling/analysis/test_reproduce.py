from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from biorxivist.seeds import studies
from graph.records import Run, SaturationPoint
from scaling.analysis.reproduce import Row, reproduce, summary
from scaling.analysis.reproduce_ours import usable
from scaling.analysis.reproduce_plot import FIGURES, drawn_curves, save_figures
from scaling.published import denadel

WITHOUT_CURVES = {
    "batches_t", "diversity_1000_t", "masked_bins_t", "plain_zheng", "supervised_w16", "supervised_w256",
    "unseen_types_z",
}  # fmt: skip
"""Shipped studies of one size of corpus or of none, or whose records hold no saturation points."""
PCA = ("zeroshot_classification", "model:pretrained_pca", "random")


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
    (own,) = beside[0].ours  # and not that of another evaluation
    assert (own.dataset_id, own.fraction, own.corpus_cells, own.steps) == ("dataset:pbmc_3tech", 0.1, 20_000, 4000)
    assert {row.ours_status for row in rows} == {"not_comparable"}
    assert "20,000 cells, theirs 22,200,000" in beside[0].ours_reason
    assert all(row.ours_reason for row in rows)


def test_of_several_budgets_the_chosen_checkpoints_stand_beside_the_printed_point() -> None:
    budgets = [_ours(steps=steps, fraction=share) for steps, share in ((4000, 0.1), (125, 0.5))]
    chosen = _ours(steps=None, checkpoint="chosen", fraction=0.25)
    for points, share in ((budgets, 0.1), ([*budgets, chosen], 0.25)):
        rows = reproduce(denadel.saturation_points(), denadel.curves(), points)
        (own,) = {row.ours for row in rows if row.ours}
        assert [entry.fraction for entry in own] == [share]


def test_studies_on_simulated_cells_or_on_cells_of_their_corpus_do_not_stand_beside_the_paper() -> None:
    shipped = list(studies.records())
    runs = [record for record in shipped if isinstance(record, Run)]
    points, results = usable(shipped)
    assert {point.study for point in points} == {*studies.names()} - WITHOUT_CURVES
    assert {result.study for result in results} == set(studies.names())
    marks = {study: {"simulated": True} for study in studies.names()}
    marks |= {study: {"held_out": False} for study in ("blood_z", "paper_p")}
    marked = [run.model_copy(update=marks[str(run.study)]) for run in runs]
    assert usable([*shipped, *marked]) == ([], [])  # the later record of an id counts


def test_the_shipped_studies_stand_beside_the_cells_that_they_ran() -> None:
    points, results = usable(studies.records())
    rows = reproduce(denadel.saturation_points(), denadel.curves(), points)
    beside = [row for row in rows if row.ours]
    own = [row for row in beside if not row.evaluation.endswith("_spikein")]
    assert {row.evaluation for row in own} == {
        "zeroshot_classification", "finetuned_classification", "zeroshot_integration", "finetuned_perturbation",
    }  # fmt: skip
    assert {row.model_id for row in rows} - {row.model_id for row in own} == {"model:geneformer_denadel"}
    assert len(own) == 4 * 4 * 3 * 4  # families, samplings, evaluations and printed sets
    assert summary(rows)[-1]["with_ours"] == len(beside) == 212
    assert {row.ours_status for row in beside} == {"not_comparable"}
    pca = next(row for row in own if (row.evaluation, row.model_id, row.sampling) == PCA)
    assert {(entry.study, entry.corpus_cells) for entry in pca.ours} == {
        ("blood_p", 19_698), ("blood_z", 14_905), ("paper_p", 18_677),
    }  # fmt: skip
    drawn = drawn_curves(denadel.curves(), results)
    own_values = [each for each in drawn if each.source == "reproduced"]
    assert {each.model_id for each in own_values} == {
        f"model:ours_{name}" for name in ("pca", "scvi", "ssl", "scimilarity")
    }
    assert {each.sampling for each in own_values} == {"random", "celltype_reweighted", "geometric_sketching"}
    of_pbmc3k = [each for each in own_values if (each.study, each.dataset_id) == ("blood_p", "dataset:pbmc3k")]
    values = [
        result.value for result in results
        if (result.model_id, result.dataset_id, result.evaluation, result.metric_id, result.cells, result.study)
        == ("model:ours_pca", "dataset:pbmc3k", "knn5_within_study", "metric:micro_f1", 19_698, "blood_p")
    ]  # fmt: skip
    assert (of_pbmc3k[-1].value, of_pbmc3k[-1].scores) == (pytest.approx(sum(values) / 8, abs=1e-6), 8)
    assert {each.evaluation for each in drawn} == {"zeroshot_classification", "zeroshot_integration"}


def test_the_figures_are_drawn(rows: list[Row], tmp_path: Path) -> None:
    _, results = usable(studies.records())
    paths = save_figures(rows, drawn_curves(denadel.curves(), results), tmp_path)
    assert [path.stem for path in paths] == list(FIGURES)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
