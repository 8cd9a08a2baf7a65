"""The slope of the loss of pre-training over the size of a model (`scaling.study.model_sizes` makes the studies)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph.records import Record, Run

__all__ = ["Slope", "slopes"]

FEWEST = 3
"""Sizes below which there is no slope: two points lie on a line in any case."""


@dataclass(frozen=True)
class Slope:
    """Change of log10(loss) per decade of parameters, at one number of cells and genes."""

    cells: int
    genes: int
    models: int
    """Replicates of all sizes together."""
    slope: float | None
    """None where fewer than three sizes are finished."""
    low: float | None = None
    """Lower end of the 95 % interval, over sizes and seeds."""
    high: float | None = None
    """Upper end."""


def slopes(records: Iterable[Record]) -> list[Slope]:
    """Fit a line to the least validation loss of every run whose learning rate was chosen, by cells and genes."""
    from scipy.stats import linregress, t

    points: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for run in records:
        if isinstance(run, Run) and run.chosen_step is not None and run.parameters:
            points[run.cells, run.genes].append((run.parameters, run.validation_losses[str(run.chosen_step)]))
    rows = []
    for (cells, genes), own in sorted(points.items()):
        if len({size for size, _ in own}) < FEWEST:
            rows.append(Slope(cells, genes, len(own), None))
            continue
        sizes, losses = np.log10(np.array(own)).T
        fit = linregress(sizes, losses)
        half = float(t.ppf(0.975, len(own) - 2)) * float(fit.stderr)
        rows.append(Slope(cells, genes, len(own), float(fit.slope), float(fit.slope) - half, float(fit.slope) + half))
    return rows
