from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scaling.corpus.counts import build_corpus, label_cells, take
from scaling.corpus.h5ad import read_h5ad
from scaling.evaluate.knn import knn_predict, macro_f1, stratified_halves
from scaling.model.components import fit_components, project
from scaling.simulate import Truth, simulate, write_simulated
from scaling.views.log import log_normalise


def _quality(truth: Truth, seed: int) -> list[float]:
    """Macro F1 on held-back cells of PCA fitted on 150 and on 1,500 cells."""
    sets = simulate(cells=2300, genes=400, types=6, truth=truth, depth=1500, seed=seed)
    corpus = build_corpus(sets, name="c", labels=[label_cells(cells) for cells in sets], min_genes=10)
    order = np.random.default_rng(seed).permutation(len(corpus))
    seen, held = log_normalise(corpus, np.arange(400)), take(corpus, np.sort(order[:800]))
    query = log_normalise(held, np.arange(400))
    train, test = stratified_halves(held.label, seed=0)
    scores = []
    for size in (150, 1500):
        embedded = project(query, fit_components(seen, np.sort(order[800 : 800 + size]), components=20))
        scores.append(macro_f1(held.label[test], knn_predict(embedded[train], held.label[train], embedded[test])))
    return scores


@pytest.mark.parametrize("seed", range(3))
def test_the_switch_decides_whether_more_cells_help(seed: int) -> None:
    few, many = _quality("plateau", seed)
    assert many - few < 0.03
    few, many = _quality("rising", seed)
    assert many - few > 0.08


def test_simulated_cells_say_so_after_a_way_through_a_file(tmp_path: Path) -> None:
    paths = write_simulated(tmp_path, simulate(cells=40, genes=100, studies=2, seed=0))
    cells = [read_h5ad(path) for path in paths]
    assert [entry.name for entry in cells] == ["simulated1", "simulated2"]
    assert all(entry.simulated for entry in cells)


def test_counts_have_the_asked_depth_and_differ_by_seed() -> None:
    first = simulate(cells=400, genes=500, depth=1000, seed=0)[0]
    totals = np.add.reduceat(first.counts, first.indptr[:-1])
    assert 800 < np.median(totals) < 1200
    assert not np.array_equal(first.counts, simulate(cells=400, genes=500, depth=1000, seed=1)[0].counts)
