from __future__ import annotations

import numpy as np
import pytest
import torch

from scaling.views.bins import log_bins, quantile_bins


def test_a_cell_is_binned_by_its_own_quantiles() -> None:
    # Four edges (1, 2, 3, 4) of the counts 1 2 3 4; a cell with one expressed gene is in the highest bin.
    counts = torch.tensor([[0, 1, 2, 3, 4], [7, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
    assert quantile_bins(counts, bins=5).tolist() == [[0, 1, 2, 3, 4], [4, 0, 0, 0, 0], [0, 0, 0, 0, 0]]


def test_equal_counts_share_the_highest_bin_that_they_reach() -> None:
    # Edges of 1 1 1 9 at places 0, 1, 2, 3 of the sorted counts: 1, 1, 1, 9.
    assert quantile_bins(torch.tensor([[1, 1, 1, 9]]), bins=5).tolist() == [[3, 3, 3, 4]]


@pytest.mark.parametrize("bins", [3, 7, 51])
def test_bins_of_counts_are_the_quantile_bins_of_their_logarithms(bins: int) -> None:
    rng = np.random.default_rng(0)
    counts = rng.negative_binomial(1, 0.3, (40, 60))
    found = quantile_bins(torch.from_numpy(counts), bins=bins).numpy()
    for row, mine in zip(counts, found, strict=True):
        logs = np.log1p(row[row > 0] / row.sum() * 1e4)
        edges = np.quantile(logs, np.linspace(0, 1, bins - 1))
        # Interpolation rounds: an edge that stands on a count may come out a last bit off it.
        expected = np.digitize(logs + 1e-9, edges)
        assert mine[row > 0].tolist() == expected.tolist()
        assert (mine[row == 0] == 0).all()


def test_drawn_bins_lie_between_the_lowest_and_the_highest_that_a_count_reaches() -> None:
    counts = torch.tensor([[1, 1, 1, 9, 0]]).repeat(500, 1)
    drawn = quantile_bins(counts, bins=5, rng=torch.Generator().manual_seed(0))
    assert sorted(set(drawn[:, :3].flatten().tolist())) == [1, 2, 3]
    assert set(drawn[:, 3].tolist()) == {4}
    assert set(drawn[:, 4].tolist()) == {0}


def test_bins_of_levels_are_whole_powers_of_two() -> None:
    # Of 10,000 counts: log2(1 + c) of 0, 1, 3, 6, 7, 31 and 500, at most 5.
    counts = torch.tensor([[0, 1, 3, 6, 7, 31, 500]])
    assert log_bins(counts, torch.tensor([10_000])).tolist() == [[0, 1, 2, 2, 3, 5, 5]]
    assert log_bins(counts, torch.tensor([20_000])).tolist() == [[0, 0, 1, 2, 2, 4, 5]]
    assert log_bins(torch.zeros((1, 2)), torch.tensor([0])).tolist() == [[0, 0]]
