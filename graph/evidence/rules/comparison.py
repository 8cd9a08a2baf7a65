"""Comparison claims: "A scores higher than B", "lower", or "about the same".

Experiment: paired by study, seed and split, under equal tuning; the 95 % interval of the difference lies above
+delta, below -delta or inside (equivalence test), else the comparison is undecided.

Re-analysis: printed scores of both sides on one set in one setting. A difference without an interval is not a
result: the interval is the printed one, else for an accuracy that of its test cells, else there is none.
"""

from __future__ import annotations

from collections import defaultdict

from graph.evidence.assay import (
    Assay,
    budget_gate,
    common_gates,
    difference,
    precision_gate,
    scale,
    studies_gate,
    tuning_gate,
)
from graph.evidence.finding import DELTA, Answer, Finding, worst
from graph.evidence.interval import Interval, Position, of_difference, of_printed, of_proportion
from graph.evidence.numbers import Numbers
from graph.records import Claim, Result

EXPERIMENT = "comparison@1"
REANALYSIS = "comparison_reanalysis@1"
WANTED: dict[str, Position] = {">": "above", "+": "above", "<": "below", "-": "below", "~": "inside", "0": "inside"}
BINOMIAL = frozenset({"metric:accuracy", "metric:micro_f1"})
"""Metrics that are a share of test cells."""
REFERENCE_SAMPLING = "random"


def answer_for(direction: str | None, position: Position, *, negated: bool = False) -> Answer:
    """Answer to a claim of this direction, given where the measured difference lies."""
    wanted = WANTED.get(direction or "")
    if wanted is None or position == "undecided":
        return "open"
    agrees = (position == wanted) != negated
    if agrees:
        return "supports"
    return "null" if position == "inside" else "opposes"


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Finding | None:
    """Judge a comparison of models by a study; None if it has no stand-ins for both sides."""
    ours = sorted({model for subject in claim.subject_ids for model in numbers.stand_ins(subject)})
    theirs = sorted({model for other in claim.comparator_ids for model in numbers.stand_ins(other)})
    if not ours or not theirs or set(ours) & set(theirs):
        return None
    finding = Finding(basis="experiment", rule=EXPERIMENT)
    scale(finding, claim, assay, numbers)
    common_gates(finding, assay, [*ours, *theirs])
    tuning_gate(finding, assay, [*ours, *theirs])
    whole, answers = assay.corpus_cells(), []
    for a in ours:
        for b in theirs:
            conclusions: dict[int | None, Answer] = {}
            interval: Interval | None = None
            per_study: dict[str, float] = {}
            for steps in assay.budgets(a):
                other = steps if steps in assay.budgets(b) else assay.budgets(b)[-1]
                interval, per_study = difference(assay.scores(a, whole, steps), assay.scores(b, whole, other))
                conclusions[steps] = judged(claim, interval)
            answers.append(list(conclusions.values())[-1])
            budget_gate(finding, conclusions, who=f"{a} - {b}")
            record(finding, interval, per_study, answers[-1])
            finding.reasons.append(told(f"{a} minus {b} at {whole:,} cells", interval))
            finding.details.setdefault("difference_per_study", {})[f"{a} - {b}"] = per_study
    finding.answer = worst(answers)
    finding.inputs = assay.ids([*ours, *theirs])
    return finding


def judged(claim: Claim, interval: Interval | None, *, margin: float = DELTA) -> Answer:
    """Answer that an interval gives to a claim with a direction."""
    if interval is None:
        return "open"
    return answer_for(claim.direction, interval.against(margin), negated=claim.polarity == "negated")


def record(finding: Finding, interval: Interval | None, per_study: dict[str, float], answer: Answer) -> None:
    """Put the effect with its precision and its agreement between studies into a finding."""
    precision_gate(finding, interval)
    inside = interval is not None and interval.against(DELTA) == "inside"
    studies_gate(finding, per_study, margin=DELTA if inside and answer != "open" else 0.0)
    finding.effect = interval


