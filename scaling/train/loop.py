"""One training loop for all families.

The budget is counted in steps, the same for every corpus size: with a budget in epochs a small corpus would also
get less training, and the effect of size could not be separated from that of training.

By default the learning rate is constant after a warm-up, so that the weights at an earlier checkpoint are those of a
run with that smaller budget (a schedule that decays to zero would need a run per budget). A constant rate leaves the
weights noisy, so what is scored is their exponential moving average, which removes that noise without a decay.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from scaling.model.family import CellModel
from scaling.train.learner import Learner, check_not_empty, take_steps
from scaling.train.training import Spent, Trainee, Training
from scaling.views.counts import GeneCounts

__all__ = ["Precision", "Spent", "Training", "one_thread", "precision_on", "train"]

Precision = Literal["auto", "float32", "bfloat16"]


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
    compiled: bool = False,
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
    compiled
        Whether parts of the model are compiled (`scaling.train.compiling`); if they cannot be, a warning says so.

    Raises
    ------
    DeviceFull
        If the cells of a step do not fit the device, and cannot pass in smaller parts (`scaling.train.parts`).
    SamplingError
        If the subset is empty, or its cells do not allow the batches.
    Diverged
        If the loss is not finite, or a thousand times what it was at first.
    """
    trainee = Trainee(model, cells, rows, seed_init, at_checkpoint, state)
    if training.optimiser is None:
        check_not_empty(trainee)
        start = time.perf_counter()
        model.fit(cells, rows)
        return Spent(time.perf_counter() - start)
    learner = Learner(trainee, training, device=device, precision=precision_on(device, precision), compiled=compiled)
    take_steps(learner, training, save_every=save_every, device=device)
    return learner.finish()


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
