"""The view that the shipped families see: selected genes, log1p of counts per 10,000.

The matrix stays sparse on disk and in memory; it is dense for one batch at a time, because cells x genes of a whole
corpus does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Corpus, entries_of

__all__ = ["LogCounts", "load_log_counts", "log_normalise", "save_log_counts"]

TARGET = 10_000.0
"""Counts per cell after normalisation."""
ARRAYS = ("indptr", "indices", "values", "measured", "study")


@dataclass(frozen=True)
class LogCounts:
    """log1p counts per 10,000 over the model's genes, as compressed rows.

    ``measured[s, g]`` (studies x genes) says whether study ``s`` measured gene ``g``; ``study[i]`` is the number of
    the study of cell ``i``.
    """

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]
    measured: npt.NDArray[np.bool_]
    study: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def genes(self) -> int:
        """Number of genes."""
        return int(self.measured.shape[1])

    def take(self, rows: npt.NDArray[np.int64]) -> LogCounts:
        """Select the cells ``rows``, in that order."""
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        entries = entries_of(self.indptr, rows)
        return LogCounts(
            indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            indices=self.indices[entries],
            values=self.values[entries],
            measured=self.measured,
            study=self.study[rows],
        )

    def dense(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Expand the cells ``rows`` to a matrix, cells x genes."""
        matrix = np.zeros((len(rows), self.genes), dtype=np.float32)
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        entries = entries_of(self.indptr, rows)
        matrix[np.repeat(np.arange(len(rows)), lengths), self.indices[entries]] = self.values[entries]
        return matrix


def log_normalise(
    cells: Corpus, columns: npt.NDArray[np.int64], *, shared: npt.NDArray[np.bool_] | None = None
) -> LogCounts:
    """Normalise counts: log1p of counts per 10,000 counts of the cell, for the genes ``columns``.

    The total of a cell is taken over all genes of the corpus, not only over those that the model sees.

    Parameters
    ----------
    cells
        A corpus or an evaluation set aligned to its genes.
    columns
        Genes that the model sees, ascending.
    shared
        Genes that take part, one flag per gene; all if left out. Two studies that are compared are restricted to the
        genes that both measured, otherwise a gene that was not measured looks like one that is not expressed.
    """
    included = np.ones(len(cells.genes), dtype=bool) if shared is None else shared
    row = np.repeat(np.arange(len(cells)), np.diff(cells.indptr))
    counts = np.where(included[cells.indices], cells.counts, 0).astype(np.float64)
    totals = np.bincount(row, counts, len(cells))
    new_column = np.full(len(cells.genes), -1, dtype=np.int32)  # -1: not seen by the model
    new_column[columns] = np.arange(len(columns), dtype=np.int32)
    keep = (new_column[cells.indices] >= 0) & (counts > 0)
    values = np.log1p(counts[keep] * (TARGET / totals[row[keep]])).astype(np.float32)
    return LogCounts(
        indptr=np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=len(cells)))]).astype(np.int64),
        indices=new_column[cells.indices[keep]],
        values=values,
        measured=(cells.measured & included)[:, columns],
        study=np.asarray(cells.study),
    )


def save_log_counts(cells: LogCounts, folder: Path) -> Path:
    """Write one .npy file per array."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(cells, name), allow_pickle=False)
    return folder


def load_log_counts(folder: Path) -> LogCounts:
    """Open what :func:`save_log_counts` wrote, as mapped memory."""
    arrays: dict[str, npt.NDArray[Any]] = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS
    }
    return LogCounts(**arrays)
