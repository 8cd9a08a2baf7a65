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

from graph.evidence.assay import Assay, Scores, budget_gate, common_gates, difference, scale, tuning_gate
from graph.evidence.contrast import ALPHA, Contrast, conclude, contrast
from graph.evidence.finding import DELTA, Finding
from graph.evidence.interval import Interval
from graph.evidence.numbers import Numbers
from graph.evidence.rules.comparison import spread_gates, told
from graph.evidence.rules.saturation import THRESHOLDS, curves, threshold_sensitivity
from graph.records import Claim

EXPERIMENT = "scaling@2"
INTERACTION = "scaling_interaction@2"
REANALYSIS = "scaling_reanalysis@1"
UPPER_END = 0.1
"""A plateau is a flat end of the curve: the sizes from this share of the corpus on, at least the last two."""
SPAN = 100
"""Decades that a claim is taken to speak of, where it names only its largest corpus: two."""
PLATEAU = ("plateau", "no_plateau")
MOST = 0.9
"""Share of curves on which a statement about "the models" has to hold."""


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Finding | None:
    """Judge a scaling claim by a study; None if it is about model size or has no stand-ins."""
    if claim.unit not in (None, "cells"):
        return None
    models = assay.stand_ins(claim.subject_ids, numbers)
    others = assay.stand_ins(claim.comparator_ids, numbers)
    if models and others and not set(models) & set(others):
        return _interaction(claim, assay, numbers, models, others)
    if not models or claim.comparator_ids:
        return None
    finding = Finding(basis="experiment", rule=EXPERIMENT)
    scale(finding, claim, assay, numbers)
    common_gates(finding, assay, models)
    _range_gate(finding, claim, assay, numbers)
    contrasts: list[Contrast] = []
    for model in models:
        sizes = _sizes(claim, assay, model)
        conclusions: dict[int | None, Contrast] = {}
        per_study: dict[str, float] = {}
        for steps in assay.budgets(model):
            slope, per_study = _slope(assay, model, steps, sizes)
            conclusions[steps] = _contrast(claim, slope)
            over = f"{sizes[0]:,} to {sizes[-1]:,} cells" if sizes else "no sizes"
            finding.reasons.append(told(f"{model}, slope per decade over {over} at {steps or 'no'} steps", slope))
        contrasts.append(list(conclusions.values())[-1])
        budget_gate(finding, conclusions, who=model)
        spread_gates(finding, contrasts[-1], per_study, who=model)
    conclude(finding, contrasts)
    finding.inputs = assay.ids(models)
    return finding


def _range_gate(finding: Finding, claim: Claim, assay: Assay, numbers: Numbers) -> None:
    """Gate: the claim's range of corpus sizes and ours overlap."""
    top = claim.high if claim.unit == "cells" and claim.high else numbers.corpus_cells(claim)
    bottom = claim.low if claim.unit == "cells" and claim.low else top / SPAN if top else None
    ours = assay.corpus_cells()
    finding.gate(
        "range",
        passed=bottom is not None and ours >= bottom,
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


def _contrast(claim: Claim, slope: Interval | None) -> Contrast:
    """What a slope says: a plateau is no slope beyond the margin, and its absence a slope above it."""
    if claim.direction not in PLATEAU:
        return contrast(claim, slope)
    direction = "0" if claim.direction == "plateau" else "+"
    found = contrast(claim.model_copy(update={"direction": direction}), slope)
    risen = slope is not None and 2 * slope.p_above(DELTA) < ALPHA
    return Contrast("rising", slope, found.p) if found.answer == "opposes" and risen else found


def _slope(assay: Assay, model: str, steps: int | None, sizes: list[int]) -> tuple[Interval | None, dict[str, float]]:
    """Least-squares slope of the score on log10(cells): its interval over replicates, and its mean per scored study.

    Within a replicate the slopes are averaged over the classifiers' studies, then over the scored studies.
    """
    per_size = {cells: assay.scores(model, cells, steps) for cells in sizes}
    slopes: Scores = {}
    for pair in sorted({pair for scores in per_size.values() for pair in scores}):
        for seed in sorted({seed for scores in per_size.values() for seed in scores.get(pair, {})}):
            points = [
                (math.log10(cells), scores[pair][seed])
                for cells, scores in per_size.items()
                if seed in scores.get(pair, {})
            ]
            if len(points) == len(sizes) > 1:
                slopes.setdefault(pair, {})[seed] = _fitted(points)
    flat: Scores = {pair: dict.fromkeys(by_seed, 0.0) for pair, by_seed in slopes.items()}
    return difference(slopes, flat)


def _fitted(points: list[tuple[float, float]]) -> float:
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points)


