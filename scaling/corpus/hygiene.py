"""Cells and values that look like data and are not: empty cells, cells that stand twice, logs that were rounded."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.h5ad import MAX_COUNT, CellSet
from scaling.errors import Distorted

__all__ = [
    "EMPTY",
    "MIN_GENES",
    "REPEATED",
    "ValueSurvey",
    "distorted",
    "empty_cells",
    "profile_keys",
    "repeated_cells",
    "usable_cells",
]

Pointers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
EMPTY, REPEATED = "without any count", "the same profile as an earlier cell"
MIN_GENES = 20
"""Cells with fewer expressed genes may be alike by chance; they are never called the same cell."""
MIN_CELLS = 50
"""Fewer cells say too little about how a set's values are spread."""
LOG_CEILING = 20
"""log2 of a million and one is 20: a logarithm of counts per 10,000 or per million is never larger."""
EVEN = 0.3
"""Spread of the undone totals (interquartile range by median) below which values are logarithms. Counts of twenty real
sets that are taken for logarithms spread by .53 and more; their logarithms, rounded, by less than this."""
EQUAL = 0.05
"""As `EVEN`, of the totals of cells that were scaled to one total."""
SALTS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
ONES = 0.3
"""Of counts, half or more of the entries are 1; of counts that were scaled up and rounded, nearly none."""


def usable_cells(cells: CellSet) -> tuple[CellSet, dict[str, int]]:
    """Drop the cells of a file that are no data.

    Returns
    -------
    The cells that are left, and reason -> number of cells that were dropped, here or before.

    Raises
    ------
    Distorted
        If the values are whole numbers but no counts.
    """
    if why := distorted(cells.indptr, cells.counts):
        raise Distorted(cells.path or cells.name, why)
    empty = empty_cells(cells.indptr)
    repeated = repeated_cells(cells.indptr, cells.indices, cells.counts)
    if empty.any() or repeated.any():
        cells = cells.take(np.flatnonzero(~empty & ~repeated))
    left_out = Counter({EMPTY: int(empty.sum()), REPEATED: int(repeated.sum())}) + Counter(cells.left_out)
    return cells, dict(left_out)


def empty_cells(indptr: Pointers) -> Flags:
    """Whether each cell has no count at all."""
    empty: Flags = np.diff(indptr) == 0
    return empty


def profile_keys(
    indptr: Pointers, indices: npt.NDArray[Any], values: npt.NDArray[Any], *, hashes: int = 2
) -> npt.NDArray[np.uint64]:
    """One or two 64-bit hashes of the profile of each cell (cells x hashes): equal for equal profiles in any order.

    A sum of a hash per entry, so that no row is sorted and no loop runs over cells.
    """
    keys = np.zeros((len(indptr) - 1, hashes), dtype=np.uint64)
    filled = np.flatnonzero(np.diff(indptr))
    if len(filled) == 0:
        return keys
    raw = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    for number, salt in enumerate(SALTS[:hashes]):
        entry = _mix(np.asarray(indices).astype(np.uint64) * np.uint64(salt) + _mix(raw ^ np.uint64(salt)))
        keys[filled, number] = np.add.reduceat(entry, indptr[filled])
    return keys


def repeated_cells(indptr: Pointers, indices: npt.NDArray[Any], values: npt.NDArray[Any]) -> Flags:
    """Whether each cell has exactly the profile of an earlier one; profiles of under 20 genes are not compared."""
    keys = profile_keys(indptr, indices, values)
    _, first, codes = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    repeated: Flags = first[codes.ravel()] != np.arange(len(keys))
    return repeated & (np.diff(indptr) >= MIN_GENES)


def distorted(indptr: Pointers, values: npt.NDArray[Any]) -> str | None:
    """Say why whole numbers are no counts, or None if they may be; see `ValueSurvey.distorted`."""
    survey = ValueSurvey(len(indptr) - 1)
    survey.add(np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)), values)
    return survey.distorted()


class ValueSurvey:
    """What the values of a file are, seen a part at a time; memory follows the cells, not their values.

    Attributes
    ----------
    entries, negatives, fractions, unusable
        Values that are not zero, and of these: below zero, not whole, neither finite nor below 2**32.
    genes
        Expressed genes of each cell.
    """

    def __init__(self, cells: int) -> None:
        self.entries = self.negatives = self.fractions = self.unusable = 0
        self.genes = np.zeros(cells, dtype=np.int64)
        self._ones = 0
        self._may_be_logs = True
        self._totals = np.zeros((3, cells))
        """Totals of the values, and of the values taken for natural logarithms and for those to base 2."""

    def add(self, cells: npt.NDArray[np.integer[Any]], values: npt.NDArray[Any]) -> None:
        """Look at some entries: the number of the cell of each, and its value."""
        numbers = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(numbers)
        usable = finite & (np.abs(np.where(finite, numbers, 0)) <= MAX_COUNT)
        self.unusable += len(numbers) - int(usable.sum())
        checked = usable & (numbers != 0)
        cells, numbers = cells[checked], numbers[checked]
        self.entries += len(numbers)
        self.negatives += int((numbers < 0).sum())
        self.fractions += int((numbers != np.floor(numbers)).sum())
        self._ones += int((numbers == 1).sum())
        if len(numbers) == 0:
            return
        first, number = int(cells.min()), int(cells.max()) + 1 - int(cells.min())
        part = slice(first, first + number)
        self.genes[part] += np.bincount(cells - first, minlength=number)
        self._totals[0, part] += np.bincount(cells - first, numbers, number)
        self._may_be_logs &= bool(numbers.max() <= LOG_CEILING)
        if self._may_be_logs:
            self._totals[1, part] += np.bincount(cells - first, np.expm1(numbers), number)
            self._totals[2, part] += np.bincount(cells - first, np.exp2(numbers) - 1.0, number)

    @property
    def empty(self) -> int:
        """Cells without any count."""
        return int((self.genes == 0).sum())

    def distorted(self) -> str | None:
        """Say why whole numbers are no counts, or None if they may be.

        Two ways of rounding leave a mark. Logarithms of scaled counts, undone, give every cell about the same total,
        which counts never do. Scaled counts have one total and hardly a 1 among their values.
        """
        filled = self.genes >= MIN_GENES
        if filled.sum() < MIN_CELLS:
            return None
        if self._may_be_logs:
            for totals, name in ((self._totals[1], "natural"), (self._totals[2], "base 2")):
                if _spread(totals[filled]) < EVEN:
                    return f"logarithms ({name}) of normalised counts that were rounded to whole numbers"
        if _spread(self._totals[0, filled]) < EQUAL and self._ones < ONES * self.entries:
            return "counts that were scaled to one total per cell and rounded"
        return None


def _spread(totals: npt.NDArray[np.float64]) -> float:
    low, middle, high = np.percentile(totals, [25, 50, 75])
    return float((high - low) / middle)


def _mix(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Spread the bits of each number over all of its bits (splitmix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
