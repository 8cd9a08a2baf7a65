from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from scaling.corpus.counts import build_corpus
from scaling.families import find
from scaling.families.contrastive import ContrastiveConfig
from scaling.families.masked import MaskedAutoencoder, MaskedConfig
from scaling.model.embedding import embed
from scaling.model.family import CellModel, FamilyConfig, Optimiser
from scaling.simulate import simulate
from scaling.train.loop import Training, train
from scaling.train.order import Order
from scaling.train.state import load_state
from scaling.views.batch import batch_of
from scaling.views.counts import GeneCounts, choose_counts

GENES = 120
NAMES = [f"gene{number}" for number in range(GENES)]
SMALL = Optimiser(warmup=4)
CONFIGS: dict[str, FamilyConfig] = {
    "masked": MaskedConfig(hidden=(24,), dimensions=8, optimiser=SMALL),
    "contrastive": ContrastiveConfig(hidden=(24,), dimensions=8, optimiser=SMALL),
}


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def cells() -> GeneCounts:
    corpus = build_corpus(simulate(cells=300, genes=GENES, types=4, depth=500, seed=0), name="c", min_genes=10)
    return choose_counts(corpus, np.arange(GENES))


def _training(family: str, steps: int = 40) -> Training:
    return Training(family, CONFIGS[family], steps, 32, (steps // 4, steps))


def _model(family: str, seed: int = 0) -> CellModel:
    return find(family).build(NAMES, CONFIGS[family], seed_init=seed)


def _run(
    cells: GeneCounts, family: str, *, seed: int = 0, steps: int = 40, state: Path | None = None, kill_at: int = 0
) -> dict[int, np.ndarray]:
    found: dict[int, np.ndarray] = {}
    model, exact = _model(family, seed), type(_model(family)).loss

    def loss(self: CellModel, batch: object, rng: torch.Generator, step: int) -> torch.Tensor:
        if step == kill_at:
            raise Killed
        return exact(self, batch, rng, step)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(model), "loss", loss)
        train(
            model, cells, np.arange(200), _training(family, steps),
            seed_init=seed, at_checkpoint=lambda step, now: found.__setitem__(step, embed(now, cells)),
            state=state, save_every=0.0,
        )  # fmt: skip
    return found


@pytest.mark.parametrize("family", CONFIGS)
def test_one_seed_gives_one_embedding_and_another_seed_another(cells: GeneCounts, family: str) -> None:
    first = _run(cells, family)
    assert sorted(first) == [10, 40]
    np.testing.assert_array_equal(_run(cells, family)[40], first[40])
    assert not np.allclose(_run(cells, family, seed=1)[40], first[40])


@pytest.mark.parametrize("family", CONFIGS)
def test_an_early_checkpoint_is_the_end_of_a_run_with_that_budget(cells: GeneCounts, family: str) -> None:
    long, short = _run(cells, family, steps=40), _run(cells, family, steps=10)
    np.testing.assert_allclose(short[10], long[10], atol=1e-6)


@pytest.mark.parametrize("family", CONFIGS)
def test_training_that_was_killed_goes_on_and_ends_with_the_same_bits(
    cells: GeneCounts, family: str, tmp_path: Path
) -> None:
    state = tmp_path / "state.pt"
    with pytest.raises(Killed):
        _run(cells, family, state=state, kill_at=23)
    kept = load_state(state)
    assert kept is not None
    assert kept.step == 22
    rest = _run(cells, family, state=state)
    assert sorted(rest) == [40]
    np.testing.assert_array_equal(rest[40], _run(cells, family)[40])


@pytest.mark.parametrize("family", CONFIGS)
def test_training_lowers_the_loss(cells: GeneCounts, family: str) -> None:
    model = _model(family)
    batch = batch_of(cells, np.arange(200, 260))

    def loss() -> float:
        return float(model.loss(batch, torch.Generator().manual_seed(5), None).detach())

    before = loss()
    train(model, cells, np.arange(200), _training(family, 200), seed_init=0, at_checkpoint=lambda step, now: None)
    assert loss() < 0.9 * before


def test_training_leaves_the_callers_random_numbers_alone(cells: GeneCounts) -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    _run(cells, "masked", steps=4)
    assert torch.equal(torch.rand(4), expected)


def test_genes_that_a_study_did_not_measure_do_not_enter_the_masked_loss(cells: GeneCounts) -> None:
    model = _model("masked")
    assert isinstance(model, MaskedAutoencoder)
    batch = batch_of(cells, np.arange(20))
    batch.measured[:, :60] = 0
    model.loss(batch, torch.Generator().manual_seed(0), 1).backward()  # type: ignore[no-untyped-call]
    last = model.decoder[-1]
    assert torch.all(last.bias.grad[:60] == 0)
    assert torch.any(last.bias.grad[60:] != 0)


def test_contrastive_embeddings_have_length_one(cells: GeneCounts) -> None:
    np.testing.assert_allclose(np.linalg.norm(embed(_model("contrastive"), cells), axis=1), 1.0, rtol=1e-5)


def test_the_shipped_encoder_has_the_size_that_the_study_says() -> None:
    model = find("contrastive").build([""] * 2000, ContrastiveConfig(), seed_init=0)
    linear = 2000 * 256 + 256 + 256 * 128 + 128 + 128 * 64 + 64
    assert model.size() == linear + 2 * (256 + 128) + 1


def test_an_epoch_shows_every_cell_once_and_leaves_out_what_fills_no_batch() -> None:
    order = Order(np.arange(100, 110), 4, seed=0)
    epochs = [np.concatenate([order.batch(step) for step in (first, first + 1)]) for first in (1, 3, 5)]
    assert all(len(set(epoch.tolist())) == 8 for epoch in epochs)
    assert len({tuple(epoch.tolist()) for epoch in epochs}) == 3
    np.testing.assert_array_equal(Order(np.arange(100, 110), 4, seed=0).batch(4), order.batch(4))


def test_a_batch_that_is_larger_than_the_subset_shows_every_cell_equally_often() -> None:
    order = Order(np.arange(10), 25, seed=0)
    seen = np.concatenate([order.batch(step) for step in (1, 2)])
    assert np.bincount(seen).tolist() == [5] * 10


def test_weighted_cells_come_as_often_as_their_weights_say() -> None:
    order = Order(np.arange(3), 50, seed=0, weights=np.array([0.0, 1.0, 3.0]))
    share = np.bincount(np.concatenate([order.batch(step) for step in range(1, 101)]), minlength=3) / 5000
    np.testing.assert_allclose(share, [0, 0.25, 0.75], atol=0.03)
