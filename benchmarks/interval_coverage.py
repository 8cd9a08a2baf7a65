"""How often does an interval hold the true difference, with test cells drawn at random as well as seeds?

    python benchmarks/interval_coverage.py [--sims 1000] [--seed 0] [--write docs/verdicts.md]

Two models are trained with several seeds and scored on cells of two held-out studies, cell by cell: a cell is hard or
easy for both models (shared), each model has cells of its own that it gets right (paired error over test cells), a
seed shifts a model on all cells, and the rest is chance. The true difference is that of endlessly many seeds and cells.
The scores without groups of cells are those that a study writes (`scaling.evaluate.predictions`), the interval is the
one that a verdict rests on (`graph.evidence.assay.difference`); beside it the interval over seeds alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from verdict_errors import write

from graph.evidence.assay import Scores, difference
from graph.evidence.measured import Measured
from scaling.evaluate.predictions import Predicted, cell_groups

SHARES = np.array([0.4, 0.25, 0.15, 0.1, 0.07, 0.03])
"""Shares of the cell types: macro F1 hangs on the rare ones."""
LEVELS = np.array([2.2, 1.6, 1.2, 0.8, 0.4, 0.0])
"""How easy each type is, in log odds."""
HARD, GAP = 1.5, 0.3
"""Spread of the difficulty that models share, and what the first model is ahead by."""
METRICS = ("metric:micro_f1", "metric:macro_f1")
SETS = 2


@dataclass(frozen=True)
class World:
    """How much seeds and cells move a score, in log odds."""

    name: str
    seeds: float
    """Spread of a model over seeds."""
    cells: float
    """Spread of what a model knows of one cell and the other does not."""


WORLDS = (
    World("seeds move scores, cells hardly", 0.10, 0.2),
    World("both", 0.05, 1.0),
    World("cells move scores, seeds hardly", 0.01, 1.5),
)


def _probabilities(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    probabilities: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits))
    return probabilities


def _cells(count: int, world: World, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Types of the cells, and log odds that each model (2 x cells) gets them right."""
    types = rng.choice(len(SHARES), count, p=SHARES)
    shared = LEVELS[types] + rng.normal(0.0, HARD, count)
    own = rng.normal(0.0, world.cells, (2, count))
    return types, shared + own + np.array([[GAP / 2], [-GAP / 2]])


def _wrong(types: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The type that a cell is taken for when it is not recognised: the next more frequent one, or the second."""
    return np.where(types > 0, types - 1, 1)


def truth(world: World, *, cells: int = 400_000) -> dict[str, float]:
    """Difference by each metric for endlessly many seeds and cells."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    types, logits = _cells(cells, world, np.random.default_rng(99))
    found = dict.fromkeys(METRICS, 0.0)
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        right = _probabilities(logits + world.seeds * node)
        for model, sign in ((0, 1.0), (1, -1.0)):
            hits = np.bincount(types, right[model], minlength=len(SHARES))
            said = hits + np.bincount(_wrong(types), 1.0 - right[model], minlength=len(SHARES))
            found[METRICS[0]] += sign * weight * hits.sum() / cells
            found[METRICS[1]] += sign * weight * float(np.mean(2.0 * hits / (np.bincount(types) + said)))
    return found


def draw(world: World, *, seeds: int, cells: int, rng: np.random.Generator) -> dict[str, tuple[Scores, Scores]]:
    """Scores of both models by each metric: per set and seed, with their values without groups of cells."""
    scores: dict[str, tuple[Scores, Scores]] = {metric: ({}, {}) for metric in METRICS}
    groups = cell_groups(cells)
    shifts = rng.normal(0.0, world.seeds, (2, seeds))
    for number in range(SETS):
        types, logits = _cells(cells, world, rng)
        wrong, pair = _wrong(types), ("reference", f"set {number}")
        for model in range(2):
            for seed in range(seeds):
                right = rng.random(cells) < _probabilities(logits[model] + shifts[model, seed])
                predicted = Predicted.of(types, np.where(right, types, wrong), groups)
                values, without = predicted.scores(), predicted.without_cells()
                for metric in METRICS:
                    measured = Measured.of(values[metric], without[metric])
                    scores[metric][model].setdefault(pair, {})[seed] = measured
    return scores


def covered(
    world: World, *, seeds: int, cells: int, sims: int, rng: np.random.Generator, true: dict[str, float]
) -> dict[str, npt.NDArray[np.float64]]:
    """Metric -> share of intervals that hold the truth, over seeds alone and over both, and half their mean widths."""
    sums = {metric: np.zeros(4) for metric in METRICS}
    for _ in range(sims):
        for metric, (a, b) in draw(world, seeds=seeds, cells=cells, rng=rng).items():
            both, _ = difference(a, b)
            alone, _ = difference(_bare(a), _bare(b))
            if both is None or alone is None:
                message = "an interval needs two seeds"
                raise ValueError(message)
            holds = [alone.low <= true[metric] <= alone.high, both.low <= true[metric] <= both.high]
            sums[metric] += [*holds, alone.half_width, both.half_width]
    return {metric: total / sims for metric, total in sums.items()}


def _bare(scores: Scores) -> Scores:
    return {pair: {seed: Measured(one.value) for seed, one in by_seed.items()} for pair, by_seed in scores.items()}


def rows(*, sims: int, seed: int, sizes: tuple[int, ...] = (500, 2_000)) -> Iterator[tuple[str, float]]:
    """Row of the table, and the coverage of the interval over both sources in it."""
    for world in WORLDS:
        true = truth(world)
        for seeds in (4, 8, 16):
            for cells in sizes:
                rng = np.random.default_rng([seed, seeds, cells, *world.name.encode()])
                found = covered(world, seeds=seeds, cells=cells, sims=sims, rng=rng, true=true)
                for metric, (alone, both, narrow, wide) in found.items():
                    name = metric.removeprefix("metric:").replace("_f1", " F1")
                    yield (
                        f"| {world.name} | {seeds} | {cells:,} | {name} | {true[metric]:+.3f} | {alone:.1%} | "
                        f"{both:.1%} | {narrow:.4f} | {wide:.4f} |",
                        float(both),
                    )


def main() -> None:
    """Simulate and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, help="document whose table is replaced")
    asked = parser.parse_args()
    start = time.perf_counter()
    lines = [
        "| what moves scores | seeds | test cells of each set | metric | true difference | holds it: over seeds "
        "alone | over both | half width: seeds alone | both |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lowest = 1.0
    for line, both in rows(sims=asked.sims, seed=asked.seed):
        lines.append(line)
        lowest = min(lowest, both)
        print(f"{time.perf_counter() - start:6.1f} s  {line}", flush=True)
    lines.append("")
    lines.append(f"{asked.sims:,} simulations a row, seed {asked.seed}; the lowest share over both is {lowest:.1%}.")
    if asked.write:
        write(asked.write, {"coverage": "\n".join(lines)})


if __name__ == "__main__":
    main()
