"""Scaling claims: "the score rises with the size of the corpus", or "it reaches a plateau".

Experiment: the slope per decade of cells with its interval; for a plateau that of the upper end, from a tenth of the
corpus on, by the equivalence test. A claim about a range of sizes that ours does not reach is not tested: the local
slope is shown. A claim that one objective scales better than another is the interaction of their gains over the same
sizes, and needs the same sign at every budget.

Re-analysis: printed curves. A plateau that holds at one threshold and not at a stricter one is left open, with both
counts.
"""

from __future__ import annotations

import math
from dataclasses import replace

from graph.evidence.assay import Assay, Budget, Scores, budget_text, difference
from graph.evidence.contrast import ALPHA, Contrast, conclude, contrast
from graph.evidence.gates import budget_gate, common_gates, scale, spread_gates, tuning_gate
from graph.evidence.interval import Interval
from graph.evidence.measured import Measured, weighted_sum
from graph.evidence.named import PLATEAU, NeededTest
from graph.evidence.numbers import Numbers
from graph.evidence.outcome import Outcome
from graph.evidence.rules.comparison import difference_text
from graph.evidence.rules.saturation import THRESHOLDS, curves, threshold_sensitivity
from graph.records import Claim
from graph.vocabulary.protocol import DELTA, SPAN

EXPERIMENT = "scaling@3"
INTERACTION = "scaling_interaction@3"
REANALYSIS = "scaling_reanalysis@1"
UPPER_END = 0.1
"""A plateau is a flat end of the curve: the sizes from this fraction of the corpus on, at least the last two."""
MOST = 0.9
"""Fraction of curves on which a statement about "the models" has to hold."""


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Outcome | None:
    """Judge a scaling claim by a study; None if it is about model size or has no stand-ins."""
    if claim.unit not in (None, "cells"):
        return None
    models = assay.stand_ins(claim.subject_ids, numbers)
    others = assay.stand_ins(claim.comparator_ids, numbers)
    if models and others and not set(models) & set(others):
        return _interaction(claim, assay, numbers, models, others)
    if not models or claim.comparator_ids:
        return None
    outcome = Outcome(basis="experiment", rule=EXPERIMENT)
    scale(outcome, claim, assay, numbers)
    common_gates(outcome, assay, models)
    _range_gate(outcome, claim, assay, numbers)
    contrasts: list[Contrast] = []
    for model in models:
        outcome.needed_tests.append(NeededTest("scaling", model, upper_end=claim.direction in PLATEAU))
        sizes = _sizes(claim, assay, model)
        conclusions: dict[Budget, Contrast] = {}
        per_study: dict[str, float] = {}
        for budget in assay.budgets(model):
            slope, per_study = _slope(assay, model, budget, sizes)
            conclusions[budget] = _contrast(claim, slope, f"the slope of {model} per decade of cells")
            over = f"{sizes[0]:,} to {sizes[-1]:,} cells" if sizes else "no sizes"
            outcome.reasons.append(
                difference_text(f"{model}, slope per decade over {over} at {budget_text(budget)}", slope)
            )
        contrasts.append(list(conclusions.values())[-1])
        budget_gate(outcome, conclusions, who=model)
        spread_gates(outcome, contrasts[-1], per_study, who=model)
    conclude(outcome, contrasts)
    outcome.inputs = assay.ids(models)
    return outcome


def _range_gate(outcome: Outcome, claim: Claim, assay: Assay, numbers: Numbers) -> None:
    """Gate: the claim's range of corpus sizes and ours overlap."""
    top = claim.high if claim.unit == "cells" and claim.high else numbers.corpus_cells(claim)
    bottom = claim.low if claim.unit == "cells" and claim.low else top / SPAN if top else None
    ours = assay.corpus_cells()
    outcome.gate(
        "range",
        passed=bottom is not None and ours >= bottom,
        missed=f"our corpus ends at {ours:,} cells, and the claim speaks of {bottom:,.0f} cells and more"
        if bottom
        else "the claim states no range of sizes that ours could be held against",
        value=f"ours ends at {ours:,} cells",
        need=f"sizes from {bottom:,.0f} cells on, of which the claim speaks" if bottom else "a stated range of sizes",
    )


