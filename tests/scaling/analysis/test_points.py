from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from graph.records import Result, SaturationPoint
from graph.vocabulary.protocol import POOLED
from scaling.analysis.points import any_run, equivalence, saturation, seed_mean
from scaling.analysis.powerlaw import power_law
from scaling.simulate import simulate_scores

CELLS = (100, 316, 1000, 3162, 10_000)
SEEDS = range(6)


def _scores(truth: str, seed: int, *, noise: float = 0.005, plateau_at: int | None = None) -> np.ndarray:
    return simulate_scores(truth, cells=CELLS, replicates=5, noise=noise, seed=seed, plateau_at=plateau_at)  # type: ignore[arg-type]


def _results(
    scores: np.ndarray, *, steps: int | None = 4000, dataset: str = "pbmc3k", sampling: str = "random"
) -> Iterator[Result]:
    for seed, row in enumerate(scores):
        for cells, value in zip(CELLS, row, strict=True):
            yield Result(
                study="s",
                evaluation="knn5_cross_study",
                model_id="model:ours_masked",
                dataset_id=f"dataset:{dataset}",
                reference_id="dataset:kang_ctrl",
                task_id="task:cell_type_classification",
                metric_id="metric:macro_f1",
                value=float(value),
                sampling=sampling,
                cells=cells,
                fraction=cells / CELLS[-1],
                steps=steps,
                seed_data=seed,
                seed_init=seed,
                seed_split=0,
                source="reproduced",
            )


def _point(points: list[SaturationPoint], **wanted: object) -> SaturationPoint:
    found = [p for p in points if all(getattr(p, name) == value for name, value in wanted.items())]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_truth_without_plateau_is_rising(seed: int) -> None:
    assert equivalence(CELLS, _scores("rising", seed), delta=0.02).outcome == "rising"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plateau_at_a_tenth_of_the_corpus_is_found_there(seed: int) -> None:
    found = equivalence(CELLS, _scores("plateau", seed, plateau_at=1000), delta=0.02)
    assert (found.outcome, found.cells) == ("saturated", 1000)
    assert found.low == found.high == 1000


@pytest.mark.parametrize("seed", SEEDS)
def test_a_flat_truth_is_saturated_at_the_smallest_size(seed: int) -> None:
    assert equivalence(CELLS, _scores("flat", seed), delta=0.02).cells == 100


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_that_hides_the_margin_is_not_identified(seed: int) -> None:
    found = equivalence(CELLS, _scores("flat", seed, noise=0.08), delta=0.02)
    assert found.outcome in {"not_identified", "rising"}
    assert found.cells is None


def test_noise_alone_is_called_rising_no_more_often_than_the_level_allows() -> None:
    outcomes = [equivalence(CELLS, _scores("flat", seed, noise=0.08), delta=0.02).outcome for seed in range(200)]
    assert outcomes.count("rising") <= 20


def test_one_replicate_identifies_nothing() -> None:
    assert equivalence(CELLS, _scores("flat", 0)[:1], delta=0.02).outcome == "not_identified"


def test_the_chance_that_the_point_lies_at_or_below_rises_with_size_to_one() -> None:
    chances = [chance for _, chance in equivalence(CELLS, _scores("plateau", 0, plateau_at=1000), delta=0.02).p_at_most]
    assert chances == sorted(chances)
    assert chances[0] < 0.05
    assert chances[-1] == 1.0


def test_the_published_rule_takes_any_run_and_the_mean_rule_does_not() -> None:
    scores = np.array([[0.95, 0.7, 0.9, 0.95], [0.5, 0.7, 0.9, 0.95]])
    assert any_run((1, 10, 100, 1000), scores).cells == 1000 or any_run((1, 10, 100, 1000), scores).cells == 1
    assert any_run((1, 10, 100, 1000), scores).cells == 1
    assert seed_mean((1, 10, 100, 1000), scores).cells == 1000


def test_a_score_of_exactly_the_share_is_not_enough() -> None:
    scores = np.array([[0.475, 0.5]])
    assert any_run((1, 10), scores, fraction=0.95).cells == 10


