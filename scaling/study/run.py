"""Run a study: prepare the cells, do every job once, write the records. It may be killed and started again.

Processes of one machine take jobs from a ledger that they share, a file in the study's folder. On a cluster the ledger
is in the memory of this process, as no machine but the driver writes it and SQLite is unsafe on a network disk: which
jobs are done stands in the files.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from graph.progress import Progress
from graph.records import Record, Result
from scaling.errors import LedgerError, RunFailed
from scaling.study.cluster import Cluster, connected
from scaling.study.collect import collect
from scaling.study.dispatch import dispatch
from scaling.study.execute import is_done
from scaling.study.folder import StudyFolder
from scaling.study.former import former_plan
from scaling.study.ledger import Ledger
from scaling.study.lines import read_records, write_atomically, write_records
from scaling.study.machine import Machine
from scaling.study.plan import Job, jobs, sizes_above, specs
from scaling.study.prepare import prepare
from scaling.study.prepared import Prepared, open_prepared
from scaling.study.ray_crew import RayCrew
from scaling.study.spec import Study
from scaling.study.work import POLL, claim_companions, do_jobs, wait_for_job, writable

if TYPE_CHECKING:
    from scaling.train.compiling import Compile
    from scaling.train.loop import Precision

__all__ = ["read_records", "run", "status", "write_records"]

log = logging.getLogger(__name__)

HANDED_OVER = "%d jobs handed over; beyond the work each took %.3f s in the median, %.3f s at most"


def run(
    study: Study,
    *,
    cells: Path | str,
    out: Path | str,
    workers: int | None = None,
    device: str = "auto",
    threads: int = 1,
    precision: Precision = "auto",
    stack: int | None = None,
    compile: Compile = "auto",  # noqa: A002 - the name of the option
    cluster: Cluster | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """Train and score what is missing of a study and write ``out/records.jsonl``.

    Parameters
    ----------
    cells
        Folder of .h5ad files, or one file.
    out
        Folder of the study (`scaling.study.folder`). Runs that are finished in there are not trained again, one that
        was interrupted goes on where its last state was kept, and an evaluation that is new trains nothing.
    workers
        Processes; 1, as if left out, works in this process. On a cluster, as many as it has room for if left out.
    device
        ``cpu``, ``cuda``, or ``auto``: ``cuda`` where there is one.
    threads
        Threads of each process. Weights depend on it, in the last bits.
    precision
        In what the loss is computed: ``float32``, ``bfloat16`` by autocast, or ``auto``: ``bfloat16`` on a GPU.
    stack
        How many trainings that differ in cells and seeds take their steps as one; 1 for none. If left out, as many as
        leave a GPU no idle time, and none on a processor or a cluster.
    compile
        Whether parts of models are compiled: ``on``, ``off``, or ``auto``: in long trainings on a GPU.
    cluster
        Machines of Ray that do the jobs; this machine does them if left out. Ids and records are the same.
    progress
        Called with jobs done, jobs in all, and what is being done.

    Returns
    -------
    Datasets, runs, results and saturation points, in the order of the file (by kind, then id).

    Raises
    ------
    CorpusError, StudyError
        If the cells, the study, the device or the cluster cannot be used.
    LedgerError
        If ``out`` cannot be written, or workers were lost.
    RunFailed
        If a job failed; the records of the others are written all the same.
    """
    cells, out = Path(cells), Path(out)
    machine = Machine(device, threads, precision, stack, compile)
    report, folder = progress or _log_progress, StudyFolder(out)
    if cluster is None:
        machine.torch_device()
    for family in dict.fromkeys(family for arm in study.arms for family in arm.families):
        study.config(family)  # before minutes are spent on the cells
    with connected(cluster) if cluster else nullcontext():
        report(0, 0, "preparing cells")
        with writable(out):
            out.mkdir(parents=True, exist_ok=True)
            prepared = prepare(study, cells, folder.prepared)
            planned = _plan(study, prepared, folder)
        ledger = Ledger(None if cluster else folder.ledger)
        try:
            ledger.release_dead()  # first, so that what a killed process was at is dropped if it is planned no more
            ledger.add({job.job_id: job.after for job in planned})
            _reconcile(ledger, planned, prepared, folder)
            if cluster is not None:
                _run_on_cluster(ledger, study, planned, prepared, folder, machine, cluster, workers, report)
            else:
                if (workers or 1) > 1:
                    _run_in_workers(ledger, planned, out, workers or 1, machine, report)
                # Also after the workers: a job whose worker died is left for this process.
                _run_here(ledger, planned, prepared, folder, machine, report)
            states, failed = ledger.states(), ledger.failed()
        finally:
            ledger.close()
    finished = [job for job in planned if states.get(job.job_id) == "done"]
    report(len(finished), len(planned), "saturation points")
    _write(study, finished, prepared, folder)
    if failed:
        job_id, reason = failed[0]
        what = next(job.text for job in planned if job.job_id == job_id)
        raise RunFailed(job_id, what, reason, finished=len(finished), planned=len(planned))
    return list(read_records(folder.records))  # what was written, in its order and without repeats


def status(out: Path) -> dict[str, int]:
    """Count the jobs per state in a study's folder.

    What is done stands in the files; what is running or failed, in the ledger of this machine's processes.

    Raises
    ------
    LedgerError
        If there is no study in the folder.
    """
    folder = StudyFolder(out)
    states: dict[str, str] = {}
    if folder.ledger.is_file():
        ledger = Ledger(folder.ledger)
        try:
            ledger.release_dead()  # a process that was killed left its job marked as running
            states = ledger.states()
        finally:
            ledger.close()
    if folder.study.is_file() and (folder.prepared / "facts.json").is_file():
        study, prepared = Study.model_validate_json(folder.study.read_text("utf-8")), open_prepared(folder.prepared)
        states = {
            job.job_id: _state(states.get(job.job_id), done=is_done(job, prepared, folder))
            for job in jobs(specs(study, prepared.facts))
        }
    elif not folder.ledger.is_file():
        msg = f"{out}: no study was started here; scaling.run(study, cells=..., out=...) starts one."
        raise LedgerError(msg)
    return dict(Counter(states.values()))


def _state(ledger: str | None, *, done: bool) -> str:
    """State of a job by its files, and by a ledger that may not know of them."""
    return "done" if done else "waiting" if ledger in {None, "done"} else str(ledger)


def _plan(study: Study, prepared: Prepared, folder: StudyFolder) -> list[Job]:
    """Plan the jobs, and write the study into its folder."""
    runs = specs(study, prepared.facts)
    if remark := former_plan(study, runs, folder):
        log.warning("%s", remark)
    if above := sizes_above(study, prepared.facts):
        log.warning(
            "Sizes of %s are not trained: the corpus has %s cells.", ", ".join(f"{size:,}" for size in above),
            f"{prepared.facts.corpus_cells:,}",
        )  # fmt: skip
    write_atomically(folder.study, [study.model_dump_json()])
    return jobs(runs)


def _write(study: Study, finished: list[Job], prepared: Prepared, folder: StudyFolder) -> None:
    """Write the records of the jobs that are done, and the saturation points of their results."""
    from scaling.analysis.points import saturation

    with writable(folder.out):
        records = collect(study, finished, prepared, folder)
    results = [record for record in records if isinstance(record, Result)]
    records += saturation(
        results,
        delta=study.delta,
        study=study.name,
        corpus_id=study.corpus.id,
        corpus_cells=prepared.facts.corpus_cells,
    )
    with writable(folder.out):
        write_records(records, folder.records)


def _log_progress(done: int, total: int, text: str) -> None:
    log.debug("%d of %d jobs: %s", done, total, text)


def _run_here(
    ledger: Ledger, planned: list[Job], prepared: Prepared, folder: StudyFolder, machine: Machine, report: Progress
) -> None:
    """Do waiting jobs in this process until every job of the ledger is done or failed."""
    from threadpoolctl import threadpool_limits

    by_id = {job.job_id: job for job in planned}
    with threadpool_limits(machine.threads):
        while (job_id := wait_for_job(ledger)) is not None:
            done = ledger.counts().get("done", 0)
            together = claim_companions(ledger, by_id[job_id], by_id, prepared, machine)
            text = by_id[job_id].text + (f" and {len(together) - 1} others" if len(together) > 1 else "")
            report(done, len(planned), text)
            do_jobs(ledger, together, prepared, folder, machine)
            report(done + len(together), len(planned), text)


def _run_in_workers(
    ledger: Ledger, planned: list[Job], out: Path, workers: int, machine: Machine, report: Progress
) -> None:
    """Do jobs in worker processes until all of these have ended.

    Raises
    ------
    LedgerError
        If a worker was killed or failed by itself; a job that fails is no failure of its worker.
    """
    # Workers import the package that this process runs, also from a checkout that is not installed. BLAS reads its
    # number of threads once, when it is loaded, so that it is set before the worker starts.
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(machine.threads))
    command = [
        sys.executable, "-m", "scaling.study.worker",
        str(out.resolve()), str(os.getpid()), json.dumps(asdict(machine)),
    ]  # fmt: skip
    environment = {**os.environ, **threads, "PYTHONPATH": paths}
    processes = [subprocess.Popen(command, env=environment) for _ in range(min(workers, len(planned)))]  # noqa: S603
    try:
        while any(process.poll() is None for process in processes):
            states = ledger.states()
            running = [job.text for job in planned if states.get(job.job_id) == "running"]
            report(sum(state == "done" for state in states.values()), len(planned), "; ".join(running[:2]))
            time.sleep(POLL)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
    codes = [process.returncode for process in processes]
    if any(codes):
        done = ledger.counts().get("done", 0)
        msg = (
            f"{out}: a worker ended with code {', '.join(map(str, codes))} at {done} of {len(planned)} jobs; its "
            "message is above (-9 often means out of memory: use fewer --workers). Start the study again to continue."
        )
        raise LedgerError(msg)


def _run_on_cluster(
    ledger: Ledger,
    study: Study,
    planned: list[Job],
    prepared: Prepared,
    folder: StudyFolder,
    machine: Machine,
    cluster: Cluster,
    workers: int | None,
    report: Progress,
) -> None:
    """Hand the waiting jobs to workers on the cluster until all are done or failed."""
    waiting = ledger.counts().get("waiting", 0)
    if not waiting:
        return
    report(len(planned) - waiting, len(planned), "starting workers")
    crew = RayCrew(study, folder, machine, cluster, most=waiting, workers=workers)
    try:
        overheads = dispatch(ledger, planned, prepared, folder, crew, report)
    finally:
        crew.close()
    if overheads:
        log.info(HANDED_OVER, len(overheads), median(overheads), max(overheads))


def _reconcile(ledger: Ledger, planned: list[Job], prepared: Prepared, folder: StudyFolder) -> None:
    """Make the ledger agree with the files: a job is done if and only if none of its files is missing.

    The files are right where they differ: a process may be killed between writing them and marking the job, a user
    may delete a model to have it trained again, and a new evaluation leaves every job something to do.
    """
    states = ledger.states()
    for job in planned:
        done = is_done(job, prepared, folder)
        if done and states.get(job.job_id) != "done":
            ledger.finish(job.job_id)
        if not done and states.get(job.job_id) == "done":
            ledger.release(job.job_id)
