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
from scaling.curves import POOLED, Curve, curves
from scaling.powerlaw import power_law

__all__ = ["POOLED", "Curve", "Finding", "any_run", "curves", "equivalence", "saturation", "seed_mean"]

SHARE = 0.95
ALPHA = 0.05
Outcome = Literal["saturated", "rising", "budget_dependent", "not_identified"]


@dataclass(frozen=True)
class Finding:
    """What a rule says of a curve; sizes in cells."""

    outcome: Outcome
    cells: int | None = None
    low: float | None = None
    high: float | None = None
    p_at_most: tuple[tuple[int, float], ...] = ()


def saturation(
    results: Iterable[Result],
    *,
    delta: float = 0.02,
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
    points = []
    groups: dict[tuple[str, ...], list[tuple[Curve, Finding]]] = defaultdict(list)
    for curve in curves(list(results)):
        found = equivalence(curve.cells, curve.scores, delta=delta)
        groups[
            (str(curve.study), curve.model_id, curve.sampling, curve.evaluation, curve.dataset_id, curve.metric_id)
        ].append((curve, found))
        whole = corpus_cells or curve.cells[-1]
        others = {
            ("paper_any_run@1", SHARE): any_run(curve.cells, curve.scores, share=SHARE),
            ("seed_mean@1", SHARE): seed_mean(curve.cells, curve.scores, share=SHARE),
            ("power_law@1", delta): power_law_finding(curve.cells, curve.scores, delta=delta),
        }
        points += [
            _point(curve, finding, rule, threshold, whole, study, corpus_id)
            for (rule, threshold), finding in others.items()
        ]
    for entries in groups.values():
        entries.sort(key=lambda entry: entry[0].steps or 0)
        for number, (curve, found) in enumerate(entries):
            last = number == len(entries) - 1 and number > 0
            changed = last and curve.dataset_id == POOLED and _changed(entries[number - 1][1], found)
            finding = replace(found, outcome="budget_dependent") if changed else found
            whole = corpus_cells or curve.cells[-1]
            points.append(_point(curve, finding, "equivalence@1", delta, whole, study, corpus_id))
    return sorted(points, key=lambda point: point.id)


def equivalence(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, delta: float) -> Finding:
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
        gain = scores[:, -1] - scores[:, column]
        gain = gain[np.isfinite(gain)]
        n = len(gain)
        if n < 2:
            return Finding("not_identified")
        error = max(float(gain.std(ddof=1)) / np.sqrt(n), 1e-9)
        width = float(student.ppf(1 - ALPHA, n - 1)) * error
        upper.append(float(gain.mean()) + width)
        lower.append(float(gain.mean()) - width)
        chances.append((cells[column], float(student.cdf((delta - gain.mean()) / error, n - 1))))
    for place in range(len(chances) - 2, -1, -1):
        chances[place] = (chances[place][0], min(chances[place][1], chances[place + 1][1]))
    p_at_most = (*chances, (cells[-1], 1.0))
    low = _first([limit < delta for limit in lower], cells)
    enough = _first([limit < delta for limit in upper], cells)
    if enough != cells[-1]:
        return Finding("saturated", enough, low, enough, p_at_most)
    outcome: Outcome = "rising" if lower[-1] > 0 else "not_identified"
    return Finding(outcome, None, low, None, p_at_most)


def any_run(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, share: float = SHARE) -> Finding:
    """The published rule: smallest size at which any single run exceeds ``share`` of the best single run."""
    above = np.nanmax(scores, axis=0) > share * np.nanmax(scores)
    return Finding("saturated", cells[int(np.argmax(above))])


def seed_mean(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, share: float = SHARE) -> Finding:
    """Smallest size whose mean over replicates exceeds ``share`` of the best mean."""
    means = np.nanmean(scores, axis=0)
    return Finding("saturated", cells[int(np.argmax(means > share * means.max()))])


def power_law_finding(cells: tuple[int, ...], scores: npt.NDArray[np.float64], *, delta: float) -> Finding:
    """The fitted curve's point with its profile interval."""
    fit = power_law(cells, scores, delta=delta)
    if fit is None:
        return Finding("not_identified")
    if fit.high < cells[-2]:
        return Finding("saturated", round(fit.cells), fit.low, fit.high)
    if fit.low > cells[-2]:
        return Finding("rising", None, fit.low, None)
    return Finding("not_identified", None, fit.low, fit.high)


def _first(good: list[bool], cells: tuple[int, ...]) -> int:
    """Smallest size from which on all sizes are good; the largest size is good by itself."""
    place = len(good)
    while place > 0 and good[place - 1]:
        place -= 1
    return cells[place]


def _changed(before: Finding, now: Finding) -> bool:
    known = {"saturated", "rising"}
    if before.outcome not in known or now.outcome not in known:
        return False
    if before.outcome != now.outcome:
        return True
    if before.outcome == "rising":
        return False
    return (now.low or 0) > (before.high or 0) or (before.low or 0) > (now.high or 0)


def _point(
    curve: Curve, found: Finding, rule: str, threshold: float, whole: int, study: str | None, corpus_id: str | None
) -> SaturationPoint:
    def share(cells: float | None) -> float | None:
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
        fraction=share(found.cells),
        cells=found.cells,
        low=share(found.low),
        high=share(found.high),
        corpus_id=corpus_id,
        corpus_cells=whole,
        rule=rule,
        threshold=threshold,
        outcome=found.outcome,
        steps=curve.steps,
        p_at_most={f"{cells / whole:.6g}": round(chance, 6) for cells, chance in found.p_at_most},
        source="reproduced",
        result_ids=curve.result_ids,
    )
