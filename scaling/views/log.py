"""The view that most families see: log1p of counts per 10,000 counts of the cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Corpus
from scaling.views.counts import GeneCounts, choose_counts

if TYPE_CHECKING:
    import torch

    from scaling.views.batch import Batch

__all__ = ["TARGET", "LogCounts", "log_cp10k", "log_normalise"]

TARGET = 10_000.0
"""Counts per cell after normalisation."""


def log_cp10k(batch: Batch) -> torch.Tensor:
    """Log counts per 10,000 of a batch, on its device: cells x genes."""
    return (batch.counts * (TARGET / batch.library.clamp(min=1.0))[:, None]).log1p()


@dataclass(frozen=True)
class LogCounts:
    """Counts of cells, seen as log1p of counts per 10,000: for what is computed without torch."""

    cells: GeneCounts

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def genes(self) -> int:
        """Number of genes."""
        return self.cells.genes

    @property
    def measured(self) -> npt.NDArray[np.bool_]:
        """Whether a study measured a gene, studies x genes."""
        return self.cells.measured

    def take(self, rows: npt.NDArray[np.int64]) -> LogCounts:
        """Select the cells ``rows``, in that order."""
        return LogCounts(self.cells.take(rows))

    def dense(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Expand the cells ``rows`` to a matrix, cells x genes."""
        scale = TARGET / np.maximum(self.cells.library[rows], 1.0)
        # In float64: the numbers that genes and clusters are chosen by shall not hang on how float32 rounds.
        return np.log1p(self.cells.dense(rows) * scale[:, None]).astype(np.float32)


def log_normalise(
    cells: Corpus, columns: npt.NDArray[np.int64], *, shared: npt.NDArray[np.bool_] | None = None
) -> LogCounts:
    """Log counts of the genes ``columns``; see :func:`scaling.views.counts.choose_counts`."""
    return LogCounts(choose_counts(cells, columns, shared=shared))
