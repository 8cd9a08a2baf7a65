"""Models that a study keeps: trained once, resumed after a kill, scored again, used by others."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pytest
import torch

import scaling
from biorxivist.workspace.studies import embed_cells, study_status
from graph.records import Dataset, Record, Result, Run
from scaling import families
from scaling.errors import BadEmbedding, BadModel, CorpusError, LowCoverage, StudyError
from scaling.families.masked import MaskedAutoencoder
from scaling.study import run as running
from scaling.study.remarks import remarks
from scaling.study.spec import Study
from scaling.train import learner

ROOT = Path(__file__).parents[3]
START = """
import sys
from pathlib import Path
from scaling.study.run import run
from scaling.study.spec import Study
from scaling.train import learner
learner.SAVE_EVERY = 0.0
run(Study.model_validate_json(Path(sys.argv[1]).read_text()), cells=Path(sys.argv[2]), out=Path(sys.argv[3]))
"""


def _study(*names: str, steps: int = 16, **changes: Any) -> Study:
    return Study.model_validate(
        {
            "name": "models",
            "corpus": {"id": "dataset:m", "files": ["simulated1", "simulated2"], "genes": 100, "min_genes": 100},
            "budget": {"steps": steps, "warmup": 2, "batch_size": 32},
            "arms": [{"families": names or ["masked"], "sizes": ["all"], "seeds": 1, "untrained": False}],
            "evaluations": [{"kind": "within_study", "query": "simulated3"}],
            **changes,
        }
    )


def _digests(records: list[Record]) -> dict[str, str | None]:
    return {run.id: run.weights_digest for run in records if isinstance(run, Run)}


@pytest.fixture(scope="module")
def study_folder(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models")
    running.run(_study("masked", "pca"), cells=simulated, out=out)
    return out


@pytest.fixture
def model(study_folder: Path) -> Path:
    (folder,) = (path for path in (study_folder / "models").iterdir() if scaling.load(path).family == "masked")
    return folder


def test_a_killed_training_goes_on_and_ends_with_the_same_weights(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = _study("masked", "contrastive")
    whole = _digests(running.run(study, cells=simulated, out=tmp_path / "whole"))
    assert len(whole) == 2
    steps: list[int] = []
    take_step = learner.Learner.take_step

    def interrupted(self: Any, step: int, *inputs: Any) -> None:
        steps.append(step)
        if len(steps) in {7, 25}:  # in the middle of the first training, and of the second one
            raise KeyboardInterrupt
        take_step(self, step, *inputs)

    monkeypatch.setattr(learner, "SAVE_EVERY", 0.0)
    monkeypatch.setattr(learner.Learner, "take_step", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            running.run(study, cells=simulated, out=tmp_path / "killed")
    assert _digests(running.run(study, cells=simulated, out=tmp_path / "killed")) == whole
    assert len(steps) == 2 * 16 + 2, "of the steps, only the two that were interrupted are taken twice"
    assert not list((tmp_path / "killed").glob("models/*/state"))


@pytest.mark.long
@pytest.mark.parametrize("family", families.names())
def test_weights_are_the_same_after_kills_at_random_moments(family: str, simulated: Path, tmp_path: Path) -> None:
    study = _study(family, steps=300)
    whole = _digests(running.run(study, cells=simulated, out=tmp_path / "whole"))
    file, out, rng = tmp_path / "study.json", tmp_path / "killed", random.Random(family)
    file.write_text(study.model_dump_json(), encoding="utf-8")
    kills = 0
    while kills < 3 and not list(out.glob("models/*/run.json")):
        process = subprocess.Popen([sys.executable, "-c", START, file, simulated, out], cwd=ROOT)
        state = _written(out)
        while process.poll() is None and _written(out) == state:
            time.sleep(0.005)  # until it has begun, or goes on
        time.sleep(rng.uniform(0.0, 0.5))
        process.kill()
        kills += process.wait() != 0
    assert kills, "it ended before it was killed"
    assert _digests(running.run(study, cells=simulated, out=out)) == whole
    print(f"{family}: {kills} kills")


def _written(out: Path) -> list[tuple[str, int]]:
    """Files of models, and when they were written."""
    try:
        return sorted((str(path), path.stat().st_mtime_ns) for path in out.glob("models/**/*"))
    except FileNotFoundError:  # replaced while it was looked at
        return []


def test_an_evaluation_that_is_added_trains_nothing_and_leaves_the_old_scores_as_they_were(
    study_folder: Path, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = shutil.copytree(study_folder, tmp_path / "out")
    before = list(running.read_records(out / "records.jsonl"))
    monkeypatch.setattr(MaskedAutoencoder, "loss", None)  # a step of training would fail
    more = [
        {"kind": "within_study", "query": "simulated3"},
        {"kind": "within_study", "query": "simulated3", "method": "probe"},
        {"kind": "within_study", "query": "simulated4", "settings": {"k": 3}},
    ]
    after = running.run(_study("masked", "pca", evaluations=more), cells=simulated, out=out)
    assert _digests(after) == _digests(before)
    old = {result.id: result for result in before if isinstance(result, Result)}
    new = {result.id: result for result in after if isinstance(result, Result)}
    assert {name: new[name] for name in old} == old
    assert len(new) == 3 * len(old)
    added = {(result.evaluation, result.dataset_id) for name, result in new.items() if name not in old}
    assert added == {("probe_within_study", "dataset:simulated3"), ("knn3_within_study", "dataset:simulated4")}


def test_further_checkpoints_are_trained_once_more_and_the_weights_stay_the_same(
    study_folder: Path, simulated: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(study_folder, tmp_path / "out")
    before = list(running.read_records(out / "records.jsonl"))
    budget = {"steps": 16, "warmup": 2, "batch_size": 32, "checkpoints": [2, 8, 16]}
    after = running.run(_study("masked", "pca", budget=budget), cells=simulated, out=out)
    assert _digests(after) == _digests(before)
    masked = [r for r in after if isinstance(r, Result) and r.model_id == "model:ours_masked" and r.run_id]
    assert {result.steps for result in masked} == {2, 8, 16}
    last = {result.id: result.value for result in before if isinstance(result, Result) and result.steps == 16}
    assert {result.id: result.value for result in masked if result.steps == 16} == last


def test_a_setting_that_was_changed_under_a_finished_study_is_noticed(
    study_folder: Path, simulated: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = shutil.copytree(study_folder, tmp_path / "out")
    running.run(_study("masked", "pca"), cells=simulated, out=out)
    assert "another plan" not in caplog.text
    running.run(_study("masked", "pca", steps=4), cells=simulated, out=out)
    assert "holds 1 models of another plan" in caplog.text
    assert "budget.steps 16 -> 4" in caplog.text


def test_what_was_left_out_and_what_diverged_is_said() -> None:
    run = Run(
        study="s", model_id="model:ours_masked", corpus_id="dataset:c", corpus_digest="0", corpus_cells=100, genes=5,
        sampling="random", cells=50, fraction=0.5, family="masked", config="{}", protocol="p@1", seed_data=2,
        seed_init=2, failed_at=7, learning_rate=0.003,
    )  # fmt: skip
    entry = Dataset(id="dataset:c", name="c", left_out={"without counts": 3})
    assert remarks([entry, run]) == [
        "Left out of dataset:c: 3 without counts.",
        "Diverged, and left out of every mean: masked, 50 cells, seed 2, learning rate 0.003 (step 7). A lower "
        "learning_rate under [budget] may help.",
    ]
    assert remarks([run.model_copy(update={"failed_at": None})]) == []


def test_the_status_of_a_study_lists_its_models(study_folder: Path, model: Path) -> None:
    counts, models = study_status(study_folder)
    assert counts == {"done": 2}
    assert [(row["family"], row["cells"], row["steps"]) for row in models] == [("masked", 500, 16), ("pca", 500, 0)]
    assert models[0]["model"] == str(model)


def test_a_model_embeds_a_file_and_an_anndata_alike_and_as_its_study_did(
    model: Path, study_folder: Path, simulated: Path
) -> None:
    pretrained = scaling.load(model)
    embedding = pretrained.embed(simulated / "simulated3.h5ad")
    assert embedding.shape == (250, 64)
    adata = anndata.read_h5ad(simulated / "simulated3.h5ad")
    np.testing.assert_array_equal(pretrained.embed(adata), embedding)
    np.testing.assert_array_equal(pretrained.embed(adata[:, ::-1].copy()), embedding)
    early = scaling.load(model, step=4)
    assert not np.allclose(early.embed(simulated / "simulated3.h5ad"), embedding)
    assert "masked of 500 cells, 100 genes, step 4" in repr(early)


def test_a_saved_model_is_the_same_model(model: Path, simulated: Path, tmp_path: Path) -> None:
    early = scaling.load(model, step=4)
    copy = scaling.load(early.save(tmp_path / "copy"))
    cells = simulated / "simulated4.h5ad"
    np.testing.assert_array_equal(copy.embed(cells), early.embed(cells))
    assert (copy.run.id, copy.run.steps) == (early.run.id, 4)
    with pytest.raises(BadModel, match="there are files in it"):
        early.save(tmp_path / "copy")


def test_the_weights_are_a_safetensors_file_that_others_read(model: Path) -> None:
    from safetensors.numpy import load_file

    tensors = load_file(model / "model.safetensors")
    own = scaling.load(model).model.state_dict()
    assert tensors.keys() == own.keys()
    assert all((tensors[name] == tensor.numpy()).all() for name, tensor in own.items())


def test_an_embedding_is_written_into_obsm_and_the_rest_of_the_file_is_left_alone(
    model: Path, simulated: Path, tmp_path: Path
) -> None:
    source, out = simulated / "simulated3.h5ad", tmp_path / "embedded.h5ad"
    written = embed_cells(model, source, out=out)
    assert (written["obsm"], written["cells"], written["dimensions"]) == ("X_masked", 250, 64)
    adata = anndata.read_h5ad(out)
    np.testing.assert_array_equal(adata.obsm["X_masked"], scaling.load(model).embed(source))
    assert (adata.X != anndata.read_h5ad(source).X).nnz == 0
    with pytest.raises(BadEmbedding, match=r"obsm\['X_masked'\] is there already.*--overwrite"):
        embed_cells(model, out)
    embed_cells(model, out, step=4, overwrite=True)
    embed_cells(model, out, key="X_other")
    assert set(anndata.read_h5ad(out).obsm) == {"X_masked", "X_other"}
    with pytest.raises(CorpusError, match="is there already"):
        embed_cells(model, source, out=out)


def _damaged(model: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    for name in ("config.json", "model.safetensors", "genes.parquet", "run.json"):
        for content in (None, b"{"):
            folder = scaling.load(model).save(tmp_path / f"{name}{content}")
            (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
            yield folder, name


def test_a_damaged_model_is_refused_with_the_file_that_is_damaged(model: Path, tmp_path: Path) -> None:
    for folder, name in _damaged(model, tmp_path):
        with pytest.raises(BadModel, match=name):
            scaling.load(folder)
    with pytest.raises(BadModel, match=r"no weights of step 5; checkpoints are: 1, 4, 16"):
        scaling.load(model, step=5)


def test_cells_with_few_of_the_models_genes_are_refused_unless_it_is_asked_for(model: Path, simulated: Path) -> None:
    pretrained = scaling.load(model)
    adata = anndata.read_h5ad(simulated / "simulated3.h5ad")
    few = adata[
        :, [gene in set(pretrained.genes[:20]) or gene not in set(pretrained.genes) for gene in adata.var_names]
    ]
    with pytest.raises(LowCoverage, match=r"20 of the 100 genes .*--low-coverage"):
        pretrained.embed(few.copy())
    assert pretrained.embed(few.copy(), low_coverage=True).shape == (250, 64)


def test_a_file_without_cells_is_refused(model: Path, simulated: Path) -> None:
    with pytest.raises(CorpusError, match="no cells in it"):
        scaling.load(model).embed(anndata.read_h5ad(simulated / "simulated3.h5ad")[:0].copy())


def test_device_and_threads_take_no_part_in_the_id_and_an_absent_device_is_refused(
    simulated: Path, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match=r"device .tpu."):
        running.run(_study(), cells=simulated, out=tmp_path, device="tpu")
    if not torch.cuda.is_available():
        with pytest.raises(StudyError, match="no GPU here"):
            running.run(_study(), cells=simulated, out=tmp_path, device="cuda")
