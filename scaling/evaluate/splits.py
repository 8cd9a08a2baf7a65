"""Which cells a classifier learns from and which it is scored on: within batches, and across them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scaling.evaluate.knn import stratified_halves

__all__ = ["Split", "across_batches", "random_halves"]

Rows = npt.NDArray[np.int64]
Labels = npt.NDArray[np.str_]
FOLDS = 5
"""More batches than this are joined into so many groups: a fold per donor would cost much and hold few cells."""


@dataclass(frozen=True)
class Split:
    """Rows to learn from, rows to score, both ascending; ``name`` says which batches are scored."""

    name: str
    train: Rows
    test: Rows


def random_halves(labels: Labels, *, splits: int, seed: int) -> list[Split]:
    """Halve the cells of every label at random, ``splits`` times."""
    return [Split(f"half {number + 1}", *stratified_halves(labels, seed=seed + number)) for number in range(splits)]


def across_batches(labels: Labels, batches: Labels, *, seed: int) -> list[Split]:
    """Learn from all batches but some, score those: every batch is scored once.

    Up to five batches are left out one at a time; more are dealt into five groups by ``seed``, the largest first, so
    that the groups have similar numbers of cells. A cell whose type no other group has is not scored, and a group
    without any such cell makes no split.
    """
    names, cells = np.unique(batches, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-cells[order], kind="stable")]
    groups: list[list[str]] = [[] for _ in range(min(FOLDS, len(names)))]
    sizes = np.zeros(len(groups), dtype=np.int64)
    for place in order.tolist():
        smallest = int(sizes.argmin())
        groups[smallest].append(str(names[place]))
        sizes[smallest] += cells[place]
    splits = []
    for group in groups:
        scored = np.isin(batches, group)
        learnt = np.isin(labels, np.unique(labels[~scored]))
        test = np.flatnonzero(scored & learnt)
        if len(test):
            splits.append(Split(", ".join(sorted(group)), np.flatnonzero(~scored), test))
    return splits
