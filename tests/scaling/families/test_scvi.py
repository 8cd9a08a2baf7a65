from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import nbinom

from scaling.families.scvi import Scvi, ScviConfig, negative_binomial
from tests.scaling.families.batches import GENES, make_batch, random_batch
from tests.scaling.families.bounds import assert_bound_is_as_recorded

REFERENCE = ScviConfig.model_validate({"preset": "reference"})


@pytest.mark.parametrize(
    ("hidden", "dimensions", "parameters"),
    [(64, 5, 6_264_920), (128, 10, 12_454_434), (256, 20, 24_839_222), (512, 40, 49_631_838)],
)
def test_as_published_it_has_the_published_parameters(hidden: int, dimensions: int, parameters: int) -> None:
    config = REFERENCE.model_copy(update={"width": hidden, "dimensions": dimensions})
    assert Scvi([f"{number}" for number in range(19_331)], config).size() == parameters


def test_the_live_parameters_are_two_fifths_of_the_published_ones() -> None:
    assert Scvi([f"{number}" for number in range(19_331)], ScviConfig()).size() == 4_992_026


def test_loss_and_gradients_are_those_of_scvi_tools() -> None:
    assert_bound_is_as_recorded(Scvi(GENES, ScviConfig(width=8, dimensions=3, dropout=0.0)), "scvi")


def test_the_likelihood_summed_over_counts_alone_is_that_of_scipy() -> None:
    batch = random_batch(8)
    rates, dispersion = torch.rand_like(batch.counts) * 5 + 0.1, torch.rand(len(GENES)) * 3 + 0.2
    expected = nbinom.logpmf(batch.counts, dispersion, dispersion / (dispersion + rates)).sum(axis=1)
    np.testing.assert_allclose(negative_binomial(batch.counts, rates, dispersion), expected, rtol=1e-5)


def test_a_gene_that_was_not_measured_has_no_share_and_no_gradient() -> None:
    batch = random_batch(8)
    batch.measured[:, :10] = 0
    batch.counts[:, :10] = 0
    model = Scvi(GENES, ScviConfig(width=8))
    rates = model.rates(batch, torch.zeros(8, 10))
    assert (rates[:, :10] == 0).all()
    torch.testing.assert_close(rates.sum(dim=1), batch.counts.sum(dim=1))
    model.loss(batch, torch.Generator().manual_seed(0), 1).backward()
    assert (model.shares.bias.grad[:10] == 0).all()
    assert (model.shares.bias.grad[10:] != 0).any()
    assert all(torch.isfinite(value.grad).all() for value in model.parameters())


def test_the_prior_weighs_in_by_steps_and_in_the_published_preset_by_epochs() -> None:
    ours, theirs = Scvi(GENES, ScviConfig(kl_warmup=100)), Scvi(GENES, REFERENCE.model_copy(update={"width": 8}))
    assert [ours.kl_weight(32, step) for step in (1, 51, 101, 5000)] == [0.0, 0.5, 1.0, 1.0]
    theirs.seen.fill_(320.0)  # ten steps of 32 cells an epoch, 400 epochs
    assert [theirs.kl_weight(32, step) for step in (10, 11, 2001, 4001)] == [0.0, 1 / 400, 0.5, 1.0]
    assert ours.kl_weight(32, None) == 1.0


def test_a_cell_without_counts_has_a_finite_loss() -> None:
    counts = random_batch(4).counts
    counts[0] = 0
    model = Scvi(GENES, ScviConfig(width=8))
    assert torch.isfinite(model.loss(make_batch(counts), torch.Generator().manual_seed(0), 500))
