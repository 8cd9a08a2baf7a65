"""Parts of a model as compiled code (``torch.compile``): fewer and larger kernels, for half a minute before the first.

A module names the methods that are worth it (``to_compile``): work on tensors whose number and kind do not depend on
the cells. Draws of dropout stay those of plain torch, so that a compiled training sees the same masks.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal

import torch
from torch import nn

__all__ = ["Compile", "as_compiled", "compile_on", "compile_parts", "leave_plain"]

log = logging.getLogger(__name__)

Compile = Literal["auto", "on", "off"]
BACKEND = "inductor"
LONG = 20_000
"""Steps from which a training on a GPU is compiled by itself. It is an estimate, that a minute is paid back by three
milliseconds a step; `benchmarks/gpu.py` measures after how many steps it is."""


def compile_on(device: torch.device | str, wanted: Compile, steps: int) -> bool:
    """Say whether a training of so many steps is compiled: by itself a long one on a GPU alone.

    On a processor a step takes between 7 % less and 19 % more time, and what compiling takes is paid back after 2,000
    to 100,000 steps, or never (`benchmarks/scaling_training.py`).
    """
    if wanted == "auto":
        return torch.device(device).type == "cuda" and steps >= LONG
    return wanted == "on"


def compile_parts(model: nn.Module, try_step: Callable[[], None]) -> bool:
    """Compile what the modules of a model name, and take a step on trial, because torch compiles at the first use.

    Returns
    -------
    Whether it is compiled now; else the model is as it was, and a warning says why.
    """
    named = [(part, name) for part in model.modules() for name in getattr(part, "to_compile", ())]
    if not named:
        _warn(type(model).__name__, "it names no part")
        return False
    try:
        for part, name in named:
            # In the object and not in the class: another model of the family is none of ours.
            part.__dict__[name] = torch.compile(getattr(part, name), backend=BACKEND)
        with _traced():
            try_step()
    except Exception as error:  # noqa: BLE001 - whatever it is, plain torch goes on, or raises it anew
        leave_plain(model)
        lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("Set TORCH")]
        _warn(
            type(model).__name__, " ".join(lines[:2]) or type(error).__name__
        )  # the first may say who, the second why
        return False
    return True


def leave_plain(model: nn.Module) -> None:
    """Let a model be as it was before it was compiled."""
    for part in model.modules():
        for name in getattr(part, "to_compile", ()):
            part.__dict__.pop(name, None)


@contextmanager
def as_compiled() -> Iterator[None]:
    """While a compiled model takes steps: a part that cannot be compiled for another shape runs as it is."""
    from torch._dynamo import config

    with _traced(), config.patch(suppress_errors=True):
        yield


@contextmanager
def _traced() -> Iterator[None]:
    """Let dropout draw as in plain torch, and torch be silent on what it looks at while it traces."""
    from torch._inductor import config

    with config.patch(fallback_random=True), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The .grad attribute of a Tensor that is not a leaf")
        yield


@cache
def _warn(model: str, reason: str) -> None:
    """Say once in a process that models of a kind are not compiled: a study has hundreds."""
    log.warning("%s is not compiled (%s); it is trained as it is", model, reason)
