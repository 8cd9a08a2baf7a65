"""Cells that occur in two sets: same barcode and same profile.

Neither is proof alone: barcode whitelists are small, and cells with few counts look alike. Together they are. In the
public PBMC sets, 300 of 300 cells of one repackaged study are cells of another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Corpus
from scaling.errors import OverlapError

__all__ = ["barcode_stem", "find_overlap", "refuse_overlap"]

STEM = re.compile(r"[ACGT]{12,18}")
"""A run of nucleotides as long as the barcodes of the droplet protocols (12 to 16, with some slack)."""
MIN_CORRELATION = 0.9
"""Well above the 0.6 that cells of different people reach when they share a barcode by chance."""


def barcode_stem(name: str) -> str:
    """Strip the study prefix, lane and gem-group suffix of a barcode; without nucleotides, the study prefix only.

    >>> barcode_stem("pbmc3k:AAACATACAACCAC-1")
    'AAACATACAACCAC'
    """
    stems = STEM.findall(name)
    return stems[-1] if stems else name.partition(":")[2] or name  # a prefix may hold nucleotides too: the last run


def find_overlap(
    corpus: Corpus, other: Corpus, *, min_correlation: float = MIN_CORRELATION
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Find pairs of rows of ``corpus`` and ``other`` that are the same cell.

    Parameters
    ----------
    corpus, other
        Cells over the same list of genes.
    min_correlation
        Two cells with the same barcode count as the same cell from this Pearson correlation of log1p counts on, taken
        over the genes that both studies measured.

    Returns
    -------
    Two arrays of equal length: row in ``corpus``, row in ``other``.
    """
    if not np.array_equal(corpus.genes, other.genes):
        msg = "find_overlap compares sets over the same list of genes; use corpus.align first"
        raise ValueError(msg)
    # Barcodes select the candidates: comparing every profile with every other would be quadratic.
    rows: dict[str, list[int]] = {}
    for number, name in enumerate(corpus.barcode.tolist()):
        rows.setdefault(barcode_stem(name), []).append(number)
    matches = [
        (left, right)
        for right, name in enumerate(other.barcode.tolist())
        for left in rows.get(barcode_stem(name), ())
        if _correlation(corpus, left, other, right) >= min_correlation
    ]
    pairs = np.array(matches, dtype=np.int64).reshape(-1, 2)  # also of no matches
    return pairs[:, 0], pairs[:, 1]


def refuse_overlap(corpus: Corpus, evaluations: Sequence[Corpus]) -> None:
    """Check that no evaluation cell is in the corpus.

    Raises
    ------
    OverlapError
        With the number of cells per study and batch of the corpus, as names that ``exclude`` takes.
    """
    overlaps: list[tuple[str, str, int]] = []
    for other in evaluations:
        rows = np.unique(find_overlap(corpus, other)[0])
        sources = [f"{corpus.studies[corpus.study[row]]}/{corpus.batch[row]}" for row in rows]
        names, cells = np.unique(np.array(sources, dtype=np.str_), return_counts=True)
        overlaps += [(source, other.name, count) for source, count in zip(names.tolist(), cells.tolist(), strict=True)]
    if overlaps:
        raise OverlapError(overlaps)


def _correlation(corpus: Corpus, left: int, other: Corpus, right: int) -> float:
    """Pearson correlation of the log1p counts of two cells; 0 if one of them is constant."""
    both = corpus.measured[corpus.study[left]] & other.measured[other.study[right]]
    first, second = _dense(corpus, left)[both], _dense(other, right)[both]
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / norm if norm > 0 else 0.0


def _dense(corpus: Corpus, row: int) -> npt.NDArray[np.float64]:
    out = np.zeros(len(corpus.genes))
    part = slice(corpus.indptr[row], corpus.indptr[row + 1])
    out[corpus.indices[part]] = np.log1p(corpus.counts[part])
    return out
