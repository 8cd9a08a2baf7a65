from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.records import Result, Run
from graph.vocabulary.protocol import RECONSTRUCTION_R2, TYPE_LEFT_OUT
from scaling.errors import RunFailed
from scaling.study import run as running
from scaling.study.drawing import subset
from scaling.study.folder import StudyFolder
from scaling.study.plan import jobs, specs
from scaling.study.prepared import open_prepared
from scaling.study.spec import Study

WHOLE = {"families": ["ldvae"], "sizes": [60, 120], "seeds": 2}
TEST = {"kind": "effect", "arms": ["ldvae"], "ablation": TYPE_LEFT_OUT, "direction": "-"}


def without(name: str) -> dict[str, Any]:
    return {**WHOLE, "sizes": [120], "left_out": name}


def changed(study: Study, types: list[str], **data: Any) -> Study:
    whole = study.model_dump(mode="json") | {
        "families": {"ldvae": {"width": 8, "dimensions": 3}},
        "budget": {"steps": 3, "warmup": 1, "batch_size": 16, "learning_rate_factors": [1.0], "checkpoints": [3]},
        "arms": [WHOLE, *map(without, types)],
        "sets": {f"of_{name}": {"file": "simulated3"} for name in ("a", "b")},
        "evaluations": [
            {"kind": "reconstruction", "query": f"of_{place}", "settings": {"cell_type": name}}
            for place, name in zip("ab", types, strict=True)
        ],
        "hypotheses": {"primary_metric": "macro_f1", "reconstruction": "reconstruction_r2", "tests": [TEST]},
    }
    return Study.model_validate(whole | data)


@pytest.fixture(scope="module")
def types(simulated: Path) -> list[str]:
    import anndata

    cells = anndata.read_h5ad(simulated / "simulated3.h5ad", backed="r")
    name = "cell_type_coarse" if "cell_type_coarse" in cells.obs else "cell_type"
    return sorted(set(cells.obs[name].astype(str)))[:2]


def test_a_model_without_a_type_is_drawn_without_it_and_scored_on_it_alone(
    study: Study, simulated: Path, tmp_path: Path, types: list[str]
) -> None:
    named = changed(study, types)
    records = running.run(named, cells=simulated, out=tmp_path)
    prepared = open_prepared(tmp_path / "prepared")
    planned = {spec.run_id: spec for spec in specs(named, prepared.facts)}
    assert {spec.left_out for spec in planned.values()} == {None, *types}
    for spec in planned.values():
        drawn = subset(spec, prepared)
        assert len(drawn) == spec.run.cells
        assert spec.left_out not in set(prepared.coarse[drawn].tolist())
    results = [record for record in records if isinstance(record, Result) and record.run_id]
    assert {result.metric_id for result in results} == {RECONSTRUCTION_R2}
    asked = {(planned[result.run_id or ""].left_out, result.dataset_id) for result in results}
    assert asked == {
        (None, "dataset:of_a"),
        (None, "dataset:of_b"),
        (types[0], "dataset:of_a"),
        (types[1], "dataset:of_b"),
    }
    runs = {record.id: record for record in records if isinstance(record, Run)}
    assert {run.ablation for run in runs.values()} == {None, TYPE_LEFT_OUT}
    assert all(result.ablation == runs[result.run_id or ""].ablation for result in results)
    baselines = {record.model_id for record in records if isinstance(record, Result) and not record.run_id}
    assert baselines == {"model:corpus_profile", "model:nearest_type_profile"}
    entry, folder = prepared.evaluations[0], StudyFolder(tmp_path)
    assert entry.corpus is not None
    other = replace(entry, corpus=(entry.corpus[0], entry.corpus[1][::-1]))
    assert folder.baselines("s", entry) != folder.baselines("s", other), "scores of another corpus are not taken"
    assert np.isfinite([result.value for result in results]).all()
    assert {job.text for job in jobs(planned.values())} >= {f"ldvae (without {types[0]}) random 120 cells seed 0"}


def test_each_type_that_is_left_out_chooses_its_own_learning_rate(
    study: Study, simulated: Path, tmp_path: Path, types: list[str]
) -> None:
    from scaling.study.prepare import prepare

    named = changed(study, types)
    planned = jobs(specs(named, prepare(named, simulated, tmp_path).facts))
    assert all(len({spec.left_out for spec in job.specs}) == 1 for job in planned)


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        ({"sizes": ["all"]}, "needs sizes in cells"),
        ({"sampling": "celltype_reweighted"}, "draws at random and has no ablation"),
    ],
)
def test_an_arm_that_differs_in_more_than_the_type_is_refused(
    study: Study, types: list[str], arm: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        changed(study, types, arms=[WHOLE, {**without(types[0]), **arm}])


def test_a_reconstruction_is_refused_for_a_family_that_gives_no_counts_back(
    study: Study, simulated: Path, tmp_path: Path, types: list[str]
) -> None:
    arms = [{"families": ["pca"], "sizes": ["all"], "seeds": 1}]
    with pytest.raises(RunFailed, match="gives no counts back"):
        running.run(changed(study, types, arms=arms, families={}, hypotheses=None), cells=simulated, out=tmp_path)
