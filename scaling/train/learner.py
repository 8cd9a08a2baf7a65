"""A model in training: what a step of it sees and changes, its checkpoints, and the state in which it goes on."""

from __future__ import annotations

import math
import time
from contextlib import nullcontext
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from scaling.errors import Diverged, SamplingError
from scaling.train.compiling import as_compiled, compile_parts, leave_plain
from scaling.train.order import Order
from scaling.train.parts import StepInParts
from scaling.train.state import State, load_state, save_state
from scaling.train.training import Spent, Trainee, Training
from scaling.train.update import Update
from scaling.views.batch import Batch, batch_of

__all__ = ["SAVE_EVERY", "Learner", "check_not_empty", "take_steps"]

EXPLODED = 1000.0
"""A loss so many times what it was at first (or so large, if that was below one) has exploded."""
SAVE_EVERY = 30.0
"""Seconds between two states of a training."""


class Learner:
    """Model, optimiser and average of a training, at some step.

    Parameters
    ----------
    precision
        ``float32`` or ``bfloat16``: in what the loss is computed.
    compiled
        Whether parts of the model are compiled, if that can be done here.

    Raises
    ------
    SamplingError
        If the subset is empty, or its cells do not allow the batches.
    """

    def __init__(
        self,
        trainee: Trainee,
        training: Training,
        *,
        device: torch.device | str,
        precision: str,
        compiled: bool = False,
    ) -> None:
        start = time.perf_counter()
        check_not_empty(trainee)
        if training.optimiser is None:
            msg = f"{training.family} is fitted and takes no steps"
            raise ValueError(msg)
        self.trainee, self.training, self.device, self.model = trainee, training, device, trainee.model
        resumed = load_state(trainee.state, device) if trainee.state is not None else None
        cells, rows = trainee.cells, trainee.rows
        if resumed is None:
            self.model.fit(cells, rows)
        studies = np.asarray(cells.study)[rows] if training.within_studies else None
        weights = self.model.sampling_weights(cells, rows)
        self._order = Order(rows, training.batch_size, seed=trainee.seed_init, weights=weights, groups=studies)
        self.gradient = StepInParts(self.model, size=resumed.micro_batch if resumed else 0, precision=precision)
        self.step, self.seconds, self.first = 0, 0.0, 0.0
        if resumed is not None:
            self.model.load_state_dict(resumed.weights)
            self.step, self.seconds, self.first = resumed.step, resumed.seconds, resumed.first_loss
        self.update = Update(
            [weight for weight in self.model.parameters() if weight.requires_grad], training.optimiser, training.steps,
            average=resumed.average if resumed else None,
        )  # fmt: skip
        if resumed is not None:
            self.update.optimiser.load_state_dict(resumed.optimiser)
        self.rng = torch.Generator(device)
        self.stacked: int | None = None
        self.model.train()
        self.compiled = compiled and self._compile()
        self.seconds += time.perf_counter() - start

    @property
    def keeps_state(self) -> bool:
        """Whether there is a file for its state."""
        return self.trainee.state is not None

    def seed(self, step: int) -> None:
        """Seed its generator, and torch's own, which dropout draws from, for a step."""
        shared, own = np.random.SeedSequence([self.trainee.seed_init, 2, step]).generate_state(2, np.uint64)
        self.rng.manual_seed(int(shared >> np.uint64(1)))
        torch.manual_seed(int(own >> np.uint64(1)))

    def batch(self, step: int) -> Batch:
        """Cells of a step, on the device."""
        return batch_of(self.trainee.cells, self._order.batch(step), self.device)

    def take_step(self, step: int) -> None:
        """Take a step.

        Raises
        ------
        DeviceFull
            If the cells of a step do not fit the device, and cannot pass in smaller parts.
        Diverged
            If the loss is not finite, or has exploded.
        """
        self.seed(step)
        self.update.forget_gradients()
        self.check(step, self.gradient.backward(self.batch(step), self.rng, step))
        self.update.take(step)
        self.step = step

    def check(self, step: int, loss: float) -> None:
        """Refuse a loss that is not finite, or a thousand times what it was at first."""
        self.first = loss if step == 1 else self.first
        if not math.isfinite(loss) or loss > EXPLODED * max(abs(self.first), 1.0):
            raise Diverged(step, loss)

    def checkpoint(self, step: int) -> None:
        """Do what is done at a checkpoint, with the averaged weights in the model."""
        self._swap()
        try:
            self.trainee.at_checkpoint(step, self.model)
        finally:
            self._swap()
        self.model.train()

    def save(self, step: int) -> None:
        """Keep the state in its file, if there is one."""
        if self.trainee.state is None:
            return
        # Cloned, as weights in a stack are parts of larger tensors, which would be written whole.
        weights = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}
        average = [mean.clone() for mean in self.update.average]
        optimiser = self.update.optimiser.state_dict()
        optimiser["state"] = {
            number: {name: tensor.clone() for name, tensor in moments.items()}
            for number, moments in optimiser["state"].items()
        }
        state = State(step, weights, average, optimiser, self.first, self.seconds, self.gradient.size)
        save_state(state, self.trainee.state)

    def spend(self, seconds: float) -> None:
        """Add time of training."""
        self.seconds += seconds

    def finish(self) -> Spent:
        """Leave the average in the model: that is what is returned."""
        self._swap()
        leave_plain(self.model)
        self.model.eval()
        return Spent(self.seconds, self.gradient.size or None, self.stacked, self.compiled)

    def _compile(self) -> bool:
        buffers = {name: tensor.clone() for name, tensor in self.model.named_buffers()}

        def try_step() -> None:
            self.seed(self.step + 1)
            self.gradient.backward(self.batch(self.step + 1), self.rng, self.step + 1)

        try:
            with torch.random.fork_rng(devices=_cuda_of(self.device)):
                return compile_parts(self.model, try_step)
        finally:  # running statistics, and whatever else a step leaves
            self.update.forget_gradients()
            for name, tensor in self.model.named_buffers():
                tensor.copy_(buffers[name])

    def _swap(self) -> None:
        """Exchange weights and average; the optimiser continues with the same objects."""
        weights: list[Tensor] = self.update.weights
        for weight, mean in zip(weights, self.update.average, strict=False):
            weight.data, mean.data = mean.data, weight.data


