"""One training loop for all neural families.

The budget is counted in steps, the same for every corpus size: with a budget in epochs a small corpus would also
get less training, and the effect of size could not be separated from that of training.

The learning rate is constant after a warm-up, so that the weights at an earlier checkpoint are those of a run with
that smaller budget (a schedule that decays to zero would need a run per budget). A constant rate leaves the weights
noisy, so what is scored is their exponential moving average, which removes that noise without a decay.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scaling.errors import Diverged
from scaling.views.log import LogCounts

if TYPE_CHECKING:
    import torch

    from scaling.families.base import Pretrained

__all__ = ["Training", "batch_size", "build", "embed", "parameters", "train"]

EXPLODED = 1000.0
"""A loss so many times what it was at first (or so large, if that was below one) has exploded."""


@dataclass(frozen=True)
class Training:
    """Hyper-parameters of one run. They are part of the run's id: a new field makes all runs new."""

    family: str
    steps: int
    checkpoints: tuple[int, ...]
    """Steps at which the model is scored, ascending."""
    batch_size: int
    """Cells per step."""
    hidden: tuple[int, ...] = (256, 128)
    dimensions: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: int = 100
    """Steps over which the learning rate rises."""
    ema: float = 0.999
    """Decay per step of the moving average of the weights."""


def build(training: Training, genes: int, *, seed_init: int) -> Pretrained:
    """Make an untrained model of the family.

    Raises
    ------
    ValueError
        If the family is not ``masked`` or ``contrastive``.
    """
    import torch

    from scaling.families.contrastive import ContrastiveEncoder
    from scaling.families.masked import MaskedAutoencoder

    families: dict[str, Callable[..., Pretrained]] = {
        "masked": MaskedAutoencoder,
        "contrastive": ContrastiveEncoder,
    }
    if training.family not in families:
        msg = f"family {training.family!r} is not trained in steps; choose one of {', '.join(families)}"
        raise ValueError(msg)
    # torch initialises layers from its global generator only; forked, so that the caller's stream is not disturbed.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_init)
        return families[training.family](genes, training.hidden, training.dimensions)


def batch_size(training: Training, cells: int) -> int:
    """Cells per step for a subset of ``cells`` cells.

    The same at every size: a masked batch that is larger than the subset holds cells several times. A contrastive
    batch must not, as a cell would be a negative of itself; it takes at most half of a small subset, so that the
    negatives of a cell change from step to step.
    """
    return min(training.batch_size, max(cells // 2, 2)) if training.family == "contrastive" else training.batch_size


def parameters(model: Pretrained) -> int:
    """Number of trained parameters."""
    return sum(weight.numel() for weight in model.module().parameters())


def train(
    model: Pretrained,
    cells: LogCounts,
    rows: npt.NDArray[np.int64],
    training: Training,
    *,
    seed_init: int,
    at_checkpoint: Callable[[int, Pretrained], None],
) -> float:
    """Train on the cells ``rows``; the model ends with its averaged weights.

    Parameters
    ----------
    rows
        Row numbers of the subset.
    seed_init
        Seed of the order of cells and of masks and views.
    at_checkpoint
        Called with the step and the model, which then holds the averaged weights.

    Returns
    -------
    Seconds of training, without the scoring at checkpoints.

    Raises
    ------
    Diverged
        If the loss is not finite, or a thousand times what it was at first.
    """
    import torch

    module = model.module()
    rng = torch.Generator().manual_seed(seed_init)
    batches = _Batches(rows, batch_size(training, len(rows)), np.random.default_rng([seed_init, 1]))
    weights = list(module.parameters())
    average = [weight.detach().clone() for weight in weights]
    optimiser = torch.optim.AdamW(weights, lr=training.learning_rate, weight_decay=training.weight_decay, fused=True)
    measured = torch.from_numpy(np.asarray(cells.measured, dtype=np.float32))
    first = 0.0
    seconds, start = 0.0, time.perf_counter()
    module.train()
    for step in range(1, training.steps + 1):
        optimiser.param_groups[0]["lr"] = training.learning_rate * min(1.0, step / max(training.warmup, 1))
        batch = next(batches)
        loss = model.loss(
            torch.from_numpy(cells.dense(batch)), measured[torch.from_numpy(cells.study[batch]).long()], rng
        )
        value = float(loss.detach())
        first = value if step == 1 else first
        if not math.isfinite(value) or value > EXPLODED * max(abs(first), 1.0):
            raise Diverged(step, value)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, [weight.detach() for weight in weights], 1.0 - _decay(training.ema, step))
        if step in training.checkpoints:
            seconds += time.perf_counter() - start
            _swap(weights, average)
            at_checkpoint(step, model)
            if step < training.steps:  # the last step leaves the average in the model: that is what is returned
                _swap(weights, average)
            module.train()
            start = time.perf_counter()
    return seconds


def embed(model: Pretrained, cells: LogCounts, *, block: int = 2048) -> npt.NDArray[np.float32]:
    """Embed all cells, ``block`` at a time: cells x dimensions."""
    import torch

    model.module().eval()
    with torch.inference_mode():
        parts = [
            model.embed(torch.from_numpy(cells.dense(np.arange(start, min(start + block, len(cells)))))).numpy()
            for start in range(0, len(cells), block)
        ]
    return np.concatenate(parts)


def _decay(ema: float, step: int) -> float:
    """Decay of the moving average at a step.

    Small in the first steps: with .999 from the start, the random initial weights would still be a third of the
    average after 1,000 steps.
    """
    return min(ema, (1.0 + step) / (10.0 + step))


def _swap(weights: Sequence[torch.Tensor], average: Sequence[torch.Tensor]) -> None:
    """Exchange weights and average in place; the optimiser goes on with the same parameter objects."""
    for weight, mean in zip(weights, average, strict=True):
        weight.data, mean.data = mean.data, weight.data


class _Batches:
    """Endless batches of row numbers, drawn without replacement within an epoch.

    The incomplete batch at the end of an epoch is dropped, because it would be joined with cells of the next epoch,
    possibly the same ones. Only a batch that is larger than the subset spans epochs.
    """

    def __init__(self, rows: npt.NDArray[np.int64], batch_size: int, rng: np.random.Generator) -> None:
        self.rows, self.size, self.rng = rows, batch_size, rng
        self.queue = rows[:0]

    def __next__(self) -> npt.NDArray[np.int64]:
        while len(self.queue) < self.size:
            remainder = self.queue if self.size > len(self.rows) else self.rows[:0]
            self.queue = np.concatenate([remainder, self.rng.permutation(self.rows)])
        batch, self.queue = self.queue[: self.size], self.queue[self.size :]
        return batch
