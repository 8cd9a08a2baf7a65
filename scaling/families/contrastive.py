"""Contrastive two-view encoder: match two halves of the genes of the same cell within a batch.

The objective of scConcept (Bahrami et al., bioRxiv 2025.10.14.682419), on a small encoder: two disjoint gene panels
per step, shared by the batch, L2-normalised embeddings, a learnable temperature, symmetric cross-entropy between
the views. Unlike there, batches mix studies, because a subset of 100 cells has too few cells of each study.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from scaling.families.encoder import Encoder

__all__ = ["ContrastiveEncoder"]


class ContrastiveEncoder(nn.Module):
    """Encoder with a temperature; embeddings have length one."""

    def __init__(
        self, genes: int, hidden: Sequence[int] = (256, 128), dimensions: int = 64, *, log_scale: float = 3.0
    ) -> None:
        super().__init__()
        self.encoder = Encoder(genes, hidden, dimensions)
        self.log_scale = nn.Parameter(torch.tensor(log_scale))

    def loss(self, cells: Tensor, measured: Tensor, rng: torch.Generator) -> Tensor:  # noqa: ARG002
        """Cross-entropy of identifying the other view of the same cell, averaged over both directions."""
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

    def embed(self, cells: Tensor) -> Tensor:
        """Embed cells from all their genes; embeddings have length one."""
        return functional.normalize(self.encoder(cells), dim=1)

    def module(self) -> nn.Module:
        """The parameters."""
        return self
