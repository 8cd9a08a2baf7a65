"""LDVAE: scVI with a linear decoder (Svensson et al., Bioinformatics 2020), as in scvi-tools.

Encoder, likelihood and loss are scVI's, with the observed library (scvi-tools infers it from the counts of a cell
unless told ``use_observed_lib_size``). A gene's share of the library is a softmax over linear functions of the latent
space, one per gene, without a hidden layer and without a bias; their batch normalisation holds what a bias would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from torch import nn

from scaling.families.scvi import Scvi, ScviConfig
from scaling.model.family import Family

__all__ = ["FAMILY", "Ldvae", "LdvaeConfig"]


class LdvaeConfig(ScviConfig):
    """Settings of LDVAE: those of scVI, of which ``layers`` and ``width`` are the encoder's alone."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}


class Ldvae(Scvi):
    """Encoder to a normal posterior, linear decoder to shares of the library."""

    def __init__(self, genes: Sequence[str], config: LdvaeConfig) -> None:
        super().__init__(genes, config)
        self.decoder = nn.Sequential()
        linear = nn.Linear(config.dimensions, len(genes), bias=False)
        self.shares = nn.Sequential(linear, nn.BatchNorm1d(len(genes), eps=0.001, momentum=0.01))


FAMILY = Family(config=LdvaeConfig, model=Ldvae, view="counts")
