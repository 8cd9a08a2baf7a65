"""Workers on the machines of a Ray cluster, or on those cores and GPUs of this machine that Ray finds.

Ray Core gives what is needed here: actors that stay, with a share of a GPU each, and word of one that is lost. A new
actor takes the place of a lost one, wherever the cluster has room, and waits for it where it has none.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaling.errors import LedgerError, ScalingError, StudyError
from scaling.study.cluster import Cluster
from scaling.study.folder import StudyFolder
from scaling.study.machine import Machine
from scaling.study.parcels import pieces
from scaling.study.remote import Outcome, RemoteWorker, installed
from scaling.study.spec import Study

__all__ = ["RayCrew"]

log = logging.getLogger(__name__)

MOST_STARTS = 3
"""Workers in a row that may be lost while they start."""
GRACE = 10.0
"""Seconds that workers have to remove their files at the end."""


class _Actor(RemoteWorker):
    """A worker as Ray starts it: cells come out of Ray's store."""

    def __init__(self, study: str, machine: Machine, shared: str | None, name: str, cells: list[tuple[str, Any]]):
        import ray

        parts = ((path, ray.get(piece)) for path, piece in cells)
        super().__init__(study, machine, shared=shared, name=name, cells=parts)


class RayCrew:
    """Workers of a study on the cluster that this process is connected to.

    Parameters
    ----------
    most
        Number of workers that have something to do.
    workers
        Number of workers that are wanted; as many as the cluster has room for if left out.

    Raises
    ------
    StudyError
        If the cluster has no machine for a run.
    """

    def __init__(
        self,
        study: Study,
        folder: StudyFolder,
        machine: Machine,
        cluster: Cluster,
        *,
        most: int,
        workers: int | None = None,
    ) -> None:
        import ray

        self.shared = cluster.shared
        self._ray = ray
        has = ray.cluster_resources()
        gpus = _share(cluster, machine, has.get("GPU", 0.0))
        room = int(has.get("CPU", 0.0) // machine.threads)
        if gpus:
            room = min(room, int(has["GPU"] + 1e-9) * int(1 / gpus + 1e-9))
        if room < 1:
            msg = f"The cluster has {has.get('CPU', 0):g} CPUs in all; a run takes {machine.threads} (--threads)."
            raise StudyError(msg)
        if not gpus and machine.device == "auto":
            machine = replace(machine, device="cpu")  # a worker may see GPUs that it was given no share of
        cells: list[tuple[str, Any]] = []
        if not self.shared:
            cells = [(path, ray.put(content)) for path, content in pieces(folder.prepared)]
        out = str(folder.out.resolve()) if self.shared else None
        self._arguments = (study.model_dump_json(), machine, out, f"biorxivist_{secrets.token_hex(8)}", cells)
        self._kind = ray.remote(_Actor).options(
            num_cpus=machine.threads, num_gpus=gpus, runtime_env={"env_vars": _environment(machine)}
        )
        self._starting: dict[Any, Any] = {}
        self._free: list[Any] = []
        self._busy: dict[Any, tuple[str, Any]] = {}
        self._failed_starts = 0
        for _ in range(max(1, min(most, workers or room))):
            self._start()

    def free(self) -> int:
        """Count the workers that wait for a job."""
        return len(self._free)

    def begin(self, job_id: str, files: Mapping[str, bytes]) -> None:
        """Give a job to a free worker."""
        actor = self._free.pop()
        self._busy[actor.do.remote(job_id, dict(files))] = (job_id, actor)

    def wait(self, seconds: float) -> list[Outcome]:
        """Wait at most so long until a worker has started or a job ended; the jobs that ended.

        Raises
        ------
        LedgerError
            If the disk of a worker cannot be written, or workers do not start.
        StudyError
            If a worker has another version of this package.
        """
        ready, _ = self._ray.wait([*self._starting, *self._busy], timeout=seconds)
        return [outcome for ref in ready if (outcome := self._look(ref)) is not None]

    def close(self) -> None:
        """End the workers, at once where they are in the middle of a job, and remove what they wrote elsewhere."""
        leaving = [actor.leave.remote() for actor in self._free]
        for _, actor in self._busy.values():
            self._ray.kill(actor)
        for actor in self._starting.values():
            self._ray.kill(actor)
        if leaving:
            self._ray.wait(leaving, num_returns=len(leaving), timeout=GRACE)

    def _start(self) -> None:
        actor = self._kind.remote(*self._arguments)
        self._starting[actor.seat.remote()] = actor

    def _look(self, ref: Any) -> Outcome | None:
        """Take note of a worker that has started, or of a job that ended."""
        from ray.exceptions import RayError, RayTaskError

        job_id, actor = self._busy.pop(ref, ("", None))
        actor = actor or self._starting.pop(ref)
        try:
            value = self._ray.get(ref)
        except RayTaskError as error:  # raised by our code there
            if isinstance(error.cause, ScalingError):
                raise error.cause from error
            if not job_id:
                raise _no_worker(error) from error
            self._free.append(actor)
            return Outcome(job_id, f"{type(error.cause).__name__}: {error.cause}")
        except RayError as error:  # the process, its machine, or what it returned, is gone
            self._ray.kill(actor)  # also one that is merely out of reach: nobody else does its job meanwhile
            if not job_id:
                self._failed_starts += 1
                if self._failed_starts >= MOST_STARTS:
                    raise _no_worker(error) from error
            self._start()
            return Outcome(job_id, _first_line(error), lost=True) if job_id else None
        self._free.append(actor)
        if job_id:
            return value if isinstance(value, Outcome) else Outcome(job_id, f"a worker returned {type(value).__name__}")
        self._failed_starts = 0
        if value.version != installed():
            msg = (
                f"{value.host} has biorxivist-graph {value.version or 'not installed'}, and this machine has "
                f"{installed() or 'a checkout'}. Install the same on all machines."
            )
            raise StudyError(msg)
        log.info("worker %d on %s computes on %s", value.pid, value.host, value.device)
        return None


def _share(cluster: Cluster, machine: Machine, gpus: float) -> float:
    """Share of a GPU that a run takes."""
    share = cluster.gpus_per_run
    if share is None:
        share = 1.0 if machine.device == "cuda" or (machine.device == "auto" and gpus) else 0.0
    if share and machine.device == "cpu":
        msg = f"--gpus-per-run {share:g} and --device cpu: leave one of them out."
        raise StudyError(msg)
    if share and not gpus:
        msg = f"A run takes {share:g} of a GPU, and the cluster has none. Take --gpus-per-run 0 --device cpu."
        raise StudyError(msg)
    return share


def _environment(machine: Machine) -> dict[str, str]:
    """Environment of a worker: it imports the package that this process runs, also from a checkout."""
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(machine.threads))
    return {**threads, "PYTHONPATH": paths}


def _no_worker(error: Exception) -> LedgerError:
    cause = getattr(error, "cause", None) or error
    return LedgerError(
        f"No worker starts on the cluster: {_first_line(cause)} Every machine needs the same Python and packages: "
        "pip install 'biorxivist-graph[scaling,ray]'."
    )


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
