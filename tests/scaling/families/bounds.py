"""The bound of a variational family beside what the published implementation gave on the same weights and batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from scaling.families.scvi import Scvi
from tests.scaling.families.batches import make_batch
from tests.scaling.recorded import recorded

__all__ = ["assert_bound_is_as_recorded"]


def assert_bound_is_as_recorded(model: Scvi, recording: str) -> None:
    """Loss to 1e-5, and the gradient of every weight, with the recorded weights, counts and noise."""
    arrays = {name: torch.from_numpy(value) for name, value in recorded(recording).items() if name != "version"}
    for name, value in model.named_parameters():
        value.data.copy_(arrays[f"weight.{name}"])
    loss = model.negative_bound(make_batch(arrays["counts"]), arrays["noise"], kl_weight=0.3)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(float(arrays["loss"]), rel=1e-5)
    for name, value in model.named_parameters():
        np.testing.assert_allclose(value.grad, arrays[f"gradient.{name}"], rtol=1e-4, atol=1e-5, err_msg=name)
