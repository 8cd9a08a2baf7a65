"""Effect claims: "doing X raises the score", "lowers it", or "makes no difference".

What is changed is either how the corpus was drawn (``sampling``) or a part of the method (``ablation``, named after
the change: an arm of a study, or a printed score). As a comparison, of a method with and without the change; "no
effect", claimed or found, needs besides the equivalence test a positive control: another change that the same assay did
detect.
"""

from __future__ import annotations

from graph.evidence.assay import Assay, difference
from graph.evidence.contrast import SAME, Contrast, conclude
from graph.evidence.gates import (
    common_gates,
    few_text,
    gains_text,
    scale,
    tuning_gate,
)
from graph.evidence.named import NeededTest
from graph.evidence.numbers import Numbers, best_measured
from graph.evidence.outcome import Outcome
from graph.evidence.rules.comparison import Arm, compare_arms, judge_pairs, printed_difference
from graph.records import Claim, Result
from graph.vocabulary.protocol import CELLTYPE_REWEIGHTED, DELTA, DIVERSE, RANDOM, SAME_ABLATION, SPIKE_IN

EXPERIMENT = "effect@3"
ABLATION = "effect_ablation@1"
REANALYSIS = "effect_reanalysis@3"


def experiment(claim: Claim, assay: Assay, numbers: Numbers) -> Outcome | None:
    """Judge an effect of how the corpus is drawn, or of what is left out; None if the study did not change that.

    A claim of a sampling may name in its ``ablation`` what the sampling is to change ("more diverse subset").
    """
    if claim.sampling in (None, RANDOM):
        return _ablation(claim, assay, numbers) if claim.ablation is not None else None
    drawn = [
        (model, sampling)
        for model in assay.stand_ins(claim.subject_ids, numbers)
        for sampling in assay.samplings(model)
        if _is_meant(sampling, claim.sampling)
    ]
    if not drawn:
        return None
    models = sorted({model for model, _ in drawn})
    outcome = Outcome(basis="experiment", rule=EXPERIMENT)
    scale(outcome, claim, assay, numbers)
    common_gates(outcome, assay, models)
    contrasts: list[Contrast] = []
    for model, sampling in drawn:
        outcome.needed_tests.append(NeededTest("effect", model, sampling=sampling))
        for cells in assay.sizes(model, sampling):
            arms = Arm(assay, model, cells, sampling), Arm(assay, model, cells)
            about, who = f"{model}, {sampling} minus {RANDOM}", f"{model} {sampling} {cells}"
            contrasts.append(compare_arms(outcome, claim, *arms, about=about, who=who)[0])
    conclude(outcome, contrasts)
    if says_no_effect(claim, outcome):
        _size_control(outcome, assay, models)
    outcome.inputs = assay.ids(models)
    return outcome


def _is_meant(sampling: str, claimed: str | None) -> bool:
    """Whether a sampling of a study is the one of a claim; of spike-ins, at any share."""
    if claimed == CELLTYPE_REWEIGHTED:
        return sampling in DIVERSE
    return sampling == claimed or (claimed == SPIKE_IN and sampling.startswith(f"{SPIKE_IN}_"))


def _ablation(claim: Claim, assay: Assay, numbers: Numbers) -> Outcome | None:
    """Judge what leaving a part out changes, at the most cells that both arms have; None if the study did not do it."""
    left_out = SAME_ABLATION.get(claim.ablation or "", claim.ablation or "")
    changed = assay.without(left_out)
    models = [model for model in assay.stand_ins(claim.subject_ids, numbers) if changed.budgets(model)]
    if not models:
        return None
    outcome = Outcome(basis="experiment", rule=ABLATION)
    scale(outcome, claim, assay, numbers)
    common_gates(outcome, assay, models)
    tuning_gate(outcome, assay, models)
    contrasts: list[Contrast] = []
    for model in models:
        outcome.needed_tests.append(NeededTest("effect", model, ablation=left_out))
        # What leaves a type out of the corpus has less than all of it, and is compared with as few cells.
        whole = max(set(assay.sizes(model)) & set(changed.sizes(model)), default=assay.corpus_cells())
        arms = Arm(changed, model, whole), Arm(assay, model, whole)
        about, who = f"{model}, {left_out} minus as it is", f"{model} {left_out}"
        contrasts.append(compare_arms(outcome, claim, *arms, about=about, who=who)[0])
    conclude(outcome, contrasts)
    if says_no_effect(claim, outcome):
        _size_control(outcome, assay, models)
    outcome.details["ablation"] = {"ours": left_out, "theirs": claim.ablation}
    outcome.inputs = (*assay.ids(models), *changed.ids(models))
    return outcome


