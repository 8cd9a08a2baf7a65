"""Which cells a step sees: a function of seed and step, so that training can go on at any step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Order"]

Rows = npt.NDArray[np.int64]


class Order:
    """Batches of row numbers by step.

    Without weights the cells come in random order, each once per epoch; the incomplete batch at the end of an epoch is
    dropped, because it would be joined with cells of the next epoch, possibly the same ones. Only a batch that is
    larger than the subset spans epochs. With weights every batch is drawn anew, with replacement.
    """

    def __init__(
        self, rows: Rows, batch_size: int, *, seed: int, weights: npt.NDArray[np.float64] | None = None
    ) -> None:
        self.rows, self.size, self.seed = rows, batch_size, seed
        self._cumulative = None if weights is None else np.cumsum(weights / weights.sum())
        self._epoch, self._shuffled = -1, rows

    def batch(self, step: int) -> Rows:
        """Rows of a step, counted from 1."""
        if self._cumulative is not None:
            draws = np.random.default_rng([self.seed, 1, step]).random(self.size)
            places = np.searchsorted(self._cumulative, draws, side="right").clip(max=len(self.rows) - 1)
            drawn: Rows = self.rows[places]
            return drawn
        # A batch that is larger than the subset takes from an endless row of epochs.
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
            self._shuffled = np.random.default_rng([self.seed, 1, epoch]).permutation(self.rows)
        return self._shuffled
