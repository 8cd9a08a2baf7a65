"""Hand the jobs of a study to workers elsewhere: one driver leases them, and it alone writes the ledger.

A job whose worker is lost waits again and goes to the next worker. What a job is handed over by is a `Crew`;
`scaling.study.cluster` has one of Ray.
"""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from scaling.errors import LedgerError
from scaling.study.execute import is_done
from scaling.study.folder import StudyFolder
from scaling.study.ledger import Ledger
from scaling.study.parcels import pack, unpack
from scaling.study.plan import Job
from scaling.study.prepared import Prepared
from scaling.study.remote import Outcome
from scaling.study.work import POLL, writable

__all__ = ["Crew", "dispatch"]

log = logging.getLogger(__name__)

MOST_LOSSES = 3
"""Workers that a job may lose before it counts as failed: it may be the job that kills them, by its memory."""


class Crew(Protocol):
    """Workers that do one job at a time each."""

    shared: bool
    """Whether they write into the folder of the study themselves, so that no files are handed over."""

    def free(self) -> int:
        """Count the workers that wait for a job."""

    def begin(self, job_id: str, files: Mapping[str, bytes]) -> None:
        """Give a job to a free worker."""

    def wait(self, seconds: float) -> Sequence[Outcome]:
        """Wait at most so long until something happens to a worker; the jobs that ended."""


def dispatch(
    ledger: Ledger,
    planned: Sequence[Job],
    prepared: Prepared,
    folder: StudyFolder,
    crew: Crew,
    report: Callable[[int, int, str], None],
) -> list[float]:
    """Hand over the waiting jobs of a ledger until all are done or failed.

    Returns
    -------
    Of each job that a worker ended, the seconds beyond those that the worker took: for handing it over and back.

    Raises
    ------
    LedgerError
        If the folder of the study, or the disk of a worker, cannot be written.
    """
    by_id = {job.job_id: job for job in planned}
    begun: dict[str, float] = {}
    losses: Counter[str] = Counter()
    overheads: list[float] = []
    while True:
        # No lease ends: no other process sees this ledger, and the crew says which workers are lost.
        while crew.free() and (job_id := ledger.claim(lease=math.inf)) is not None:
            begun[job_id] = time.monotonic()
            files = {} if crew.shared else pack(by_id[job_id], prepared, folder, choice=True)
            crew.begin(job_id, files)
        counts = ledger.counts()
        if not begun and not counts.get("waiting"):
            return overheads
        if not begun and crew.free():  # what waits hangs on a job that failed
            return overheads
        texts = "; ".join(by_id[job_id].text for job_id in list(begun)[:2])
        report(counts.get("done", 0), len(planned), texts or "waiting for a worker")
        for outcome in crew.wait(POLL):
            elapsed = time.monotonic() - begun.pop(outcome.job_id)
            if outcome.lost:
                losses[outcome.job_id] += 1
                _lose(ledger, by_id[outcome.job_id], outcome.reason, losses[outcome.job_id])
                continue
            overheads.append(elapsed - outcome.seconds)
            _end(ledger, by_id[outcome.job_id], outcome, prepared, folder)


def _lose(ledger: Ledger, job: Job, reason: str, losses: int) -> None:
    """Let the job of a lost worker wait again, unless it has lost too many."""
    if losses < MOST_LOSSES:
        log.warning("%s: its worker was lost (%s); the job is taken up again.", job.text, reason)
        ledger.release(job.job_id)
        return
    ledger.fail(
        job.job_id,
        f"its worker was lost {losses} times ({reason}). Often it is out of memory: fewer workers, or fewer runs on a "
        "GPU (--gpus-per-run), leave more to each",
    )


def _end(ledger: Ledger, job: Job, outcome: Outcome, prepared: Prepared, folder: StudyFolder) -> None:
    """Keep what a worker made of a job, and enter how it ended."""
    with writable(folder.out):
        unpack(outcome.files, folder)
    if outcome.reason:
        log.error("%s failed: %s", job.text, outcome.reason)
        ledger.fail(job.job_id, outcome.reason)
    elif is_done(job, prepared, folder):
        ledger.finish(job.job_id)
    else:
        msg = (
            f"{folder.out}: a worker says that {job.text} is done, and its files are not here. Machines see different "
            "folders under this path, or their disk shows new files late; leave --shared out."
        )
        raise LedgerError(msg)
