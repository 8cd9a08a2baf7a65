"""Orders of cells whose beginnings are subsets: what nested subsets and even draws are made of.

The first ``size`` cells of an order are a subset of that size. Cut one order at several sizes and the subsets are
nested; make an order per size, each with its own seed, and they are independent (:mod:`scaling.sampling.draws`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import SamplingError

__all__ = ["nested", "shuffle", "take_turns"]

Rows = npt.NDArray[np.int64]


def shuffle(cells: int, *, seed: int) -> Rows:
    """Order cells at random: any beginning is a random subset."""
    return np.random.default_rng(seed).permutation(cells).astype(np.int64)


def take_turns(groups: npt.NDArray[Any], *, seed: int) -> Rows:
    """Order cells so that groups (types, clusters, boxes) take turns, one random cell each, until they are empty.

    Any beginning holds as equal numbers of each group as their sizes allow, which is the rule of
    :func:`scaling.sampling.subsets.water_fill`; in the last, incomplete round the groups are random, as in geosketch.
    """
    order = shuffle(len(groups), seed=seed)
    _, codes = np.unique(groups, return_inverse=True)
    by_group = order[np.argsort(codes[order], kind="stable")]
    sizes = np.bincount(codes)
    turn = np.empty(len(groups), dtype=np.int64)
    turn[by_group] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return order[np.argsort(turn[order], kind="stable")]


def nested(order: Rows, sizes: Sequence[int]) -> list[Rows]:
    """Cut one order at several sizes: each subset, ascending, holds those of the smaller sizes.

    Raises
    ------
    SamplingError
        If a size is not between 0 and the number of cells.
    """
    for size in sizes:
        if not 0 <= size <= len(order):
            raise SamplingError.of_size(size, len(order))
    return [np.sort(order[:size]) for size in sizes]
