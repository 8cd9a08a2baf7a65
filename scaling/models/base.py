"""What a neural family must offer so that one training loop and one evaluation serve all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch

__all__ = ["Pretrained"]


class Pretrained(Protocol):
    """A model with a loss on a batch of cells and an embedding of cells; masked and contrastive are two."""

    def loss(self, cells: torch.Tensor, measured: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """Training loss of a batch.

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
        """Embedding, cells x dimensions, in evaluation mode."""
        ...

    def module(self) -> torch.nn.Module:
        """The parameters."""
        ...
