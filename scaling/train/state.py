"""The state of a training that was interrupted: weights, their average, the optimiser, and the step.

The order of cells and the random numbers of a step are functions of seed and step, so the step is cursor and generator
in one: training that goes on from a state ends with the same bits as training that was never interrupted.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

__all__ = ["State", "load_state", "save_state"]


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


def save_state(state: State, path: Path) -> None:
    """Write a state; the file is the old or the new one at any moment."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as handle:
        torch.save(vars(state), handle)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)


def load_state(path: Path, device: torch.device | str = "cpu") -> State | None:
    """Read a state; none if there is no such file."""
    if not path.is_file():
        return None
    return State(**torch.load(path, map_location=device, weights_only=True))
