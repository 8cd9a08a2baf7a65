from __future__ import annotations

import numpy as np
import torch

from scaling.views.device import log_cp10k, on_device
from scaling.views.log import LogCounts

ROWS = torch.tensor([3, 1, 2, 0])


def test_a_batch_of_counts_is_the_rows_that_were_asked_for(cells: LogCounts) -> None:
    held = on_device(cells)
    assert held.dense(ROWS).tolist() == [[1, 1, 1, 1, 6], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 4, 1, 2, 0]]
    assert (held.dense(ROWS).numpy() == cells.dense_counts(ROWS.numpy())).all()
    assert held.totals[ROWS].tolist() == [10, 6, 5, 10]
    assert held.measured_by(ROWS)[:, 4].tolist() == [True, False, False, True]


def test_a_padded_batch_holds_only_the_genes_that_are_expressed(cells: LogCounts) -> None:
    genes, counts = on_device(cells).padded(ROWS)
    assert genes.tolist() == [[0, 1, 2, 3, 4], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 2, 3, 0, 0]]
    assert counts.tolist() == [[1, 1, 1, 1, 6], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0], [4, 1, 2, 0, 0]]


def test_log_counts_of_the_device_are_those_of_the_disk(cells: LogCounts) -> None:
    held = on_device(cells)
    seen = log_cp10k(held.dense(ROWS), held.totals[ROWS])
    np.testing.assert_allclose(seen.numpy(), cells.dense(ROWS.numpy()), rtol=1e-6)
    assert seen[1, 0] == torch.log1p(torch.tensor(5000.0))  # 3 of 6 counts


def test_a_batch_of_no_cells_is_empty(cells: LogCounts) -> None:
    none = torch.zeros(0, dtype=torch.int64)
    assert on_device(cells).dense(none).shape == (0, 5)
    assert on_device(cells).padded(none).genes.shape == (0, 0)
