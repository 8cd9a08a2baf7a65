from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph.evidence import explain, judge
from graph.records import Claim, Result, SaturationPoint

Make = Callable[..., Claim]
SETS = ("dataset:hematopoiesis", "dataset:intestine", "dataset:placenta", "dataset:periodontitis")
IN_SCOPE = {"task_id": "task:cell_type_classification", "metric_id": "metric:micro_f1", "regime": "zero_shot"}


def point(fraction: float, dataset: str, **data: Any) -> SaturationPoint:
    return SaturationPoint.model_validate(
        {
            "paper_id": "doi:10.1/a", "evaluation": "zeroshot_classification", "model_id": "model:scvi",
            "dataset_id": dataset, "sampling": "random", "fraction": fraction, "rule": "paper_any_run@1",
            "threshold": 0.95, "source": "published", "location": "figure 1", **IN_SCOPE, **data,
        }
    )  # fmt: skip


def at_most(a_claim: Make, fraction: float, **data: Any) -> Claim:
    return a_claim(
        **{
            "kind": "saturation", "direction": "plateau", "subject_ids": ("model:scvi",), "fraction": fraction,
            **IN_SCOPE, **data,
        }
    )  # fmt: skip


def printed(value: float, *, model: str = "model:scbert", metric: str = "metric:accuracy", **data: Any) -> Result:
    return Result.model_validate(
        {
            "paper_id": "doi:10.1/b", "evaluation": "printed", "model_id": model, "dataset_id": "dataset:zheng68k",
            "task_id": "task:cell_type_classification", "metric_id": metric, "value": value, "source": "published",
            "regime": "fine_tuned", "location": "table 1", **data,
        }
    )  # fmt: skip


def beats(a_claim: Make, direction: str, **data: Any) -> Claim:
    return a_claim(
        **{
            "kind": "comparison", "direction": direction, "subject_ids": ("model:logistic_regression",),
            "comparator_ids": ("model:scbert",), "dataset_id": "dataset:zheng68k", "metric_id": "metric:accuracy",
            "regime": "fine_tuned", **data,
        }
    )  # fmt: skip


def test_printed_points_at_or_below_the_claimed_share_reproduce_it(a_claim: Make) -> None:
    points = [point(0.01, name) for name in SETS[:3]] + [point(0.25, SETS[3])]
    (evidence,) = judge([at_most(a_claim, 0.25)], points=points)
    assert (evidence.basis, evidence.verdict) == ("reanalysis", "consistent_with_printed")
    assert set(evidence.inputs) == {found.id for found in points}
    assert evidence.scale_ratio == 1


def test_one_printed_point_above_the_claimed_share_refutes_it_and_is_named(a_claim: Make) -> None:
    points = [point(0.01, name) for name in SETS[:3]] + [point(0.5, SETS[3])]
    (evidence,) = judge([at_most(a_claim, 0.25)], points=points)
    assert evidence.verdict == "inconsistent_with_printed"
    assert any(SETS[3] in reason for reason in evidence.reasons)


def test_a_statement_about_most_curves_bears_some_exceptions(a_claim: Make) -> None:
    points = [point(0.01, name) for name in SETS[:3]] + [point(0.5, SETS[3])]
    most = at_most(a_claim, 0.01, unit="share_of_points", value=0.5)
    assert judge([most], points=points)[0].verdict == "consistent_with_printed"
    assert judge([most], points=points[2:])[0].verdict == "consistent_with_printed"
    assert judge([most], points=points[3:])[0].verdict == "inconsistent_with_printed"


def test_a_corrected_point_takes_the_place_of_its_misprint(a_claim: Make) -> None:
    wrong, right = point(0.5, SETS[0]), point(0.01, SETS[0], status="corrected")
    assert judge([at_most(a_claim, 0.25)], points=[wrong])[0].verdict == "inconsistent_with_printed"
    assert judge([at_most(a_claim, 0.25)], points=[wrong, right])[0].verdict == "consistent_with_printed"


