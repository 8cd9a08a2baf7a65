"""A device without room for a step: the cells pass in parts, and loss and weights are those of the whole step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from scaling import families
from scaling.corpus.counts import build_corpus, label_cells
from scaling.errors import DeviceFull
from scaling.model.family import CellModel
from scaling.simulate import simulate
from scaling.train.loop import Training, precision_on, train
from scaling.train.parts import StepInParts
from scaling.views.batch import Batch, batch_of
from scaling.views.counts import GeneCounts, choose_counts

GENES = 120
NAMES = [f"gene{number}" for number in range(GENES)]
APART: dict[str, dict[str, Any]] = {
    "masked": {}, "contrastive": {}, "ssl": {"dropout": 0.0}, "geneformer": {"dropout": 0.0, "segments": True},
    "binned": {"dropout": 0.0},
    "binned scgpt": {"preset": "scgpt", "dropout": 0.0, "width": 16, "layers": 1, "heads": 2, "inner": 16},
    "ssl reference": {"preset": "reference", "dropout": 0.0},
    "contrastive joint": {"joint_after": 0, "panels": "any_size"},
}  # fmt: skip
FULL = "CUDA out of memory. Tried to allocate 2.00 GiB"
TOGETHER = ("scvi", "ldvae", "scimilarity")
IN_STEPS = [name for name in families.names() if families.find(name).config().optimiser is not None]


@pytest.fixture(scope="module")
def cells() -> GeneCounts:
    entries = simulate(cells=300, genes=GENES, types=4, studies=3, depth=500, seed=0)
    labels = [label_cells(entry) for entry in entries]
    return choose_counts(build_corpus(entries, name="c", labels=labels, min_genes=10), np.arange(GENES))


def built(what: str, cells: GeneCounts) -> CellModel:
    found = families.find(what.split(" ")[0])
    model = found.build(NAMES, found.config.model_validate(APART.get(what, {})), seed_init=0)
    model.fit(cells, np.arange(len(cells)))
    return model


def room_for(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device on which so many cells fit: stands for the error that CUDA raises in the middle of a step."""
    plain = StepInParts._backward

    def backward(self: StepInParts, batch: Batch, rng: torch.Generator, number: int | None) -> float:
        if min(self.size or len(batch), len(batch)) > cells:
            self.model.loss(batch, rng, number).backward()  # draws were taken, and gradients left
            torch.rand(3)
            raise torch.OutOfMemoryError(FULL)
        return plain(self, batch, rng, number)

    monkeypatch.setattr(StepInParts, "_backward", backward)


def gradients(model: CellModel, batch: Batch, size: int) -> tuple[float, list[torch.Tensor]]:
    model.train()
    rng = torch.Generator().manual_seed(3)
    loss = StepInParts(model, size=size).backward(batch, rng, 5)
    return loss, [weight.grad for weight in model.parameters() if weight.grad is not None]


def test_every_family_says_whether_its_loss_can_be_taken_in_parts(cells: GeneCounts) -> None:
    splits = {name: built(name, cells).split() for name in IN_STEPS}
    apart = {name for name, split in splits.items() if split is not None and split.apart}
    assert apart == set(IN_STEPS) - set(TOGETHER)


@pytest.mark.parametrize("size", [1, 7, 16])
@pytest.mark.parametrize("what", APART)
def test_loss_and_gradient_in_parts_are_those_of_the_whole_step(what: str, size: int, cells: GeneCounts) -> None:
    batch = batch_of(cells, np.arange(32))
    whole, at_once = gradients(built(what, cells), batch, 0)
    loss, summed = gradients(built(what, cells), batch, size)
    assert loss == pytest.approx(whole, rel=1e-5)
    assert len(summed) == len(at_once)
    for one, other in zip(summed, at_once, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("family", ["masked", "contrastive"])
def test_a_training_that_runs_out_of_memory_ends_with_the_same_weights_and_says_so(
    family: str, cells: GeneCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = Training(family, families.find(family).config(), 6, 32, (6,))

    def run() -> tuple[CellModel, int | None]:
        model = built(family, cells)
        spent = train(model, cells, np.arange(200), training, seed_init=0, at_checkpoint=lambda step, now: None)
        return model, spent.micro_batch

    whole, at_once = run()
    room_for(10, monkeypatch)
    parts, micro = run()
    assert (at_once, micro) == (None, 8), "32, 16, and then 8 cells fit"
    for one, other in zip(parts.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_a_training_that_goes_on_keeps_to_the_cells_that_fit(
    cells: GeneCounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_for(10, monkeypatch)
    training = Training("masked", families.find("masked").config(), 4, 32, (4,))
    options: dict[str, Any] = {"seed_init": 0, "at_checkpoint": lambda step, now: None, "state": tmp_path / "state"}
    train(built("masked", cells), cells, np.arange(200), training, **options)
    longer = Training("masked", families.find("masked").config(), 6, 32, (6,))
    monkeypatch.setattr(StepInParts, "_halve", None)  # it need not be found out again
    assert train(built("masked", cells), cells, np.arange(200), longer, **options).micro_batch == 8


@pytest.mark.parametrize("family", TOGETHER)
def test_a_loss_whose_cells_pass_together_is_refused_with_what_to_do(
    family: str, cells: GeneCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_for(10, monkeypatch)
    training = Training(family, families.find(family).config(), 2, 32, (2,))
    with pytest.raises(DeviceFull, match=r"the 32 cells of a step do not fit .*CUDA out of memory.*smaller b"):
        train(built(family, cells), cells, np.arange(200), training, seed_init=0, at_checkpoint=lambda step, now: None)


def test_a_single_cell_that_does_not_fit_is_refused(cells: GeneCounts, monkeypatch: pytest.MonkeyPatch) -> None:
    room_for(0, monkeypatch)
    with pytest.raises(DeviceFull, match=r"a single cell does not fit the device.*fewer genes"):
        gradients(built("masked", cells), batch_of(cells, np.arange(8)), 0)


@pytest.mark.parametrize("family", IN_STEPS)
def test_under_autocast_the_loss_is_near_that_of_float32_and_the_weights_stay_float32(
    family: str, cells: GeneCounts
) -> None:
    batch = batch_of(cells, np.arange(32))
    losses = {}
    for precision in ("float32", "bfloat16"):
        model = built(family, cells)
        torch.manual_seed(0)
        losses[precision] = StepInParts(model, precision=precision).backward(batch, torch.Generator().manual_seed(0), 5)
        assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.02)
    assert (losses["bfloat16"] == losses["float32"]) == (not model.in_bfloat16), "the loss was not computed under it"


def test_bfloat16_is_the_default_of_a_gpu_alone() -> None:
    assert precision_on("cpu", "auto") == "float32"
    assert precision_on("cpu", "bfloat16") == "bfloat16"
    assert precision_on("cuda", "float32") == "float32"
