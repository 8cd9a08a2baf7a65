"""What predicts the change of a cell type that was left out: simple baselines, and a linear head on an embedding.

All of them know the treated and untreated cells of the other types, and the untreated cells of the left-out one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BASELINES", "PENALTIES", "Training", "head_change"]

Floats = npt.NDArray[np.floating[Any]]
PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Ridge penalties of the head, per dimension of unit variance; the training types choose."""


@dataclass(frozen=True)
class Training:
    """Means of the training types, types x genes, and how many cells they rest on."""

    control: Floats
    treated: Floats
    control_cells: npt.NDArray[np.int64]
    treated_cells: npt.NDArray[np.int64]

    @property
    def changes(self) -> Floats:
        """Mean change of each type."""
        return np.asarray(self.treated - self.control)


def no_change(training: Training, control: Floats) -> Floats:
    """The treatment does nothing."""
    return np.zeros(training.control.shape[1]) + 0.0 * control


def mean_change(training: Training, control: Floats) -> Floats:  # noqa: ARG001
    """The mean change of the training types, each counting once."""
    return np.asarray(training.changes.mean(axis=0))


def additive(training: Training, control: Floats) -> Floats:  # noqa: ARG001
    """Effect of the treatment in a linear model of type plus treatment, fitted on all training cells.

    Its least-squares estimate weighs the change of a type by the cells that tell it: the product of treated and
    untreated ones over their sum.
    """
    untreated, treated = training.control_cells.astype(np.float64), training.treated_cells.astype(np.float64)
    weights = untreated * treated / (untreated + treated)
    return np.asarray(weights @ training.changes / weights.sum())


def nearest_type(training: Training, control: Floats) -> Floats:
    """Change of the training type whose untreated cells resemble those of the left-out type most (Pearson r)."""
    from scaling.evaluate.response import correlation

    likeness = [correlation(mean, control) for mean in training.control]
    return np.asarray(training.changes[int(np.argmax(likeness))])


BASELINES = {
    "model:no_change": no_change,
    "model:mean_change": mean_change,
    "model:additive_baseline": additive,
    "model:nearest_type_change": nearest_type,
}
"""Baselines of a change, from (training types, mean of the left-out type's untreated cells)."""


def head_change(points: Sequence[Floats], changes: Floats, left_out: Floats) -> Floats:
    """Predict the change of each cell of a type from its embedding, by ridge regression on the training types.

    The target of an untreated cell is the mean change of its type: what pairing it with every treated cell of the type
    comes to. Each type counts once, so that an infinite penalty predicts their mean change. The penalty is the one by
    which the change of each training type is predicted best from the others; no cell of the left-out type chooses.

    Parameters
    ----------
    points
        Embedding of the untreated cells of each training type, cells x dimensions.
    changes
        Mean change of each training type, types x genes.
    left_out
        Embedding of the untreated cells of the left-out type.

    Returns
    -------
    Change of each cell of the left-out type, cells x genes.
    """
    penalty = _best_penalty(points, changes) if len(points) > 2 else PENALTIES[-1]
    return _Ridge(points).predict(changes, left_out, penalty)


def _best_penalty(points: Sequence[Floats], changes: Floats) -> float:
    """Penalty of least squared error of the mean change of a type that is predicted from the others."""
    errors = np.zeros(len(PENALTIES))
    for number in range(len(points)):
        others = [entry for place, entry in enumerate(points) if place != number]
        ridge, known = _Ridge(others), np.delete(changes, number, axis=0)
        mean = points[number].mean(axis=0, keepdims=True)
        for place, penalty in enumerate(PENALTIES):
            errors[place] += float(np.sum((ridge.predict(known, mean, penalty)[0] - changes[number]) ** 2))
    # Of equal errors the strongest penalty: it claims least.
    return PENALTIES[len(PENALTIES) - 1 - int(np.argmin(np.round(errors[::-1], 9)))]


class _Ridge:
    """Regression on the means of types: only they matter where all cells of a type have one target."""

    def __init__(self, points: Sequence[Floats]) -> None:
        means = np.array([np.mean(entry, axis=0, dtype=np.float64) for entry in points])
        self.centre = means.mean(axis=0)
        squares = np.mean([np.mean((entry - self.centre) ** 2, axis=0, dtype=np.float64) for entry in points], axis=0)
        self.scale = np.where(squares > 0, np.sqrt(squares), 1.0)
        scaled = [(entry - self.centre) / self.scale for entry in points]
        covariance = np.mean([entry.T @ entry / len(entry) for entry in scaled], axis=0)
        self.size, self.axes = np.linalg.eigh(covariance)
        self.means = (means - self.centre) / self.scale

    def predict(self, changes: Floats, points: Floats, penalty: float) -> Floats:
        """Change of each of ``points``, from the mean changes of the types."""
        mean = changes.mean(axis=0)
        cross = self.means.T @ (changes - mean) / len(changes)
        along = (((points - self.centre) / self.scale) @ self.axes) / (np.maximum(self.size, 0.0) + penalty)
        return np.asarray(mean + along @ (self.axes.T @ cross))
