"""The loss of pre-training over the size of a model: the studies that vary it, and the slope that they give.

A study trains a family at one size, so that each size, number of genes and number of cells is a study of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.records import Record, Run
from scaling.study.spec import Study

__all__ = ["CELLS", "GENES", "WIDTHS", "Slope", "slopes", "studies_of_sizes"]

WIDTHS = (8, 16, 32, 64, 128, 256, 512)
GENES = (512, 1024)
CELLS = (10_000, 20_000)
FEWEST = 3
"""Sizes below which there is no slope: two points lie on a line in any case."""


def studies_of_sizes(
    base: Study, *, cells: Sequence[int] = CELLS, genes: Sequence[int] = GENES, widths: Sequence[int] = WIDTHS
) -> Iterator[Study]:
    """Make the studies of a base whose only family is ``binned``, such as the preset ``sizes_g``.

    Few cells come before many, and all widths of one setting one after the other: what is finished is worth reading,
    however early it stops.
    """
    data = base.model_dump(mode="json", exclude_unset=True)
    for number in cells:
        for seen in genes:
            for width in widths:
                binned = {**data["families"]["binned"], "width": width, "inner": 2 * width}
                changed = {
                    "name": f"{base.name}_{number}_{seen}_{width}",
                    "corpus": {**data["corpus"], "genes": seen},
                    "families": {"binned": binned},
                    "arms": [{**arm, "sizes": [number]} for arm in data["arms"]],
                }
                yield Study.model_validate(data | changed)


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
    found = []
    for (cells, genes), own in sorted(points.items()):
        if len({size for size, _ in own}) < FEWEST:
            found.append(Slope(cells, genes, len(own), None))
            continue
        sizes, losses = np.log10(np.array(own)).T
        fit = linregress(sizes, losses)
        half = float(t.ppf(0.975, len(own) - 2)) * float(fit.stderr)
        found.append(Slope(cells, genes, len(own), float(fit.slope), float(fit.slope) - half, float(fit.slope) + half))
    return found
