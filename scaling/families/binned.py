"""A masked transformer over binned counts, like scBERT (Yang et al. 2022) and scGPT (Cui et al. 2024).

A token is a gene and the bin of its count; the bins of some tokens are hidden and predicted from the others. The
presets ``scbert`` and ``scgpt`` are the published settings as far as they apply: attention is exact where scBERT
approximates it, embeddings of genes start at random where scBERT takes gene2vec, and scGPT's attention mask for
generation is left out.

The ablations of "A Deep Dive" (Boiarsky et al., bioRxiv 2023.10.19.563100) are settings: ``gene_identity = false``
takes the genes away, so that a token is a bin and nothing else; no pre-training is the untrained twin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from graph.vocabulary.protocol import NO_GENE_IDENTITY
from scaling.errors import StudyError
from scaling.model.family import CellModel, Family, FamilyConfig, Optimiser, Split
from scaling.model.transformer import Packing, Transformer, pack
from scaling.views.batch import Batch
from scaling.views.bins import log_bins, quantile_bins
from scaling.views.counts import GeneCounts

__all__ = ["FAMILY", "Binned", "BinnedConfig"]

PUBLISHED = Optimiser(name="adam", learning_rate=1e-4, weight_decay=0.0, warmup=0, ema=None)
LOG_BINS = 6
"""Bins of scBERT: none, and five of log2 counts per 10,000."""


class BinnedConfig(FamilyConfig):
    """Settings of the binned transformer; the defaults are scBERT's objective at a size for a processor."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "scbert": {
            "optimiser": PUBLISHED, "unexpressed": True, "width": 200, "layers": 6, "heads": 10, "inner": 800,
            "context": 16_906, "dropout": 0.0,
        },
        "scgpt": {
            "optimiser": PUBLISHED, "binning": "quantile", "objective": "regress", "predict_from_cell": True,
            "pool": "cell", "width": 512, "layers": 12, "heads": 8, "inner": 512, "context": 1200, "dropout": 0.2,
            "mask_rate": 0.4, "hide_rate": 1.0,
        },
    }  # fmt: skip
    """scBERT as the Deep Dive pre-trained it on PanglaoDB; scGPT's size and objectives."""
    ablations: ClassVar[Mapping[str, Mapping[str, Any]]] = {NO_GENE_IDENTITY: {"gene_identity": False}}
    """The Deep Dive's, as an arm of a study."""
    optimiser: Optimiser | None = Optimiser(learning_rate=1e-3, weight_decay=0.01)
    """AdamW; the published rate of 1e-4 is for larger models."""
    binning: Literal["log", "quantile"] = "log"
    """Bins of logarithms (scBERT), or of the quantiles of each cell (scGPT)."""
    quantiles: int = Field(default=51, ge=3)
    """Bins with that of zero, for ``quantile``."""
    objective: Literal["classify", "regress"] = "classify"
    """Whether a bin is predicted as a class (scBERT), or as a number (scGPT)."""
    predict_from_cell: bool = False
    """Whether hidden bins are predicted a second time from the embedding of the cell alone (scGPT)."""
    unexpressed: bool = False
    """Whether measured genes without a count stand in a cell too (scBERT); they are never predicted."""
    gene_identity: bool = True
    """Whether a token says which gene it is of."""
    width: int = Field(default=64, ge=4)
    """Width of a token, and dimensions of the embedding."""
    layers: int = Field(default=2, ge=1)
    """Layers of the transformer."""
    heads: int = Field(default=4, ge=1)
    """Heads of attention; they divide the width."""
    inner: int = Field(default=128, ge=1)
    """Width of the feed-forward network."""
    context: int = Field(default=128, ge=2)
    """Genes of a cell that are seen: in training random ones, for the embedding those with most counts."""
    dropout: float = Field(default=0.02, ge=0, lt=1)
    """Dropout of tokens and of attention."""
    mask_rate: float = Field(default=0.15, gt=0, lt=1)
    """Share of the expressed genes whose bins are predicted."""
    hide_rate: float = Field(default=0.9, gt=0, le=1)
    """Share of these that are hidden; the others are shown as they are."""
    pool: Literal["mean", "cell"] = "mean"
    """Whether a cell's embedding is the mean of its genes, or the token in front of them (scGPT)."""


