"""How well the change of expression by a treatment is predicted in cells of a type that was left out, from arrays.

Published are the correlation of predicted and measured mean expression over genes (their column ``R2`` holds r) and its
square. Both are near 1 for "nothing changes", since most genes do not: they are printed as r and r^2 and say little. So
the change itself is looked at: its correlation over genes, and direction and rank of the genes that change most in the
*other* cell types, chosen without a test cell. The energy distance asks whether the cells, not only their mean, come to
lie where treated cells do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.vocabulary.protocol import (
    CHANGE_DIRECTION,
    CHANGE_RANK,
    ENERGY_REMOVED,
    PEARSON_DELTA,
    PEARSON_R,
    R_SQUARED,
)
from scaling.evaluate.predictions import GROUPS, Groups

__all__ = ["LeftOut", "Responses", "changed_genes", "correlation", "direction", "distances", "energy", "rank"]

Floats = npt.NDArray[np.floating[Any]]
Genes = npt.NDArray[np.int64]
BLOCK = 512


def correlation(first: Floats, second: Floats) -> float:
    """Pearson r over genes; 0 where one of the two is the same for all of them, so that nothing was said."""
    a, b = (np.asarray(values, dtype=np.float64) - np.mean(values, dtype=np.float64) for values in (first, second))
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else 0.0


def direction(predicted: Floats, measured: Floats) -> float:
    """Share of genes of which the predicted change has the sign of the measured one; no change has no sign."""
    return float(np.mean(np.sign(predicted) * np.sign(measured) > 0))


def rank(predicted: Floats, measured: Floats) -> float:
    """Rank correlation of two changes over genes (Spearman); 0 where one is the same for all genes."""
    return correlation(_ranks(predicted), _ranks(measured))


def _ranks(values: Floats) -> npt.NDArray[np.float64]:
    """Rank of each value; equal ones share the mean of theirs."""
    _, place, number = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(np.cumsum(number) - (number - 1) / 2.0)[place]


def changed_genes(changes: Floats, number: int) -> Genes:
    """Genes that change most in the mean over cell types, most first; of equals the one that stands first.

    Parameters
    ----------
    changes
        Mean change of each training type, types x genes. What the left-out type does takes no part.
    """
    size = np.round(np.abs(np.mean(changes, axis=0, dtype=np.float64)), 9)
    return np.argsort(-size, kind="stable")[:number]


def distances(first: Floats, second: Floats, groups: Groups, second_groups: Groups) -> npt.NDArray[np.float64]:
    """Sum of Euclidean distances between all cells of two samples, by group of either: groups x groups."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    centre = b.mean(axis=0)
    a, b = a - centre, b - centre
    norms = np.einsum("ij,ij->i", b, b)
    member = np.zeros((len(b), GROUPS))
    member[np.arange(len(b)), second_groups] = 1.0
    sums = np.zeros((GROUPS, GROUPS))
    for start in range(0, len(a), BLOCK):
        part = a[start : start + BLOCK]
        squared = np.einsum("ij,ij->i", part, part)[:, None] - 2.0 * (part @ b.T) + norms
        np.add.at(sums, groups[start : start + BLOCK], np.sqrt(np.maximum(squared, 0.0)) @ member)
    return sums


def energy(
    between: npt.NDArray[np.float64],
    first: npt.NDArray[np.float64],
    second: npt.NDArray[np.float64],
    sizes: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
) -> float:
    """Energy distance of two samples: twice the mean distance between them, less those within (Szekely and Rizzo).

    Parameters
    ----------
    between, first, second
        Sums of distances as of :func:`distances`: between the samples, within the first, within the second.
    sizes, others
        Cells of either sample by group.
    """
    n, m = int(sizes.sum()), int(others.sum())
    return float(2.0 * between.sum() / (n * m) - first.sum() / n**2 - second.sum() / m**2)


