from __future__ import annotations

import numpy as np
import pytest

from scaling.corpus.counts import build_corpus
from scaling.sampling.diversity import gini_simpson, inverse_simpson, shannon, vendi
from scaling.simulate import simulate
from scaling.views.log import log_normalise
from tests.scaling.recorded import recorded
from tests.scaling.sampling.points import clustered_points


def test_equal_shares_of_k_labels_have_log2_k_bits_and_k_effective_labels() -> None:
    labels = np.repeat(["a", "b", "c", "d"], 25)
    assert shannon(labels) == pytest.approx(2.0)
    assert gini_simpson(labels) == pytest.approx(0.75)
    assert inverse_simpson(labels) == pytest.approx(4.0)


def test_one_label_has_no_diversity() -> None:
    labels = np.array(["a", "a"])
    assert (shannon(labels), gini_simpson(labels), inverse_simpson(labels)) == (0.0, 0.0, 1.0)


def test_the_vendi_score_counts_distinct_profiles() -> None:
    profiles = np.eye(6)[np.arange(60) % 3]
    assert vendi(profiles, n=60, seed=0) == pytest.approx(3.0)
    assert vendi(np.ones((10, 4)), n=10, seed=0) == pytest.approx(1.0)


def test_both_sides_of_the_product_give_one_vendi_score() -> None:
    profiles = np.random.default_rng(0).normal(size=(30, 30))
    wide = np.hstack([profiles, np.zeros((30, 10))])
    tall = np.vstack([profiles])[:, :20]
    similarity = (tall / np.linalg.norm(tall, axis=1, keepdims=True)) @ (
        tall / np.linalg.norm(tall, axis=1, keepdims=True)
    ).T
    values = np.linalg.eigvalsh(similarity / 30)
    values = values[values > 1e-12]
    assert vendi(tall, n=30, seed=0) == pytest.approx(np.exp(-(values * np.log(values)).sum()))
    assert vendi(wide, n=30, seed=0) == pytest.approx(vendi(profiles, n=30, seed=1))


def test_scores_of_more_cells_than_there_are_are_refused() -> None:
    with pytest.raises(ValueError, match="compare at a smaller n"):
        vendi(np.ones((3, 2)), n=4, seed=0)
    with pytest.raises(ValueError, match="no cells"):
        shannon(np.array([], dtype=str))


def test_the_vendi_score_is_that_of_the_published_library() -> None:
    points = clustered_points("float64")
    assert vendi(points, n=len(points), seed=0) == pytest.approx(float(recorded("vendi")["dual"]), rel=1e-8)


def test_log_counts_and_their_dense_matrix_have_one_vendi_score() -> None:
    corpus = build_corpus(simulate(cells=90, genes=60, types=4, depth=500, seed=0), name="c", min_genes=10)
    cells = log_normalise(corpus, np.arange(60))
    dense = cells.dense(np.arange(len(cells))).astype(np.float64)
    for n in (40, 80):  # fewer and more cells than genes
        assert vendi(cells, n=n, seed=1) == pytest.approx(vendi(dense, n=n, seed=1), rel=1e-12)
        scaled = dense[np.random.default_rng(1).choice(90, n, replace=False)]
        spread = scaled.std(axis=0, ddof=1)
        scaled = (scaled - scaled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        expected = vendi(scaled, n=n, seed=0)
        assert vendi(cells, n=n, seed=1, standardise=True) == pytest.approx(expected, rel=1e-9)
