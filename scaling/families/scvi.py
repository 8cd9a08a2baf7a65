"""scVI: a variational autoencoder of counts (Lopez et al., Nature Methods 2018), as scvi-tools trains it.

Counts of a gene are negative binomial around its share of the cell's library, with one dispersion per gene; the
library is observed, and there is no batch key. DenAdel et al. pre-trained this model with scvi-tools 1.1.2, whose
layers, likelihood and loss these are (a test compares loss and gradients).

The likelihood is evaluated where counts are. For a count of zero every term but one vanishes, so log-gamma, the
dearest function of the loss, is computed for the few entries that are not zero; the sum is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn

from scaling.model.family import CellModel, Family, FamilyConfig, Optimiser, Split
from scaling.views.batch import Batch
from scaling.views.counts import GeneCounts

__all__ = ["FAMILY", "Scvi", "ScviConfig", "negative_binomial"]

EPSILON = 1e-8
"""Added inside logarithms, as in scvi-tools."""
LEAST_VARIANCE = 1e-4
"""Added to the posterior variance, as in scvi-tools."""


class ScviConfig(FamilyConfig):
    """Settings of scVI."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "reference": {"kl_warmup_in": "epochs", "unused_heads": True, "ignore_unmeasured": False}
    }
    """As pre-trained by DenAdel et al."""
    optimiser: Optimiser | None = Optimiser(
        name="adam", learning_rate=1e-3, weight_decay=1e-6, eps=0.01, warmup=0, ema=None
    )
    """As in scvi-tools; batch normalisation keeps running statistics, so there is no moving average of the weights."""
    width: int = Field(default=128, ge=1)
    """Width of the hidden layers."""
    layers: int = Field(default=1, ge=1)
    """Hidden layers of encoder and decoder."""
    dimensions: int = Field(default=10, ge=1)
    """Dimensions of the latent space, which is the embedding."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout in the encoder."""
    kl_warmup: int = Field(default=400, ge=0)
    """Over how long the weight of the divergence from the prior rises from 0 to 1."""
    kl_warmup_in: Literal["steps", "epochs"] = "steps"
    """Unit of ``kl_warmup``. In epochs, a large corpus ends with a weight far below 1 (B10)."""
    unused_heads: bool = False
    """Whether the parts that scvi-tools makes and never trains with this likelihood are made too (B24)."""
    ignore_unmeasured: bool = True
    """Whether a gene that the study did not measure has no share of the library; else its zero counts as observed."""


