"""Principal components of log counts, without torch: of a corpus, and of the cells of a classifier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scaling.views.log import LogCounts

__all__ = ["COMPONENTS", "fit_components", "project", "random_loadings"]

COMPONENTS = 50
"""As in DenAdel et al."""
BLOCK = 4096
"""Cells that are dense at a time."""


def fit_components(
    cells: LogCounts, rows: npt.NDArray[np.int64], *, components: int = COMPONENTS
) -> npt.NDArray[np.float32]:
    """Fit principal components to the centred log counts of the cells ``rows``.

    Exact, from the covariance over genes: the cost follows the genes (2,000 in the shipped studies) and not the cells,
    and no matrix of all cells is ever dense.

    Returns
    -------
    Loadings, genes x components, the strongest component first; at most ``len(rows) - 1`` components, the rank of the
    centred cells. The loading of largest absolute value of each component is positive, since the sign of an
    eigenvector is arbitrary and differs between LAPACK libraries.
    """
    from scipy.linalg import eigh

    genes = cells.genes
    # Blocks are summed in float64: the mean is subtracted at the end, from sums much larger than the difference.
    gram, total = np.zeros((genes, genes), dtype=np.float64), np.zeros(genes)
    for start in range(0, len(rows), BLOCK):
        part = cells.dense(rows[start : start + BLOCK])
        gram += part.T @ part
        total += part.sum(axis=0, dtype=np.float64)
    mean = total / len(rows)
    gram -= len(rows) * np.outer(mean, mean)
    rank = min(components, max(len(rows) - 1, 1), genes)
    _, vectors = eigh(gram, subset_by_index=[genes - rank, genes - 1])
    vectors = vectors[:, ::-1]  # eigh sorts eigenvalues in ascending order
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(rank)])
    return np.ascontiguousarray(vectors * signs, dtype=np.float32)


def random_loadings(genes: int, *, components: int = COMPONENTS, seed: int) -> npt.NDArray[np.float32]:
    """Draw standard normal loadings, genes x components: a random projection."""
    return np.random.default_rng(seed).standard_normal((genes, components)).astype(np.float32)


def project(cells: LogCounts, loadings: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Project log counts on the loadings: cells x components.

    The mean is not subtracted: it shifts all cells alike, and neighbours depend on differences only.
    """
    parts = [
        cells.dense(np.arange(start, min(start + BLOCK, len(cells)))) @ loadings
        for start in range(0, len(cells), BLOCK)
    ]
    return np.concatenate(parts) if parts else np.empty((0, loadings.shape[1]), dtype=np.float32)
