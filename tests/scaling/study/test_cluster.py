"""Jobs that workers elsewhere do leave the records that this process leaves, whichever workers are lost on the way."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaling.errors import LedgerError, RunFailed, StudyError
from scaling.study import run as running
from scaling.study.cluster import Cluster
from scaling.study.folder import StudyFolder
from scaling.study.parcels import unpack
from scaling.study.plan import jobs, specs
from scaling.study.prepared import open_prepared
from scaling.study.spec import Study
from tests.scaling.study.fake_ray import FakeRay

DEVICE_AND_TIME = re.compile(r'"(?:device|seconds|cells_per_second|mfu)":[^,}]*,?')
Start = Callable[..., FakeRay]


@pytest.fixture(scope="module")
def small(study: Study) -> Study:
    """A study whose second replicate waits for the learning rate that the first one chooses."""
    return Study.model_validate(
        study.model_dump(mode="json", exclude_unset=True)
        | {
            "budget": {
                "steps": 4, "checkpoints": [4], "warmup": 1, "hidden": [16], "dimensions": 8, "batch_size": 16,
                "learning_rate_factors": [0.3, 1.0, 3.0], "pilot_seeds": 1,
            },
            "corpus": {"id": "dataset:tiny", "files": ["simulated1"], "genes": 100, "min_genes": 100},
            "validation": {"file": "simulated2"},
            "arms": [{"families": ["pca", "masked"], "sizes": [50], "seeds": 2}],
            "evaluations": [{"kind": "within_study", "query": "simulated3"}],
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def by_this_process(small: Study, simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("local")
    running.run(small, cells=simulated, out=out)
    return out


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Start:
    """Put a stand-in in the place of Ray, and workers into a folder for temporary files of their own."""

    def put_in_place(**options: Any) -> FakeRay:
        ray = FakeRay(**options)
        monkeypatch.setitem(sys.modules, "ray", ray)
        monkeypatch.setitem(sys.modules, "ray.exceptions", ray.exceptions)
        monkeypatch.setattr("scaling.study.cluster.find_spec", lambda name: ray)
        (tmp_path / "scratch").mkdir(exist_ok=True)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
        monkeypatch.delenv("RAY_ADDRESS", raising=False)
        return ray

    return put_in_place


def records_without_device_and_time(out: Path) -> str:
    text = (out / "records.jsonl").read_text("utf-8")
    assert DEVICE_AND_TIME.search(text)
    return DEVICE_AND_TIME.sub("", text)


@pytest.mark.parametrize("shared", [False, True])
def test_workers_elsewhere_leave_the_same_records_also_where_some_are_lost(
    small: Study, simulated: Path, by_this_process: Path, tmp_path: Path, start: Start, *, shared: bool
) -> None:
    ray = start(loses=lambda method, number: (method, number) in {("seat", 1), ("do", 2), ("do", 5)})
    running.run(small, cells=simulated, out=tmp_path / "out", cluster=Cluster(shared=shared))
    assert records_without_device_and_time(tmp_path / "out") == records_without_device_and_time(by_this_process)
    assert (ray.workers, ray.killed) == (2 + 3, 3)  # one in the place of each that was lost
    assert ray.calls["do"] == 8 + 2  # nothing else is done twice
    assert ray.options["num_gpus"] == 0
    assert not ray.up
    assert not list((tmp_path / "scratch").iterdir())  # cells and models of workers are removed
    assert running.status(tmp_path / "out") == {"done": 8}
    assert not list((tmp_path / "out").glob("ledger*"))  # which would be SQLite on a network disk


def test_what_is_done_is_not_handed_over_and_an_added_evaluation_trains_nothing(
    small: Study, simulated: Path, tmp_path: Path, start: Start
) -> None:
    ray, out = start(), tmp_path / "out"
    small = small.model_copy(update={"arms": (small.arms[0].model_copy(update={"families": ("pca",)}),)})
    running.run(small, cells=simulated, out=out, cluster=Cluster())
    before = {path: path.stat().st_mtime_ns for path in (out / "models").rglob("*") if path.is_file()}
    running.run(small, cells=simulated, out=out, cluster=Cluster())
    assert ray.calls["do"] == 4
    again = {"kind": "within_study", "query": "simulated4"}
    more = Study.model_validate(small.model_dump(exclude_unset=True) | {"evaluations": [*small.evaluations, again]})
    records = running.run(more, cells=simulated, out=out, cluster=Cluster())
    assert ray.calls["do"] == 8
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {record.dataset_id for record in records if hasattr(record, "metric_id")} == {
        "dataset:simulated3", "dataset:simulated4",
    }  # fmt: skip


def test_a_job_that_loses_every_worker_fails_and_the_others_are_done(
    small: Study, simulated: Path, tmp_path: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    start(loses=lambda method, number: method == "do" and number <= 3)
    pca = small.model_copy(update={"arms": (small.arms[0].model_copy(update={"families": ("pca",)}),)})
    with pytest.raises(RunFailed, match=r"lost 3 times \(The actor died.*holds what is finished, [1-9] of"):
        running.run(pca, cells=simulated, out=tmp_path / "out", workers=1, cluster=Cluster())
    assert "is taken up again" in caplog.text
    assert running.run(pca, cells=simulated, out=tmp_path / "out", cluster=Cluster())


def test_what_waits_for_a_job_that_failed_is_left(
    small: Study, simulated: Path, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(job: Any, *_: object, **__: object) -> None:
        if len(job.specs) > 1:
            msg = "no convergence"
            raise ArithmeticError(msg)

    start()
    monkeypatch.setattr("scaling.study.work.execute", refuse)
    monkeypatch.setattr("scaling.study.dispatch.is_done", lambda *_: True)
    monkeypatch.setattr("scaling.study.run.collect", lambda *_: [])
    with pytest.raises(RunFailed, match=r"ArithmeticError: no convergence.*finished, 6 of 8 jobs"):
        running.run(small, cells=simulated, out=tmp_path / "out", cluster=Cluster())


def test_workers_that_do_not_start_or_do_not_see_the_folder_or_are_of_another_version_are_said(
    small: Study, simulated: Path, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(error: type[Exception], match: str, cluster: Cluster, **options: Any) -> None:
        start(**options)
        with pytest.raises(error, match=match):
            running.run(small, cells=simulated, out=tmp_path / "out", cluster=cluster)

    refused(LedgerError, r"No worker starts.*pip install", Cluster(), loses=lambda method, number: method == "seat")
    with monkeypatch.context() as patch:
        patch.setattr("scaling.study.ray_crew.installed", lambda: "9.9")
        refused(StudyError, r"this machine has 9\.9\. Install the same", Cluster())
    refused(StudyError, "the cluster has none.*--gpus-per-run 0", Cluster(gpus_per_run=0.25))
    refused(StudyError, "--gpus-per-run 2: a run takes", Cluster(gpus_per_run=2))
    refused(StudyError, r"Ray at head:1: Could not find.*ray start --head", Cluster(address="head:1"))


def test_a_share_of_a_gpu_says_how_many_workers_there_are(
    small: Study, simulated: Path, tmp_path: Path, start: Start
) -> None:
    ray = start(gpus=0.5 + 0.5)
    pca = small.model_copy(update={"arms": (small.arms[0].model_copy(update={"families": ("pca",)}),)})
    running.run(pca, cells=simulated, out=tmp_path / "a", cluster=Cluster(gpus_per_run=0.25))
    assert (ray.options["num_gpus"], ray.workers) == (0.25, 2)  # four would fit on the GPU, two on the CPUs
    running.run(pca, cells=simulated, out=tmp_path / "b", cluster=Cluster())
    assert (ray.options["num_gpus"], ray.workers) == (1.0, 3)
    with pytest.raises(StudyError, match="and --device cpu"):
        running.run(pca, cells=simulated, out=tmp_path / "c", device="cpu", cluster=Cluster(gpus_per_run=1))


def test_ctrl_c_ends_the_workers_and_the_study_goes_on_later(
    small: Study, simulated: Path, by_this_process: Path, tmp_path: Path, start: Start
) -> None:
    def interrupt(done: int, total: int, text: str) -> None:
        if done == 4:
            raise KeyboardInterrupt

    ray, out = start(), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        running.run(small, cells=simulated, out=out, cluster=Cluster(), progress=interrupt)
    assert not ray.up
    half = running.status(out)
    assert half["done"] >= 4
    assert half["waiting"] == 8 - half["done"]
    running.run(small, cells=simulated, out=out)  # by this process: the folder is the same
    assert records_without_device_and_time(out) == records_without_device_and_time(by_this_process)


def test_without_ray_it_is_said_what_to_install(
    small: Study, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scaling.study.cluster.find_spec", lambda name: None)
    with pytest.raises(StudyError, match=r"pip install 'biorxivist-graph\[ray\]'"):
        running.run(small, cells=simulated, out=tmp_path, cluster=Cluster())


@pytest.mark.parametrize("name", ["../outside", "/outside", "models/../../outside", "study.json", ""])
def test_a_worker_writes_no_file_that_is_none_of_a_jobs(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerError, match="nothing was written"):
        unpack({"models/a/run.json": b"{}", name: b""}, StudyFolder(tmp_path))
    assert not list(tmp_path.iterdir())


def test_the_plan_of_a_worker_is_that_of_the_driver(small: Study, by_this_process: Path) -> None:
    facts = open_prepared(by_this_process / "prepared").facts
    again = Study.model_validate_json(small.model_dump_json())
    assert [job.job_id for job in jobs(specs(again, facts))] == [job.job_id for job in jobs(specs(small, facts))]
