"""A step whose activations do not fit the device: the cells pass in parts, and the loss and its gradient stay the same.

The cells pass twice. First without a graph, for the few numbers of each cell that the loss is made of
(`scaling.model.family.Split`); the loss of the whole batch gives the gradient at these; then part by part with a graph,
which takes that gradient on to the weights (Gao et al., Scaling deep contrastive learning batch size under memory
limited setup, RepL4NLP 2021). So a mean over hidden entries is over those of the whole batch, and a cell meets all its
negatives. Dropout draws other masks than a step in one part does, and the same ones in both passes.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from scaling.errors import DeviceFull
from scaling.model.family import CellModel, Split
from scaling.views.batch import Batch

__all__ = ["StepInParts", "autocast"]


class StepInParts:
    """Loss and gradient of a step, in parts that are halved whenever the device has no memory for them."""

    def __init__(self, model: CellModel, *, size: int = 0, precision: str = "float32") -> None:
        self.model, self.precision = model, precision
        self.size = size
        """Cells that pass at once; 0 for all of a batch."""

    def backward(self, batch: Batch, rng: torch.Generator, step: int | None) -> float:
        """Add the gradient of the loss to the weights, which have none yet.

        Parameters
        ----------
        rng
            Source of the loss; drawn from anew, from the same state, where a step is taken again.

        Returns
        -------
        The loss.

        Raises
        ------
        DeviceFull
            If a single cell does not fit, or the family's loss cannot be taken in parts.
        """
        drawn_from, seed = rng.get_state(), torch.initial_seed()
        while True:
            try:
                return self._backward(batch, rng, step)
            except torch.OutOfMemoryError as error:
                reason = str(error).splitlines()[0]
            # Here and not above: the error holds what the step had allocated.
            self._halve(len(batch), reason)
            self.model.zero_grad(set_to_none=True)
            if batch.counts.is_cuda:
                torch.cuda.empty_cache()
            rng.set_state(drawn_from)
            torch.manual_seed(seed)

    def _halve(self, cells: int, reason: str) -> None:
        now = min(self.size or cells, cells)
        if self._split() is None:
            raise DeviceFull(cells, type(self.model).__name__, reason)
        if now == 1:
            raise DeviceFull(1, type(self.model).__name__, reason)
        self.size = (now + 1) // 2

    def _backward(self, batch: Batch, rng: torch.Generator, step: int | None) -> float:
        split = self._split()
        if not self.size or self.size >= len(batch) or split is None:
            with self._autocast(batch):
                loss = self.model.loss(batch, rng, step)
            value = float(loss.detach())
            loss.backward()  # type: ignore[no-untyped-call]
            return value
        return self._in_parts(split, batch, rng, step)

    def _in_parts(self, split: Split, batch: Batch, rng: torch.Generator, step: int | None) -> float:
        with self._autocast(batch), torch.no_grad():
            drawn = split.draw(batch, rng)
            passed = [split.of_cells(part, own) for part, own in self._parts(batch, drawn)]
        leaves = tuple(torch.cat(each).requires_grad_() for each in zip(*passed, strict=True))
        del passed
        with self._autocast(batch):
            loss = split.combine(leaves, step)
        loss.backward()  # type: ignore[no-untyped-call]
        start = 0
        for part, own in self._parts(batch, drawn):
            with self._autocast(batch):
                again = split.of_cells(part, own)
            rows = slice(start, start + len(part))
            pairs = [
                (output, leaf.grad[rows]) for output, leaf in zip(again, leaves, strict=True) if leaf.grad is not None
            ]
            needed = [(output, gradient) for output, gradient in pairs if output.requires_grad]
            torch.autograd.backward([output for output, _ in needed], [gradient for _, gradient in needed])
            start += len(part)
        return float(loss.detach())

    def _parts(self, batch: Batch, drawn: tuple[Tensor, ...]) -> Iterator[tuple[Batch, tuple[Tensor, ...]]]:
        """Cells of each part and what was drawn for them; dropout starts at each part from a seed of its own."""
        seed = torch.initial_seed()
        for start in range(0, len(batch), self.size):
            rows = slice(start, start + self.size)
            torch.manual_seed((seed + start + 1) % 2**63)
            yield batch.cells(rows), tuple(each[rows] for each in drawn)
        torch.manual_seed(seed)

    def _split(self) -> Split | None:
        """The loss taken apart, if cells may pass in parts."""
        split = self.model.split()
        return split if split is not None and split.apart else None

    def _autocast(self, batch: Batch) -> torch.autocast:
        return autocast(self.model, batch.counts.device, self.precision)


def autocast(model: CellModel, device: torch.device, precision: str) -> torch.autocast:
    """Compute in bfloat16 while it is entered, if that is wanted and the family's loss allows it."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16" and model.in_bfloat16)
