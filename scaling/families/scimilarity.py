"""SCimilarity: an encoder trained by triplets of labelled cells and by reconstruction (Heimberg et al., Nature 2024).

It learns from cell types: a cell shall lie closer to a cell of its type from another study than to one of another
type. So it is supervised, needs labels and at least two studies that share a type, and is reported apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from scaling.errors import CorpusError
from scaling.model.family import CellModel, Family, FamilyConfig, Optimiser
from scaling.model.triplets import mine, relatives
from scaling.views.batch import Batch
from scaling.views.counts import GeneCounts
from scaling.views.log import log_cp10k

__all__ = ["FAMILY", "Scimilarity", "ScimilarityConfig"]

MOST_TYPES = 512
"""Cell types of a corpus; scTab has 164."""


class ScimilarityConfig(FamilyConfig):
    """Settings of SCimilarity."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "reference": {
            "optimiser": Optimiser(learning_rate=0.005, weight_decay=0.01, schedule="cosine", warmup=0, ema=None),
            "hidden": (1024, 1024, 1024),
            "dimensions": 128,
            "l1_layer": "last",
        }
    }
    """As pre-trained by DenAdel et al., but for the rate, which there falls by epoch and here by step."""
    optimiser: Optimiser | None = Optimiser(learning_rate=0.005, weight_decay=0.01, ema=None)
    """AdamW as published; the rate stays constant after the warm-up. Batch normalisation takes no moving average."""
    hidden: tuple[int, ...] = Field(default=(256, 256), min_length=1)
    """Hidden layers of the encoder; the decoder mirrors them."""
    dimensions: int = Field(default=64, ge=1)
    """Dimensions of the embedding, which has length one."""
    input_dropout: float = Field(default=0.4, ge=0, lt=1)
    """Dropout of the input."""
    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Dropout between hidden layers."""
    triplet_weight: float = Field(default=0.001, ge=0, le=1)
    """Weight of the triplets; the reconstruction has the rest."""
    margin: float = Field(default=0.05, gt=0)
    """How much farther the negative shall be."""
    l1: float = Field(default=1e-4, ge=0)
    """Penalty of the absolute weights of a layer, times the peak learning rate."""
    l1_layer: Literal["first", "last"] = "first"
    """Which layer of the encoder is penalised; the published code means the first and takes the last (B23)."""
    is_a: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Cell type -> the types that it is a kind of, as in the Cell Ontology: no negatives of each other."""


class Scimilarity(CellModel):
    """Encoder to the unit sphere, and decoder."""

    related: Tensor

    def __init__(self, genes: Sequence[str], config: ScimilarityConfig) -> None:
        super().__init__()
        self.config = config
        first, *more = config.hidden
        self.encoder = nn.Sequential(nn.Dropout(config.input_dropout), *_block(len(genes), first))
        for width in more:
            self.encoder.extend([nn.Dropout(config.dropout), *_block(first, width)])
            first = width
        self.encoder.append(nn.Linear(first, config.dimensions))
        first, *more = reversed(config.hidden)
        self.decoder = nn.Sequential(*_block(config.dimensions, first))
        for width in more:
            self.decoder.extend([nn.Dropout(config.dropout), *_block(first, width)])
            first = width
        self.decoder.append(nn.Linear(first, len(genes)))
        self.register_buffer("related", torch.eye(MOST_TYPES, dtype=torch.bool))

    def fit(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> None:
        """Note which types are kinds of each other.

        Raises
        ------
        CorpusError
            If no two studies share a type: then there are no triplets. If there are more than 512 types.
        """
        if len(cells.types) > MOST_TYPES:
            msg = f"SCimilarity takes at most {MOST_TYPES} cell types, there are {len(cells.types)}: take coarser ones"
            raise CorpusError(msg)
        label, study = np.asarray(cells.label[rows]), np.asarray(cells.study[rows])
        studies_of = {name: len(set(study[label == name].tolist())) for name in set(label.tolist()) - {-1}}
        if max(studies_of.values(), default=0) < 2:
            have = f"{len(studies_of)} cell types in {len(set(study.tolist()))} studies, no type in two of them"
            msg = (
                f"SCimilarity learns from cells of one type in different studies; these {len(rows)} cells have "
                f"{have if studies_of else 'no labels'}. Add labelled studies to the corpus, draw more cells, or take "
                "a family that needs no labels."
            )
            raise CorpusError(msg)
        related = torch.from_numpy(relatives(cells.types.tolist(), self.config.is_a))
        self.related[: len(related), : len(related)] = related

    def sampling_weights(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Weights that fall slowly with the cells of a type and of a study; 0 for a type of one study only.

        The published weight 1 / log1p(cells / 10,000) / log1p(cells / 1,000,000), at most twice the .999 quantile.
        """
        label, study = np.asarray(cells.label[rows]), np.asarray(cells.study[rows])
        pairs = np.unique(np.stack([label, study]), axis=1)
        shared = np.bincount(pairs[0] + 1, minlength=label.max() + 2) > 1
        shared[0] = False  # unknown types
        usable = shared[label + 1]
        of_type, of_study = (np.bincount(codes[usable], minlength=codes.max() + 1) for codes in (label, study))
        weights = np.zeros(len(rows))
        weights[usable] = 1.0 / np.log1p(of_type[label[usable]] / 1e4) / np.log1p(of_study[study[usable]] / 1e6)
        return np.minimum(weights, 2.0 * np.quantile(weights[usable], 0.999))

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:
        """Weighted sum of triplet loss and reconstruction, with the penalty; validation is the reconstruction."""
        cells = log_cp10k(batch)
        embedding = functional.normalize(self.encoder(cells), dim=1)
        reconstruction: Tensor = (
            (self.decoder(embedding) - cells) * batch.measured
        ).square().sum() / batch.measured.sum()
        if step is None:
            return reconstruction
        weight = self.config.triplet_weight
        total: Tensor = weight * self.triplet_loss(embedding, batch, rng) + (1.0 - weight) * reconstruction
        peak = self.config.optimiser.learning_rate if self.config.optimiser else 0.0
        return total + self.config.l1 * peak * self._penalised()

    def triplet_loss(self, embedding: Tensor, batch: Batch, rng: torch.Generator) -> Tensor:
        """Mean over one semi-hard triplet per pair of cells of a type; the margin where there is none, as there."""
        margin = self.config.margin
        triplets = mine(embedding.detach(), batch.label, batch.study, self.related, margin=margin, rng=rng)
        if not triplets.shape[1]:
            return embedding.new_full((), margin)
        anchor, positive, negative = embedding[triplets]
        return functional.triplet_margin_loss(anchor, positive, negative, margin=margin)

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells; embeddings have length one."""
        return functional.normalize(self.encoder(log_cp10k(batch)), dim=1)

    def flops(self) -> float:
        """Operations of the layers; the input needs no gradient."""
        return super().flops() - 2.0 * next(self.encoder.parameters()).numel()

    def _penalised(self) -> Tensor:
        """Sum of the absolute weights and biases of the penalised layer."""
        linear = [layer for layer in self.encoder if isinstance(layer, nn.Linear)]
        layer = linear[0 if self.config.l1_layer == "first" else -1]
        return layer.weight.abs().sum() + layer.bias.abs().sum()


def _block(wide: int, narrow: int) -> list[nn.Module]:
    return [nn.Linear(wide, narrow), nn.BatchNorm1d(narrow), nn.PReLU()]


FAMILY = Family(config=ScimilarityConfig, model=Scimilarity, view="log1p_cp10k", uses_labels=True)
