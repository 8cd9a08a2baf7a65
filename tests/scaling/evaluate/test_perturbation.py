from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph.evidence.measured import Measured, interval_of
from graph.vocabulary.protocol import (
    CHANGE_DIRECTION,
    CHANGE_RANK,
    ENERGY_REMOVED,
    PEARSON_DELTA,
    PEARSON_R,
    R_SQUARED,
)
from scaling.corpus.h5ad import read_h5ad
from scaling.evaluate.kinds.perturbation import Change, respond
from scaling.evaluate.predictions import GROUPS, cell_groups
from scaling.evaluate.response import Responses
from scaling.evaluate.response_models import BASELINES, Training, head_change

# Three types and four genes. Each type has two untreated cells, which differ by +-1 in the first gene, and two treated
# ones, which do so too: the means are those of the tables, and every energy distance can be had by hand.
CONTROL = {"a": [1.0, 2.0, 3.0, 4.0], "b": [4.0, 2.0, 3.0, 1.0], "c": [2.0, 2.0, 2.0, 6.0]}
CHANGE = {"a": [0.0, 4.0, 0.0, -2.0], "b": [0.0, 2.0, 2.0, 0.0], "c": [0.0, 3.0, 1.0, 0.0]}
TYPES = ("a", "b", "c")
APART = np.array([1, 0, 0, 0])


def _cells() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows, labels, treated = [], [], []
    for name in TYPES:
        for is_treated in (False, True):
            mean = np.array(CONTROL[name]) + is_treated * np.array(CHANGE[name])
            rows += [mean + APART, mean - APART]
            labels += [name, name]
            treated += [is_treated, is_treated]
    return np.array(rows), np.array(labels), np.array(treated), np.zeros(12, dtype=np.int8)


def _baseline(name: str, expression: np.ndarray) -> Change:
    return lambda training, own, left_out: BASELINES[name](training, expression[own].mean(axis=0))


def _of(name: str, *, genes: int = 2) -> Responses:
    expression, labels, treated, groups = _cells()
    return respond(expression, labels, treated, groups, _baseline(name, expression), genes=genes)


def test_scores_of_the_mean_change_are_those_computed_by_hand() -> None:
    # c is left out. Mean change of a and b: 0, 3, 1, -1; measured: 0, 3, 1, 0. Predicted mean 2, 5, 3, 5 where 2, 5, 3,
    # 6 is measured. Two genes change most in a and b: the second (3), and of the two that change by 1 the third.
    scored = next(entry for entry in _of("model:mean_change").types if entry.name == "c")
    assert scored.genes.tolist() == [1, 2]
    scores = scored.scores()
    # r: deviations -1.75, 1.25, -.75, 1.25 and -2, 1, -1, 2: 8 / sqrt(6.75 * 10)
    assert scores[PEARSON_R] == pytest.approx(8 / np.sqrt(67.5))
    assert scores[R_SQUARED] == pytest.approx(64 / 67.5)
    # delta r: deviations -.75, 2.25, .25, -1.75 and -1, 2, 0, -1: 7 / sqrt(8.75 * 6)
    assert scores[PEARSON_DELTA] == pytest.approx(7 / np.sqrt(52.5))
    assert scores[CHANGE_DIRECTION] == 1.0
    assert scores[CHANGE_RANK] == pytest.approx(1.0)
    # Cells lie at +-1 in the first gene. Predicted against treated: off by 1 in the last gene, so that equal signs are
    # 1 apart and others sqrt(5); within a sample 0 and 2. Untreated against treated: sqrt(10) and sqrt(14).
    predicted, control = (1 + np.sqrt(5)) - 2, (np.sqrt(10) + np.sqrt(14)) - 2
    assert scored.energies() == pytest.approx((predicted, control))
    assert scores[ENERGY_REMOVED] == pytest.approx(1 - predicted / control)


def test_no_change_says_nothing_of_the_change_however_well_it_correlates_with_what_is_measured() -> None:
    scores = _of("model:no_change").scores()
    assert scores[PEARSON_DELTA] == scores[CHANGE_DIRECTION] == scores[CHANGE_RANK] == scores[ENERGY_REMOVED] == 0.0
    # a: 1, 2, 3, 4 against 1, 6, 3, 2; b: 4, 2, 3, 1 against 4, 4, 5, 1; c: 2, 2, 2, 6 against 2, 5, 3, 6
    by_hand = [0, 5 / np.sqrt(5 * 9), 8 / np.sqrt(12 * 10)]
    assert scores[PEARSON_R] == pytest.approx(np.mean(by_hand))


