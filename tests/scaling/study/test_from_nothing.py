"""Networks that learn from labels alone, beside logistic regression: within a set, across studies, on some types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.records import Result
from graph.vocabulary.protocol import MACRO_F1
from scaling.study import run as running
from scaling.study.finetuned import finetuned
from scaling.study.spec import Study

SETTINGS = {"epochs": 2, "rate_factors": [0.3, 3.0], "strengths": [1.0]}


def changed(study: Study, *evaluations: dict[str, Any], sizes: tuple[str, ...] = ()) -> Study:
    arms = [{"families": ["masked"], "sizes": sizes, "seeds": 2}]
    return Study.model_validate(study.model_dump(mode="json") | {"arms": arms, "evaluations": list(evaluations)})


def test_networks_learn_from_one_study_and_are_scored_on_another_beside_the_regression(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    across = {"kind": "finetuning", "reference": "simulated3", "query": "simulated4", "settings": SETTINGS}
    some = {"kind": "finetuning", "query": "simulated3", "settings": SETTINGS | {"only": ["type 1", "type 2"]}}
    whole = {"kind": "finetuning", "query": "simulated3", "settings": SETTINGS}
    records = running.run(changed(study, across, some, whole), cells=simulated, out=tmp_path)
    results = [record for record in records if isinstance(record, Result) and record.metric_id == MACRO_F1]
    by_name = {result.evaluation: result for result in results if result.run_id}
    assert set(by_name) == {"finetuning_all_cross_study", "finetuning_all_2_types", "finetuning_all"}
    assert by_name["finetuning_all_cross_study"].reference_id == "dataset:simulated3"
    assert by_name["finetuning_all_cross_study"].test_cells == 250
    assert 0 < (by_name["finetuning_all_2_types"].test_cells or 0) < (by_name["finetuning_all"].test_cells or 0)
    assert {result.cells for result in results if result.run_id} == {0}
    sentences = [line for line in finetuned(records) if "from nothing" in line]
    assert len(sentences) == 3
    assert all("Our masked autoencoder, from nothing, 2 replicates" in line for line in sentences)
    assert all("Logistic regression" in line and "95 % interval" in line for line in sentences)


def test_a_type_that_a_set_does_not_have_is_refused(study: Study, simulated: Path, tmp_path: Path) -> None:
    odd = {"kind": "finetuning", "query": "simulated3", "settings": {"only": ["neuron"]}}
    with pytest.raises(Exception, match=r"only = neuron is not a type with 10 cells; there are: type 1"):
        running.run(changed(study, odd), cells=simulated, out=tmp_path)


def test_an_arm_without_sizes_and_without_untrained_models_is_refused(study: Study) -> None:
    data = study.model_dump(mode="json")
    data["arms"] = [{"families": ["masked"], "sizes": [], "seeds": 1, "untrained": False}]
    with pytest.raises(ValueError, match="this one scores none; name sizes"):
        Study.model_validate(data)
