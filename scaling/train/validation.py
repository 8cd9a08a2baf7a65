"""The loss on cells that no family is trained on or scored on: it chooses learning rate and checkpoint."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from scaling.model.family import CellModel
from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts

__all__ = ["best_step", "validation_loss"]

SEED = 20_000
"""Seed of the order of the cells and of masks: the same for every model, so that their losses compare."""


def validation_loss(
    model: CellModel, cells: GeneCounts, batch_size: int, *, device: torch.device | str = "cpu"
) -> float:
    """Mean loss over batches of the validation cells, without labels, in evaluation mode.

    The batches are as large as those of training, because a contrastive loss hangs on their size; cells that fill no
    batch are left out, unless there is no full one.
    """
    order = np.random.default_rng(SEED).permutation(len(cells))
    size = min(batch_size, len(cells))
    rng = torch.Generator(device)
    losses = []
    model.eval()
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        for number, start in enumerate(range(0, len(order) - size + 1, size)):
            rng.manual_seed(SEED + number)
            torch.manual_seed(SEED + number)
            batch = batch_of(cells, order[start : start + size], device)
            batch.label.fill_(-1)
            losses.append(float(model.loss(batch, rng, None)))
    return float(np.mean(losses))


def best_step(losses: Mapping[int, float]) -> int:
    """Step of the lowest loss; the first of equals."""
    return min(losses, key=lambda step: (losses[step], step))
