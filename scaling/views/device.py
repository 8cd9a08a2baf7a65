"""The cells of a corpus or batch on a device, and what models see of them: log counts, counts, ranks, bins.

Counts are what is kept; everything else is made from them where the model is, batch by batch. A batch is either a
matrix of cells x genes, or padded rows: the genes that each cell expresses, and their counts, ascending by gene.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from scaling.views.log import TARGET, LogCounts

__all__ = ["DeviceCounts", "PaddedCounts", "log_cp10k", "on_device"]


class PaddedCounts(NamedTuple):
    """Expressed genes of each cell, cells x widest cell; where ``counts`` is 0 a row has ended, and ``genes`` is 0."""

    genes: Tensor
    """Numbers of genes (int64), ascending within a cell."""
    counts: Tensor
    """Their counts (int64)."""


@dataclass(frozen=True)
class DeviceCounts:
    """Raw counts as compressed rows on a device; the fields are those of `LogCounts`."""

    indptr: Tensor
    indices: Tensor
    counts: Tensor
    totals: Tensor
    measured: Tensor
    study: Tensor

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def genes(self) -> int:
        """Number of genes."""
        return int(self.measured.shape[1])

    def dense(self, rows: Tensor) -> Tensor:
        """Expand the counts of the cells ``rows``: cells x genes, float32."""
        cell, entries = self._entries(rows)
        matrix = torch.zeros((len(rows), self.genes), dtype=torch.float32, device=self.counts.device)
        matrix[cell, self.indices[entries].long()] = self.counts[entries].to(torch.float32)
        return matrix

    def padded(self, rows: Tensor) -> PaddedCounts:
        """Lay out the expressed genes of the cells ``rows`` one after the other, padded to the widest cell."""
        cell, entries = self._entries(rows)
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        width = int(lengths.max()) if len(rows) else 0
        place = torch.arange(len(cell), device=cell.device) - (torch.cumsum(lengths, 0) - lengths)[cell]
        genes = torch.zeros((len(rows), width), dtype=torch.int64, device=self.counts.device)
        counts = torch.zeros_like(genes)
        genes[cell, place] = self.indices[entries].long()
        counts[cell, place] = self.counts[entries].long()
        return PaddedCounts(genes, counts)

    def measured_by(self, rows: Tensor) -> Tensor:
        """Whether the study of each of the cells ``rows`` measured each gene: cells x genes."""
        return self.measured[self.study[rows].long()]

    def _entries(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Number within the batch, and position in the arrays, of every entry of the cells ``rows``."""
        starts = self.indptr[rows]
        lengths = self.indptr[rows + 1] - starts
        cell = torch.repeat_interleave(torch.arange(len(rows), device=rows.device), lengths)
        shift = starts - (torch.cumsum(lengths, 0) - lengths)
        return cell, torch.arange(len(cell), device=rows.device) + shift[cell]


def on_device(cells: LogCounts, device: str | torch.device = "cpu") -> DeviceCounts:
    """Copy the raw counts of ``cells`` to a device; the counts of a corpus are copied once, for all of its batches."""

    def tensor(array: npt.NDArray[np.generic], kind: type[np.generic]) -> Tensor:
        return torch.from_numpy(np.array(array, dtype=kind)).to(device)

    return DeviceCounts(
        indptr=tensor(cells.indptr, np.int64),
        indices=tensor(cells.indices, np.int32),
        counts=tensor(cells.counts, np.int64 if len(cells.counts) and cells.counts.max() > 2**31 - 1 else np.int32),
        totals=tensor(cells.totals, np.int64),
        measured=tensor(cells.measured, np.bool_),
        study=tensor(cells.study, np.int32),
    )


def log_cp10k(counts: Tensor, totals: Tensor) -> Tensor:
    """Normalise counts (cells x anything) to log1p of counts per 10,000 of ``totals``, the library size of each cell.

    The same as `scaling.views.log.log_normalise` up to the last bits of float32.
    """
    return torch.log1p(counts * (TARGET / totals.clamp(min=1)).to(torch.float32)[:, None])
