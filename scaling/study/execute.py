"""Execute a job: train what is not trained yet, choose by the validation loss, score what is not scored yet.

Each of the three leaves files, and what has its file is not done again: a study that is given another evaluation, or
other validation cells, trains nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from graph.records import Result
from graph.records.lines import fact
from scaling.evaluate.baselines import Evaluation, baselines, measure
from scaling.evaluate.kind import Measurement
from scaling.evaluate.predictions import Predictions
from scaling.study.drawing import as_seen, validation_cells
from scaling.study.folder import StudyFolder
from scaling.study.lines import write_atomically
from scaling.study.machine import Machine
from scaling.study.plan import Job, RunSpec
from scaling.study.prepared import Prepared
from scaling.study.training import is_trained, train_run

__all__ = ["baseline_results", "choose", "execute", "is_done", "planned_evaluations", "trained"]


def execute(job: Job, cells: Prepared, folder: StudyFolder, *, machine: Machine) -> None:
    """Do what is missing of a job.

    Raises
    ------
    StudyError
        If the subset cannot be drawn, or there is no such device.
    """
    from scaling.train.loop import one_thread

    device = machine.torch_device()
    with one_thread(machine.threads):
        for spec in trained(job, cells, folder):
            if not is_trained(spec, folder):
                train_run(spec, cells, folder, machine)
            if cells.validation is not None and not folder.losses(spec, cells.facts).is_file():
                _validate(spec, cells, folder, device)
        for spec in choose(job, cells, folder):
            _score(spec, cells, folder, device)


def is_done(job: Job, cells: Prepared, folder: StudyFolder) -> bool:
    """Whether nothing of a job is missing."""
    if not _has_losses(job.pilots, cells, folder):  # what is to be trained is not known yet
        return False
    return _has_losses(trained(job, cells, folder), cells, folder) and all(
        folder.scores(spec, entry).is_file()
        for spec in choose(job, cells, folder)
        for entry in planned_evaluations(spec, cells)
    )


def planned_evaluations(spec: RunSpec, cells: Prepared) -> list[Evaluation]:
    """Evaluations of a run: all, but where a cell type was left out, of those that ask about one type that one only."""
    types = {entry.digest: getattr(entry.config, "cell_type", None) for entry in cells.evaluations}
    return [
        entry for entry in cells.evaluations if spec.left_out is None or types[entry.digest] in {None, spec.left_out}
    ]


def trained(job: Job, cells: Prepared, folder: StudyFolder) -> list[RunSpec]:
    """Runs of a job that are trained: at every learning rate, or at the one that its pilots chose."""
    if not job.pilots:
        return list(job.specs)
    rate = _rate(job.pilots, cells, folder)
    return [spec for spec in job.specs if spec.run.learning_rate == rate]


def choose(job: Job, cells: Prepared, folder: StudyFolder) -> list[RunSpec]:
    """Choose the runs at the learning rate of lowest validation loss; those that diverged are left out."""
    rate = _rate(job.pilots or job.specs, cells, folder)
    return [
        spec for spec in job.specs if spec.run.learning_rate == rate and folder.artefact(spec).run().failed_at is None
    ]


def _rate(runs: Sequence[RunSpec], cells: Prepared, folder: StudyFolder) -> float | None:
    """Learning rate of lowest validation loss, at the best checkpoint of each run, in the mean over seeds.

    Where one replicate diverged at a rate, its mean is infinite: the rate is chosen if all diverged at all others too.
    """
    losses: dict[float | None, list[float]] = {}
    for spec in runs:
        has_failed = folder.artefact(spec).run().failed_at is not None
        at_best = math.inf if has_failed else min(folder.read_losses(spec, cells.facts).values(), default=math.inf)
        losses.setdefault(spec.run.learning_rate, []).append(at_best)
    means = {rate: math.fsum(values) / len(values) for rate, values in losses.items()}
    return min(means, key=lambda rate: (means[rate], losses[rate].count(math.inf)))


def _has_losses(runs: Iterable[RunSpec], cells: Prepared, folder: StudyFolder) -> bool:
    """Whether runs are trained, and validated where there are cells for it."""
    return all(
        is_trained(spec, folder) and (cells.validation is None or folder.losses(spec, cells.facts).is_file())
        for spec in runs
    )


def baseline_results(
    study: str, entry: Evaluation, *, hypotheses_digest: str | None
) -> tuple[list[Result], Predictions]:
    """Score the baselines without pre-training on an evaluation; their results belong to no run."""
    results: list[Result] = []
    predictions = Predictions()
    # A baseline has no run, whose id would tell the same baseline of two studies apart: its location does.
    origin = {"study": study, "location": f"study {study}", "hypotheses_digest": hypotheses_digest}
    for model_id, measured in baselines(entry):
        predictions.keep(measured, evaluation=entry.digest, at=model_id)
        results += _results(entry, model_id, measured, origin)
    return results, predictions


def _validate(spec: RunSpec, cells: Prepared, folder: StudyFolder, device: str) -> None:
    """Write the validation loss at each checkpoint: step -> loss; nothing for what has no loss."""
    from scaling.train.validation import validation_loss

    artefact, losses = folder.artefact(spec), {}
    validation = validation_cells(spec, cells)
    if validation is not None and spec.training.steps and artefact.run().failed_at is None:
        for step in spec.training.checkpoints:
            model = artefact.model(step, device=device)
            loss = validation_loss(model, validation, spec.training.batch_size, device=device)
            if math.isfinite(loss):  # a checkpoint whose loss is no number is not chosen
                losses[step] = loss
    write_atomically(folder.losses(spec, cells.facts), [json.dumps(losses)])


def _score(spec: RunSpec, cells: Prepared, folder: StudyFolder, device: str) -> None:
    """Score a run at each checkpoint on the evaluations that it was not scored on yet."""
    from scaling.model.embedding import embed_once

    run = spec.run
    missing = [
        as_seen(spec, entry) for entry in planned_evaluations(spec, cells) if not folder.scores(spec, entry).is_file()
    ]
    results: dict[str, list[Result]] = {entry.digest: [] for entry in missing}
    predictions = {entry.digest: Predictions() for entry in missing}
    names = ("study", "ablation", "sampling", "cells", "fraction", "seed_data", "seed_init", "hypotheses_digest")
    origin = {"run_id": run.id, **{name: getattr(run, name) for name in names}}
    for step in spec.training.checkpoints or (None,) if missing else ():
        model = folder.artefact(spec).model(step, device=device)
        embed = embed_once(model, device=device)
        at = step if run.cells else 0  # 0 says untrained; none, that a family is not trained in steps
        for entry in missing:
            measured = measure(entry, embed, model, device=device)
            predictions[entry.digest].keep(measured, evaluation=entry.digest, at=at)
            results[entry.digest] += _results(entry, run.model_id, measured, origin | {"steps": at})
    for entry in missing:
        # Before the results: what has its results is done, so what was predicted has to be there by then.
        predictions[entry.digest].write(folder.scores(spec, entry).with_suffix(".npz"))
        write_atomically(folder.scores(spec, entry), map(fact, results[entry.digest]))


def _results(evaluation: Evaluation, model_id: str, measured: Measurement, origin: dict[str, Any]) -> Iterator[Result]:
    """Results of one evaluation by every metric; ``origin`` tells a run's from those of another run or study."""
    without, digest = measured.without_cells(), measured.digest()
    for metric, value in measured.scores().items():
        yield Result(
            evaluation=evaluation.name,
            evaluation_digest=evaluation.digest,
            model_id=model_id,
            dataset_id=evaluation.dataset_id,
            reference_id=evaluation.reference_id,
            task_id=evaluation.task_id,
            metric_id=metric,
            value=round(value, 6),
            without_cells=without[metric],
            predictions_digest=digest,
            n=1,
            regime=evaluation.regime,
            test_cells=len(measured),
            gene_coverage=evaluation.coverage,
            seed_split=evaluation.seed_split,
            source="reproduced",
            **origin,
        )
