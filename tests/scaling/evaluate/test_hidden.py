from __future__ import annotations

import numpy as np
import pytest

from graph.vocabulary.protocol import MASKED_ACCURACY
from scaling.evaluate.hidden import Hidden, hide, most_common_bins
from scaling.evaluate.predictions import GROUPS, cell_groups

BINS = np.random.default_rng(0).integers(0, 6, (200, 40))


def test_a_share_of_the_expressed_values_is_hidden_and_no_more_than_allowed() -> None:
    hidden = hide(BINS, share=0.15, most=4, rng=np.random.default_rng(1))
    assert (BINS[hidden] > 0).all()
    expected = np.minimum(((BINS > 0).sum(axis=1) * 0.15).astype(int), 4)
    np.testing.assert_array_equal(hidden.sum(axis=1), expected)
    assert not np.array_equal(hidden, hide(BINS, share=0.15, most=4, rng=np.random.default_rng(2)))


def test_a_cell_of_few_values_hides_none() -> None:
    bins = np.zeros((2, 9), dtype=np.int64)
    bins[1, 3] = 2
    assert not hide(bins, share=0.5, most=5, rng=np.random.default_rng(0)).any()


def test_the_most_common_bin_is_that_of_what_is_seen_and_bin_zero_does_not_count() -> None:
    bins = np.array([[0, 0, 0, 2, 2, 3, 3, 3], [0, 1, 1, 4, 4, 4, 0, 0]])
    hidden = np.array([[0, 0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1, 0, 0]], dtype=bool)
    assert most_common_bins(bins, hidden).tolist() == [2, 2, 1]


def test_a_score_without_a_group_is_that_of_the_other_cells() -> None:
    hidden = hide(BINS, share=0.3, most=40, rng=np.random.default_rng(1))
    cells, groups = hidden.nonzero()[0], cell_groups(len(BINS))
    scored = Hidden(BINS[hidden], most_common_bins(BINS, hidden), cells, groups)
    right = scored.truth == scored.guess
    assert scored.scores()[MASKED_ACCURACY] == right.mean()
    others = [right[groups[cells] != group].mean() for group in range(GROUPS)]
    assert scored.without_cells()[MASKED_ACCURACY] == pytest.approx(others, abs=1e-6)
