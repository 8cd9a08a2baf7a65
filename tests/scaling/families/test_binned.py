from __future__ import annotations

import pytest
import torch

from scaling.errors import StudyError
from scaling.families.binned import Binned, BinnedConfig
from tests.scaling.families.batches import GENES, make_batch, random_batch

SCBERT, SCGPT = (BinnedConfig.model_validate({"preset": name}) for name in ("scbert", "scgpt"))
SMALL = {"width": 16, "layers": 1, "heads": 2, "inner": 32, "dropout": 0.0}


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("config", [SCBERT, SCGPT], ids=["scbert", "scgpt"])
def test_the_published_objectives_train(config: BinnedConfig) -> None:
    model = Binned(GENES, config.model_copy(update=SMALL))
    model.loss(random_batch(), rng(), 1).backward()
    without = {name for name, value in model.named_parameters() if value.grad is None or not value.grad.any()}
    assert without <= {"front"}  # scBERT predicts nothing from it


def test_only_expressed_genes_are_predicted_and_most_of_them_are_hidden() -> None:
    model, batch = Binned(GENES, SCBERT.model_copy(update=SMALL)), random_batch(400)
    tokens = model._tokens(batch, rng())
    chosen, shown = model._hide(tokens, rng())
    assert (tokens.bins[chosen] > 0).all()
    assert float((shown[chosen] == model.bins).float().mean()) == pytest.approx(0.9, abs=0.03)
    assert len(chosen) / int((tokens.bins > 0).sum()) == pytest.approx(0.15, abs=0.02)
    assert int((shown == model.bins).sum()) == int((shown[chosen] == model.bins).sum())


def test_without_gene_identity_which_genes_they_are_makes_no_difference() -> None:
    counts = random_batch().counts
    shuffled = make_batch(counts[:, torch.randperm(len(GENES), generator=rng())])
    blind = Binned(GENES, BinnedConfig(**SMALL, gene_identity=False)).eval()
    torch.testing.assert_close(blind.embed(shuffled), blind.embed(make_batch(counts)), atol=1e-5, rtol=1e-4)
    seeing = Binned(GENES, BinnedConfig(**SMALL)).eval()
    assert not torch.allclose(seeing.embed(shuffled), seeing.embed(make_batch(counts)), atol=1e-3)


def test_without_gene_identity_all_hidden_genes_of_a_cell_get_one_prediction() -> None:
    batch = random_batch(60)
    hidden = (batch.counts > 2) & (torch.rand(batch.counts.shape, generator=rng(5)) < 0.5)
    answers = torch.zeros_like(batch.counts)
    blind = Binned(GENES, BinnedConfig(**SMALL, gene_identity=False)).eval()
    answers[hidden] = blind.predict(batch, hidden, rng()).float()
    assert all(len(set(row[flags].tolist())) == 1 for row, flags in zip(answers, hidden, strict=True) if flags.any())


def test_a_hidden_value_is_predicted_at_its_place_and_without_itself() -> None:
    model, batch = Binned(GENES, BinnedConfig(**SMALL)).eval(), random_batch(60)
    hidden = (batch.counts > 2) & (torch.rand(batch.counts.shape, generator=rng(5)) < 0.2)
    found = model.predict(batch, hidden, rng())
    cells = [(make_batch(row[None]), flags[None]) for row, flags in zip(batch.counts, hidden, strict=True)]
    alone = [model.predict(cell, flags, rng()) for cell, flags in cells if flags.any()]
    torch.testing.assert_close(found, torch.cat(alone))
    # the hidden counts of a cell in another order: same library, and nothing that is seen has changed
    swapped = batch.counts.clone()
    for row, flags in zip(swapped, hidden, strict=True):
        row[flags] = row[flags].flip(0)
    torch.testing.assert_close(model.predict(make_batch(swapped), hidden, rng()), found)


def test_hidden_values_are_among_those_that_are_seen_and_must_fit() -> None:
    model, batch = Binned(GENES, BinnedConfig(**SMALL, context=6)).eval(), random_batch(60)
    hidden = torch.zeros_like(batch.counts, dtype=torch.bool)
    hidden[:, :5] = batch.counts[:, :5] > 0
    assert len(model.predict(batch, hidden, rng())) == int(hidden.sum())
    with pytest.raises(StudyError, match="values of a cell are hidden, and the model sees 6"):
        model.predict(batch, batch.counts > 0, rng())


def test_a_cell_is_embedded_from_its_genes_with_most_counts() -> None:
    model = Binned(GENES, BinnedConfig(**SMALL, context=5)).eval()
    counts = torch.arange(1.0, len(GENES) + 1)[None].repeat(2, 1)
    counts[1, :-5] = 0
    tokens = model._tokens(make_batch(counts), None)
    assert sorted(tokens.genes[(tokens.packing.cells == 0) & ~tokens.front].tolist()) == list(range(25, 30))


def test_a_cell_without_counts_is_embedded_and_has_nothing_to_predict() -> None:
    model = Binned(GENES, BinnedConfig(**SMALL))
    empty = make_batch(torch.zeros((2, len(GENES))))
    assert torch.isfinite(model.embed(empty)).all()
    assert float(model.loss(empty, rng(), 1).detach()) == 0.0
