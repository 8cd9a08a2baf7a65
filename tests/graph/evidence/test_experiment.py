from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from graph.evidence import explain, judge
from graph.evidence.verdict import sentence
from graph.records import Claim, Hypotheses, Hypothesis, Metric, Model, Result, Task
from graph.vocabulary import Vocabulary, load_vocabulary

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


def test_checkpoints_that_validation_chose_decide_and_those_that_overfit_stand_beside_them(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    # small subsets are overfitted at the last step, so that the score there seems to rise with the cells
    flat, overfitted = plateau_at(300), rising_by(0.08)
    study = planted({MASKED: lambda cells, steps: (overfitted if steps == 4_000 else flat)(cells, steps)})
    study["results"] = [
        result.model_copy(update={"chosen": result.cells in (100, 316, 1_000, 3_162, 20_000) and result.steps == 1_000})
        for result in study["results"]
    ]
    (evidence,) = judge([saturation(a_claim)], **study)
    assert evidence.verdict == "same_direction_at_scale", explain(evidence)
    assert "the checkpoint of least validation loss: " in str(evidence.gates["budget"])
    assert all(budget in explain(evidence) for budget in ("250", "4000", "chosen"))


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
    assert str(evidence.gates["learned"].value).endswith("not measured")


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
    curves = {MASKED: plateau_at(1_000, top=0.75 + gap), CONTRASTIVE: plateau_at(1_000, top=0.75)}
    study = planted(curves, noise=0.004, kinds=("comparison",))
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


def test_an_explanation_lists_every_gate_and_step_and_the_first_ten_inputs(
    planted: Planted, a_claim: Make, plateau_at: Make
) -> None:
    (evidence,) = judge([saturation(a_claim)], **planted({MASKED: plateau_at(1_000)}))
    text = explain(evidence)
    assert all(name in text for name in evidence.gates)
    assert all(reason in text for reason in evidence.reasons)
    assert text.splitlines()[0] == sentence(evidence)
    assert all(source in text for source in evidence.inputs[:10])
    assert not any(source in text for source in evidence.inputs[10:])
    assert f"and {len(evidence.inputs) - 10} more" in text
    assert evidence.rule in text


def test_a_users_scores_of_the_very_model_judge_a_score_claim(a_claim: Make) -> None:
    claim = a_claim(
        kind="score", subject_ids=("model:scbert",), dataset_id="dataset:zheng68k", value=0.766, low=0.753, high=0.779,
        metric_id="metric:accuracy", regime="fine_tuned",
    )  # fmt: skip

    def scores(centre: float, cells: int | None = 20_000) -> list[Result]:
        return [
            Result(
                evaluation="mine", model_id="model:scbert", dataset_id="dataset:zheng68k", source="user",
                task_id="task:cell_type_classification", metric_id="metric:accuracy", value=centre + 0.001 * seed,
                seed_init=seed, regime="fine_tuned", test_cells=cells,
            )
            for seed in range(4)
        ]  # fmt: skip

    assert judge([claim], results=scores(0.765))[0].verdict == "reproduced"
    assert judge([claim], results=scores(0.60))[0].verdict == "not_reproduced"
    (evidence,) = judge([claim], results=scores(0.765, cells=None))
    assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("test_cells",))
    assert judge([claim], results=scores(0.765, cells=None)[:1])[0].verdict == "inconclusive"


def test_a_loss_below_the_claimed_share_does_not_refute_it(planted: Planted, a_claim: Make) -> None:
    def kinked(cells: int, steps: int) -> float:
        return 0.40 if cells == 0 else 0.80 - 0.06 * max(0.0, math.log10(3_162 / cells)) / 0.5

    claim = saturation(a_claim, fraction=0.10)  # 2,000 cells, between two sizes of which one is enough
    (evidence,) = judge([claim], **planted({MASKED: kinked}))
    assert evidence.verdict == "inconclusive"
    assert any("1,000 of 20,000 cells it loses more" in reason for reason in evidence.reasons)
    assert any("3,162 of 20,000 cells it loses less" in reason for reason in evidence.reasons)


def test_without_a_size_above_the_share_a_rising_curve_refutes_nothing_at_full_scale(
    planted: Planted, a_claim: Make, rising_by: Make
) -> None:
    claim = saturation(a_claim, subject_ids=("model:scanvi",), corpus_cells=20_000)
    study = planted({"model:scanvi": rising_by(0.08)}, parameters=1_000_000)
    small = judge([claim], **study)[0]
    assert small.verdict == "rising_at_scale"
    known = Vocabulary({"model:scanvi": Model(id="model:scanvi", name="scANVI", parameters=1_000_000)})
    tasks = {entry.id: entry for entry in load_vocabulary() if isinstance(entry, Task | Metric)}
    full = judge([claim], vocabulary=Vocabulary({**tasks, **{entry.id: entry for entry in known}}), **study)[0]
    assert (full.verdict, full.failed_gates) == ("inconclusive", ("upper_bracket",))


