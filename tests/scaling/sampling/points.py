"""Points for sketches, the same on every machine."""

from __future__ import annotations

import numpy as np


def clustered_points(dtype: str) -> np.ndarray:
    """Twelve clusters of 500 cells in 8 dimensions; coordinates are multiples of 1/256, exact in either type."""
    rng = np.random.default_rng(7)
    centres = rng.integers(-1500, 1500, (12, 8))
    return ((centres[rng.integers(0, 12, 500)] + rng.integers(-300, 300, (500, 8))) / 256).astype(dtype)


def by_first_cell(boxes: np.ndarray) -> np.ndarray:
    """Number boxes in the order of their first cells."""
    _, first, codes = np.unique(boxes, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[codes]
