"""Clusters of cells without labels, the same on every machine.

Usual k-means starts from principal components, whose last bits differ between linear algebra libraries, and a cell
between two clusters follows them. Here every number that a decision hangs on is a whole number small enough that sums
and products of it are exact in whatever order they are taken: log counts are rounded to 1/256, loadings to 1/1024,
coordinates to 21 bits, centres to whole numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.views.log import LogCounts

__all__ = ["clusters", "whole_components"]

Whole = npt.NDArray[np.float64]
"""Whole numbers in float64: exact up to 2**53, and multiplied by the fast routines."""
COMPONENTS = 20
"""Later components lie so close to each other that rounding would not pin them down, and hold little."""
LOG_STEPS, LOADING_STEPS = 256.0, 1024.0
BITS = 20
"""Coordinates are below 2**20: a sum of 20 squares of differences stays far below 2**53."""
BLOCK = 4096
ROUNDS = 25
STARTS = 3


def whole_components(cells: LogCounts) -> Whole:
    """Coordinates on the first principal components as whole numbers: cells x 20, fewer where genes are fewer."""
    from scipy.linalg import eigh

    genes, number = cells.genes, len(cells)
    gram, total = np.zeros((genes, genes)), np.zeros(genes)
    for start in range(0, number, BLOCK):
        part = _rounded(cells, start)
        gram += part.T @ part  # whole numbers below 2**53: exact
        total += part.sum(axis=0)
    rank = min(COMPONENTS, genes, max(number - 1, 1))
    covariance = gram - np.outer(total, total) / max(number, 1)
    _, vectors = eigh(covariance, subset_by_index=[genes - rank, genes - 1])
    vectors = vectors[:, ::-1]
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(rank)])
    loadings = np.rint(vectors * signs * LOADING_STEPS)
    scores = [_rounded(cells, start) @ loadings for start in range(0, number, BLOCK)]
    return np.concatenate(scores) if scores else np.zeros((0, rank))


def clusters(points: npt.NDArray[Any], k: int, *, seed: int) -> npt.NDArray[np.int32]:
    """Cluster cells by k-means (cells x dimensions): the best of three starts, 25 rounds each.

    Returns
    -------
    Cluster number of each cell, below ``k``; a cell between two centres belongs to the first.
    """
    whole = _shrunk(np.asarray(points, dtype=np.float64))
    k = min(k, len(whole))
    best: tuple[float, npt.NDArray[np.int32]] | None = None
    for start in range(STARTS):
        rng = np.random.default_rng([seed, start])
        centres = whole[np.sort(rng.choice(len(whole), k, replace=False))]
        for _ in range(ROUNDS):
            nearest, _ = _nearest(whole, centres)
            sizes = np.bincount(nearest, minlength=k)
            sums = np.stack([np.bincount(nearest, column, k) for column in whole.T], axis=1)
            # An empty cluster keeps its centre; floor division of whole numbers has no last bit to differ in.
            moved = np.where(sizes[:, None] > 0, np.floor_divide(sums, np.maximum(sizes, 1)[:, None]), centres)
            if (moved == centres).all():
                break
            centres = moved
        nearest, spread = _nearest(whole, centres)
        if best is None or spread < best[0]:
            best = spread, nearest.astype(np.int32)
    return best[1] if best is not None else np.zeros(0, dtype=np.int32)


def _nearest(whole: Whole, centres: Whole) -> tuple[npt.NDArray[np.int64], float]:
    """Nearest centre of every cell, and the sum of the squared distances."""
    squares = (centres**2).sum(axis=1)
    nearest, spread = np.empty(len(whole), dtype=np.int64), 0.0
    for start in range(0, len(whole), BLOCK):
        part = whole[start : start + BLOCK]
        distance = (part**2).sum(axis=1)[:, None] + squares - 2.0 * (part @ centres.T)
        nearest[start : start + BLOCK] = distance.argmin(axis=1)
        spread += float(np.floor_divide(distance.min(axis=1), 2.0**BITS).sum())
    return nearest, spread


def _rounded(cells: LogCounts, start: int) -> Whole:
    rows = np.arange(start, min(start + BLOCK, len(cells)))
    return np.rint(cells.dense(rows).astype(np.float64) * LOG_STEPS)


def _shrunk(points: npt.NDArray[np.float64]) -> Whole:
    """Round to whole numbers below 2**20; the scale is a power of two, which does not follow the last bit."""
    largest = float(np.abs(points).max(initial=0.0))
    exponent = int(np.frexp(largest)[1]) if largest > 0 else 0
    return np.rint(np.ldexp(points, BITS - exponent))
