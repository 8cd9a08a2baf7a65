"""Subsets of a corpus: which cells a model is pre-trained on.

A subset is a sorted array of unique row numbers, never a copy of cells. Whether subsets of several sizes are nested or
independent, :mod:`scaling.sampling.draws` says.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import UNKNOWN, Text
from scaling.errors import SamplingError
from scaling.sampling.clusters import clusters

__all__ = ["celltype_reweighted", "cluster_reweighted", "of_other_types", "random_subset", "water_fill"]

Rows = npt.NDArray[np.int64]


def random_subset(n: int, size: int, *, seed: int) -> Rows:
    """Draw ``size`` of ``n`` rows without replacement.

    Raises
    ------
    SamplingError
        If ``size`` is not between 0 and ``n``.
    """
    _check(n, size)
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False)).astype(np.int64)


def of_other_types(types: Text, left_out: str) -> Rows:
    """Cells of which none is of a type, nor of an unknown one: row numbers, ascending.

    Raises
    ------
    SamplingError
        If no cell is of the type.
    """
    if left_out not in types:
        msg = f"{left_out}: no cell of the corpus is of this type; it has {', '.join(sorted(set(types.tolist())))}."
        raise SamplingError(msg)
    return np.flatnonzero((types != left_out) & (types != UNKNOWN))


def water_fill(counts: npt.NDArray[np.integer[Any]], budget: int) -> npt.NDArray[np.int64]:
    """Split a budget of cells over types as evenly as their sizes allow; the quotas sum to exactly ``budget``.

    The rule of the cell type reweighting of DenAdel et al.: every type gets the same number of cells, types that have
    fewer give all they have, and what they leave over is split again among the others, as water finds one level. The
    published loop rounds down (losing up to one cell per type) and drops a type whose size equals the level; here such
    a type is included whole, and the remainder goes, one cell each, to the first types that have cells left.

    Parameters
    ----------
    counts
        Cells per type.
    budget
        Cells in all.

    Returns
    -------
    Quota per type, in the order of ``counts``.

    Raises
    ------
    SamplingError
        If ``budget`` is not between 0 and the number of cells.
    """
    counts = np.asarray(counts, dtype=np.int64)
    _check(int(counts.sum()), budget)
    quota = np.zeros_like(counts)
    remaining = budget
    unfilled = counts > 0
    while remaining and unfilled.any():
        rise = remaining // int(unfilled.sum())
        if rise == 0:  # fewer cells than types: the first types by order, so that the split is deterministic
            quota[np.flatnonzero(unfilled)[:remaining]] += 1
            break
        # A round fills a type, or else it leaves fewer cells than there are types: at most len(counts) + 1 rounds.
        added = np.where(unfilled, np.minimum(counts - quota, rise), 0)
        quota += added
        remaining -= int(added.sum())
        unfilled = quota < counts
    return quota


def celltype_reweighted(labels: npt.NDArray[Any], size: int, *, seed: int) -> Rows:
    """Draw ``size`` rows with as equal numbers of each label as the corpus allows (:func:`water_fill`).

    Each label draws with its own seed, so that the cells of one type do not depend on how many are drawn of another.
    """
    _check(len(labels), size)
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    quotas = water_fill(counts, size)
    seeds = np.random.SeedSequence(seed).spawn(len(counts))
    drawn = [
        np.random.default_rng(seeds[code]).choice(np.flatnonzero(codes == code), quota, replace=False)
        for code, quota in enumerate(quotas.tolist())
    ]
    # The empty array lets a subset of no labels at all concatenate.
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *drawn])).astype(np.int64)


def cluster_reweighted(embedding: npt.NDArray[np.float32], size: int, *, k: int, seed: int) -> Rows:
    """Draw as :func:`celltype_reweighted` does, with clusters in place of labels."""
    return celltype_reweighted(clusters(embedding, k, seed=seed), size, seed=seed)


def _check(n: int, size: int) -> None:
    if not 0 <= size <= n:
        raise SamplingError.of_size(size, n)
