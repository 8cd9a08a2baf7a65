from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from graph.evidence import explain, judge
from graph.records import Claim, Result

MASKED, CONTRASTIVE = "model:ours_masked", "model:ours_contrastive"
Planted = Callable[..., dict[str, list[Any]]]
Make = Callable[..., Any]


def saturation(a_claim: Make, **data: Any) -> Claim:
    return a_claim(
        **{"kind": "saturation", "direction": "plateau", "subject_ids": ("model:geneformer",), "fraction": 0.25, **data}
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_plateau_below_the_claimed_share_has_the_same_direction_at_scale(
    seed: int, planted: Planted, a_claim: Make, plateau_at: Make
) -> None:
    (evidence,) = judge([saturation(a_claim)], **planted({MASKED: plateau_at(1_000)}, seed=seed))
    assert evidence.verdict == "same_direction_at_scale"
    assert evidence.failed_gates == ()
    assert evidence.scale_ratio == pytest.approx(20_000 / 22_200_000, rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_truth_without_a_plateau_is_rising_at_scale(
    seed: int, planted: Planted, a_claim: Make, rising_by: Make
) -> None:
    (evidence,) = judge([saturation(a_claim)], **planted({MASKED: rising_by(0.08)}, seed=seed))
    assert evidence.verdict == "rising_at_scale"
    assert evidence.ci_low is not None
    assert evidence.ci_low > 0.02


def test_at_the_scale_of_the_claim_the_same_study_reproduces_it(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    same_size = {"subject_ids": ("model:ours_masked",), "corpus_cells": 20_000}
    claim = saturation(a_claim, **same_size)
    (evidence,) = judge([claim], **planted({MASKED: plateau_at(1_000)}))
    assert evidence.verdict == "same_direction_at_scale", "its parameters are not known, so the scale is not"
    (evidence,) = judge([claim], **planted({MASKED: rising_by(0.08)}))
    assert evidence.verdict == "rising_at_scale"


def test_a_plateau_that_vanishes_with_the_budget_is_inconclusive_and_names_the_gate(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    flat, climbing = plateau_at(300), rising_by(0.08)
    study = planted({MASKED: lambda cells, steps: (climbing if steps == 4_000 else flat)(cells, steps)})
    (evidence,) = judge([saturation(a_claim)], **study)
    assert evidence.verdict == "inconclusive"
    assert evidence.failed_gates == ("budget",)


def test_scores_that_do_not_depend_on_training_test_nothing(planted: Planted, a_claim: Make) -> None:
    (evidence,) = judge([saturation(a_claim)], **planted({MASKED: lambda cells, steps: 0.40}))
    assert evidence.verdict == "not_testable"
    assert "learned" in evidence.failed_gates


def test_shuffled_scores_change_the_verdict(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    study = planted({MASKED: plateau_at(1_000)})
    values = [result.value for result in study["results"]]
    random.Random(1).shuffle(values)
    study["results"] = [
        result.model_copy(update={"value": value}) for result, value in zip(study["results"], values, strict=True)
    ]
    (evidence,) = judge([saturation(a_claim)], **study)
    assert evidence.verdict in ("not_testable", "inconclusive")


def test_sets_on_which_pca_is_perfect_leave_no_headroom(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    (evidence,) = judge([saturation(a_claim)], **planted({MASKED: plateau_at(1_000)}, pca=0.98))
    assert evidence.verdict == "not_testable"
    assert "headroom" in evidence.failed_gates


@pytest.mark.parametrize("flaw", [{"simulated": True}, {"held_out": False}])
def test_simulated_cells_and_self_evaluation_never_make_evidence(
    flaw: dict[str, bool], planted: Planted, a_claim: Make, plateau_at: Make
) -> None:
    (evidence,) = judge([saturation(a_claim)], **planted({MASKED: plateau_at(1_000)}, **flaw))
    assert evidence.verdict == "not_testable"
    assert evidence.inputs == ()


def test_a_share_below_our_smallest_size_is_not_bracketed(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    (evidence,) = judge([saturation(a_claim, fraction=0.001)], **planted({MASKED: plateau_at(1_000)}))
    assert evidence.verdict == "not_testable"
    assert "bracket" in evidence.failed_gates


def test_another_objective_or_regime_is_not_tested(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    study = planted({MASKED: plateau_at(1_000)})
    for change in ({"subject_ids": ("model:sctab",)}, {"regime": "fine_tuned"}):
        (evidence,) = judge([saturation(a_claim, **change)], **study)
        assert evidence.verdict == "not_testable"
        assert evidence.reasons


def test_a_statement_about_several_models_falls_with_one_counter_example(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    claim = saturation(a_claim, subject_ids=("model:geneformer", "model:scconcept"))
    (evidence,) = judge([claim], **planted({MASKED: plateau_at(1_000), CONTRASTIVE: rising_by(0.08)}))
    assert evidence.verdict == "rising_at_scale"


@pytest.mark.parametrize(
    ("gap", "direction", "verdict"),
    [
        (0.05, ">", "same_direction_at_scale"),
        (-0.05, ">", "opposite_direction_at_scale"),
        (0.0, ">", "no_effect_at_scale"),
        (0.0, "~", "same_direction_at_scale"),
        (0.05, "~", "opposite_direction_at_scale"),
        (0.02, ">", "inconclusive"),
    ],
)
def test_a_planted_gap_between_two_models_decides_a_comparison(
    gap: float, direction: str, verdict: str, planted: Planted, a_claim: Make, plateau_at: Make
) -> None:
    claim = a_claim(
        kind="comparison",
        direction=direction,
        subject_ids=("model:ours_masked",),
        comparator_ids=("model:ours_contrastive",),
    )
    study = planted({MASKED: plateau_at(1_000, top=0.75 + gap), CONTRASTIVE: plateau_at(1_000, top=0.75)}, noise=0.004)
    (evidence,) = judge([claim], **study)
    assert evidence.verdict == verdict, explain(evidence)


def test_a_scaling_claim_about_sizes_beyond_ours_shows_the_local_slope_and_is_not_tested(
    planted: Planted, a_claim: Make, rising_by: Make
) -> None:
    claim = a_claim(kind="scaling", direction="+", unit="cells", subject_ids=("model:scconcept",))
    (evidence,) = judge([claim], **planted({CONTRASTIVE: rising_by(0.05)}))
    assert evidence.verdict == "not_testable"
    assert evidence.failed_gates == ("range",)
    assert evidence.effect == pytest.approx(0.05, abs=0.01)


def test_one_objective_gaining_more_than_another_is_judged_by_the_interaction(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    claim = a_claim(
        kind="scaling",
        direction="+",
        unit="cells",
        subject_ids=("model:contrastive_models",),
        comparator_ids=("model:masked_models",),
    )
    flat = plateau_at(100)
    (evidence,) = judge([claim], **planted({CONTRASTIVE: rising_by(0.05), MASKED: flat}))
    assert evidence.verdict == "same_direction_at_scale", explain(evidence)
    (evidence,) = judge([claim], **planted({CONTRASTIVE: flat, MASKED: rising_by(0.05)}))
    assert evidence.verdict == "opposite_direction_at_scale"


def test_the_same_records_give_the_same_evidence(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    study = planted({MASKED: plateau_at(1_000)})
    first = judge([saturation(a_claim)], **study)
    study["results"].reverse()
    study["runs"].reverse()
    assert judge([saturation(a_claim)], **study) == first


def test_an_explanation_lists_every_gate_step_and_input(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    (evidence,) = judge([saturation(a_claim)], **planted({MASKED: plateau_at(1_000)}))
    text = explain(evidence)
    assert all(name in text for name in evidence.gates)
    assert all(reason in text for reason in evidence.reasons)
    assert all(source in text for source in evidence.inputs)
    assert evidence.rule in text


def test_a_users_scores_of_the_very_model_judge_a_score_claim(a_claim: Make) -> None:
    claim = a_claim(
        kind="score", subject_ids=("model:scbert",), dataset_id="dataset:zheng68k", value=0.766, low=0.753, high=0.779,
        metric_id="metric:accuracy", regime="fine_tuned",
    )  # fmt: skip

    def scores(centre: float) -> list[Result]:
        return [
            Result(
                evaluation="mine", model_id="model:scbert", dataset_id="dataset:zheng68k", source="user",
                task_id="task:cell_type_classification", metric_id="metric:accuracy", value=centre + 0.001 * seed,
                seed_init=seed, regime="fine_tuned",
            )
            for seed in range(4)
        ]  # fmt: skip

    assert judge([claim], results=scores(0.765))[0].verdict == "reproduced"
    assert judge([claim], results=scores(0.60))[0].verdict == "not_reproduced"
    assert judge([claim], results=scores(0.765)[:1])[0].verdict == "inconclusive"
