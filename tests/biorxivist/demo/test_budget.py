from __future__ import annotations

from typing import Any

import pytest

from biorxivist.demo.budget import EvaluationSet, budget_arms, budget_caveat, evaluation_sets, headline, short_headline
from biorxivist.seeds import studies
from graph.records import Run, SaturationPoint
from graph.vocabulary.protocol import ANY_RUN, EQUIVALENCE, POOLED


def point(steps: int, cells: int | None, *, rule: str = "equivalence@1", **fields: Any) -> SaturationPoint:
    given: dict[str, Any] = {
        "study": "s",
        "evaluation": "knn5_cross_study",
        "model_id": "model:ours_masked",
        "dataset_id": POOLED,
        "task_id": "task:cell_type_classification",
        "metric_id": "metric:macro_f1",
        "sampling": "random",
        "threshold": 0.02,
        "source": "reproduced",
        "outcome": "rising" if cells is None else "saturated",
        "fraction": None if cells is None else cells / 10_000,
        "cells": cells,
    }
    return SaturationPoint(steps=steps, rule=rule, **{**given, **fields})


def test_a_point_that_changes_with_the_budget_moves() -> None:
    (arm,) = budget_arms([point(4000, None), point(250, 100)], studies=["s"])
    assert arm.moves
    assert arm.describe() == "250 steps: saturates at 1 % (100 cells); 4,000 steps: still rising at the whole corpus"
    assert "1 of 1 curves: masked in s (mean of held-out studies)" in headline([arm])


def test_a_point_that_stays_does_not_move() -> None:
    (arm,) = budget_arms([point(250, 100), point(4000, 100)], studies=["s"])
    assert not arm.moves
    assert "does not move" in headline([arm])


def test_nothing_identified_is_not_called_unmoved() -> None:
    points = [point(steps, None, outcome="not_identified") for steps in (250, 4000)]
    assert "identify no saturation point" in headline(budget_arms(points, studies=["s"]))


def test_a_budget_at_which_nothing_is_identified_moves_nothing() -> None:
    points = [point(250, 100), point(4000, None, outcome="not_identified")]
    assert not budget_arms(points, studies=["s"])[0].moves


def test_the_rule_of_the_paper_stands_beside_it() -> None:
    points = [point(250, 100), point(4000, 100), point(250, 100, rule="paper_any_run@1")]
    points.append(point(4000, 1000, rule="paper_any_run@1"))
    (arm,) = budget_arms(points, studies=["s"])
    assert (arm.moves, arm.moves_by_paper) == (False, True)


@pytest.mark.parametrize("fields", [{"study": "other"}, {"dataset_id": "dataset:pbmc3k"}, {"sampling": "x"}])
def test_other_studies_sets_and_samplings_stay_out(fields: dict[str, Any]) -> None:
    assert budget_arms([point(250, 100, **fields)], studies=["s"]) == []
    assert "No shipped study" in headline([])


def test_a_study_without_a_mean_over_sets_stands_by_its_sets_within() -> None:
    within = {"evaluation": "knn5_within_study", "dataset_id": "dataset:pbmc3k"}
    points = [point(250, 100, dataset_id="dataset:zheng_facs"), point(250, 100, **within)]
    assert evaluation_sets(points, ["s"]) == [EvaluationSet("s", *within.values())]
    assert evaluation_sets([*points, point(250, 100)], ["s"]) == [EvaluationSet("s", "knn5_cross_study", POOLED)]


def test_the_chosen_checkpoints_are_described_and_move_nothing() -> None:
    points = [
        point(250, 100),
        point(4000, 100),
        point(250, None).model_copy(update={"steps": None, "checkpoint": "chosen"}),
    ]
    (arm,) = budget_arms(points, studies=["s"])
    assert not arm.moves
    assert arm.describe().endswith("; chosen checkpoints: still rising at the whole corpus")


def test_the_short_headline_counts_the_curves_whose_point_moves() -> None:
    (arm,) = budget_arms([point(4000, None), point(250, 100)], studies=["s"])
    assert short_headline([arm]).endswith("1 of 1 curves (paper's rule: 0).")
    points = [
        point(steps, cells, rule=rule) for rule in (EQUIVALENCE, ANY_RUN) for steps, cells in ((250, 100), (4000, None))
    ]
    assert short_headline(budget_arms(points, studies=["s"])).endswith(" in 1 of 1 curves.")
    assert "No shipped study" in short_headline([])


def test_the_short_headline_says_that_nothing_is_identified() -> None:
    points = [point(steps, None, outcome="not_identified") for steps in (250, 4000)]
    assert short_headline(budget_arms(points, studies=["s"])).endswith(
        "as equivalence identifies none (paper's rule: 0)."
    )


def test_what_nobody_named_and_what_is_within_a_study_is_called_no_finding() -> None:
    run = next(record for record in studies.records() if isinstance(record, Run))
    across = budget_arms([point(250, 100)], studies=["s"])
    within = budget_arms([point(250, 100, evaluation="knn5_within_study", dataset_id="dataset:pbmc3k")], studies=["s"])
    assert budget_caveat([run], across) == ""
    assert "enter no verdict" in budget_caveat([run], within)
    unnamed = run.model_copy(update={"hypotheses_digest": None})
    assert budget_caveat([run, unnamed], across).startswith(
        "An open question, not a finding: the study named no hypotheses"
    )
