from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

import scaling
from graph.records import Dataset, Record, Result, Run, SaturationPoint
from scaling.corpus.h5ad import read_h5ad, write_h5ad
from scaling.errors import (
    CorpusError,
    LedgerError,
    LowCoverage,
    MissingLabel,
    OverlapError,
    RunFailed,
    ScalingError,
    StudyError,
)
from scaling.study import run as running
from scaling.study.folder import StudyFolder
from scaling.study.ledger import Ledger
from scaling.study.replay import replay
from scaling.study.spec import Study, load_study

ROOT = Path(__file__).parents[3]
START = """
import sys
from pathlib import Path
from scaling.study.run import run
from scaling.study.spec import Study
study = Study.model_validate_json(Path(sys.argv[1]).read_text())
run(study, cells=Path(sys.argv[2]), out=Path(sys.argv[3]), workers=int(sys.argv[4]))
"""


FAMILIES = ("masked", "contrastive")


def _scores(records: list[Record]) -> dict[str, float]:
    return {record.id: record.value for record in records if isinstance(record, Result)}


def _written(out: Path) -> dict[str, int]:
    """Files of models and scores, and when they were written."""
    parts = [path for folder in ("models", "scores") for path in (out / folder).rglob("*") if path.is_file()]
    return {str(path.relative_to(out)): path.stat().st_mtime_ns for path in parts}


@pytest.fixture(scope="module")
def finished(study: Study, simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Record], Path]:
    out = tmp_path_factory.mktemp("study")
    return running.run(study, cells=simulated, out=out), out


def test_runs_that_are_trained_again_score_the_same(
    finished: tuple[list[Record], Path], study: Study, simulated: Path, tmp_path: Path
) -> None:
    again = replay(study, finished[0], cells=simulated, out=tmp_path, runs=2)
    assert {score.run.split()[0] for score in again.scores} == set(FAMILIES)
    assert (again.missing, again.largest, again.holds) == ((), 0.0, True)
    altered = [
        record.model_copy(update={"value": record.value - 0.05}) if isinstance(record, Result) else record
        for record in finished[0]
    ]
    off = replay(study, altered, cells=simulated, out=tmp_path, runs=2)
    assert off.largest == pytest.approx(0.05)
    assert not off.holds


def test_runs_that_hang_on_another_setting_are_named_and_nothing_is_trained(
    finished: tuple[list[Record], Path], study: Study, simulated: Path, tmp_path: Path
) -> None:
    fewer = study.model_copy(update={"corpus": study.corpus.model_copy(update={"genes": study.corpus.genes - 1})})
    again = replay(fewer, finished[0], cells=simulated, out=tmp_path, runs=0)
    assert len(again.missing) == again.recorded
    assert not again.holds
    with pytest.raises(StudyError, match="hold no scored run"):
        replay(study.model_copy(update={"name": "other"}), finished[0], cells=simulated, out=tmp_path)


def test_a_study_writes_datasets_runs_results_and_points(finished: tuple[list[Record], Path], study: Study) -> None:
    records, out = finished
    runs = [record for record in records if isinstance(record, Run)]
    results = [record for record in records if isinstance(record, Result)]
    assert {record.id for record in records if isinstance(record, Dataset)} == {
        "dataset:tiny",
        "dataset:simulated3",
        "dataset:simulated4",
    }
    assert len(runs) == 28
    assert all(run.simulated and run.held_out and run.study == "tiny" and run.subset_digest for run in runs)
    trained = [run for run in runs if run.cells and run.family != "pca"]
    assert all(run.steps == 16 and run.parameters and run.cells_per_second and run.mfu for run in trained)
    batches = {family: {(run.cells, run.batch_size) for run in trained if run.family == family} for family in FAMILIES}
    assert batches == {"masked": {(50, 25), (150, 32), (500, 32)}, "contrastive": {(50, 25), (150, 32), (500, 32)}}
    assert {result.steps for result in results if result.model_id == "model:ours_masked"} == {0, 1, 4, 16}
    baselines = {result.model_id for result in results if result.run_id is None}
    assert baselines == {"model:lognorm_knn", "model:pca_reference"}
    assert {run.id for run in runs} == {result.run_id for result in results} - {None}
    assert any(isinstance(record, SaturationPoint) for record in records)
    assert records == list(running.read_records(out / "records.jsonl"))
    assert running.status(out) == {"done": 28}


