"""Geneformer: a masked language model of genes ordered by rank (Theodoris et al., Nature 2023).

A cell is the list of its genes, the one that stands most above its usual level first. Some genes of the list are
hidden, and a BERT predicts which ones they were. Layers, initial weights and loss are those of
``transformers.BertForMaskedLM`` (a test compares the loss); cells are packed instead of padded, and scores over all
genes are computed for the hidden tokens only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from scaling.model.family import CellModel, Family, FamilyConfig, Optimiser, Split
from scaling.model.transformer import Packing, Transformer, pack
from scaling.views.batch import Batch
from scaling.views.counts import GeneCounts
from scaling.views.ranks import gene_medians, rank_genes, read_medians

__all__ = ["FAMILY", "MASK", "SPECIAL", "Geneformer", "GeneformerConfig"]

MASK, SPECIAL = 1, 2
"""Token that hides a gene, and number of tokens that are no genes (0 is padding there, and is not used here)."""


class GeneformerConfig(FamilyConfig):
    """Settings of Geneformer; the defaults train on a processor, ``reference`` has the published size."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "reference": {
            "optimiser": Optimiser(
                learning_rate=1e-3, weight_decay=0.001, schedule="linear", warmup=10_000, clip_norm=1.0, ema=None
            ),
            "width": 256,
            "layers": 6,
            "context": 2048,
            "segments": True,
        }
    }
    """As pre-trained by DenAdel et al., who took the medians of Genecorpus-30M: name that file under ``medians``."""
    optimiser: Optimiser | None = Optimiser(learning_rate=1e-3, weight_decay=0.001)
    """AdamW as published; the rate stays constant after the warm-up."""
    width: int = Field(default=64, ge=4)
    """Width of a token, and dimensions of the embedding; the feed-forward network is twice as wide."""
    layers: int = Field(default=2, ge=2)
    """Layers; the embedding is taken before the last one."""
    heads: int = Field(default=4, ge=1)
    """Heads of attention; they divide the width."""
    context: int = Field(default=128, ge=2)
    """Most genes of a cell, at most as many as the model sees."""
    dropout: float = Field(default=0.02, ge=0, lt=1)
    """Dropout of tokens and of attention."""
    mask_rate: float = Field(default=0.15, gt=0, lt=1)
    """Share of the genes that are predicted: 8 of 10 are hidden, 1 is replaced, 1 stays."""
    medians: Path | None = None
    """File of the usual level of each gene; else the medians of the subset that the model is pre-trained on. The id of
    a run holds the path of the file, not its content."""
    segments: bool = False
    """Whether BERT's two segment vectors are made too, of which one is used."""


