"""Fit a power law with an offset to scores, ``y(n) = a - b n^-c``, and read the saturation point off the curve.

The point is the size from which the largest size gains only ``delta``. Its interval is profiled: all points whose best
fit is not significantly worse than that of the best point, measured against pure error (the differences between
replicates). It covers the truth in .91-.99 of simulations where the form is right. Where the form is wrong, the
lack-of-fit test refuses the fit, which would otherwise give an interval that is narrow and wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["PowerLaw", "power_law"]

EXPONENTS = np.geomspace(0.01, 3.0, 80)
"""From nearly logarithmic growth (.01) to curves of which an eighth of the rise is left at twice the size (3)."""
ALPHA = 0.05
"""Level of the lack-of-fit test and of the interval."""


@dataclass(frozen=True)
class PowerLaw:
    """Point and interval in cells."""

    cells: float
    low: float
    high: float


def power_law(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, delta: float) -> PowerLaw | None:
    """Fit the curve, and find the size at which it is ``delta`` below its value at the largest size.

    A grid of points p and exponents c is searched, not the three parameters by gradient: of a curve that is flat, c
    and b are hardly determined, and an optimiser stops anywhere. With p as a parameter, the profile over c is also
    the profile likelihood of the point itself, so that its interval needs no error propagation.

    Parameters
    ----------
    cells
        Sizes, ascending; at least four, since a curve of three parameters fits three sizes exactly.
    scores
        Replicates x sizes; nan where a replicate has no score.
    delta
        Difference of scores that does not count, in the unit of the scores.

    Returns
    -------
    Point and interval; None if there are too few sizes or replicates, no noise to compare with, or the form does not
    fit.
    """
    from scipy.stats import f as fisher

    present = np.isfinite(scores)
    counts = present.sum(axis=0)
    error_freedom = int((counts - 1).clip(min=0).sum())
    if len(cells) < 4 or error_freedom < 2:
        return None
    means = np.nanmean(scores, axis=0)
    pure_error = float(np.nansum((scores - means) ** 2))
    if pure_error <= 0:
        return None
    variance = pure_error / error_freedom
    points = np.geomspace(cells[0] / 100, cells[-1] * 0.999, 400)  # below the smallest size: it may be enough already
    misfit = _misfit(points, np.array(cells, dtype=np.float64), means, counts, delta)
    profile = misfit.min(axis=1)  # the best exponent of each point
    best = int(profile.argmin())
    fit_freedom = max(len(cells) - 3, 1)
    if fisher.sf(profile[best] / fit_freedom / variance, fit_freedom, error_freedom) < ALPHA:
        return None
    # One parameter, the point, is held fixed against the best fit: F with 1 degree of freedom.
    inside = points[(profile - profile[best]) / variance <= fisher.ppf(1 - ALPHA, 1, error_freedom)]
    return PowerLaw(float(points[best]), float(inside.min()), float(inside.max()))


def _misfit(
    points: npt.NDArray[np.float64],
    sizes: npt.NDArray[np.float64],
    means: npt.NDArray[np.float64],
    counts: npt.NDArray[np.integer[Any]],
    delta: float,
) -> npt.NDArray[np.float64]:
    """Weighted sum of squares of the mean scores about the best curve through each point and exponent.

    For a point p and an exponent c, y(N) - y(p) = delta fixes b = delta / (p^-c - N^-c), and the best offset a is then
    the weighted mean of what is left; no iteration is needed.

    Returns
    -------
    Points x exponents.
    """
    power = sizes[None, None, :] ** -EXPONENTS[None, :, None]
    drop = points[:, None] ** -EXPONENTS[None, :] - sizes[-1] ** -EXPONENTS[None, :]
    shape = -(delta / drop)[:, :, None] * power  # points x exponents x sizes
    weights = counts / counts.sum()
    offset = ((means - shape) * weights).sum(axis=2, keepdims=True)
    misfit: npt.NDArray[np.float64] = (counts * (means - offset - shape) ** 2).sum(axis=2)
    return misfit
