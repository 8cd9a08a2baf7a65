"""Run a study: prepare the cells, execute every run once, write the records. It may be killed and started again."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.records import Record, Result, Run
from graph.records.lines import fact
from scaling.errors import LedgerError, RunFailed
from scaling.study.hypotheses import stamp
from scaling.study.ledger import Ledger
from scaling.study.lines import read_records, write_atomically, write_records
from scaling.study.plan import RunSpec, specs
from scaling.study.prepare import Prepared, open_prepared, prepare
from scaling.study.spec import Study

__all__ = ["read_records", "run", "status", "work", "write_records"]

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
"""Called with runs done, runs in all, and what is being done. As `biorxivist.progress`, which is not imported here."""
HEARTBEAT = 5.0
"""Seconds between renewals of a lease: several renewals may fail before it expires (`scaling.study.ledger.LEASE`)."""
POLL = 0.5
"""Seconds between looks at the runs of other processes."""


def run(study: Study, *, cells: Path, out: Path, workers: int = 1, progress: Progress | None = None) -> list[Record]:
    """Execute all runs of a study that are not done yet and write ``out/records.jsonl``.

    Parameters
    ----------
    cells
        Folder of .h5ad files, or one file.
    out
        Folder of the study: ``ledger.sqlite``, ``prepared/``, ``runs/<run id>.jsonl``, ``predictions/<run id>.npz``
        (what was said of every test cell), ``records.jsonl``. Runs that are finished in there are not executed again.
    workers
        Processes, one thread each; 1 runs in this process.
    progress
        Called with runs done, runs in all, and what is being done.

    Returns
    -------
    Datasets, runs, results and saturation points, in the order of the file (by kind, then id).

    Raises
    ------
    CorpusError, StudyError
        If the cells or the study cannot be used.
    LedgerError
        If ``out`` cannot be written.
    RunFailed
        If a run failed; the others are kept.
    """
    from scaling.analysis.points import saturation

    report = progress or _log_progress
    report(0, 0, "preparing cells")
    with _writable(out):
        (out / "runs").mkdir(parents=True, exist_ok=True)
        prepared = prepare(study, cells, out / "prepared")
        runs = specs(study, prepared.facts)
        write_atomically(out / "study.json", [study.model_dump_json()])
    ledger = Ledger(out / "ledger.sqlite")
    try:
        ledger.add(spec.run_id for spec in runs)
        ledger.release_dead()
        _reconcile(ledger, runs, out)
        if workers > 1:
            _run_in_workers(ledger, runs, out, workers, report)
        # Also after the workers: a run whose worker died is left for this process.
        _run_here(ledger, runs, prepared, out, report)
        if failed := ledger.failed():
            run_id, reason = failed[0]
            raise RunFailed(run_id, next((spec.text for spec in runs if spec.run_id == run_id), ""), reason)
    finally:
        ledger.close()
    report(len(runs), len(runs), "saturation points")
    records = _collect(study, runs, prepared, out)
    results = [record for record in records if isinstance(record, Result)]
    records += saturation(
        results,
        delta=study.delta,
        study=study.name,
        corpus_id=study.corpus.id,
        corpus_cells=prepared.facts.corpus_cells,
    )
    with _writable(out):
        write_records(records, out / "records.jsonl")
    return list(read_records(out / "records.jsonl"))  # what was written, in its order and without repeats


def status(out: Path) -> dict[str, int]:
    """Count the runs per state in a study's folder.

    Raises
    ------
    LedgerError
        If there is no study in the folder.
    """
    if not (out / "ledger.sqlite").is_file():
        msg = f"{out}: no study was started here; scaling.run(study, cells=..., out=...) starts one."
        raise LedgerError(msg)
    ledger = Ledger(out / "ledger.sqlite")
    try:
        return ledger.counts()
    finally:
        ledger.close()


def work(out: Path, *, parent: int | None = None) -> int:
    """Execute runs from the ledger of ``out`` until none waits: the body of a worker process.

    Parameters
    ----------
    parent
        Id of the process that started this one; once it is gone, the worker ends at once.

    Returns
    -------
    Number of runs that succeeded.
    """
    study = Study.model_validate_json((out / "study.json").read_text(encoding="utf-8"))
    prepared = open_prepared(out / "prepared")
    by_id = {spec.run_id: spec for spec in specs(study, prepared.facts)}
    ledger, done = Ledger(out / "ledger.sqlite"), 0
    try:
        while (run_id := ledger.claim()) is not None:
            done += _execute(ledger, by_id[run_id], prepared, out, parent=parent)
    finally:
        ledger.close()
    return done


def _log_progress(done: int, total: int, text: str) -> None:
    log.debug("%d of %d runs: %s", done, total, text)


def _run_here(ledger: Ledger, runs: list[RunSpec], prepared: Prepared, out: Path, report: Progress) -> None:
    """Execute waiting runs in this process until every run of the ledger is done or failed."""
    from threadpoolctl import threadpool_limits

    by_id = {spec.run_id: spec for spec in runs}
    with threadpool_limits(1):
        while True:
            done = ledger.counts().get("done", 0)
            run_id = ledger.claim()
            if run_id is None:
                if not ledger.counts().get("running") or not _wait(ledger):
                    return
                continue
            report(done, len(runs), by_id[run_id].text)
            _execute(ledger, by_id[run_id], prepared, out)
            report(done + 1, len(runs), by_id[run_id].text)


def _run_in_workers(ledger: Ledger, runs: list[RunSpec], out: Path, workers: int, report: Progress) -> None:
    """Execute runs in worker processes until all of these have ended.

    Raises
    ------
    LedgerError
        If a worker was killed or failed by itself; a run that fails is no failure of its worker.
    """
    # Workers import the package that this process runs, also from a checkout that is not installed. BLAS reads its
    # number of threads once, when it is loaded, so that it is set before the worker starts.
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "scaling.study.worker", str(out.resolve()), str(os.getpid())]
    environment = {**os.environ, **threads, "PYTHONPATH": paths}
    processes = [subprocess.Popen(command, env=environment) for _ in range(min(workers, len(runs)))]  # noqa: S603
    try:
        while any(process.poll() is None for process in processes):
            states = ledger.states()
            running = [spec.text for spec in runs if states.get(spec.run_id) == "running"]
            report(sum(state == "done" for state in states.values()), len(runs), "; ".join(running[:2]))
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
            f"{out}: a worker ended with code {', '.join(map(str, codes))} at {done} of {len(runs)} runs; its message "
            "is above (-9 often means out of memory: use fewer --workers). Start the study again to continue."
        )
        raise LedgerError(msg)


def _execute(ledger: Ledger, spec: RunSpec, prepared: Prepared, out: Path, *, parent: int | None = None) -> bool:
    """Execute a leased run and write its records; whether it succeeded."""
    from scaling.evaluate.predictions import Predictions
    from scaling.study.execute import execute

    predictions = Predictions()
    try:
        with _renewed_lease(ledger.path, spec.run_id, parent):
            records = execute(spec, prepared, predictions)
        with _writable(out):
            # before the records: a run whose records exist is done, so what it predicted has to be there by then
            predictions.write(_predictions_file(out, _records_file(out, spec)))
            write_atomically(_records_file(out, spec), map(fact, records))
    except (LedgerError, KeyboardInterrupt):  # not the fault of the run, and no other run would fare better
        ledger.release(spec.run_id)
        raise
    except Exception as error:  # any other failure is the run's own: it is recorded, and the study goes on
        log.exception("run %s (%s) failed", spec.run_id, spec.text)
        ledger.fail(spec.run_id, f"{type(error).__name__}: {error}")
        return False
    ledger.finish(spec.run_id)
    return True


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


def _wait(ledger: Ledger) -> bool:
    """Wait until no other process runs anything or a run waits again; whether a run waits."""
    while ledger.counts().get("running"):
        ledger.release_dead()
        if ledger.counts().get("waiting"):
            return True
        time.sleep(POLL)
    return bool(ledger.counts().get("waiting"))


def _reconcile(ledger: Ledger, runs: list[RunSpec], out: Path) -> None:
    """Make the ledger agree with the files: a run is done if and only if its records exist.

    The files are right where they differ: a process may be killed between writing them and marking the run, and a
    user may delete a file to have the run executed again.
    """
    states = ledger.states()
    for spec in runs:
        has_records = _records_file(out, spec).is_file()
        if has_records and states.get(spec.run_id) != "done":
            ledger.finish(spec.run_id)
        if not has_records and states.get(spec.run_id) == "done":
            ledger.release(spec.run_id)


def _records_file(out: Path, spec: RunSpec) -> Path:
    return out / "runs" / f"{spec.run_id.partition(':')[2]}.jsonl"


def _predictions_file(out: Path, records: Path) -> Path:
    return out / "predictions" / f"{records.stem}.npz"


def _collect(study: Study, runs: list[RunSpec], prepared: Prepared, out: Path) -> list[Record]:
    """Read the records of all runs, and score the baselines unless their file is there."""
    from scaling.evaluate.predictions import Predictions
    from scaling.study.execute import baseline_results

    records: list[Record] = list(prepared.facts.datasets)
    for spec in runs:
        for record in read_records(_records_file(out, spec)):
            # The name is not part of a run's id: a study that was renamed finds its runs under the old name.
            renamed = isinstance(record, Run | Result) and record.study != study.name
            records.append(record.model_copy(update={"study": study.name}) if renamed else record)
    path = out / "runs" / f"baselines_{prepared.facts.key[:16]}.jsonl"
    if not path.is_file():
        predictions, digest = Predictions(), stamp(study.hypotheses).get("hypotheses_digest")
        results = baseline_results(
            study.name, prepared, predictions, seed_split=study.seed_split, hypotheses_digest=digest
        )
        with _writable(out):
            predictions.write(_predictions_file(out, path))
            write_atomically(path, map(fact, results))
    return [*records, *read_records(path)]


@contextmanager
def _writable(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = (
            f"{out}: cannot write the study ({error.strerror or error}). Free space or give a folder that you may "
            "write to (--out); finished runs are kept."
        )
        raise LedgerError(msg) from error
