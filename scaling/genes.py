"""From counts to what a model sees: selected genes, log1p of counts per 10,000, dense only a batch at a time."""

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
MIN_CELLS = 50
ARRAYS = ("indptr", "indices", "values", "measured", "study")


@dataclass(frozen=True)
class LogCounts:
    """log1p counts per 10,000 over the model's genes, as compressed rows.

    ``measured[s, g]``: whether study ``s`` measured gene ``g``; ``study[i]``: the study of cell ``i``.
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
        """The cells ``rows`` in that order."""
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        places = _places(self.indptr, rows)
        return LogCounts(
            indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            indices=self.indices[places],
            values=self.values[places],
            measured=self.measured,
            study=self.study[rows],
        )

    def dense(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The cells ``rows`` as a matrix, cells x genes."""
        out = np.zeros((len(rows), self.genes), dtype=np.float32)
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        places = _places(self.indptr, rows)
        out[np.repeat(np.arange(len(rows)), lengths), self.indices[places]] = self.values[places]
        return out


def _places(indptr: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Positions of the entries of ``rows`` in the arrays of compressed rows, row after row."""
    starts = indptr[rows]
    lengths = indptr[rows + 1] - starts
    ends = np.cumsum(lengths)
    shift: npt.NDArray[np.int64] = np.repeat(starts - ends + lengths, lengths)
    return np.arange(len(shift)) + shift


def select_genes(corpus: Corpus, n: int) -> npt.NDArray[np.int64]:
    """Columns of the ``n`` most variable genes of the corpus, rising.

    Per study the variance of counts is divided by what a quadratic fit of log variance on log mean expects, values
    clipped at the square root of the number of cells (Stuart et al. 2019, with a polynomial instead of loess). Genes
    are taken by the number of studies in which they are among the first ``n``, then by their median rank there.
    Deterministic; only the corpus is looked at.

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
            spread = _spread(corpus, rows)
            spread[~corpus.measured[number]] = -1.0
            order = np.argsort(-spread, kind="stable")
            rank = np.empty(genes)
            rank[order] = np.arange(genes)
            ranks.append(np.where(spread > 0, rank, genes))
    table = np.array(ranks)
    votes = (table < n).sum(axis=0)
    middle = np.full(genes, float(genes))
    middle[votes > 0] = np.nanmedian(np.where(table < n, table, np.nan)[:, votes > 0], axis=0)
    return np.sort(np.lexsort((np.arange(genes), middle, -votes))[:n])


def _spread(corpus: Corpus, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Variance of the clipped, standardised counts of each gene; 0 for genes without variance."""
    genes, cells = len(corpus.genes), len(rows)
    places = _places(corpus.indptr, rows)
    columns, counts = corpus.indices[places], corpus.counts[places].astype(np.float64)
    mean = np.bincount(columns, counts, genes) / cells
    variance = (np.bincount(columns, counts**2, genes) - cells * mean**2) / max(cells - 1, 1)
    varied = (variance > 0) & (mean > 0)
    spread = np.zeros(genes)
    if varied.sum() < 4:
        return np.where(varied, variance, 0.0)
    fit = np.polyfit(np.log10(mean[varied]), np.log10(variance[varied]), 2)
    deviation = np.ones(genes)
    deviation[varied] = np.sqrt(10 ** np.polyval(fit, np.log10(mean[varied])))
    standard = np.minimum((counts - mean[columns]) / deviation[columns], np.sqrt(cells))
    zeros = cells - np.bincount(columns, minlength=genes)
    total = np.bincount(columns, standard**2, genes) + zeros * (mean / deviation) ** 2
    spread[varied] = total[varied] / max(cells - 1, 1)
    return spread


def log_normalise(
    cells: Corpus, columns: npt.NDArray[np.int64], *, shared: npt.NDArray[np.bool_] | None = None
) -> LogCounts:
    """Counts per 10,000 of all genes of the corpus, log1p, of the genes ``columns``.

    Parameters
    ----------
    cells
        A corpus or an evaluation set aligned to its genes.
    columns
        Genes that the model sees (rising).
    shared
        Genes that take part, one flag per gene; all if left out. Two studies that are compared are restricted to the
        genes that both measured, else a missing gene looks like a silent one.
    """
    part = np.ones(len(cells.genes), dtype=bool) if shared is None else shared
    row = np.repeat(np.arange(len(cells)), np.diff(cells.indptr))
    counts = np.where(part[cells.indices], cells.counts, 0).astype(np.float64)
    totals = np.bincount(row, counts, len(cells))
    place = np.full(len(cells.genes), -1, dtype=np.int32)
    place[columns] = np.arange(len(columns), dtype=np.int32)
    keep = (place[cells.indices] >= 0) & (counts > 0)
    values = np.log1p(counts[keep] * (TARGET / totals[row[keep]])).astype(np.float32)
    return LogCounts(
        indptr=np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=len(cells)))]).astype(np.int64),
        indices=place[cells.indices[keep]],
        values=values,
        measured=(cells.measured & part)[:, columns],
        study=np.asarray(cells.study),
    )


def save_log_counts(cells: LogCounts, folder: Path) -> Path:
    """Write one .npy file per part."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(cells, name), allow_pickle=False)
    return folder


def load_log_counts(folder: Path) -> LogCounts:
    """Open what :func:`save_log_counts` wrote, as mapped memory."""
    parts: dict[str, npt.NDArray[Any]] = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS
    }
    return LogCounts(**parts)