def test_a_claim_that_a_share_is_not_enough_is_borne_out_by_the_loss_and_refuted_by_its_absence(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    claim = saturation(a_claim, direction="no_plateau", fraction=0.10)
    assert judge([claim], **planted({MASKED: rising_by(0.08)}))[0].verdict == "same_direction_at_scale"
    assert judge([claim], **planted({MASKED: plateau_at(300)}))[0].verdict == "opposite_direction_at_scale"


@pytest.mark.parametrize(
    ("direction", "slope", "verdict"),
    [
        ("plateau", 0.0, "same_direction_at_scale"),
        ("plateau", 0.08, "rising_at_scale"),
        ("no_plateau", 0.08, "same_direction_at_scale"),
        ("no_plateau", 0.0, "no_effect_at_scale"),
        ("+", 0.08, "same_direction_at_scale"),
        ("-", 0.08, "opposite_direction_at_scale"),
    ],
)
def test_the_slope_decides_a_scaling_claim_whose_range_we_reach(
    direction: str, slope: float, verdict: str, planted: Planted, a_claim: Make, rising_by: Make
) -> None:
    claim = a_claim(kind="scaling", direction=direction, unit="cells", low=100.0, subject_ids=("model:ours_masked",))
    (evidence,) = judge([claim], **planted({MASKED: rising_by(slope)}))
    assert evidence.verdict == verdict, explain(evidence)
    assert evidence.mde is not None
    assert {"precision", "studies", "range"} <= set(evidence.gates)


def test_a_plateau_is_judged_at_the_upper_end_and_not_over_all_sizes(
    planted: Planted, a_claim: Make, plateau_at: Make
) -> None:
    claim = a_claim(kind="scaling", direction="plateau", unit="cells", low=100.0, subject_ids=("model:ours_masked",))
    (evidence,) = judge([claim], **planted({MASKED: plateau_at(2_000)}))
    assert evidence.verdict == "same_direction_at_scale", explain(evidence)


def test_one_objective_has_to_gain_more_at_every_budget(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    claim = a_claim(
        kind="scaling", direction="+", unit="cells", subject_ids=("model:contrastive_models",),
        comparator_ids=("model:masked_models",),
    )  # fmt: skip
    flat, climbing = plateau_at(100), rising_by(0.05)
    late = planted({
        CONTRASTIVE: lambda cells, steps: (flat if steps == 250 else climbing)(cells, steps),
        MASKED: lambda cells, steps: (climbing if steps == 250 else flat)(cells, steps),
    })  # fmt: skip
    (evidence,) = judge([claim], **late)
    assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("budget",))


def reweighted(
    planted: Planted, gain: float, *, slope: float, sampling: str = "cluster_reweighted"
) -> dict[str, list[Any]]:
    """A study of random subsets, with the 1,000 cells drawn anew in another way."""
    curve = {MASKED: lambda cells, steps: 0.4 if cells == 0 else 0.6 + slope * math.log10(cells / 100)}
    hypothesis = Hypothesis(kind="effect", model_id=MASKED, direction="+", sampling=sampling)
    named = Hypotheses(primary_metric="metric:micro_f1", delta=0.02, tests=(hypothesis,))
    study = planted(curve, hypotheses=named)
    again = [run for run in study["runs"] if run.cells == 1_000]
    renamed = {run.id: run.model_copy(update={"id": f"{run.id}w", "sampling": sampling}) for run in again}
    study["runs"] += renamed.values()
    study["results"] += [
        result.model_copy(
            update={
                "id": f"{result.id}w", "run_id": f"{result.run_id}w", "sampling": sampling,
                "value": result.value + gain,
                "without_cells": tuple(value + gain for value in result.without_cells),
            }
        )
        for result in study["results"]
        if result.run_id in renamed
    ]  # fmt: skip
    return study


def test_no_effect_whether_claimed_or_found_needs_a_positive_control(planted: Planted, a_claim: Make) -> None:
    effect = {"kind": "effect", "sampling": "celltype_reweighted", "subject_ids": ("model:ours_masked",)}
    helps, nothing = a_claim(**effect, direction="+"), a_claim(**effect, direction="0")
    seeing, blind = reweighted(planted, 0.0, slope=0.08), reweighted(planted, 0.0, slope=0.0)
    assert judge([helps], **seeing)[0].verdict == "no_effect_at_scale"
    assert judge([nothing], **seeing)[0].verdict == "same_direction_at_scale"
    for claim in (helps, nothing):
        (evidence,) = judge([claim], **blind)
        assert (evidence.verdict, evidence.failed_gates) == ("inconclusive", ("positive_control",))
    assert judge([helps], **reweighted(planted, 0.05, slope=0.08))[0].verdict == "same_direction_at_scale"


@pytest.mark.parametrize(
    ("claimed", "ablation", "drawn"),
    [
        ("geometric_sketching", "more diverse subset", "geometric_sketching"),
        ("spike_in", "perturbed cells added", "spike_in_10"),
    ],
)
def test_a_claim_of_a_sampling_is_judged_by_it_also_where_it_names_what_that_changes(
    planted: Planted, a_claim: Make, claimed: str, ablation: str, drawn: str
) -> None:
    claim = a_claim(
        kind="effect", direction="0", sampling=claimed, ablation=ablation, subject_ids=("model:ours_masked",)
    )
    assert judge([claim], **reweighted(planted, 0.0, slope=0.08, sampling=drawn))[0].verdict == (
        "same_direction_at_scale"
    )
    other = "spike_in_50" if claimed != "spike_in" else "geometric_sketching"
    (evidence,) = judge([claim], **reweighted(planted, 0.0, slope=0.08, sampling=other))
    assert (evidence.verdict, evidence.failed_gates) == ("not_testable", ("numbers",))


def test_every_decided_verdict_has_an_effect_and_the_smallest_that_could_be_seen(
    planted: Planted, a_claim: Make, naming: Make, plateau_at: Make, rising_by: Make
) -> None:
    comparison = a_claim(kind="comparison", direction=">", subject_ids=(MASKED,), comparator_ids=(CONTRASTIVE,))
    named = naming(
        Hypothesis(kind="comparison", model_id=MASKED, comparator_id=CONTRASTIVE, direction=">"),
        Hypothesis(kind="saturation", model_id=MASKED, direction="plateau", fraction=0.25),
    )
    study = planted({MASKED: plateau_at(1_000), CONTRASTIVE: rising_by(0.05)}, hypotheses=named)
    for evidence in judge([saturation(a_claim), comparison], **study):
        assert evidence.effect is not None
        assert evidence.mde is not None
        assert evidence.mde > 0
        assert evidence.details["adjusted"]["tests"] == 2
        assert f"{evidence.mde:.3f}" in explain(evidence)


def test_verdicts_are_the_same_in_whatever_order_claims_and_numbers_come(
    planted: Planted, a_claim: Make, plateau_at: Make, rising_by: Make
) -> None:
    claims = [saturation(a_claim, fraction=share, statement=f"{share}") for share in (0.05, 0.1, 0.25, 0.5)]
    claims += [
        a_claim(kind="comparison", direction=direction, subject_ids=(MASKED,), comparator_ids=(CONTRASTIVE,))
        for direction in (">", "<", "~")
    ]
    study = planted({MASKED: plateau_at(1_000), CONTRASTIVE: rising_by(0.05)})
    first = judge(claims, **study)
    rng = random.Random(5)
    for numbers in (claims, study["runs"], study["results"]):
        rng.shuffle(numbers)
    assert judge(claims, **study) == first


def test_a_model_that_another_study_trained_does_not_count_here(
    planted: Planted, a_claim: Make, plateau_at: Make
) -> None:
    here, elsewhere = planted({MASKED: plateau_at(1_000)}), planted({CONTRASTIVE: plateau_at(1_000)})
    renamed = {run.id: f"{run.id}e" for run in elsewhere["runs"]}
    runs = [run.model_copy(update={"id": renamed[run.id], "study": "another"}) for run in elsewhere["runs"]]
    results = [
        result.model_copy(
            update={"id": f"{result.id}e", "run_id": renamed.get(result.run_id or ""), "study": "another"}
        )
        for result in elsewhere["results"]
    ]  # fmt: skip
    both = {"runs": [*here["runs"], *runs], "results": [*here["results"], *results]}
    claim = a_claim(kind="comparison", direction=">", subject_ids=(MASKED,), comparator_ids=(CONTRASTIVE,))
    (evidence,) = judge([claim], **both)
    assert evidence.verdict == "not_testable"
    found = judge([saturation(a_claim, subject_ids=("model:geneformer", "model:scconcept"))], **both)
    assert {evidence.details["study"] for evidence in found} == {"planted", "another"}
