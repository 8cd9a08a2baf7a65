"""Work on the jobs of a study: in this process, or in several; any of them may be killed at any moment."""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from scaling.errors import LedgerError, ScalingError
from scaling.study.execute import execute, trained
from scaling.study.folder import StudyFolder
from scaling.study.ledger import Ledger
from scaling.study.machine import Machine
from scaling.study.plan import Job, jobs, specs
from scaling.study.prepared import Prepared, open_prepared
from scaling.study.spec import Study
from scaling.study.training import companions, most_together, train_together

__all__ = ["POLL", "attempt", "claim_companions", "do_jobs", "wait_for_job", "work", "writable"]

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
            together = claim_companions(ledger, by_id[job_id], by_id, prepared, machine)
            done += do_jobs(ledger, together, prepared, folder, machine, parent=parent)
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


def claim_companions(
    ledger: Ledger, job: Job, planned: Mapping[str, Job], prepared: Prepared, machine: Machine
) -> list[Job]:
    """Lease those jobs, too, whose runs are trained together with those of a leased one; it comes first."""
    trainings = [spec.training for spec in job.specs]
    more = most_together(job, prepared, machine) // max(map(trainings.count, trainings)) - 1
    if more < 1:
        return [job]
    others = companions(job, planned.values())
    return [job, *(planned[job_id] for job_id in ledger.claim_these((each.job_id for each in others), most=more))]


def do_jobs(
    ledger: Ledger,
    together: Sequence[Job],
    prepared: Prepared,
    folder: StudyFolder,
    machine: Machine,
    *,
    parent: int | None = None,
) -> int:
    """Do leased jobs; how many succeeded. Their runs are trained together first, where that is possible."""
    left = [job.job_id for job in together]
    done = 0
    try:
        with _renewed_lease(ledger.path, left, parent):
            _stack(together, prepared, folder, machine)
            for job in together:
                if reason := attempt(job, prepared, folder, machine):
                    ledger.fail(job.job_id, reason)
                else:
                    ledger.finish(job.job_id)
                    done += 1
                left.remove(job.job_id)
    except (LedgerError, KeyboardInterrupt):  # not the fault of the jobs, and no other job would fare better
        for job_id in left:
            ledger.release(job_id)
        raise
    return done


def _stack(together: Sequence[Job], prepared: Prepared, folder: StudyFolder, machine: Machine) -> None:
    """Train what is missing of the jobs together; whatever fails is left for each job to do by itself."""
    try:
        most = most_together(together[0], prepared, machine)
        if most > 1:
            with writable(folder.out):
                runs = [spec for job in together for spec in trained(job, prepared, folder)]
                train_together(runs, prepared, folder, machine, most=most)
    except LedgerError:
        raise
    except Exception:
        log.exception("%s cannot be trained together with others; they are trained one by one", together[0].text)


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
def _renewed_lease(path: Path, job_ids: Sequence[str], parent: int | None) -> Iterator[None]:
    """Renew the leases from a thread while jobs go on; end the process if its parent is gone."""
    stop = threading.Event()

    def renew() -> None:
        ledger = Ledger(path)  # of its own: an SQLite connection belongs to the thread that opened it
        while not stop.wait(HEARTBEAT):
            if parent is not None and os.getppid() != parent:
                os._exit(1)  # sys.exit would end this thread only, and the jobs would go on unseen
            try:
                for job_id in tuple(job_ids):
                    ledger.renew(job_id)
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
