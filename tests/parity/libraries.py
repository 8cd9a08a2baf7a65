"""What the published libraries compute, in the shape in which ours is compared with it."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import numpy as np
import pytest
import torch


def geosketch_boxes(points: np.ndarray, k: int) -> tuple[np.ndarray, float]:
    """Boxes of geosketch, numbered by their first cell, and the side that its search ends at.

    They are local variables of its function, read as it returns; drawn with replacement, because a draw without takes
    cells out of the boxes.
    """
    from geosketch.sketch import gs_gap

    found: dict[str, Any] = {}

    def watch(frame: FrameType, event: str, arg: object) -> None:
        if event == "return" and frame.f_code is gs_gap.__code__:
            found.update(grid=frame.f_locals["grid"], unit=frame.f_locals["unit"])

    sys.setprofile(watch)
    try:
        gs_gap(points.copy(), 1, k=k, seed=0, replace=True)
    finally:
        sys.setprofile(None)
    boxes = np.empty(len(points), dtype=np.int64)
    for number, cells in enumerate(sorted(found["grid"].values(), key=min)):
        boxes[cells] = number
    return boxes, float(found["unit"])


SCVI_NAMES = {
    "log_dispersion": "px_r",
    "encoder.0": "z_encoder.encoder.fc_layers.Layer 0.0",
    "encoder.1": "z_encoder.encoder.fc_layers.Layer 0.1",
    "mean": "z_encoder.mean_encoder",
    "log_variance": "z_encoder.var_encoder",
    "decoder.0": "decoder.px_decoder.fc_layers.Layer 0.0",
    "decoder.1": "decoder.px_decoder.fc_layers.Layer 0.1",
    "shares": "decoder.px_scale_decoder.0",
}
"""Part of our scVI -> the same part of that of scvi-tools."""


def scvi_loss(
    weights: dict[str, torch.Tensor], counts: torch.Tensor, noise: torch.Tensor, *, hidden: int, kl_weight: float
) -> tuple[float, dict[str, np.ndarray]]:
    """Loss and gradients of scvi-tools, by our names, for given weights, counts and noise; without dropout."""
    import torch.distributions.normal
    from scvi import REGISTRY_KEYS
    from scvi.module import VAE

    module = VAE(
        n_input=counts.shape[1], n_hidden=hidden, n_latent=noise.shape[1], dropout_rate=0.0, gene_likelihood="nb"
    )
    theirs = dict(module.named_parameters())
    for name, value in weights.items():
        theirs[_scvi_name(name)].data.copy_(value)
    column = torch.zeros((len(counts), 1))
    tensors = {REGISTRY_KEYS.X_KEY: counts, REGISTRY_KEYS.BATCH_KEY: column, REGISTRY_KEYS.LABELS_KEY: column}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.distributions.normal, "_standard_normal", lambda *_, **__: noise)
        *_, losses = module(tensors, loss_kwargs={"kl_weight": kl_weight})
    losses.loss.backward()
    return float(losses.loss.detach()), {name: theirs[_scvi_name(name)].grad.numpy() for name in weights}


def _scvi_name(name: str) -> str:
    if name in SCVI_NAMES:
        return SCVI_NAMES[name]
    part, _, kind = name.rpartition(".")
    return f"{SCVI_NAMES[part]}.{kind}"
