"""Masked autoencoder: hide half of the genes of a cell, predict them from the rest.

The objective of the SSL model of DenAdel et al. (masking of ssl_in_scg): a Bernoulli mask per entry, visible entries
scaled up as in dropout. Unlike there, the loss is the mean over the hidden entries that the study measured: a gene
that was not measured is zero in the matrix, and predicting that zero would teach the model which study a cell is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from scaling.model.family import CellModel, Family, FamilyConfig, Split
from scaling.model.layers import Encoder, blocks
from scaling.views.batch import Batch
from scaling.views.log import log_cp10k

__all__ = ["FAMILY", "MaskedAutoencoder", "MaskedConfig"]


class MaskedConfig(FamilyConfig):
    """Settings of the masked autoencoder."""

    hidden: tuple[int, ...] = (256, 128)
    """Hidden layers of the encoder; the decoder mirrors them."""
    dimensions: int = Field(default=64, ge=2, le=4096)
    """Dimensions of the embedding."""
    mask_rate: float = Field(default=0.5, gt=0, lt=1)
    """Share of the entries that are hidden."""


class MaskedAutoencoder(CellModel):
    """Encoder and mirrored decoder; mean squared error of the hidden log counts."""

    stacks: ClassVar[bool] = True
    to_compile: ClassVar[tuple[str, ...]] = ("_squares",)

    def __init__(self, genes: Sequence[str], config: MaskedConfig) -> None:
        super().__init__()
        self.encoder = Encoder(len(genes), config.hidden, config.dimensions)
        self.decoder = blocks([config.dimensions, *reversed(config.hidden), len(genes)])
        self.mask_rate = config.mask_rate

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:  # noqa: ARG002
        """Mean squared error over hidden, measured entries."""
        return _mean(*self._squares(batch, *self._visible(batch, rng)))

    def split(self) -> Split:
        """Sum of the squares and number of hidden entries of each cell."""
        return Split(
            draw=self._visible,
            of_cells=lambda batch, drawn: tuple(each.sum(dim=1) for each in self._squares(batch, *drawn)),
            combine=lambda parts, step: _mean(*parts),  # noqa: ARG005
        )

    def _visible(self, batch: Batch, rng: torch.Generator) -> tuple[Tensor]:
        counts = batch.counts
        return ((torch.rand(counts.shape, generator=rng, device=counts.device) >= self.mask_rate).to(counts.dtype),)

    def _squares(self, batch: Batch, visible: Tensor) -> tuple[Tensor, Tensor]:
        """Squared errors of the hidden, measured entries, and where these are."""
        cells = log_cp10k(batch)
        hidden = (1.0 - visible) * batch.measured
        output = self.decoder(self.encoder(cells * visible / (1.0 - self.mask_rate)))
        return ((output - cells) * hidden).square(), hidden

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells from all their genes, without a mask."""
        embedding: Tensor = self.encoder(log_cp10k(batch))
        return embedding


def _mean(squares: Tensor, hidden: Tensor) -> Tensor:
    return squares.sum() / hidden.sum().clamp(min=1.0)  # a batch may hide nothing that was measured


FAMILY = Family(config=MaskedConfig, model=MaskedAutoencoder, view="log1p_cp10k")
