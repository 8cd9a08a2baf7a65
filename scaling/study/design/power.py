"""The smallest effect that so many seeds and test cells can show.

Both errors of a difference are those of the two studies that ship (blood_p, blood_z): over 360 paired contrasts across
studies (two families on one size, or one family at two sizes; four sets, macro and micro F1, eight seeds), the 90 %
quantile of the standard deviation of a difference over seeds, and of its jackknife error over test cells times the root
of their number (docs/log.md). A study knows its own error when it has run; this one says what to expect.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from graph.vocabulary.protocol import DELTA
from scaling.evaluate.predictions import GROUPS

__all__ = ["Sight", "seeds_needed", "smallest_effect"]

SEED_SPREAD = 0.0092
"""Standard deviation over seeds of a paired difference of two scores."""
CELL_SPREAD = 0.173
"""Error over test cells of such a difference, times the root of the number of cells."""
MEASURED_CELLS, MEASURED_STEPS = 316, 2000
"""Smallest subset and number of steps of those studies: smaller ones and shorter trainings scatter more. A study with
subsets of 85 cells and 500 steps had three times that spread over seeds (docs/testing_claims.md)."""
LEVEL, POWER = 0.95, 0.80
MOST_SEEDS = 40


@dataclass(frozen=True)
class Sight:
    """What a study can see of a difference of two scores."""

    seeds: int
    test_cells: tuple[int, ...]
    """Cells of each set that is scored."""
    tests: int
    """Tests that the study names; each has the level of all divided by their number."""
    error: float
    """Standard error of the mean difference, over seeds and test cells."""
    half_width: float
    """Half of its 95 % interval, which a verdict wants to be at most ``DELTA``."""
    effect: float
    """Smallest true difference that is told from zero in 80 % of such studies."""
    decisive: float
    """Smallest true difference that is told from ``DELTA`` in 80 % of them, which a claim of a difference needs."""

    @property
    def precise(self) -> bool:
        """Whether the interval is as narrow as a verdict wants it."""
        return self.half_width <= DELTA


def smallest_effect(seeds: int, test_cells: Sequence[int], *, tests: int = 1) -> Sight:
    """Compute what a study can see.

    The errors over seeds and over test cells add as variances, with the degrees of freedom of Welch and Satterthwaite,
    as in the intervals of the verdicts (`graph.evidence.interval`).

    Parameters
    ----------
    seeds
        Replicates, at least two; each is paired with itself.
    test_cells
        Cells of each set that is scored; their differences are averaged.
    tests
        Tests that the study names.
    """
    from scipy.special import stdtrit

    of_seeds = SEED_SPREAD / math.sqrt(seeds)
    of_cells = CELL_SPREAD * math.sqrt(sum(1 / cells for cells in test_cells)) / len(test_cells)
    error = math.hypot(of_seeds, of_cells)
    freedom = max(1, int(error**4 / (of_seeds**4 / (seeds - 1) + of_cells**4 / (GROUPS - 1))))
    corrected = 1 - (1 - LEVEL) / max(tests, 1)
    effect = float(stdtrit(freedom, (1 + corrected) / 2) + stdtrit(freedom, POWER)) * error
    return Sight(
        seeds=seeds,
        test_cells=tuple(test_cells),
        tests=tests,
        error=error,
        half_width=float(stdtrit(freedom, (1 + LEVEL) / 2)) * error,
        effect=effect,
        decisive=DELTA + effect,
    )


def seeds_needed(test_cells: Sequence[int], *, tests: int = 1) -> int | None:
    """Fewest seeds whose interval is as narrow as a verdict wants it; none where the test cells are too few."""
    enough = (seeds for seeds in range(2, MOST_SEEDS + 1) if smallest_effect(seeds, test_cells, tests=tests).precise)
    return next(enough, None)
