"""Cells of one step as tensors on a device: what a family's loss and embedding are given."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from scaling.views.counts import GeneCounts

__all__ = ["Batch", "batch_of"]


@dataclass(frozen=True)
class Batch:
    """Raw counts of some cells and what is known of them; a view is a function of it, computed on its device."""

    counts: Tensor
    """Raw counts over the model's genes, cells x genes, float32."""
    library: Tensor
    """Counts of each cell over all genes that take part, float32."""
    measured: Tensor
    """1 where the cell's study measured the gene, else 0; cells x genes, float32."""
    study: Tensor
    """Number of the study of each cell, int64."""
    label: Tensor
    """Number of the cell type of each cell, int64; -1 where it is unknown."""

    def __len__(self) -> int:
        return len(self.counts)

    def cells(self, rows: slice) -> Batch:
        """Some of the cells, without a copy."""
        return Batch(*(getattr(self, entry.name)[rows] for entry in fields(self)))


def batch_of(cells: GeneCounts, rows: npt.NDArray[np.int64], device: torch.device | str = "cpu") -> Batch:
    """Put the cells ``rows`` on a device."""
    study = np.asarray(cells.study[rows], dtype=np.int64)
    arrays = (
        cells.dense(rows),
        np.asarray(cells.library[rows], dtype=np.float32),
        cells.measured[study].astype(np.float32),
        study,
        np.asarray(cells.label[rows], dtype=np.int64),
    )
    return Batch(*(torch.from_numpy(array).to(device) for array in arrays))
