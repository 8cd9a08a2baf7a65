"""Several trainings as one: where a step is bound by starting its kernels, the steps of several models cost one.

Weights, averages and moments of the models lie in common tensors, models first, of which those of each model are
views. One pass over all models (``torch.func.vmap``) gives a loss each, and the gradient of their sum is that of each
loss, as no weight belongs to two. What differs by seed is drawn for each model from its own generators, as it is when
the model is trained alone: order of cells, masks, views, dropout. Checkpoints and states are each model's own, too, and
one whose loss diverges leaves, while the others go on.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn import functional

from scaling.errors import Diverged
from scaling.model.family import CellModel, Split
from scaling.train.learner import Learner
from scaling.train.parts import autocast
from scaling.train.update import Update, clip_each
from scaling.views.batch import Batch

__all__ = ["Stack", "StackFull"]

Tensors = dict[str, Tensor]


class StackFull(Exception):
    """The device has no memory for a stack, or for a step of it, which has not been taken."""


class Stack:
    """Learners of one training, at the same step, that take their steps as one while they are joined."""

    compiled = False
    """Nothing of it is: each part of a model that is compiled sees one model."""

    def __init__(self, learners: Sequence[Learner]) -> None:
        self.learners = list(learners)
        self.step = learners[0].step
        self.failed: dict[Learner, Diverged] = {}
        """Those that have left, and why."""
        self._dropouts: list[_Dropout] | None = None

    @property
    def keeps_state(self) -> bool:
        """Whether there is a file for the state of any."""
        return any(learner.keeps_state for learner in self.learners)

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Put weights, averages and moments into common tensors; each learner has its own again afterwards.

        Raises
        ------
        StackFull
            If the device has no memory for them.
        """
        with _memory_for_all():
            self._join()
        try:
            yield
        finally:
            self._part()

    def take_step(self, step: int) -> None:
        """Take a step of each learner; those whose loss is not finite, or has exploded, leave.

        Raises
        ------
        StackFull
            If the device has no memory for it.
        Diverged
            If all have left.
        """
        self._update.forget_gradients()
        held = {name: tensor.clone() for name, tensor in self._held.items()}  # running statistics, if any
        try:
            with _memory_for_all():
                losses = self._losses(step)
                losses.sum().backward()  # type: ignore[no-untyped-call]
        except StackFull:
            for name, tensor in held.items():
                self._held[name].copy_(tensor)
            raise
        values = losses.tolist()
        self._update.take(step)
        self.step = step
        for learner, value in zip(self.learners, values, strict=True):
            learner.step = step
            try:
                learner.check(step, value)
            except Diverged as error:
                self.failed[learner] = error
        if any(learner in self.failed for learner in self.learners):
            self._part()
            last, self.learners = self.learners[-1], [each for each in self.learners if each not in self.failed]
            if not self.learners:
                raise self.failed[last]
            self._join()

    def checkpoint(self, step: int) -> None:
        """Do what is done at a checkpoint of each."""
        for learner in self.learners:
            learner.checkpoint(step)

    def save(self, step: int) -> None:
        """Keep the state of each in its file, in the form in which a single training goes on, too."""
        self._hand_over_moments()
        for learner in self.learners:
            learner.save(step)

    def spend(self, seconds: float) -> None:
        """Share out time of training."""
        for learner in self.learners:
            learner.spend(seconds / len(self.learners))

    def _losses(self, step: int) -> Tensor:
        """Loss of each learner at a step."""
        inputs = [self._draw(learner, step) for learner in self.learners]
        weights = dict(zip(self._names, self._update.weights, strict=True))

        def loss(own: Tensors, batch: tuple[Tensor, ...], drawn: tuple[Tensor, ...]) -> Tensor:
            passed: Tensor = functional_call(self._pass, own, (Batch(*batch), drawn, step))
            return passed

        masks = _by_name([each.masks for each in inputs])
        batch, drawn = _stacked([each.batch for each in inputs]), _stacked([each.drawn for each in inputs])
        first = self.learners[0]
        with autocast(first.model, batch[0].device, first.gradient.precision):
            losses: Tensor = vmap(loss)(weights | self._held | masks, batch, drawn)
        return losses

    def _draw(self, learner: Learner, step: int) -> _Inputs:
        """What a learner sees at a step, drawn as `Learner.take_step` draws it."""
        learner.seed(step)
        batch = learner.batch(step)
        drawn = _split(learner.model).draw(batch, learner.rng)
        if self._dropouts is None:
            with autocast(learner.model, batch.counts.device, learner.gradient.precision), torch.no_grad():
                self._dropouts = _find_dropouts(learner.model, batch, drawn)
            learner.seed(step)
        return _Inputs(tuple(vars(batch).values()), drawn, {each.name: each.draw(batch) for each in self._dropouts})

    def _join(self) -> None:
        """Make the common tensors, and the weights and averages of the learners views of them."""
        first = self.learners[0]
        updates = [learner.update for learner in self.learners]
        trained = {id(weight) for weight in first.update.weights}
        self._names = [f"model.{name}" for name, weight in first.model.named_parameters() if id(weight) in trained]
        weights = _stacked([[weight.detach() for weight in each.weights] for each in updates])
        average = _stacked([each.average for each in updates])
        joined = Update(
            [weight.requires_grad_() for weight in weights], first.update.settings, first.training.steps,
            average=average, clip=clip_each,
        )  # fmt: skip
        for number, weight in enumerate(weights):
            moments = [each.optimiser.state[each.weights[number]] for each in updates]
            if moments[0]:
                joined.optimiser.state[weight] = {
                    name: _join_moment(name, [own[name] for own in moments]) for name in moments[0]
                }
        self._update = joined
        self._held = _by_name([_not_trained(learner.model) for learner in self.learners])
        self._pass = _Pass(first.model)
        commons = [*weights, *average, *self._held.values()]
        for place, learner in enumerate(self.learners):  # last: nothing has changed where the memory was not enough
            for own, common in zip(_tensors(learner), commons, strict=True):
                own.data = common.data[place]

    def _part(self) -> None:
        """Give each learner tensors of its own again."""
        self._hand_over_moments()
        for learner in self.learners:
            learner.stacked = len(self.learners)
            for own in _tensors(learner):
                own.data = own.data.clone()

    def _hand_over_moments(self) -> None:
        """Put the moments of each learner into its own optimiser, as views."""
        for place, learner in enumerate(self.learners):
            for own, common in zip(learner.update.weights, self._update.weights, strict=True):
                if moments := self._update.optimiser.state[common]:
                    learner.update.optimiser.state[own] = {
                        name: moment.clone() if name == "step" else moment[place] for name, moment in moments.items()
                    }


