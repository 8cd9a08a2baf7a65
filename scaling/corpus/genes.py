"""The genes that the models of a study see: those that vary most, by a vote of the studies of the corpus."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Corpus, entries_of
from scaling.errors import CorpusError

__all__ = ["select_genes"]

DIGITS = 6
STEPS = 10**7
"""Logarithms enter the fit as whole numbers of this fraction of one."""
MIN_CELLS = 50
"""Fewer cells of a study give no usable variance, so such a study does not vote for genes."""


def select_genes(corpus: Corpus, n: int, *, among: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
    """Select the ``n`` most variable genes of the corpus.

    Per study the variance of counts is divided by the variance that a quadratic fit of log variance on log mean
    expects, with values clipped at the square root of the number of cells (Stuart et al., Cell 2019, with a polynomial
    instead of loess). Genes are ranked by the number of studies in which they are among the first ``n``, then by their
    median rank in these, then by column, which is the order of gene names. Statistics are quantised, so that the choice
    is the same on every machine. Evaluation cells take no part in it.

    Parameters
    ----------
    among
        Genes that may be chosen, one flag per gene; all if left out.

    Returns
    -------
    Columns of the genes, ascending.

    Raises
    ------
    CorpusError
        If the corpus has fewer than ``n`` genes.
    """
    genes = len(corpus.genes)
    allowed = np.ones(genes, dtype=bool) if among is None else among
    if allowed.sum() < n:
        which = "" if among is None else " that every evaluation set measured"
        msg = (
            f"Corpus {corpus.name} has {allowed.sum()} genes{which}, the study asks for {n}. Lower `genes` of the "
            "study file."
        )
        raise CorpusError(msg)
    ranks = []
    for number in range(len(corpus.studies)):
        rows = np.flatnonzero(corpus.study == number)
        if len(rows) >= min(MIN_CELLS, len(corpus)):
            dispersion = _dispersion(corpus, rows)
            dispersion[~(corpus.measured[number] & allowed)] = -1.0
            order = np.argsort(-dispersion, kind="stable")
            rank = np.empty(genes)
            rank[order] = np.arange(genes)
            ranks.append(np.where(dispersion > 0, rank, genes))  # rank ``genes``: never among the first n
    table = np.array(ranks)  # studies x genes
    votes = (table < n).sum(axis=0)
    median_rank = np.full(genes, float(genes))
    median_rank[votes > 0] = np.nanmedian(np.where(table < n, table, np.nan)[:, votes > 0], axis=0)
    # lexsort takes its most important key last.
    return np.sort(np.lexsort((np.arange(genes), median_rank, -votes, ~allowed))[:n])


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
    level = np.log10(mean[variable])
    fit = _quadratic(level, np.log10(variance[variable]))
    expected_sd = np.ones(genes)
    expected_sd[variable] = np.sqrt(10 ** (fit[0] + level * (fit[1] + level * fit[2])))
    # Clipped, because one cell with very many counts would otherwise make its gene the most variable.
    standardised = np.minimum((counts - mean[columns]) / expected_sd[columns], np.sqrt(cells))
    zeros = cells - np.bincount(columns, minlength=genes)
    squares = np.bincount(columns, standardised**2, genes) + zeros * (mean / expected_sd) ** 2
    dispersion = np.zeros(genes)
    # Rounded: processors differ in the last bits of logarithms and powers, and genes that differ in nothing else are a
    # tie, which the order of genes decides.
    dispersion[variable] = np.round(squares[variable] / max(cells - 1, 1), DIGITS)
    return dispersion


def _quadratic(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Least squares of y on 1, x and x squared, the same on every machine: whole numbers, summed exactly."""
    xs = np.rint(x * STEPS).astype(np.int64).tolist()
    ys = np.rint(y * STEPS).astype(np.int64).tolist()
    powers = [sum(value**power for value in xs) for power in range(5)]
    moments = [sum(other * value**power for value, other in zip(xs, ys, strict=True)) for power in range(3)]
    rows = [[Fraction(powers[row + column]) for column in range(3)] + [Fraction(moments[row])] for row in range(3)]
    for pivot in range(3):
        if rows[pivot][pivot] == 0:  # fewer than three different values of x
            return float(Fraction(moments[0], max(len(xs), 1) * STEPS)), 0.0, 0.0
        rows[pivot] = [entry / rows[pivot][pivot] for entry in rows[pivot]]
        for row in range(3):
            if row != pivot:
                factor = rows[row][pivot]
                rows[row] = [entry - factor * other for entry, other in zip(rows[row], rows[pivot], strict=True)]
    constant, slope, curvature = (row[3] for row in rows)
    return float(constant / STEPS), float(slope), float(curvature * STEPS)
