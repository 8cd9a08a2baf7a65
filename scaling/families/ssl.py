"""The masked autoencoder of Richter et al. (Nature Machine Intelligence 2024), which DenAdel et al. call SSL.

Half of the entries of a cell are hidden, and predicted from the other half. Hidden entries are single ones drawn at
random, or whole gene programmes (sets of genes that work together), the same for all cells of a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from scaling.errors import StudyError
from scaling.model.family import CellModel, Family, FamilyConfig, Optimiser, Split
from scaling.views.batch import Batch
from scaling.views.log import log_cp10k

__all__ = ["FAMILY", "Ssl", "SslConfig"]


class SslConfig(FamilyConfig):
    """Settings of the masked autoencoder."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "reference": {
            "optimiser": Optimiser(learning_rate=1e-3, weight_decay=0.01, clip_norm=1.0, warmup=0, ema=None),
            "bounded": True,
            "mean_over": "all",
        }
    }
    """As pre-trained by DenAdel et al., but for the rate, which there falls by a tenth every two epochs (B9)."""
    optimiser: Optimiser | None = Optimiser(learning_rate=1e-3, weight_decay=0.01, clip_norm=1.0)
    """AdamW as published; the rate stays constant (B9)."""
    hidden: tuple[int, ...] = Field(default=(512, 512, 256, 256), min_length=1)
    """Hidden layers of the encoder; the decoder mirrors them."""
    dimensions: int = Field(default=64, ge=1)
    """Dimensions of the embedding."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout after each hidden layer."""
    masking: Literal["random", "gene_programme"] = "random"
    """What is hidden: single entries, or whole programmes."""
    mask_rate: float = Field(default=0.5, gt=0, lt=1)
    """Share of the entries, or of the programmes, that is hidden."""
    programmes: tuple[tuple[str, ...], ...] = ()
    """Genes of each programme, for ``gene_programme``."""
    bounded: bool = False
    """Whether the output passes a sigmoid: then no value above 1 can be predicted, and log counts reach 9 (B21)."""
    mean_over: Literal["hidden", "all"] = "hidden"
    """Whether the squared errors are averaged over the hidden, measured entries, or their sum over all entries."""


class Ssl(CellModel):
    """Encoder and mirrored decoder with SELU."""

    stacks: ClassVar[bool] = True
    to_compile: ClassVar[tuple[str, ...]] = ("_errors",)

    def __init__(self, genes: Sequence[str], config: SslConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = _layers([len(genes), *config.hidden, config.dimensions], config.dropout)
        self.decoder = _layers([config.dimensions, *reversed(config.hidden), len(genes)], config.dropout)
        if config.bounded:
            self.decoder.append(nn.Sigmoid())
        self.programmes = _members(genes, config) if config.masking == "gene_programme" else []

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:  # noqa: ARG002
        """Squared error of the hidden entries."""
        errors, entries = self._errors(batch, self.mask(batch.counts, rng))
        return errors.mean() if self.config.mean_over == "all" else errors.sum() / entries.sum().clamp(min=1.0)

    def split(self) -> Split:
        """Sum of the squares and number of entries of each cell."""
        return Split(
            draw=lambda batch, rng: (self.mask(batch.counts, rng).expand(batch.counts.shape),),
            of_cells=lambda batch, drawn: tuple(each.sum(dim=1) for each in self._errors(batch, *drawn)),
            combine=lambda parts, step: parts[0].sum() / parts[1].sum().clamp(min=1.0),  # noqa: ARG005
        )

    def _errors(self, batch: Batch, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Squared errors, zero where they do not count, and 1 for each entry that the mean is over."""
        cells = log_cp10k(batch)
        scale = 1.0 / (1.0 - self.config.mask_rate) if self.config.masking == "random" else 1.0
        output = self.decoder(self.encoder(cells * (1.0 - hidden) * scale))
        squares = (output - cells).square()
        if self.config.mean_over == "all":
            return hidden * squares, torch.ones_like(squares)
        hidden = hidden * batch.measured
        return hidden * squares, hidden

    def mask(self, cells: Tensor, rng: torch.Generator) -> Tensor:
        """1 where an entry is hidden: cells x genes, or 1 x genes where programmes are hidden."""
        if self.config.masking == "random":
            return (torch.rand(cells.shape, generator=rng, device=cells.device) < self.config.mask_rate).to(cells.dtype)
        number = max(round(self.config.mask_rate * len(self.programmes)), 1)
        hidden = torch.zeros((1, cells.shape[1]), device=cells.device)
        for programme in torch.randperm(len(self.programmes), generator=rng, device=cells.device)[:number].tolist():
            hidden[0, self.programmes[programme]] = 1.0
        return hidden

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells from all their genes, without a mask."""
        embedding: Tensor = self.encoder(log_cp10k(batch))
        return embedding

    def flops(self) -> float:
        """Operations of the layers; the input needs no gradient."""
        return super().flops() - 2.0 * next(self.encoder.parameters()).numel()


def _layers(sizes: Sequence[int], dropout: float) -> nn.Sequential:
    parts: list[nn.Module] = []
    for wide, narrow in pairwise(sizes):
        parts += [nn.Linear(wide, narrow), nn.SELU(), nn.Dropout(dropout)]
    return nn.Sequential(*parts[:-2])


def _members(genes: Sequence[str], config: SslConfig) -> list[list[int]]:
    """Columns of the genes of each programme that the model sees.

    Raises
    ------
    StudyError
        If the model sees a gene of fewer than two programmes: then nothing, or everything, would be hidden.
    """
    column = {gene: number for number, gene in enumerate(genes)}
    members = [[column[gene] for gene in programme if gene in column] for programme in config.programmes]
    members = [programme for programme in members if programme]
    if len(members) < 2:
        msg = (
            f"masking = 'gene_programme': {len(members)} of {len(config.programmes)} programmes have genes that the "
            f"models see ({', '.join(list(genes)[:3])} ...). Give at least two under programmes, with the same names."
        )
        raise StudyError(msg)
    return members


FAMILY = Family(config=SslConfig, model=Ssl, view="log1p_cp10k")
