"""Run a study: prepare the cells, do every run once, write the records. Killed at any moment, it goes on from there."""

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
from scaling.errors import LedgerError, RunFailed
from scaling.ledger import Ledger
from scaling.lines import line, read_records, write_atomically, write_records
from scaling.planning import RunSpec, specs
from scaling.prepare import Prepared, open_prepared, prepare
from scaling.study import Study

__all__ = ["read_records", "run", "status", "work", "write_records"]

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
HEARTBEAT = 5.0
POLL = 0.5


def run(study: Study, *, cells: Path, out: Path, workers: int = 1, progress: Progress | None = None) -> list[Record]:
    """Do all runs of a study that are not done yet and write ``out/records.jsonl``.

    Parameters
    ----------
    cells
        Folder of .h5ad files, or one file.
    out
        Folder of the study: ``ledger.sqlite``, ``prepared/``, ``runs/<run id>.jsonl``, ``records.jsonl``. Given again,
        finished runs are taken from there.
    workers
        Processes, one thread each; 1 runs in this process.
    progress
        Called with runs done, runs in all, and what is going on.

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
    from scaling.points import saturation

    say = progress or _quiet
    say(0, 0, "preparing cells")
    with _writable(out):
        (out / "runs").mkdir(parents=True, exist_ok=True)
        prepared = prepare(study, cells, out / "prepared")
        runs = specs(study, prepared.facts)
        write_atomically(out / "study.json", [study.model_dump_json()])
    ledger = Ledger(out / "ledger.sqlite")
    try:
        ledger.add(spec.run_id for spec in runs)
        ledger.release_dead()
        _take_over(ledger, runs, out)
        if workers > 1:
            _processes(ledger, runs, out, workers, say)
        _here(ledger, runs, prepared, out, say)
        if failed := ledger.failed():
            text = next((spec.text for spec in runs if spec.run_id == failed[0][0]), "")
            raise RunFailed(failed[0][0], text, failed[0][1])
    finally:
        ledger.close()
    say(len(runs), len(runs), "saturation points")
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
    return list(read_records(out / "records.jsonl"))


def status(out: Path) -> dict[str, int]:
    """Runs per state of a study's folder.

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
    """Do runs from the ledger of ``out`` until none waits; how many were done. What a worker process does.

    Parameters
    ----------
    parent
        Process to live with: if it is gone, the worker ends at once.
    """
    study = Study.model_validate_json((out / "study.json").read_text(encoding="utf-8"))
    prepared = open_prepared(out / "prepared")
    by_id = {spec.run_id: spec for spec in specs(study, prepared.facts)}
    ledger, done = Ledger(out / "ledger.sqlite"), 0
    try:
        while (run_id := ledger.claim()) is not None:
            done += _one(ledger, by_id[run_id], prepared, out, parent=parent)
    finally:
        ledger.close()
    return done


def _quiet(done: int, total: int, text: str) -> None:
    log.debug("%d of %d runs: %s", done, total, text)


def _here(ledger: Ledger, runs: list[RunSpec], prepared: Prepared, out: Path, say: Progress) -> None:
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
            say(done, len(runs), by_id[run_id].text)
            _one(ledger, by_id[run_id], prepared, out)
            say(done + 1, len(runs), by_id[run_id].text)


def _processes(ledger: Ledger, runs: list[RunSpec], out: Path, workers: int, say: Progress) -> None:
    root = str(Path(__file__).resolve().parents[1])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "scaling.worker", str(out.resolve()), str(os.getpid())]
    environment = {**os.environ, **threads, "PYTHONPATH": paths}
    started = [subprocess.Popen(command, env=environment) for _ in range(min(workers, len(runs)))]  # noqa: S603
    try:
        while any(process.poll() is None for process in started):
            states = ledger.states()
            running = [spec.text for spec in runs if states.get(spec.run_id) == "running"]
            say(sum(state == "done" for state in states.values()), len(runs), "; ".join(running[:2]))
            time.sleep(POLL)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()
    codes = [process.returncode for process in started]
    if any(codes):
        done = ledger.counts().get("done", 0)
        msg = (
            f"{out}: a worker ended with code {', '.join(map(str, codes))} at {done} of {len(runs)} runs; its message "
            "is above (-9 is often the end of memory: fewer --workers). Start the study again: it goes on from there."
        )
        raise LedgerError(msg)


def _one(ledger: Ledger, spec: RunSpec, prepared: Prepared, out: Path, *, parent: int | None = None) -> bool:
    from scaling.execute import execute

    try:
        with _beating(ledger.path, spec.run_id, parent):
            records = execute(spec, prepared)
        with _writable(out):
            write_atomically(out / "runs" / f"{spec.run_id.partition(':')[2]}.jsonl", map(line, records))
    except (LedgerError, KeyboardInterrupt):
        ledger.release(spec.run_id)
        raise
    except Exception as error:  # any failure of a run is written down, and the study goes on
        log.exception("run %s (%s) failed", spec.run_id, spec.text)
        ledger.fail(spec.run_id, f"{type(error).__name__}: {error}")
        return False
    ledger.finish(spec.run_id)
    return True


@contextmanager
def _beating(path: Path, run_id: str, parent: int | None) -> Iterator[None]:
    """Renew the lease from a thread while a run goes on; end the process if its parent is gone."""
    stop = threading.Event()

    def beat() -> None:
        ledger = Ledger(path)
        while not stop.wait(HEARTBEAT):
            if parent is not None and os.getppid() != parent:
                os._exit(1)
            try:
                ledger.beat(run_id)
            except LedgerError as error:
                log.warning("lease not renewed: %s", error)
        ledger.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _wait(ledger: Ledger) -> bool:
    """Wait for runs of other processes; True if there may be something to do."""
    while ledger.counts().get("running"):
        ledger.release_dead()
        if ledger.counts().get("waiting"):
            return True
        time.sleep(POLL)
    return bool(ledger.counts().get("waiting"))


def _take_over(ledger: Ledger, runs: list[RunSpec], out: Path) -> None:
    """Bring ledger and files together: a run is done if and only if its records are there."""
    states = ledger.states()
    for spec in runs:
        there = (out / "runs" / f"{spec.run_id.partition(':')[2]}.jsonl").is_file()
        if there and states.get(spec.run_id) != "done":
            ledger.finish(spec.run_id)
        if not there and states.get(spec.run_id) == "done":
            ledger.release(spec.run_id)


def _collect(study: Study, runs: list[RunSpec], prepared: Prepared, out: Path) -> list[Record]:
    from scaling.execute import baseline_results

    records: list[Record] = list(prepared.facts.datasets)
    for spec in runs:
        for record in read_records(out / "runs" / f"{spec.run_id.partition(':')[2]}.jsonl"):
            named = isinstance(record, Run | Result) and record.study != study.name
            records.append(record.model_copy(update={"study": study.name}) if named else record)
    path = out / "runs" / f"baselines_{prepared.facts.key[:16]}.jsonl"
    if not path.is_file():
        with _writable(out):
            write_atomically(path, map(line, baseline_results(study.name, prepared, seed_split=study.seed_split)))
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