def test_pretraining_beats_an_untrained_model_and_labels_matter(finished: tuple[list[Record], Path]) -> None:
    values = [
        (result.steps, result.cells, result.value)
        for result in finished[0]
        if isinstance(result, Result)
        and (result.model_id, result.evaluation) == ("model:ours_pca", "knn5_within_study")
        and result.metric_id == "metric:micro_f1"
    ]
    untrained = np.mean([value for _, cells, value in values if cells == 0])
    trained = np.mean([value for _, cells, value in values if cells == 500])
    assert trained > untrained + 0.05


def test_permuted_labels_give_scores_at_chance(study: Study, simulated: Path, tmp_path: Path) -> None:
    for path in simulated.glob("*.h5ad"):
        cells = read_h5ad(path)
        order = np.random.default_rng(0).permutation(len(cells))
        write_h5ad(tmp_path / path.name, replace(cells, obs={key: col[order] for key, col in cells.obs.items()}))
    arm = study.arms[0].model_copy(update={"families": ("pca",)})
    mixed = study.model_copy(update={"arms": (arm,)})
    records = running.run(mixed, cells=tmp_path, out=tmp_path / "out")
    scores = [
        result.value
        for result in records
        if isinstance(result, Result) and result.metric_id == "metric:macro_f1" and result.cells
        and result.evaluation == "knn5_within_study"
    ]  # fmt: skip
    assert len(scores) == 6
    assert np.mean(scores) < 0.25  # six types; with the right labels it is above .6


def test_a_study_that_is_done_is_not_done_again(
    finished: tuple[list[Record], Path], study: Study, simulated: Path
) -> None:
    records, out = finished
    before = _written(out)
    assert len(before) > 28 * 4
    assert running.run(study, cells=simulated, out=out) == records
    assert _written(out) == before


