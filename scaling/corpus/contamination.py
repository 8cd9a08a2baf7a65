"""Cells that occur in two sets, found by their profiles, whatever their names.

Two steps. Cells whose sets of expressed genes look alike are found by hashing, without comparing every cell with every
other: a sketch has 120 hashes of what a cell expresses, cells that agree in a band of eight of them are candidates, and
candidates that agree in too few are dropped. For those that are left the counts decide: two draws from one expression
differ, gene by gene, by about the sum of their counts (they are Poisson), while one cell that was processed twice, or
lost some of its reads, differs by much less.

Cells that express fewer than 20 genes may be alike by chance; they need an equal profile and the same barcode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Corpus, Text
from scaling.corpus.hygiene import profile_keys
from scaling.errors import OverlapError

__all__ = ["barcode_stem", "find_overlap", "refuse_overlap"]

Rows = npt.NDArray[np.int64]
BINS, BAND = 120, 8
"""A cell that lost 5 % of its counts keeps over 90 % of its hashes: it misses all 15 bands once in 10,000 times."""
EMPTY = np.iinfo(np.uint16).max
ALIKE = 0.5
"""Share of equal bins below which candidates are dropped; about the overlap of their sets of expressed genes."""
DIFFERENCE = 0.5
"""Mean of (a - b)^2 / (a + b) over the genes that either expresses. Cells of one type differ by .8 and more, copies
with 5 % of the counts lost by less than .1."""
MIN_GENES = 20
"""Cells that express fewer of the shared genes may be alike by chance."""
STEM = re.compile(r"[ACGT]{12,18}")
"""A run of nucleotides as long as the barcodes of the droplet protocols (12 to 16, with some slack)."""
CROWD = 2_000_000
"""A band that more pairs share than this says nothing, and is left to the other bands."""
BLOCK = 4096
PAIRS = 200_000


def barcode_stem(name: str) -> str:
    """Strip the study prefix, lane and gem-group suffix of a barcode; without nucleotides, the study prefix only.

    >>> barcode_stem("pbmc3k:AAACATACAACCAC-1")
    'AAACATACAACCAC'
    """
    stems = STEM.findall(name)
    return stems[-1] if stems else name.partition(":")[2] or name  # a prefix may hold nucleotides too: the last run


def find_overlap(corpus: Corpus, other: Corpus) -> tuple[Rows, Rows]:
    """Find pairs of rows of ``corpus`` and ``other`` that are the same cell.

    Cells are compared over the genes that both studies measured, study by study.

    Parameters
    ----------
    corpus, other
        Cells over the same list of genes.

    Returns
    -------
    Two arrays of equal length: row in ``corpus``, row in ``other``; ascending.
    """
    if not np.array_equal(corpus.genes, other.genes):
        msg = "find_overlap compares sets over the same list of genes; use corpus.align first"
        raise ValueError(msg)
    left, right = _matrix(corpus), _matrix(other)
    pairs = []
    for number in range(len(corpus.studies)):
        own = np.flatnonzero(np.asarray(corpus.study) == number)
        for opposite in range(len(other.studies)):
            theirs = np.flatnonzero(np.asarray(other.study) == opposite)
            shared = np.flatnonzero(corpus.measured[number] & other.measured[opposite])
            if len(own) and len(theirs) and len(shared) >= MIN_GENES:
                mine, yours = _part(left, own, shared), _part(right, theirs, shared)
                for first, second in (
                    _same_cells(mine, yours),
                    _same_small_cells(mine, yours, corpus.barcode[own], other.barcode[theirs]),
                ):
                    pairs.append(np.stack([own[first], theirs[second]], axis=1))
    overlap = np.concatenate(pairs) if pairs else np.empty((0, 2), dtype=np.int64)
    overlap = overlap[np.lexsort((overlap[:, 1], overlap[:, 0]))]
    return overlap[:, 0], overlap[:, 1]


def refuse_overlap(corpus: Corpus, evaluations: Sequence[Corpus]) -> None:
    """Check that no evaluation cell is in the corpus.

    Raises
    ------
    OverlapError
        With the number of cells per study and batch of the corpus, as names that ``exclude`` takes, and the share of
        the evaluation set that they are.
    """
    overlaps: list[tuple[str, str, int, float]] = []
    for other in evaluations:
        rows, _ = find_overlap(corpus, other)
        rows = np.unique(rows)
        sources = [f"{corpus.studies[corpus.study[row]]}/{corpus.batch[row]}" for row in rows]
        names, cells = np.unique(np.array(sources, dtype=np.str_), return_counts=True)
        overlaps += [
            (source, other.name, count, count / len(other))
            for source, count in zip(names.tolist(), cells.tolist(), strict=True)
        ]
    if overlaps:
        raise OverlapError(overlaps)


def _matrix(cells: Corpus) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((cells.counts, cells.indices, cells.indptr), shape=(len(cells), len(cells.genes)))


def _part(matrix: Any, rows: Rows, columns: Rows) -> Any:
    """Some rows and columns; what is whole is not copied."""
    chosen = matrix if len(rows) == matrix.shape[0] else matrix[rows]
    return chosen if len(columns) == matrix.shape[1] else chosen[:, columns]


def _same_cells(left: Any, right: Any) -> tuple[Rows, Rows]:
    """Pairs of rows of two count matrices over the same genes that are the same cell."""
    measured = [np.flatnonzero(np.diff(matrix.indptr) >= MIN_GENES) for matrix in (left, right)]
    sketches = [_sketch(matrix[rows]) for matrix, rows in zip((left, right), measured, strict=True)]
    seen: set[int] = set()
    width = max(len(measured[1]), 1)
    for first, second in _candidates(*sketches):
        mine, theirs = sketches[0][first], sketches[1][second]
        equal = ((mine == theirs) & (mine != EMPTY)).sum(axis=1)
        alike = equal >= ALIKE * ((mine != EMPTY) | (theirs != EMPTY)).sum(axis=1)
        seen.update((first[alike] * width + second[alike]).tolist())
    pairs = np.array(sorted(seen), dtype=np.int64)
    first, second = measured[0][pairs // width], measured[1][pairs % width]
    same = [
        _difference(left[first[start : start + PAIRS]], right[second[start : start + PAIRS]]) <= DIFFERENCE
        for start in range(0, len(first), PAIRS)
    ]
    chosen = np.concatenate(same) if same else np.zeros(0, dtype=bool)
    return first[chosen], second[chosen]


def _same_small_cells(left: Any, right: Any, barcodes: Text, others: Text) -> tuple[Rows, Rows]:
    """Pairs of rows with few genes that have an equal profile and the same barcode."""
    small = [np.flatnonzero(np.diff(matrix.indptr) < MIN_GENES) for matrix in (left, right)]
    parts = [matrix[rows] for matrix, rows in zip((left, right), small, strict=True)]
    keys = [profile_keys(part.indptr.astype(np.int64), part.indices, part.data) for part in parts]
    known: dict[tuple[str, bytes], list[int]] = {}
    for row, key in zip(small[0].tolist(), keys[0], strict=True):
        known.setdefault((barcode_stem(str(barcodes[row])), key.tobytes()), []).append(row)
    pairs = [
        (first, second)
        for second, key in zip(small[1].tolist(), keys[1], strict=True)
        for first in known.get((barcode_stem(str(others[second])), key.tobytes()), ())
    ]
    same = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return same[:, 0], same[:, 1]


def _sketch(matrix: Any) -> npt.NDArray[np.uint16]:
    """Sketch of each cell (cells x bins): equal numbers in about as many bins as two cells share of what they express.

    What is hashed is a gene with whether it was counted once or more often, since on a panel of genes most cells
    express the same ones.
    """
    cells, genes = matrix.shape
    # One permutation serves all bins if every bin gets some of its elements; a panel needs one for each bin.
    dense = matrix.nnz >= 2 * BINS * max(cells, 1)
    make = _by_one_permutation if dense else _by_a_permutation_each
    sketch = np.full((cells, BINS), EMPTY, dtype=np.uint16)
    for start in range(0, cells, BLOCK):
        stop = min(start + BLOCK, cells)
        entries = slice(matrix.indptr[start], matrix.indptr[stop])
        elements = matrix.indices[entries].astype(np.int64) * 2 + (matrix.data[entries] > 1)
        make(elements, np.diff(matrix.indptr[start : stop + 1]), 2 * genes, sketch[start:stop])
    return sketch


def _by_one_permutation(elements: Rows, lengths: Rows, size: int, out: npt.NDArray[np.uint16]) -> None:
    """Deal the elements into bins by their place in one permutation; each bin keeps the first."""
    place = np.random.default_rng(0).permutation(size)
    bin_of, place_in_bin = place % BINS, (place // BINS).astype(np.uint16)
    first = np.repeat(np.arange(len(lengths)) * BINS, lengths)
    np.minimum.at(out.reshape(-1), first + bin_of[elements], place_in_bin[elements])


def _by_a_permutation_each(elements: Rows, lengths: Rows, size: int, out: npt.NDArray[np.uint16]) -> None:
    """Keep the element that is first in the permutation of each bin."""
    starts = np.cumsum(lengths) - lengths
    for number in range(BINS):
        place = np.random.default_rng(number).permutation(size).astype(np.uint16)
        out[:, number] = np.minimum.reduceat(place[elements], starts)


def _candidates(left: npt.NDArray[np.uint16], right: npt.NDArray[np.uint16]) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of rows that agree in a band, a limited number at a time; a pair may come several times."""
    for start in range(0, BINS, BAND):
        keys = [np.ascontiguousarray(part[:, start : start + BAND]).view("V16").ravel() for part in (left, right)]
        names, codes = np.unique(np.concatenate(keys), return_inverse=True)
        mine, theirs = codes[: len(left)], codes[len(left) :]
        order = np.argsort(theirs, kind="stable")
        begin = np.searchsorted(theirs[order], np.arange(len(names)))
        count = np.bincount(theirs, minlength=len(names))
        crowded = np.bincount(mine, minlength=len(names)) * count > CROWD
        hollow = (left[:, start : start + BAND] == EMPTY).sum(axis=1) > BAND // 2
        number = np.where(crowded[mine] | hollow, 0, count[mine])
        ends = np.cumsum(number)
        low = 0
        while low < len(left):
            # As many rows as give a bounded number of pairs, and one at least.
            high = max(int(np.searchsorted(ends, (ends[low - 1] if low else 0) + PAIRS, side="right")), low + 1)
            first = np.repeat(np.arange(low, high), number[low:high])
            if len(first):
                begun = ends[low:high] - number[low:high] - (ends[low - 1] if low else 0)
                within = np.arange(len(first)) - np.repeat(begun, number[low:high])
                yield first, order[begin[mine[first]] + within]
            low = high


def _difference(left: Any, right: Any) -> npt.NDArray[np.float64]:
    """Mean over the genes that either cell expresses of (a - b)^2 / (a + b), pair by pair of rows.

    Written as a + b - 4 / (1/a + 1/b), whose last term is zero unless both express the gene.
    """
    ones, inverse = [], []
    for matrix in (left, right):
        values, reciprocal = matrix.astype(np.float64), matrix.astype(np.float64)
        values.data[:] = 1.0
        reciprocal.data = 1.0 / reciprocal.data
        ones.append(values)
        inverse.append(reciprocal)
    harmonic = inverse[0].multiply(ones[1]).tocsr() + inverse[1].multiply(ones[0]).tocsr()
    both = np.diff(harmonic.indptr)
    harmonic.data = 4.0 / harmonic.data
    total = np.asarray(left.sum(axis=1, dtype=np.float64) + right.sum(axis=1, dtype=np.float64)).ravel()
    either = np.diff(left.indptr) + np.diff(right.indptr) - both
    difference: npt.NDArray[np.float64] = (total - np.asarray(harmonic.sum(axis=1)).ravel()) / np.maximum(either, 1)
    return difference
