"""Score claims: "model M reaches 0.77 on set D".

A score can be tested only on the identical set and split: by a user's or our own result of the very model at the
claim's scale, or by another printed value of the same thing. It is reproduced if the new interval lies inside the
printed one widened by max(.02, two printed standard deviations), and not if the two are disjoint.

The results of one source are one value: its seeds are replicates. A single run is no sample of seeds, so its interval
holds, besides its test cells, the spread that a run may have (`Numbers.spread`); where not even the test cells are
known there is no interval.
"""

from __future__ import annotations

from collections import defaultdict

from graph.evidence.contrast import ALPHA, Contrast, conclude
from graph.evidence.finding import DELTA, Basis, Finding
from graph.evidence.interval import Interval, of_replicates
from graph.evidence.numbers import Numbers
from graph.evidence.rules.comparison import printed
from graph.records import Claim, Result

EXPERIMENT = "score@2"
REANALYSIS = "score_reanalysis@2"


def reanalysis(claim: Claim, numbers: Numbers) -> Finding | None:
    """Judge a score by other printed values of the same model, set, metric and setting; None if there is none."""
    return _judge(claim, numbers, [r for r in numbers.published if not r.digitized], "reanalysis", REANALYSIS)


def user_scores(claim: Claim, numbers: Numbers) -> Finding | None:
    """Judge a score by a user's own results of the very model on the very set; None if there is none."""
    return _judge(claim, numbers, list(numbers.users), "experiment", EXPERIMENT)


def _judge(claim: Claim, numbers: Numbers, results: list[Result], basis: Basis, rule: str) -> Finding | None:
    if claim.value is None or not claim.dataset_id or not claim.metric_id:
        return None
    same = [result for result in results if _same_thing(claim, result) and numbers.same_labels(claim, result)]
    if not same:
        return None
    finding = Finding(basis=basis, rule=rule, scale_ratio=1.0, full_scale=True, inputs=tuple(r.id for r in same))
    low, high = _allowed(claim)
    finding.details |= {"printed": claim.value, "allowed": [round(low, 4), round(high, 4)], "delta": DELTA}
    intervals = _intervals(same, numbers)
    finding.gate("interval", passed=bool(intervals), value=f"{len(same)} values", need="an interval of the new value")
    for where, interval in intervals:
        finding.reasons.append(
            f"printed {claim.value:g}, allowed {low:.4f} to {high:.4f}; {where} {interval.mean:.4f} "
            f"(95 % interval {interval.low:.4f} to {interval.high:.4f})"
        )
    if intervals:
        conclude(finding, [_contrast(interval, low, high) for _, interval in intervals])
    return finding


def _contrast(interval: Interval, low: float, high: float) -> Contrast:
    """Where a value lies against the allowed range: inside or outside by its whole 95 % interval, or neither."""
    inside = 2 * max(interval.p_above(low), interval.p_below(high))
    apart = 2 * min(interval.p_above(high), interval.p_below(low))
    if inside <= ALPHA:
        return Contrast("supports", interval, inside)
    return Contrast("opposes", interval, apart) if apart < ALPHA else Contrast("open", interval)


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
    found: list[tuple[str, Interval]] = []
    for _, members in sorted(sources.items()):
        where = members[0].location or members[0].study or members[0].source
        whole = [result for result in members if result.low is not None and result.high is not None]
        single = [result for result in members if result not in whole]
        if len(single) > 1 and (pooled := of_replicates([result.value for result in single])) is not None:
            found.append((f"{where}, mean of {len(single)} results", pooled))
            single = []
        found += [(where, interval) for result in (*whole, *single) if (interval := printed(result, numbers))]
    return found
