"""Genes that vary more than others of their level: Seurat's rule, as scanpy applies it by default."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scaling.views.counts import GeneCounts
from scaling.views.log import TARGET

__all__ = ["variable_genes"]

BINS = 20
LEAST_MEAN, MOST_MEAN, LEAST_DISPERSION = 0.0125, 3.0, 0.5
BLOCK = 4096


def variable_genes(cells: GeneCounts, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Find the variable genes of the cells ``rows``: one flag per gene.

    Genes are put in 20 bins by the logarithm of their mean count per 10,000; variable are those whose logarithm of
    variance over mean stands half a standard deviation above the mean of its bin. A gene alone in its bin counts as
    one standard deviation above.
    """
    mean, variance = _moments(cells, rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        dispersion = np.log(variance / np.maximum(mean, 1e-12))
    dispersion[~np.isfinite(dispersion)] = np.nan  # genes that do not vary
    level = np.log1p(np.maximum(mean, 1e-12))
    edges = np.linspace(level.min(), level.max(), BINS + 1)
    bins = np.searchsorted(edges, level).clip(1, BINS)  # closed above; the lowest value belongs to the first bin
    above = np.full(len(level), np.nan)
    for number in np.unique(bins):
        inside = (bins == number) & np.isfinite(dispersion)
        if inside.sum() > 1:
            above[inside] = (dispersion[inside] - dispersion[inside].mean()) / dispersion[inside].std(ddof=1)
        else:
            above[inside] = 1.0
    flags: npt.NDArray[np.bool_] = (level > LEAST_MEAN) & (level < MOST_MEAN) & (above > LEAST_DISPERSION)
    return flags


def _moments(cells: GeneCounts, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and variance of each gene's counts per 10,000."""
    total, squares = np.zeros(cells.genes), np.zeros(cells.genes)
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        levels = cells.dense(part) * (TARGET / np.maximum(cells.library[part], 1.0))[:, None]
        total += levels.sum(axis=0)
        squares += (levels**2).sum(axis=0)
    mean = total / len(rows)
    return mean, np.maximum(squares - len(rows) * mean**2, 0.0) / max(len(rows) - 1, 1)