def _sizes(claim: Claim, assay: Assay, model: str) -> list[int]:
    """Sizes over which the slope is taken: all of them, for a plateau the upper end."""
    sizes = assay.sizes(model)
    if claim.direction not in PLATEAU:
        return sizes
    upper = [cells for cells in sizes if cells >= UPPER_END * assay.corpus_cells()]
    return upper if len(upper) >= 2 else sizes[-2:]


def _contrast(claim: Claim, slope: Interval | None, about: str) -> Contrast:
    """What a slope says: a plateau is no slope beyond the margin, and its absence a slope above it."""
    if claim.direction not in PLATEAU:
        return contrast(claim, slope, about=about)
    direction = "0" if claim.direction == "plateau" else "+"
    level = contrast(claim.model_copy(update={"direction": direction}), slope, about=about)
    risen = slope is not None and 2 * slope.p_above(DELTA) < ALPHA
    # a curve that still rises where our sizes end may flatten beyond them, so it refutes no plateau
    return replace(level, answer="rising") if level.answer == "opposes" and risen else level


def _slope(assay: Assay, model: str, budget: Budget, sizes: list[int]) -> tuple[Interval | None, dict[str, float]]:
    """Least-squares slope of the score on log10(cells): its interval over replicates, and its mean per scored study.

    Within a replicate the slopes are averaged over the classifiers' studies, then over the scored studies.
    """
    per_size = {cells: assay.scores(model, cells, budget) for cells in sizes}
    slopes: Scores = {}
    for pair in sorted({pair for scores in per_size.values() for pair in scores}):
        for seed in sorted({seed for scores in per_size.values() for seed in scores.get(pair, {})}):
            points = [
                (math.log10(cells), scores[pair][seed])
                for cells, scores in per_size.items()
                if seed in scores.get(pair, {})
            ]
            # a replicate that misses a size would have a slope over another range than the rest
            if len(points) == len(sizes) > 1:
                slopes.setdefault(pair, {})[seed] = _fitted(points)
    # held against no slope, so that slopes are averaged as differences are
    flat: Scores = {
        pair: {seed: weighted_sum([(0.0, slope)]) for seed, slope in by_seed.items()}
        for pair, by_seed in slopes.items()
    }
    return difference(slopes, flat)


def _fitted(points: list[tuple[float, Measured]]) -> Measured:
    """Least-squares slope through (log10 of the cells, score): what a tenfold corpus adds."""
    mean = sum(x for x, _ in points) / len(points)
    squares = sum((x - mean) ** 2 for x, _ in points)
    return weighted_sum([((x - mean) / squares, score) for x, score in points])


def _interaction(claim: Claim, assay: Assay, numbers: Numbers, models: list[str], others: list[str]) -> Outcome:
    """Whether the subjects gain more from a larger corpus than the comparators, over the same sizes."""
    outcome = Outcome(basis="experiment", rule=INTERACTION)
    scale(outcome, claim, assay, numbers)
    common_gates(outcome, assay, [*models, *others])
    tuning_gate(outcome, assay, [*models, *others])
    contrasts: list[Contrast] = []
    for model in models:
        for other in others:
            outcome.needed_tests.append(NeededTest("scaling", model, other))
            sizes = sorted(set(assay.sizes(model)) & set(assay.sizes(other)))
            conclusions: dict[Budget, Contrast] = {}
            per_study: dict[str, float] = {}
            for budget in assay.budgets(model):
                matched = budget if budget in assay.budgets(other) else assay.budgets(other)[-1]
                interval, per_study = difference(
                    _gain(assay, model, budget, sizes), _gain(assay, other, matched, sizes)
                )
                about = f"the gain of {model} minus that of {other} over {len(sizes)} sizes"
                conclusions[budget] = contrast(claim, interval, about=about)
                outcome.reasons.append(
                    difference_text(f"gain over our sizes, {model} minus {other} at {budget_text(budget)}", interval)
                )
            contrasts.append(list(conclusions.values())[-1])
            budget_gate(outcome, conclusions, every=True, who=f"{model} - {other}")
            spread_gates(outcome, contrasts[-1], per_study, who=f"{model} - {other}")
    conclude(outcome, contrasts)
    outcome.inputs = assay.ids([*models, *others])
    return outcome