@dataclass(frozen=True)
class LeftOut:
    """Cells of a type that was left out, and what is predicted of them; log-normalised, cells x genes."""

    name: str
    control: Floats
    """Untreated cells."""
    treated: Floats
    predicted: Floats
    """What each untreated cell is predicted to look like when treated."""
    genes: Genes
    """Genes that change most in the other types."""
    control_groups: Groups
    treated_groups: Groups

    def scores(self, without: int | None = None) -> dict[str, float]:
        """Metric id -> score; ``without`` one group of cells."""
        controls, treated = (
            np.ones(len(groups), dtype=bool) if without is None else groups != without
            for groups in (self.control_groups, self.treated_groups)
        )
        before = self.control[controls].mean(axis=0, dtype=np.float64)
        after = self.treated[treated].mean(axis=0, dtype=np.float64)
        said = self.predicted[controls].mean(axis=0, dtype=np.float64)
        r, change, expected = correlation(said, after), after - before, said - before
        return {
            PEARSON_DELTA: correlation(expected, change),
            CHANGE_DIRECTION: direction(expected[self.genes], change[self.genes]),
            CHANGE_RANK: rank(expected[self.genes], change[self.genes]),
            ENERGY_REMOVED: self._energy_removed(without),
            PEARSON_R: r,
            R_SQUARED: r * r,
        }

    def energies(self, without: int | None = None) -> tuple[float, float]:
        """Energy distance of the treated cells to the predicted ones, and to the untreated ones."""
        rest = np.ones(GROUPS, dtype=bool)
        if without is not None:
            rest[without] = False
        sizes = np.bincount(self.control_groups, minlength=GROUPS)[rest]
        others = np.bincount(self.treated_groups, minlength=GROUPS)[rest]
        sums = {name: values[np.ix_(rest, rest)] for name, values in self._sums.items()}
        predicted, control = (
            energy(sums[f"{name}-treated"], sums[name], sums["treated"], sizes, others)
            for name in ("predicted", "control")
        )
        return predicted, control

    def _energy_removed(self, without: int | None) -> float:
        predicted, control = self.energies(without)
        return 1.0 - predicted / control if control > 0 else 0.0

    @cached_property
    def _sums(self) -> dict[str, npt.NDArray[np.float64]]:
        control, treated = self.control_groups, self.treated_groups
        return {
            "treated": distances(self.treated, self.treated, treated, treated),
            "control": distances(self.control, self.control, control, control),
            "predicted": distances(self.predicted, self.predicted, control, control),
            "control-treated": distances(self.control, self.treated, control, treated),
            "predicted-treated": distances(self.predicted, self.treated, control, treated),
        }


@dataclass(frozen=True)
class Responses:
    """Scores of all types, each left out once; a score is the mean over types, each counting once."""

    types: Sequence[LeftOut]

    def __len__(self) -> int:
        return sum(len(entry.control) + len(entry.treated) for entry in self.types)

    def scores(self) -> dict[str, float]:
        """Metric id -> score."""
        return self._mean(None)

    def without_cells(self) -> dict[str, tuple[float, ...]]:
        """Metric id -> the score without each group of cells."""
        without = [self._mean(group) for group in range(GROUPS)]
        return {metric: tuple(round(values[metric], 6) for values in without) for metric in without[0]}

    def digest(self) -> str:
        """Sha256 of the predicted mean of every type."""
        state = hashlib.sha256()
        for entry in self.types:
            state.update(entry.name.encode())
            state.update(np.ascontiguousarray(entry.predicted.mean(axis=0, dtype=np.float64), dtype="<f8").tobytes())
        return state.hexdigest()

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Of every type: means before and after, the predicted mean, the chosen genes, scores, energy distances."""
        metrics = list(self.scores())
        return {
            "types": np.array([entry.name for entry in self.types]),
            "control": np.array([entry.control.mean(axis=0) for entry in self.types], dtype=np.float32),
            "treated": np.array([entry.treated.mean(axis=0) for entry in self.types], dtype=np.float32),
            "predicted": np.array([entry.predicted.mean(axis=0) for entry in self.types], dtype=np.float32),
            "genes": np.array([entry.genes for entry in self.types], dtype=np.int32),
            "metrics": np.array(metrics),
            "scores": np.array([[entry.scores()[metric] for metric in metrics] for entry in self.types]),
            "energies": np.array([entry.energies() for entry in self.types]),
        }

    def _mean(self, without: int | None) -> dict[str, float]:
        scores = [entry.scores(without) for entry in self.types]
        return {metric: float(np.mean([each[metric] for each in scores])) for metric in scores[0]}
