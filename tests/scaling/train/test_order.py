"""Batches of cells of one study."""

from __future__ import annotations

import numpy as np
import pytest

from scaling.errors import SamplingError
from scaling.train.order import Order

ROWS = np.arange(100, 300)
STUDIES = np.repeat([0, 1, 2], [100, 67, 33])


def test_a_step_is_of_one_study_and_an_epoch_shows_every_cell_of_a_whole_batch_once() -> None:
    order = Order(ROWS, 16, seed=0, groups=STUDIES)
    per_epoch = 100 // 16 + 67 // 16 + 33 // 16
    batches = [order.batch(step) for step in range(1, 2 * per_epoch + 1)]
    of = dict(zip(ROWS.tolist(), STUDIES.tolist(), strict=True))
    studies = [{of[row] for row in batch.tolist()} for batch in batches]
    assert all(len(study) == 1 for study in studies)
    for epoch in (batches[:per_epoch], batches[per_epoch:]):
        seen = np.concatenate(epoch)
        assert len(set(seen.tolist())) == len(seen) == 16 * per_epoch
        assert np.bincount([of[row] for row in seen.tolist()]).tolist() == [96, 64, 32]
    assert [study.pop() for study in studies[:per_epoch]] != sorted([0] * 6 + [1] * 4 + [2] * 2), "studies take turns"


def test_it_is_a_function_of_seed_and_step() -> None:
    one, other = (Order(ROWS, 16, seed=0, groups=STUDIES) for _ in range(2))
    expected = [one.batch(step) for step in range(1, 30)]
    np.testing.assert_array_equal(other.batch(29), expected[-1])
    np.testing.assert_array_equal(other.batch(3), expected[2])
    assert not np.array_equal(Order(ROWS, 16, seed=1, groups=STUDIES).batch(3), expected[2])


def test_a_study_that_fills_no_batch_is_refused_with_what_to_do() -> None:
    with pytest.raises(SamplingError, match="33 cells of the subset, fewer than the 34 of a step"):
        Order(ROWS, 34, seed=0, groups=STUDIES)


def test_cells_that_a_family_weighs_are_not_taken_from_one_study() -> None:
    with pytest.raises(SamplingError, match="by weights of its own"):
        Order(ROWS, 16, seed=0, weights=np.ones(200), groups=STUDIES)
