from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.errors import SamplingError
from scaling.sampling.orders import nested, shuffle, take_turns
from scaling.sampling.subsets import water_fill


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(0, 1000), st.data())
def test_every_beginning_of_taking_turns_is_an_exact_water_filling(
    sizes: list[int], seed: int, data: st.DataObject
) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    budget = data.draw(st.integers(0, len(groups)))
    drawn = np.bincount(groups[take_turns(groups, seed=seed)[:budget]], minlength=len(sizes))
    assert sorted(drawn) == sorted(water_fill(np.array(sizes), budget))


def test_a_class_with_one_cell_gives_it_first_and_does_not_stop_the_others() -> None:
    order = take_turns(np.array(["rare"] + ["common"] * 9), seed=3)
    assert 0 in order[:2]
    assert sorted(order) == list(range(10))


def test_nested_subsets_hold_the_smaller_ones_and_independent_draws_do_not() -> None:
    small, large = nested(shuffle(1000, seed=0), [50, 500])
    assert set(small) <= set(large)
    other = nested(shuffle(1000, seed=1), [500])[0]
    assert not set(small) <= set(other)


def test_a_nested_subset_larger_than_the_corpus_is_refused() -> None:
    with pytest.raises(SamplingError, match="11 cells cannot be drawn from 10"):
        nested(shuffle(10, seed=0), [5, 11])
