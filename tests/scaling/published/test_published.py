from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path

import pytest

from graph.records import Record, Result, SaturationPoint
from graph.vocabulary import load_vocabulary
from scaling import published
from scaling.published import deep_dive, denadel, tables

FINETUNED_SPIKE_IN = "finetuned_classification_spikein"


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(published.records())


@pytest.fixture(scope="module")
def points(records: list[Record]) -> list[SaturationPoint]:
    return [record for record in records if isinstance(record, SaturationPoint)]


@pytest.fixture(scope="module")
def results(records: list[Record]) -> list[Result]:
    return [record for record in records if isinstance(record, Result)]


def _main(points: list[SaturationPoint]) -> list[SaturationPoint]:
    return [p for p in points if p.status == "as_printed" and not p.evaluation.endswith("_spikein")]


def _cell(point: SaturationPoint) -> tuple[str, str, str]:
    return point.model_id, point.sampling, point.dataset_id


def test_the_main_grid_counts_191_34_11_and_4_points(points: list[SaturationPoint]) -> None:
    assert Counter(point.fraction for point in _main(points)) == {0.01: 191, 0.1: 34, 0.25: 11, 0.5: 4}


def test_240_main_and_90_spike_in_points_are_kept_as_printed(points: list[SaturationPoint]) -> None:
    printed = [point for point in points if point.status == "as_printed"]
    assert len(printed) == 330
    assert len(_main(points)) == 240


def test_each_evaluation_of_the_main_grid_has_sixty_points(points: list[SaturationPoint]) -> None:
    per_evaluation = Counter((point.evaluation, point.fraction) for point in _main(points))
    assert per_evaluation == {
        ("finetuned_classification", 0.01): 57, ("finetuned_classification", 0.1): 3,
        ("zeroshot_classification", 0.01): 42, ("zeroshot_classification", 0.1): 12,
        ("zeroshot_classification", 0.25): 6,
        ("zeroshot_integration", 0.01): 32, ("zeroshot_integration", 0.1): 19,
        ("zeroshot_integration", 0.25): 5, ("zeroshot_integration", 0.5): 4,
        ("finetuned_perturbation", 0.01): 60,
    }  # fmt: skip


def test_36_misprinted_points_have_corrections_and_17_of_them_differ(points: list[SaturationPoint]) -> None:
    spike_in = [point for point in points if point.evaluation == FINETUNED_SPIKE_IN]
    printed = {_cell(point): point.fraction for point in spike_in if point.status == "as_printed"}
    corrected = {_cell(point): point.fraction for point in spike_in if point.status == "corrected"}
    assert printed.keys() == corrected.keys()
    assert len(corrected) == 36
    assert sum(printed[cell] != corrected[cell] for cell in corrected) == 17


def test_the_misprinted_map_repeats_the_zero_shot_one(points: list[SaturationPoint]) -> None:
    maps = {
        evaluation: {_cell(p): p.fraction for p in points if p.evaluation == evaluation and p.status == "as_printed"}
        for evaluation in (FINETUNED_SPIKE_IN, "zeroshot_classification_spikein")
    }
    assert maps[FINETUNED_SPIKE_IN] == maps["zeroshot_classification_spikein"]


def test_only_one_corrected_point_lies_above_one_per_cent(points: list[SaturationPoint]) -> None:
    above = [p for p in points if p.status == "corrected" and p.fraction != 0.01]
    assert [(*_cell(p), p.fraction) for p in above] == [
        ("model:geneformer_denadel", "spike_in_10", "dataset:intestine", 0.25)
    ]


def test_numbers_of_a_family_that_the_study_trained_anew_are_those_of_its_own_model(
    records: list[Record], points: list[SaturationPoint]
) -> None:
    trained = {"model:pretrained_pca", *(f"{family}_denadel" for family in denadel.RETRAINED)}
    assert {point.model_id for point in points} == trained
    of_the_study = {
        record.model_id
        for record in records
        if isinstance(record, Result | SaturationPoint) and record.paper_id == denadel.PAPER
    }
    assert trained <= of_the_study
    assert not denadel.RETRAINED & of_the_study


def test_a_claim_about_a_family_is_about_the_models_that_the_study_trained_of_it() -> None:
    vocabulary = load_vocabulary()
    for family in denadel.RETRAINED:
        assert vocabulary.lineage(f"{family}_denadel")[1] == family


def test_printed_points_carry_rule_corpus_and_scope(points: list[SaturationPoint]) -> None:
    for point in points:
        assert (point.rule, point.threshold) == ("paper_any_run@1", 0.95)
        assert (point.corpus_id, point.corpus_cells) == ("dataset:sctab", 22_200_000)
        assert point.regime == ("zero_shot" if point.evaluation.startswith("zeroshot") else "fine_tuned")
        assert point.source == "published"
        assert point.fraction is not None
        assert point.cells == round(point.fraction * 22_200_000)


