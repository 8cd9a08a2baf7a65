"""The protocol of a model family.

A family is one file in `scaling.families`: a class of settings (:class:`FamilyConfig`), a module
(:class:`CellModel`) and one line that joins them, ``FAMILY = Family(...)``. The name of the file is the name of the
family. Nothing else of the package names a family; training, evaluation, study files and artefacts find it through
`scaling.families.find`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from scaling.views.batch import Batch
from scaling.views.counts import GeneCounts

__all__ = ["CellModel", "Family", "FamilyConfig", "Optimiser", "Split"]


CORRECTED = "corrected"
"""Name of the defaults."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Optimiser(_Settings):
    """Optimiser and schedule; a family gives its own defaults, a study may search the learning rate."""

    name: Literal["adamw", "adam"] = "adamw"
    """``adam`` adds the weight decay to the gradient, ``adamw`` does not."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Peak of the schedule."""
    weight_decay: float = Field(default=0.01, ge=0)
    """Weight decay."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Decay of the moments."""
    eps: float = Field(default=1e-8, gt=0)
    """Added to the root of the second moment."""
    clip_norm: float | None = Field(default=None, gt=0)
    """Largest norm of the gradient."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """After the warm-up; ``linear`` and ``cosine`` end at zero at the last step."""
    warmup: int = Field(default=100, ge=0)
    """Steps over which the learning rate rises."""
    ema: float | None = Field(default=0.999, gt=0, lt=1)
    """Decay per step of the moving average of the weights, which is what is scored; none scores the weights
    themselves. Leave it out where layers keep running statistics (batch normalisation)."""


class FamilyConfig(_Settings):
    """Settings of a family, part of a run's id. A subclass adds its own, each with a default and a docstring."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Name -> the settings that differ from the defaults, such as ``reference``: as published, warts included."""
    ablations: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Name of what an arm can leave out -> the settings that leave it out."""
    optimiser: Optimiser | None = Optimiser()
    """Optimiser and schedule; none where :meth:`CellModel.fit` is all of the training."""

    @model_validator(mode="before")
    @classmethod
    def _start_from_preset(cls, data: Any) -> Any:
        """Take what is not given from the preset that is named, or from the defaults (``corrected``)."""
        if not isinstance(data, dict):
            return data
        settings = dict(data)
        name = settings.pop("preset", CORRECTED)
        if name != CORRECTED and name not in cls.presets:
            msg = f"there is no preset {name!r} of this family; there are: {', '.join([CORRECTED, *cls.presets])}"
            raise ValueError(msg)
        preset = cls.presets.get(name, {})
        usual = preset.get("optimiser", cls.model_fields["optimiser"].default)
        if isinstance(usual, Optimiser) and isinstance(settings.get("optimiser"), dict):
            settings["optimiser"] = usual.model_dump() | settings["optimiser"]
        return {**preset, **settings}


@dataclass(frozen=True)
class Split:
    """A loss taken apart: ``combine(of_cells(batch, draw(...)))``.

    What is drawn is known before the cells pass. So those of a batch can pass in parts (`scaling.train.parts`), and
    the batches of several models as one (`scaling.train.stack`).

    All tensors have the cells first.
    """

    draw: Callable[[Batch, torch.Generator], tuple[Tensor, ...]]
    """Masks and views of a batch, the same as the loss draws from the same generator."""
    of_cells: Callable[[Batch, tuple[Tensor, ...]], tuple[Tensor, ...]]
    """What the loss is made of, such as errors and their numbers, or embeddings."""
    combine: Callable[[tuple[Tensor, ...], int | None], Tensor]
    """The loss of a batch at a step."""
    apart: bool = True
    """Whether a cell passes ``of_cells`` without the others, so that they may pass in parts; not so where a layer looks
    at all cells of a batch (batch normalisation)."""


class CellModel(nn.Module):
    """A model of a family. A subclass takes the gene names and its settings, and overrides what it needs.

    Its whole state is in parameters and buffers, so that it can be written as one file of tensors: what
    :meth:`fit` learns, too, goes into buffers, of a shape that does not depend on the cells.
    """

    in_bfloat16: ClassVar[bool] = True
    """Whether its loss may be computed under autocast to bfloat16, which has eight bits of precision."""

    stacks: ClassVar[bool] = False
    """Whether several models of it can be trained as one (`scaling.train.stack`). Then it has a ``split``, whose
    ``of_cells`` and ``combine`` make tensors of shapes that do not hang on the cells, and draw nothing but in layers
    ``nn.Dropout``. Packed tokens have other shapes in every batch, and triplets other numbers: such models are trained
    one by one."""
    to_compile: ClassVar[tuple[str, ...]] = ()
    """Methods that are worth compiling (`scaling.train.compiling`); layers of a model may have this, too."""

    def split(self) -> Split | None:
        """Take the loss apart; none where that cannot be done, or serves nothing."""
        return None

    def fit(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> None:
        """Learn from the cells ``rows`` before the first step, such as medians or components; nothing by default."""

    def loss(self, batch: Batch, rng: torch.Generator, step: int | None) -> Tensor:
        """Compute the loss of a batch, a scalar.

        Parameters
        ----------
        rng
            Source of masks and views, on the batch's device. What takes no generator (dropout) draws from torch's
            global one, which is seeded anew at each step.
        step
            Number of the step, from 1; none for the validation loss, where every warm-up of the loss is over. The
            validation cells have no labels.
        """
        raise NotImplementedError

    def embed(self, batch: Batch) -> Tensor:
        """Embed cells in evaluation mode: cells x dimensions."""
        raise NotImplementedError

    def sampling_weights(self, cells: GeneCounts, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64] | None:
        """Weights of the cells ``rows``, drawn with replacement; none goes through them in random order."""
        del cells, rows
        return None

    def size(self) -> int:
        """Count the trained parameters."""
        return sum(weight.numel() for weight in self.parameters() if weight.requires_grad)

    def flops(self) -> float:
        """Floating-point operations per cell of one training step, a multiply-add counted as two.

        By default those of a stack of matrices that every cell passes once, forward and backward. A family whose
        cells pass its matrices otherwise (two views, one pass per token) overrides it.
        """
        return 6.0 * sum(weight.numel() for weight in self.parameters() if weight.ndim == 2)


@dataclass(frozen=True)
class Family:
    """What a family's file offers as ``FAMILY``."""

    config: type[FamilyConfig]
    """Class of its settings."""
    model: Callable[[Sequence[str], Any], CellModel]
    """Makes an untrained model from the gene names and settings; draws from torch's global generator."""
    view: str
    """What it sees of the counts, in a word for records: ``log1p_cp10k``, ``counts``, ``ranks``, ``bins``."""
    uses_labels: bool = False
    """Whether its loss learns from cell types; such a family is reported apart."""

    def build(self, genes: Sequence[str], config: FamilyConfig, *, seed_init: int) -> CellModel:
        """Make an untrained model, the same for the same seed."""
        # torch initialises layers from its global generator only; forked, so that the caller's stream is not disturbed.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed_init)
            return self.model(genes, config)