@dataclass(frozen=True)
class _Tokens:
    """Packed tokens; the first of each cell stands for the cell and has neither gene nor bin."""

    genes: Tensor
    bins: Tensor
    front: Tensor
    packing: Packing


class Binned(CellModel):
    """Embeddings of genes and bins, a transformer, and heads for the hidden bins."""

    length: Tensor

    def __init__(self, genes: Sequence[str], config: BinnedConfig) -> None:
        super().__init__()
        self.config = config
        self.bins = LOG_BINS if config.binning == "log" else config.quantiles
        self.gene = nn.Embedding(len(genes), config.width) if config.gene_identity else None
        self.bin = nn.Embedding(self.bins + 1, config.width)  # the last one hides
        self.front = nn.Parameter(torch.randn(config.width))
        self.norm = nn.LayerNorm(config.width)
        self.transformer = Transformer(
            config.width, layers=config.layers, heads=config.heads, inner=config.inner, dropout=config.dropout
        )
        self.head = nn.Linear(config.width, self.bins if config.objective == "classify" else 1)
        self.query = nn.Linear(config.width, config.width) if config.predict_from_cell else None
        self.register_buffer("length", torch.tensor(float(min(config.context, len(genes)))))

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:  # noqa: ARG002
        """Error of the hidden bins: cross-entropy, or the squared error of the bin as a share of the highest."""
        tokens = self._tokens(batch, rng)
        errors, _ = self._errors(tokens, *self._hide(tokens, rng))
        return errors.sum() / max(len(errors), 1)

    def split(self) -> Split:
        """Sum of the errors and number of hidden bins of each cell."""
        return Split(
            draw=self._draw,
            of_cells=self._of_cells,
            combine=lambda parts, step: parts[0].sum() / parts[1].sum().clamp(min=1.0),  # noqa: ARG005
        )

    def _draw(self, batch: Batch, rng: torch.Generator) -> tuple[Tensor, ...]:
        """Genes of each cell, their bins as they are shown, and which are predicted: cells x places."""
        tokens = self._tokens(batch, rng)
        chosen, shown = self._hide(tokens, rng)
        flags = torch.zeros_like(tokens.front)
        flags[chosen] = True
        return tuple(
            tokens.packing.unpack(each) for each in (tokens.genes, tokens.bins, shown, flags, torch.ones_like(flags))
        )

    def _of_cells(self, batch: Batch, drawn: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        packing = pack(drawn[-1].sum(dim=1))
        genes, bins, shown, flags = (each[packing.cells, packing.positions] for each in drawn[:-1])
        tokens = _Tokens(genes, bins, packing.positions == 0, packing)
        errors, cells = self._errors(tokens, flags.nonzero().squeeze(1), shown)
        number = torch.bincount(cells, minlength=len(batch)).to(errors.dtype)
        return errors.new_zeros(len(batch)).index_add(0, cells, errors), number

    def _errors(self, tokens: _Tokens, chosen: Tensor, shown: Tensor) -> tuple[Tensor, Tensor]:
        """Error of each chosen bin, and the number of its cell."""
        states = self._pass(tokens, shown)
        truth, cells = tokens.bins[chosen], tokens.packing.cells[chosen]
        shares = truth / (self.bins - 1)
        if self.config.objective == "classify":
            errors = functional.cross_entropy(self.head(states[chosen]), truth, reduction="none")
        else:
            errors = (self.head(states[chosen]).squeeze(1) - shares).square()
        if self.query is not None and self.gene is not None:
            fronts = states[tokens.front][torch.argsort(tokens.packing.cells[tokens.front])]
            queries = torch.sigmoid(self.query(self.gene(tokens.genes[chosen])))
            errors = errors + ((fronts[cells] * queries).sum(dim=1) - shares).square()
        return errors.float(), cells

    def predict(self, batch: Batch, hidden: Tensor, rng: torch.Generator) -> Tensor:
        """Predict the bins of hidden entries, each from the others of its cell.

        Parameters
        ----------
        hidden
            True where an entry is hidden: cells x genes.
        rng
            Source of the genes that are seen of a cell with more of them than the context holds.

        Returns
        -------
        Predicted bin of each hidden entry, cell by cell in the order of the genes.

        Raises
        ------
        StudyError
            If more entries of a cell are hidden than the context holds.
        """
        if (most := int(hidden.sum(dim=1).max())) > self.config.context:
            msg = f"{most} values of a cell are hidden, and the model sees {self.config.context}; hide fewer of them."
            raise StudyError(msg)
        tokens = self._tokens(batch, rng, first=hidden)
        hidden_values = hidden[tokens.packing.cells, tokens.genes] & ~tokens.front
        scores = self.head(self._pass(tokens, torch.where(hidden_values, self.bins, tokens.bins))[hidden_values])
        classes = self.config.objective == "classify"
        predicted = scores.argmax(dim=1) if classes else (scores.squeeze(1) * (self.bins - 1)).round().long()
        placed = torch.zeros_like(hidden, dtype=torch.int64)
        placed[tokens.packing.cells[hidden_values], tokens.genes[hidden_values]] = predicted
        return placed[hidden]

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells from the genes with most counts."""
        tokens = self._tokens(batch, None)
        states = self._pass(tokens, tokens.bins)
        front: Tensor = states[tokens.front][torch.argsort(tokens.packing.cells[tokens.front])]
        if self.config.pool == "cell":
            return front
        genes = states.masked_fill(tokens.front[:, None], 0.0)
        sums = front.new_zeros(front.shape).index_add(0, tokens.packing.cells, genes)
        number = torch.bincount(tokens.packing.cells, minlength=len(batch)) - 1
        return sums / number.clamp(min=1)[:, None]

    def fit(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> None:
        """Note how many genes of a cell are seen."""
        seen = cells.indptr[rows + 1] - cells.indptr[rows]
        if self.config.unexpressed:
            seen = cells.measured.sum(axis=1)[cells.study[rows]]
        self.length.fill_(np.minimum(seen, self.config.context).mean() + 1.0)

    def flops(self) -> float:
        """Operations for a cell of the mean length."""
        length = float(self.length)
        return length * (self.transformer.flops(length) + 6.0 * self.config.mask_rate * self.head.weight.numel())

    def _tokens(self, batch: Batch, rng: torch.Generator | None, *, first: Tensor | None = None) -> _Tokens:
        """Bins of the genes of each cell: random ones, or without a generator those with most counts.

        Where a cell has more genes than the context holds, those that are true in ``first`` are among them.
        """
        if self.config.binning == "log":
            bins = log_bins(batch.counts, batch.library)
        else:
            bins = quantile_bins(batch.counts, bins=self.bins)
        seen = (batch.counts > 0) | ((batch.measured > 0) & self.config.unexpressed)
        score = batch.counts if rng is None else torch.rand(bins.shape, generator=rng, device=rng.device)
        score = score if first is None else score + first
        order = torch.sort(score.masked_fill(~seen, -1.0), dim=1, descending=True, stable=True)[1]
        packing = pack(seen.sum(dim=1).clamp(max=self.config.context) + 1)
        front = packing.positions == 0
        genes = order[packing.cells, (packing.positions - 1).clamp(min=0)]
        return _Tokens(genes, bins[packing.cells, genes].masked_fill(front, 0), front, packing)

    def _hide(self, tokens: _Tokens, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Numbers of the tokens that are predicted, and the bins as the model sees them."""
        chance = torch.rand((2, len(tokens.bins)), generator=rng, device=rng.device)
        chosen = (chance[0] < self.config.mask_rate) & (tokens.bins > 0)
        shown = torch.where(chosen & (chance[1] < self.config.hide_rate), self.bins, tokens.bins)
        return chosen.nonzero().squeeze(1), shown

    def _pass(self, tokens: _Tokens, shown: Tensor) -> Tensor:
        states = self.bin(shown)
        if self.gene is not None:
            states = states + self.gene(tokens.genes)
        states = torch.where(tokens.front[:, None], self.front, states)
        states = functional.dropout(self.norm(states), self.config.dropout, self.training)
        passed: Tensor = self.transformer(states, tokens.packing)
        return passed


FAMILY = Family(config=BinnedConfig, model=Binned, view="bins")
