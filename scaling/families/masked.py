"""Masked autoencoder: hide half of the genes of a cell, predict them from the rest.

The objective of the SSL model of DenAdel et al. (masking of ssl_in_scg): a Bernoulli mask per entry, visible entries
scaled up as in dropout. Unlike there, the loss is the mean over the hidden entries that the study measured: a gene
that was not measured is zero in the matrix, and predicting that zero would teach the model which study a cell is from.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from scaling.families.encoder import Encoder, blocks

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
        visible = (torch.rand(cells.shape, generator=rng, device=cells.device) >= self.mask_rate).to(cells.dtype)
        hidden = (1.0 - visible) * measured
        output = self.decoder(self.encoder(cells * visible / (1.0 - self.mask_rate)))
        squares: Tensor = ((output - cells) * hidden).square()
        return squares.sum() / hidden.sum().clamp(min=1.0)  # a batch may hide nothing that was measured

    def embed(self, cells: Tensor) -> Tensor:
        """Embed cells from all their genes, without a mask."""
        embedding: Tensor = self.encoder(cells)
        return embedding

    def module(self) -> nn.Module:
        """The parameters."""
        return self
