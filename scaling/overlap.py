"""Cells that stand in two sets: same barcode and same profile.

A barcode alone proves little (the whitelists are small), a profile alone neither (quiet cells look alike); together
they do. In the public PBMC sets, 300 of 300 cells of one repackaged study are cells of another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scaling.corpus import Corpus
from scaling.errors import OverlapError

__all__ = ["barcode_stem", "find_overlap", "refuse_overlap"]

STEM = re.compile(r"[ACGT]{12,18}")
MIN_CORRELATION = 0.9


def barcode_stem(name: str) -> str:
    """The nucleotides of a barcode without study prefix, lane and gem-group suffix; the whole name if there are none.

    >>> barcode_stem("pbmc3k:AAACATACAACCAC-1")
    'AAACATACAACCAC'
    """
    found = STEM.findall(name)
    return found[-1] if found else name.partition(":")[2] or name


def find_overlap(
    corpus: Corpus, other: Corpus, *, min_correlation: float = MIN_CORRELATION
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows of ``corpus`` and of ``other`` that are one cell.

    Parameters
    ----------
    corpus, other
        Cells over the same list of genes.
    min_correlation
        Pearson correlation of log1p counts, over the genes that both studies measured, from which two cells with one
        barcode count as one cell. Cells of different people that share a barcode by chance reach about 0.6.

    Returns
    -------
    Two arrays of equal length: row in ``corpus``, row in ``other``.
    """
    if not np.array_equal(corpus.genes, other.genes):
        msg = "find_overlap compares sets over one list of genes; use corpus.align first"
        raise ValueError(msg)
    rows: dict[str, list[int]] = {}
    for number, name in enumerate(corpus.barcode.tolist()):
        rows.setdefault(barcode_stem(name), []).append(number)
    pairs = [
        (left, right)
        for right, name in enumerate(other.barcode.tolist())
        for left in rows.get(barcode_stem(name), ())
        if _correlation(corpus, left, other, right) >= min_correlation
    ]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def refuse_overlap(corpus: Corpus, evaluations: Sequence[Corpus]) -> None:
    """Check that no evaluation cell stands in the corpus.

    Raises
    ------
    OverlapError
        With the number of cells per study and batch of the corpus, as names that ``exclude`` takes.
    """
    found: list[tuple[str, str, int]] = []
    for other in evaluations:
        rows = np.unique(find_overlap(corpus, other)[0])
        sources = [f"{corpus.studies[corpus.study[row]]}/{corpus.batch[row]}" for row in rows]
        names, cells = np.unique(np.array(sources, dtype=np.str_), return_counts=True)
        found += [(source, other.name, count) for source, count in zip(names.tolist(), cells.tolist(), strict=True)]
    if found:
        raise OverlapError(found)


def _correlation(corpus: Corpus, left: int, other: Corpus, right: int) -> float:
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
