from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.errors import SamplingError
from scaling.sampling.spikein import largest_subset, spike_in


def test_a_spike_in_replaces_cells_and_keeps_the_size_of_the_subset() -> None:
    subset = np.arange(100, 300)
    kept, added = spike_in(subset, 50, 0.1, seed=0)
    assert (len(kept), len(added)) == (180, 20)
    assert set(kept) <= set(subset)
    assert len(set(added)) == 20
    assert added.max() < 50


def test_a_share_is_the_decimal_that_was_written() -> None:
    _, added = spike_in(np.arange(70), 100, 0.7, seed=0)  # .7 * 70 is 48.99999999999999 in binary
    assert len(added) == 49


@given(st.integers(0, 300), st.sampled_from([0.05, 0.1, 0.3, 0.5, 1.0]))
def test_the_largest_subset_can_be_spiked_and_one_more_cell_cannot(source: int, share: float) -> None:
    largest = largest_subset(source, share)
    assert len(spike_in(np.arange(largest), source, share, seed=0)[1]) <= source
    with pytest.raises(SamplingError, match="which is enough for a subset of"):
        spike_in(np.arange(largest + 1), source, share, seed=0)


def test_half_of_the_published_corpus_cannot_be_replaced_beyond_a_quarter_of_it() -> None:
    training_cells = {25: 4_438_140, 50: 8_876_280}
    limit = largest_subset(2_547_877, 0.5)
    assert training_cells[25] < limit < training_cells[50]


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(SamplingError, match="between 0 and 1"):
        spike_in(np.arange(10), 10, 1.5, seed=0)
    with pytest.raises(SamplingError, match="no largest subset"):
        largest_subset(10, 0.0)
