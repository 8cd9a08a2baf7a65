"""An arm that leaves a part out, from the study file to the records, and what is asked of hidden values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.records import Result, Run, SaturationPoint
from graph.vocabulary.protocol import MASKED_ACCURACY, NO_GENE_IDENTITY
from scaling.errors import RunFailed, StudyError
from scaling.study import run as running
from scaling.study.overview import training_rows
from scaling.study.plan import jobs, specs
from scaling.study.prepare import prepare
from scaling.study.spec import Study

BINNED = {"width": 8, "layers": 1, "heads": 2, "inner": 8, "context": 24, "dropout": 0.0}
WHOLE = {"families": ["binned"], "sizes": [60, 120, "all"], "seeds": 2}
WITHOUT = {**WHOLE, "sizes": ["all"], "ablation": NO_GENE_IDENTITY}
TEST = {"kind": "effect", "arms": ["binned"], "ablation": NO_GENE_IDENTITY, "direction": "-"}
ASKED = [{"kind": "masked_values", "query": "simulated3", "settings": {"most": 10}}]


def changed(study: Study, **data: Any) -> Study:
    whole = study.model_dump(mode="json") | {
        "families": {"binned": BINNED},
        "budget": {"steps": 3, "warmup": 1, "batch_size": 16, "learning_rate_factors": [1.0], "checkpoints": [3]},
        "arms": [WHOLE, WITHOUT],
        "evaluations": ASKED,
        "hypotheses": {"primary_metric": "macro_f1", "masked": "masked_accuracy", "tests": [TEST]},
    }
    return Study.model_validate(whole | data)


def test_a_part_that_is_left_out_stands_in_runs_and_scores_and_in_no_curve(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    named = changed(study)
    records = running.run(named, cells=simulated, out=tmp_path)
    runs = {record.id: record for record in records if isinstance(record, Run)}
    results = [record for record in records if isinstance(record, Result) and record.run_id]
    assert {run.ablation for run in runs.values()} == {None, NO_GENE_IDENTITY}
    assert all(result.ablation == runs[result.run_id or ""].ablation for result in results)
    assert all(('"gene_identity":false' in run.config) == bool(run.ablation) for run in runs.values())
    assert {result.metric_id for result in results} == {MASKED_ACCURACY}
    assert {point.model_id for point in records if isinstance(point, SaturationPoint)} == {"model:ours_binned"}
    alone = running.run(changed(study, arms=[WHOLE], hypotheses=None), cells=simulated, out=tmp_path)
    curves = [[record for record in made if isinstance(record, SaturationPoint)] for made in (records, alone)]
    assert curves[0] == curves[1], "the arm without a part is in no curve of the whole model"


def test_an_arm_without_a_part_is_planned_and_listed_apart(study: Study, simulated: Path, tmp_path: Path) -> None:
    planned = specs(changed(study), prepare(changed(study), simulated, tmp_path / "cells").facts)
    assert len({spec.run_id for spec in planned}) == len(planned) == 2 * (4 + 2)
    assert {job.text for job in jobs(planned)} >= {"binned (no gene identity) random 500 cells seed 0"}
    assert {row.family for row in training_rows(planned)} == {"binned", "binned (no gene identity)"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"arms": [WITHOUT]}, "an arm has to train it as it is"),
        ({"arms": [WHOLE]}, "ablation 'no gene identity', which no arm draws"),
        (
            {"hypotheses": {"primary_metric": "macro_f1", "tests": [{**TEST, "ablation": None}]}},
            "either a sampling that is compared with random subsets, or an ablation",
        ),
        (
            {"hypotheses": {"primary_metric": "macro_f1", "tests": [{**TEST, "kind": "scaling"}]}},
            "an ablation is tested as an effect",
        ),
    ],
)
def test_a_part_that_no_test_can_see_is_refused(study: Study, data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        changed(study, **data)


def test_a_part_that_the_family_does_not_have_is_refused_with_those_that_it_has(study: Study) -> None:
    with pytest.raises(StudyError, match="binned has no ablation 'no layers'; it has: no gene identity"):
        changed(study).config("binned", ablation="no layers")


def test_hidden_values_are_refused_for_a_family_that_predicts_none(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    arms = [{"families": ["pca"], "sizes": ["all"], "seeds": 1}]
    with pytest.raises(RunFailed, match="predicts no bins of single genes"):
        running.run(changed(study, arms=arms, hypotheses=None), cells=simulated, out=tmp_path)
