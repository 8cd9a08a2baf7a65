"""An experiment decides by what was named before it ran, over seeds and test cells, and by every metric."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from graph.evidence import explain, judge
from graph.evidence.family import adjust
from graph.evidence.measured import Measured, interval_of
from graph.evidence.outcome import Outcome
from graph.evidence.verdict import sentence
from graph.records import Claim, Evidence, Hypothesis

MASKED, CONTRASTIVE = "model:ours_masked", "model:ours_contrastive"
MICRO, MACRO = "metric:micro_f1", "metric:macro_f1"
Planted = Callable[..., dict[str, list[Any]]]
Make = Callable[..., Any]


@pytest.fixture
def beats(a_claim: Make) -> Claim:
    return a_claim(kind="comparison", direction=">", subject_ids=(MASKED,), comparator_ids=(CONTRASTIVE,))  # type: ignore[no-any-return]


@pytest.fixture
def compared(planted: Planted, plateau_at: Make) -> Planted:
    """Factory of a study in which the masked model is ahead by .05, and named to be compared."""
    curves = {MASKED: plateau_at(1_000, top=0.80), CONTRASTIVE: plateau_at(1_000, top=0.75)}
    return lambda **options: planted(curves, **{"kinds": ("comparison",), **options})


def only(claim: Claim, study: dict[str, list[Any]]) -> Evidence:
    (evidence,) = judge([claim], **study)
    return evidence


def stripped(study: dict[str, list[Any]], **changes: Any) -> dict[str, list[Any]]:
    """The study with these fields of its records changed, where a record has them."""
    return {
        kind: [
            one.model_copy(update={name: value for name, value in changes.items() if name in type(one).model_fields})
            for one in records
        ]
        for kind, records in study.items()
    }


def test_a_study_that_named_nothing_decides_nothing(compared: Planted, beats: Claim) -> None:
    assert only(beats, compared()).verdict == "same_direction_at_scale"
    evidence = only(beats, stripped(compared(), hypotheses="", hypotheses_digest=None))
    assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("hypotheses",))
    assert sentence(evidence) == (
        "Inconclusive: gate `hypotheses` failed: the study named no hypotheses before it ran."
    )


def test_clusters_that_are_held_against_clusters_of_the_same_cells_decide_nothing(
    compared: Planted, beats: Claim
) -> None:
    within = {"task_id": "task:batch_integration", "reference_id": None, "evaluation": "integration_batch"}
    claim = beats.model_copy(update={"task_id": within["task_id"]})
    evidence = only(claim, stripped(compared(), **within))
    assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("double_dipping",))
    said = "labels from clustering their own matrix: PBMC 3k; origin not stated: Kang PBMC"
    assert said in sentence(evidence)
    # sorted populations are no clusters; one set is too few all the same
    evidence = only(claim, stripped(compared(), **within, dataset_id="dataset:zheng_facs"))
    assert "double_dipping" not in evidence.failed_gates
    # a classifier that comes from another study's cells passes, and the gate says whose labels are clusters
    across = only(beats, compared())
    assert "double_dipping" not in across.failed_gates
    assert "dataset:pbmc3k" in str(across.gates["double_dipping"])


def test_a_task_is_decided_by_the_metric_that_was_named_for_it(compared: Planted, beats: Claim, naming: Make) -> None:
    test = Hypothesis(kind="comparison", model_id=MASKED, comparator_id=CONTRASTIVE, direction=">")
    task = "task:perturbation_prediction"
    named = naming(test, primary_metric=MACRO, other_tasks={task: ("metric:pearson_delta",)})
    assert "other_tasks" not in naming(test).text()  # digests of hypotheses of before stay
    changes = {"task_id": task, "reference_id": None, "evaluation": "perturbation", "metric_id": "metric:pearson_delta"}
    claim = beats.model_copy(update={"task_id": task})
    evidence = only(claim, stripped(compared(hypotheses=named), **changes))
    assert (evidence.verdict, evidence.failed_gates) == ("same_direction_at_scale", ())
    assert evidence.details["hypotheses"]["named"] == 2  # one contrast, in two tasks
    unnamed = only(claim, stripped(compared(hypotheses=naming(test, primary_metric=MACRO)), **changes))
    assert set(unnamed.failed_gates) == {"hypotheses", "metrics"}


def test_hypotheses_that_some_records_do_not_carry_were_named_too_late(compared: Planted, beats: Claim) -> None:
    study = compared()
    study["results"][0] = study["results"][0].model_copy(update={"hypotheses_digest": None})
    late = only(beats, study)
    assert (late.verdict, late.failed_gates) == ("inconclusive", ("hypotheses",))
    assert "some were named when scores were known" in sentence(late)


def test_a_text_that_does_not_have_its_digest_is_noticed(compared: Planted, beats: Claim) -> None:
    study = compared()
    other = study["runs"][0].hypotheses.replace('"direction":">"', '"direction":"<"')
    assert "do not have the digest" in sentence(only(beats, stripped(study, hypotheses=other)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"primary_metric": MACRO}, "no score by macro F1, the metric that was to decide, is reported"),
        ({"delta": 0.05}, "named a margin of 0.05, and the rules have 0.02"),
        ({}, "comparison of Our masked autoencoder against Our contrastive encoder is not among the 1 contrasts"),
    ],
)
def test_only_the_named_metric_margin_and_contrasts_decide(
    data: dict[str, Any], said: str, compared: Planted, naming: Make, beats: Claim
) -> None:
    test = Hypothesis(kind="scaling", model_id=MASKED, direction="+")
    if data:
        test = Hypothesis(kind="comparison", model_id=CONTRASTIVE, comparator_id=MASKED, direction="<")
    evidence = only(beats, compared(hypotheses=naming(test, **data)))
    assert evidence.verdict == "inconclusive"
    assert said in sentence(evidence)


def test_the_sides_of_a_named_contrast_may_stand_the_other_way_round(
    compared: Planted, naming: Make, beats: Claim
) -> None:
    turned = Hypothesis(kind="comparison", model_id=CONTRASTIVE, comparator_id=MASKED, direction="<")
    assert only(beats, compared(hypotheses=naming(turned))).verdict == "same_direction_at_scale"


@pytest.mark.parametrize(("more", "verdict"), [(0.0, "same_direction_at_scale"), (-0.03, "inconclusive")])
def test_every_metric_that_is_reported_has_to_give_the_same_answer(
    more: float, verdict: str, compared: Planted, beats: Claim
) -> None:
    evidence = only(beats, compared(metrics={MICRO: 0.0, MACRO: more}))
    assert evidence.verdict == verdict
    assert set(evidence.details["by_metric"]) == {MICRO, MACRO}
    if verdict == "inconclusive":
        assert evidence.failed_gates == ("metrics",)
        assert "the metrics do not agree (micro F1 supports, macro F1 open)" in sentence(evidence)


def test_the_primary_metric_decides_whichever_sorts_last(compared: Planted, naming: Make, beats: Claim) -> None:
    test = Hypothesis(kind="comparison", model_id=MASKED, comparator_id=CONTRASTIVE, direction=">")
    for primary in (MICRO, MACRO):
        named = naming(test, primary_metric=primary)
        evidence = only(beats, compared(hypotheses=named, metrics={MICRO: 0.0, MACRO: 0.02}))
        assert evidence.details["metric"] == primary
        assert evidence.effect == pytest.approx(0.05 + 0.02 * (primary == MACRO), abs=0.01)


def test_a_metric_that_was_named_and_is_not_reported_is_missed(compared: Planted, naming: Make, beats: Claim) -> None:
    test = Hypothesis(kind="comparison", model_id=MASKED, comparator_id=CONTRASTIVE, direction=">")
    evidence = only(beats, compared(hypotheses=naming(test, secondary_metrics=(MACRO,))))
    assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("metrics",))
    assert "macro F1 not reported" in sentence(evidence)


def test_an_interval_over_seeds_alone_decides_nothing(compared: Planted, beats: Claim) -> None:
    evidence = only(beats, compared(cell_error=0.0))
    assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("test_cells",))
    assert "0 of 384 scores carry their error over test cells, and all have to" in sentence(evidence)


def test_the_error_over_test_cells_widens_the_interval_and_stands_beside_that_over_seeds(
    compared: Planted, beats: Claim
) -> None:
    few, many = (only(beats, compared(cell_error=error)) for error in (0.02, 0.001))
    assert few.details["error"]["seeds"] == pytest.approx(many.details["error"]["seeds"], rel=0.2)
    assert few.details["error"]["test_cells"] > 5 * many.details["error"]["test_cells"]
    assert few.ci_high - few.ci_low > many.ci_high - many.ci_low  # type: ignore[operator]
    assert "error: seeds: " in explain(few)
    assert "precision" in few.failed_gates


def test_the_error_over_test_cells_of_an_accuracy_is_its_binomial_error() -> None:
    rng, cells, groups, errors = random.Random(0), 2_000, 20, []
    for _ in range(60):
        right = [rng.random() < 0.8 for _ in range(cells)]
        parts = [right[start::groups] for start in range(groups)]
        without = [(sum(right) - sum(part)) / (cells - len(part)) for part in parts]
        interval = interval_of([Measured.of(sum(right) / cells, without)] * 2)
        assert interval is not None
        errors.append(interval.cell_error or 0.0)
    assert sum(errors) / 60 == pytest.approx(math.sqrt(0.8 * 0.2 / cells), rel=0.06)


def test_what_two_models_share_cancels_from_the_error_of_their_difference() -> None:
    rng = random.Random(1)
    shared = [rng.gauss(0, 0.01) for _ in range(20)]
    a, b = (Measured.of(value, [value + one for one in shared]) for value in (0.8, 0.7))
    alone, paired = interval_of([a, a]), interval_of([a - b, a - b])
    assert alone is not None
    assert paired is not None
    assert alone.cell_error
    assert paired.cell_error == pytest.approx(0.0, abs=1e-12)


def test_a_difference_with_a_score_that_carries_no_groups_has_no_error_over_test_cells() -> None:
    interval = interval_of([Measured.of(0.8, [0.8] * 20) - Measured(0.7 + step) for step in (0.0, 0.01)])
    assert interval is not None
    assert interval.cell_error is None


def one_test(p: float, name: str, **data: Any) -> Outcome:
    outcome = Outcome(basis="reanalysis", rule="comparison_reanalysis@3", answer="supports", **data)
    outcome.p, outcome.family, outcome.inputs, outcome.decisive = p, "paper one", (name,), "above the margin"
    return outcome


def test_a_verdict_in_an_open_family_says_when_one_more_test_would_turn_it(a_claim: Make) -> None:
    claim = a_claim(kind="comparison", direction=">")
    sturdy, brittle = one_test(0.001, "a"), one_test(0.045, "b")
    adjust([sturdy, brittle])
    said = [sentence(outcome.evidence(claim)) for outcome in (sturdy, brittle)]
    assert said == [
        "Consistent with printed: above the margin.",
        "Consistent with printed: above the margin (it would not survive one more test without an effect on paper one: "
        "the adjusted p-value 0.045 would be 0.0675, above 0.05).",
    ]
    again, null = one_test(0.045, "b"), one_test(1.0, "c")
    adjust([one_test(0.001, "a"), again, null])
    assert again.verdict() == "inconclusive", "which is what it said"


def test_the_family_that_a_study_named_is_corrected_for_whatever_is_asked_of_it() -> None:
    asked = one_test(0.02, "a", named_tests=2)
    adjust([asked, *(one_test(1.0, str(number), named_tests=2) for number in range(30))])
    assert asked.details["adjusted"]["p_adjusted"] == pytest.approx(0.04)
    assert asked.failed == ()
    named_more = one_test(0.02, "a", named_tests=3)
    adjust([named_more])
    assert named_more.failed == ("multiplicity",)
