"""Contrastive two-view encoder: match two halves of the genes of the same cell within a batch.

The objective of scConcept (Bahrami et al., bioRxiv 2025.10.14.682419), on a small encoder: two disjoint gene panels
per step, shared by the batch, L2-normalised embeddings, a learnable temperature, and either of its two losses: each
view finds its partner among the views of the other panel, or among all views of the batch. Unlike there, batches mix
studies, because a subset of 100 cells has too few cells of each study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from scaling.model.family import CellModel, Family, FamilyConfig, Optimiser, Split
from scaling.model.layers import Encoder
from scaling.views.batch import Batch
from scaling.views.log import log_cp10k

__all__ = ["FAMILY", "ContrastiveConfig", "ContrastiveEncoder", "match_across", "match_among_all"]


class ContrastiveConfig(FamilyConfig):
    """Settings of the contrastive encoder."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "reference": {
            "optimiser": Optimiser(learning_rate=1e-4, weight_decay=0.0, clip_norm=1.0, warmup=10_000, ema=None),
            "panels": "any_size",
            "joint_after": 10_000,
            "own_view": "zero",
        }
    }
    """scConcept's schedule and losses; its encoder is a transformer, and most of its panels are those of assays."""
    hidden: tuple[int, ...] = (256, 128)
    """Hidden layers of the encoder."""
    dimensions: int = Field(default=64, ge=2, le=4096)
    """Dimensions of the embedding."""
    log_scale: float = 3.0
    """Logarithm of the inverse temperature at the start."""
    panels: Literal["halves", "any_size"] = "halves"
    """Whether the panels hold half of the genes each, or 2 % of them up to all that remain."""
    joint_after: int | None = Field(default=None, ge=0)
    """Step after which a view finds its partner among all views; never if left out."""
    own_view: Literal["left_out", "zero"] = "left_out"
    """What becomes of a view's similarity with itself among all views."""


class ContrastiveEncoder(CellModel):
    """Encoder with a temperature; embeddings have length one."""

    stacks: ClassVar[bool] = True
    to_compile: ClassVar[tuple[str, ...]] = ("_views",)

    def __init__(self, genes: Sequence[str], config: ContrastiveConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(len(genes), config.hidden, config.dimensions)
        self.log_scale = nn.Parameter(torch.tensor(config.log_scale))

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:
        """Cross-entropy of identifying the other view of the same cell."""
        return self._match(self._views(batch, self._panels(batch.counts, rng)), step)

    def split(self) -> Split:
        """Both views of each cell; every one of the batch is then a negative of every other."""
        return Split(
            draw=lambda batch, rng: tuple(
                panel.expand(batch.counts.shape) for panel in self._panels(batch.counts, rng)
            ),
            of_cells=self._views,
            combine=self._match,
        )

    def _views(self, batch: Batch, panels: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Embeddings of both views of each cell."""
        cells = log_cp10k(batch)
        views = torch.cat([cells * panel for panel in panels])
        return functional.normalize(self.encoder(views), dim=1).chunk(2)

    def _match(self, views: tuple[Tensor, ...], step: int | None) -> Tensor:
        left, right = views
        # The scale is the inverse temperature; clamped as in CLIP, because training is unstable where it grows freely.
        scale = self.log_scale.exp().clamp(max=100.0)
        after = self.config.joint_after
        joint = after is not None and (step is None or step > after)
        return (match_among_all if joint else match_across)(left, right, scale, own_view=self.config.own_view)

    def _panels(self, cells: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Weights of the genes in each view.

        Genes outside of a panel are zero; the others are scaled up so that the expected sum of a view is that of the
        whole cell, which the encoder sees at evaluation (as in dropout).
        """
        genes = cells.shape[1]
        chance = torch.rand(genes, generator=rng, device=cells.device)
        if self.config.panels == "halves":
            first = (chance < 0.5).to(cells.dtype)
            return 2.0 * first, 2.0 - 2.0 * first
        least = max(genes // 50, 1)
        rank = torch.argsort(torch.argsort(chance))
        exponents = torch.rand(2, generator=rng, device=cells.device).tolist()
        first_size = _log_uniform(least, genes - least, exponents[0])
        second_size = _log_uniform(least, genes - first_size, exponents[1])
        first, second = rank < first_size, (rank >= first_size) & (rank < first_size + second_size)
        return first.to(cells.dtype) * (genes / first_size), second.to(cells.dtype) * (genes / second_size)

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells from all their genes; embeddings have length one."""
        return functional.normalize(self.encoder(log_cp10k(batch)), dim=1)

    def flops(self) -> float:
        """Two views of a cell pass the encoder."""
        return 2.0 * super().flops()


def match_across(left: Tensor, right: Tensor, scale: Tensor, *, own_view: str = "left_out") -> Tensor:
    """Each view finds its partner among the views of the other panel; the mean of both directions."""
    del own_view  # is not among them
    similarity = left @ right.T * scale
    own = torch.arange(len(left), device=left.device)  # the views of cell i are row i and column i
    return (functional.cross_entropy(similarity, own) + functional.cross_entropy(similarity.T, own)) / 2


def match_among_all(left: Tensor, right: Tensor, scale: Tensor, *, own_view: str = "left_out") -> Tensor:
    """Each view finds its partner among all other views of the batch, of either panel."""
    views = torch.cat([left, right])
    similarity = views @ views.T * scale
    itself = torch.eye(len(views), dtype=torch.bool, device=views.device)
    similarity = similarity.masked_fill(itself, 0.0 if own_view == "zero" else -torch.inf)
    partner = torch.arange(len(views), device=views.device).roll(len(left))
    return functional.cross_entropy(similarity, partner)


def _log_uniform(least: int, most: int, exponent: float) -> int:
    """A number between the two whose logarithm is even; ``exponent`` runs from 0 to 1."""
    return max(int(least * (most / least) ** exponent), least)


FAMILY = Family(config=ContrastiveConfig, model=ContrastiveEncoder, view="log1p_cp10k")
