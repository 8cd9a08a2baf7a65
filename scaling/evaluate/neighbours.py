"""The nearest neighbours of every cell among all cells, exact: what graphs and local mixing are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Neighbours", "nearest"]

Floats = npt.NDArray[np.floating[Any]]
BLOCK = 512
"""Cells whose distances to all others are in memory at a time."""


@dataclass(frozen=True)
class Neighbours:
    """Neighbours of each cell, cells x k, nearest first; the first is the cell itself, at distance 0."""

    cells: npt.NDArray[np.int64]
    distances: npt.NDArray[np.float64]

    def first(self, k: int) -> Neighbours:
        """The nearest ``k`` of them, the cell itself included."""
        return Neighbours(self.cells[:, :k], self.distances[:, :k])


def nearest(points: Floats, *, k: int) -> Neighbours:
    """Find the ``k`` nearest cells of every cell, itself included (Euclidean; of equal distances the earlier cell).

    Parameters
    ----------
    points
        Cells x dimensions.
    k
        Number of neighbours with the cell itself; all cells where there are fewer.
    """
    # Centred and in float64: a distance is the small difference of two large numbers, which a common offset would eat.
    values = np.asarray(points, dtype=np.float64)
    values = values - values.mean(axis=0)
    norms = np.einsum("ij,ij->i", values, values)
    cells = len(values)
    k = min(k, cells)
    indices = np.empty((cells, k), dtype=np.int64)
    distances = np.empty((cells, k))
    for start in range(0, cells, BLOCK):
        rows = np.arange(start, min(start + BLOCK, cells))
        squared = norms[rows, None] - 2.0 * (values[rows] @ values.T) + norms
        squared[np.arange(len(rows)), rows] = -1.0  # itself first, even where another cell lies at the same point
        near = np.sort(np.argpartition(squared, k - 1, axis=1)[:, :k], axis=1)
        # The product says who is near; how far away, the difference says, which keeps all digits.
        exact = np.linalg.norm(values[near] - values[rows, None], axis=2)
        exact[near == rows[:, None]] = -1.0
        order = np.argsort(exact, axis=1, kind="stable")
        indices[rows] = np.take_along_axis(near, order, axis=1)
        distances[rows] = np.take_along_axis(exact, order, axis=1)
    distances[:, 0] = 0.0
    return Neighbours(indices, distances)
