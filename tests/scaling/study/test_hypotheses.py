from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from graph.evidence.named import Named
from graph.records import Hypotheses, Record, Result, Run
from scaling.errors import StudyError
from scaling.evaluate.knn import micro_f1
from scaling.evaluate.predictions import read_predictions
from scaling.study import run as running
from scaling.study.hypotheses import HypothesesSpec, remark, stamp
from scaling.study.prepared import open_prepared
from scaling.study.spec import Study, load_study

BEATS = {"kind": "comparison", "arms": ["pca"], "against": "masked", "direction": ">"}
SLOPE = {"kind": "scaling", "arms": ["pca"], "direction": "+"}
FILE = """
name = "s"
[corpus]
id = "dataset:c"
files = ["a"]
[[arms]]
families = ["pca", "masked"]
sizes = [10]
seeds = 1
[[evaluations]]
kind = "within_study"
query = "b"
[hypotheses]
primary_metric = "macro_f1"
[[hypotheses.tests]]
kind = "comparison"
arms = ["masked"]
against = "pca"
direction = ">"
"""


def naming(study: Study, *tests: dict[str, Any]) -> Study:
    """The study of two PCA runs, with these tests named."""
    arm = study.arms[0].model_copy(update={"families": ("pca",), "sizes": (50, "all"), "seeds": 1})
    spec = HypothesesSpec.model_validate({"primary_metric": "macro_f1", "tests": tests}) if tests else None
    return study.model_copy(update={"arms": (arm,), "hypotheses": spec})


@pytest.fixture(scope="module")
def named(study: Study, simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Record], Path, Study]:
    out, spec = tmp_path_factory.mktemp("named"), naming(study, SLOPE)
    return running.run(spec, cells=simulated, out=out), out, spec


def test_every_run_and_score_carries_what_was_named(named: tuple[list[Record], Path, Study]) -> None:
    records, _, study = named
    assert study.hypotheses is not None
    digest = study.hypotheses.named().digest()
    made = [record for record in records if isinstance(record, Run | Result)]
    assert {record.hypotheses_digest for record in made} == {digest}
    runs = [record for record in made if isinstance(record, Run)]
    assert all(Hypotheses.model_validate_json(run.hypotheses) == study.hypotheses.named() for run in runs)
    found = Named.of(runs, [record for record in made if isinstance(record, Result)])
    assert (found.flaw, found.tests) == ("", 1)
    assert found.metrics_of("task:cell_type_classification")[0] == "metric:macro_f1"
    assert remark(study.hypotheses, records) == ""


def test_every_score_can_be_computed_again_from_the_predictions_that_were_kept(
    named: tuple[list[Record], Path, Study],
) -> None:
    records, out, _ = named
    prepared = open_prepared(out / "prepared")
    truth = {entry.digest: entry.query_labels for entry in prepared.evaluations if entry.reference is not None}
    scores = [
        record for record in records
        if isinstance(record, Result) and record.evaluation_digest in truth and record.metric_id == "metric:micro_f1"
    ]  # fmt: skip
    assert len(scores) == 2 * (3 + 2)  # two evaluations across studies, by three PCAs and two baselines
    for score in scores:
        name = (score.run_id or "").partition(":")[2]
        digest = (score.evaluation_digest or "")[:16]
        (place,) = out.glob(f"scores/{digest}_0/{name or 'baselines_'}*.npz")
        labels = truth[score.evaluation_digest or ""]
        said = read_predictions(
            place, evaluation=score.evaluation_digest or "", at=score.steps if name else score.model_id
        )
        assert score.value == pytest.approx(micro_f1(labels, said), abs=1e-6)
        assert score.test_cells == len(said)
        assert len(score.without_cells) == 20
        assert np.mean(score.without_cells) == pytest.approx(score.value, abs=2e-3)
        assert score.predictions_digest


def test_naming_hypotheses_after_the_runs_is_noticed_and_said(
    named: tuple[list[Record], Path, Study], study: Study, simulated: Path
) -> None:
    _, out, before = named
    later = naming(study, {**SLOPE, "direction": "plateau"})
    records = running.run(later, cells=simulated, out=out)
    assert "were made before these hypotheses were named, or under others" in remark(later.hypotheses, records)
    assert remark(before.hypotheses, records) == "", "nothing was run again"
    assert "names no [hypotheses]" in remark(None, records)


def test_what_is_named_does_not_change_what_is_computed(study: Study) -> None:
    assert naming(study, SLOPE).data_spec() == naming(study).data_spec()
    assert stamp(None) == {}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('against = "pca"', 'against = "contrastive"', "hypotheses name 'contrastive', which no arm trains"),
        ('against = "pca"', "", "a comparison needs a model to compare with"),
        ('kind = "comparison"', 'kind = "saturation"', "saturation needs a fraction of the corpus"),
        ('arms = ["masked"]', 'arms = ["pca"]', "model:ours_pca is compared with itself"),
        ('direction = ">"', 'direction = ">"\nsampling = "cluster_reweighted"', "which no arm draws"),
        ('direction = ">"', 'direktion = ">"', "did you mean 'direction'"),
        ('primary_metric = "macro_f1"', 'primary_metric = "accuracy"', "hypotheses.primary_metric"),
    ],
)
def test_a_hypothesis_that_the_study_cannot_test_is_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(FILE, encoding="utf-8")
    assert load_study(path).hypotheses is not None
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        load_study(path)


def test_every_other_metric_is_named_as_secondary_and_each_arm_is_a_test() -> None:
    spec = HypothesesSpec.model_validate(
        {"primary_metric": "micro_f1", "tests": [{**SLOPE, "arms": ["pca", "masked"]}, BEATS]}
    )
    named = spec.named()
    assert named.metrics == ("metric:micro_f1", "metric:macro_f1")
    assert [(test.kind, test.model_id) for test in named.tests] == [
        ("scaling", "model:ours_pca"), ("scaling", "model:ours_masked"), ("comparison", "model:ours_pca"),
    ]  # fmt: skip
    with pytest.raises(ValidationError, match="at least 1"):
        HypothesesSpec.model_validate({"primary_metric": "micro_f1", "tests": []})
