from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from scaling.corpus.counts import build_corpus
from scaling.families import pca
from scaling.simulate import simulate
from scaling.views.log import log_normalise


def test_loadings_agree_with_scikit_learn_up_to_sign() -> None:
    corpus = build_corpus(simulate(cells=200, genes=150, depth=800, seed=0), name="c", min_genes=10)
    cells = log_normalise(corpus, np.arange(150))
    rows = np.arange(0, 200, 2)
    ours = pca.fit(cells, rows, components=5)
    other = PCA(5, svd_solver="full").fit(cells.dense(rows)).components_.T
    np.testing.assert_allclose(np.abs(ours), np.abs(other), atol=2e-3)


def test_few_cells_give_few_components() -> None:
    corpus = build_corpus(simulate(cells=60, genes=150, seed=0), name="c", min_genes=10)
    cells = log_normalise(corpus, np.arange(150))
    assert pca.fit(cells, np.arange(10), components=50).shape == (150, 9)
    assert pca.embed(cells, pca.untrained(150, components=50, seed=0)).shape == (60, 50)
