"""What every method of evaluation must do; a new file in `scaling/evaluate/methods` is found and tested."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from scaling.evaluate import methods
from scaling.study.spec import EvaluationSpec


@pytest.mark.parametrize("name", methods.names())
def test_labels_that_lie_apart_are_told_apart_and_a_label_of_the_training_cells_is_said(name: str) -> None:
    method, rng = methods.find(name), np.random.default_rng(0)
    labels = np.array(["b", "a", "c"])[rng.integers(0, 3, 300)]
    points = rng.normal(size=(300, 6)) + 4.0 * np.eye(3, 6)[np.searchsorted(["a", "b", "c"], labels)]
    said = method.predict(points[:200], labels[:200], points[200:], method.config())
    assert np.mean(said == labels[200:]) > 0.9
    some = labels[:200] != "c"
    said = method.predict(points[:200][some], labels[:200][some], points[200:], method.config())
    assert set(said.tolist()) <= {"a", "b"}


def test_records_call_an_evaluation_by_its_method_and_settings() -> None:
    names = [
        EvaluationSpec.model_validate({"kind": "within_study", "query": "x", **more}).name
        for more in ({}, {"settings": {"k": 15}}, {"method": "probe"})
    ]
    assert names == ["knn5_within_study", "knn15_within_study", "probe_within_study"]


def test_a_setting_or_method_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="neighbours"):
        EvaluationSpec.model_validate({"kind": "within_study", "query": "x", "settings": {"neighbours": 3}})
    with pytest.raises(ValidationError, match="no method of evaluation 'kn'; did you mean 'knn'"):
        EvaluationSpec.model_validate({"kind": "within_study", "query": "x", "method": "kn"})
