"""Thin counts: what a cell would have shown if it had been sequenced less deeply.

Each count of a cell is kept with the same probability, by itself, so that a count is binomial around its share, and a
cell of twice the depth thinned to a half has the counts of the cell (for counts that are Poisson). Counts are compared
as whole numbers one by one: a binomial draw goes through logarithms, whose last bits differ between machines.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from scaling.errors import SamplingError
from scaling.views.counts import GeneCounts

__all__ = ["thin"]

STEPS = 2**32
BLOCK = 2**24
"""Counts that are looked at at a time."""


def thin(cells: GeneCounts, share: float, *, seed: int) -> GeneCounts:
    """Keep each count of each cell with probability ``share``.

    Also those of genes that the models do not see, which are in the library alone. Equal cells are thinned alike for
    one seed, in whatever role. A cell of few counts may lose them all.

    Parameters
    ----------
    cells
        Raw counts. Libraries have to be whole numbers, at least the counts over the models' genes.
    share
        Between 0 and 1, both excluded.
    seed
        Of the draws.

    Raises
    ------
    SamplingError
        If the share is not between 0 and 1, or a library is smaller than its counts or no whole number.
    """
    if not 0 < share < 1:
        msg = f"counts are thinned to a share between 0 and 1, not to {share:g}"
        raise SamplingError(msg)
    counts = np.asarray(cells.counts, dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(counts)])[cells.indptr]
    unseen = np.asarray(cells.library) - np.diff(ends)
    if (unseen < 0).any() or (unseen != np.rint(unseen)).any():
        msg = "a library that is no sum of counts cannot be thinned: it has to be a whole number, and hold all counts"
        raise SamplingError(msg)
    rng = np.random.default_rng([seed, int(cells.digest[:8], 16)])
    thinned = _kept(counts, share, rng)
    library = np.concatenate([[0], np.cumsum(thinned)])[cells.indptr]
    present = thinned > 0
    return replace(
        cells,
        indptr=np.concatenate([[0], np.cumsum(present)])[cells.indptr].astype(np.int64),
        indices=np.asarray(cells.indices)[present],
        counts=thinned[present].astype(np.uint32),
        library=(np.diff(library) + _kept(unseen.astype(np.int64), share, rng)).astype(np.float64),
    )


def _kept(counts: npt.NDArray[np.int64], share: float, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """How many of each of these numbers of counts stay."""
    below = np.uint32(min(round(share * STEPS), STEPS - 1))
    ends = np.concatenate([[0], np.cumsum(counts)])
    stay = np.zeros(len(counts), dtype=np.int64)
    first = 0
    while first < len(counts):
        # As many entries as a block holds, one at least: a single one of millions of counts is a block by itself.
        last = max(int(np.searchsorted(ends, ends[first] + BLOCK, side="right")) - 1, first + 1)
        drawn = rng.integers(0, STEPS, size=int(ends[last] - ends[first]), dtype=np.uint32) < below
        passed = np.concatenate([[0], np.cumsum(drawn)])[ends[first : last + 1] - ends[first]]
        stay[first:last] = np.diff(passed)
        first = last
    return stay
