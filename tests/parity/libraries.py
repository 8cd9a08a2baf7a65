"""What the published libraries compute, in the shape in which ours is compared with it."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import numpy as np


def geosketch_boxes(points: np.ndarray, k: int) -> tuple[np.ndarray, float]:
    """Boxes of geosketch, numbered by their first cell, and the side that its search ends at.

    They are local variables of its function, read as it returns; drawn with replacement, because a draw without takes
    cells out of the boxes.
    """
    from geosketch.sketch import gs_gap

    found: dict[str, Any] = {}

    def watch(frame: FrameType, event: str, arg: object) -> None:
        if event == "return" and frame.f_code is gs_gap.__code__:
            found.update(grid=frame.f_locals["grid"], unit=frame.f_locals["unit"])

    sys.setprofile(watch)
    try:
        gs_gap(points.copy(), 1, k=k, seed=0, replace=True)
    finally:
        sys.setprofile(None)
    boxes = np.empty(len(points), dtype=np.int64)
    for number, cells in enumerate(sorted(found["grid"].values(), key=min)):
        boxes[cells] = number
    return boxes, float(found["unit"])
