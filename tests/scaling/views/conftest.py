from __future__ import annotations

import numpy as np
import pytest

from scaling.views.counts import GeneCounts

COUNTS = np.array(
    [
        [0, 4, 1, 2, 0],
        [3, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [1, 1, 1, 1, 6],
    ]
)
TOTALS = np.array([10, 6, 5, 10])
"""The cells have counts of genes that the models do not see, too."""


@pytest.fixture
def cells() -> GeneCounts:
    """Four cells of two studies over five genes; the second study did not measure the last gene."""
    row, column = np.nonzero(COUNTS)
    counts = COUNTS[row, column]
    return GeneCounts(
        indptr=np.concatenate([[0], np.cumsum((COUNTS > 0).sum(axis=1))]),
        indices=column.astype(np.int32),
        counts=counts.astype(np.uint32),
        library=TOTALS.astype(np.float64),
        measured=np.array([[True] * 5, [True] * 4 + [False]]),
        study=np.array([0, 1, 1, 0], dtype=np.int32),
        label=np.array([-1, 0, 1, 0], dtype=np.int32),
    )
