"""Contrastive two-view encoder: match two halves of the genes of the same cell within a batch.

The objective of scConcept (Bahrami et al., bioRxiv 2025.10.14.682419), on a small encoder: two disjoint gene panels
per step, shared by the batch, L2-normalised embeddings, a learnable temperature, symmetric cross-entropy between
the views. Unlike there, batches mix studies, because a subset of 100 cells has too few cells of each study.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from scaling.model.family import CellModel, Family, FamilyConfig
from scaling.model.layers import Encoder
from scaling.views.batch import Batch
from scaling.views.log import log_cp10k

__all__ = ["FAMILY", "ContrastiveConfig", "ContrastiveEncoder"]


class ContrastiveConfig(FamilyConfig):
    """Settings of the contrastive encoder."""

    hidden: tuple[int, ...] = (256, 128)
    """Hidden layers of the encoder."""
    dimensions: int = Field(default=64, ge=2, le=4096)
    """Dimensions of the embedding."""
    log_scale: float = 3.0
    """Logarithm of the inverse temperature at the start."""


class ContrastiveEncoder(CellModel):
    """Encoder with a temperature; embeddings have length one."""

    def __init__(self, genes: Sequence[str], config: ContrastiveConfig) -> None:
        super().__init__()
        self.encoder = Encoder(len(genes), config.hidden, config.dimensions)
        self.log_scale = nn.Parameter(torch.tensor(config.log_scale))

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:  # noqa: ARG002
        """Cross-entropy of identifying the other view of the same cell, averaged over both directions."""
        cells = log_cp10k(batch)
        first = (torch.rand(cells.shape[1], generator=rng, device=cells.device) < 0.5).to(cells.dtype)
        # Each view holds about half of the genes; doubled, its expected sum is that of the whole cell, which the
        # encoder sees at evaluation (as in dropout).
        views = torch.cat([cells * (2.0 * first), cells * (2.0 - 2.0 * first)])
        left, right = functional.normalize(self.encoder(views), dim=1).chunk(2)
        # The scale is the inverse temperature; clamped as in CLIP, because training is unstable where it grows freely.
        similarity = left @ right.T * self.log_scale.exp().clamp(max=100.0)
        own = torch.arange(len(cells), device=cells.device)  # the views of cell i are row i and column i
        forth, back = functional.cross_entropy(similarity, own), functional.cross_entropy(similarity.T, own)
        return (forth + back) / 2

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells from all their genes; embeddings have length one."""
        return functional.normalize(self.encoder(log_cp10k(batch)), dim=1)

    def flops(self) -> float:
        """Two views of a cell pass the encoder."""
        return 2.0 * super().flops()


FAMILY = Family(config=ContrastiveConfig, model=ContrastiveEncoder, view="log1p_cp10k")