def told(what: str, interval: Interval | None) -> str:
    """Sentence with the difference and its interval."""
    if interval is None:
        return f"{what}: no interval can be given"
    return f"{what}: {interval.mean:+.3f} (95 % interval {interval.low:+.3f} to {interval.high:+.3f})"


# Re-analysis of printed scores --------------------------------------------------------------------------------

Setting = tuple[str, str, float | None, str | None, float | None]
"""(set, metric, share of the labelled training set, ablation, share of the pre-training corpus)."""


def reanalysis(claim: Claim, numbers: Numbers) -> Finding | None:
    """Judge a comparison by printed scores; None if not both sides are printed in one setting."""
    pairs = [
        (setting, a, b)
        for setting, sides in _settings(claim, numbers).items()
        for a in sides["subject"]
        for b in sides["comparator"]
        if a.model_id != b.model_id
    ]
    if not pairs:
        return None
    finding = Finding(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    judge_pairs(claim, finding, [(f"{setting[1]} on {setting[0]}", a, b) for setting, a, b in pairs], numbers)
    return finding


def judge_pairs(claim: Claim, finding: Finding, pairs: list[tuple[str, Result, Result]], numbers: Numbers) -> None:
    """Fill a finding from printed pairs (where, subject's score, other's score)."""
    answers: list[Answer] = []
    missing: list[str] = []
    for where, a, b in pairs:
        interval = printed_difference(a, b)
        if interval is None:
            missing.append(where)
            finding.reasons.append(
                f"{where}: {a.value:.3f} against {b.value:.3f}, difference {a.value - b.value:+.3f}; "
                "no spread is printed, so it is not a result"
            )
            continue
        answers.append(judged(claim, interval, margin=numbers.margin(a.metric_id, b.value)))
        if finding.effect is None or abs(interval.mean) < abs(finding.effect.mean):
            finding.effect = interval
        finding.reasons.append(told(f"{where}, {a.model_id} minus {b.model_id}", interval) + _kind(a, b))
    finding.gate(
        "interval",
        passed=not missing,
        value=f"{len(pairs) - len(missing)} of {len(pairs)} pairs",
        need="an interval for every difference that the claim rests on",
    )
    finding.answer = worst(answers) if answers else "open"
    finding.details |= {"delta": DELTA, "pairs": len(pairs)}
    finding.inputs = tuple(result.id for _, a, b in pairs for result in (a, b))


def printed_difference(a: Result, b: Result) -> Interval | None:
    """Interval of the difference of two printed scores, taken as independent; None if one has no interval."""
    first, second = _printed(a), _printed(b)
    return None if first is None or second is None else of_difference(first, second)


def _printed(result: Result) -> Interval | None:
    if result.low is not None and result.high is not None:
        return of_printed(result.value, result.low, result.high, result.n)
    if result.metric_id in BINOMIAL and result.test_cells:
        return of_proportion(result.value, result.test_cells)
    return None


def _kind(a: Result, b: Result) -> str:
    counted = [result.model_id for result in (a, b) if result.low is None]
    return f"; over test cells, not seeds, for {', '.join(counted)}" if counted else ""


def _settings(claim: Claim, numbers: Numbers) -> dict[Setting, dict[str, list[Result]]]:
    """Printed scores of both sides, per setting of the claim's scope."""
    found: dict[Setting, dict[str, list[Result]]] = defaultdict(lambda: {"subject": [], "comparator": []})
    any_regime = claim.model_copy(update={"regime": None})
    scoped = [
        result
        for result in numbers.published
        if not result.digitized
        and numbers.same_scope(any_regime, result)
        and numbers.same_labels(claim, result)
        and result.ablation == claim.ablation
        and claim.dataset_id in (None, result.dataset_id)
    ]
    for result in numbers.by_metric(claim, scoped):
        setting = (result.dataset_id, result.metric_id, result.train_fraction, result.ablation, result.fraction)
        if numbers.is_about(claim.subject_ids, result.model_id):
            found[setting]["subject"].append(result)
        if numbers.is_about(claim.comparator_ids, result.model_id):
            found[setting]["comparator"].append(result)
    return dict(sorted(found.items(), key=lambda item: tuple(map(str, item[0]))))
