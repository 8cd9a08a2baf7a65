"""Spike-ins: replace a share of a subset by cells of another source, such as perturbed cells.

As in DenAdel et al. the subset keeps its size. A spike-in of a share cannot be larger than its source: with 2.55
million perturbed cells, half of a subset can be replaced up to 5.1 million cells and no further, so a curve with
spike-ins ends earlier than one without, and their best scores are not over the same sizes.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from scaling.errors import SamplingError

__all__ = ["largest_subset", "spike_in"]

Rows = npt.NDArray[np.int64]


def spike_in(subset: Rows, source: int, share: float, *, seed: int) -> tuple[Rows, Rows]:
    """Replace the share ``share`` of a subset by as many cells of a source.

    Parameters
    ----------
    subset
        Rows of the corpus.
    source
        Number of cells of the source.
    share
        Fraction of the subset that is replaced, 0-1; the number of cells is rounded down.

    Returns
    -------
    The rows of the subset that stay, and the rows of the source that enter, both ascending.

    Raises
    ------
    SamplingError
        If the share is not between 0 and 1, or the source has too few cells.
    """
    exact = _exact(share)
    number = int(exact * len(subset))
    if number > source:
        msg = (
            f"a spike-in of {share:.0%} of {len(subset):,} cells needs {number:,} cells; the source has {source:,}, "
            f"which is enough for a subset of {largest_subset(source, share):,} cells or a share of "
            f"{source / len(subset):.1%}"
        )
        raise SamplingError(msg)
    rng = np.random.default_rng(seed)
    remaining = rng.choice(len(subset), len(subset) - number, replace=False)
    return np.sort(subset[remaining]), np.sort(rng.choice(source, number, replace=False)).astype(np.int64)


def largest_subset(source: int, share: float) -> int:
    """Largest subset of which ``share`` can be replaced by different cells of a source of ``source`` cells.

    Raises
    ------
    SamplingError
        If the share is not above 0 and at most 1: a share of 0 has no limit.
    """
    exact = _exact(share)
    if not exact:
        msg = "a spike-in of 0 % has no largest subset"
        raise SamplingError(msg)
    # n is possible while floor(share * n) <= source, so up to the last whole number below (source + 1) / share.
    return -int(-(source + 1) // exact) - 1


def _exact(share: float) -> Fraction:
    """The share as the decimal that was written: .1 as a binary fraction is a little more than a tenth."""
    if not 0 <= share <= 1:
        msg = f"a spike-in replaces a share between 0 and 1 of the cells, not {share:g}"
        raise SamplingError(msg)
    return Fraction(str(share))
