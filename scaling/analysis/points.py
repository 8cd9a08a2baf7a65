"""How many cells are enough: the smallest corpus that is as good as the whole one, by four rules.

``equivalence@1`` decides: a size is enough if the upper 95 % limit of what the whole corpus is better by lies below
``delta`` (one side of the two one-sided tests of Schuirmann 1987), there and at every larger size. Beside it, never
in a verdict: ``paper_any_run@1`` (DenAdel et al.: any single run above .95 of the best run), ``seed_mean@1`` (means
instead of single runs), ``power_law@1`` (fitted curve with a profile interval; refused where it does not fit).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from graph.records import Result, SaturationPoint
from graph.vocabulary.protocol import ANY_RUN, DELTA, EQUIVALENCE, POOLED, POWER_LAW, PRINTED_THRESHOLD, SEED_MEAN
from scaling.analysis.curves import Curve, curves
from scaling.analysis.powerlaw import power_law

__all__ = ["Curve", "Estimate", "any_run", "curves", "equivalence", "saturation", "seed_mean"]

ALPHA = 0.05
NO_SPREAD = 1e-9
"""Standard error of replicates that do not differ (a deterministic method), so that a test statistic stays finite."""
Outcome = Literal["saturated", "rising", "budget_dependent", "not_identified"]


@dataclass(frozen=True)
class Estimate:
    """Saturation point of a curve by one rule; sizes in cells."""

    outcome: Outcome
    cells: int | None = None
    low: float | None = None
    high: float | None = None
    p_at_most: tuple[tuple[int, float], ...] = ()


def saturation(
    results: Iterable[Result],
    *,
    delta: float = DELTA,
    study: str | None = None,
    corpus_id: str | None = None,
    corpus_cells: int | None = None,
) -> list[SaturationPoint]:
    """Saturation points of all curves with at least three sizes, by all rules.

    Parameters
    ----------
    results
        Our results, baselines included (they say which sets have headroom).
    delta
        Margin of the equivalence test, in the metric's unit.
    study, corpus_id, corpus_cells
        Written into the points; study and cells are taken from the results if left out.

    Returns
    -------
    One point per curve and rule. Curves are per evaluation set (a mean over reference studies), and pooled over the
    held-out studies with headroom (``dataset:held_out_mean``). A pooled conclusion that differs between the last two
    budgets is ``budget_dependent`` at the last one.
    """
    drawn = list(curves(list(results)))
    decided = _across_budgets([(curve, equivalence(curve.cells, curve.scores, delta=delta)) for curve in drawn])
    points = []
    for curve, estimate in decided:
        by_rule = {
            EQUIVALENCE: (delta, estimate),
            ANY_RUN: (PRINTED_THRESHOLD, any_run(curve.cells, curve.scores)),
            SEED_MEAN: (PRINTED_THRESHOLD, seed_mean(curve.cells, curve.scores)),
            POWER_LAW: (delta, power_law_estimate(curve.cells, curve.scores, delta=delta)),
        }
        whole = corpus_cells or curve.cells[-1]
        points += [
            _point(curve, of_rule, rule, threshold, whole, study, corpus_id)
            for rule, (threshold, of_rule) in by_rule.items()
        ]
    return sorted(points, key=lambda point: point.id)


def _across_budgets(entries: list[tuple[Curve, Estimate]]) -> list[tuple[Curve, Estimate]]:
    """Curves of one model at several budgets held against each other; what changes at the last one is marked."""
    arms: dict[tuple[str, ...], list[tuple[Curve, Estimate]]] = defaultdict(list)
    for curve, estimate in entries:
        arm = (str(curve.study), curve.model_id, curve.sampling, curve.evaluation, curve.dataset_id, curve.metric_id)
        arms[*arm, curve.checkpoint or ""].append((curve, estimate))
    compared = []
    for arm_entries in arms.values():
        *earlier, (curve, last) = sorted(arm_entries, key=lambda entry: entry[0].steps or 0)
        # single sets scatter too much for a comparison of two budgets; only the pooled curve is held to it
        if earlier and curve.dataset_id == POOLED and _changed(earlier[-1][1], last):
            last = replace(last, outcome="budget_dependent")
        compared += [*earlier, (curve, last)]
    return compared


def equivalence(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, delta: float) -> Estimate:
    """Smallest size that is as good as the largest one within ``delta``, by a paired test.

    Parameters
    ----------
    cells
        Sizes, rising.
    scores
        Replicates x sizes; replicates are paired with themselves at the largest size.

    Returns
    -------
    ``saturated`` with the size (high) and the smallest size that is not shown to be worse (low); ``rising`` if the
    last step still gains (lower limit above 0) and may gain ``delta``; else ``not_identified``.
    """
    from scipy.stats import t as student

    chances: list[tuple[int, float]] = []
    upper, lower = [], []
    for column in range(len(cells) - 1):
        # a replicate is compared with itself at the largest size: what its seed adds to both cancels
        gain = scores[:, -1] - scores[:, column]
        gain = gain[np.isfinite(gain)]
        n = len(gain)
        if n < 2:
            return Estimate("not_identified")
        error = max(float(gain.std(ddof=1)) / np.sqrt(n), NO_SPREAD)
        width = float(student.ppf(1 - ALPHA, n - 1)) * error
        upper.append(float(gain.mean()) + width)
        lower.append(float(gain.mean()) - width)
        # one-sided confidence that the loss stays below the margin, read as a probability of the point lying here
        chances.append((cells[column], float(student.cdf((delta - gain.mean()) / error, n - 1))))
    # enough at one size means enough at every larger one, so the probabilities may only rise with the size
    for place in range(len(chances) - 2, -1, -1):
        chances[place] = (chances[place][0], min(chances[place][1], chances[place + 1][1]))
    p_at_most = (*chances, (cells[-1], 1.0))
    low = _first([limit < delta for limit in lower], cells)
    enough = _first([limit < delta for limit in upper], cells)
    if enough != cells[-1]:
        return Estimate("saturated", enough, low, enough, p_at_most)
    outcome: Outcome = "rising" if lower[-1] > 0 else "not_identified"
    return Estimate(outcome, None, low, None, p_at_most)


def any_run(
    cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, fraction: float = PRINTED_THRESHOLD
) -> Estimate:
    """The published rule: smallest size at which any single run exceeds ``fraction`` of the best single run."""
    above = np.nanmax(scores, axis=0) > fraction * np.nanmax(scores)
    return Estimate("saturated", cells[int(np.argmax(above))])


def seed_mean(
    cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, fraction: float = PRINTED_THRESHOLD
) -> Estimate:
    """Smallest size whose mean over replicates exceeds ``fraction`` of the best mean."""
    means = np.nanmean(scores, axis=0)
    return Estimate("saturated", cells[int(np.argmax(means > fraction * means.max()))])


def power_law_estimate(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, delta: float) -> Estimate:
    """The fitted curve's point with its profile interval."""
    fit = power_law(cells, scores, delta=delta)
    if fit is None:
        return Estimate("not_identified")
    if fit.high < cells[-2]:
        return Estimate("saturated", round(fit.cells), fit.low, fit.high)
    if fit.low > cells[-2]:
        return Estimate("rising", None, fit.low, None)
    return Estimate("not_identified", None, fit.low, fit.high)