def test_digitised_curves_are_marked_and_lie_between_zero_and_one(results: list[Result]) -> None:
    digitized = [result for result in results if result.digitized]
    assert len(digitized) == 556
    assert all(0 < result.value < 1 for result in digitized)
    assert {result.evaluation for result in digitized} == {"zeroshot_classification", "zeroshot_integration"}


def test_baselines_have_no_share_of_a_corpus(results: list[Result]) -> None:
    for result in results:
        if result.digitized:
            baseline = result.model_id in {"model:pca_baseline", "model:hvg"}
            assert (result.fraction is None) == baseline


def test_reweighting_is_the_most_even_and_sketching_the_most_varied(results: list[Result]) -> None:
    for metric, winner in (
        ("metric:shannon", "celltype_reweighted"),
        ("metric:gini_simpson", "celltype_reweighted"),
        ("metric:vendi", "geometric_sketching"),
    ):
        at_one = {
            result.sampling: result.value
            for result in results
            if result.metric_id == metric and result.fraction == 0.01 and (result.sampling or "")[:5] != "spike"
        }
        assert len(at_one) == 3
        assert max(at_one, key=lambda sampling: at_one[sampling]) == winner


def _scbert(results: list[Result], dataset: str, metric: str, ablation: str | None) -> Result:
    (found,) = [
        result
        for result in results
        if (result.location or "").startswith("notebook outputs, ten seeds")
        and (result.dataset_id, result.metric_id, result.ablation)
        == (f"dataset:{dataset}", f"metric:{metric}", ablation)
    ]
    return found


@pytest.mark.parametrize(
    ("dataset", "ablation", "metric", "printed"),
    [
        ("zheng68k", "no gene2vec", "accuracy", 0.0037),
        ("zheng68k", "no gene2vec", "macro_f1", 0.00087),
        ("zheng68k", "no pre-training", "accuracy", 0.337),
        ("zheng68k", "no pre-training", "macro_f1", 0.591),
        ("zheng68k_hard", "no gene2vec", "accuracy", 0.0596),
        ("zheng68k_hard", "no gene2vec", "macro_f1", 0.0041),
        ("zheng68k_hard", "no pre-training", "accuracy", 0.614),
        ("zheng68k_hard", "no pre-training", "macro_f1", 0.334),
    ],
)
def test_half_widths_read_as_intervals_give_the_printed_p_values(
    results: list[Result], dataset: str, ablation: str, metric: str, printed: float
) -> None:
    from scipy.stats import ttest_ind_from_stats

    def moments(result: Result) -> tuple[float, float, int]:
        assert result.high is not None
        assert result.n is not None
        population_sd = (result.high - result.value) * math.sqrt(result.n) / 2.262
        return result.value, population_sd * math.sqrt(result.n / (result.n - 1)), result.n

    full, changed = (moments(_scbert(results, dataset, metric, ablated)) for ablated in (None, ablation))
    # values are printed with four digits, so p comes out to within a few per cent
    assert ttest_ind_from_stats(*full, *changed).pvalue == pytest.approx(printed, rel=0.06)


@pytest.mark.parametrize(
    ("dataset", "model", "share", "metric", "printed"),
    [
        ("zheng68k", "scbert", 0.1, "accuracy", 0.154),
        ("zheng68k", "scbert", 0.1, "macro_f1", 0.0965),
        ("zheng68k", "scbert", 0.25, "accuracy", 0.00118),
        ("zheng68k", "scbert", 0.75, "macro_f1", 0.00112),
        ("ms", "scgpt", 0.1, "macro_f1", 3.9e-06),
        ("pancreas", "scgpt", 0.1, "accuracy", 1.78e-05),
        ("pancreas", "scgpt", 0.25, "macro_f1", 0.000105),
        ("myeloid", "scgpt", 0.1, "accuracy", 0.0873),
        ("myeloid", "scgpt", 0.1, "macro_f1", 0.735),
    ],
)
def test_computed_intervals_give_back_the_t_tests_of_the_notebooks(
    results: list[Result], dataset: str, model: str, share: float, metric: str, printed: float
) -> None:
    from scipy.stats import t, ttest_ind_from_stats

    def moments(name: str) -> tuple[float, float, int]:
        (found,) = [
            r
            for r in results
            if (r.paper_id, r.dataset_id, r.model_id, r.metric_id, r.train_fraction, r.ablation)
            == (deep_dive.PAPER, f"dataset:{dataset}", f"model:{name}", f"metric:{metric}", share, None)
        ]
        assert found.high is not None
        assert found.n is not None
        return found.value, (found.high - found.value) * math.sqrt(found.n) / t.ppf(0.975, found.n - 1), found.n

    pvalue = ttest_ind_from_stats(*moments(model), *moments("logistic_regression")).pvalue
    # rounding to four digits moves a small p by up to a tenth
    assert pvalue == pytest.approx(printed, rel=0.12)


