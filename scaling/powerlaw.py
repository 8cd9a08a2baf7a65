"""A power law with an offset, fitted to scores, and what it says of the size that is enough.

``y(n) = a - b n^-c``. The point is the size from which the largest one gains ``delta`` only; its interval is the
profile of the residual sum of squares against pure error (differences between replicates), which covers .91-.99
where the form is right. Where it is not, the lack-of-fit test refuses it instead of giving a narrow interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PowerLaw", "power_law"]

EXPONENTS = np.geomspace(0.01, 3.0, 80)
ALPHA = 0.05


@dataclass(frozen=True)
class PowerLaw:
    """Point and interval in cells."""

    cells: float
    low: float
    high: float


def power_law(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, delta: float) -> PowerLaw | None:
    """Size at which the fitted curve is ``delta`` below its value at the largest size.

    Parameters
    ----------
    cells
        Sizes, rising; at least four for a lack-of-fit test.
    scores
        Replicates x sizes.

    Returns
    -------
    None if there are too few sizes or replicates, no noise to compare with, or the form does not fit.
    """
    from scipy.stats import f as fisher

    present = np.isfinite(scores)
    counts = present.sum(axis=0)
    freedom = int((counts - 1).clip(min=0).sum())
    if len(cells) < 4 or freedom < 2:
        return None
    means = np.nanmean(scores, axis=0)
    pure = float(np.nansum((scores - means) ** 2))
    if pure <= 0:
        return None
    size = np.array(cells, dtype=np.float64)
    candidates = np.geomspace(size[0] / 100, size[-1] * 0.999, 400)
    # For a point p and an exponent c, y(N) - y(p) = delta fixes b; the offset a is then a weighted mean.
    power = size[None, None, :] ** -EXPONENTS[None, :, None]
    drop = candidates[:, None] ** -EXPONENTS[None, :] - size[-1] ** -EXPONENTS[None, :]
    shape = -(delta / drop)[:, :, None] * power
    weights = counts / counts.sum()
    offset = ((means - shape) * weights).sum(axis=2, keepdims=True)
    misfit = (counts * (means - offset - shape) ** 2).sum(axis=2)
    profile = misfit.min(axis=1)
    best = int(profile.argmin())
    variance = pure / freedom
    free = max(len(cells) - 3, 1)
    if fisher.sf(profile[best] / free / variance, free, freedom) < ALPHA:
        return None
    inside = candidates[(profile - profile[best]) / variance <= fisher.ppf(1 - ALPHA, 1, freedom)]
    return PowerLaw(float(candidates[best]), float(inside.min()), float(inside.max()))
