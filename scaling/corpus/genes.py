"""The genes that the models of a study see: those that vary most, by a vote of the studies of the corpus."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Corpus, entries_of
from scaling.errors import CorpusError

__all__ = ["select_genes"]

MIN_CELLS = 50
"""Fewer cells of a study give no usable variance, so such a study does not vote for genes."""


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
    entries = entries_of(corpus.indptr, rows)
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
