"""Masked autoencoder: hide half of the genes of a cell, predict them from the rest.

The objective of the SSL model of DenAdel et al. (masking of ssl_in_scg): a Bernoulli mask per entry, the kept ones
scaled up as in dropout. Unlike there, the loss is the mean over the hidden entries that the study measured.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from scaling.models.encoder import Encoder, blocks

__all__ = ["MaskedAutoencoder"]


class MaskedAutoencoder(nn.Module):
    """Encoder and mirrored decoder; mean squared error of the hidden log counts."""

    def __init__(
        self, genes: int, hidden: Sequence[int] = (256, 128), dimensions: int = 64, *, mask_rate: float = 0.5
    ) -> None:
        super().__init__()
        self.encoder = Encoder(genes, hidden, dimensions)
        self.decoder = blocks([dimensions, *reversed(hidden), genes])
        self.mask_rate = mask_rate

    def loss(self, cells: Tensor, measured: Tensor, rng: torch.Generator) -> Tensor:
        """Mean squared error over hidden, measured entries."""
        kept = (torch.rand(cells.shape, generator=rng, device=cells.device) >= self.mask_rate).to(cells.dtype)
        hidden = (1.0 - kept) * measured
        output = self.decoder(self.encoder(cells * kept / (1.0 - self.mask_rate)))
        squares: Tensor = ((output - cells) * hidden).square()
        return squares.sum() / hidden.sum().clamp(min=1.0)

    def embed(self, cells: Tensor) -> Tensor:
        """Encoder output of the unmasked cells."""
        out: Tensor = self.encoder(cells)
        return out

    def module(self) -> nn.Module:
        """The parameters."""
        return self