def _gain(assay: Assay, model: str, budget: Budget, sizes: list[int]) -> Scores:
    """Score at the largest of these sizes minus that at the smallest, per pair and replicate."""
    if len(sizes) < 2:
        return {}
    top, bottom = assay.scores(model, sizes[-1], budget), assay.scores(model, sizes[0], budget)
    return {
        pair: {seed: top[pair][seed] - bottom[pair][seed] for seed in top[pair] if seed in bottom.get(pair, {})}
        for pair in top
        if pair in bottom
    }


def reanalysis(claim: Claim, numbers: Numbers) -> Outcome | None:
    """Judge a plateau or its absence by printed curves; None if none is of the claim's scope."""
    if claim.unit not in (None, "cells") or claim.comparator_ids or claim.direction is None:
        return None
    every = curves(claim, numbers)
    if not every:
        return None
    outcome = Outcome(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    outcome.gate("numbers", passed=True, value=f"{len(every)} printed curves", need="printed curves of this scope")
    counts = threshold_sensitivity(claim, numbers)
    flat = {at: saturated / total for at, (saturated, total) in counts.items()}
    gains = [curve[max(curve)].value - curve[min(curve)].value for curve in every.values()]
    rising = sum(gain > DELTA for gain in gains)
    outcome.reasons += [
        f"{saturated} of {total} printed curves are saturated at their smallest size at threshold {at:g}"
        for at, (saturated, total) in counts.items()
    ]
    outcome.reasons.append(f"{rising} of {len(gains)} curves gain more than {DELTA:g} from their smallest size on")
    outcome.details |= {
        "curves": len(every), "flat_share": {f"{at:g}": round(fraction, 3) for at, fraction in flat.items()},
        "rising": rising, "median_gain": round(sorted(gains)[len(gains) // 2], 4),
    }  # fmt: skip
    plateau = claim.direction in ("plateau", "0")
    loose, strict = (flat[at] for at in THRESHOLDS)
    outcome.mde = 1 - THRESHOLDS[-1]  # of the best score
    if strict >= MOST:
        outcome.answer = "supports" if plateau else "opposes"
    elif loose <= 1 - MOST:
        outcome.answer = "opposes" if plateau else "supports"
    loosely, strictly = (f"{flat[at]:.0%} at threshold {at:g}" for at in THRESHOLDS)
    outcome.decisive = f"of {len(every)} printed curves " + (
        f"{strictly} are flat, at least {MOST:.0%}" if strict >= MOST else f"{loosely} are flat, at most {1 - MOST:.0%}"
    )
    outcome.gate(
        "threshold",
        passed=(strict >= MOST) or (loose <= 1 - MOST),
        missed=f"of {len(every)} printed curves {loosely} and {strictly} are flat, where at most {1 - MOST:.0%} of the "
        f"former or at least {MOST:.0%} of the latter would decide",
        value=", ".join(f"{fraction:.0%} at {at:g}" for at, fraction in flat.items()),
        need=f"the same answer at thresholds {THRESHOLDS[0]:g} and {THRESHOLDS[1]:g} for {MOST:.0%} of the curves",
    )
    outcome.inputs = tuple(result.id for curve in every.values() for result in curve.values())
    return outcome