def test_the_additive_model_weighs_types_by_cells_and_the_nearest_type_lends_its_change() -> None:
    training = Training(
        control=np.array([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]),
        treated=np.array([[1.0, 1.0, 2.0], [2.0, 1.0, 4.0]]),
        control_cells=np.array([30, 10]),
        treated_cells=np.array([60, 10]),
    )
    own = np.array([1.9, 1.2, 0.0])
    # weights 30 * 60 / 90 = 20 and 10 * 10 / 20 = 5
    np.testing.assert_allclose(BASELINES["model:additive_baseline"](training, own), [20 / 25, 0, 5 * 4 / 25])
    np.testing.assert_allclose(BASELINES["model:nearest_type_change"](training, own), [0, 0, 4])
    np.testing.assert_allclose(BASELINES["model:mean_change"](training, own), [0.5, 0, 2])


def test_genes_are_chosen_without_the_cells_that_are_scored() -> None:
    expression, labels, treated, groups = _cells()
    moved = expression.copy()
    moved[(labels == "c") & treated, 0] += 50.0
    change = _baseline("model:mean_change", expression)
    before, after = (respond(cells, labels, treated, groups, change, genes=2).types[2] for cells in (expression, moved))
    assert before.genes.tolist() == after.genes.tolist()
    np.testing.assert_array_equal(before.predicted, after.predicted)


def _head(points: np.ndarray, labels: np.ndarray, treated: np.ndarray) -> Change:
    def change(training: Training, own: np.ndarray, name: str) -> np.ndarray:
        others = [other for other in np.unique(labels) if other != name]
        return head_change([points[(labels == other) & ~treated] for other in others], training.changes, points[own])

    return change


def test_a_planted_effect_is_found_by_an_embedding_that_holds_it_and_not_by_the_baselines() -> None:
    rng = np.random.default_rng(0)
    levels = {f"t{number}": number - 2.5 for number in range(6)}  # the change of a type is its level times one pattern
    pattern = rng.normal(size=30)
    labels = np.repeat(list(levels), 40)
    treated = np.tile(np.repeat([False, True], 20), 6)
    level = np.array([levels[name] for name in labels])
    expression = rng.normal(size=(6, 30)).repeat(40, axis=0) + 0.1 * rng.normal(size=(240, 30))
    expression += (level * treated)[:, None] * pattern
    groups = cell_groups(len(labels))
    informed = np.c_[level, rng.normal(size=(240, 3))] + 0.05 * rng.normal(size=(240, 4))
    scores = {
        name: respond(expression, labels, treated, groups, change, genes=10).scores()
        for name, change in {
            "informed": _head(informed, labels, treated),
            "noise": _head(rng.normal(size=(240, 4)), labels, treated),
            **{name: _baseline(name, expression) for name in BASELINES},
        }.items()
    }
    assert scores["informed"][PEARSON_DELTA] > 0.95
    assert scores["informed"][CHANGE_DIRECTION] > 0.95
    assert scores["informed"][ENERGY_REMOVED] > 0.6
    for name in scores.keys() - {"informed"}:
        assert scores[name][PEARSON_DELTA] < 0.5, name
        assert scores[name][ENERGY_REMOVED] < 0.2, name


def test_a_good_embedding_of_real_cells_ranks_over_a_noisy_one_over_noise(shared: Path) -> None:
    cells = read_h5ad(shared / "cells" / "kang_muscat.h5ad")
    labels, treated = cells.obs["cell_type"], cells.obs["condition"] == "stim"
    library = np.bincount(np.repeat(np.arange(len(cells)), np.diff(cells.indptr)), cells.counts, len(cells))
    expression = np.zeros((len(cells), len(cells.genes)))
    expression[np.repeat(np.arange(len(cells)), np.diff(cells.indptr)), cells.indices] = cells.counts
    expression = np.log1p(expression / library[:, None] * 1e4)[:, :100]
    # Planted: what the treatment does to the type, along the axes in which types differ in that.
    names = np.unique(labels)
    means = {
        (name, after): expression[(labels == name) & (treated == after)].mean(axis=0)
        for name in names
        for after in (False, True)
    }
    changes = np.array([means[name, True] - means[name, False] for name in names])
    axes = np.linalg.svd(changes - changes.mean(axis=0), full_matrices=False)
    known = (axes[0] * axes[1])[np.searchsorted(names, labels)]
    rng, groups = np.random.default_rng(0), cell_groups(len(cells))
    noise = rng.normal(size=known.shape) * known.std()
    measured = {
        name: respond(expression, labels, treated, groups, _head(points, labels, treated), genes=50)
        for name, points in {"good": known + 0.1 * noise, "noisy": known + 2.0 * noise, "noise": noise}.items()
    }
    for metric in (PEARSON_DELTA, ENERGY_REMOVED):
        values = {
            name: Measured.of(entry.scores()[metric], entry.without_cells()[metric]) for name, entry in measured.items()
        }
        assert all(len(entry.without_cells()[metric]) == GROUPS for entry in measured.values())
        for better, worse in (("good", "noisy"), ("noisy", "noise")):
            difference = values[better] - values[worse]
            interval = interval_of([difference, difference])  # no seeds: the error over cells alone
            assert interval is not None
            assert interval.low > 0, (metric, better, worse, difference.value)
        assert values["noisy"].value > values["noise"].value, metric
