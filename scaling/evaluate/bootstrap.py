"""Intervals of scores and of their differences: test cells and splits are drawn anew, together.

Both are sources of error. A cell that is scored in several splits is one cell, so cells are drawn once per round, and
splits are drawn beside them (the two-way bootstrap of Owen, Annals of Applied Statistics 2007, which errs on the wide
side). All methods meet the same draws, so that a difference is paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scaling.evaluate.splits import Split

__all__ = ["Draws", "Sample", "draw", "score_draws"]

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """How often each cell (rounds x cells) and each split (rounds x splits) is drawn in each round."""

    cells: npt.NDArray[np.float32]
    splits: Floats


@dataclass(frozen=True)
class Sample:
    """A score: its value, and the values of the rounds."""

    value: float
    rounds: Floats

    @property
    def error(self) -> float:
        """Standard error: the standard deviation over the rounds."""
        return float(self.rounds.std(ddof=1))

    def minus(self, other: Sample) -> Sample:
        """Difference, round by round."""
        return Sample(self.value - other.value, self.rounds - other.rounds)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval around the value, from the standard error."""
        from scipy.stats import norm

        width = float(norm.ppf(0.5 + level / 2)) * self.error
        return self.value - width, self.value + width


def draw(cells: int, splits: int, *, rounds: int, seed: int) -> Draws:
    """Draw cells and splits with replacement."""
    rng = np.random.default_rng([seed, 11])
    drawn = np.stack([np.bincount(rng.integers(0, cells, cells), minlength=cells) for _ in range(rounds)])
    return Draws(drawn.astype(np.float32), rng.multinomial(splits, np.full(splits, 1.0 / splits), rounds).astype(float))


def score_draws(
    splits: Sequence[Split], codes: Codes, predicted: Sequence[Codes], draws: Draws, *, labels: int
) -> tuple[Sample, Sample, list[Sample]]:
    """Score predictions in the data and in every round.

    Returns
    -------
    Macro F1, accuracy, and the F1 of each label: means over splits. A label counts in the splits whose test cells
    have it; in a round that draws none of its cells it is left out.
    """
    rounds = len(draws.cells)
    macro, accuracy = np.zeros((rounds + 1, len(splits))), np.zeros((rounds + 1, len(splits)))
    by_label = np.full((rounds + 1, len(splits), labels), np.nan)
    for number, (split, guess) in enumerate(zip(splits, predicted, strict=True)):
        truth = codes[split.test]
        weights = np.concatenate([np.ones((1, len(truth)), dtype=np.float32), draws.cells[:, split.test]])
        hits = _sums(weights * (truth == guess), truth, labels)
        true, called = _sums(weights, truth, labels), _sums(weights, guess, labels)
        present = true > 0
        f1 = np.where(present, 2.0 * hits / np.maximum(true + called, 1e-12), np.nan)
        macro[:, number] = np.nansum(f1, axis=1) / np.maximum(present.sum(axis=1), 1)
        accuracy[:, number] = hits.sum(axis=1) / np.maximum(true.sum(axis=1), 1e-12)
        by_label[:, number] = f1
    weight = np.concatenate([np.ones((1, len(splits))), draws.splits])
    return (
        _sample((macro * weight).sum(axis=1) / len(splits)),
        _sample((accuracy * weight).sum(axis=1) / len(splits)),
        [_sample(_mean_where_present(by_label[:, :, label], weight)) for label in range(labels)],
    )


def _sums(weights: npt.NDArray[np.float32], codes: Codes, labels: int) -> Floats:
    """Sum the weights (rounds x cells) of the cells of each label: rounds x labels."""
    from scipy.sparse import csr_matrix

    member = csr_matrix((np.ones(len(codes), dtype=np.float32), (codes, np.arange(len(codes)))), (labels, len(codes)))
    return np.asarray((member @ weights.T).T, dtype=np.float64)


def _mean_where_present(values: Floats, weight: Floats) -> Floats:
    present = np.isfinite(values) * weight
    mean: Floats = (np.nan_to_num(values) * weight).sum(axis=1) / np.maximum(present.sum(axis=1), 1e-12)
    mean[present.sum(axis=1) == 0] = np.nan
    return mean


def _sample(values: Floats) -> Sample:
    rounds = values[1:]
    return Sample(float(values[0]), rounds[np.isfinite(rounds)] if not np.isfinite(rounds).all() else rounds)
