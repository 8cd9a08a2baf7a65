"""Score claims: "model M reaches 0.77 on set D".

A score can be tested only on the identical set and split: by a user's or our own result of the very model at the
claim's scale, or by another printed value of the same thing. It is reproduced if the new interval lies inside the
printed one widened by max(.02, two printed standard deviations), and not if the two are disjoint.

The results of one source are one value: its seeds are replicates. A user's interval holds the error over test cells,
too, or the verdict is left open. A single run is no sample of seeds, so its interval holds, besides its test cells, the
spread that a run may have (`Numbers.spread`); where not even the test cells are known there is no interval.
"""

from __future__ import annotations

import math
from collections import defaultdict

from graph.evidence.contrast import ALPHA, Contrast, conclude
from graph.evidence.interval import Interval, with_cell_error
from graph.evidence.measured import Measured, interval_of
from graph.evidence.numbers import Numbers
from graph.evidence.outcome import Basis, Outcome
from graph.evidence.rules.comparison import BINOMIAL, printed
from graph.evidence.verdict import distinct
from graph.records import Claim, Result
from graph.vocabulary.protocol import DELTA

EXPERIMENT = "score@3"
REANALYSIS = "score_reanalysis@3"


def reanalysis(claim: Claim, numbers: Numbers) -> Outcome | None:
    """Judge a score by other printed values of the same model, set, metric and setting; None if there is none."""
    return _judge(claim, numbers, [r for r in numbers.published if not r.digitized], "reanalysis", REANALYSIS)


def user_scores(claim: Claim, numbers: Numbers) -> Outcome | None:
    """Judge a score by a user's own results of the very model on the very set; None if there is none."""
    return _judge(claim, numbers, list(numbers.users), "experiment", EXPERIMENT)


def _judge(claim: Claim, numbers: Numbers, results: list[Result], basis: Basis, rule: str) -> Outcome | None:
    if claim.value is None or not claim.dataset_id or not claim.metric_id:
        return None
    same = [result for result in results if _same_thing(claim, result) and numbers.same_labels(claim, result)]
    if not same:
        return None
    outcome = Outcome(basis=basis, rule=rule, scale_ratio=1.0, full_scale=True, inputs=tuple(r.id for r in same))
    low, high = _allowed(claim)
    outcome.details |= {"printed": claim.value, "allowed": [round(low, 4), round(high, 4)], "delta": DELTA}
    intervals = _intervals(same, numbers)
    outcome.gate(
        "interval",
        passed=bool(intervals),
        value=f"{len(same)} values",
        need="an interval of the new value",
        missed=f"0 of {len(same)} other values of the score have a spread or a number of test cells, and one is needed",
    )
    if basis == "experiment" and intervals:
        known = sum(interval.cell_error is not None for _, interval in intervals)
        outcome.gate(
            "test_cells",
            passed=known == len(intervals),
            value=f"{known} of {len(intervals)} values",
            need="an interval over seeds and test cells: of an accuracy the number of test cells, of another metric "
            "its values without groups of cells",
            missed=f"the interval is over seeds alone: {known} of {len(intervals)} values have an error over test "
            "cells, and each needs one",
        )
    for where, interval in intervals:
        outcome.reasons.append(
            f"printed {claim.value:g}, allowed {low:.4f} to {high:.4f}; {where} {interval.mean:.4f} "
            f"(95 % interval {interval.low:.4f} to {interval.high:.4f})"
        )
    if intervals:
        conclude(outcome, [_contrast(interval, low, high, where) for where, interval in intervals])
    return outcome


def _contrast(interval: Interval, low: float, high: float, where: str) -> Contrast:
    """Where a value lies against the allowed range: inside or outside by its whole 95 % interval, or neither."""
    # both by the two-sided 95 % interval: within the range by both of its limits, or beyond one end by the nearer limit
    inside = 2 * max(interval.p_above(low), interval.p_below(high))
    apart = 2 * min(interval.p_above(high), interval.p_below(low))
    near = low if abs(interval.mean - low) < abs(interval.mean - high) else high
    limits = f"{distinct(interval.low, near, sign='')} to {distinct(interval.high, near, sign='')}"
    value, allowed = f"the 95 % interval of {where}, {limits},", f"the allowed range {low:.3f} to {high:.3f}"
    if not interval.bounded:
        return Contrast("open", interval, text=f"the value of {where} is a single observation and has no interval")
    if inside <= ALPHA:
        return Contrast("supports", interval, inside, f"{value} lies in {allowed}")
    if apart < ALPHA:
        return Contrast("opposes", interval, apart, f"{value} lies outside {allowed}")
    ends = [f"{end:.3f}" for end in (low, high) if interval.low <= end <= interval.high]
    return Contrast("open", interval, text=f"{value} spans {' and '.join(ends)}, an end of {allowed}")


def _same_thing(claim: Claim, result: Result) -> bool:
    """Identical model, set, metric and setting; where a number is read again at its own source it is no test."""
    return (
        result.model_id in claim.subject_ids
        and result.dataset_id == claim.dataset_id
        and result.metric_id == claim.metric_id
        and result.ablation == claim.ablation
        and (claim.regime is None or result.regime is None or claim.regime == result.regime)
        and not (result.location is not None and result.location == claim.location)
    )


def _allowed(claim: Claim) -> tuple[float, float]:
    value = claim.value or 0.0
    low, high = claim.low if claim.low is not None else value, claim.high if claim.high is not None else value
    margin = max(DELTA, high - low)
    return low - margin, high + margin


def _intervals(results: list[Result], numbers: Numbers) -> list[tuple[str, Interval]]:
    """Interval of each source that has one: of its printed values, else of its seeds, else of its single run."""
    sources: dict[tuple[str, ...], list[Result]] = defaultdict(list)
    for result in results:
        source = (result.paper_id, result.study, result.evaluation, result.location, result.source)
        sources[tuple(part or "" for part in source)].append(result)
    intervals: list[tuple[str, Interval]] = []
    for _, members in sorted(sources.items()):
        where = members[0].location or members[0].study or members[0].source
        whole = [result for result in members if result.low is not None and result.high is not None]
        single = [result for result in members if result not in whole]
        if len(single) > 1 and (pooled := _pooled(single)) is not None:
            intervals.append((f"{where}, mean of {len(single)} results", pooled))
            single = []
        intervals += [(where, interval) for result in (*whole, *single) if (interval := printed(result, numbers))]
    return intervals


def _pooled(results: list[Result]) -> Interval | None:
    """Interval of the mean over seeds; over test cells too, where the results say enough of them."""
    interval = interval_of([Measured.of(result.value, result.without_cells) for result in results])
    cells = [result.test_cells for result in results if result.metric_id in BINOMIAL and result.test_cells]
    if interval is None or interval.cell_error is not None or len(cells) < len(results):
        return interval
    # every run is scored on the same cells, so their error is that of one run, however many there are
    share, fewest = min(max(interval.mean, 0.0), 1.0), min(cells)
    return with_cell_error(interval, math.sqrt(share * (1 - share) / fewest), df=fewest - 1)
