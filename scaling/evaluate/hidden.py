"""Hidden bins of expression: which are hidden, and how many are predicted right.

The values are hidden here and not by the model, so that every model, and the rule without a model, is asked the same.
The bins are scBERT's; a count in the lowest one is never hidden, as in Boiarsky et al. (bioRxiv 2023.10.19.563100).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.vocabulary.protocol import MASKED_ACCURACY
from scaling.evaluate.predictions import GROUPS, Groups

__all__ = ["Hidden", "hide", "most_common_bins"]

Bins = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Hidden:
    """True and predicted bin of every hidden value, and the cell that it is of."""

    truth: Bins
    guess: Bins
    cells: npt.NDArray[np.int64]
    """Number of the cell of each value."""
    groups: Groups
    """Group of each cell of the set."""

    def __len__(self) -> int:
        return len(np.unique(self.cells))

    def scores(self) -> dict[str, float]:
        """Share of all hidden values that are predicted right."""
        return {MASKED_ACCURACY: float((self.truth == self.guess).mean())}

    def without_cells(self) -> dict[str, tuple[float, ...]]:
        """The share without each group of cells."""
        groups = self.groups[self.cells].astype(np.int64)
        right = np.bincount(groups, self.truth == self.guess, GROUPS)
        values = np.bincount(groups, minlength=GROUPS)
        shares = (right.sum() - right) / np.maximum(values.sum() - values, 1)
        return {MASKED_ACCURACY: tuple(round(float(share), 6) for share in shares)}

    def digest(self) -> str:
        """Sha256 of the predicted bins."""
        return hashlib.sha256(np.ascontiguousarray(self.guess, dtype="<i8").tobytes()).hexdigest()

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Predicted and true bin of every hidden value, and its cell."""
        return {
            "codes": self.guess.astype(np.uint8),
            "truth": self.truth.astype(np.uint8),
            "cells": self.cells.astype(np.uint32),
        }


def hide(bins: Bins, *, share: float, most: int, rng: np.random.Generator) -> Flags:
    """Choose the values of each cell that are hidden.

    Parameters
    ----------
    bins
        Bin of each value, cells x genes; those in bin 0 are not hidden.
    share
        Of the other values of a cell, rounded down; at least one of them stays to be seen.
    most
        Values of a cell that are hidden at most.

    Returns
    -------
    True where a value is hidden: cells x genes. A cell with too few values has none.
    """
    seen = bins > 0
    number = np.minimum((seen.sum(axis=1) * share).astype(np.int64), most)
    order = np.argsort(np.where(seen, rng.random(bins.shape), 2.0), axis=1, kind="stable")
    hidden = np.zeros(bins.shape, dtype=np.bool_)
    np.put_along_axis(hidden, order, np.arange(bins.shape[1]) < number[:, None], axis=1)
    return hidden


def most_common_bins(bins: Bins, hidden: Flags) -> Bins:
    """Answer each hidden value with the bin that is most common among the values of its cell that are seen.

    Bin 0 does not count, as it is never hidden; of bins that are equally common the lowest is taken.

    Returns
    -------
    Predicted bin of each hidden value, cell by cell in the order of the genes.
    """
    highest = int(bins.max(initial=0))
    counts = np.stack([((bins == code) & ~hidden).sum(axis=1) for code in range(1, highest + 1)], axis=1)
    common = counts.argmax(axis=1) + 1
    answers: Bins = np.broadcast_to(common[:, None], bins.shape)[hidden]
    return answers