class Scvi(CellModel):
    """Encoder to a normal posterior, decoder to shares of the library, a log dispersion per gene."""

    in_bfloat16: ClassVar[bool] = False
    """Its likelihood is of counts up to thousands, of which eight bits are a rounding by several."""
    stacks: ClassVar[bool] = True
    to_compile: ClassVar[tuple[str, ...]] = ("posterior", "rates")
    seen: Tensor

    def __init__(self, genes: Sequence[str], config: ScviConfig) -> None:
        super().__init__()
        count, wide = len(genes), config.width
        self.config = config
        self.log_dispersion = nn.Parameter(torch.randn(count))
        self.encoder = _layers(count, config, dropout=config.dropout)
        self.mean = nn.Linear(wide, config.dimensions)
        self.log_variance = nn.Linear(wide, config.dimensions)
        self.decoder = _layers(config.dimensions, config, dropout=0.0)
        self.shares: nn.Module = nn.Linear(wide, count)
        if config.unused_heads:  # encoder of the library, heads of dispersion and dropout: made there, never trained
            library = nn.ModuleList([_layers(count, config, dropout=0.1), nn.Linear(wide, 1), nn.Linear(wide, 1)])
            self.unused = nn.ModuleList([library, nn.Linear(wide, count), nn.Linear(wide, count)])
        self.register_buffer("seen", torch.zeros(()))

    def fit(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> None:
        """Note how many cells an epoch has."""
        del cells
        self.seen.fill_(float(len(rows)))

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:
        """Negative evidence lower bound, averaged over cells, with one sample of the posterior."""
        return self.negative_bound(batch, *self._noise(batch, rng), kl_weight=self.kl_weight(len(batch), step))

    def negative_bound(self, batch: Batch, noise: Tensor, *, kl_weight: float | Tensor) -> Tensor:
        """Loss with the standard normal ``noise`` (cells x dimensions) of the sample of the posterior."""
        divergence, rates = self._pass(batch, noise)
        return (kl_weight * divergence - negative_binomial(batch.counts, rates, self.dispersion())).mean()

    def split(self) -> Split:
        """Divergence and likelihood of each cell, the latter over all entries: how many are not zero differs."""

        def of_cells(batch: Batch, drawn: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
            divergence, rates = self._pass(batch, *drawn)
            return divergence, negative_binomial_of_all(batch.counts, rates, self.dispersion())

        def combine(parts: tuple[Tensor, ...], step: int | None) -> Tensor:
            divergence, likelihood = parts
            return (self.kl_weight(len(divergence), step) * divergence - likelihood).mean()

        return Split(self._noise, of_cells, combine, apart=False)

    def _noise(self, batch: Batch, rng: torch.Generator) -> tuple[Tensor]:
        return (torch.randn((len(batch), self.config.dimensions), generator=rng, device=rng.device),)

    def _pass(self, batch: Batch, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Divergence of each cell's posterior from the prior, and the expected counts at a sample of it."""
        mean, variance = self.posterior(batch)
        rates = self.rates(batch, mean + variance.sqrt() * noise)
        return 0.5 * (variance + mean.square() - 1.0 - variance.log()).sum(dim=1), rates

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells as the mean of their posterior."""
        return self.posterior(batch)[0]

    def posterior(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Mean and variance of the posterior: cells x dimensions each."""
        hidden = self.encoder(batch.counts.log1p())
        return self.mean(hidden), self.log_variance(hidden).exp() + LEAST_VARIANCE

    def rates(self, batch: Batch, latent: Tensor) -> Tensor:
        """Expected counts, cells x genes: shares of the counts over the genes that the model sees."""
        scores = self.shares(self.decoder(latent))
        if self.config.ignore_unmeasured:
            scores = scores.masked_fill(batch.measured == 0, -torch.inf)
        rates: Tensor = scores.softmax(dim=1) * batch.counts.sum(dim=1, keepdim=True)
        return rates

    def reconstruct(self, batch: Batch) -> Tensor:
        """Expected counts of cells given themselves, at the mean of their posterior: cells x genes."""
        return self.rates(batch, self.posterior(batch)[0])

    def dispersion(self) -> Tensor:
        """Inverse dispersion of each gene."""
        return self.log_dispersion.exp()

    def kl_weight(self, cells: int, step: int | None) -> float | Tensor:
        """Weight of the divergence at a step with so many cells; 1 for the validation loss."""
        if step is None or not self.config.kl_warmup:
            return 1.0
        if self.config.kl_warmup_in == "steps":
            return min(1.0, (step - 1.0) / self.config.kl_warmup)
        epochs = ((step - 1.0) * cells / self.seen.double().clamp(min=1.0)).floor()
        return (epochs / self.config.kl_warmup).clamp(max=1.0)

    def flops(self) -> float:
        """Encoder without a gradient of its input, decoder with; unused heads cost nothing."""
        used = [part for name, part in self.named_parameters() if part.ndim == 2 and not name.startswith("unused")]
        return 6.0 * sum(part.numel() for part in used) - 2.0 * len(self.log_dispersion) * self.config.width


def negative_binomial(counts: Tensor, rates: Tensor, dispersion: Tensor) -> Tensor:
    """Log-likelihood of the counts of each cell: one number per cell.

    Parameters
    ----------
    counts
        Cells x genes.
    rates
        Expected counts, cells x genes.
    dispersion
        Inverse dispersion of each gene (theta); the variance is rate + rate squared / theta.
    """
    genes = counts.shape[1]
    # What a count of zero contributes, summed over all genes.
    zeros = torch.log(dispersion + EPSILON) @ dispersion - torch.log(rates + (dispersion + EPSILON)) @ dispersion
    entries = counts.flatten().nonzero().squeeze(1)
    count, rate = counts.flatten()[entries], rates.flatten().index_select(0, entries)
    theta = dispersion.index_select(0, entries % genes)
    more = count * (torch.log(rate + EPSILON) - torch.log(rate + (theta + EPSILON)))
    more = more + torch.lgamma(count + theta) - torch.lgamma(theta) - torch.lgamma(count + 1.0)
    return zeros.index_add(0, entries // genes, more)


def negative_binomial_of_all(counts: Tensor, rates: Tensor, dispersion: Tensor) -> Tensor:
    """What :func:`negative_binomial` computes, over all entries alike: for several models at once."""
    theta = dispersion + EPSILON
    zeros = (dispersion * (torch.log(theta) - torch.log(rates + theta))).sum(dim=1)
    more = counts * (torch.log(rates + EPSILON) - torch.log(rates + theta))
    more = more + torch.lgamma(counts + dispersion) - torch.lgamma(dispersion) - torch.lgamma(counts + 1.0)
    return zeros + more.sum(dim=1)


def _layers(width: int, config: ScviConfig, *, dropout: float) -> nn.Sequential:
    parts: list[nn.Module] = []
    for _ in range(config.layers):
        parts += [nn.Linear(width, config.width), nn.BatchNorm1d(config.width, eps=0.001, momentum=0.01), nn.ReLU()]
        parts += [nn.Dropout(dropout)] if dropout else []
        width = config.width
    return nn.Sequential(*parts)


FAMILY = Family(config=ScviConfig, model=Scvi, view="counts")
