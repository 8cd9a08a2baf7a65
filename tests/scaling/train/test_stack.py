"""Trainings that take their steps as one end as they would alone: draws, losses, checkpoints, states and errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from scaling import families
from scaling.corpus.counts import build_corpus, label_cells
from scaling.errors import Diverged, SamplingError, ScalingError
from scaling.model.family import CellModel, Optimiser
from scaling.simulate import simulate
from scaling.train.learner import Learner
from scaling.train.loop import Precision, Training, train
from scaling.train.stack import Stack
from scaling.train.stacked import MOST, most_at_once, train_stacked
from scaling.train.state import load_state
from scaling.train.training import Spent, Trainee
from scaling.views.counts import GeneCounts, choose_counts

GENES = 120
NAMES = [f"gene{number}" for number in range(GENES)]
SEEDS = 3
STEPS = 12
FALLING = Optimiser(warmup=3, schedule="cosine", clip_norm=0.05, weight_decay=0.1)
"""A rate that rises and falls, and gradients that are all clipped."""
STACKED: dict[str, dict[str, Any]] = {
    "masked": {"hidden": (24,), "dimensions": 8},
    "masked, clipped": {"hidden": (24,), "dimensions": 8, "optimiser": FALLING},
    "contrastive": {"hidden": (24,), "dimensions": 8, "optimiser": Optimiser(warmup=3, ema=None)},
    "contrastive, both losses": {"hidden": (24,), "dimensions": 8, "joint_after": 5, "panels": "any_size"},
    "ssl": {"hidden": (24, 16), "dimensions": 8, "dropout": 0.3},
    "ssl, reference": {"preset": "reference", "hidden": (24, 16), "dimensions": 8},
    "scvi": {"width": 16, "dimensions": 4, "kl_warmup": 8},
    "scvi, reference": {"preset": "reference", "width": 16, "layers": 2, "kl_warmup": 2},
    "ldvae": {"width": 16, "dimensions": 4, "kl_warmup": 8},
    "ssl, programmes": {"masking": "gene_programme", "programmes": (tuple(NAMES[:9]), tuple(NAMES[9:60]))},
}  # fmt: skip
Weights = dict[str, torch.Tensor]


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def cells() -> GeneCounts:
    entries = simulate(cells=300, genes=GENES, types=4, studies=3, depth=500, seed=0)
    labels = [label_cells(entry) for entry in entries]
    return choose_counts(build_corpus(entries, name="c", labels=labels, min_genes=10), np.arange(GENES))


class Group:
    """Trainings that differ in cells and seeds, and the weights that they had at checkpoints."""

    def __init__(self, what: str, cells: GeneCounts, *, states: Path | None = None, steps: int = STEPS) -> None:
        family = what.split(",")[0]
        found = families.find(family)
        config = found.config.model_validate(STACKED.get(what, {}))
        self.training = Training(family, config, steps, 32, (4, steps))
        self.kept: dict[tuple[int, int], Weights] = {}
        self.trainees = [
            Trainee(
                found.build(NAMES, config, seed_init=seed), cells, np.arange(100 + 40 * seed), seed, self._keep(seed),
                states / f"{seed}.pt" if states else None,
            )
            for seed in range(SEEDS)
        ]  # fmt: skip

    def _keep(self, seed: int) -> Any:
        def keep(step: int, model: CellModel) -> None:
            self.kept[seed, step] = {name: tensor.clone() for name, tensor in model.state_dict().items()}

        return keep

    def alone(self, seed: int, precision: Precision = "float32") -> Spent:
        own = self.trainees[seed]
        return train(
            own.model, own.cells, own.rows, self.training,
            seed_init=own.seed_init, at_checkpoint=own.at_checkpoint, state=own.state, save_every=0.0,
            precision=precision,
        )  # fmt: skip

    def together(self, precision: Precision = "float32") -> list[Spent | ScalingError]:
        return train_stacked(self.trainees, self.training, save_every=0.0, precision=precision)

    def weights(self, seed: int) -> Weights:
        return self.trainees[seed].model.state_dict()


def same(some: Weights, others: Weights, *, within: float = 2e-5) -> None:
    assert some.keys() == others.keys()
    for name, tensor in some.items():
        torch.testing.assert_close(tensor, others[name], rtol=0, atol=within)


def losses_of(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], float]:
    """Losses by seed and step, as they are checked."""
    losses: dict[tuple[int, int], float] = {}
    check = Learner.check

    def noted(self: Learner, step: int, loss: float) -> None:
        losses[self.trainee.seed_init, step] = loss
        check(self, step, loss)

    monkeypatch.setattr(Learner, "check", noted)
    return losses


@pytest.mark.parametrize("what", STACKED)
def test_losses_and_weights_of_each_are_those_of_a_training_alone(
    what: str, cells: GeneCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = losses_of(monkeypatch)
    apart, joined = Group(what, cells), Group(what, cells)
    for seed in range(SEEDS):
        apart.alone(seed)
    expected = dict(losses)
    losses.clear()
    spent = joined.together()
    assert [each.stacked for each in spent if isinstance(each, Spent)] == [SEEDS] * SEEDS
    assert losses.keys() == expected.keys()
    assert len(set(expected.values())) == SEEDS * STEPS, "seeds differ, and so do steps"
    assert losses == pytest.approx(expected, rel=1e-5)
    assert joined.kept.keys() == apart.kept.keys() == {(seed, step) for seed in range(SEEDS) for step in (4, STEPS)}
    for key, weights in apart.kept.items():
        same(joined.kept[key], weights)
    for seed in range(SEEDS):
        same(joined.weights(seed), apart.weights(seed))
        assert not joined.trainees[seed].model.training


def test_in_bfloat16_the_losses_are_those_of_a_training_alone_up_to_its_rounding(
    cells: GeneCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = losses_of(monkeypatch)
    apart, joined = Group("ssl", cells), Group("ssl", cells)
    for seed in range(SEEDS):
        apart.alone(seed, "bfloat16")
    expected = dict(losses)
    joined.together("bfloat16")
    assert losses == pytest.approx(expected, rel=0.01)
    assert losses != expected


def kill_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    take_step = Stack.take_step

    def killed(self: Stack, number: int) -> None:
        if number == step:
            raise Killed
        take_step(self, number)

    monkeypatch.setattr(Stack, "take_step", killed)


@pytest.mark.parametrize("what", ["masked", "ssl, reference", "scvi"])
def test_a_stack_that_was_killed_goes_on_and_ends_with_the_same_bits(
    what: str, cells: GeneCounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Group(what, cells)
    whole.together()
    with monkeypatch.context() as patch:
        kill_at(8, patch)
        with pytest.raises(Killed):
            Group(what, cells, states=tmp_path).together()
    states = [load_state(tmp_path / f"{seed}.pt") for seed in range(SEEDS)]
    assert [state.step if state else 0 for state in states] == [7] * SEEDS
    sizes = [path.stat().st_size for path in tmp_path.glob("*.pt")]
    assert max(sizes) < 10 * sum(tensor.nbytes for tensor in whole.weights(0).values()), "a state holds one model"
    rest = Group(what, cells, states=tmp_path)
    rest.together()
    for seed in range(SEEDS):
        same(rest.weights(seed), whole.weights(seed), within=0.0)


def test_what_a_stack_kept_goes_on_alone_and_the_other_way_round(
    cells: GeneCounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = Group("masked", cells)
    for seed in range(SEEDS):
        apart.alone(seed)
    with monkeypatch.context() as patch:
        kill_at(8, patch)
        with pytest.raises(Killed):
            Group("masked", cells, states=tmp_path).together()
    rest = Group("masked", cells, states=tmp_path)
    assert rest.alone(0).stacked is None
    same(rest.weights(0), apart.weights(0))
    (tmp_path / "1.pt").unlink()  # begins again, and so not in step with the last one
    spent = Group("masked", cells, states=tmp_path).together()
    assert all(isinstance(each, Spent) for each in spent)
    again = Group("masked", cells, states=tmp_path)
    again.together()  # all have ended: nothing is left to do
    for seed in range(SEEDS):
        same(again.weights(seed), apart.weights(seed))


def test_one_whose_loss_diverges_leaves_and_the_others_go_on(cells: GeneCounts, tmp_path: Path) -> None:
    apart, joined = Group("masked", cells), Group("masked", cells, states=tmp_path)
    for seed in (0, 2):
        apart.alone(seed)
    with torch.no_grad():
        next(joined.trainees[1].model.parameters()).fill_(torch.inf)
    first, failed, last = joined.together()
    assert isinstance(failed, Diverged)
    assert failed.step == 1
    assert isinstance(first, Spent)
    assert isinstance(last, Spent)
    assert first.stacked == last.stacked == SEEDS - 1
    for seed in (0, 2):
        same(joined.weights(seed), apart.weights(seed))


def test_where_all_diverge_each_says_so(cells: GeneCounts) -> None:
    group = Group("masked", cells)
    for trainee in group.trainees:
        with torch.no_grad():
            next(trainee.model.parameters()).fill_(torch.nan)
    assert [getattr(end, "step", None) for end in group.together()] == [1] * SEEDS


def test_one_that_cannot_be_trained_is_none_of_the_others_business(cells: GeneCounts) -> None:
    apart, joined = Group("masked", cells), Group("masked", cells)
    apart.alone(2)
    empty = joined.trainees[0]
    joined.trainees[0] = Trainee(empty.model, cells, np.arange(0), 0, empty.at_checkpoint)
    ends = joined.together()
    assert isinstance(ends[0], SamplingError)
    same(joined.weights(2), apart.weights(2))


@pytest.mark.parametrize("what", ["ssl", "scvi"])
@pytest.mark.parametrize(("room", "stacked"), [(2, [None, 2, 2]), (1, [None, None, None])])
def test_a_device_without_room_for_all_trains_half_of_them_and_then_the_other_half(
    what: str, room: int, stacked: list[int | None], cells: GeneCounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Stack._losses

    def losses(self: Stack, step: int) -> torch.Tensor:
        if len(self.learners) > room and step >= 5:
            plain(self, step).sum().backward()  # draws were taken, and gradients left
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")  # noqa: EM101
        return plain(self, step)

    monkeypatch.setattr(Stack, "_losses", losses)
    apart, joined = Group(what, cells), Group(what, cells, states=tmp_path)
    for seed in range(SEEDS):
        apart.alone(seed)
    spent = joined.together()
    assert [each.stacked for each in spent if isinstance(each, Spent)] == stacked
    assert joined.kept.keys() == apart.kept.keys()
    for key, weights in apart.kept.items():
        same(joined.kept[key], weights)


def test_a_device_without_room_for_the_common_weights_trains_one_by_one(
    cells: GeneCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Stack) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")  # noqa: EM101

    monkeypatch.setattr(Stack, "_join", full)
    apart, joined = Group("masked", cells), Group("masked", cells)
    for seed in range(SEEDS):
        apart.alone(seed)
    assert [each.stacked for each in joined.together() if isinstance(each, Spent)] == [None] * SEEDS
    for seed in range(SEEDS):
        same(joined.weights(seed), apart.weights(seed), within=0.0)


def test_families_that_are_trained_one_by_one_are_so_here_too(cells: GeneCounts) -> None:
    assert {name for name in families.names() if getattr(families.find(name).model, "stacks", False)} == {
        "masked", "contrastive", "ssl", "scvi", "ldvae",
    }  # fmt: skip
    apart, joined = Group("geneformer", cells, steps=4), Group("geneformer", cells, steps=4)
    for seed in range(SEEDS):
        apart.alone(seed)
    assert [each.stacked for each in joined.together() if isinstance(each, Spent)] == [None] * SEEDS
    for seed in range(SEEDS):
        same(joined.weights(seed), apart.weights(seed), within=0.0)


def test_the_time_of_a_stack_is_shared_out(cells: GeneCounts, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10_000))
    group = Group("masked", cells)
    monkeypatch.setattr("time.perf_counter", lambda: float(next(clock)))
    spent = [each.seconds for each in group.together() if isinstance(each, Spent)]
    assert len(set(spent)) == 1
    assert sum(spent) < next(clock)


def test_a_gpu_stacks_small_models_until_a_step_has_enough_to_do_and_a_processor_none() -> None:
    def most(family: str, device: str, **settings: Any) -> int:
        found = families.find(family)
        model = found.build([""] * 2000, found.config.model_validate(settings), seed_init=0)
        return most_at_once(model, 128, device)

    assert most("masked", "cuda") == MOST
    assert most("masked", "cpu") == 1
    assert 1 < most("masked", "cuda", hidden=(2048, 1024)) < MOST
    assert most("ssl", "cuda", hidden=(20_000,)) == 1
    assert most("scimilarity", "cuda") == 1
