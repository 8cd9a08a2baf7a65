"""Train several models that differ in weights, cells and seeds together, where that is faster than one by one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import torch

from scaling.errors import Diverged, ScalingError
from scaling.model.family import CellModel
from scaling.train.learner import Learner, take_steps
from scaling.train.loop import Precision, precision_on
from scaling.train.stack import Stack, StackFull
from scaling.train.training import Spent, Trainee, Training

__all__ = ["MOST", "most_at_once", "train_stacked"]

log = logging.getLogger(__name__)

MOST = 8
"""Trainings in a stack, unless more are wanted."""
LAUNCH_BOUND = 5e10
"""Operations of a step below which a large GPU waits for its kernels to be started: a millisecond at 50 TFLOP/s, the
time in which some two hundred kernels start. It is an estimate; `benchmarks/gpu.py` measures what stacking gains."""


def most_at_once(model: CellModel, batch_size: int, device: torch.device | str) -> int:
    """Say how many trainings of a model are stacked by themselves: on a GPU, until a step has enough to do.

    None are on a processor, which computes one model after the other as fast or faster, but for scVI in very small
    batches (`benchmarks/scaling_training.py`).
    """
    if not model.stacks or torch.device(device).type != "cuda":
        return 1
    return max(1, min(MOST, int(LAUNCH_BOUND / max(model.flops() * batch_size, 1.0))))


def train_stacked(
    trainees: Sequence[Trainee],
    training: Training,
    *,
    device: torch.device | str = "cpu",
    save_every: float | None = None,
    precision: Precision = "float32",
) -> list[Spent | ScalingError]:
    """Train several models at once, each as `scaling.train.loop.train` does; they end with their averaged weights.

    Those that go on from another step than others are stacked apart. Where the device has no memory for all, half of
    them are trained after the other half, and so on down to one by one.

    Parameters
    ----------
    trainees
        Models of one family with the same settings, which differ in weights, cells and seeds.

    Returns
    -------
    What each took, or the error with which it ended: it is none of the others' business.
    """
    outcomes: dict[int, Spent | ScalingError] = {}
    groups: dict[tuple[int, int | None], dict[int, Learner]] = {}
    for number, trainee in enumerate(trainees):
        try:
            learner = Learner(trainee, training, device=device, precision=precision_on(device, precision))
        except ScalingError as error:
            outcomes[number] = error
        else:
            # By itself goes a family that says so, and one whose cells had to pass in parts already.
            alone = number if learner.gradient.size or not learner.model.stacks else None
            groups.setdefault((learner.step, alone), {})[number] = learner
    for group in groups.values():
        outcomes |= _train(group, training, save_every, device)
    return [outcomes[number] for number in range(len(trainees))]


def _train(
    learners: Mapping[int, Learner], training: Training, save_every: float | None, device: torch.device | str
) -> dict[int, Spent | ScalingError]:
    """Train learners that are at the same step."""
    if len(learners) == 1:
        ((number, learner),) = learners.items()
        learner.stacked = None  # it may have been part of a stack before
        try:
            take_steps(learner, training, save_every=save_every, device=device)
        except ScalingError as error:
            return {number: error}
        return {number: learner.finish()}
    stack, full = Stack(list(learners.values())), ""
    try:
        with stack.joined():
            take_steps(stack, training, save_every=save_every, device=device)
    except Diverged:
        pass  # all have; each with its own loss, below
    except StackFull as error:
        full = str(error)
    outcomes: dict[int, Spent | ScalingError] = {
        number: stack.failed[learner] for number, learner in learners.items() if learner in stack.failed
    }
    rest = {number: learner for number, learner in learners.items() if number not in outcomes}
    if not full:
        return outcomes | {number: learner.finish() for number, learner in rest.items()}
    # Here and not above: the error holds what the step had allocated.
    log.warning("%d trainings do not fit the device at once (%s); half of them are trained first", len(rest), full)
    if torch.device(device).type == "cuda":
        torch.cuda.empty_cache()
    for learner in rest.values():
        learner.save(learner.step)
    numbers = list(rest)
    for half in (numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]):
        outcomes |= _train({number: rest[number] for number in half}, training, save_every, device) if half else {}
    return outcomes
