from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.sampling.subsets import celltype_reweighted, cluster_reweighted, random_subset, water_fill

counts_and_budget = st.lists(st.integers(0, 200), min_size=1, max_size=12).flatmap(
    lambda counts: st.tuples(st.just(counts), st.integers(0, sum(counts)))
)


@given(counts_and_budget)
def test_water_filling_spends_the_budget_exactly_and_fairly(case: tuple[list[int], int]) -> None:
    counts, budget = case
    quota = water_fill(np.array(counts), budget)
    assert quota.sum() == budget
    assert (quota <= counts).all()
    open_types = quota[quota < counts]
    if len(open_types):
        assert open_types.max() - open_types.min() <= 1
        assert quota.max() <= open_types.max() + 1 or (quota[quota == counts] <= open_types.max()).all()


def test_a_type_whose_size_equals_the_share_is_kept() -> None:
    assert water_fill(np.array([100, 10, 10]), 30).tolist() == [10, 10, 10]


def test_small_types_are_taken_whole_and_the_remainder_is_given_out() -> None:
    assert water_fill(np.array([1000, 1000, 3]), 50).tolist() == [24, 23, 3]


@given(st.integers(1, 300), st.data())
def test_a_random_subset_is_sorted_unique_and_of_the_asked_size(n: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, n))
    rows = random_subset(n, size, seed=data.draw(st.integers(0, 5)))
    assert rows.dtype == np.int64
    assert len(rows) == size
    assert (np.diff(rows) > 0).all()


def test_reweighting_draws_rare_types_first_and_differs_by_seed() -> None:
    labels = np.array(["common"] * 900 + ["rare"] * 20)
    rows = celltype_reweighted(labels, 100, seed=0)
    assert (labels[rows] == "rare").sum() == 20
    assert len(np.unique(rows)) == 100
    assert (celltype_reweighted(labels, 100, seed=0) == rows).all()
    assert (celltype_reweighted(labels, 100, seed=1) != rows).any()


def test_clusters_stand_in_for_labels() -> None:
    rng = np.random.default_rng(0)
    embedding = np.concatenate([rng.normal(0, 0.1, (500, 2)), rng.normal(5, 0.1, (30, 2))]).astype(np.float32)
    rows = cluster_reweighted(embedding, 60, k=2, seed=0)
    assert (rows >= 500).sum() == 30


@pytest.mark.parametrize("size", [-1, 11])
def test_more_cells_than_there_are_cannot_be_drawn(size: int) -> None:
    with pytest.raises(ValueError, match="cannot be drawn from 10"):
        random_subset(10, size, seed=0)
