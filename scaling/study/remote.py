"""A worker that is somewhere else: it opens the cells of a study once and does one job after the other.

It knows no ledger. On a disk that all machines see it works in the folder of the study; else in a folder of its own
machine, which gets the cells once and holds the files of a job until they are sent back.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from scaling.errors import LedgerError
from scaling.study.folder import StudyFolder
from scaling.study.machine import Machine
from scaling.study.parcels import discard, pack, place_cells, unpack
from scaling.study.plan import jobs, specs
from scaling.study.prepared import open_prepared
from scaling.study.spec import Study
from scaling.study.work import attempt

__all__ = ["Outcome", "RemoteWorker", "Seat", "installed"]


@dataclass(frozen=True)
class Outcome:
    """What became of a job that a worker was given."""

    job_id: str
    reason: str = ""
    """Why it failed, or why the worker was lost; empty for a job that is done."""
    lost: bool = False
    """Whether the worker ended before the job did, so that nothing is known of it."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Files that it made, where the worker has no disk in common with the driver."""
    seconds: float = 0.0
    """Time that the worker took for it."""


class Seat(NamedTuple):
    """Where a worker is."""

    host: str
    pid: int
    device: str
    version: str
    """Of this package there."""


def installed() -> str:
    """Version of this package, empty in a checkout that is not installed."""
    try:
        return version("biorxivist-graph")
    except PackageNotFoundError:
        return ""


class RemoteWorker:
    """A worker of a study.

    Parameters
    ----------
    study
        The study as JSON.
    machine
        Device and threads.
    shared
        Folder of the study on a disk that this machine sees; none where there is no such disk.
    name
        Name of the folder for temporary files that is used then, the same for all workers of a study.
    cells
        Prepared cells in pieces (`scaling.study.parcels.pieces`), which are read if this machine does not have them.
    """

    def __init__(
        self,
        study: str,
        machine: Machine,
        *,
        shared: str | None = None,
        name: str = "",
        cells: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        self._machine, self._shared = machine, shared is not None
        self._folder = StudyFolder(Path(shared) if shared else Path(tempfile.gettempdir()) / name)
        if not self._shared:
            place_cells(cells, self._folder)
        elif not self._folder.prepared.is_dir():
            msg = (
                f"{self._folder.out} is not seen by {socket.gethostname()}. Give a folder that all machines have under "
                "this path, or leave --shared out: files then travel through Ray."
            )
            raise LedgerError(msg)
        self._prepared = open_prepared(self._folder.prepared)
        planned = jobs(specs(Study.model_validate_json(study), self._prepared.facts))
        self._jobs = {job.job_id: job for job in planned}

    def seat(self) -> Seat:
        """Say where this worker is, once it can begin."""
        return Seat(socket.gethostname(), os.getpid(), self._machine.torch_device(), installed())

    def do(self, job_id: str, files: Mapping[str, bytes]) -> Outcome:
        """Do a job; ``files`` are those that the driver has of it.

        Raises
        ------
        LedgerError
            If the disk of this machine cannot be written: no other job would fare better here.
        """
        from threadpoolctl import threadpool_limits

        begun, job = time.monotonic(), self._jobs[job_id]
        unpack(files, self._folder)
        with threadpool_limits(self._machine.threads):
            reason = attempt(job, self._prepared, self._folder, self._machine)
        made: dict[str, bytes] = {}
        if not self._shared:
            made = {
                path: content
                for path, content in pack(job, self._prepared, self._folder).items()
                if files.get(path) != content
            }
            discard(job, self._prepared, self._folder)
        return Outcome(job_id, reason, files=made, seconds=time.monotonic() - begun)

    def leave(self) -> None:
        """Remove what this worker and others of its machine wrote, unless it is the folder of the study."""
        if not self._shared:
            shutil.rmtree(self._folder.out, ignore_errors=True)
