"""Counts in bins, as scGPT (Cui et al., Nature Methods 2024) and scBERT (Yang et al., Nat Mach Intell 2022) see them.

Both bin logarithms. Neither needs one: a quantile of a cell keeps its place under every rising function, and log2 of
a level reaches k where the level reaches 2**k. So bins are found in whole numbers, and are equal on every machine.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["log_bins", "quantile_bins"]


def quantile_bins(counts: Tensor, *, bins: int = 51, rng: torch.Generator | None = None) -> Tensor:
    """Bin the counts of each cell by that cell's own quantiles, as scGPT does; 0 stays 0.

    Edges are ``bins - 1`` quantiles of the cell's non-zero counts, evenly spaced from the smallest to the largest, with
    linear interpolation. A value that several edges equal could lie in any bin between them: it takes the highest, or,
    with ``rng``, one drawn at random for every entry, as in the released scGPT.

    Parameters
    ----------
    counts
        Whole numbers, cells x genes, or cells x anything padded with zeros.
    bins
        Number of bins with that of zero.

    Returns
    -------
    Bin of each entry (int64): 0 for zero, else 1 to ``bins - 1``.
    """
    edges = bins - 1
    values, _ = torch.sort(counts.long(), dim=1)
    zeros = (values == 0).sum(dim=1, keepdim=True)
    entries = counts.long().contiguous()
    # Of a cell's n sorted counts, those equal to an entry stand at below ... up_to - 1, edge k at k(n-1)/(edges-1).
    below = torch.searchsorted(values, entries) - zeros
    up_to = torch.searchsorted(values, entries, right=True) - zeros
    steps = (values.shape[1] - zeros - 1).clamp(min=1)
    highest = ((up_to - 1) * (edges - 1) // steps + 1).clamp(max=edges)
    single = values.shape[1] - zeros == 1
    highest = torch.where(single, edges, highest)
    if rng is not None:
        lowest = torch.where(single, 0, -(-below * (edges - 1) // steps)).clamp(max=edges)
        draw = torch.rand(counts.shape, generator=rng, device=counts.device, dtype=torch.float64)
        highest = torch.ceil(highest - draw * (highest - lowest)).long()
    return torch.where(entries > 0, highest, 0)


def log_bins(counts: Tensor, totals: Tensor, *, highest: int = 5) -> Tensor:
    """Bin counts by log2(1 + counts per 10,000), rounded down and at most ``highest``, as scBERT does.

    Parameters
    ----------
    counts
        Whole numbers, cells x anything.
    totals
        Library size of each cell.

    Returns
    -------
    Bin of each entry (int64), 0 to ``highest``.
    """
    level, total = counts.long() * 10_000, totals.long()[:, None]
    bins = torch.zeros_like(level)
    for power in range(1, highest + 1):
        bins += (level > 0) & (level >= (2**power - 1) * total)
    return bins
