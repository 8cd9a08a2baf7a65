"""Which cells a classifier learns from and which it is scored on: within batches, and across them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scaling.evaluate.knn import stratified_halves

__all__ = ["Labelled", "Split", "across_batches", "label_few", "random_halves"]

Rows = npt.NDArray[np.int64]
Labels = npt.NDArray[np.str_]
Codes = npt.NDArray[np.int64]
VALIDATION = 5
"""One labelled cell of so many is for validation."""
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


@dataclass(frozen=True)
class Labelled:
    """Rows of the cells whose label is known, those to learn from and those that choose the epoch."""

    train: Rows
    validation: Rows


def label_few(codes: Codes, rows: Rows, *, share: float, seed: int) -> Labelled:
    """Draw the cells ``rows`` whose label is known: a share of every type, at least two of it where there are two.

    Of these, one in five of every type, and at least one where there are two, is for validation.
    """
    rng = np.random.default_rng([seed, 5])
    train, validation = list[Rows](), list[Rows]()
    for code in np.unique(codes[rows]):
        of_type = rng.permutation(rows[codes[rows] == code])
        known = of_type[: max(round(share * len(of_type)), min(2, len(of_type)))]
        apart = max(len(known) // VALIDATION, 1) if len(known) > 1 else 0
        validation.append(known[:apart])
        train.append(known[apart:])
    return Labelled(np.sort(np.concatenate(train)), np.sort(np.concatenate(validation)))
