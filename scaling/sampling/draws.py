"""How subsets of several sizes of one replicate hang together: nested, independent, or as the seed happens to draw.

``nested`` subsets are beginnings of one order of the cells, so that a smaller subset lies within a larger one.
``independent`` subsets are drawn for each size with a seed of its own, and share what chance has them share.

``None`` draws every size with the seed of the replicate, as all studies did before one could choose. What comes out
hangs on the algorithm behind ``numpy.random.Generator.choice``. Of at most 10,000 cells, subsets of several sizes share
what chance has them share; of more cells, those above a fiftieth of them lie within each other; the cells that boxes
give in turns always do. It stays so that the subsets of recorded runs are what they were.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from scaling.sampling.orders import nested, shuffle, take_turns
from scaling.sampling.subsets import celltype_reweighted, random_subset

__all__ = ["Draws", "draw_at_random", "draw_evenly", "draw_in_turns", "seed_of"]

Rows = npt.NDArray[np.int64]
Draws = Literal["nested", "independent"]


def draw_at_random(cells: int, size: int, *, draws: Draws | None, seed: int) -> Rows:
    """Draw ``size`` of ``cells`` rows, each subset equally likely: row numbers, ascending.

    Raises
    ------
    SamplingError
        If ``size`` is not between 0 and ``cells``.
    """
    if draws == "nested":
        return nested(shuffle(cells, seed=seed), [size])[0]
    return random_subset(cells, size, seed=seed_of(size, draws=draws, seed=seed))


def draw_evenly(groups: npt.NDArray[Any], size: int, *, draws: Draws | None, seed: int) -> Rows:
    """Draw ``size`` rows with as equal numbers of each group (type, cluster) as the corpus allows, ascending.

    Raises
    ------
    SamplingError
        If ``size`` is not between 0 and the number of cells.
    """
    if draws == "nested":
        return nested(take_turns(groups, seed=seed), [size])[0]
    return celltype_reweighted(groups, size, seed=seed_of(size, draws=draws, seed=seed))


def draw_in_turns(boxes: npt.NDArray[Any], size: int, *, draws: Draws | None, seed: int) -> Rows:
    """Draw ``size`` rows from the boxes that the cells lie in, one of each box in turn, ascending.

    Raises
    ------
    SamplingError
        If ``size`` is not between 0 and the number of cells.
    """
    return nested(take_turns(boxes, seed=seed_of(size, draws=draws, seed=seed)), [size])[0]


def seed_of(size: int, *, draws: Draws | None, seed: int) -> int:
    """Seed of a subset: that of the replicate, or one of its own for each size where draws are independent."""
    if draws != "independent":
        return seed
    entropy = [seed, max(size, 0)]  # whoever draws refuses a negative size, and says so
    return int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0])
