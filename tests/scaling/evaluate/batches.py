"""Cells of several types and batches, the same on every machine."""

from __future__ import annotations

import numpy as np

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def batches_of_types(seed: int, *, cells: int = 400) -> Arrays:
    """Points whose batches are shifted, types of which some are wrong, batches, and a clustering that half fits.

    Coordinates are multiples of 1/256, so that every machine has the same distances.
    """
    rng = np.random.default_rng([seed, 5])
    types, batches = rng.integers(0, 5, cells), rng.integers(0, 3, cells)
    centres, shifts = rng.integers(-500, 500, (5, 10)), rng.integers(-250, 250, (3, 10))
    points = (centres[types] + shifts[batches] + rng.integers(-400, 400, (cells, 10))) / 256
    labels = np.where(rng.random(cells) < 0.15, rng.integers(0, 5, cells), types)
    clusters = np.where(rng.random(cells) < 0.5, labels, rng.integers(0, 7, cells))
    return points, labels, batches, clusters
