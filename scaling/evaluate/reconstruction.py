"""Reconstruction of a cell type: how much of its mean profile comes back, and how far the type is from others.

A profile is log1p of ten thousand times the share of each gene in the counts of all cells together. Counts are summed
before the logarithm: the logarithm of an expected count is no expected logarithm, so cell by cell a model that is
right would be marked down where counts are low.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.vocabulary.protocol import RECONSTRUCTION_R2
from scaling.views.log import TARGET

__all__ = ["Reconstructed", "explained", "nearest", "profile"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reconstructed:
    """Observed and expected counts of the cells of a type, summed over each group of cells: groups x genes."""

    observed: Floats
    expected: Floats
    cells: int

    def __len__(self) -> int:
        return self.cells

    def scores(self) -> dict[str, float]:
        """Share of the variance of the profile, over genes, that the reconstruction explains."""
        return {RECONSTRUCTION_R2: explained(self.observed.sum(axis=0), self.expected.sum(axis=0))}

    def without_cells(self) -> dict[str, tuple[float, ...]]:
        """The share without each group of cells."""
        observed = self.observed.sum(axis=0) - self.observed
        expected = self.expected.sum(axis=0) - self.expected
        shares = (explained(*sums) for sums in zip(observed, expected, strict=True))
        return {RECONSTRUCTION_R2: tuple(round(share, 6) for share in shares)}

    def digest(self) -> str:
        """Sha256 of the expected counts."""
        return hashlib.sha256(np.ascontiguousarray(self.expected, dtype="<f8").tobytes()).hexdigest()

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Observed and expected counts of each group of cells."""
        return {"observed": self.observed.astype(np.float32), "expected": self.expected.astype(np.float32)}


def profile(counts: Floats) -> Floats:
    """Profile of summed counts (genes), or of each row of them; all zero where there are none."""
    scaled: Floats = np.log1p(TARGET * counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1e-12))
    return scaled


def explained(observed: Floats, expected: Floats) -> float:
    """Share of the variance over genes of a profile that another one explains.

    Parameters
    ----------
    observed, expected
        Summed counts of each gene; profiles are made of them, so their sums do not matter.

    Returns
    -------
    1 if the profiles are equal, negative if the other is worse than the mean over genes.
    """
    true, said = profile(observed), profile(expected)
    variance = float(np.square(true - true.mean()).sum())
    return 1.0 - float(np.square(true - said).sum()) / max(variance, 1e-12)


def nearest(profiles: Mapping[str, Floats], of: str) -> tuple[str, float]:
    """Find the type whose profile is most like that of another.

    Parameters
    ----------
    profiles
        Profile of each type, over the same genes.
    of
        The type whose neighbour is sought.

    Returns
    -------
    The other type, the first by name of several, and the distance: 1 minus the correlation over genes.

    Raises
    ------
    KeyError
        If there is no profile of the type.
    """
    own = profiles[of]
    far = {name: 1.0 - float(np.corrcoef(own, other)[0, 1]) for name, other in sorted(profiles.items()) if name != of}
    name = min(far, key=far.__getitem__)
    return name, far[name]
