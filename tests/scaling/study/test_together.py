"""Runs of a study that are trained together: the same runs and records, whatever happens to one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from graph.records import Record, Result, Run
from scaling.errors import RunFailed, SamplingError, StudyError
from scaling.study import run as running
from scaling.study import training
from scaling.study.folder import StudyFolder
from scaling.study.ledger import Ledger
from scaling.study.plan import RunSpec
from scaling.study.spec import Study
from scaling.train import compiling, stacked
from scaling.train.stack import Stack

MEASURED = {"seconds", "cells_per_second", "mfu", "weights_digest", "stacked", "validation_losses"}
ARMS = [{"families": ["masked", "geneformer"], "sizes": [50, "all"], "seeds": 2}]


def _study(**changes: Any) -> Study:
    return Study.model_validate(
        {
            "name": "together",
            "corpus": {"id": "dataset:together", "files": ["simulated1"], "genes": 80, "min_genes": 100},
            "budget": {"steps": 16, "warmup": 2, "hidden": [16], "dimensions": 8, "batch_size": 16},
            "validation": {"file": "simulated2"},
            "arms": ARMS,
            "evaluations": [{"kind": "cross_study", "reference": "simulated3", "query": "simulated4"}],
        }
        | changes
    )


def _runs(records: list[Record]) -> dict[str, Run]:
    return {record.id: record for record in records if isinstance(record, Run)}


def _same(records: list[Record], others: list[Record]) -> None:
    """The same runs and scores, but for what was measured and the last bits of weights."""
    ours, theirs = _runs(records), _runs(others)
    assert ours.keys() == theirs.keys()
    for key, run in ours.items():
        assert run.model_dump(exclude=MEASURED) == theirs[key].model_dump(exclude=MEASURED)
        assert run.validation_losses == pytest.approx(theirs[key].validation_losses, rel=1e-5)
    scores, other = ({each.id: each.value for each in some if isinstance(each, Result)} for some in (records, others))
    assert scores == pytest.approx(other, abs=0.02)


@pytest.fixture(scope="module")
def alone(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    return running.run(_study(), cells=simulated, out=tmp_path_factory.mktemp("alone"))


def test_the_runs_of_a_training_are_stacked_and_each_has_its_record(
    alone: list[Record], simulated: Path, tmp_path: Path
) -> None:
    records = running.run(_study(), cells=simulated, out=tmp_path, stack=3)
    _same(records, alone)
    assert {run.stacked for run in _runs(alone).values()} == {None}
    in_steps = [run for run in _runs(records).values() if run.steps]
    # Four trainings of masked: three at once, and the last one alone. Sizes are stacked as seeds are.
    assert sorted(run.stacked or 0 for run in in_steps if run.family == "masked") == [0, 3, 3, 3]
    assert {run.stacked for run in in_steps if run.family == "geneformer"} == {None}
    assert all(run.cells_per_second and run.mfu and run.compiled is False for run in in_steps)
    assert running.status(tmp_path) == {"done": 12}


def test_a_processor_stacks_nothing_by_itself(simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacked, "train_stacked", None)
    study = _study(arms=[{"families": ["masked"], "sizes": [50], "seeds": 2}])
    assert len(_runs(running.run(study, cells=simulated, out=tmp_path, device="cpu"))) == 4


def test_a_stack_that_is_interrupted_goes_on_with_the_same_weights(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = _study(arms=[{"families": ["masked"], "sizes": [50], "seeds": 3, "untrained": False}])
    whole = _runs(running.run(study, cells=simulated, out=tmp_path / "whole", stack=4))
    take_step, steps = Stack.take_step, []

    def interrupted(self: Stack, step: int) -> None:
        steps.append(step)
        if len(steps) == 7:
            raise KeyboardInterrupt
        take_step(self, step)

    monkeypatch.setattr("scaling.train.learner.SAVE_EVERY", 0.0)
    monkeypatch.setattr(Stack, "take_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        running.run(study, cells=simulated, out=tmp_path / "killed", stack=4)
    assert running.status(tmp_path / "killed") == {"waiting": 3}
    again = _runs(running.run(study, cells=simulated, out=tmp_path / "killed", stack=4))
    assert {key: run.weights_digest for key, run in again.items()} == {
        key: run.weights_digest for key, run in whole.items()
    }
    assert len(steps) == 16 + 1, "only the step that was interrupted is taken twice"
    assert not list((tmp_path / "killed").glob("models/*/state"))


def test_rates_that_pilots_choose_are_stacked_within_and_between_jobs(simulated: Path, tmp_path: Path) -> None:
    budget = {
        "steps": 16, "warmup": 2, "hidden": [16], "dimensions": 8, "batch_size": 16,
        "learning_rate_factors": [0.3, 1.0, 3.0], "pilot_seeds": 2,
    }  # fmt: skip
    arms = [{"families": ["masked"], "sizes": [50], "seeds": 5, "untrained": False}]
    study = _study(budget=budget, arms=arms)
    one_by_one = running.run(study, cells=simulated, out=tmp_path / "alone")
    records = running.run(study, cells=simulated, out=tmp_path / "stacked", stack=3)
    _same(records, one_by_one)
    by_seed = {(run.seed_init, run.learning_rate): run.stacked for run in _runs(records).values()}
    assert [number for (seed, _), number in sorted(by_seed.items()) if seed < 2] == [2] * 6
    assert [number for (seed, _), number in sorted(by_seed.items()) if seed >= 2] == [3] * 3


def test_one_that_cannot_be_drawn_fails_and_the_others_are_trained(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = training.subset

    def refuse_one(spec: RunSpec, *others: Any) -> Any:
        if spec.run.seed_data == 1:
            msg = "there are no such cells"
            raise SamplingError(msg)
        return draw(spec, *others)

    monkeypatch.setattr(training, "subset", refuse_one)
    study = _study(arms=[{"families": ["masked"], "sizes": [50], "seeds": 3, "untrained": False}])
    with pytest.raises(RunFailed, match="there are no such cells"):
        running.run(study, cells=simulated, out=tmp_path, stack=3)
    assert running.status(tmp_path) == {"done": 2, "failed": 1}
    kept = [record for record in running.read_records(tmp_path / "records.jsonl") if isinstance(record, Run)]
    assert sorted((run.seed_init, run.stacked) for run in kept) == [(0, 2), (2, 2)]


def test_models_that_cannot_be_made_fail_as_they_do_alone(simulated: Path, tmp_path: Path) -> None:
    arms = [
        {"families": ["masked"], "sizes": [50], "seeds": 2, "untrained": False},
        {"families": ["pca"], "sizes": [50], "seeds": 1, "untrained": False},
    ]
    budget = {"steps": 16, "hidden": [10**9], "batch_size": 16}
    with pytest.raises(RunFailed, match="masked random 50 cells seed 0"):
        running.run(_study(arms=arms, budget=budget), cells=simulated, out=tmp_path, stack=2)
    assert running.status(tmp_path) == {"done": 1, "failed": 2}


def test_one_that_diverges_leaves_and_its_record_says_at_which_step(
    alone: list[Record], simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = Stack._losses

    def explode(self: Stack, step: int) -> torch.Tensor:
        first = torch.tensor([float(each.trainee.seed_init == 1 and step == 5) for each in self.learners])
        return losses(self, step) * (1.0 + first * 1e6)

    monkeypatch.setattr(Stack, "_losses", explode)
    study = _study(arms=[{"families": ["masked"], "sizes": [50], "seeds": 2, "untrained": False}])
    first, second = sorted(_runs(running.run(study, cells=simulated, out=tmp_path, stack=2)).values(), key=_seed)
    assert (first.failed_at, second.failed_at) == (None, 5)
    assert first.validation_losses == pytest.approx(_runs(alone)[first.id].validation_losses, rel=1e-5)
    assert second.weights_digest is None


def _seed(run: Run) -> int:
    return run.seed_init


def test_where_stacking_itself_fails_they_are_trained_one_by_one(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("vmap: no rule for this")  # noqa: EM101

    monkeypatch.setattr(stacked, "train_stacked", broken)
    study = _study(arms=[{"families": ["masked"], "sizes": [50], "seeds": 2, "untrained": False}])
    runs = _runs(running.run(study, cells=simulated, out=tmp_path, stack=2)).values()
    assert [run.stacked for run in runs] == [None, None]
    assert "they are trained one by one" in caplog.text


def test_worker_processes_stack_too(alone: list[Record], simulated: Path, tmp_path: Path) -> None:
    records = running.run(_study(), cells=simulated, out=tmp_path, stack=2, workers=2)
    _same(records, alone)
    # A worker takes what the other has not taken meanwhile.
    assert 2 in {run.stacked for run in _runs(records).values() if run.family == "masked"}


def test_jobs_that_another_process_has_are_left_to_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.add({"a": None, "b": None, "c": "a", "d": None})
    assert ledger.claim() == "a"
    assert ledger.claim_these(["a", "none", "b", "c", "d"], most=2) == ["b", "d"]
    ledger.finish("a")
    ledger.release("d")
    assert ledger.claim_these(["c", "d"], most=1) == ["c"]
    assert ledger.counts() == {"done": 1, "running": 2, "waiting": 1}
    ledger.close()


def test_a_compiled_run_says_so_and_has_the_id_and_weights_of_any_other(
    alone: list[Record], simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "BACKEND", "eager")
    study = _study(arms=[{"families": ["masked"], "sizes": [50], "seeds": 1, "untrained": False}])
    (run,) = _runs(running.run(study, cells=simulated, out=tmp_path, compile="on")).values()
    assert run.compiled
    assert run.weights_digest == _runs(alone)[run.id].weights_digest


@pytest.mark.parametrize(
    ("options", "says"),
    [({"stack": 0}, "stack 0: .*1 for none"), ({"compile": "yes"}, "compile 'yes': .*auto, on, off")],
)
def test_what_cannot_be_wanted_is_refused_before_cells_are_read(
    options: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match=says):
        running.run(_study(), cells=tmp_path / "nowhere", out=tmp_path, **options)


def test_what_was_trained_together_is_not_trained_again_alone(simulated: Path, tmp_path: Path) -> None:
    study = _study(arms=[{"families": ["masked"], "sizes": [50], "seeds": 2, "untrained": False}])
    running.run(study, cells=simulated, out=tmp_path, stack=2)
    written = {path: path.stat().st_mtime_ns for path in StudyFolder(tmp_path).out.glob("models/*/run.json")}
    running.run(study, cells=simulated, out=tmp_path)
    assert {path: path.stat().st_mtime_ns for path in written} == written
