"""A real Ray on this machine: a worker that is killed in the middle of a job changes nothing in the records."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaling.study import run as running
from scaling.study.spec import Study
from tests.scaling.study.test_cluster import records_without_device_and_time

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[3]
STUDY = {
    "name": "tiny_real",
    "corpus": {"id": "dataset:tiny_real", "files": ["hao_pbmc1k", "pbmc1k_citeseq"], "genes": 500},
    "budget": {
        "steps": 60, "checkpoints": [20, 60], "warmup": 5, "batch_size": 32,
        "learning_rate_factors": [0.3, 1.0, 3.0], "pilot_seeds": 2,
    },
    "validation": {"file": "pisces_pbmc1k"},
    "arms": [{"families": ["pca", "masked"], "sizes": [100, 300, "all"], "seeds": 3}],
    "evaluations": [{"kind": "within_study", "query": "pbmc3k", "low_coverage": True}],
}  # fmt: skip
START = """
import logging, sys
from pathlib import Path
from scaling.study.cluster import Cluster
from scaling.study.run import run
from scaling.study.spec import Study
logging.basicConfig(level=logging.INFO)
study = Study.model_validate_json(Path(sys.argv[1]).read_text())
cluster = Cluster(address="local", shared=sys.argv[4] == "shared")
run(study, cells=Path(sys.argv[2]), out=Path(sys.argv[3]), workers=2, cluster=cluster)
"""


def _working(parent: int) -> list[int]:
    """Process ids of Ray's workers below a process that are in the middle of a job."""
    parents, working = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if (folder / "cmdline").read_bytes().startswith(b"ray::_Actor.do"):
                working.append(int(folder.name))
        except OSError:  # it ended meanwhile
            continue

    def is_below(pid: int) -> bool:
        return pid == parent or (pid in parents and is_below(parents[pid]))

    return [pid for pid in working if is_below(pid)]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds workers in /proc")
@pytest.mark.parametrize("results", ["returned", "shared"])
def test_two_workers_of_which_one_is_killed_leave_the_records_of_this_process(
    shared: Path, tmp_path: Path, results: str
) -> None:
    pytest.importorskip("ray", reason="make test-ray installs Ray")
    study, out = Study.model_validate(STUDY), tmp_path / "ray"
    (tmp_path / "study.json").write_text(study.model_dump_json(), encoding="utf-8")
    begun = time.monotonic()
    running.run(study, cells=shared / "cells", out=tmp_path / "local")
    alone = time.monotonic() - begun
    command = [sys.executable, "-c", START, tmp_path / "study.json", shared / "cells", out, results]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, cwd=tmp_path)
    deadline = time.monotonic() + 300
    # Two masked trainings begin early, and take longest: one of them is cut off.
    while len(list(out.glob("models/*/run.json"))) < 3 or not _working(process.pid):
        assert process.poll() is None, (tmp_path / "log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(_working(process.pid)[0], signal.SIGKILL)
    assert process.wait(timeout=300) == 0, (tmp_path / "log").read_text()
    said = (tmp_path / "log").read_text()
    assert "is taken up again" in said
    assert records_without_device_and_time(out) == records_without_device_and_time(tmp_path / "local")
    print(f"\n{results}: {re.findall('[0-9]+ jobs handed over.*', said)[0]}; all of it in this process: {alone:.1f} s")
