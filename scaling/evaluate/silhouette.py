"""Silhouettes: how much nearer a cell lies to its own part than to the nearest other one (Rousseeuw 1987)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["batch_silhouettes", "silhouettes"]

Points = npt.NDArray[np.floating[Any]]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
BLOCK = 512


def silhouettes(points: Points, codes: Codes) -> Floats:
    """Silhouette of every cell, -1 to 1 (Euclidean); 0 for a cell that is alone in its part, as in scikit-learn.

    Parameters
    ----------
    points
        Cells x dimensions.
    codes
        Part of each cell, from 0; at least two parts.
    """
    values = np.asarray(points, dtype=np.float64)
    values = values - values.mean(axis=0)
    norms = np.einsum("ij,ij->i", values, values)
    sizes = np.bincount(codes)
    member = np.zeros((len(codes), len(sizes)))
    member[np.arange(len(codes)), codes] = 1.0
    result = np.zeros(len(codes))
    for start in range(0, len(codes), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(codes)))
        squared = norms[rows, None] - 2.0 * (values[rows] @ values.T) + norms
        squared[np.arange(len(rows)), rows] = 0.0
        sums = np.sqrt(np.maximum(squared, 0.0)) @ member
        here, place = codes[rows], np.arange(len(rows))
        within = sums[place, here] / np.maximum(sizes[here] - 1, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            others = sums / sizes  # nan where a part is empty
        others[place, here] = np.inf
        outside = np.nanmin(others, axis=1)
        furthest = np.maximum(within, outside)
        alone = (sizes[here] == 1) | (furthest == 0)
        result[rows] = np.where(alone, 0.0, (outside - within) / np.where(furthest == 0, 1.0, furthest))
    return result


def batch_silhouettes(points: Points, labels: Codes, batches: Codes) -> Floats:
    """How little batches part within a cell's type: 1 - |silhouette of the batches among cells of its type|.

    Returns
    -------
    One value per cell, 0 to 1; nan for types of which all cells are of one batch, or each of another.
    """
    result = np.full(len(labels), np.nan)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        names, codes = np.unique(batches[rows], return_inverse=True)
        if 1 < len(names) < len(rows):
            result[rows] = 1.0 - np.abs(silhouettes(points[rows], codes.astype(np.int64)))
    return result