class Geneformer(CellModel):
    """Embeddings of genes and ranks, a transformer, and a head tied to the embeddings of genes."""

    medians: Tensor
    length: Tensor

    def __init__(self, genes: Sequence[str], config: GeneformerConfig) -> None:
        super().__init__()
        self.config, self.genes = config, tuple(genes)
        width = config.width
        self.context = min(config.context, len(genes))
        self.gene = nn.Embedding(len(genes) + SPECIAL, width)
        self.rank = nn.Embedding(self.context, width)
        self.segment = nn.Embedding(2, width) if config.segments else None
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.transformer = Transformer(
            width, layers=config.layers, heads=config.heads, inner=2 * width, dropout=config.dropout
        )
        self.transform, self.transform_norm = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(len(genes) + SPECIAL))
        self.register_buffer("medians", torch.ones(len(genes), dtype=torch.float64))
        self.register_buffer("length", torch.tensor(float(self.context)))
        self.apply(_initialise)

    def fit(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> None:
        """Take the medians of the subset, or read them; note how many genes a cell has."""
        path = self.config.medians
        medians = gene_medians(cells, rows=rows) if path is None else read_medians(path, np.array(self.genes))
        self.medians.copy_(torch.from_numpy(medians))
        self.length.fill_(np.minimum(cells.indptr[rows + 1] - cells.indptr[rows], self.context).mean())

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:  # noqa: ARG002
        """Cross-entropy of the chosen genes, averaged over all of them."""
        tokens, packing = self.tokens(batch)
        shown, chosen = self.corrupt(tokens, rng)
        return self.prediction_loss(shown, tokens, chosen, packing)

    def split(self) -> Split:
        """Sum of the cross-entropies and number of chosen genes of each cell."""
        return Split(
            draw=self._draw,
            of_cells=self._errors,
            combine=lambda parts, step: parts[0].sum() / parts[1].sum().clamp(min=1.0),  # noqa: ARG005
        )

    def _draw(self, batch: Batch, rng: torch.Generator) -> tuple[Tensor, ...]:
        """Tokens as the model sees them and which are chosen: cells x places."""
        tokens, packing = self.tokens(batch)
        shown, chosen = self.corrupt(tokens, rng)
        flags = torch.zeros_like(tokens, dtype=torch.bool)
        flags[chosen] = True
        return packing.unpack(shown), packing.unpack(flags)

    def _errors(self, batch: Batch, drawn: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        tokens, packing = self.tokens(batch)
        shown, flags = (each[packing.cells, packing.positions] for each in drawn)
        chosen = flags.nonzero().squeeze(1)
        scores = self._scores(shown, chosen, packing)
        errors = functional.cross_entropy(scores, tokens[chosen], reduction="none").float()
        cells = packing.cells[chosen]
        number = torch.bincount(cells, minlength=len(batch)).to(errors.dtype)
        return errors.new_zeros(len(batch)).index_add(0, cells, errors), number

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells as the mean of their tokens before the last layer."""
        tokens, packing = self.tokens(batch)
        return packing.mean(self.transformer(self._enter(tokens, packing), packing, leave_out=1))

    def tokens(self, batch: Batch) -> tuple[Tensor, Packing]:
        """Tokens of the genes of all cells by rank, packed."""
        genes, lengths = rank_genes(batch.counts, self.medians, length=self.context)
        packing = pack(lengths)
        return genes[packing.cells, packing.positions] + SPECIAL, packing

    def corrupt(self, tokens: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Choose tokens; hide 8 of 10 of these, and replace 1 by any token.

        Returns
        -------
        The tokens as the model sees them, and the numbers of the chosen ones.
        """
        chance = torch.rand((2, len(tokens)), generator=rng, device=tokens.device)
        chosen = chance[0] < self.config.mask_rate
        any_token = torch.randint(len(self.bias), tokens.shape, generator=rng, device=tokens.device)
        shown = torch.where(chosen & (chance[1] < 0.8), MASK, tokens)
        shown = torch.where(chosen & (chance[1] >= 0.9), any_token, shown)
        return shown, chosen.nonzero().squeeze(1)

    def prediction_loss(self, shown: Tensor, tokens: Tensor, chosen: Tensor, packing: Packing) -> Tensor:
        """Mean cross-entropy of the chosen tokens, given the packed tokens as they are shown."""
        total = functional.cross_entropy(self._scores(shown, chosen, packing), tokens[chosen], reduction="sum")
        return total / max(len(chosen), 1)  # a batch of few genes may have none to predict

    def _scores(self, shown: Tensor, chosen: Tensor, packing: Packing) -> Tensor:
        """Scores of every token at the chosen places."""
        states = self.transformer(self._enter(shown, packing), packing)[chosen]
        states = self.transform_norm(functional.relu(self.transform(states)))
        return functional.linear(states, self.gene.weight, self.bias)

    def flops(self) -> float:
        """Operations for a cell of the mean length."""
        width, chosen, length = self.config.width, self.config.mask_rate, float(self.length)
        return length * (self.transformer.flops(length) + 6.0 * chosen * width * (width + len(self.bias)))

    def _enter(self, tokens: Tensor, packing: Packing) -> Tensor:
        states = self.gene(tokens) + self.rank(packing.positions)
        if self.segment is not None:
            states = states + self.segment.weight[0]
        return functional.dropout(self.norm(states), self.config.dropout, self.training)


def _initialise(part: nn.Module) -> None:
    if isinstance(part, nn.Linear | nn.Embedding):
        nn.init.normal_(part.weight, std=0.02)
    if isinstance(part, nn.Linear):
        nn.init.zeros_(part.bias)


FAMILY = Family(config=GeneformerConfig, model=Geneformer, view="ranks")
