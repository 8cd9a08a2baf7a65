"""A transformer over packed cells: sequences of different lengths, one after the other, without padding.

Linear layers see all tokens of a batch as one matrix. Attention is computed for cells of equal length together, so it
needs no mask; cells longer than the context are cut to it, which makes most of them equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from scaling.errors import StudyError

__all__ = ["Packing", "Transformer", "pack"]

EPSILON = 1e-12
"""Of layer normalisation, as in BERT."""


@dataclass(frozen=True)
class Packing:
    """Where the tokens of a batch lie: cells by length, each ``groups`` entry being (cells, length) of equal ones."""

    cells: Tensor
    """Number of each packed token's cell within the batch."""
    positions: Tensor
    """Place of each token within its cell."""
    groups: tuple[tuple[int, int], ...]
    """Number of cells and their length, in the order of packing; cells without tokens are left out."""
    size: int
    """Cells of the batch."""

    def unpack(self, tokens: Tensor) -> Tensor:
        """Lay tokens out by cell and place: cells x places of the longest one, zero behind the others."""
        longest = max((length for _, length in self.groups), default=0)
        laid = tokens.new_zeros((self.size, longest, *tokens.shape[1:]))
        laid[self.cells, self.positions] = tokens
        return laid

    def mean(self, tokens: Tensor) -> Tensor:
        """Mean of the tokens of each cell: cells x width; zero for a cell without tokens."""
        sums = tokens.new_zeros((self.size, tokens.shape[1])).index_add(0, self.cells, tokens)
        return sums / torch.bincount(self.cells, minlength=self.size).clamp(min=1).to(tokens.dtype)[:, None]


def pack(lengths: Tensor) -> Packing:
    """Pack cells with so many tokens each."""
    order = torch.argsort(lengths, stable=True)
    ordered = lengths[order]
    cells = torch.repeat_interleave(order, ordered)
    starts = torch.repeat_interleave(torch.cumsum(ordered, 0) - ordered, ordered)
    values, numbers = torch.unique_consecutive(ordered, return_counts=True)
    groups = zip(numbers.tolist(), values.tolist(), strict=True)
    return Packing(
        cells=cells,
        positions=torch.arange(len(cells), device=lengths.device) - starts,
        groups=tuple((number, length) for number, length in groups if length),
        size=len(lengths),
    )


class Transformer(nn.Module):
    """Layers as in BERT: attention and feed-forward network, each followed by addition and layer normalisation."""

    def __init__(self, width: int, *, layers: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        if width % heads:
            msg = f"width = {width} is not a multiple of heads = {heads}; choose one, such as {width // heads * heads}"
            raise StudyError(msg)
        self.width = width
        self.layers = nn.ModuleList(_Layer(width, heads, inner, dropout) for _ in range(layers))

    def forward(self, tokens: Tensor, packing: Packing, *, leave_out: int = 0) -> Tensor:
        """Pass packed tokens (tokens x width) through all layers but the last ``leave_out``."""
        for layer in self.layers[: len(self.layers) - leave_out]:
            tokens = layer(tokens, packing)
        return tokens

    def flops(self, length: float) -> float:
        """Operations of training per token of a cell with ``length`` tokens: forward once, backward twice."""
        matrices = sum(weight.numel() for weight in self.parameters() if weight.ndim == 2)
        return 6.0 * matrices + 12.0 * length * self.width * len(self.layers)


class _Layer(nn.Module):
    to_compile: ClassVar[tuple[str, ...]] = ("_after_attention",)

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.after_attention = nn.LayerNorm(width, eps=EPSILON)
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)
        self.after_network = nn.LayerNorm(width, eps=EPSILON)

    def forward(self, tokens: Tensor, packing: Packing) -> Tensor:
        return self._after_attention(tokens, self._attend(self.query_key_value(tokens), packing))

    def _after_attention(self, tokens: Tensor, attended: Tensor) -> Tensor:
        """All that sees each token without the others."""
        tokens = self.after_attention(tokens + self._drop(self.out(attended)))
        changed = self._drop(self.narrow(functional.relu(self.widen(tokens))))
        result: Tensor = self.after_network(tokens + changed)
        return result

    def _attend(self, projected: Tensor, packing: Packing) -> Tensor:
        parts, start = [], 0
        for cells, length in packing.groups:
            group = projected[start : start + cells * length].view(cells, length, 3, self.heads, -1)
            query, key, value = group.permute(2, 0, 3, 1, 4)
            mixed = functional.scaled_dot_product_attention(
                query, key, value, dropout_p=self.dropout if self.training else 0.0
            )
            parts.append(mixed.transpose(1, 2).reshape(cells * length, -1))
            start += cells * length
        return torch.cat(parts) if parts else projected[:, : projected.shape[1] // 3]

    def _drop(self, tokens: Tensor) -> Tensor:
        return functional.dropout(tokens, self.dropout, self.training)
