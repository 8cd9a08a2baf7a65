"""Training a classifier of cell types on labelled cells: on a frozen embedding, or with all weights of its model.

Both ends of the comparison are here, so that they differ in nothing else: the same head, cells, order and stopping.
Pre-training is judged by the twin without it, and by logistic regression on the genes.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from scaling.errors import NothingToScore
from scaling.evaluate.splits import Labelled
from scaling.model.family import CellModel
from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts

__all__ = ["Features", "Recipe", "all_weights", "classify", "classify_best", "frozen"]

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]
BLOCK = 1024
"""Cells that are predicted at a time."""


@dataclass(frozen=True)
class Recipe:
    """How a classifier is trained."""

    hidden: int
    """Units between embedding and types; 0 for none."""
    dropout: float
    learning_rate: float
    weight_decay: float
    batch_size: int
    """Cells per step at least; what is left over is spread over the steps."""
    epochs: int
    """Passes over the labelled cells at most."""
    patience: int
    """Epochs without a lower loss on the validation cells after which training stops."""
    balanced: bool
    """Weight each type by the inverse of its cells."""
    seed: int
    """Seed of the head, of the order of cells and of dropout."""


@dataclass(frozen=True)
class Features:
    """Where the embedding of cells comes from, as a function that gradients pass through if ``model`` is trained."""

    of: Callable[[Rows], Tensor]
    """Rows -> cells x dimensions."""
    model: CellModel | None = None
    """What is trained with the head; none where the embedding is frozen."""


def frozen(points: npt.NDArray[np.floating[Any]], device: torch.device | str = "cpu") -> Features:
    """Take an embedding as it is."""
    table = torch.from_numpy(np.ascontiguousarray(points, dtype=np.float32)).to(device)
    return Features(lambda rows: table[torch.from_numpy(rows).to(table.device)])


def all_weights(
    model: CellModel, cells: GeneCounts, device: torch.device | str = "cpu", *, more: GeneCounts | None = None
) -> Features:
    """Take the embedding of a copy of a model, all weights of which are trained.

    Rows behind those of ``cells`` are of ``more``; no rows are asked for of both at once.
    """
    twin, first = copy.deepcopy(model), len(cells)

    def embed(rows: Rows) -> Tensor:
        if more is not None and rows[0] >= first:
            return twin.embed(batch_of(more, rows - first, device))
        return twin.embed(batch_of(cells, rows, device))

    return Features(embed, twin)


def classify_best(
    features: Callable[[], Features],
    codes: Codes,
    labelled: Labelled,
    test: Rows,
    recipes: Sequence[Recipe],
    device: torch.device | str = "cpu",
) -> Codes:
    """Train by each recipe and predict by the one of the lowest loss on the validation cells.

    Parameters
    ----------
    features
        Makes the embedding anew, as training changes it.

    Raises
    ------
    NothingToScore
        If no epoch of any recipe has a finite loss.
    """
    tried = [_fit(features(), codes, labelled, test, recipe, device) for recipe in recipes]
    guess, _ = min(tried, key=lambda each: each[1])
    if guess is None:
        msg = (
            "Fine-tuning diverged in its first epoch at a learning rate of "
            f"{', '.join(format(recipe.learning_rate, 'g') for recipe in recipes)}. Give a lower one under settings."
        )
        raise NothingToScore(msg)
    return guess


def classify(
    features: Features, codes: Codes, labelled: Labelled, test: Rows, recipe: Recipe, device: torch.device | str = "cpu"
) -> Codes:
    """Train by one recipe; see :func:`classify_best`."""
    return classify_best(lambda: features, codes, labelled, test, [recipe], device)


def _fit(
    features: Features, codes: Codes, labelled: Labelled, test: Rows, recipe: Recipe, device: torch.device | str
) -> tuple[Codes | None, float]:
    """Train on the labelled cells and predict the type of the cells ``test``.

    The embedding is centred and scaled by one number, from the labelled cells as it stands before training, because the
    embeddings of families differ in size; centre and scale stay.

    Parameters
    ----------
    codes
        Type of each cell as a number from 0; only those of labelled cells are looked at.

    Returns
    -------
    Predicted codes of ``test``, by the weights of the epoch with the lowest loss on the validation cells, and that
    loss; no codes where no epoch has a finite loss.
    """
    known = np.concatenate([labelled.train, labelled.validation])
    types, numbers = np.unique(codes[known], return_inverse=True)
    target = np.full(len(codes), -1, dtype=np.int64)
    target[known] = numbers
    rng = np.random.default_rng([recipe.seed, 6])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        classifier = _Classifier(features, known, len(types), recipe).to(device)
        loss = nn.CrossEntropyLoss(_weights(numbers[: len(labelled.train)], len(types), recipe).to(device))
        optimiser = torch.optim.AdamW(
            [weight for weight in classifier.parameters() if weight.requires_grad],
            lr=recipe.learning_rate, weight_decay=recipe.weight_decay,
        )  # fmt: skip

        def loss_of(rows: Rows) -> Tensor:
            value: Tensor = loss(classifier(rows), torch.from_numpy(target[rows]).to(device))
            return value

        best, lowest, waited = None, math.inf, 0
        for _ in range(recipe.epochs):
            classifier.train()
            # Of equal size: a last batch of one cell has no spread, which batch normalisation needs.
            parts = max(len(labelled.train) // recipe.batch_size, 1)
            for rows in np.array_split(rng.permutation(labelled.train), parts):
                optimiser.zero_grad(set_to_none=True)
                loss_of(rows).backward()  # type: ignore[no-untyped-call]
                optimiser.step()
            classifier.eval()
            with torch.no_grad():
                # Without a cell to spare, as where every type has one, the labelled cells themselves say when to stop.
                held = labelled.validation if len(labelled.validation) else labelled.train
                now = math.fsum(float(loss_of(part)) * len(part) for part in _blocks(held)) / len(held)
            if now < lowest:
                best, lowest, waited = copy.deepcopy(classifier.state_dict()), now, 0
            else:
                waited += 1
            if waited >= recipe.patience or not math.isfinite(now):
                break
        if best is None:
            return None, math.inf
        classifier.load_state_dict(best)
        with torch.no_grad():
            guess = [classifier(part).argmax(dim=1).cpu().numpy() for part in _blocks(test)]
    return np.asarray(types[np.concatenate(guess)], dtype=np.int64), lowest


class _Classifier(nn.Module):
    """An embedding, its scales, and a head."""

    def __init__(self, features: Features, known: Rows, types: int, recipe: Recipe) -> None:
        super().__init__()
        self.features, self.encoder = features.of, features.model
        if self.encoder is not None:
            self.encoder.eval()
        with torch.no_grad():
            points = torch.cat([self.features(part).float() for part in _blocks(known)])
        # One scale for all coordinates: with few labelled cells the spread of each says little, and components of
        # hardly any spread would count as much as the first.
        scale = points.var(dim=0, correction=0).mean().sqrt()
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer("mean", points.mean(dim=0))
        self.register_buffer("scale", torch.where(scale > 0, scale, 1.0))
        width = points.shape[1]
        if recipe.hidden:
            self.head: nn.Module = nn.Sequential(
                nn.Linear(width, recipe.hidden), nn.ReLU(), nn.Dropout(recipe.dropout), nn.Linear(recipe.hidden, types)
            )
        else:
            self.head = nn.Linear(width, types)

    def forward(self, rows: Rows) -> Tensor:
        scores: Tensor = self.head((self.features(rows).float() - self.mean) / self.scale)
        return scores


def _weights(numbers: Codes, types: int, recipe: Recipe) -> Tensor:
    """Weight of each type in the loss."""
    cells = np.bincount(numbers, minlength=types)
    weights = len(numbers) / (types * np.maximum(cells, 1)) if recipe.balanced else np.ones(types)
    return torch.from_numpy(weights.astype(np.float32))


def _blocks(rows: Rows) -> list[Rows]:
    return [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
