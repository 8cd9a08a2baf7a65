"""Which cells of a labelled set can be scored: words that mean "no label", types that are too small, and why not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["MISSING", "is_missing", "too_small"]

MISSING = frozenset(
    ("", "nan", "na", "n/a", "none", "null", "<na>", "unknown", "unassigned", "unlabelled", "unlabeled", "undefined",
     "ambiguous", "not available", "-", "?")
)  # fmt: skip
"""Texts, in lower case, that programs write where a cell has no label."""


def is_missing(labels: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    """Whether each label is one of the words for no label."""
    names, codes = np.unique(labels, return_inverse=True)
    missing: npt.NDArray[np.bool_] = np.array([name.strip().lower() in MISSING for name in names.tolist()])[codes]
    return missing


def too_small(labels: npt.NDArray[Any], *, least: int) -> dict[str, int]:
    """Labels with fewer than ``least`` cells, with their numbers of cells."""
    names, cells = np.unique(labels, return_counts=True)
    return {str(name): int(count) for name, count in zip(names, cells, strict=True) if count < least}
