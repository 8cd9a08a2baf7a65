from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.errors import SamplingError
from scaling.sampling.draws import Draws, draw_at_random, draw_evenly, draw_in_turns
from scaling.sampling.subsets import random_subset, water_fill

Draw = Callable[..., np.ndarray[Any, np.dtype[np.int64]]]


def at_random(groups: np.ndarray, size: int, **given: Any) -> np.ndarray:
    return draw_at_random(len(groups), size, **given)


WAYS: tuple[Draw, ...] = (at_random, draw_evenly, draw_in_turns)
ways = st.sampled_from(WAYS)
groupings = st.lists(st.integers(0, 6), min_size=1, max_size=80).map(np.array)
seeds = st.integers(0, 2**31)


@given(ways, groupings, seeds, st.data())
def test_each_nested_subset_lies_within_every_larger_one(
    draw: Draw, groups: np.ndarray, seed: int, data: st.DataObject
) -> None:
    sizes = sorted(data.draw(st.lists(st.integers(0, len(groups)), min_size=2, max_size=5)))
    subsets = [draw(groups, size, draws="nested", seed=seed) for size in sizes]
    assert [len(set(rows.tolist())) for rows in subsets] == sizes
    for smaller, larger in pairwise(subsets):
        assert set(smaller.tolist()) <= set(larger.tolist())


@given(ways, groupings, seeds, st.sampled_from([None, "nested", "independent"]), st.data())
def test_the_same_seed_draws_the_same_rows_in_order_and_once_each(
    draw: Draw, groups: np.ndarray, seed: int, draws: Draws | None, data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(groups)))
    rows = draw(groups, size, draws=draws, seed=seed)
    assert rows.dtype == np.int64
    assert len(rows) == size
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(rows, draw(groups, size, draws=draws, seed=seed))


@given(groupings, seeds, st.sampled_from([None, "nested", "independent"]), st.data())
def test_however_sizes_hang_together_groups_are_filled_evenly(
    groups: np.ndarray, seed: int, draws: Draws | None, data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(groups)))
    codes = np.unique(groups, return_inverse=True)[1]
    quota = water_fill(np.bincount(codes), size)
    for draw in (draw_evenly, draw_in_turns):
        taken = np.bincount(codes[draw(groups, size, draws=draws, seed=seed)], minlength=len(quota))
        assert sorted(taken) == sorted(quota)


@pytest.mark.parametrize("cells", [2_000, 12_000])  # numpy draws from more than 10,000 cells by another algorithm
@pytest.mark.parametrize("draw", WAYS)
def test_independent_subsets_of_two_sizes_share_what_chance_has_them_share(draw: Draw, cells: int) -> None:
    # Groups of equal size, so that every way of drawing takes each cell with the same probability.
    groups, small, large, replicates = np.arange(cells) % 4, cells // 10, cells // 4, 60
    shared = [
        len(
            np.intersect1d(
                draw(groups, small, draws="independent", seed=seed), draw(groups, large, draws="independent", seed=seed)
            )
        )
        for seed in range(replicates)
    ]
    expected, share = small * large / cells, large / cells
    # at most the spread of a hypergeometric number; four standard errors of the mean of the replicates
    error = (small * share * (1 - share) * (cells - small) / (cells - 1) / replicates) ** 0.5
    assert abs(np.mean(shared) - expected) < 4 * error
    assert max(shared) < small


@pytest.mark.parametrize("draws", ["nested", "independent"])
@pytest.mark.parametrize("draw", WAYS)
def test_replicates_are_independent_of_each_other(draw: Draw, draws: Draws) -> None:
    groups, size = np.arange(2_000) % 4, 500
    shared = [
        len(
            np.intersect1d(
                draw(groups, size, draws=draws, seed=2 * seed), draw(groups, size, draws=draws, seed=2 * seed + 1)
            )
        )
        for seed in range(60)
    ]
    assert abs(np.mean(shared) - 125) < 4 * (500 * 0.25 * 0.75 * 0.75 / 60) ** 0.5


def test_where_nothing_is_named_subsets_are_those_of_recorded_runs_and_nested_by_accident_in_large_corpora() -> None:
    """What `None` keeps: the seed alone draws each size. Should numpy change its algorithm, recorded runs change."""
    for cells, size in ((8_584, 316), (14_905, 1_000)):
        expected = random_subset(cells, size, seed=3)
        np.testing.assert_array_equal(draw_at_random(cells, size, draws=None, seed=3), expected)
    shared = {
        cells: len(np.intersect1d(random_subset(cells, 316, seed=3), random_subset(cells, 1_000, seed=3)))
        for cells in (8_584, 14_905)
    }
    assert shared[8_584] < 80
    assert shared[14_905] == 316


@pytest.mark.parametrize("draws", [None, "nested", "independent"])
@pytest.mark.parametrize("draw", WAYS)
@pytest.mark.parametrize("size", [-1, 11])
def test_more_cells_than_there_are_cannot_be_drawn(draw: Draw, draws: Draws | None, size: int) -> None:
    with pytest.raises(SamplingError, match="cannot be drawn from 10"):
        draw(np.arange(10) % 3, size, draws=draws, seed=0)