@pytest.mark.parametrize("seed", SEEDS)
def test_the_profile_interval_of_a_power_law_holds_the_true_point(seed: int) -> None:
    size = np.array(CELLS, dtype=float)
    truth = 0.9 - 2.0 * size**-0.6
    scores = truth + np.random.default_rng(seed).normal(0, 0.004, (6, len(CELLS)))
    grid = np.geomspace(100, 10_000, 5000)
    true = grid[np.argmax(truth[-1] - (0.9 - 2.0 * grid**-0.6) < 0.02)]
    fit = power_law(CELLS, scores, delta=0.02)
    assert fit is not None
    assert fit.low <= true * 1.3
    assert fit.high >= true / 1.3


def test_a_curve_that_is_no_power_law_is_not_fitted() -> None:
    bent = np.array([0.5, 0.9, 0.6, 0.9, 0.7]) + np.random.default_rng(0).normal(0, 0.004, (6, 5))
    assert power_law(CELLS, bent, delta=0.02) is None


def test_results_become_points_by_every_rule_with_shares_of_the_corpus() -> None:
    points = saturation(_results(_scores("plateau", 0, plateau_at=1000)))
    assert {point.rule for point in points} == {"equivalence@1", "paper_any_run@1", "seed_mean@1", "power_law@1"}
    point = _point(points, rule="equivalence@1")
    assert (point.fraction, point.cells, point.corpus_cells, point.threshold) == (0.1, 1000, 10_000, 0.02)
    assert point.p_at_most["1"] == 1.0
    assert len(point.result_ids) == 25


def test_held_out_studies_are_pooled_and_solved_ones_left_out() -> None:
    rising = [r for n, name in enumerate(("a", "b")) for r in _results(_scores("rising", n), dataset=name)]
    flat = list(_results(_scores("flat", 7), dataset="kang_ctrl"))
    solved = flat[0].model_copy(update={"model_id": "model:pca_reference", "value": 0.98, "cells": None})

    def pooled(results: list[Result]) -> SaturationPoint:
        return _point(saturation(results), rule="equivalence@1", dataset_id=POOLED)

    assert len(pooled([*rising, *flat]).result_ids) == 75
    without = pooled([*rising, *flat, solved])
    assert len(without.result_ids) == 50
    assert without.outcome == "rising"
    assert not [p for p in saturation([*rising[:25], *flat, solved]) if p.dataset_id == POOLED]


def test_a_conclusion_that_the_budget_changes_is_called_so_on_the_pooled_point() -> None:
    results = [
        result
        for dataset, seed in (("pbmc3k", 0), ("pbmc_3tech", 7))
        for steps, truth in ((1000, "flat"), (4000, "rising"))
        for result in _results(_scores(truth, seed), steps=steps, dataset=dataset)
    ]
    points = saturation(results)
    assert _point(points, rule="equivalence@1", dataset_id=POOLED, steps=4000).outcome == "budget_dependent"
    assert _point(points, rule="equivalence@1", dataset_id=POOLED, steps=1000).outcome == "saturated"
    assert _point(points, rule="equivalence@1", dataset_id="dataset:pbmc3k", steps=4000).outcome == "rising"


def test_other_ways_of_sampling_are_compared_with_the_whole_corpus_of_the_random_runs() -> None:
    random = list(_results(_scores("flat", 0)))
    other = [r for r in _results(_scores("flat", 1), sampling="celltype_reweighted") if r.fraction != 1.0]
    point = _point(saturation([*random, *other]), rule="equivalence@1", sampling="celltype_reweighted")
    assert (point.cells, point.corpus_cells) == (100, 10_000)


def test_the_checkpoints_that_validation_chose_have_a_point_beside_that_of_the_last_step() -> None:
    early, late = list(_results(_scores("flat", 1), steps=1000)), list(_results(_scores("rising", 1), steps=4000))
    # small subsets are best early, the whole corpus at the end
    early = [result.model_copy(update={"chosen": result.cells != CELLS[-1]}) for result in early]
    late = [result.model_copy(update={"chosen": result.cells == CELLS[-1]}) for result in late]
    points = saturation([*early, *late])
    wanted = {"rule": "equivalence@1", "dataset_id": "dataset:pbmc3k"}
    chosen = _point(points, checkpoint="chosen", **wanted)
    last = _point(points, checkpoint=None, steps=4000, **wanted)
    assert chosen.steps is None
    assert chosen.id != last.id
    picked = {result.id for result in (*early, *late) if result.chosen}
    assert set(chosen.result_ids) == picked
    assert _point(saturation(late), checkpoint=None, **wanted) == last
