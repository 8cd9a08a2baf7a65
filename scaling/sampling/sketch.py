"""Geometric sketching: cover the cells with equal boxes, and draw from the boxes in turn (Hie et al. 2019).

The partition is that of geosketch 1.3, box for box: a dimension is cut where the next cell lies more than a side
beyond the first cell of its interval, and the side is searched by bisection until about ``k`` boxes hold a cell.
geosketch walks over cells x dimensions in Python per step of the search; here an interval ends where a
binary search in a sorted copy says, which is also all the memory that grows with cells x dimensions.

On coordinates that are whole numbers (:func:`scaling.sampling.clusters.whole_components`) the boxes are the same on
every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import SamplingError
from scaling.sampling.orders import nested, take_turns

__all__ = ["boxes_of", "cover", "geometric_sketch"]

Points = npt.NDArray[np.floating[Any]]
TOLERANCE = 0.1
"""The search ends within this fraction of the number of boxes asked for."""
STEPS = 200
"""Most steps of the search: the number of boxes does not always fall as they grow."""
BLOCK = 16_384
"""Cells that are placed in boxes at a time."""
CODES = 2**62
"""Box numbers are kept below this."""


def geometric_sketch(points: Points, size: int, *, k: int | None = None, seed: int) -> npt.NDArray[np.int64]:
    """Draw ``size`` cells evenly over the space that the cells fill.

    Parameters
    ----------
    points
        Coordinates, cells x dimensions.
    k
        Boxes to cover the cells with; 1 % of the cells if left out, as in DenAdel et al. (geosketch itself takes
        ``size``).

    Returns
    -------
    Row numbers, ascending.

    Raises
    ------
    SamplingError
        If ``size`` is not between 0 and the number of cells, or a coordinate is no number.
    """
    cells = len(points)
    if not 0 <= size <= cells:
        raise SamplingError.of_size(size, cells)
    if size in {0, cells}:
        return np.arange(size, dtype=np.int64)
    boxes, _ = cover(points, boxes_of(cells) if k is None else k)
    return nested(take_turns(boxes, seed=seed), [size])[0]


def boxes_of(cells: int) -> int:
    """Count the boxes that DenAdel et al. cover so many cells with: one for a hundred cells."""
    return max(cells // 100, 1)


def cover(points: Points, k: int) -> tuple[npt.NDArray[np.int64], float]:
    """Cover cells with about ``k`` boxes of equal side.

    Returns
    -------
    Box number of each cell, and the side as a fraction of the largest extent.

    Raises
    ------
    SamplingError
        If there are no cells, ``k`` is below 1, or a coordinate is no number.
    """
    if len(points) == 0 or k < 1:
        msg = f"{len(points)} cells cannot be covered with {k} boxes: give at least one cell and one box"
        raise SamplingError(msg)
    if not np.isfinite(points).all():
        msg = "a coordinate of the cells is not a finite number; look at the cells without counts"
        raise SamplingError(msg)
    points = points if np.issubdtype(points.dtype, np.floating) else points.astype(np.float64)
    low = points.min(axis=0)
    # One scale for all dimensions, so that boxes are cubes; arithmetic stays in the type of the coordinates, as there.
    scale = (points.max(axis=0) - low).max() or points.dtype.type(1)
    ordered = np.empty(points.T.shape, dtype=points.dtype)
    for number, column in enumerate(ordered):
        column[:] = np.sort((points[:, number] - low[number]) / scale)
    extents = ordered[:, -1]
    under, over = points.dtype.type(0), extents.max()
    side = (under + over) / 4
    for _ in range(STEPS):
        boxes = _place(points, low, scale, [_starts(column, side) for column in ordered])
        number = int(boxes.max()) + 1
        if number > k * (1 + TOLERANCE):
            under, side = side, (side + over) / 2
        elif number < k * (1 - TOLERANCE):
            over, side = side, (side + under) / 2
        else:
            break
        if over - under < 1e-20:  # no side gives about k boxes
            break
    return boxes, float(side)


def _starts(column: Points, side: np.floating[Any]) -> Points:
    """First coordinates of the intervals of a sorted column; the first interval starts at 0."""
    if column[-1] <= side:  # not cut
        return column[:1]
    starts, position = [], 0
    while position < len(column):
        starts.append(column[position])
        position = int(np.searchsorted(column, column[position] + side, side="right"))
    return np.array(starts, dtype=column.dtype)


def _place(points: Points, low: Points, scale: Any, starts: list[Points]) -> npt.NDArray[np.int64]:
    """Number the boxes that hold a cell from 0."""
    boxes, used = np.zeros(len(points), dtype=np.int64), 1
    dimensions = [number for number, edges in enumerate(starts) if len(edges) > 1]
    while dimensions:
        taken, width = [], used
        # As many dimensions as their combinations have numbers for; then boxes without a cell are dropped.
        while dimensions and width * len(starts[dimensions[0]]) < CODES:
            width *= len(starts[dimensions[0]])
            taken.append(dimensions.pop(0))
        for first in range(0, len(points), BLOCK):
            block = np.ascontiguousarray(((points[first : first + BLOCK] - low) / scale).T)
            codes = boxes[first : first + BLOCK]
            for dimension in taken:
                codes *= len(starts[dimension])
                codes += _interval(block[dimension], starts[dimension])
        boxes = np.unique(boxes, return_inverse=True)[1]
        used = int(boxes.max()) + 1
    return boxes


def _interval(values: Points, starts: Points) -> npt.NDArray[np.int64]:
    """Interval of each value: how many later intervals start at or below it."""
    if len(starts) > 64:
        return np.searchsorted(starts, values, side="right") - 1
    number = np.zeros(len(values), dtype=np.uint8)  # comparing with each start in turn beats a search among a few
    for start in starts[1:]:
        number += values >= start
    return number.astype(np.int64)