class Steps(Protocol):
    """What takes steps: a learner, or several as one."""

    step: int
    """The last one that was taken."""
    compiled: bool

    @property
    def keeps_state(self) -> bool: ...
    def take_step(self, step: int) -> None: ...
    def checkpoint(self, step: int) -> None: ...
    def save(self, step: int) -> None: ...
    def spend(self, seconds: float) -> None: ...


def take_steps(learner: Steps, training: Training, *, save_every: float | None, device: torch.device | str) -> None:
    """Take the steps that are left, with what is due between them: checkpoints, and states every so many seconds."""
    every = SAVE_EVERY if save_every is None else save_every
    since = saved_at = time.perf_counter()

    def spend() -> None:
        nonlocal since
        now = time.perf_counter()
        learner.spend(now - since)
        since = now

    # A step seeds the global generator, which is the caller's.
    with torch.random.fork_rng(devices=_cuda_of(device)), as_compiled() if learner.compiled else nullcontext():
        try:
            for step in range(learner.step + 1, training.steps + 1):
                learner.take_step(step)
                is_checkpoint = step in training.checkpoints
                if is_checkpoint:
                    spend()
                    learner.checkpoint(step)
                    since = time.perf_counter()
                if learner.keeps_state and (is_checkpoint or time.perf_counter() - saved_at >= every):
                    spend()
                    learner.save(step)
                    saved_at = time.perf_counter()
        finally:
            spend()


def check_not_empty(trainee: Trainee) -> None:
    """Refuse an empty subset."""
    if not len(trainee.rows):
        msg = "the subset is empty: there is nothing to train on. Draw at least two cells."
        raise SamplingError(msg)


def _cuda_of(device: torch.device | str) -> list[torch.device]:
    """The device, if it is a GPU, for torch's way to keep the state of its generator."""
    found = torch.Generator(device).device
    return [found] if found.type == "cuda" else []
