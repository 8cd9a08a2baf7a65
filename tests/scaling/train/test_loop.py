from __future__ import annotations

import numpy as np
import pytest
import torch

from scaling.corpus.counts import build_corpus
from scaling.families.masked import MaskedAutoencoder
from scaling.simulate import simulate
from scaling.train.loop import Training, batch_size, build, embed, parameters, train
from scaling.views.log import LogCounts, log_normalise


@pytest.fixture(scope="module")
def cells() -> LogCounts:
    corpus = build_corpus(simulate(cells=300, genes=120, types=4, depth=500, seed=0), name="c", min_genes=10)
    return log_normalise(corpus, np.arange(120))


def _training(family: str, steps: int = 40) -> Training:
    return Training(family, steps, (steps // 4, steps), 32, hidden=(24,), dimensions=8, warmup=4)


def _run(cells: LogCounts, family: str, *, seed: int = 0, steps: int = 40) -> dict[int, np.ndarray]:
    found: dict[int, np.ndarray] = {}
    model = build(_training(family, steps), cells.genes, seed_init=seed)
    train(
        model,
        cells,
        np.arange(200),
        _training(family, steps),
        seed_init=seed,
        at_checkpoint=lambda step, now: found.__setitem__(step, embed(now, cells)),
    )
    return found


@pytest.mark.parametrize("family", ["masked", "contrastive"])
def test_one_seed_gives_one_embedding_and_another_seed_another(cells: LogCounts, family: str) -> None:
    first = _run(cells, family)
    assert sorted(first) == [10, 40]
    np.testing.assert_array_equal(_run(cells, family)[40], first[40])
    assert not np.allclose(_run(cells, family, seed=1)[40], first[40])


@pytest.mark.parametrize("family", ["masked", "contrastive"])
def test_an_early_checkpoint_is_the_end_of_a_run_with_that_budget(cells: LogCounts, family: str) -> None:
    long, short = _run(cells, family, steps=40), _run(cells, family, steps=10)
    np.testing.assert_allclose(short[10], long[10], atol=1e-6)


@pytest.mark.parametrize("family", ["masked", "contrastive"])
def test_training_lowers_the_loss(cells: LogCounts, family: str) -> None:
    model = build(_training(family, 200), cells.genes, seed_init=0)
    batch = torch.from_numpy(cells.dense(np.arange(200, 260)))
    measured = torch.ones_like(batch)

    def loss() -> float:
        return float(model.loss(batch, measured, torch.Generator().manual_seed(5)).detach())

    before = loss()
    train(model, cells, np.arange(200), _training(family, 200), seed_init=0, at_checkpoint=lambda step, now: None)
    assert loss() < 0.9 * before


def test_genes_that_a_study_did_not_measure_do_not_enter_the_masked_loss(cells: LogCounts) -> None:
    model = MaskedAutoencoder(cells.genes, (24,), 8)
    batch = torch.from_numpy(cells.dense(np.arange(20)))
    measured = torch.ones_like(batch)
    measured[:, :60] = 0
    changed = batch.clone()
    model.loss(changed, measured, torch.Generator().manual_seed(0)).backward()  # type: ignore[no-untyped-call]
    last = model.decoder[-1]
    assert torch.all(last.bias.grad[:60] == 0)
    assert torch.any(last.bias.grad[60:] != 0)


def test_contrastive_embeddings_have_length_one(cells: LogCounts) -> None:
    model = build(_training("contrastive"), cells.genes, seed_init=0)
    np.testing.assert_allclose(np.linalg.norm(embed(model, cells), axis=1), 1.0, rtol=1e-5)


def test_the_batch_is_the_same_at_every_size_and_a_contrastive_one_at_most_half_of_the_subset() -> None:
    sizes = (20_000, 100, 60)
    assert [batch_size(Training("contrastive", 1, (1,), 50), cells) for cells in sizes] == [50, 50, 30]
    assert [batch_size(Training("masked", 1, (1,), 128), cells) for cells in sizes] == [128, 128, 128]


def test_the_shipped_encoder_has_the_size_that_the_study_says(cells: LogCounts) -> None:
    model = build(Training("contrastive", 1, (1,), 50), 2000, seed_init=0)
    linear = 2000 * 256 + 256 + 256 * 128 + 128 + 128 * 64 + 64
    assert parameters(model) == linear + 2 * (256 + 128) + 1
