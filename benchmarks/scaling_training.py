"""Cells per second of the scaling engine on one thread: ``python benchmarks/scaling_training.py [steps]``.

Simulated cells with as many non-zero counts as real ones; medians of three rounds. What limits training at 2,000
genes is the two wide matrix products (first and last layer): the last column says how much of the time they take.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import torch

from scaling.corpus.counts import build_corpus
from scaling.families import find
from scaling.sampling.subsets import celltype_reweighted
from scaling.simulate import simulate
from scaling.train.loop import Training, train
from scaling.views.counts import choose_counts

GENES = 2000
BATCH = 128


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    torch.set_num_threads(1)
    sets = simulate(cells=4000, genes=GENES, depth=2000)
    corpus = build_corpus(sets, name="benchmark", min_genes=100)
    cells = choose_counts(corpus, np.arange(GENES))
    print(f"{len(cells)} cells x {GENES} genes, {len(cells.counts) / len(cells):.0f} genes per cell, one thread")
    print("family        batch   cells/s   ms/step   products alone, ms")
    for name in ("masked", "contrastive"):
        family = find(name)
        training = Training(name, family.config(), steps, BATCH, (steps,))
        seconds = statistics.median(
            train(
                family.build(corpus.genes.tolist(), training.config, seed_init=0), cells, np.arange(len(cells)),
                training, seed_init=0, at_checkpoint=_nothing,
            )
            for _ in range(3)
        )  # fmt: skip
        alone = 1000 * _products(name)
        print(f"{name:12} {BATCH:6} {steps * BATCH / seconds:9,.0f} {1000 * seconds / steps:9.2f} {alone:12.2f}")
    labels = np.random.default_rng(0).zipf(1.3, 1_000_000).clip(max=164)
    start = time.perf_counter()
    chosen = celltype_reweighted(labels, 100_000, seed=0)
    print(f"re-weighting: {len(chosen):,} of {len(labels):,} cells in {time.perf_counter() - start:.2f} s")


def _nothing(step: int, model: object) -> None:
    """Score nothing."""
    del step, model


def _products(family: str) -> float:
    """Seconds per step of the wide products of a forward and a backward pass."""
    wide = torch.rand(BATCH if family == "masked" else 2 * BATCH, GENES)
    narrow, weight = torch.rand(len(wide), 256), torch.rand(GENES, 256)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        _ = wide @ weight, wide.T @ narrow
        if family == "masked":
            _ = narrow @ weight.T, wide.T @ narrow, wide @ weight
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
