"""Which cells a step sees: a function of seed and step, so that training can go on at any step."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import SamplingError

__all__ = ["Order"]

Rows = npt.NDArray[np.int64]


class Order:
    """Batches of row numbers by step.

    Without weights the cells come in random order, each once per epoch; the incomplete batch at the end of an epoch is
    dropped, because it would be joined with cells of the next epoch, possibly the same ones. Only a batch that is
    larger than the subset spans epochs. With weights every batch is drawn anew, with replacement.

    With groups (the study of each row) all cells of a batch are of one group: each group is cut into batches, whose
    incomplete last one is dropped, and the batches of an epoch come in random order.

    Raises
    ------
    SamplingError
        If there are both weights and groups, or a group has fewer cells than a batch and would never be seen.
    """

    def __init__(
        self,
        rows: Rows,
        batch_size: int,
        *,
        seed: int,
        weights: npt.NDArray[np.float64] | None = None,
        groups: npt.NDArray[Any] | None = None,
    ) -> None:
        self.rows, self.size, self.seed = rows, batch_size, seed
        self._groups = None if groups is None else _parted(rows, groups, batch_size, weighted=weights is not None)
        self._cumulative = None if weights is None else np.cumsum(weights / weights.sum())
        self._epoch, self._shuffled = -1, rows

    def batch(self, step: int) -> Rows:
        """Rows of a step, counted from 1."""
        if self._cumulative is not None:
            draws = np.random.default_rng([self.seed, 1, step]).random(self.size)
            places = np.searchsorted(self._cumulative, draws, side="right").clip(max=len(self.rows) - 1)
            drawn: Rows = self.rows[places]
            return drawn
        if self._groups is not None:
            per_epoch = sum(len(group) // self.size for group in self._groups) * self.size
        else:  # a batch that is larger than the subset takes from an endless row of epochs
            per_epoch = len(self.rows) if self.size > len(self.rows) else len(self.rows) // self.size * self.size
        start, stop = (step - 1) * self.size, step * self.size
        parts = [
            self._shuffle(epoch)[max(start - epoch * per_epoch, 0) : min(stop - epoch * per_epoch, per_epoch)]
            for epoch in range(start // per_epoch, (stop - 1) // per_epoch + 1)
        ]
        return np.concatenate(parts)

    def _shuffle(self, epoch: int) -> Rows:
        if epoch != self._epoch:
            self._epoch = epoch
            rng = np.random.default_rng([self.seed, 1, epoch])
            self._shuffled = rng.permutation(self.rows) if self._groups is None else self._batches(self._groups, rng)
        return self._shuffled

    def _batches(self, groups: list[Rows], rng: np.random.Generator) -> Rows:
        """Whole batches of single groups, in random order, joined."""
        whole = [rng.permutation(group)[: len(group) // self.size * self.size] for group in groups]
        shuffled: Rows = rng.permutation(np.concatenate(whole).reshape(-1, self.size)).reshape(-1)
        return shuffled


def _parted(rows: Rows, groups: npt.NDArray[Any], size: int, *, weighted: bool) -> list[Rows]:
    if weighted:
        msg = "a family that draws its cells by weights of its own cannot take the cells of a step from one study"
        raise SamplingError(msg)
    parted = [rows[groups == group] for group in np.unique(groups)]
    if (smallest := min(map(len, parted))) < size:
        msg = (
            f"a study has {smallest} cells of the subset, fewer than the {size} of a step, and its cells would never "
            "be seen where a step is of one study. Take larger subsets, a smaller batch_size, or leave that study out."
        )
        raise SamplingError(msg)
    return parted
