"""Subsets of a corpus: which cells a model is pre-trained on.

A subset is a sorted array of unique row numbers, never a copy of cells. Subsets of different sizes are independent
draws, as in DenAdel et al. (bioRxiv 2024.12.13.628448), not nested.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["celltype_reweighted", "cluster_reweighted", "clusters", "random_subset", "water_fill"]

Rows = npt.NDArray[np.int64]


def random_subset(n: int, size: int, *, seed: int) -> Rows:
    """``size`` of ``n`` rows, drawn without replacement.

    Raises
    ------
    ValueError
        If ``size`` is not between 0 and ``n``.
    """
    _check(n, size)
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False)).astype(np.int64)


def water_fill(counts: npt.NDArray[np.integer[Any]], budget: int) -> npt.NDArray[np.int64]:
    """Quota per type: all of the small types, equal shares of the rest, exactly ``budget`` cells in all.

    The published loop rounds down (up to one cell per type is lost) and drops a type whose size equals the share; here
    ties are kept and the remainder goes one cell each to the first types that still have cells.

    Raises
    ------
    ValueError
        If ``budget`` is not between 0 and the number of cells.
    """
    counts = np.asarray(counts, dtype=np.int64)
    _check(int(counts.sum()), budget)
    quota = np.zeros_like(counts)
    left = budget
    open_types = counts > 0
    while left and open_types.any():
        share = left // int(open_types.sum())
        if share == 0:
            quota[np.flatnonzero(open_types)[:left]] += 1
            break
        add = np.where(open_types, np.minimum(counts - quota, share), 0)
        quota += add
        left -= int(add.sum())
        open_types = quota < counts
    return quota


def celltype_reweighted(labels: npt.NDArray[Any], size: int, *, seed: int) -> Rows:
    """``size`` rows with as equal numbers of each label as the corpus allows (:func:`water_fill`).

    Each label draws from a seed of its own, so that one type's cells do not depend on how many others there are.
    """
    _check(len(labels), size)
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    quotas = water_fill(counts, size)
    seeds = np.random.SeedSequence(seed).spawn(len(counts))
    chosen = [
        np.random.default_rng(seeds[number]).choice(np.flatnonzero(codes == number), quota, replace=False)
        for number, quota in enumerate(quotas.tolist())
    ]
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *chosen])).astype(np.int64)


def clusters(embedding: npt.NDArray[np.float32], k: int, *, seed: int) -> npt.NDArray[np.int32]:
    """Cluster number of each cell: k-means on an embedding (cells x dimensions), for corpora without labels."""
    from sklearn.cluster import MiniBatchKMeans

    fitted = MiniBatchKMeans(n_clusters=min(k, len(embedding)), random_state=seed, n_init=3, batch_size=2048)
    return np.asarray(fitted.fit_predict(embedding), dtype=np.int32)


def cluster_reweighted(embedding: npt.NDArray[np.float32], size: int, *, k: int, seed: int) -> Rows:
    """As :func:`celltype_reweighted`, on clusters instead of labels."""
    return celltype_reweighted(clusters(embedding, k, seed=seed), size, seed=seed)


def _check(n: int, size: int) -> None:
    if not 0 <= size <= n:
        msg = f"a subset of {size} cells cannot be drawn from {n}"
        raise ValueError(msg)
