"""One training loop for all families.

The budget is counted in steps, the same for every corpus size: with a budget in epochs a small corpus would also
get less training, and the effect of size could not be separated from that of training.

By default the learning rate is constant after a warm-up, so that the weights at an earlier checkpoint are those of a
run with that smaller budget (a schedule that decays to zero would need a run per budget). A constant rate leaves the
weights noisy, so what is scored is their exponential moving average, which removes that noise without a decay.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from scaling.errors import Diverged, SamplingError
from scaling.model.family import CellModel, FamilyConfig, Optimiser
from scaling.train.order import Order
from scaling.train.parts import StepInParts
from scaling.train.state import State, load_state, save_state
from scaling.views.batch import Batch, batch_of
from scaling.views.counts import GeneCounts

__all__ = ["Precision", "Spent", "Training", "one_thread", "precision_on", "train"]

Precision = Literal["auto", "float32", "bfloat16"]

EXPLODED = 1000.0
"""A loss so many times what it was at first (or so large, if that was below one) has exploded."""
SAVE_EVERY = 30.0
"""Seconds between two states of a training."""


@dataclass(frozen=True)
class Training:
    """What is trained and for how long."""

    family: str
    config: FamilyConfig
    steps: int
    batch_size: int
    """Cells per step."""
    checkpoints: tuple[int, ...]
    """Steps at which the weights are kept, ascending; which ones are kept does not change the weights."""
    within_studies: bool = False
    """Whether all cells of a step are of one study."""

    @property
    def optimiser(self) -> Optimiser | None:
        """Optimiser and schedule; none for a family that is fitted."""
        return self.config.optimiser


@dataclass(frozen=True)
class Spent:
    """What a training took."""

    seconds: float
    """Of training, without what is done at checkpoints."""
    micro_batch: int | None = None
    """Cells that passed at once, where the device had no memory for those of a step."""


def precision_on(device: torch.device | str, precision: Precision) -> Literal["float32", "bfloat16"]:
    """Say in what precision a loss is computed: ``auto`` is bfloat16 on a GPU that has it, as everywhere by autocast.

    Weights, optimiser and what autocast leaves alone stay in float32. A processor is slower in bfloat16 (measured).
    """
    if precision == "auto":
        on_gpu = torch.device(device).type == "cuda"
        return "bfloat16" if on_gpu and torch.cuda.is_bf16_supported() else "float32"
    return precision


def train(
    model: CellModel,
    cells: GeneCounts,
    rows: npt.NDArray[np.int64],
    training: Training,
    *,
    seed_init: int,
    at_checkpoint: Callable[[int, CellModel], None],
    device: torch.device | str = "cpu",
    state: Path | None = None,
    save_every: float | None = None,
    precision: Precision = "float32",
) -> Spent:
    """Train on the cells ``rows``; the model ends with its averaged weights.

    A family without an optimiser is fitted, and has no checkpoint.

    Parameters
    ----------
    model
        An untrained model on ``device``.
    rows
        Row numbers of the subset.
    seed_init
        Seed of the order of cells, of masks, views and dropout.
    at_checkpoint
        Called with the step and the model, which then holds the averaged weights.
    state
        File from which training goes on if it is there, and where its state is kept on the way; it stays when training
        ends. None keeps no state.
    save_every
        Seconds between two states; ``SAVE_EVERY`` if left out.
    precision
        In what the loss is computed.

    Raises
    ------
    DeviceFull
        If the cells of a step do not fit the device, and cannot pass in smaller parts (`scaling.train.parts`).
    SamplingError
        If the subset is empty, or its cells do not allow the batches.
    Diverged
        If the loss is not finite, or a thousand times what it was at first.
    """
    if not len(rows):
        msg = "the subset is empty: there is nothing to train on. Draw at least two cells."
        raise SamplingError(msg)
    start = time.perf_counter()
    resumed = load_state(state, device) if state is not None else None
    if resumed is None:
        model.fit(cells, rows)
    if training.optimiser is None:
        return Spent(time.perf_counter() - start)
    studies = np.asarray(cells.study)[rows] if training.within_studies else None
    weights = model.sampling_weights(cells, rows)
    order = Order(rows, training.batch_size, seed=seed_init, weights=weights, groups=studies)
    loop = _Loop(model, training.optimiser, training.steps, resumed, precision_on(device, precision))
    seconds, start = loop.seconds + time.perf_counter() - start, time.perf_counter()
    saved_at, every = start, SAVE_EVERY if save_every is None else save_every
    model.train()
    rng = torch.Generator(device)
    used = [rng.device] if rng.device.type == "cuda" else []
    with torch.random.fork_rng(devices=used):  # a step seeds the global generator, which is the caller's
        for step in range(loop.step + 1, training.steps + 1):
            _seed(rng, seed_init, step)
            loop.take_step(step, batch_of(cells, order.batch(step), device), rng)
            is_checkpoint = step in training.checkpoints
            if is_checkpoint:
                seconds += time.perf_counter() - start
                with loop.averaged():
                    at_checkpoint(step, model)
                model.train()
                start = time.perf_counter()
            if state is not None and (is_checkpoint or time.perf_counter() - saved_at >= every):
                save_state(loop.state(step, seconds + time.perf_counter() - start), state)
                saved_at = time.perf_counter()
    seconds += time.perf_counter() - start
    loop.finish()
    return Spent(seconds, loop.gradient.size or None)


class _Loop:
    """Model, optimiser and average of a training, at some step."""

    def __init__(
        self, model: CellModel, settings: Optimiser, steps: int, resumed: State | None, precision: str
    ) -> None:
        self.model, self.settings, self.steps = model, settings, steps
        self.gradient = StepInParts(model, size=resumed.micro_batch if resumed else 0, precision=precision)
        self.step, self.seconds, self.first = 0, 0.0, 0.0
        if resumed is not None:
            model.load_state_dict(resumed.weights)
            self.step, self.seconds, self.first = resumed.step, resumed.seconds, resumed.first_loss
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        averaged = self.weights if self.settings.ema is not None else []
        self.average = [weight.detach().clone() for weight in averaged] if resumed is None else resumed.average
        self.optimiser = _optimiser(self.weights, self.settings)
        if resumed is not None:
            self.optimiser.load_state_dict(resumed.optimiser)

    def take_step(self, step: int, batch: Batch, rng: torch.Generator) -> None:
        self.optimiser.param_groups[0]["lr"] = self.settings.learning_rate * _factor(self.settings, step, self.steps)
        self.optimiser.zero_grad(set_to_none=True)
        value = self.gradient.backward(batch, rng, step)
        self.first = value if step == 1 else self.first
        if not math.isfinite(value) or value > EXPLODED * max(abs(self.first), 1.0):
            raise Diverged(step, value)
        if self.settings.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.weights, self.settings.clip_norm)
        self.optimiser.step()
        if self.settings.ema is not None:
            now = [weight.detach() for weight in self.weights]
            with torch.no_grad():
                torch._foreach_lerp_(self.average, now, 1.0 - _decay(self.settings.ema, step))

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the averaged weights into the model for a while; the optimiser continues with the same objects."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def finish(self) -> None:
        """Leave the average in the model: that is what is returned."""
        self._swap()
        self.model.eval()

    def state(self, step: int, seconds: float) -> State:
        weights = {name: tensor.detach() for name, tensor in self.model.state_dict().items()}
        return State(step, weights, self.average, self.optimiser.state_dict(), self.first, seconds, self.gradient.size)

    def _swap(self) -> None:
        for weight, mean in zip(self.weights, self.average, strict=False):
            weight.data, mean.data = mean.data, weight.data


def _optimiser(weights: Sequence[torch.nn.Parameter], settings: Optimiser) -> torch.optim.Optimizer:
    kinds: dict[str, type[torch.optim.Adam]] = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}
    return kinds[settings.name](
        weights, lr=settings.learning_rate, betas=settings.betas, eps=settings.eps,
        weight_decay=settings.weight_decay, fused=True,
    )  # fmt: skip


def _factor(settings: Optimiser, step: int, steps: int) -> float:
    """Share of the peak learning rate at a step."""
    if step <= settings.warmup:
        return step / settings.warmup
    past = (step - settings.warmup) / max(steps - settings.warmup, 1)
    return {"constant": 1.0, "linear": 1.0 - past, "cosine": (1.0 + math.cos(math.pi * past)) / 2}[settings.schedule]


def _decay(ema: float, step: int) -> float:
    """Decay of the moving average at a step.

    Small in the first steps: with .999 from the start, the random initial weights would still be a third of the
    average after 1,000 steps.
    """
    return min(ema, (1.0 + step) / (10.0 + step))


def _seed(rng: torch.Generator, seed: int, step: int) -> None:
    """Seed the generator that a loss is given, and torch's own, which dropout draws from, for one step."""
    shared, own = np.random.SeedSequence([seed, 2, step]).generate_state(2, np.uint64)
    rng.manual_seed(int(shared >> np.uint64(1)))
    torch.manual_seed(int(own >> np.uint64(1)))


@contextmanager
def one_thread(threads: int = 1) -> Iterator[None]:
    """Train on so many threads.

    Sums over several threads round differently, so weights depend on their number; studies run in parallel by process
    instead (``workers``).
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
