"""How diverse a set of cells is: by its labels, and by its profiles.

Label measures hardly depend on the number of cells; the Vendi score does (the same data give 347 at 500 cells and
1,087 at 20,000), so it is only offered at a given number of cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["gini_simpson", "inverse_simpson", "shannon", "vendi"]

Labels = npt.NDArray[Any]


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


def vendi(cells: npt.NDArray[np.floating[Any]], *, n: int, seed: int) -> float:
    """Vendi score of ``n`` cells: the effective number of distinct profiles (Friedman and Dieng 2023, q = 1).

    The exponential of the entropy (in nats) of the eigenvalues of the matrix of cosine similarities, divided by ``n``
    so that they sum to one.

    Parameters
    ----------
    cells
        Profiles, cells x genes.
    n
        Cells to draw; compare two sets at the same ``n``.
    seed
        Seed of the draw.

    Raises
    ------
    ValueError
        If there are fewer than ``n`` cells.
    """
    if n > len(cells):
        msg = f"a Vendi score of {n} cells needs as many; there are {len(cells)}: compare at a smaller n"
        raise ValueError(msg)
    rows = np.random.default_rng(seed).choice(len(cells), n, replace=False)
    drawn = np.asarray(cells[rows], dtype=np.float64)
    norms = np.linalg.norm(drawn, axis=1, keepdims=True)
    drawn = drawn / np.where(norms > 0, norms, 1.0)
    # X X' (cells x cells) and X' X (genes x genes) have the same non-zero eigenvalues; the smaller one is cheaper.
    gram = drawn @ drawn.T if n <= drawn.shape[1] else drawn.T @ drawn
    eigenvalues = np.linalg.eigvalsh(gram / n)
    eigenvalues = eigenvalues[eigenvalues > 1e-12]  # rounding makes zeros slightly negative, and 0 log 0 is 0
    return float(np.exp(-(eigenvalues * np.log(eigenvalues)).sum()))


def _frequencies(labels: Labels) -> npt.NDArray[np.float64]:
    if len(labels) == 0:
        msg = "diversity of no cells is not defined"
        raise ValueError(msg)
    counts = np.unique(labels, return_counts=True)[1]
    frequencies: npt.NDArray[np.float64] = counts / counts.sum()
    return frequencies
