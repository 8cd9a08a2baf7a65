"""Layers that families share, so that only their objective differs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

__all__ = ["Encoder", "blocks"]


def blocks(sizes: Sequence[int]) -> nn.Sequential:
    """Stack linear layers with layer normalisation and ReLU between them; nothing follows the last one."""
    layers: list[nn.Module] = []
    for number, (wide, narrow) in enumerate(pairwise(sizes)):
        layers.append(nn.Linear(wide, narrow))
        if number < len(sizes) - 2:
            layers += [nn.LayerNorm(narrow), nn.ReLU()]
    return nn.Sequential(*layers)


class Encoder(nn.Module):
    """Genes -> hidden layers -> embedding; 2,000-256-128-64 in the shipped studies."""

    def __init__(self, genes: int, hidden: Sequence[int] = (256, 128), dimensions: int = 64) -> None:
        super().__init__()
        self.layers = blocks([genes, *hidden, dimensions])

    def forward(self, cells: Tensor) -> Tensor:
        """Embed log counts (cells x genes): cells x dimensions."""
        embedding: Tensor = self.layers(cells)
        return embedding
