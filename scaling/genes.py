"""From counts to the input of a model: selected genes, log1p of counts per 10,000.

The matrix stays sparse on disk and in memory; it is dense for one batch at a time, because cells x genes of a whole
corpus does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus import Corpus
from scaling.errors import CorpusError

__all__ = ["LogCounts", "load_log_counts", "log_normalise", "save_log_counts", "select_genes"]

TARGET = 10_000.0
"""Counts per cell after normalisation."""
MIN_CELLS = 50
"""Fewer cells of a study give no usable variance, so such a study does not vote for genes."""
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
        entries = _entries(self.indptr, rows)
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
        entries = _entries(self.indptr, rows)
        matrix[np.repeat(np.arange(len(rows)), lengths), self.indices[entries]] = self.values[entries]
        return matrix


def _entries(indptr: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Positions of the entries of ``rows`` in the arrays of compressed rows, row after row.

    The ranges of the rows, joined without a loop over rows (this is called for every batch): entry ``j`` of the
    result lies at ``j`` plus the distance between where its row starts in the input and where in the result.
    """
    starts = indptr[rows]
    lengths = indptr[rows + 1] - starts
    ends = np.cumsum(lengths)
    shift: npt.NDArray[np.int64] = np.repeat(starts - (ends - lengths), lengths)
    return np.arange(len(shift)) + shift


def select_genes(corpus: Corpus, n: int) -> npt.NDArray[np.int64]:
    """Select the ``n`` most variable genes of the corpus.

    Per study the variance of counts is divided by the variance that a quadratic fit of log variance on log mean
    expects, with values clipped at the square root of the number of cells (Stuart et al., Cell 2019, with a polynomial
    instead of loess). Genes are ranked by the number of studies in which they are among the first ``n``, then by their
    median rank in these, then by column: the selection is deterministic. Evaluation cells take no part in it.

    Returns
    -------
    Columns of the genes, ascending.

    Raises
    ------
    CorpusError
        If the corpus has fewer than ``n`` genes.
    """
    genes = len(corpus.genes)
    if genes < n:
        msg = f"Corpus {corpus.name} has {genes} genes, the study asks for {n}. Lower `genes` of the study file."
        raise CorpusError(msg)
    ranks = []
    for number in range(len(corpus.studies)):
        rows = np.flatnonzero(corpus.study == number)
        if len(rows) >= min(MIN_CELLS, len(corpus)):
            dispersion = _dispersion(corpus, rows)
            dispersion[~corpus.measured[number]] = -1.0
            order = np.argsort(-dispersion, kind="stable")
            rank = np.empty(genes)
            rank[order] = np.arange(genes)
            ranks.append(np.where(dispersion > 0, rank, genes))  # rank ``genes``: never among the first n
    table = np.array(ranks)  # studies x genes
    votes = (table < n).sum(axis=0)
    median_rank = np.full(genes, float(genes))
    median_rank[votes > 0] = np.nanmedian(np.where(table < n, table, np.nan)[:, votes > 0], axis=0)
    # lexsort takes its most important key last.
    return np.sort(np.lexsort((np.arange(genes), median_rank, -votes))[:n])


def _dispersion(corpus: Corpus, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Variance of the clipped, standardised counts of each gene over the cells ``rows``; 0 for constant genes.

    Everything is summed over the entries that are not zero, and the zeros, which all standardise to the same value,
    are added as one product, so that the cost follows the entries and not cells x genes. In float64: the variance is
    the difference of two sums of squares that are nearly equal for genes with high counts.
    """
    genes, cells = len(corpus.genes), len(rows)
    entries = _entries(corpus.indptr, rows)
    columns, counts = corpus.indices[entries], corpus.counts[entries].astype(np.float64)
    mean = np.bincount(columns, counts, genes) / cells
    variance = (np.bincount(columns, counts**2, genes) - cells * mean**2) / max(cells - 1, 1)
    variable = (variance > 0) & (mean > 0)
    if variable.sum() < 4:  # too few points for the quadratic
        return np.where(variable, variance, 0.0)
    fit = np.polyfit(np.log10(mean[variable]), np.log10(variance[variable]), 2)
    expected_sd = np.ones(genes)
    expected_sd[variable] = np.sqrt(10 ** np.polyval(fit, np.log10(mean[variable])))
    # Clipped, because one cell with very many counts would otherwise make its gene the most variable.
    standardised = np.minimum((counts - mean[columns]) / expected_sd[columns], np.sqrt(cells))
    zeros = cells - np.bincount(columns, minlength=genes)
    squares = np.bincount(columns, standardised**2, genes) + zeros * (mean / expected_sd) ** 2
    dispersion = np.zeros(genes)
    dispersion[variable] = squares[variable] / max(cells - 1, 1)
    return dispersion


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
