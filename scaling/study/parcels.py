"""The files of a job, as they travel between a driver and a worker that have no disk in common.

A worker gets what is there of its job (a model that another evaluation is added to, the state of an interrupted
training) and the losses by which its learning rate is chosen; it sends back what it made.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from scaling.artefacts.folder import write_whole
from scaling.errors import LedgerError
from scaling.study.folder import StudyFolder
from scaling.study.plan import Job, RunSpec
from scaling.study.prepared import Prepared

__all__ = ["PIECE", "discard", "pack", "pieces", "place_cells", "unpack"]

PIECE = 64 * 2**20
"""Bytes of a file that are read and sent at once."""
MARKS = ("run.json", ".jsonl")
"""Endings of files that say that others are there, so that they are written last."""
FOLDERS = ("models", "scores", "validation")


def pack(job: Job, prepared: Prepared, folder: StudyFolder, *, choice: bool = False) -> dict[str, bytes]:
    """Read the files of a job that are there: path below the folder -> content.

    ``choice`` adds those of other jobs by which its learning rate is chosen.
    """
    paths = [*_made(job, prepared, folder), *(_chosen_by(job, prepared, folder) if choice else ())]
    return {path.relative_to(folder.out).as_posix(): path.read_bytes() for path in paths}


def unpack(files: Mapping[str, bytes], folder: StudyFolder) -> None:
    """Write what was packed elsewhere.

    Raises
    ------
    LedgerError
        If a path leads out of what a job may write; nothing is written then.
    """
    for name in files:
        parts = PurePosixPath(name).parts
        if not parts or parts[0] not in FOLDERS or ".." in parts:
            msg = f"{folder.out}: a worker sent the file {name!r}, which is none of a job's; nothing was written."
            raise LedgerError(msg)
    for name in sorted(files, key=lambda name: (name.endswith(MARKS), name)):
        path = folder.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, files[name], sync=name.endswith(MARKS))


def discard(job: Job, prepared: Prepared, folder: StudyFolder) -> None:
    """Remove the files of a job, so that a worker's disk holds one job at a time."""
    for path in list(_made(job, prepared, folder)):
        path.unlink(missing_ok=True)
    for spec in job.specs:
        shutil.rmtree(folder.artefact(spec).folder, ignore_errors=True)


def pieces(cells: Path) -> Iterator[tuple[str, bytes]]:
    """Read the files of prepared cells in pieces, in order: path below the folder, content."""
    for path in sorted(cells.rglob("*")):
        if path.is_file():
            name = path.relative_to(cells).as_posix()
            with path.open("rb") as handle:
                yield name, handle.read(PIECE)
                while more := handle.read(PIECE):
                    yield name, more


def place_cells(parts: Iterable[tuple[str, bytes]], folder: StudyFolder) -> None:
    """Write prepared cells into the folder, once for all workers of a machine."""
    folder.out.mkdir(mode=0o700, parents=True, exist_ok=True)  # cells of people are nobody else's business
    with (folder.out / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released with the file, also if this process is killed
        if folder.prepared.is_dir():
            return
        draft = folder.prepared.with_name("prepared.draft")
        shutil.rmtree(draft, ignore_errors=True)  # of a worker that was killed
        for name, content in parts:
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as handle:
                handle.write(content)
        draft.rename(folder.prepared)


def _made(job: Job, prepared: Prepared, folder: StudyFolder) -> Iterator[Path]:
    """Files that a job made, without those that are being written."""
    for spec in job.specs:
        artefact = folder.artefact(spec).folder
        yield from (path for path in artefact.rglob("*") if path.is_file() and path.suffix != ".part")
        scores = [folder.scores(spec, entry) for entry in prepared.evaluations]
        yield from (path for each in scores for path in (each, each.with_suffix(".npz")) if path.is_file())
    yield from _losses(job.specs, prepared, folder)


def _chosen_by(job: Job, prepared: Prepared, folder: StudyFolder) -> Iterator[Path]:
    """Files of the pilots of a job that say at which learning rate it is trained."""
    records = (folder.artefact(spec).record for spec in job.pilots)
    yield from (path for path in records if path.is_file())
    yield from _losses(job.pilots, prepared, folder)


def _losses(specs: Iterable[RunSpec], prepared: Prepared, folder: StudyFolder) -> Iterator[Path]:
    if prepared.validation is not None:
        paths = (folder.losses(spec, prepared.facts) for spec in specs)
        yield from (path for path in paths if path.is_file())
