"""Train the runs of jobs, one by one or those of one training together; each leaves weights and a record."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graph.records import Run
from scaling.errors import Diverged, ScalingError
from scaling.study.drawing import cells_for_training, subset
from scaling.study.folder import StudyFolder
from scaling.study.machine import Machine
from scaling.study.plan import Job, RunSpec
from scaling.study.prepared import Prepared

if TYPE_CHECKING:
    from scaling.artefacts.folder import Artefact
    from scaling.model.family import CellModel
    from scaling.train.training import Spent, Trainee

__all__ = ["companions", "is_trained", "most_together", "train_run", "train_together"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Begun:
    """A run whose training can begin."""

    spec: RunSpec
    artefact: Artefact
    trainee: Trainee
    outcome: dict[str, Any]
    """What its record will say of it."""


def is_trained(spec: RunSpec, folder: StudyFolder) -> bool:
    """Whether training has ended and kept the weights of every checkpoint that is planned now."""
    artefact = folder.artefact(spec)
    if not artefact.is_complete:
        return False
    return set(spec.training.checkpoints) <= set(artefact.checkpoints()) or artefact.run().failed_at is not None


def train_run(spec: RunSpec, cells: Prepared, folder: StudyFolder, machine: Machine) -> None:
    """Train a run, or go on with it, and keep its weights and its record."""
    from scaling.train.compiling import compile_on
    from scaling.train.loop import train

    device, training = machine.torch_device(), spec.training
    begun = _begin(spec, cells, folder, device)
    own, spent = begun.trainee, None
    if spec.run.cells:
        try:
            spent = train(
                own.model, own.cells, own.rows, training,
                seed_init=own.seed_init, at_checkpoint=own.at_checkpoint, device=device, state=own.state,
                precision=machine.precision,
                compiled=bool(training.steps) and compile_on(device, machine.compile, training.steps),
            )  # fmt: skip
        except Diverged as error:
            return _fail(begun, error)
    return _finish(begun, spent, machine)


def most_together(job: Job, cells: Prepared, machine: Machine) -> int:
    """How many trainings like those of a job are stacked; 1 where they are trained one by one."""
    from scaling.families import find
    from scaling.train.stacked import most_at_once

    training, device = job.specs[0].training, machine.torch_device()
    if not training.steps or machine.stack == 1 or (machine.stack is None and device == "cpu"):
        return 1
    try:
        model = find(training.family).build(cells.genes.tolist(), training.config, seed_init=0)
    except Exception as error:  # noqa: BLE001 - the job will fail by the same error, and say so
        log.info("%s is not stacked: %s", job.text, error)
        return 1
    if machine.stack is None:
        return most_at_once(model, training.batch_size, device)
    return machine.stack if model.stacks else 1


def companions(job: Job, planned: Iterable[Job]) -> list[Job]:
    """Other jobs whose runs may be trained together with those of a job, in the order of the plan.

    They train the same at the same rates, or leave the choice of the rate to the same pilots; cells and seeds differ.
    """
    trainings = [spec.training for spec in job.specs]
    return [
        other
        for other in planned
        if other is not job and other.pilots == job.pilots and [spec.training for spec in other.specs] == trainings
    ]


def train_together(
    runs: Iterable[RunSpec], cells: Prepared, folder: StudyFolder, machine: Machine, *, most: int
) -> None:
    """Train those of the runs together, at most so many at once, that are not trained yet and have the same training.

    One that cannot be trained is left as it was: who trains it alone will learn why.
    """
    from scaling.train.loop import one_thread
    from scaling.train.stacked import train_stacked

    device = machine.torch_device()
    left = [spec for spec in runs if spec.training.steps and not is_trained(spec, folder)]
    while left:
        training = left[0].training
        same = [spec for spec in left if spec.training == training][:most]
        left = [spec for spec in left if spec not in same]
        begun = _begin_all(same, cells, folder, device) if len(same) > 1 else []
        with one_thread(machine.threads):
            ends = train_stacked([each.trainee for each in begun], training, device=device, precision=machine.precision)
        for each, end in zip(begun, ends, strict=True):
            if isinstance(end, Diverged):
                _fail(each, end)
            elif not isinstance(end, ScalingError):
                _finish(each, end, machine)


def _begin_all(specs: Iterable[RunSpec], cells: Prepared, folder: StudyFolder, device: str) -> list[_Begun]:
    begun = []
    for spec in specs:
        try:
            begun.append(_begin(spec, cells, folder, device))
        except ScalingError as error:
            log.info("%s is not stacked: %s", spec.text, error)
    return begun


def _begin(spec: RunSpec, cells: Prepared, folder: StudyFolder, device: str) -> _Begun:
    """Draw the subset of a run, make its untrained model, and write what is known before training."""
    from scaling.families import find
    from scaling.train.training import Trainee

    training, artefact = spec.training, folder.artefact(spec)
    rows = subset(spec, cells)
    outcome: dict[str, Any] = {"subset_digest": _digest(rows), "device": device}
    seen_cells, rows = cells_for_training(spec, cells, rows)
    artefact.begin(training.family, training.config, folder.genes)
    seed = spec.run.seed_init
    model = find(training.family).build(cells.genes.tolist(), training.config, seed_init=seed).to(device)
    outcome["parameters"] = model.size()
    if training.steps:
        outcome["batch_size"] = training.batch_size

    def at_checkpoint(step: int, trained: CellModel) -> None:
        artefact.save_weights(trained, step)

    return _Begun(spec, artefact, Trainee(model, seen_cells, rows, seed, at_checkpoint, artefact.state), outcome)


def _finish(begun: _Begun, spent: Spent | None, machine: Machine) -> None:
    """Keep the weights and the record of a run; ``spent`` is none where nothing was trained."""
    from scaling.train.loop import precision_on
    from scaling.train.peak import peak

    training, model, outcome = begun.spec.training, begun.trainee.model, begun.outcome
    if spent is not None:
        seen = training.steps * training.batch_size or len(begun.trainee.rows)
        outcome |= {"steps": training.steps, "seconds": round(spent.seconds, 3), "micro_batch": spent.micro_batch}
        outcome["cells_per_second"] = round(seen / max(spent.seconds, 1e-9), 1)
        if training.steps:
            device = machine.torch_device()
            outcome["mfu"] = round(outcome["cells_per_second"] * model.flops() / peak(device), 5)
            in_bfloat16 = model.in_bfloat16 and precision_on(device, machine.precision) == "bfloat16"
            outcome["precision"] = "bfloat16" if in_bfloat16 else "float32"
            outcome |= {"stacked": spent.stacked, "compiled": spent.compiled}
    begun.artefact.save_weights(model, None)
    outcome["weights_digest"] = begun.artefact.weights_digest()
    begun.artefact.finish(_with_outcome(begun.spec.run, outcome))


def _fail(begun: _Begun, error: Diverged) -> None:
    log.warning("%s: %s", begun.spec.text, error)
    begun.artefact.finish(_with_outcome(begun.spec.run, begun.outcome | {"failed_at": error.step}))


def _with_outcome(run: Run, outcome: dict[str, Any]) -> Run:
    """Complete the record of a run with what was measured; none of it takes part in the run's id."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        code = version("biorxivist-graph")
    except PackageNotFoundError:
        code = ""
    return run.model_copy(update={**outcome, "code_version": code})


def _digest(rows: npt.NDArray[np.int64]) -> str:
    return hashlib.sha256(np.ascontiguousarray(rows, dtype=np.int64).tobytes()).hexdigest()
