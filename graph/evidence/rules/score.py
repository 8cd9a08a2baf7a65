"""Score claims: "model M reaches 0.77 on set D".

A score can be tested only on the identical set and split: by a user's or our own result of the very model at the
claim's scale, or by another printed value of the same thing. It is reproduced if the new interval lies inside the
printed one widened by max(.02, two printed standard deviations), and not if the two are disjoint.
"""

from __future__ import annotations

from graph.evidence.finding import DELTA, Answer, Basis, Finding, worst
from graph.evidence.interval import Interval, of_printed, of_proportion, of_replicates
from graph.evidence.numbers import Numbers
from graph.evidence.rules.comparison import BINOMIAL
from graph.records import Claim, Result

EXPERIMENT = "score@1"
REANALYSIS = "score_reanalysis@1"


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
    intervals = _intervals(same)
    finding.gate("interval", passed=bool(intervals), value=f"{len(same)} values", need="an interval of the new value")
    answers: list[Answer] = []
    for where, interval in intervals:
        inside = low <= interval.low and interval.high <= high
        apart = interval.high < low or interval.low > high
        answers.append("supports" if inside else "opposes" if apart else "open")
        finding.effect = interval
        finding.reasons.append(
            f"printed {claim.value:g}, allowed {low:.4f} to {high:.4f}; {where} {interval.mean:.4f} "
            f"(95 % interval {interval.low:.4f} to {interval.high:.4f})"
        )
    finding.answer = worst(answers) if answers else "open"
    return finding


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


def _intervals(results: list[Result]) -> list[tuple[str, Interval]]:
    """Interval of each value that has one; several seeds of one source are pooled to one."""
    found = []
    for result in results:
        where = result.location or result.study or result.source
        if result.low is not None and result.high is not None:
            found.append((where, of_printed(result.value, result.low, result.high, result.n)))
        elif result.metric_id in BINOMIAL and result.test_cells:
            found.append((where, of_proportion(result.value, result.test_cells)))
    bare = [r.value for r in results if r.low is None and not (r.metric_id in BINOMIAL and r.test_cells)]
    if not found and (pooled := of_replicates(bare)) is not None:
        found.append((f"mean of {len(bare)} results", pooled))
    return found
