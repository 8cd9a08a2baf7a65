"""Interface of the neural families, so that the same training loop and evaluation serve all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch

__all__ = ["Pretrained"]


class Pretrained(Protocol):
    """A model with a loss on a batch of cells and an embedding of cells, such as masked and contrastive."""

    def loss(self, cells: torch.Tensor, measured: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """Compute the training loss of a batch, a scalar.

        Parameters
        ----------
        cells
            Log counts, cells x genes.
        measured
            1 where the cell's study measured the gene, else 0; cells x genes.
        rng
            Source of masks and views.
        """
        ...

    def embed(self, cells: torch.Tensor) -> torch.Tensor:
        """Embed log counts (cells x genes) in evaluation mode: cells x dimensions."""
        ...

    def module(self) -> torch.nn.Module:
        """The parameters."""
        ...
