"""How far two divisions of the same cells agree: normalised mutual information and adjusted Rand index."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ari", "nmi", "table", "tables_without"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer[Any]]
Counts = npt.NDArray[np.int64]


def table(first: Codes, second: Codes) -> Counts:
    """Count the cells of each pair of parts: parts of one x parts of the other."""
    shape = (int(first.max()) + 1, int(second.max()) + 1)
    flat = first.astype(np.int64) * shape[1] + second
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)


def tables_without(first: Codes, second: Codes, groups: npt.NDArray[np.int8], *, number: int) -> Counts:
    """Tables of all cells (first) and without each of ``number`` groups of cells: number + 1 x parts x parts."""
    every = table(first, second)
    tables = [every]
    for group in range(number):
        rest = groups != group
        counts = np.zeros_like(every)
        np.add.at(counts, (first[rest], second[rest]), 1)
        tables.append(counts)
    return np.stack(tables)


def nmi(tables: Counts) -> Floats:
    """Mutual information of two divisions, divided by the mean of their entropies; 1 if both have one part.

    Parameters
    ----------
    tables
        Counts as of :func:`table`; leading dimensions are kept.
    """
    share = tables / tables.sum(axis=(-2, -1), keepdims=True)
    rows, columns = share.sum(axis=-1), share.sum(axis=-2)
    expected = rows[..., :, None] * columns[..., None, :]
    ratio = np.divide(share, expected, out=np.ones_like(share), where=share > 0)
    information = (share * np.log(ratio)).sum(axis=(-2, -1))
    mean = (_entropy(rows) + _entropy(columns)) / 2
    return np.where(mean > 0, information / np.where(mean > 0, mean, 1.0), 1.0)


def ari(tables: Counts) -> Floats:
    """Share of pairs of cells on which two divisions agree, corrected for chance (Hubert and Arabie 1985)."""
    both = _pairs(tables).sum(axis=(-2, -1))
    rows = _pairs(tables.sum(axis=-1)).sum(axis=-1)
    columns = _pairs(tables.sum(axis=-2)).sum(axis=-1)
    expected = rows * columns / _pairs(tables.sum(axis=(-2, -1)))
    most = (rows + columns) / 2
    differs = most != expected  # else both are one part, or both leave every cell alone
    return np.where(differs, (both - expected) / np.where(differs, most - expected, 1.0), 1.0)


def _pairs(counts: npt.NDArray[Any]) -> Floats:
    values = np.asarray(counts, dtype=np.float64)
    return np.asarray(values * (values - 1) / 2)


def _entropy(shares: Floats) -> Floats:
    logged = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(-(shares * logged).sum(axis=-1))