def test_points_of_another_regime_model_or_spike_in_do_not_count(a_claim: Make) -> None:
    others = [
        point(0.5, SETS[0], regime="fine_tuned"),
        point(0.5, SETS[1], model_id="model:ssl"),
        point(0.5, SETS[2], sampling="spike_in_50"),
    ]
    (evidence,) = judge([at_most(a_claim, 0.25)], points=others)
    assert evidence.verdict == "not_testable"


@pytest.mark.parametrize(
    ("theirs", "direction", "verdict"),
    [
        (0.70, ">", "consistent_with_printed"),
        (0.70, "<", "inconsistent_with_printed"),
        (0.799, ">", "inconsistent_with_printed"),
        (0.799, "~", "consistent_with_printed"),
        (0.78, "~", "inconclusive"),
    ],
)
def test_a_difference_of_printed_scores_is_held_against_the_margin(
    theirs: float, direction: str, verdict: str, a_claim: Make
) -> None:
    results = [
        printed(0.80, model="model:logistic_regression", low=0.795, high=0.805, n=10),
        printed(theirs, low=theirs - 0.005, high=theirs + 0.005, n=10),
    ]
    (evidence,) = judge([beats(a_claim, direction)], results=results)
    assert evidence.verdict == verdict


def test_a_difference_without_a_spread_is_no_result(a_claim: Make) -> None:
    results = [
        printed(0.90, model="model:logistic_regression", metric="metric:macro_f1"),
        printed(0.50, metric="metric:macro_f1"),
    ]
    (evidence,) = judge([beats(a_claim, ">", metric_id="metric:macro_f1")], results=results)
    assert evidence.verdict == "inconclusive"
    assert evidence.failed_gates == ("interval",)


def test_an_accuracy_over_known_test_cells_has_an_interval_of_its_own(a_claim: Make) -> None:
    results = [printed(0.80, model="model:logistic_regression", test_cells=13_690), printed(0.70, test_cells=13_690)]
    (evidence,) = judge([beats(a_claim, ">")], results=results)
    assert evidence.verdict == "consistent_with_printed"
    words = "model:scbert: a single run over 13,690 test cells, with a spread over runs of 0.022 (assumed"
    assert any(words in reason for reason in evidence.reasons)
    few = [result.model_copy(update={"test_cells": 50, "id": f"{result.id}x"}) for result in results]
    assert judge([beats(a_claim, ">")], results=few)[0].verdict == "inconclusive"


def test_a_claim_is_judged_by_the_metric_it_names(a_claim: Make) -> None:
    results = [
        printed(0.80, model="model:logistic_regression", low=0.79, high=0.81, n=10),
        printed(0.70, low=0.69, high=0.71, n=10),
        printed(0.50, model="model:logistic_regression", metric="metric:macro_f1", low=0.49, high=0.51, n=10),
        printed(0.60, metric="metric:macro_f1", low=0.59, high=0.61, n=10),
    ]
    accuracy, f1 = beats(a_claim, ">"), beats(a_claim, ">", metric_id="metric:macro_f1")
    verdicts = {evidence.claim_id: evidence.verdict for evidence in judge([accuracy, f1], results=results)}
    assert verdicts == {accuracy.id: "consistent_with_printed", f1.id: "inconsistent_with_printed"}


def test_scores_with_other_shares_of_labels_are_not_mixed(a_claim: Make) -> None:
    interval = {"low": 0.0, "high": 0.0}
    results = [
        printed(value, model=model, train_fraction=share, **{**interval, "low": value - 0.005, "high": value + 0.005})
        for model, share, value in (
            ("model:logistic_regression", 0.1, 0.70), ("model:scbert", 0.1, 0.60),
            ("model:logistic_regression", 1.0, 0.70), ("model:scbert", 1.0, 0.80),
        )
    ]  # fmt: skip
    few = beats(a_claim, ">", train_fraction=0.1, regime="few_shot")
    assert judge([few], results=results)[0].verdict == "consistent_with_printed"
    assert judge([beats(a_claim, ">")], results=results)[0].verdict == "inconsistent_with_printed"


