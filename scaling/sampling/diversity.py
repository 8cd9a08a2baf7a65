"""How diverse a set of cells is: by its labels, and by its profiles.

Label measures hardly depend on the number of cells; the Vendi score does (the same data give 347 at 500 cells and
1,087 at 20,000), so it is only offered at a given number of cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import SamplingError
from scaling.views.log import LogCounts

__all__ = ["gini_simpson", "inverse_simpson", "shannon", "vendi"]

Labels = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
BLOCK = 2048
"""Cells that are expanded at a time."""


def shannon(labels: Labels) -> float:
    """Shannon entropy of the label frequencies, in bits."""
    frequencies = _frequencies(labels)  # all positive: np.unique lists labels that occur
    return float(-(frequencies * np.log2(frequencies)).sum())


def gini_simpson(labels: Labels) -> float:
    """Probability that two cells, drawn with replacement, differ in label."""
    return float(1.0 - (_frequencies(labels) ** 2).sum())


def inverse_simpson(labels: Labels) -> float:
    """Effective number of labels: 1 / sum of squared frequencies."""
    return float(1.0 / (_frequencies(labels) ** 2).sum())


def vendi(cells: npt.NDArray[np.floating[Any]] | LogCounts, *, n: int, seed: int, standardise: bool = False) -> float:
    """Vendi score of ``n`` cells: the effective number of distinct profiles (Friedman and Dieng 2023, q = 1).

    The exponential of the entropy (in nats) of the eigenvalues of the matrix of cosine similarities, divided by ``n``
    so that they sum to one. Cells are expanded a block at a time and summed in float64; memory follows the square of
    the number of genes (or of ``n``, where that is smaller).

    Parameters
    ----------
    cells
        Profiles, cells x genes, or log counts.
    n
        Cells to draw; compare two sets at the same ``n``.
    seed
        Seed of the draw.
    standardise
        Give each gene mean 0 and variance 1 over the cells drawn first, as DenAdel et al. do. Their genes are chosen
        per subset, so that their scores are not on one scale; here the genes are those of ``cells``, the same for all.

    Raises
    ------
    SamplingError
        If there are fewer than ``n`` cells, or ``n`` is below 1.
    """
    if not 1 <= n <= len(cells):
        msg = f"a Vendi score of {n} cells needs as many; there are {len(cells)}: compare at a smaller n"
        raise SamplingError(msg)
    rows = np.random.default_rng(seed).choice(len(cells), n, replace=False)
    mean, deviation = _moments(cells, rows) if standardise else (0.0, 1.0)
    # X X' (cells x cells) and X' X (genes x genes) have the same non-zero eigenvalues; the smaller one is cheaper.
    genes = cells.genes if isinstance(cells, LogCounts) else cells.shape[1]
    if n <= genes:
        units = np.concatenate([_unit((part - mean) / deviation) for part in _blocks(cells, rows)])
        gram = units @ units.T
    else:
        gram = np.zeros((genes, genes))
        for part in _blocks(cells, rows):
            units = _unit((part - mean) / deviation)
            gram += units.T @ units
    eigenvalues = np.linalg.eigvalsh(gram / n)
    eigenvalues = eigenvalues[eigenvalues > 1e-12]  # rounding makes zeros slightly negative, and 0 log 0 is 0
    return float(np.exp(-(eigenvalues * np.log(eigenvalues)).sum()))


def _blocks(cells: npt.NDArray[np.floating[Any]] | LogCounts, rows: Rows) -> Iterator[npt.NDArray[np.float64]]:
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        yield (cells.dense(part) if isinstance(cells, LogCounts) else cells[part]).astype(np.float64)


def _moments(
    cells: npt.NDArray[np.floating[Any]] | LogCounts, rows: Rows
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and standard deviation of each gene; a gene that does not vary gets a deviation of 1."""
    mean = sum(part.sum(axis=0) for part in _blocks(cells, rows)) / len(rows)
    # A second pass, because the difference of two sums of squares loses digits.
    squares = sum(((part - mean) ** 2).sum(axis=0) for part in _blocks(cells, rows))
    deviation = np.sqrt(squares / max(len(rows) - 1, 1))
    return mean, np.where(deviation > 0, deviation, 1.0)


def _unit(profiles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    norms = np.linalg.norm(profiles, axis=1, keepdims=True)
    unit: npt.NDArray[np.float64] = profiles / np.where(norms > 0, norms, 1.0)
    return unit


def _frequencies(labels: Labels) -> npt.NDArray[np.float64]:
    if len(labels) == 0:
        msg = "diversity of no cells is not defined: the subset is empty"
        raise SamplingError(msg)
    counts = np.unique(labels, return_counts=True)[1]
    frequencies: npt.NDArray[np.float64] = counts / counts.sum()
    return frequencies
