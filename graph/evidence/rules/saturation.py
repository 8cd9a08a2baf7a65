"""Saturation claims: "as good with a fraction f of the corpus as with all of it".

Experiment: the equivalence test of study_design section 4. Two tested sizes bracket f. The claim is supported if the
larger of those up to f loses less than delta against the whole corpus (upper limit), and opposed if the smaller of
those from f on loses more (lower limit): a loss below f says nothing of f. Where no subset lies between f and the whole
corpus, a loss below f is called ``rising``, which is true of the measured sizes and refutes nothing. The paper's rule,
the seed-mean rule and the fitted curve stand beside it and never decide.

Re-analysis: the printed saturation points of the claim's scope are counted, corrected ones in place of misprints;
how the count moves with the threshold is read from the digitised curves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from graph.evidence.assay import Assay, Budget, difference
from graph.evidence.contrast import ALPHA, Contrast, conclude
from graph.evidence.gates import budget_gate, common_gates, precision_gate, scale, studies_gate
from graph.evidence.interval import Interval
from graph.evidence.named import NeededTest
from graph.evidence.numbers import Numbers
from graph.evidence.outcome import Answer, Outcome
from graph.evidence.verdict import distinct
from graph.records import Claim, Result, SaturationPoint
from graph.vocabulary.protocol import CELLTYPE_REWEIGHTED, DELTA, GEOMETRIC_SKETCHING, PRINTED_THRESHOLD, RANDOM

EXPERIMENT = "saturation@3"
REANALYSIS = "saturation_reanalysis@2"
A_FRACTION = 0.5
"""What "a fraction of the data" may be at most, where a claim names none."""
THRESHOLDS = (PRINTED_THRESHOLD, 0.99)
SHARE_OF_POINTS = "share_of_points"
"""Unit of a claim about "most" curves: its value is the fraction of them that has to lie at or below its fraction."""
MAIN_SAMPLINGS = (RANDOM, CELLTYPE_REWEIGHTED, GEOMETRIC_SKETCHING)


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Outcome | None:
    """Judge a saturation claim by a study; None if no model of the study stands in for a subject."""
    sampling = claim.sampling or RANDOM
    stand_ins = assay.stand_ins(claim.subject_ids, numbers)
    models = [model for model in stand_ins if sampling in assay.samplings(model)]
    if not models:
        return None
    outcome = Outcome(basis="experiment", rule=EXPERIMENT)
    scale(outcome, claim, assay, numbers)
    common_gates(outcome, assay, models)
    fraction = claim.fraction if claim.fraction is not None else A_FRACTION
    outcome.needed_tests = [NeededTest("saturation", model, sampling=sampling, fraction=fraction) for model in models]
    brackets = [Bracket.around(fraction, model, sampling, assay) for model in models]
    if not _bracket_gate(outcome, brackets, fraction, assay.corpus_cells()):
        return outcome
    conclude(outcome, [_judge(outcome, claim, bracket) for bracket in brackets])
    # at full scale "still rising" would refute the claim, which takes a subset between its fraction and the whole
    if outcome.full_scale and outcome.answer == "rising" and any(bracket.above is None for bracket in brackets):
        outcome.gate(
            "upper_bracket",
            passed=False,
            value="none",
            need="a subset of at least the claimed share",
            missed=f"no size between {fraction:.0%} and the whole corpus was run, so the curve may flatten there",
        )
    outcome.details |= {"share": fraction, "beside": _beside(assay, models, numbers)}
    outcome.inputs = (*assay.ids(models), *(point.id for point in _own_points(assay, models, numbers)))
    return outcome


@dataclass(frozen=True)
class Bracket:
    """Tested sizes of one model around a fraction of the corpus, and what it loses at them against the whole."""

    assay: Assay
    model: str
    sampling: str
    fraction: float
    below: int | None
    """Largest tested size of at most the fraction, in cells."""
    above: int | None
    """Smallest subset of at least the fraction; None if only the whole corpus is as large."""
    largest: int | None
    """Largest subset."""

    @classmethod
    def around(cls, fraction: float, model: str, sampling: str, assay: Assay) -> Bracket:
        """Sizes that a study tested on a model around a fraction of its corpus."""
        whole = assay.corpus_cells()
        sizes = assay.sizes(model, sampling)
        subsets = [cells for cells in sizes if cells < whole]
        return cls(
            assay=assay,
            model=model,
            sampling=sampling,
            fraction=fraction,
            below=max((cells for cells in sizes if cells <= fraction * whole), default=None),
            above=min((cells for cells in subsets if cells >= fraction * whole), default=None),
            largest=max(subsets, default=None),
        )

    @property
    def budgets(self) -> list[Budget]:
        """Budgets that the verdict rests on, the one that decides last."""
        return self.assay.budgets(self.model)

    def loss(self, cells: int | None, budget: Budget) -> tuple[Interval | None, dict[str, float]]:
        """Score with the whole corpus minus that with so many cells: its interval, and its mean per held-out study."""
        if cells is None:
            return None, {}
        whole = self.assay.corpus_cells()
        # re-weighting or sketching everything is the whole corpus, which a study then runs only once, as random
        everything = self.sampling if whole in self.assay.sizes(self.model, self.sampling) else RANDOM
        return difference(
            self.assay.scores(self.model, whole, budget, everything),
            self.assay.scores(self.model, cells, budget, self.sampling),
        )


def _bracket_gate(outcome: Outcome, brackets: list[Bracket], fraction: float, whole: int) -> bool:
    """Gate: every model was run with a subset of at most the claimed fraction."""
    without = [bracket.model for bracket in brackets if not bracket.below]
    cells = f"{fraction:.0%} of our corpus ({fraction * whole:,.0f} cells)"
    return outcome.gate(
        "bracket",
        passed=not without and fraction < 1,
        value=", ".join(f"{bracket.below:,} cells" if bracket.below else "none" for bracket in brackets),
        need=f"a tested size of at most {cells}",
        missed=f"no size of at most {cells} was run for {', '.join(without)}"
        if without
        else "a claim about the whole corpus has no smaller size that could saturate",
    )


def _judge(outcome: Outcome, claim: Claim, bracket: Bracket) -> Contrast:
    """Judge one model at every budget; the whole budget decides, and the gates and steps are recorded."""
    conclusions = {budget: _contrast(claim, bracket, budget) for budget in bracket.budgets}
    budget = bracket.budgets[-1]
    last = conclusions[budget]
    loss, per_study = bracket.loss(bracket.below, budget)
    equivalent = loss is not None and loss.p_below(DELTA) < ALPHA
    precision_gate(outcome, loss, who=bracket.model)
    studies_gate(outcome, per_study, margin=DELTA if equivalent else 0.0, who=bracket.model)
    budget_gate(outcome, conclusions, who=bracket.model)
    outcome.reasons.append(_step(bracket, bracket.below, loss))
    if bracket.above is not None and bracket.above != bracket.below:
        outcome.reasons.append(_step(bracket, bracket.above, bracket.loss(bracket.above, budget)[0]))
    elif bracket.above is None and last.answer == "rising":
        outcome.reasons.append(
            f"{bracket.model}: no size between {bracket.fraction:.0%} and the whole corpus was run, so its curve may "
            "flatten there"
        )
    outcome.details.setdefault("loss_at_share", {})[bracket.model] = per_study
    return last


def _denies(claim: Claim) -> bool:
    """Whether the claim says that a fraction of the corpus is not enough."""
    return (claim.direction in ("no_plateau", "+")) != (claim.polarity == "negated")


def _contrast(claim: Claim, bracket: Bracket, budget: Budget) -> Contrast:
    """What the losses around the fraction say of the claim, at one budget.

    Saturation is a non-inferiority test: the loss lies below the margin by its one-sided 95 % limit. It can only be
    shown from below the fraction, and only be refuted from above it, for scores rise with the corpus.
    """
    below, above = bracket.loss(bracket.below, budget)[0], bracket.loss(bracket.above, budget)[0]
    if below is None:
        text = f"{bracket.model} has no two replicates at {bracket.below:,} cells and with the whole corpus"
        return Contrast("open", None, text=text)
    denies = _denies(claim)
    if (p := below.p_below(DELTA)) < ALPHA:
        return Contrast("opposes" if denies else "supports", below, p, _at_most(bracket, bracket.below, below))
    largest = bracket.loss(bracket.largest, budget)[0]
    # more data still helped at the largest subset, so our corpus may be too small for the claimed fraction of it
    rising = largest is not None and 2 * largest.p_above(0.0) < ALPHA
    if above is not None and (p := 2 * above.p_above(DELTA)) < ALPHA:
        answer: Answer = "supports" if denies else "rising" if rising else "opposes"
        return Contrast(answer, above, p, _at_least(bracket, bracket.above, above))
    if bracket.above is None and not denies and rising and (p := 2 * below.p_above(DELTA)) < ALPHA:
        return Contrast("rising", below, p, _at_least(bracket, bracket.below, below))
    return Contrast("open", below, text=_undecided(bracket, below, above))


def _loss_with(bracket: Bracket, cells: int | None) -> str:
    return f"loss of {bracket.model} with {cells or 0:,} of {bracket.assay.corpus_cells():,} cells"


def _at_most(bracket: Bracket, cells: int | None, loss: Interval) -> str:
    limit = distinct(loss.upper_one_sided(), DELTA)
    return f"the {_loss_with(bracket, cells)} is at most {limit} (one-sided 95 % limit), less than {DELTA:.3f}"


def _at_least(bracket: Bracket, cells: int | None, loss: Interval) -> str:
    limit = distinct(loss.low, DELTA)
    return f"the {_loss_with(bracket, cells)} is at least {limit} (lower 95 % limit), more than {DELTA:.3f}"


def _undecided(bracket: Bracket, below: Interval, above: Interval | None) -> str:
    """What is missing: the loss below the fraction is not small enough, the one above it not large enough."""
    limit = distinct(below.upper_one_sided(), DELTA)
    text = f"the {_loss_with(bracket, bracket.below)} may be {limit} (one-sided 95 % limit), not less than {DELTA:.3f}"
    if above is None:
        return f"{text}, and no subset above the claimed fraction was run"
    return f"{text}, and with {bracket.above:,} cells only {distinct(above.low, DELTA)} (lower 95 % limit), not more"


def _step(bracket: Bracket, cells: int | None, loss: Interval | None) -> str:
    if loss is None:
        return f"{bracket.model}: no replicates at {cells:,} cells"
    what = f"may lose {DELTA:g} or not"
    if loss.p_below(DELTA) < ALPHA:
        what = f"loses less than {DELTA:g}"
    elif 2 * loss.p_above(DELTA) < ALPHA:
        what = f"loses more than {DELTA:g}"
    return (
        f"{bracket.model}: with {cells:,} of {bracket.assay.corpus_cells():,} cells it {what} against the whole corpus "
        f"({loss.mean:+.3f}, 95 % interval {loss.low:+.3f} to {loss.high:+.3f})"
    )


def _own_points(assay: Assay, models: list[str], numbers: Numbers) -> list[SaturationPoint]:
    return [point for point in numbers.points_of(assay.study, assay.metric_id) if point.model_id in models]


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


def reanalysis(claim: Claim, numbers: Numbers) -> Outcome | None:
    """Judge a saturation claim by printed points; None if none is of its scope."""
    points = _published(claim, numbers)
    if not points:
        return None
    fraction = claim.fraction if claim.fraction is not None else A_FRACTION
    beyond = [point for point in points if point.fraction is None or point.fraction > fraction]
    outcome = Outcome(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    outcome.gate("numbers", passed=True, value=f"{len(points)} printed points", need="printed points of this scope")
    needed = claim.value if claim.unit == SHARE_OF_POINTS and claim.value is not None else 1.0
    enough = 1 - len(beyond) / len(points) >= needed
    outcome.answer = "supports" if enough != _denies(claim) else "opposes"
    at_most = (
        f"{1 - len(beyond) / len(points):.0%} of {len(points)} printed saturation points lie at or below {fraction:.0%}"
    )
    need = f"where at least {needed:.0%} have to" if enough else f"fewer than the {needed:.0%} that have to"
    outcome.decisive = f"{at_most} of the corpus, {need}"
    sensitivity = threshold_sensitivity(claim, numbers)
    if sensitivity:
        outcome.reasons.append(
            "beside it, digitised curves saturated at the smallest size: "
            + ", ".join(f"{saturated} of {total} at threshold {at:g}" for at, (saturated, total) in sensitivity.items())
        )
    outcome.reasons += [
        f"above it: {point.model_id}, {point.dataset_id}, {point.sampling} at {point.fraction:.0%} ({point.location})"
        for point in sorted(beyond, key=lambda point: point.id)[:5]
        if point.fraction is not None
    ]
    counted = ", ".join(f"{number} at {at:.0%}" for at, number in _count(points).items())
    outcome.reasons.append(
        f"{len(points)} printed points: {counted}; {len(beyond)} lie above {fraction:.0%}"
        + (f", where at most {1 - needed:.0%} may" if needed < 1 else "")
    )
    outcome.details |= {
        "share": fraction,
        "needed": needed,
        "points": {f"{at:.0%}": number for at, number in _count(points).items()},
        "corrected": sum(point.status == "corrected" for point in points),
        "thresholds": {f"{at:g}": f"{saturated} of {total}" for at, (saturated, total) in sensitivity.items()},
    }
    thresholds = [point.threshold for point in points if point.threshold > A_FRACTION]
    outcome.mde = 1 - min(thresholds) if thresholds else max(point.threshold for point in points)  # of the best score
    outcome.inputs = tuple(point.id for point in points)
    return outcome


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
    """Printed score curves of the claim's scope: (evaluation, model, set) -> fraction of the corpus -> result."""
    drawn: dict[tuple[str, str, str], dict[float, Result]] = defaultdict(dict)
    for result in numbers.published:
        if (
            result.fraction
            and result.train_fraction is None
            and numbers.same_scope(claim, result)
            and numbers.is_about(claim.subject_ids, result.model_id)
            and (claim.dataset_id is None or claim.dataset_id == result.dataset_id)
        ):
            drawn[result.evaluation, result.model_id, result.dataset_id][result.fraction] = result
    return {key: dict(sorted(curve.items())) for key, curve in sorted(drawn.items()) if len(curve) >= 3}


def threshold_sensitivity(claim: Claim, numbers: Numbers) -> dict[float, tuple[int, int]]:
    """Threshold -> (curves saturated at their smallest size, curves), by the paper's rule on printed means."""
    every = curves(claim, numbers)
    return {at: (sum(_at_smallest(curve, at) for curve in every.values()), len(every)) for at in THRESHOLDS if every}


def _at_smallest(curve: dict[float, Result], threshold: float) -> bool:
    smallest = curve[min(curve)].value
    return smallest > threshold * max(result.value for result in curve.values())
