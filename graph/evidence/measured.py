"""A score with its error over test cells, and the arithmetic by which contrasts are made of scores.

A study scores all its models on the same test cells, so a difference between two of them depends on which cells were
drawn, however many seeds are run. The cells of a set fall into a few groups that are the same for every model, and a
result carries the score without each group. Whatever is computed from scores is computed from the scores without a
group in the same way; how much it moves from group to group is its error over test cells (the delete-a-group
jackknife: Kott, Journal of Official Statistics 17, 521, 2001), paired by construction, for any metric and any contrast.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.evidence.interval import Interval, of_replicates, with_cell_error

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["FEWEST_GROUPS", "Measured", "interval_of", "mean_of", "weighted_sum"]

FEWEST_GROUPS = 10
"""With fewer groups their spread says little of the error."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A score, or a number made of scores; and the same without each group of test cells."""

    value: float
    without: npt.NDArray[np.float64] | None = None
    """None where a score in it carries none: then its error over test cells is not known."""

    @classmethod
    def of(cls, value: float, without: Sequence[float]) -> Measured:
        """A score as a result carries it."""
        import numpy as np

        return cls(value, np.array(without) if without else None)

    def __sub__(self, other: Measured) -> Measured:
        """Difference, also without each group."""
        return weighted_sum([(1.0, self), (-1.0, other)])


def weighted_sum(parts: Sequence[tuple[float, Measured]]) -> Measured:
    """Sum of weight times number, also without each group where all parts have the same groups."""
    value = math.fsum([weight * part.value for weight, part in parts])
    weight, first = parts[0]
    if first.without is None:
        return Measured(value)
    total = weight * first.without
    for weight, part in parts[1:]:
        if part.without is None or part.without.shape != total.shape:
            return Measured(value)
        total += weight * part.without
    return Measured(value, total)


def mean_of(parts: Iterable[Measured]) -> Measured:
    """Mean, also without each group."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else weighted_sum([(1.0 / len(parts), part) for part in parts])


def interval_of(replicates: Sequence[Measured]) -> Interval | None:
    """Interval of the mean of independent replicates over seeds and over test cells; None for fewer than two.

    The replicates share their test cells, so their number does not lessen the error over these.
    """
    seeds = of_replicates([replicate.value for replicate in replicates])
    if seeds is None:
        return None
    groups = mean_of(replicates).without
    if groups is None or len(groups) < FEWEST_GROUPS:
        return seeds
    error = math.sqrt((len(groups) - 1) * float(groups.var()))
    return with_cell_error(seeds, error, df=len(groups) - 1)
