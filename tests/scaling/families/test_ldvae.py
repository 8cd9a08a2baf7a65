from __future__ import annotations

import numpy as np
import torch

from scaling.families.ldvae import FAMILY, Ldvae, LdvaeConfig
from tests.scaling.families.batches import GENES, random_batch
from tests.scaling.families.bounds import assert_bound_is_as_recorded


def test_each_gene_has_one_loading_a_dimension_and_the_encoder_is_that_of_scvi() -> None:
    model = Ldvae(GENES, LdvaeConfig(width=8, dimensions=3))
    genes = len(GENES)
    assert model.shares[0].weight.shape == (genes, 3)
    encoder = genes * 8 + 8 + 2 * 8 + 2 * (8 * 3 + 3)
    assert model.size() == encoder + 3 * genes + 2 * genes + genes  # loadings, their normalisation, dispersions


def test_log_ratios_of_genes_are_linear_in_the_latent_space() -> None:
    batch, model = random_batch(6), Ldvae(GENES, LdvaeConfig(width=8, dimensions=3)).eval()
    a, b = torch.randn(6, 3), torch.randn(6, 3)

    def ratios(latent: torch.Tensor) -> torch.Tensor:
        logs = model.rates(batch, latent).detach().double().log()
        return logs - logs[:, :1]

    middle = ratios((a + b) / 2)
    torch.testing.assert_close(middle, (ratios(a) + ratios(b)) / 2, rtol=1e-4, atol=1e-4)


def test_loss_and_gradients_are_those_of_linear_scvi_of_scvi_tools() -> None:
    assert_bound_is_as_recorded(Ldvae(GENES, LdvaeConfig(width=8, dimensions=3, dropout=0.0)), "ldvae")


def test_a_loss_is_a_number_and_every_weight_has_a_gradient() -> None:
    model = FAMILY.build(GENES, LdvaeConfig(width=8, dimensions=3), seed_init=0)
    loss = model.loss(random_batch(8), torch.Generator().manual_seed(0), 500)
    loss.backward()
    assert loss.shape == ()
    assert all(weight.grad is not None and torch.isfinite(weight.grad).all() for weight in model.parameters())
    assert (model.shares[0].weight.grad != 0).any()


def test_a_reconstruction_keeps_the_counts_of_a_cell_and_comes_from_its_own_posterior() -> None:
    batch, model = random_batch(6), Ldvae(GENES, LdvaeConfig(width=8)).eval()
    with torch.inference_mode():
        given, by_hand = model.reconstruct(batch), model.rates(batch, model.embed(batch))
    torch.testing.assert_close(given, by_hand)
    np.testing.assert_allclose(given.sum(dim=1), batch.counts.sum(dim=1), rtol=1e-5)
