from __future__ import annotations

import numpy as np
import pytest
import torch

from scaling.families.ldvae import Ldvae, LdvaeConfig
from scaling.families.scvi import Scvi, ScviConfig
from tests.parity.libraries import scvi_loss
from tests.scaling.families.batches import GENES, random_batch

REFERENCE = ScviConfig.model_validate({"preset": "reference"})

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # of the libraries


@pytest.mark.parametrize("kl_weight", [0.0, 0.3, 1.0])
def test_scvi_has_the_loss_and_gradients_of_scvi_tools(kl_weight: float) -> None:
    torch.manual_seed(1)
    model = Scvi(GENES, REFERENCE.model_copy(update={"width": 16, "dropout": 0.0, "unused_heads": False}))
    batch, noise = random_batch(64), torch.randn(64, 10)
    weights = {name: value.detach().clone() for name, value in model.named_parameters()}
    expected, gradients = scvi_loss(weights, batch.counts, noise, hidden=16, kl_weight=kl_weight)
    loss = model.negative_bound(batch, noise, kl_weight=kl_weight)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(expected, rel=1e-5)
    for name, value in model.named_parameters():
        np.testing.assert_allclose(value.grad, gradients[name], rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("kl_weight", [0.0, 0.3, 1.0])
def test_ldvae_has_the_loss_and_gradients_of_linear_scvi(kl_weight: float) -> None:
    torch.manual_seed(1)
    model = Ldvae(GENES, LdvaeConfig(width=16, dropout=0.0))
    batch, noise = random_batch(64), torch.randn(64, 10)
    weights = {name: value.detach().clone() for name, value in model.named_parameters()}
    expected, gradients = scvi_loss(weights, batch.counts, noise, hidden=16, kl_weight=kl_weight, linear=True)
    loss = model.negative_bound(batch, noise, kl_weight=kl_weight)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(expected, rel=1e-5)
    for name, value in model.named_parameters():
        np.testing.assert_allclose(value.grad, gradients[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_scvi_as_published_has_the_parameters_of_scvi_tools() -> None:
    from scvi.module import VAE

    module = VAE(n_input=len(GENES), n_hidden=16, n_latent=10, gene_likelihood="nb")
    ours = Scvi(GENES, REFERENCE.model_copy(update={"width": 16}))
    assert ours.size() == sum(value.numel() for value in module.parameters())