@pytest.mark.parametrize(
    ("families", "seeds", "workers"),
    [(("pca",), 10, 2), pytest.param(("masked", "contrastive"), 2, 1, marks=pytest.mark.long)],
)
def test_a_killed_study_goes_on_where_it_stopped(
    finished: tuple[list[Record], Path],
    study: Study,
    simulated: Path,
    tmp_path: Path,
    families: tuple[str, ...],
    seeds: int,
    workers: int,
) -> None:
    arm = study.arms[0].model_copy(update={"families": families, "seeds": seeds})
    study = study.model_copy(update={"arms": (arm,)})
    out, file = tmp_path / "out", tmp_path / "study.json"
    file.write_text(study.model_dump_json(), encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", START, file, simulated, out, str(workers)], cwd=ROOT)
    deadline = time.monotonic() + 120
    while len(list(out.glob("models/*/run.json"))) < 3:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    half = {str(path): path.stat().st_mtime_ns for path in out.glob("models/*/run.json")}
    assert len(half) < 4 * len(families) * seeds
    records = running.run(study, cells=simulated, out=out)
    after = {str(path): path.stat().st_mtime_ns for path in out.glob("models/*/run.json")}
    assert {name: after[name] for name in half} == half
    assert len([record for record in records if isinstance(record, Run)]) == 4 * len(families) * seeds
    scores, whole = _scores(records), _scores(finished[0])
    assert len(scores.keys() & whole.keys()) > 50
    assert all(scores[name] == whole[name] for name in scores.keys() & whole.keys())


def test_what_a_killed_study_was_at_is_left_where_it_is_planned_no_more(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    folder = StudyFolder(tmp_path)
    ledger = Ledger(folder.ledger)
    ledger.add({"run:of_another_plan": None})
    assert ledger.claim() == "run:of_another_plan"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with sqlite3.connect(folder.ledger) as db:
        db.execute("UPDATE runs SET pid = ?", (ended.pid,))
    arm = study.arms[0].model_copy(update={"families": ("pca",), "sizes": (50,), "seeds": 1})
    records = running.run(study.model_copy(update={"arms": (arm,)}), cells=simulated, out=tmp_path)
    assert len([record for record in records if isinstance(record, Run)]) == 2


def test_a_folder_that_cannot_be_written_is_a_clear_error(study: Study, simulated: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"cannot write the study.*--out"):
        running.run(study, cells=simulated, out=tmp_path / "file" / "out")


def test_a_full_disk_stops_the_study_and_it_goes_on_later(
    study: Study, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 8:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(LedgerError, match="No space left"):
            running.run(study, cells=simulated, out=tmp_path)
    counts = running.status(tmp_path)
    assert 0 < counts["done"] < 8
    assert counts["done"] + counts["waiting"] == 28
    assert running.run(study, cells=simulated, out=tmp_path)


def test_a_run_that_fails_is_named_and_the_records_of_the_others_are_written(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    arm = study.arms[0].model_copy(update={"families": ("masked",), "sizes": ("all",), "seeds": 1})
    wide = study.budget.model_copy(update={"hidden": (10**9,)})
    broken = study.model_copy(update={"arms": (study.arms[1], arm), "budget": wide})
    with pytest.raises(RunFailed, match=r"masked random.*records\.jsonl holds what is finished, 4 of \d jobs"):
        running.run(broken, cells=simulated, out=tmp_path)
    assert running.status(tmp_path)["done"] == 4
    runs = [record for record in running.read_records(tmp_path / "records.jsonl") if isinstance(record, Run)]
    assert [run.family for run in runs] == ["pca"] * 4


def test_an_error_that_says_what_to_do_is_logged_without_a_traceback(
    study: Study, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        msg = "No labels. Take another family."
        raise CorpusError(msg)

    monkeypatch.setattr("scaling.study.work.execute", refuse)
    arm = study.arms[0].model_copy(update={"families": ("pca",), "sizes": ("all",), "seeds": 1, "untrained": False})
    with pytest.raises(RunFailed, match=r"Take another family\. records\.jsonl"):
        running.run(study.model_copy(update={"arms": (arm,)}), cells=simulated, out=tmp_path)
    failed = [record for record in caplog.records if record.name == "scaling.study.work"]
    assert failed
    assert not any(record.exc_info for record in failed)


def test_evaluation_cells_that_stand_in_the_corpus_are_refused(study: Study, simulated: Path, tmp_path: Path) -> None:
    corpus = study.corpus.model_copy(update={"files": ("simulated1", "simulated3")})
    with pytest.raises(OverlapError, match="250 cells of simulated3/simulated3 are in simulated3"):
        running.run(study.model_copy(update={"corpus": corpus}), cells=simulated, out=tmp_path)


def test_excluded_batches_leave_the_corpus_and_unknown_ones_are_named(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    def excluding(*names: str) -> Study:
        return study.model_copy(update={"corpus": study.corpus.model_copy(update={"exclude": names})})

    with pytest.raises(StudyError, match=r"nowhere.*It has: simulated1"):
        running.run(excluding("simulated1/nowhere"), cells=simulated, out=tmp_path)
    with pytest.raises(ScalingError, match="10x"):
        running.run(excluding("simulated1/10x"), cells=simulated, out=tmp_path)


def test_a_set_without_labels_is_refused(study: Study, simulated: Path, tmp_path: Path) -> None:
    for path in simulated.glob("*.h5ad"):
        write_h5ad(tmp_path / path.name, replace(read_h5ad(path), obs={"clusters": np.full(250, "1")}))
    with pytest.raises(MissingLabel, match=r"obs\['cell_type'\].*clusters"):
        running.run(study, cells=tmp_path, out=tmp_path / "out")


def test_a_file_that_the_study_names_and_the_folder_lacks_is_listed(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no simulated1.h5ad.*There are: none"):
        running.run(study, cells=tmp_path, out=tmp_path / "out")


def test_the_demo_runs_on_one_file_and_marks_its_runs_as_not_held_out(simulated: Path, tmp_path: Path) -> None:
    demo = load_study("demo")
    small = demo.model_copy(
        update={
            "budget": demo.budget.model_copy(update={"steps": 4, "checkpoints": (1, 2, 4), "warmup": 1}),
            "corpus": demo.corpus.model_copy(update={"genes": 100, "min_genes": 100}),
            "arms": tuple(arm.model_copy(update={"seeds": 1}) for arm in demo.arms),
        }
    )
    records = running.run(small, cells=simulated / "simulated1.h5ad", out=tmp_path)
    runs = [record for record in records if isinstance(record, Run)]
    assert {run.corpus_cells for run in runs} == {163}
    assert not any(run.held_out for run in runs)
    assert {run.sampling for run in runs} == {"random", "celltype_reweighted"}


def test_a_damaged_records_file_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"record":"Nothing"}\n', encoding="utf-8")
    with pytest.raises(ScalingError, match="line 1: not a record"):
        list(running.read_records(tmp_path / "r.jsonl"))


def test_a_folder_without_a_study_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no study was started here"):
        running.status(tmp_path)


def test_the_package_offers_its_names_and_imports_nothing_heavy() -> None:
    assert set(scaling.__all__) <= set(dir(scaling))
    assert all(callable(getattr(scaling, name)) for name in scaling.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = scaling.nothing
    code = (
        "import sys, scaling; scaling.load_study('ci');"
        "print(sorted({'torch', 'scipy', 'h5py', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_run_whose_loss_is_no_number_has_no_scores_and_the_others_go_on(
    study: Study, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaling.families.masked import MaskedAutoencoder

    exact, calls = MaskedAutoencoder.loss, iter(range(10**6))
    monkeypatch.setattr(
        MaskedAutoencoder,
        "loss",
        lambda self, *inputs: exact(self, *inputs) * (float("nan") if next(calls) == 20 else 1.0),
    )
    arm = study.arms[0].model_copy(update={"families": ("masked",)})
    records = running.run(study.model_copy(update={"arms": (arm,)}), cells=simulated, out=tmp_path)
    runs = [record for record in records if isinstance(record, Run)]
    failed = [run for run in runs if run.failed_at is not None]
    assert [run.failed_at for run in failed] == [5]  # 16 steps a run: the 21st loss is the fifth of the second run
    scored = {record.run_id for record in records if isinstance(record, Result)} - {None}
    assert scored == {run.id for run in runs} - {run.id for run in failed}


def test_a_set_with_under_half_of_the_models_genes_is_refused_unless_it_is_asked_for(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    entry = read_h5ad(simulated / "simulated4.h5ad")
    panel = np.arange(len(entry.genes)) < 110
    matrix = csr_matrix((entry.counts, entry.indices, entry.indptr), (len(entry), len(entry.genes)))[:, panel]
    for name in ("simulated1", "simulated2", "simulated3"):
        (tmp_path / f"{name}.h5ad").symlink_to(simulated / f"{name}.h5ad")
    write_h5ad(
        tmp_path / "simulated4.h5ad",
        replace(
            entry,
            indptr=matrix.indptr.astype(np.int64),
            indices=matrix.indices.astype(np.int32),
            counts=matrix.data,
            genes=entry.genes[:110],
        ),
    )
    with pytest.raises(LowCoverage, match=r"simulated4 from simulated3: \d+ of the 100 genes .* below half"):
        running.run(study, cells=tmp_path, out=tmp_path / "refused")
    arms = (study.arms[0].model_copy(update={"families": ("pca",), "seeds": 1}),)
    asked = tuple(entry.model_copy(update={"low_coverage": True}) for entry in study.evaluations)
    scored = running.run(
        study.model_copy(update={"arms": arms, "evaluations": asked}), cells=tmp_path, out=tmp_path / "scored"
    )
    assert {
        record.gene_coverage < 0.5
        for record in scored
        if isinstance(record, Result) and record.dataset_id == "dataset:simulated4"
    } == {True}
    shared = study.corpus.model_copy(update={"shared_genes": True})
    covered = running.run(
        study.model_copy(update={"arms": arms, "corpus": shared}), cells=tmp_path, out=tmp_path / "shared"
    )
    assert {record.gene_coverage for record in covered if isinstance(record, Result)} == {1.0}


def test_cells_that_are_no_data_are_dropped_and_stand_in_the_record_of_their_set(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    for name in ("simulated2", "simulated3", "simulated4"):
        (tmp_path / f"{name}.h5ad").symlink_to(simulated / f"{name}.h5ad")
    entry = read_h5ad(simulated / "simulated1.h5ad")
    write_h5ad(tmp_path / "simulated1.h5ad", entry.take(np.concatenate([np.arange(len(entry)), np.arange(7)])))
    arm = study.arms[0].model_copy(update={"families": ("pca",), "sizes": (50,), "seeds": 1})
    records = running.run(study.model_copy(update={"arms": (arm,)}), cells=tmp_path, out=tmp_path / "out")
    corpus = next(record for record in records if record.id == "dataset:tiny")
    assert isinstance(corpus, Dataset)
    assert corpus.left_out["the same profile as an earlier cell"] >= 7