def test_an_interval_holds_its_value(results: list[Result]) -> None:
    with_interval = [result for result in results if result.low is not None]
    assert len(with_interval) == 102
    for result in with_interval:
        assert result.low is not None
        assert result.high is not None
        assert result.low < result.value < result.high


def test_a_half_width_without_an_origin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "experiment": "ten seeds", "dataset": "ms", "model": "scGPT", "ablation": "", "train_fraction": "1.0",
        "runs": "10", "test_cells": "", "metric": "accuracy", "value": "0.859", "half_width": "0.01", "interval": "",
    }  # fmt: skip
    monkeypatch.setattr(deep_dive, "parse", lambda _, build: build(row))
    with pytest.raises(ValueError, match=r"half_width '0.01' and interval '' do not fit"):
        list(deep_dive.scores())


def test_ablations_stand_beside_the_full_model_of_the_same_experiment(results: list[Result]) -> None:
    full = {(r.model_id, r.dataset_id, r.metric_id, r.location) for r in results if r.ablation is None}
    for result in results:
        if result.ablation and result.metric_id != "metric:share":
            assert (result.model_id, result.dataset_id, result.metric_id, result.location) in full


def test_the_regime_says_how_a_model_came_to_its_weights(results: list[Result]) -> None:
    for result in results:
        if result.paper_id == deep_dive.PAPER and result.train_fraction is not None:
            if (result.ablation or "").startswith("no pre-training"):
                assert result.regime == "from_scratch"
            elif result.train_fraction < 1:
                assert result.regime == "few_shot"
            else:
                assert result.regime == (None if result.model_id == "model:logistic_regression" else "fine_tuned")


def test_runs_that_are_part_of_the_ten_seeds_are_not_counted_again(results: list[Result]) -> None:
    found = [
        r.location
        for r in results
        if (r.paper_id, r.model_id, r.dataset_id, r.metric_id, r.train_fraction, r.ablation)
        == (deep_dive.PAPER, "model:scbert", "dataset:zheng68k", "metric:accuracy", 1, None)
    ]
    assert found == ["notebook outputs, ten seeds, Zheng68K"]


def test_every_name_is_in_the_vocabulary_and_no_id_comes_twice(records: list[Record]) -> None:
    vocabulary = load_vocabulary()
    assert len({record.id for record in records}) == len(records)
    for record in records:
        assert isinstance(record, Result | SaturationPoint)
        assert record.paper_id in {denadel.PAPER, deep_dive.PAPER}
        assert record.location
        for name in (record.model_id, record.dataset_id, record.task_id, record.metric_id):
            assert name in vocabulary


def test_a_bad_row_is_named_with_file_and_line() -> None:
    def refuse(row: dict[str, str]) -> list[Result]:
        msg = f"no such model {row['model']}"
        raise ValueError(msg)

    with pytest.raises(ValueError, match=r"inference_times\.csv, line 4: no such model Pretrained PCA"):
        list(tables.parse("inference_times.csv", refuse))  # type: ignore[arg-type]


def test_every_number_is_that_of_the_reference_tables(
    points: list[SaturationPoint], results: list[Result], shared: Path
) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (shared / "reference" / name).open(encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    vocabulary = load_vocabulary()

    def of_the_study(name: str) -> str:
        model = vocabulary.resolve("model", name)
        return f"{model}_denadel" if model in denadel.RETRAINED else model

    wanted = Counter(
        (
            row["evaluation"],
            of_the_study(row["model"]),
            row["downsampling_method"].replace("spikein", "spike_in"),
            vocabulary.resolve("dataset", row["dataset"]),
            float(row["saturation_percentage"]) / 100,
        )
        for row in rows("published_saturation_points.csv")
    )
    assert wanted == Counter((p.evaluation, *_cell(p), p.fraction) for p in points if p.status == "as_printed")
    curve = Counter(
        (
            row["evaluation"],
            of_the_study(row["series"]),
            vocabulary.resolve("dataset", row["dataset"]),
            float(row["pretraining_percentage"]) / 100 if row["pretraining_percentage"] else None,
            float(row["value_digitized"]),
        )
        for row in rows("published_curves_digitized.csv")
        if row["value_digitized"]
    )
    assert curve == Counter(
        (r.evaluation, r.model_id, r.dataset_id, r.fraction, r.value) for r in results if r.digitized
    )
