"""Which cells have been seen before, by profile, in 8 bytes a cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.hygiene import MIN_GENES, profile_keys

__all__ = ["SeenProfiles"]

Keys = npt.NDArray[np.uint64]


class SeenProfiles:
    """The profiles of the cells so far, as 64-bit hashes: two of 20 million different ones agree once in 100,000 times.

    They are kept in sorted runs of growing length, so that adding a block does not move all of them.
    """

    def __init__(self) -> None:
        self._runs: list[Keys] = []

    def repeated(
        self, indptr: npt.NDArray[np.int64], indices: npt.NDArray[Any], counts: npt.NDArray[Any]
    ) -> npt.NDArray[np.bool_]:
        """Whether each cell has the profile of an earlier one, of this block or before; the block counts as seen then.

        Cells of under 20 genes may be alike by chance and are never called the same.
        """
        comparable = np.flatnonzero(np.diff(indptr) >= MIN_GENES)
        keys = profile_keys(indptr, indices, counts, hashes=1)[comparable, 0]
        names, first, codes = np.unique(keys, return_index=True, return_inverse=True)
        known = np.zeros(len(names), dtype=bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, names), len(run) - 1)
            known |= run[places] == names
        repeated = np.zeros(len(indptr) - 1, dtype=bool)
        repeated[comparable] = known[codes] | (first[codes] != np.arange(len(keys)))
        self._add(names[~known])
        return repeated

    def _add(self, keys: Keys) -> None:
        if len(keys) == 0:
            return
        while self._runs and len(self._runs[-1]) <= 2 * len(keys):
            keys = np.concatenate([self._runs.pop(), keys])
            keys.sort(kind="stable")
        self._runs.append(keys)
