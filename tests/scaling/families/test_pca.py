from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from scaling.corpus.counts import build_corpus
from scaling.families.pca import PcaConfig, PrincipalComponents
from scaling.model.components import fit_components
from scaling.model.embedding import embed
from scaling.simulate import simulate
from scaling.views.log import log_normalise


def test_loadings_agree_with_scikit_learn_up_to_sign() -> None:
    corpus = build_corpus(simulate(cells=200, genes=150, depth=800, seed=0), name="c", min_genes=10)
    cells = log_normalise(corpus, np.arange(150))
    rows = np.arange(0, 200, 2)
    ours = fit_components(cells, rows, components=5)
    other = PCA(5, svd_solver="full").fit(cells.dense(rows)).components_.T
    np.testing.assert_allclose(np.abs(ours), np.abs(other), atol=2e-3)


def test_few_cells_give_few_components_and_zeros_in_place_of_the_others() -> None:
    corpus = build_corpus(simulate(cells=60, genes=150, seed=0), name="c", min_genes=10)
    cells = log_normalise(corpus, np.arange(150))
    loadings = fit_components(cells, np.arange(10), components=50)
    assert loadings.shape == (150, 9)
    model = PrincipalComponents(corpus.genes.tolist(), PcaConfig())
    model.fit(cells.cells, np.arange(10))
    embedded = embed(model, cells.cells)
    assert embedded.shape == (60, 50)
    assert (embedded[:, 9:] == 0).all()
    np.testing.assert_allclose(embedded[:, :9], cells.dense(np.arange(60)) @ loadings, rtol=1e-4, atol=1e-4)
