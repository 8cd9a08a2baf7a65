"""The state of a training that was interrupted: weights, their average, the optimiser, and the step.

The order of cells and the random numbers of a step are functions of seed and step, so the step is cursor and generator
in one: training that goes on from a state ends with the same bits as training that was never interrupted.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

__all__ = ["State", "load_state", "save_state"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """All that training needs to go on after ``step``."""

    step: int
    weights: dict[str, Tensor]
    """Parameters and buffers as they are trained, not their average."""
    average: list[Tensor]
    optimiser: dict[str, Any]
    first_loss: float
    seconds: float
    """Time that training took so far."""
    micro_batch: int = 0
    """Cells that pass at once; 0 for all of a batch."""


def save_state(state: State, path: Path) -> None:
    """Write a state; the file is the old or the new one at any moment at which the process may be killed."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(vars(state), part)
    part.replace(path)


def load_state(path: Path, device: torch.device | str = "cpu") -> State | None:
    """Read a state; none if there is no such file, or if the machine failed before it was on disk."""
    if not path.is_file():
        return None
    try:
        return State(**torch.load(path, map_location=device, weights_only=True))
    except (OSError, EOFError, RuntimeError, ValueError, TypeError, KeyError, UnpicklingError) as error:
        logger.warning("%s cannot be read (%s); training starts again", path, str(error).splitlines()[0])
        return None
