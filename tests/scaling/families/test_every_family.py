"""What every family must do; a new file in `scaling/families` is found and tested."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from scaling import families
from scaling.corpus.counts import build_corpus, label_cells
from scaling.errors import SamplingError, StudyError
from scaling.model.embedding import embed
from scaling.model.family import CellModel
from scaling.simulate import simulate
from scaling.train.loop import Training, train
from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts, choose_counts

GENES = 120
NAMES = [f"gene{number}" for number in range(GENES)]
FAMILIES = families.names()
IN_STEPS = [name for name in FAMILIES if families.find(name).config().optimiser is not None]


@pytest.fixture(scope="module")
def cells() -> GeneCounts:
    entries = simulate(cells=300, genes=GENES, types=4, studies=3, depth=500, seed=0)
    labels = [label_cells(entry) for entry in entries]
    return choose_counts(build_corpus(entries, name="c", labels=labels, min_genes=10), np.arange(GENES))


def built(family: str, seed: int = 0) -> CellModel:
    found = families.find(family)
    return found.build(NAMES, found.config(), seed_init=seed)


def trained(family: str, cells: GeneCounts, *, steps: int = 4, seed: int = 0) -> CellModel:
    model = built(family, seed)
    training = Training(family, families.find(family).config(), steps, 32, (steps,))
    train(model, cells, np.arange(200), training, seed_init=seed, at_checkpoint=lambda step, now: None)
    return model


@pytest.mark.parametrize("family", FAMILIES)
def test_one_seed_gives_one_embedding_of_finite_numbers_and_another_seed_another(
    cells: GeneCounts, family: str
) -> None:
    first, again = embed(trained(family, cells), cells), embed(trained(family, cells), cells)
    assert first.shape[0] == len(cells)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(again, first)
    untrained = embed(built(family), cells)
    assert not np.allclose(untrained, first)
    assert not np.allclose(untrained, embed(built(family, 1), cells))


@pytest.mark.parametrize("family", FAMILIES)
def test_an_embedding_does_not_hang_on_the_cells_beside_it(cells: GeneCounts, family: str) -> None:
    model = trained(family, cells)
    together = embed(model, cells)
    np.testing.assert_allclose(embed(model, cells, block=37), together, atol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_state_is_in_tensors_whose_shape_does_not_hang_on_the_cells(cells: GeneCounts, family: str) -> None:
    model, copy = trained(family, cells), built(family, 7)
    copy.load_state_dict(model.state_dict())
    np.testing.assert_array_equal(embed(copy, cells), embed(model, cells))


@pytest.mark.parametrize("family", IN_STEPS)
def test_a_validation_loss_needs_no_labels_and_is_the_same_again(cells: GeneCounts, family: str) -> None:
    model = built(family)
    model.fit(cells, np.arange(200))
    batch = batch_of(cells, np.arange(200, 240))
    batch.label.fill_(-1)
    model.eval()
    losses = [float(model.loss(batch, torch.Generator().manual_seed(1), None).detach()) for _ in range(2)]
    assert np.isfinite(losses).all()
    assert losses[0] == losses[1]


@pytest.mark.parametrize("family", IN_STEPS)
def test_parameters_and_operations_are_those_that_torch_counts(cells: GeneCounts, family: str) -> None:
    model = built(family)
    assert model.size() == sum(weight.numel() for weight in model.parameters())
    model.fit(cells, np.arange(200))
    batch = batch_of(cells, np.arange(64))
    with FlopCounterMode(display=False) as counter:
        model.loss(batch, torch.Generator().manual_seed(0), 1).backward()
    assert model.flops() == pytest.approx(counter.get_total_flops() / len(batch), rel=0.35)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_empty_subset_is_refused(cells: GeneCounts, family: str) -> None:
    training = Training(family, families.find(family).config(), 4, 32, (4,))
    with pytest.raises(SamplingError, match="the subset is empty"):
        train(built(family), cells, np.arange(0), training, seed_init=0, at_checkpoint=lambda step, now: None)


def test_an_unknown_family_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(StudyError, match=r"no family 'maskd'; did you mean 'masked'\? There are: .*contrastive"):
        families.find("maskd")
