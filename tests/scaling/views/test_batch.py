from __future__ import annotations

import numpy as np
import pytest

from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts
from scaling.views.log import LogCounts, log_cp10k

ROWS = np.array([3, 1, 2, 0])


def test_a_batch_is_the_cells_that_were_asked_for_with_their_library_sizes(cells: GeneCounts) -> None:
    batch = batch_of(cells, ROWS)
    assert batch.counts.tolist() == [[1, 1, 1, 1, 6], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 4, 1, 2, 0]]
    assert batch.library.tolist() == [10, 6, 5, 10]
    assert batch.measured[:, 4].tolist() == [1, 0, 0, 1]


def test_log_counts_on_the_device_are_those_of_the_disk(cells: GeneCounts) -> None:
    seen = log_cp10k(batch_of(cells, ROWS)).numpy()
    assert seen[1, 0] == pytest.approx(np.log(1 + 5000))  # 3 of 6 counts
    np.testing.assert_allclose(seen, LogCounts(cells).dense(ROWS), rtol=1e-6)
