"""A difference of paired scores in words, with its interval over seeds and test cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.records import Result
from scaling.evaluate.jackknife import estimate

__all__ = ["paired"]


def paired(other: str, pairs: Sequence[tuple[Result, Result]]) -> str:
    """Say whether the first of each pair is better than the second, which ``other`` names."""
    if len(pairs) < 2:
        return f"fewer than two replicates beside {other}"
    difference = estimate(
        [result.value - against.value for result, against in pairs],
        [np.subtract(result.without_cells, against.without_cells).tolist() for result, against in pairs],
    )
    low, high = difference.interval()
    said = "better than" if low > 0 else "worse than" if high < 0 else "not told from"
    return f"{said} {other} ({difference.value:+.3f}, 95 % interval {low:+.3f} to {high:+.3f})"
