"""Comparison claims: "A scores higher than B", "lower", or "about the same".

Experiment: paired by study, seed and split, under equal tuning; the 95 % interval of the difference lies above
+delta, below -delta or inside (equivalence test), else the comparison is undecided.

Re-analysis: printed scores of both sides on one set in one setting. A difference without an interval is not a
result: the interval is the printed one, else for an accuracy that of its test cells and of the spread of a single run
over seeds (`Numbers.spread`), else there is none.
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
from graph.evidence.contrast import Contrast, conclude, contrast
from graph.evidence.finding import DELTA, Finding
from graph.evidence.interval import Interval, of_difference, of_printed, of_proportion
from graph.evidence.numbers import Numbers
from graph.records import Claim, Result

EXPERIMENT = "comparison@2"
REANALYSIS = "comparison_reanalysis@2"
BINOMIAL = frozenset({"metric:accuracy", "metric:micro_f1"})
"""Metrics that are a share of test cells."""
REFERENCE_SAMPLING = "random"


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Finding | None:
    """Judge a comparison of models by a study; None if it has no stand-ins for both sides."""
    ours = assay.stand_ins(claim.subject_ids, numbers)
    theirs = assay.stand_ins(claim.comparator_ids, numbers)
    if not ours or not theirs or set(ours) & set(theirs):
        return None
    finding = Finding(basis="experiment", rule=EXPERIMENT)
    scale(finding, claim, assay, numbers)
    common_gates(finding, assay, [*ours, *theirs])
    tuning_gate(finding, assay, [*ours, *theirs])
    whole = assay.corpus_cells()
    contrasts: list[Contrast] = []
    for a in ours:
        for b in theirs:
            conclusions: dict[int | None, Contrast] = {}
            per_study: dict[str, float] = {}
            for steps in assay.budgets(a):
                other = steps if steps in assay.budgets(b) else assay.budgets(b)[-1]
                interval, per_study = difference(assay.scores(a, whole, steps), assay.scores(b, whole, other))
                conclusions[steps] = contrast(claim, interval)
            last = list(conclusions.values())[-1]
            contrasts.append(last)
            budget_gate(finding, conclusions, who=f"{a} - {b}")
            spread_gates(finding, last, per_study, who=f"{a} - {b}")
            finding.reasons.append(told(f"{a} minus {b} at {whole:,} cells", last.interval))
            finding.details.setdefault("difference_per_study", {})[f"{a} - {b}"] = per_study
    conclude(finding, contrasts)
    finding.inputs = assay.ids([*ours, *theirs])
    return finding


def spread_gates(finding: Finding, last: Contrast, per_study: dict[str, float], *, who: str = "") -> None:
    """Gates on the precision of an effect and on its agreement between studies."""
    precision_gate(finding, last.interval, who=who)
    inside = last.interval is not None and last.interval.against(DELTA) == "inside"
    studies_gate(finding, per_study, margin=DELTA if inside and last.answer != "open" else 0.0, who=who)


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
    contrasts: list[Contrast] = []
    missing: list[str] = []
    for where, a, b in pairs:
        interval = printed_difference(a, b, numbers)
        if interval is None:
            missing.append(where)
            finding.reasons.append(
                f"{where}: {a.value:.3f} against {b.value:.3f}, difference {a.value - b.value:+.3f}; "
                "no spread is printed, so it is not a result"
            )
            continue
        contrasts.append(contrast(claim, interval, margin=numbers.margin(a.metric_id, b.value)))
        finding.reasons.append(told(f"{where}, {a.model_id} minus {b.model_id}", interval) + _kind(a, b, numbers))
    finding.gate(
        "interval",
        passed=not missing,
        value=f"{len(pairs) - len(missing)} of {len(pairs)} pairs",
        need="an interval for every difference that the claim rests on",
    )
    if contrasts:
        conclude(finding, contrasts)
    finding.details |= {"delta": DELTA, "pairs": len(pairs)}
    finding.inputs = tuple(result.id for _, a, b in pairs for result in (a, b))


def printed_difference(a: Result, b: Result, numbers: Numbers) -> Interval | None:
    """Interval of the difference of two printed scores, taken as independent; None if one has no interval."""
    first, second = printed(a, numbers), printed(b, numbers)
    return None if first is None or second is None else of_difference(first, second)


def printed(result: Result, numbers: Numbers) -> Interval | None:
    """Interval of a printed score: the printed one, else that of its test cells and the spread of a single run."""
    if result.low is not None and result.high is not None:
        return of_printed(result.value, result.low, result.high, result.n)
    if result.metric_id in BINOMIAL and result.test_cells:
        return of_proportion(result.value, result.test_cells, spread=numbers.spread(result))
    return None


def _kind(a: Result, b: Result, numbers: Numbers) -> str:
    single = [
        f"{result.model_id} is a single run over {result.test_cells:,} test cells, whose seed may move it by "
        f"{numbers.spread(result):.3f}"
        for result in (a, b)
        if result.low is None and result.test_cells
    ]
    return "".join(f"; {told}" for told in single)


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
