"""Means with 95 % intervals: the only form in which an effect enters a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graph.vocabulary.protocol import LEVEL, POWER

Position = Literal["above", "below", "inside", "undecided"]


@dataclass(frozen=True)
class Interval:
    """A mean, its standard error and its two-sided 95 % limits."""

    mean: float
    error: float
    low: float
    high: float
    n: int
    """Runs behind the mean, of both sides of a difference; 0 where nobody says how many."""
    mde: float
    """Smallest true effect that would be told from zero at the 5 % level with 80 % power."""
    df: int
    """Degrees of freedom of the error; not the number of runs where two means of unequal error are compared."""
    cell_error: float | None = None
    """Part of the error that is over test cells; None where the error is over seeds alone."""

    @property
    def seed_error(self) -> float:
        """Part of the error that is over seeds."""
        return math.sqrt(max(self.error**2 - (self.cell_error or 0.0) ** 2, 0.0))

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def bounded(self) -> bool:
        """Whether both limits are finite; a single observation has none."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def upper_one_sided(self) -> float:
        """Upper limit of a one-sided 95 % interval, as the equivalence test needs it."""
        return self.mean + _quantile(LEVEL, self.df) * self.error

    def lower_one_sided(self) -> float:
        """Lower limit of a one-sided 95 % interval."""
        return self.mean - _quantile(LEVEL, self.df) * self.error

    def against(self, delta: float) -> Position:
        """Place of the effect: above +delta, below -delta, inside, or undecided.

        ``inside`` is the equivalence test (two one-sided tests): "no difference" is never a large p-value.
        """
        if self.low > delta:
            return "above"
        if self.high < -delta:
            return "below"
        if self.upper_one_sided() < delta and self.lower_one_sided() > -delta:
            return "inside"
        return "undecided"

    def p_above(self, bound: float) -> float:
        """One-sided p-value against "the mean is at most ``bound``"."""
        return _tail(self.mean - bound, self.error, self.df)

    def p_below(self, bound: float) -> float:
        """One-sided p-value against "the mean is at least ``bound``"."""
        return _tail(bound - self.mean, self.error, self.df)


def _tail(distance: float, error: float, df: int) -> float:
    """Probability of a mean at least this far beyond a bound, if the true mean lay on it (Student t)."""
    from scipy.special import stdtr

    if df < 1:
        return 1.0
    if error == 0:
        return 0.0 if distance > 0 else 1.0
    return float(stdtr(df, -distance / error))


def _quantile(level: float, df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, level)) if df > 0 else math.inf


def of_replicates(values: Sequence[float]) -> Interval | None:
    """Student t interval of the mean of independent replicates; None for fewer than two.

    Identical values (a deterministic method) give an interval of width zero.
    """
    n = len(values)
    if n < 2:
        return None
    # exact sums: the same values in another order give the same interval, so the same verdict
    mean = math.fsum(values) / n
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)
    return _interval(mean, error, n, df=n - 1)


def of_difference(a: Interval, b: Interval) -> Interval:
    """Interval of a - b for independent means, with Welch's degrees of freedom."""
    error, df = _added((a.error, a.df), (b.error, b.df))
    return _interval(a.mean - b.mean, error, a.n + b.n if a.n and b.n else 0, df=df)


def with_cell_error(seeds: Interval, cell_error: float, *, df: int) -> Interval:
    """Interval of a mean over seeds, widened by its error over test cells.

    Seeds and test cells are drawn apart, so their variances add. What they share (a seed that does better on some of
    the cells) is in both parts and so counted twice, which errs on the wide side.
    """
    error, both = _added((seeds.error, seeds.df), (cell_error, df))
    return replace(_interval(seeds.mean, error, seeds.n, df=both), cell_error=cell_error)


def _added(a: tuple[float, int], b: tuple[float, int]) -> tuple[float, int]:
    """Error and degrees of freedom of a sum of two independent means, each with its own."""
    error = math.hypot(a[0], b[0])
    if error == 0:
        return 0.0, min(a[1], b[1])
    # Welch and Satterthwaite: the part with the larger error and the fewer runs limits the degrees of freedom, which
    # are rounded down so that the interval is rather too wide than too narrow
    spread = a[0] ** 4 / max(a[1], 1) + b[0] ** 4 / max(b[1], 1)
    return error, max(1, int(error**4 / spread)) if spread else max(a[1], b[1])


def of_printed(value: float, low: float, high: float, n: int | None) -> Interval:
    """Interval as printed: the mean of ``n`` runs with 95 % limits, of a large sample where ``n`` is not printed."""
    # without a printed n the limits are taken for normal ones: a t quantile at 1,000 runs differs in the third digit
    count = n if n and n > 1 else 1000
    error = (high - low) / 2 / _quantile((1 + LEVEL) / 2, count - 1)
    return _interval(value, error, n or 0, df=count - 1)


def of_proportion(proportion: float, cells: int, *, spread: float = 0.0, runs: int = 1) -> Interval:
    """Wald interval of an accuracy over ``cells`` test cells, widened by the spread of its mean over seeds."""
    # seeds and test cells are independent sources of error, so their variances add; the floor keeps an accuracy of 0
    # or 1 from having no error at all
    binomial = math.sqrt(max(proportion * (1 - proportion), 1e-12) / cells)
    return replace(_interval(proportion, math.hypot(binomial, spread), runs, df=cells - 1), cell_error=binomial)


def _interval(mean: float, error: float, n: int, *, df: int) -> Interval:
    t = _quantile((1 + LEVEL) / 2, df)
    # an effect of `t` errors is found in half of all samples; that of `t` plus the quantile of the power in 80 %
    reach = t * error if error else 0.0
    mde = (t + _quantile(POWER, df)) * error if error else 0.0
    return Interval(mean=mean, error=error, low=mean - reach, high=mean + reach, n=n, mde=mde, df=df)
