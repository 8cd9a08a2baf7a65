"""What is trained, on what, and what it took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scaling.model.family import CellModel, FamilyConfig, Optimiser
from scaling.views.counts import GeneCounts

__all__ = ["Spent", "Trainee", "Training"]


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
class Trainee:
    """A model and its cells: all in which trainings differ that may be stacked."""

    model: CellModel
    """Untrained, on the device."""
    cells: GeneCounts
    rows: npt.NDArray[np.int64]
    """Row numbers of the subset."""
    seed_init: int
    """Seed of the order of cells, of masks, views and dropout."""
    at_checkpoint: Callable[[int, CellModel], None]
    """Called with the step and the model, which then holds the averaged weights."""
    state: Path | None = None
    """File from which training goes on if it is there, and where its state is kept on the way; none keeps no state."""


@dataclass(frozen=True)
class Spent:
    """What a training took."""

    seconds: float
    """Of training, without what is done at checkpoints; of a stack, its share of them."""
    micro_batch: int | None = None
    """Cells that passed at once, where the device had no memory for those of a step."""
    stacked: int | None = None
    """Trainings that took their steps together at the end, this one included; none where it was trained alone."""
    compiled: bool = False
    """Whether parts of the model were compiled."""