def _first(good: list[bool], cells: tuple[int, ...]) -> int:
    """Smallest size from which on all sizes are good; the largest size, held against itself, is."""
    place = len(good)
    while place > 0 and good[place - 1]:
        place -= 1
    return cells[place]


def _changed(before: Estimate, now: Estimate) -> bool:
    """Whether two budgets conclude differently: another outcome, or points whose intervals do not meet."""
    known = {"saturated", "rising"}
    if before.outcome not in known or now.outcome not in known:
        return False
    if before.outcome != now.outcome:
        return True
    if before.outcome == "rising":
        return False
    return (now.low or 0) > (before.high or 0) or (before.low or 0) > (now.high or 0)


def _point(
    curve: Curve, estimate: Estimate, rule: str, threshold: float, whole: int, study: str | None, corpus_id: str | None
) -> SaturationPoint:
    def fraction(cells: float | None) -> float | None:
        return None if cells is None else round(min(cells / whole, 1.0), 6)

    return SaturationPoint(
        study=study or curve.study,
        evaluation=curve.evaluation,
        model_id=curve.model_id,
        dataset_id=curve.dataset_id,
        task_id=curve.task_id,
        metric_id=curve.metric_id,
        sampling=curve.sampling,
        regime=curve.regime,
        fraction=fraction(estimate.cells),
        cells=estimate.cells,
        low=fraction(estimate.low),
        high=fraction(estimate.high),
        corpus_id=corpus_id,
        corpus_cells=whole,
        rule=rule,
        threshold=threshold,
        outcome=estimate.outcome,
        steps=curve.steps,
        checkpoint=curve.checkpoint,
        p_at_most={f"{cells / whole:.6g}": round(chance, 6) for cells, chance in estimate.p_at_most},
        source="reproduced",
        result_ids=curve.result_ids,
    )
