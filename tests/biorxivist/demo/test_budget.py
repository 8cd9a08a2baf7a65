from __future__ import annotations

from typing import Any

import pytest

from biorxivist.demo.budget import budget_arms, budget_caveat, headline, short_headline
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
    (arm,) = budget_arms([point(4000, None), point(250, 100)], study="s")
    assert arm.moves
    assert arm.describe() == "250 steps: saturates at 1 % (100 cells); 4,000 steps: still rising at the whole corpus"
    assert "1 of 1 models (masked)" in headline([arm])


def test_a_point_that_stays_does_not_move() -> None:
    (arm,) = budget_arms([point(250, 100), point(4000, 100)], study="s")
    assert not arm.moves
    assert "does not move" in headline([arm])


def test_nothing_identified_is_not_called_unmoved() -> None:
    points = [point(steps, None, outcome="not_identified") for steps in (250, 4000)]
    assert "identifies no saturation point" in headline(budget_arms(points, study="s"))


def test_a_budget_at_which_nothing_is_identified_moves_nothing() -> None:
    points = [point(250, 100), point(4000, None, outcome="not_identified")]
    assert not budget_arms(points, study="s")[0].moves


def test_the_rule_of_the_paper_stands_beside_it() -> None:
    points = [point(250, 100), point(4000, 100), point(250, 100, rule="paper_any_run@1")]
    points.append(point(4000, 1000, rule="paper_any_run@1"))
    (arm,) = budget_arms(points, study="s")
    assert (arm.moves, arm.moves_by_paper) == (False, True)


@pytest.mark.parametrize("fields", [{"study": "other"}, {"dataset_id": "dataset:pbmc3k"}, {"sampling": "x"}])
def test_other_studies_sets_and_samplings_stay_out(fields: dict[str, Any]) -> None:
    assert budget_arms([point(250, 100, **fields)], study="s") == []
    assert "No shipped study" in headline([])


def test_the_short_headline_counts_the_models_whose_point_moves() -> None:
    (arm,) = budget_arms([point(4000, None), point(250, 100)], study="s")
    assert short_headline([arm]).startswith("The saturation point moves with the training budget for 0 of 1 models by")
    points = [
        point(steps, cells, rule=rule) for rule in (EQUIVALENCE, ANY_RUN) for steps, cells in ((250, 100), (4000, None))
    ]
    assert short_headline(budget_arms(points, study="s")).endswith("for 1 of 1 models.")
    assert "No shipped study" in short_headline([])


def test_the_short_headline_says_that_nothing_is_identified() -> None:
    points = [point(steps, None, outcome="not_identified") for steps in (250, 4000)]
    assert short_headline(budget_arms(points, study="s")).endswith("the equivalence rule identifies none.")


def test_a_study_that_named_nothing_before_it_ran_is_called_no_finding() -> None:
    run = next(record for record in studies.records() if isinstance(record, Run))
    assert budget_caveat([run]).startswith("A question, no finding")
    assert budget_caveat([run.model_copy(update={"hypotheses_digest": "0" * 64})]) == ""