def effect(a_claim: Make, direction: str) -> Claim:
    return a_claim(
        kind="effect", direction=direction, ablation="no pre-training", subject_ids=("model:scbert",),
        dataset_id="dataset:zheng68k", metric_id="metric:accuracy", regime="fine_tuned",
    )  # fmt: skip


def test_no_effect_needs_a_positive_control_in_the_same_assay(a_claim: Make) -> None:
    whole = printed(0.766, low=0.765, high=0.767, n=10)
    without = printed(0.765, low=0.764, high=0.766, n=10, ablation="no pre-training")
    broken = printed(0.701, low=0.690, high=0.712, n=10, ablation="no gene2vec")
    (alone,) = judge([effect(a_claim, "0")], results=[whole, without])
    assert (alone.verdict, alone.failed_gates) == ("inconclusive", ("positive_control",))
    (controlled,) = judge([effect(a_claim, "0")], results=[whole, without, broken])
    assert controlled.verdict == "consistent_with_printed"
    (opposed,) = judge([effect(a_claim, "-")], results=[whole, without, broken])
    assert opposed.verdict == "inconsistent_with_printed"


def test_an_arm_trained_from_scratch_is_held_against_the_fine_tuned_whole(a_claim: Make) -> None:
    whole = printed(0.86, low=0.85, high=0.87, n=10)
    without = printed(0.46, low=0.45, high=0.47, n=10, ablation="no pre-training", regime="from_scratch")
    loses = effect(a_claim, "-")
    (scratch,) = judge([loses.model_copy(update={"regime": "from_scratch"})], results=[whole, without])
    assert scratch.verdict == "consistent_with_printed"
    # a fine-tuned arm is what the claim names, and none is printed
    assert judge([loses], results=[whole, without])[0].verdict == "not_testable"


def curve(values: tuple[float, ...], dataset: str) -> list[Result]:
    return [
        printed(value, model="model:scvi", metric="metric:micro_f1", dataset_id=dataset, regime="zero_shot",
                fraction=share, digitized=True)
        for share, value in zip((0.01, 0.1, 0.5, 1.0), values, strict=True)
    ]  # fmt: skip


def plateau(a_claim: Make) -> Claim:
    return a_claim(kind="scaling", direction="plateau", unit="cells", subject_ids=("model:scvi",), **IN_SCOPE)


def test_a_plateau_has_to_hold_at_a_stricter_threshold_too(a_claim: Make) -> None:
    flat = [result for name in SETS for result in curve((0.899, 0.9, 0.9, 0.9), name)]
    loose = [result for name in SETS for result in curve((0.87, 0.88, 0.89, 0.9), name)]
    steep = [result for name in SETS for result in curve((0.5, 0.7, 0.8, 0.9), name)]
    assert judge([plateau(a_claim)], results=flat)[0].verdict == "consistent_with_printed"
    assert judge([plateau(a_claim)], results=steep)[0].verdict == "inconsistent_with_printed"
    (open_,) = judge([plateau(a_claim)], results=loose)
    assert (open_.verdict, open_.failed_gates) == ("inconclusive", ("threshold",))


def test_a_number_read_again_at_its_own_source_is_no_test_of_it(a_claim: Make) -> None:
    claim = a_claim(
        kind="score", subject_ids=("model:scbert",), dataset_id="dataset:zheng68k", metric_id="metric:accuracy",
        value=0.766, low=0.753, high=0.779, regime="fine_tuned", location="table 1",
    )  # fmt: skip
    same = printed(0.766, low=0.753, high=0.779, n=10)
    other = printed(0.770, low=0.760, high=0.780, n=10, location="table 2")
    assert judge([claim], results=[same])[0].verdict == "not_testable"
    assert judge([claim], results=[same, other])[0].verdict == "consistent_with_printed"


def test_counted_points_and_curves_tell_the_loss_that_their_threshold_passes_over(a_claim: Make) -> None:
    (counted,) = judge([at_most(a_claim, 0.25)], points=[point(0.01, name) for name in SETS])
    assert counted.mde == pytest.approx(0.05)
    assert "smallest effect that could have been seen: 0.050" in explain(counted)
    (drawn,) = judge([plateau(a_claim)], results=[one for name in SETS for one in curve((0.899, 0.9, 0.9, 0.9), name)])
    assert drawn.mde == pytest.approx(0.01)


