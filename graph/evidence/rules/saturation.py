"""Saturation claims: "as good with a share f of the corpus as with all of it".

Experiment: the equivalence test of study_design section 4. Two tested sizes bracket f. The claim is supported if the
larger of those up to f loses less than delta against the whole corpus (upper limit), and opposed if the smaller of
those from f on loses more (lower limit): a loss below f says nothing of f. Where no subset lies between f and the whole
corpus, a loss below f is told as ``rising``, which is true of the measured sizes and refutes nothing. The paper's rule,
the seed-mean rule and the fitted curve stand beside it and never decide.

Re-analysis: the printed saturation points of the claim's scope are counted, corrected ones in place of misprints;
how the count moves with the threshold is told from the digitised curves.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from graph.evidence.assay import (
    Assay,
    budget_gate,
    common_gates,
    difference,
    precision_gate,
    scale,
    studies_gate,
)
from graph.evidence.contrast import ALPHA, Contrast, conclude
from graph.evidence.finding import DELTA, Finding
from graph.evidence.interval import Interval
from graph.evidence.numbers import Numbers
from graph.records import Claim, Result, SaturationPoint

EXPERIMENT = "saturation@2"
REANALYSIS = "saturation_reanalysis@2"
A_FRACTION = 0.5
"""What "a fraction of the data" may be at most, where a claim names none."""
THRESHOLDS = (0.95, 0.99)
SHARE_OF_POINTS = "share_of_points"
"""Unit of a claim about "most" curves: its value is the share of them that has to lie at or below its fraction."""
MAIN_SAMPLINGS = ("random", "celltype_reweighted", "geometric_sketching")


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Finding | None:
    """Judge a saturation claim by a study; None if no model of the study stands in for a subject."""
    models = assay.stand_ins(claim.subject_ids, numbers)
    sampling = claim.sampling if claim.sampling not in (None, "random") else "random"
    models = [model for model in models if sampling in assay.samplings(model)]
    if not models:
        return None
    finding = Finding(basis="experiment", rule=EXPERIMENT)
    scale(finding, claim, assay, numbers)
    common_gates(finding, assay, models)
    share = claim.fraction if claim.fraction is not None else A_FRACTION
    whole = assay.corpus_cells()
    small = {model: _largest_within(assay, model, sampling, share * whole) for model in models}
    bracketed = all(small.values()) and share < 1
    finding.gate(
        "bracket",
        passed=bracketed,
        value=", ".join(f"{cells:,} cells" if cells else "none" for cells in small.values()),
        need=f"a tested size of at most {share:.0%} of our corpus ({share * whole:,.0f} cells)",
    )
    if not bracketed:
        return finding
    unbracketed = False
    contrasts: list[Contrast] = []
    for model in models:
        size = small[model] or 0
        subsets = [cells for cells in assay.sizes(model, sampling) if cells < whole]
        above = min((cells for cells in subsets if cells >= share * whole), default=None)

        def loss(steps: int | None, cells: int, model: str = model) -> tuple[Interval | None, dict[str, float]]:
            return difference(
                assay.scores(model, whole, steps, _full(assay, model, sampling)),
                assay.scores(model, cells, steps, sampling),
            )

        conclusions = {
            steps: _contrast(
                claim, loss(steps, size)[0], loss(steps, above)[0] if above else None, loss(steps, max(subsets))[0],
                bracketed=above is not None,
            )
            for steps in assay.budgets(model)
        }  # fmt: skip
        last = list(conclusions.values())[-1]
        contrasts.append(last)
        interval, per_study = loss(assay.budgets(model)[-1], size)
        enough = interval is not None and interval.p_below(DELTA) < ALPHA
        precision_gate(finding, interval, who=model)
        studies_gate(finding, per_study, margin=DELTA if enough else 0.0, who=model)
        budget_gate(finding, conclusions, who=model)
        finding.reasons += _told(model, size, whole, interval)
        if above is not None and above != size:
            finding.reasons += _told(model, above, whole, loss(assay.budgets(model)[-1], above)[0])
        elif above is None and last.answer == "rising":
            finding.reasons.append(
                f"{model}: no size between {share:.0%} and the whole corpus was run, so its curve may flatten there"
            )
        finding.details.setdefault("loss_at_share", {})[model] = per_study
        unbracketed = unbracketed or above is None
    conclude(finding, contrasts)
    if finding.full_scale and finding.answer == "rising" and unbracketed:
        finding.gate("upper_bracket", passed=False, value="none", need="a subset of at least the claimed share")
    finding.details |= {"share": share, "beside": _beside(assay, models, numbers)}
    finding.inputs = (*assay.ids(models), *_point_ids(assay, models, numbers))
    return finding


def _largest_within(assay: Assay, model: str, sampling: str, cells: float) -> int | None:
    return max((size for size in assay.sizes(model, sampling) if size <= cells), default=None)


def _full(assay: Assay, model: str, sampling: str) -> str:
    """Sampling under which the whole corpus was run: re-weighting everything is the whole corpus."""
    return sampling if assay.corpus_cells() in assay.sizes(model, sampling) else "random"


def _denies(claim: Claim) -> bool:
    """Whether the claim says that a share of the corpus is not enough."""
    return (claim.direction in ("no_plateau", "+")) != (claim.polarity == "negated")


def _contrast(
    claim: Claim, below: Interval | None, above: Interval | None, last: Interval | None, *, bracketed: bool
) -> Contrast:
    """What the losses at the size below the share, above it, and at the largest subset say of the claim."""
    if below is None:
        return Contrast("open", None)
    denies = _denies(claim)
    if (p := below.p_below(DELTA)) < ALPHA:
        return Contrast("opposes" if denies else "supports", below, p)
    rising = last is not None and 2 * last.p_above(0.0) < ALPHA
    if above is not None and (p := 2 * above.p_above(DELTA)) < ALPHA:
        return Contrast("supports" if denies else "rising" if rising else "opposes", above, p)
    if not bracketed and not denies and rising and (p := 2 * below.p_above(DELTA)) < ALPHA:
        return Contrast("rising", below, p)
    return Contrast("open", below)


def _told(model: str, size: int, whole: int, interval: Interval | None) -> list[str]:
    if interval is None:
        return [f"{model}: no replicates at {size:,} cells"]
    said = f"may lose {DELTA:g} or not"
    if interval.p_below(DELTA) < ALPHA:
        said = f"loses less than {DELTA:g}"
    elif 2 * interval.p_above(DELTA) < ALPHA:
        said = f"loses more than {DELTA:g}"
    return [
        f"{model}: with {size:,} of {whole:,} cells it {said} against the whole corpus "
        f"({interval.mean:+.3f}, 95 % interval {interval.low:+.3f} to {interval.high:+.3f})"
    ]


def _own_points(assay: Assay, models: list[str], numbers: Numbers) -> list[SaturationPoint]:
    return [
        point
        for point in numbers.points
        if point.study == assay.study and point.model_id in models and point.metric_id == assay.metric_id
    ]


def _point_ids(assay: Assay, models: list[str], numbers: Numbers) -> tuple[str, ...]:
    return tuple(point.id for point in _own_points(assay, models, numbers))


def _beside(assay: Assay, models: list[str], numbers: Numbers) -> list[dict[str, Any]]:
    """Points of all rules, which stand beside the verdict and never enter it."""
    return [
        {
            "model": point.model_id, "set": point.dataset_id, "rule": point.rule, "steps": point.steps,
            "outcome": point.outcome, "fraction": point.fraction, "low": point.low, "high": point.high,
        }
        for point in sorted(_own_points(assay, models, numbers), key=lambda point: (point.model_id, point.id))
    ]  # fmt: skip


# Re-analysis of printed points --------------------------------------------------------------------------------


def reanalysis(claim: Claim, numbers: Numbers) -> Finding | None:
    """Judge a saturation claim by printed points; None if none is of its scope."""
    points = _published(claim, numbers)
    if not points:
        return None
    share = claim.fraction if claim.fraction is not None else A_FRACTION
    beyond = [point for point in points if point.fraction is None or point.fraction > share]
    finding = Finding(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    finding.gate("numbers", passed=True, value=f"{len(points)} printed points", need="printed points of this scope")
    needed = claim.value if claim.unit == SHARE_OF_POINTS and claim.value is not None else 1.0
    enough = 1 - len(beyond) / len(points) >= needed
    finding.answer = "supports" if enough != _denies(claim) else "opposes"
    sensitivity = threshold_sensitivity(claim, numbers)
    if sensitivity:
        finding.reasons.append(
            "beside it, digitised curves saturated at the smallest size: "
            + ", ".join(f"{found} of {total} at threshold {at:g}" for at, (found, total) in sensitivity.items())
        )
    finding.reasons += [
        f"above it: {point.model_id}, {point.dataset_id}, {point.sampling} at {point.fraction:.0%} ({point.location})"
        for point in sorted(beyond, key=lambda point: point.id)[:5]
        if point.fraction is not None
    ]
    counted = ", ".join(f"{number} at {at:.0%}" for at, number in _count(points).items())
    finding.reasons.append(
        f"{len(points)} printed points: {counted}; {len(beyond)} lie above {share:.0%}"
        + (f", where at most {1 - needed:.0%} may" if needed < 1 else "")
    )
    finding.details |= {
        "share": share,
        "needed": needed,
        "points": {f"{at:.0%}": number for at, number in _count(points).items()},
        "corrected": sum(point.status == "corrected" for point in points),
        "thresholds": {f"{at:g}": f"{found} of {total}" for at, (found, total) in sensitivity.items()},
    }
    shares = [point.threshold for point in points if point.threshold > A_FRACTION]
    finding.mde = 1 - min(shares) if shares else max(point.threshold for point in points)  # a share of the best score
    finding.inputs = tuple(point.id for point in points)
    return finding


def _published(claim: Claim, numbers: Numbers) -> list[SaturationPoint]:
    """Printed points of the claim's scope; a corrected point takes the place of its misprint."""
    samplings = (claim.sampling,) if claim.sampling else MAIN_SAMPLINGS
    scoped = [
        point
        for point in numbers.points
        if point.source == "published"
        and numbers.same_scope(claim, point)
        and numbers.is_about(claim.subject_ids, point.model_id)
        and point.sampling in samplings
        and (claim.dataset_id is None or claim.dataset_id == point.dataset_id)
    ]
    chosen: dict[tuple[object, ...], SaturationPoint] = {}
    for point in sorted(scoped, key=lambda point: (point.status, point.id)):
        key = (point.model_id, point.dataset_id, point.task_id, point.metric_id, point.regime, point.sampling)
        if key not in chosen or point.status == "corrected":
            chosen[key] = point
    return sorted(chosen.values(), key=lambda point: point.id)


