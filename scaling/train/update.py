"""What a step does once it has the gradient: rate of the schedule, clipping, optimiser, moving average."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from scaling.model.family import Optimiser

__all__ = ["Update", "clip_each"]


class Update:
    """Optimiser and moving average of some weights.

    Parameters
    ----------
    steps
        Steps of the whole training, at which a schedule ends.
    average
        Moving average so far; the weights themselves if left out. Empty where the settings have none.
    clip
        Scales the gradients of weights so that their norm is at most the given one.
    """

    def __init__(
        self,
        weights: Sequence[Tensor],
        settings: Optimiser,
        steps: int,
        *,
        average: Sequence[Tensor] | None = None,
        clip: Callable[[Sequence[Tensor], float], object] = torch.nn.utils.clip_grad_norm_,
    ) -> None:
        self.weights, self.settings, self._steps, self._clip = list(weights), settings, steps, clip
        averaged = self.weights if settings.ema is not None else []
        self.average = [weight.detach().clone() for weight in averaged] if average is None else list(average)
        kinds: dict[str, type[torch.optim.Adam]] = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}
        self.optimiser: torch.optim.Optimizer = kinds[settings.name](
            self.weights, lr=settings.learning_rate, betas=settings.betas, eps=settings.eps,
            weight_decay=settings.weight_decay, fused=True,
        )  # fmt: skip

    def take(self, step: int) -> None:
        """Change the weights by their gradients."""
        self.optimiser.param_groups[0]["lr"] = self.settings.learning_rate * _factor(self.settings, step, self._steps)
        if self.settings.clip_norm is not None:
            self._clip(self.weights, self.settings.clip_norm)
        self.optimiser.step()
        if self.settings.ema is not None:
            now = [weight.detach() for weight in self.weights]
            with torch.no_grad():
                torch._foreach_lerp_(self.average, now, 1.0 - _decay(self.settings.ema, step))

    def forget_gradients(self) -> None:
        """Drop the gradients of the step before."""
        self.optimiser.zero_grad(set_to_none=True)


def clip_each(stacked: Sequence[Tensor], most: float) -> None:
    """Scale the gradients of stacked weights (models first) so that the norm of each model is at most ``most``."""
    gradients = [weight.grad for weight in stacked if weight.grad is not None]
    norms = torch.stack([gradient.view(len(gradient), -1).norm(dim=1) for gradient in gradients]).norm(dim=0)
    scales = (most / (norms + 1e-6)).clamp(max=1.0)  # as in torch.nn.utils.clip_grad_norm_
    for gradient in gradients:
        gradient.mul_(scales.view(-1, *[1] * (gradient.ndim - 1)))


def _factor(settings: Optimiser, step: int, steps: int) -> float:
    """Share of the peak learning rate at a step."""
    if step <= settings.warmup:
        return step / settings.warmup
    past = (step - settings.warmup) / max(steps - settings.warmup, 1)
    return {"constant": 1.0, "linear": 1.0 - past, "cosine": (1.0 + math.cos(math.pi * past)) / 2}[settings.schedule]


def _decay(ema: float, step: int) -> float:
    """Decay of the moving average at a step.

    Small in the first steps: with .999 from the start, the random initial weights would still be a third of the
    average after 1,000 steps.
    """
    return min(ema, (1.0 + step) / (10.0 + step))