def says_no_effect(claim: Claim, outcome: Outcome) -> bool:
    """Whether an absence is what is claimed or found: then the assay has to show that it can see an effect."""
    return claim.direction in SAME or outcome.answer == "null" or claim.polarity == "negated"


def _size_control(outcome: Outcome, assay: Assay, models: list[str]) -> None:
    """Positive control: the same assay sees the difference between the smallest subset and the whole corpus."""
    seen: dict[str, float | None] = {}
    for model in models:
        sizes, budget = assay.sizes(model), assay.budgets(model)[-1]
        gain, _ = difference(assay.scores(model, sizes[-1], budget), assay.scores(model, sizes[0], budget))
        seen[model] = gain.low if gain else None
    outcome.gate(
        "positive_control",
        passed=bool(seen) and all(low is not None and low > DELTA for low in seen.values()),
        value=gains_text(seen),
        need="the effect of the smallest subset against the whole corpus is seen in the same assay (lower limit)",
        missed=f"the whole corpus has to gain {DELTA:+.3f} over the smallest subset by the lower 95 % limit, and gains "
        f"{few_text(seen, DELTA) or 'nothing'}",
    )


def reanalysis(claim: Claim, numbers: Numbers) -> Outcome | None:
    """Judge the effect of an ablation by printed scores with and without it; None if they are not printed."""
    if not claim.ablation:
        return None
    # the changed arm is of the claim's regime; the whole one may be of another, for to leave pre-training out turns
    # fine_tuned into from_scratch
    any_regime = claim.model_copy(update={"regime": None})
    scoped = numbers.by_metric(
        claim,
        [
            result
            for result in numbers.published
            if numbers.same_scope(any_regime, result)
            and numbers.same_labels(claim, result)
            and numbers.is_about(claim.subject_ids, result.model_id)
            and claim.dataset_id in (None, result.dataset_id)
        ],
    )
    scoped = best_measured(scoped)
    changed = [r for r in scoped if r.ablation == claim.ablation and numbers.same_scope(claim, r)]
    pairs = [
        (f"{with_it.metric_id} on {with_it.dataset_id}", with_it, without)
        for with_it in changed
        for without in scoped
        if without.ablation is None and _setting(without) == _setting(with_it)
    ]
    if not pairs:
        return None
    outcome = Outcome(basis="reanalysis", rule=REANALYSIS, scale_ratio=1.0, full_scale=True)
    judge_pairs(claim, outcome, pairs, numbers)
    if says_no_effect(claim, outcome):
        _other_change_control(outcome, scoped, claim.ablation, numbers)
    return outcome


def _setting(result: Result) -> tuple[object, ...]:
    return result.model_id, result.dataset_id, result.metric_id, result.task_id, result.location


def _other_change_control(outcome: Outcome, scoped: list[Result], ablation: str, numbers: Numbers) -> None:
    """Positive control: another change of the same method, in the same assay, whose effect is seen."""
    seen = [
        (other.ablation, interval)
        for other in scoped
        for whole in scoped
        if other.ablation not in (None, ablation) and whole.ablation is None and _setting(other) == _setting(whole)
        if (interval := printed_difference(other, whole, numbers)) is not None
        and interval.against(DELTA) in ("above", "below")
    ]
    outcome.gate(
        "positive_control",
        passed=bool(seen),
        value=", ".join(f"{name} {interval.mean:+.3f}" for name, interval in seen) or "none",
        need="another change whose effect the same assay detects",
        missed=f"no other change of the method has a printed effect beyond {DELTA:.3f}, so its absence shows nothing",
    )
