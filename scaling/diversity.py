"""How diverse a set of cells is: by its labels, and by its profiles.

Label measures do not depend on the number of cells much; the Vendi score does (the same data give 347 at 500 cells
and 1,087 at 20,000), so it is only offered at a given number of cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["gini_simpson", "inverse_simpson", "shannon", "vendi"]

Labels = npt.NDArray[Any]


def shannon(labels: Labels) -> float:
    """Shannon entropy of the label shares, in bits."""
    share = _shares(labels)
    return float(-(share * np.log2(share)).sum())


def gini_simpson(labels: Labels) -> float:
    """Probability that two cells, drawn with replacement, differ in label."""
    return float(1.0 - (_shares(labels) ** 2).sum())


def inverse_simpson(labels: Labels) -> float:
    """Effective number of labels: 1 / sum of squared shares."""
    return float(1.0 / (_shares(labels) ** 2).sum())


def vendi(cells: npt.NDArray[np.floating[Any]], *, n: int, seed: int) -> float:
    """Vendi score of ``n`` cells: the effective number of distinct profiles (Friedman and Dieng 2023, q = 1).

    The exponential of the entropy of the eigenvalues of the cosine similarities over ``n``, from the genes x genes
    side, where it is the same.

    Parameters
    ----------
    cells
        Profiles, cells x genes.
    n
        Cells that are drawn; compare two sets at the same ``n``.
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
    small = drawn @ drawn.T if n <= drawn.shape[1] else drawn.T @ drawn
    values = np.linalg.eigvalsh(small / n)
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))


def _shares(labels: Labels) -> npt.NDArray[np.float64]:
    if len(labels) == 0:
        msg = "diversity of no cells is not defined"
        raise ValueError(msg)
    counts = np.unique(labels, return_counts=True)[1]
    share: npt.NDArray[np.float64] = counts / counts.sum()
    return share
