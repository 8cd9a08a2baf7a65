"""Work on the jobs of a study: in this process, or in several; any of them may be killed at any moment."""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scaling.errors import LedgerError, ScalingError
from scaling.study.execute import Machine, execute
from scaling.study.folder import StudyFolder
from scaling.study.ledger import Ledger
from scaling.study.plan import Job, jobs, specs
from scaling.study.prepare import Prepared, open_prepared
from scaling.study.spec import Study

__all__ = ["POLL", "attempt", "do_job", "wait_for_job", "work", "writable"]

log = logging.getLogger(__name__)

HEARTBEAT = 5.0
"""Seconds between renewals of a lease: several renewals may fail before it expires (`scaling.study.ledger.LEASE`)."""
POLL = 0.5
"""Seconds between looks at the jobs of other processes."""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


def work(out: Path, machine: Machine, *, parent: int | None = None) -> int:
    """Do jobs from the ledger of ``out`` until none waits or is done elsewhere: the body of a worker process.

    Parameters
    ----------
    parent
        Id of the process that started this one; once it is gone, the worker ends at once.

    Returns
    -------
    Number of jobs that succeeded.
    """
    folder = StudyFolder(out)
    study = Study.model_validate_json(folder.study.read_text(encoding="utf-8"))
    prepared = open_prepared(folder.prepared)
    by_id = {job.job_id: job for job in jobs(specs(study, prepared.facts))}
    ledger, done = Ledger(folder.ledger), 0
    try:
        while (job_id := wait_for_job(ledger)) is not None:
            done += do_job(ledger, by_id[job_id], prepared, folder, machine, parent=parent)
    finally:
        ledger.close()
    return done


def wait_for_job(ledger: Ledger) -> str | None:
    """Lease the next job, also one that another process has to make possible or gives up; none if nothing goes on."""
    while (job_id := ledger.claim()) is None:
        if not ledger.counts().get("running"):
            return None
        time.sleep(POLL)
        ledger.release_dead()
    return job_id


def do_job(
    ledger: Ledger, job: Job, prepared: Prepared, folder: StudyFolder, machine: Machine, *, parent: int | None = None
) -> bool:
    """Do a leased job; whether it succeeded."""
    try:
        with _renewed_lease(ledger.path, job.job_id, parent):
            reason = attempt(job, prepared, folder, machine)
    except (LedgerError, KeyboardInterrupt):  # not the fault of the job, and no other job would fare better
        ledger.release(job.job_id)
        raise
    if reason:
        ledger.fail(job.job_id, reason)
        return False
    ledger.finish(job.job_id)
    return True


def attempt(job: Job, prepared: Prepared, folder: StudyFolder, machine: Machine) -> str:
    """Do what is missing of a job.

    Returns
    -------
    Why it failed; empty if it did not.

    Raises
    ------
    LedgerError
        If the folder cannot be written.
    """
    try:
        with writable(folder.out):
            execute(job, prepared, folder, machine=machine)
    except LedgerError:
        raise
    except Exception as error:  # any other failure is the job's own: it is recorded, and the study goes on
        if isinstance(error, ScalingError):  # says itself what to do
            log.error("%s failed: %s", job.text, error)
        else:
            log.exception("%s (%s) failed", job.job_id, job.text)
        return f"{type(error).__name__}: {error}"
    return ""


@contextmanager
def writable(out: Path) -> Iterator[None]:
    """Turn what says that a study cannot be written into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM and not isinstance(error, NotADirectoryError | FileExistsError):
            raise
        msg = (
            f"{out}: cannot write the study ({error.strerror or error}). Free space or give a folder that you may "
            "write to (--out); finished runs are kept."
        )
        raise LedgerError(msg) from error


@contextmanager
def _renewed_lease(path: Path, run_id: str, parent: int | None) -> Iterator[None]:
    """Renew the lease from a thread while a run goes on; end the process if its parent is gone."""
    stop = threading.Event()

    def renew() -> None:
        ledger = Ledger(path)  # of its own: an SQLite connection belongs to the thread that opened it
        while not stop.wait(HEARTBEAT):
            if parent is not None and os.getppid() != parent:
                os._exit(1)  # sys.exit would end this thread only, and the run would go on unseen
            try:
                ledger.renew(run_id)
            except LedgerError as error:
                log.warning("lease not renewed: %s", error)
        ledger.close()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