class _Inputs(NamedTuple):
    """What a learner sees at a step."""

    batch: tuple[Tensor, ...]
    drawn: tuple[Tensor, ...]
    masks: Tensors


class _Dropout(NamedTuple):
    """A dropout of a model, in the order in which they draw."""

    name: str
    rate: float
    shape: torch.Size
    kind: torch.dtype

    def draw(self, batch: Batch) -> Tensor:
        """Draw its mask from torch's generator: by dropout itself, as a device may draw in an order of its own."""
        ones = torch.ones(self.shape, dtype=self.kind, device=batch.counts.device)
        return functional.dropout(ones, self.rate, training=True)


class _Pass(nn.Module):
    """A model without weights, whose call is its loss; dropout takes its masks as buffers."""

    def __init__(self, model: CellModel) -> None:
        super().__init__()
        self.model = copy.deepcopy(model).to("meta")
        for name, part in model.named_modules():
            if isinstance(part, nn.Dropout):
                self.model.set_submodule(name, _GivenDropout())

    def forward(self, batch: Batch, drawn: tuple[Tensor, ...], step: int) -> Tensor:
        split = _split(self.model)
        return split.combine(split.of_cells(batch, drawn), step)


class _GivenDropout(nn.Module):
    """Dropout with a mask that is given: zero, or what scales the others up."""

    mask: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mask", torch.empty(0, device="meta"))

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs * self.mask


def _find_dropouts(model: CellModel, batch: Batch, drawn: tuple[Tensor, ...]) -> list[_Dropout]:
    """Let cells pass, and note which dropouts draw, and masks of which shape."""
    dropouts: list[_Dropout] = []
    model = copy.deepcopy(model)  # what passes may change running statistics

    def note(name: str, part: nn.Dropout) -> None:
        part.register_forward_pre_hook(
            lambda _, inputs: dropouts.append(_Dropout(f"model.{name}.mask", part.p, inputs[0].shape, inputs[0].dtype))
        )

    for name, part in model.named_modules():
        if isinstance(part, nn.Dropout):
            note(name, part)
    _split(model).of_cells(batch, drawn)
    return dropouts


@contextmanager
def _memory_for_all() -> Iterator[None]:
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise StackFull(str(error).splitlines()[0]) from None  # the error holds what was allocated


def _split(model: CellModel) -> Split:
    split = model.split()
    if split is None or not model.stacks:
        msg = f"{type(model).__name__} cannot be stacked"
        raise TypeError(msg)
    return split


def _tensors(learner: Learner) -> list[Tensor]:
    """Weights, averages, and what is not trained of a learner."""
    return [*learner.update.weights, *learner.update.average, *_not_trained(learner.model).values()]


def _not_trained(model: CellModel) -> Tensors:
    """Buffers and frozen weights, by name in `_Pass`."""
    frozen = {name: weight for name, weight in model.named_parameters() if not weight.requires_grad}
    return {f"model.{name}": tensor for name, tensor in (frozen | dict(model.named_buffers())).items()}


def _join_moment(name: str, moments: Sequence[Tensor]) -> Tensor:
    """Moments of a weight of all models; the number of the step is theirs in common."""
    return moments[0].clone() if name == "step" else torch.stack(list(moments))


def _stacked(of_each: Sequence[Sequence[Tensor]]) -> tuple[Tensor, ...]:
    return tuple(torch.stack(same) for same in zip(*of_each, strict=True))


def _by_name(of_each: Sequence[Mapping[str, Tensor]]) -> Tensors:
    return {name: torch.stack([own[name] for own in of_each]) for name in of_each[0]}