def _interaction(claim: Claim, assay: Assay, numbers: Numbers, models: list[str], others: list[str]) -> Finding:
    """Whether the subjects gain more from a larger corpus than the comparators, over the same sizes."""
    finding = Finding(basis="experiment", rule=INTERACTION)
    scale(finding, claim, assay, numbers)
    common_gates(finding, assay, [*models, *others])
    tuning_gate(finding, assay, [*models, *others])
    contrasts: list[Contrast] = []
    for model in models:
        for other in others:
            sizes = sorted(set(assay.sizes(model)) & set(assay.sizes(other)))
            conclusions: dict[int | None, Contrast] = {}
            per_study: dict[str, float] = {}
            for steps in assay.budgets(model):
                matched = steps if steps in assay.budgets(other) else assay.budgets(other)[-1]
                interval, per_study = difference(_gain(assay, model, steps, sizes), _gain(assay, other, matched, sizes))
                conclusions[steps] = contrast(claim, interval)
                finding.reasons.append(
                    told(f"gain over our sizes, {model} minus {other} at {steps or 'no'} steps", interval)
                )
            contrasts.append(list(conclusions.values())[-1])
            budget_gate(finding, conclusions, every=True, who=f"{model} - {other}")
            spread_gates(finding, contrasts[-1], per_study, who=f"{model} - {other}")
    conclude(finding, contrasts)
    finding.inputs = assay.ids([*models, *others])
    return finding


def _gain(assay: Assay, model: str, steps: int | None, sizes: list[int]) -> Scores:
    """Score at the largest of these sizes minus that at the smallest, per pair and replicate."""
    if len(sizes) < 2:
        return {}
    top, bottom = assay.scores(model, sizes[-1], steps), assay.scores(model, sizes[0], steps)
    return {
        pair: {seed: top[pair][seed] - bottom[pair][seed] for seed in top[pair] if seed in bottom.get(pair, {})}
        for pair in top
        if pair in bottom
    }


def reanalysis(claim: Claim, numbers: Numbers) -> Finding | None:
    """Judge a plateau or its absence by printed curves; None if none is of the claim's scope."""
    if claim.unit not in (None, "cells") or claim.comparator_ids or claim.direction is None:
        return None
    every = curves(claim, numbers)
    if not every:
        return None
    finding = Finding(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    finding.gate("numbers", passed=True, value=f"{len(every)} printed curves", need="printed curves of this scope")
    counts = threshold_sensitivity(claim, numbers)
    flat = {at: saturated / total for at, (saturated, total) in counts.items()}
    gains = [curve[max(curve)].value - curve[min(curve)].value for curve in every.values()]
    rising = sum(gain > DELTA for gain in gains)
    finding.reasons += [
        f"{saturated} of {total} printed curves are saturated at their smallest size at threshold {at:g}"
        for at, (saturated, total) in counts.items()
    ]
    finding.reasons.append(f"{rising} of {len(gains)} curves gain more than {DELTA:g} from their smallest size on")
    finding.details |= {
        "curves": len(every), "flat_share": {f"{at:g}": round(share, 3) for at, share in flat.items()},
        "rising": rising, "median_gain": round(sorted(gains)[len(gains) // 2], 4),
    }  # fmt: skip
    plateau = claim.direction in ("plateau", "0")
    loose, strict = (flat[at] for at in THRESHOLDS)
    finding.mde = 1 - THRESHOLDS[-1]  # a share of the best score
    if strict >= MOST:
        finding.answer = "supports" if plateau else "opposes"
    elif loose <= 1 - MOST:
        finding.answer = "opposes" if plateau else "supports"
    finding.gate(
        "threshold",
        passed=(strict >= MOST) or (loose <= 1 - MOST),
        value=", ".join(f"{share:.0%} at {at:g}" for at, share in flat.items()),
        need=f"the same answer at thresholds {THRESHOLDS[0]:g} and {THRESHOLDS[1]:g} for {MOST:.0%} of the curves",
    )
    finding.inputs = tuple(result.id for curve in every.values() for result in curve.values())
    return finding
