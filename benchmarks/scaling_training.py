"""Cells per second of the scaling engine on one thread: ``python benchmarks/scaling_training.py [steps]``.

Simulated cells with as many non-zero counts as real ones; medians of three rounds. What limits training at 2,000
genes is the two wide matrix products (first and last layer): the last column says how much of the time they take.

Then two ways to take the same steps, in turn with the plain one, as ratios of processor time (medians over steps): the
steps of 4 and of 8 seeds as one against one by one, and compiled parts against plain torch, with the seconds that
compiling takes and the steps after which they are paid back.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from scaling.corpus.counts import build_corpus
from scaling.families import find
from scaling.sampling.subsets import celltype_reweighted
from scaling.simulate import simulate
from scaling.train.compiling import as_compiled
from scaling.train.learner import Learner
from scaling.train.loop import Training, train
from scaling.train.stack import Stack
from scaling.train.training import Trainee
from scaling.views.counts import GeneCounts, choose_counts

GENES = 2000
BATCH = 128
STACKED = {"masked": (128, 16), "contrastive": (128, 16), "ssl": (128, 16), "scvi": (128, 16)}
"""Cells of a step by family."""
COMPILED = {"masked": 128, "contrastive": 128, "ssl": 128, "scvi": 128, "geneformer": 32, "binned": 32}
TURNS = 12
"""Steps of each way."""


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
            ).seconds
            for _ in range(3)
        )  # fmt: skip
        alone = 1000 * _products(name)
        print(f"{name:12} {BATCH:6} {steps * BATCH / seconds:9,.0f} {1000 * seconds / steps:9.2f} {alone:12.2f}")
    print("\nfamily        batch   seeds   ms/step and seed: alone   stacked   alone / stacked")
    for name, batches in STACKED.items():
        for batch in batches:
            for seeds in (4, 8):
                alone, together = (1000 * each / seeds for each in stacked(name, cells, batch, seeds))
                print(f"{name:12} {batch:6} {seeds:7} {alone:25.2f} {together:9.2f} {alone / together:17.2f}")
    print("\nfamily        batch   ms/step: plain   compiled   plain / compiled   seconds   steps to pay back")
    for name, batch in COMPILED.items():
        print(compiled_row(name, cells, batch))
    labels = np.random.default_rng(0).zipf(1.3, 1_000_000).clip(max=164)
    start = time.perf_counter()
    chosen = celltype_reweighted(labels, 100_000, seed=0)
    print(f"re-weighting: {len(chosen):,} of {len(labels):,} cells in {time.perf_counter() - start:.2f} s")


def learner_of(family: str, cells: GeneCounts, batch: int, seed: int, *, compiled: bool = False) -> Learner:
    """A model before its first step."""
    found = find(family)
    model = found.build([f"gene{number}" for number in range(GENES)], found.config(), seed_init=seed)
    training = Training(family, found.config(), 1_000_000, batch, ())
    trainee = Trainee(model, cells, np.arange(len(cells)), seed, _nothing)
    return Learner(trainee, training, device="cpu", precision="float32", compiled=compiled)


def in_turns(*ways: Callable[[int], object]) -> list[float]:
    """Processor time of a step of each way, the median; the first two steps prepare."""
    times: list[list[float]] = [[] for _ in ways]
    for step in range(1, TURNS + 3):
        for take, own in zip(ways, times, strict=True):
            start = time.process_time()
            take(step)
            own.append(time.process_time() - start)
    return [statistics.median(own[2:]) for own in times]


def stacked(family: str, cells: GeneCounts, batch: int, seeds: int) -> list[float]:
    """Seconds of a step of all seeds, one by one and as one."""
    alone = [learner_of(family, cells, batch, seed) for seed in range(seeds)]
    stack = Stack([learner_of(family, cells, batch, seed) for seed in range(seeds)])
    with stack.joined():
        return in_turns(lambda step: [each.take_step(step) for each in alone], stack.take_step)


def compiled_row(family: str, cells: GeneCounts, batch: int) -> str:
    """Milliseconds of a step, plain and compiled, and what compiling took."""
    start = time.perf_counter()
    fast = learner_of(family, cells, batch, 0, compiled=True)
    took = time.perf_counter() - start
    if not fast.compiled:
        return f"{family:12} {batch:6}   not compiled here"
    with as_compiled():
        times = in_turns(learner_of(family, cells, batch, 0).take_step, fast.take_step)
    plain, compiled = (1000 * each for each in times)
    back = f"{1000 * took / (plain - compiled):19,.0f}" if plain > compiled else f"{'never':>19}"
    return f"{family:12} {batch:6} {plain:16.2f} {compiled:10.2f} {plain / compiled:18.2f} {took:9.1f} {back}"


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