def test_a_claim_that_no_share_is_enough_is_refuted_by_printed_points_that_reach_it(a_claim: Make) -> None:
    points = [point(0.01, name) for name in SETS]
    rising = at_most(a_claim, 0.25, direction="no_plateau")
    assert judge([rising], points=points)[0].verdict == "inconsistent_with_printed"
    assert judge([at_most(a_claim, 0.25, polarity="negated")], points=points)[0].verdict == "inconsistent_with_printed"


def test_a_single_printed_run_bears_the_spread_over_seeds_that_is_printed_for_its_model(a_claim: Make) -> None:
    ours = printed(0.80, model="model:logistic_regression", test_cells=13_690)
    theirs = printed(0.74, test_cells=13_690)
    assert judge([beats(a_claim, ">")], results=[ours, theirs])[0].verdict == "inconclusive"
    steady = {"low": 0.739, "high": 0.741, "n": 10, "paper_id": "doi:10.1/other"}
    ahead = {**steady, "low": 0.799, "high": 0.801}
    both = [printed(0.74, **steady), printed(0.80, model="model:logistic_regression", **ahead)]
    judged = judge([beats(a_claim, ">")], results=[ours, theirs, *both])[0]
    assert judged.verdict == "consistent_with_printed"
    assert any("as printed elsewhere for this setting" in reason for reason in judged.reasons)
    for other in ({"ablation": "no pre-training"}, {"train_fraction": 0.5}):
        elsewhere = [printed(0.74, **steady, **other)]
        assert judge([beats(a_claim, ">")], results=[ours, theirs, *elsewhere])[0].verdict == "inconclusive"


def test_of_a_score_that_is_printed_twice_the_mean_of_more_runs_counts(a_claim: Make) -> None:
    """Three runs would leave it open, ten do not."""
    ours = printed(0.80, model="model:logistic_regression", low=0.799, high=0.801, n=10)
    three = printed(0.77, low=0.70, high=0.84, n=3, location="figure 2")
    ten = printed(0.76, low=0.75, high=0.77, n=10)
    assert judge([beats(a_claim, ">")], results=[ours, three])[0].verdict == "inconclusive"
    judged = judge([beats(a_claim, ">")], results=[ours, three, ten])[0]
    assert judged.verdict == "consistent_with_printed"
    assert judged.inputs == (ours.id, ten.id)


def test_a_wide_spread_with_few_labels_is_not_replaced_by_the_narrow_one_with_all(a_claim: Make) -> None:
    """Three runs that scatter by .08 decide nothing, however steady the runs with all labels are."""
    few, whole = {"train_fraction": 0.1, "n": 3}, {"train_fraction": 1.0, "n": 10}
    results = [
        printed(0.72, model="model:logistic_regression", low=0.716, high=0.724, **few),
        printed(0.63, low=0.42, high=0.84, **few),
        printed(0.77, low=0.757, high=0.783, **whole),
    ]
    claim = beats(a_claim, ">", train_fraction=0.1, regime="few_shot")
    (evidence,) = judge([claim], results=[r.model_copy(update={"regime": "few_shot"}) for r in results])
    assert evidence.verdict == "inconclusive"


def test_the_interval_of_a_mean_of_runs_without_a_printed_spread_is_narrower_than_that_of_one_run(
    a_claim: Make,
) -> None:
    def half_width(n: int | None) -> float:
        sides = [printed(0.80, model="model:logistic_regression", test_cells=50_000, n=n),
                 printed(0.70, test_cells=50_000, n=n)]  # fmt: skip
        (evidence,) = judge([beats(a_claim, ">")], results=sides)
        assert evidence.ci_low is not None
        assert evidence.ci_high is not None
        return (evidence.ci_high - evidence.ci_low) / 2

    assert half_width(None) == half_width(1) > 1.5 * half_width(5)
