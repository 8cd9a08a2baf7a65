"""Pre-trained principal components: the linear baseline that foundation models have to beat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scaling.genes import LogCounts

__all__ = ["embed", "fit", "untrained"]

BLOCK = 4096


def fit(cells: LogCounts, rows: npt.NDArray[np.int64], *, components: int = 50) -> npt.NDArray[np.float32]:
    """Loadings, genes x components, of the centred log counts of ``rows``; at most ``len(rows) - 1`` components.

    Exact, from the covariance over genes; the sign is such that the largest loading of a component is positive.
    """
    genes = cells.genes
    gram, total = np.zeros((genes, genes), dtype=np.float64), np.zeros(genes)
    for start in range(0, len(rows), BLOCK):
        part = cells.dense(rows[start : start + BLOCK])
        gram += part.T @ part
        total += part.sum(axis=0, dtype=np.float64)
    mean = total / len(rows)
    gram -= len(rows) * np.outer(mean, mean)
    wanted = min(components, max(len(rows) - 1, 1), genes)
    from scipy.linalg import eigh

    _, vectors = eigh(gram, subset_by_index=[genes - wanted, genes - 1])
    vectors = vectors[:, ::-1]
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(wanted)])
    return np.ascontiguousarray(vectors * signs, dtype=np.float32)


def untrained(genes: int, *, components: int = 50, seed: int) -> npt.NDArray[np.float32]:
    """Random loadings, the reference of a model that saw nothing (standard normal, as in DenAdel et al.)."""
    return np.random.default_rng(seed).standard_normal((genes, components)).astype(np.float32)


def embed(cells: LogCounts, loadings: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cells x components: log counts times loadings. The mean is not subtracted; distances do not need it."""
    parts = [
        cells.dense(np.arange(start, min(start + BLOCK, len(cells)))) @ loadings
        for start in range(0, len(cells), BLOCK)
    ]
    return np.concatenate(parts) if parts else np.empty((0, loadings.shape[1]), dtype=np.float32)
