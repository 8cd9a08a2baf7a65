from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score
from sklearn.neighbors import KNeighborsClassifier

from scaling.evaluate.knn import knn_predict, macro_f1, micro_f1, stratified_halves


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(6, 80), st.integers(1, 70))
def test_predictions_and_scores_agree_with_scikit_learn(seed: int, types: int, train: int, query: int) -> None:
    rng = np.random.default_rng(seed)
    points, others = rng.normal(size=(train, 4)), rng.normal(size=(query, 4))
    labels, truth = rng.integers(0, types, train).astype(str), rng.integers(0, types, query).astype(str)
    predicted = knn_predict(points, labels, others, block=16)
    reference = KNeighborsClassifier(5, algorithm="brute").fit(points, labels).predict(others)
    assert predicted.tolist() == reference.tolist()
    assert micro_f1(truth, predicted) == pytest.approx(f1_score(truth, predicted, average="micro"))
    assert macro_f1(truth, predicted) == pytest.approx(f1_score(truth, predicted, average="macro", zero_division=0.0))


def test_a_tie_of_votes_goes_to_the_label_that_sorts_first() -> None:
    points = np.array([[0.0], [1.0], [2.0], [3.0], [100.0]])
    labels = np.array(["b", "b", "a", "a", "c"])
    assert knn_predict(points, labels, np.array([[1.5]]), k=4).tolist() == ["a"]


def test_halves_are_stratified_disjoint_and_complete() -> None:
    labels = np.array(["a"] * 11 + ["b"] * 4)
    train, test = stratified_halves(labels, seed=0)
    assert sorted([*train, *test]) == list(range(15))
    assert np.unique(labels[train], return_counts=True)[1].tolist() == [5, 2]
    assert (stratified_halves(labels, seed=1)[0] != train).any()


def test_permuted_labels_score_at_chance() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(["a", "b", "c", "d"], 200)
    points = rng.normal(size=(800, 5)) + 4.0 * np.eye(5)[:4].repeat(200, axis=0)
    train, test = stratified_halves(labels, seed=0)
    assert micro_f1(labels[test], knn_predict(points[train], labels[train], points[test])) > 0.95
    mixed = rng.permutation(labels)
    assert micro_f1(mixed[test], knn_predict(points[train], mixed[train], points[test])) == pytest.approx(
        0.25, abs=0.08
    )


def test_too_few_training_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="3 training cells"):
        knn_predict(np.zeros((3, 2)), np.array(["a", "b", "c"]), np.zeros((1, 2)))
