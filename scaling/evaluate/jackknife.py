"""Intervals of scores and of their differences from the scores without each group of test cells.

The cells of a set fall into the same groups for every model (`scaling.evaluate.predictions`), so that a difference is
paired. `graph.evidence.measured` does the same for verdicts, from records alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True)
class Estimate:
    """A score or a difference, its standard error, and the degrees of freedom of that."""

    value: float
    error: float
    freedom: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval around the value, by Student's t."""
        from scipy.stats import t as student

        width = float(student.ppf(0.5 + level / 2, self.freedom)) * self.error
        return self.value - width, self.value + width


def estimate(
    values: Sequence[float],
    without: Sequence[Sequence[float]],
    *,
    minus: tuple[float, Sequence[float]] | None = None,
) -> Estimate:
    """Mean over replicates, with the error over replicates (of several) and over test cells.

    Parameters
    ----------
    values
        Score of each replicate.
    without
        Its scores without each group of cells.
    minus
        Score, and scores without each group, of what every replicate is compared with.
    """
    groups = np.mean(without, axis=0) - (np.asarray(minus[1]) if minus else 0.0)
    number = len(groups)
    cells = (number - 1) * float(groups.var())  # delete-a-group jackknife
    seeds = float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0
    freedom = min(number - 1, len(values) - 1) if len(values) > 1 else number - 1
    value = float(np.mean(values)) - (minus[0] if minus else 0.0)
    return Estimate(value, float(np.sqrt(cells + seeds)), freedom)
