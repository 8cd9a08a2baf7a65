"""Whether types that name clusters of cells are more than what any clustering of these cells makes (double dipping)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import CorpusError
from scaling.evaluate.agreement import ari, table
from scaling.evaluate.separable import RATE, separable_clusters

__all__ = ["check_labels"]

GENES = 500
"""Most variable genes, by which cells are clustered and clusters told apart."""
CELLS = 3000
"""A larger set is sampled down to so many cells."""
FEWEST = 10
"""Cells in which a gene is found at least."""
LISTED = 8


def check_labels(matrix: Any, labels: npt.NDArray[np.str_], *, seed: int = 0) -> list[str]:
    """Say how many clusters of cells real genes tell apart, and which labels were parted by a border that none does.

    Parameters
    ----------
    matrix
        Raw counts, scipy CSR matrix, cells x genes.
    labels
        Type of each cell.
    seed
        Seed of the sample, of the artificial genes and of the clustering.

    Returns
    -------
    Sentences.

    Raises
    ------
    CorpusError
        If there are too few cells or genes to tell anything apart.
    """
    rows = np.arange(len(labels))
    if len(rows) > CELLS:
        rows = np.sort(np.random.default_rng([seed, 29]).choice(len(rows), CELLS, replace=False))
    own = labels[rows]
    depth = np.asarray(matrix[rows].sum(axis=1), dtype=np.float64).ravel()
    counts = matrix[rows][:, _variable(matrix[rows], depth)].toarray()
    separable = separable_clusters(counts, library=depth, seed=seed)
    names, codes = np.unique(own, return_inverse=True)
    agreement = float(ari(table(separable.clusters, codes.astype(np.int64))))
    said = [
        f"Double dipping: {len(rows):,} cells fall into {int(separable.first.max()) + 1} clusters, of which "
        f"{len(separable)} are told apart by genes that stand out from artificial ones (at most {RATE:.0%} of these "
        f"genes wrong). The labels name {len(names)} types; adjusted Rand index {agreement:.2f}."
    ]
    first, last = (
        {name: int(np.bincount(clusters[own == name]).argmax()) for name in names.tolist()}
        for clusters in (separable.first, separable.clusters)
    )
    joined = [
        f"{a} and {b}" for a, b in combinations(last, 2)
        if last[a] == last[b] and first[a] != first[b]
    ]  # fmt: skip
    if joined:
        more = f", and {len(joined) - LISTED} more pairs" if len(joined) > LISTED else ""
        said.append(
            f"Parted by the clustering and told apart by no gene: {'; '.join(joined[:LISTED])}{more}. Where these "
            "labels are clusters of the same cells, a score that tells them apart may be about the clustering alone."
        )
    return said


def _variable(matrix: Any, depth: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Genes whose log-normalised values vary most, in the order of the matrix."""
    cells = np.asarray((matrix > 0).sum(axis=0)).ravel()
    scaled = matrix.astype(np.float64).multiply((np.median(depth) / np.maximum(depth, 1.0))[:, None]).tocsr()
    scaled.data = np.log1p(scaled.data)
    mean = np.asarray(scaled.mean(axis=0)).ravel()
    variance = np.asarray(scaled.multiply(scaled).mean(axis=0)).ravel() - mean**2
    enough = np.flatnonzero(cells >= FEWEST)
    if not len(enough):
        msg = f"no gene is found in {FEWEST} cells, so that no clusters can be told apart"
        raise CorpusError(msg)
    chosen = enough[np.argsort(-variance[enough], kind="stable")[:GENES]]
    return np.sort(chosen)
