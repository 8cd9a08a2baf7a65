"""Embed cells with a model, a block at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from scaling.model.family import CellModel
from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts

__all__ = ["embed", "embed_once"]


def embed(
    model: CellModel, cells: GeneCounts, *, block: int = 2048, device: torch.device | str = "cpu"
) -> npt.NDArray[np.float32]:
    """Embed all cells, ``block`` at a time: cells x dimensions."""
    model.eval()
    with torch.inference_mode():
        parts = [
            model.embed(batch_of(cells, np.arange(start, min(start + block, len(cells))), device)).float().cpu().numpy()
            for start in range(0, max(len(cells), 1), block)
        ]
    return np.concatenate(parts)


def embed_once(
    model: CellModel, *, device: torch.device | str = "cpu"
) -> Callable[[GeneCounts], npt.NDArray[np.float32]]:
    """Embed by :func:`embed`, and equal cells once: several evaluations ask about the same ones."""
    made: dict[str, npt.NDArray[np.float32]] = {}

    def embedding(cells: GeneCounts) -> npt.NDArray[np.float32]:
        if cells.digest not in made:
            made[cells.digest] = embed(model, cells, device=device)
        return made[cells.digest]

    return embedding