def _count(points: list[SaturationPoint]) -> dict[float, int]:
    counted: dict[float, int] = defaultdict(int)
    for point in points:
        counted[1.0 if point.fraction is None else point.fraction] += 1
    return dict(sorted(counted.items()))


def curves(claim: Claim, numbers: Numbers) -> dict[tuple[str, str, str], dict[float, Result]]:
    """Printed score curves of the claim's scope: (evaluation, model, set) -> share of the corpus -> result."""
    found: dict[tuple[str, str, str], dict[float, Result]] = defaultdict(dict)
    for result in numbers.published:
        if (
            result.fraction
            and result.train_fraction is None
            and numbers.same_scope(claim, result)
            and numbers.is_about(claim.subject_ids, result.model_id)
            and (claim.dataset_id is None or claim.dataset_id == result.dataset_id)
        ):
            found[result.evaluation, result.model_id, result.dataset_id][result.fraction] = result
    return {key: dict(sorted(curve.items())) for key, curve in sorted(found.items()) if len(curve) >= 3}


def threshold_sensitivity(claim: Claim, numbers: Numbers) -> dict[float, tuple[int, int]]:
    """Threshold -> (curves saturated at their smallest size, curves), by the paper's rule on printed means."""
    every = curves(claim, numbers)
    return {at: (sum(_at_smallest(curve, at) for curve in every.values()), len(every)) for at in THRESHOLDS if every}


def _at_smallest(curve: dict[float, Result], threshold: float) -> bool:
    smallest = curve[min(curve)].value
    return smallest > threshold * max(result.value for result in curve.values())
