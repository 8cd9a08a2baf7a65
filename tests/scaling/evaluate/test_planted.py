"""Naming cell types, trained on nothing, on a probe and on a head: what is planted on real cells is ranked rightly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from graph.evidence.measured import Measured, interval_of
from graph.vocabulary.protocol import MACRO_F1, MICRO_F1
from scaling.corpus.h5ad import read_h5ad
from scaling.evaluate import methods
from scaling.evaluate.finetune import Recipe, classify, frozen
from scaling.evaluate.knn import stratified_halves
from scaling.evaluate.predictions import Predicted, cell_groups
from scaling.evaluate.splits import label_few

RECIPE = Recipe(
    hidden=16, dropout=0.0, learning_rate=0.01, weight_decay=0.0, batch_size=64, epochs=10, patience=10, balanced=False,
    seed=0,
)  # fmt: skip


def _named(way: str, points: npt.NDArray[np.float32], labels: npt.NDArray[np.str_]) -> Predicted:
    learnt, test = stratified_halves(labels, seed=0)
    if way == "fine-tuned":
        names, codes = np.unique(labels, return_inverse=True)
        known = label_few(codes.astype(np.int64), learnt, share=1.0, seed=0)
        guess = names[classify(frozen(points), codes.astype(np.int64), known, test, RECIPE)]
    else:
        method = methods.find(way)
        guess = method.predict(points[learnt], labels[learnt], points[test], method.config())
    return Predicted.of(labels[test], guess, cell_groups(len(labels))[test])


@pytest.mark.parametrize("way", ["knn", "probe", "fine-tuned"])
def test_a_good_embedding_of_real_cells_ranks_over_a_noisy_one_over_noise(shared: Path, way: str) -> None:
    labels = read_h5ad(shared / "cells" / "pbmc_3tech.h5ad").obs["cell_type"]
    noise, types = np.random.default_rng(0).normal(size=(len(labels), 12)), np.eye(12)[_codes(labels)]
    planted = {"good": 6.0 * types + noise, "noisy": 2.5 * types + noise, "noise": noise}
    named = {name: _named(way, points.astype(np.float32), labels) for name, points in planted.items()}
    for metric in (MICRO_F1, MACRO_F1):
        scores = {
            name: Measured.of(each.scores()[metric], each.without_cells()[metric]) for name, each in named.items()
        }
        for better, worse in (("good", "noisy"), ("noisy", "noise")):
            difference = scores[better] - scores[worse]
            interval = interval_of([difference, difference])  # no seeds: the error over cells alone
            assert interval is not None
            assert interval.low > 0, (metric, better, worse, difference.value)


def _codes(labels: npt.NDArray[np.str_]) -> npt.NDArray[np.int64]:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
