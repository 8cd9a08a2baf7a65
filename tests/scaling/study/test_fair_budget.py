"""Learning rate and checkpoint are chosen by cells of an experiment of their own, at the same cost for every family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from graph.records import Dataset, Record, Result, Run
from scaling.errors import OverlapError, RunFailed
from scaling.study import execute
from scaling.study import run as running
from scaling.study.overview import overview
from scaling.study.plan import RunSpec
from scaling.study.remarks import remarks
from scaling.study.spec import Study

FAIR: dict[str, Any] = {
    "name": "fair",
    "corpus": {"id": "dataset:fair", "files": ["simulated1"], "genes": 100, "min_genes": 100},
    "budget": {
        "steps": 16, "warmup": 2, "hidden": [16], "dimensions": 8, "batch_size": 16,
        "learning_rate_factors": [0.3, 1.0, 3.0],
    },
    "validation": {"file": "simulated2"},
    "arms": [{"families": ["masked", "contrastive", "pca"], "sizes": [50, "all"], "seeds": 1}],
    "evaluations": [{"kind": "cross_study", "reference": "simulated3", "query": "simulated4"}],
}  # fmt: skip


def _study(**changes: Any) -> Study:
    return Study.model_validate(FAIR | changes)


@pytest.fixture(scope="module")
def records(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    return running.run(_study(), cells=simulated, out=tmp_path_factory.mktemp("fair"))


def test_every_family_is_trained_at_three_rates_and_the_lowest_validation_loss_is_scored(
    records: list[Record],
) -> None:
    trained = [run for run in records if isinstance(run, Run) and run.steps]
    for family in ("masked", "contrastive"):
        for cells in (50, 250):
            runs = [run for run in trained if (run.family, run.cells) == (family, cells)]
            assert sorted(run.learning_rate or 0 for run in runs) == pytest.approx([3e-4, 1e-3, 3e-3])
            assert {run.batch_size for run in runs} == {16}
            (chosen,) = (run for run in runs if run.chosen_step is not None)
            lowest = min(loss for run in runs for loss in run.validation_losses.values())
            assert chosen.validation_losses[str(chosen.chosen_step)] == lowest
            scores = [result for result in records if isinstance(result, Result) and result.run_id == chosen.id]
            assert {result.steps for result in scores} == {1, 4, 16}
            assert {result.steps for result in scores if result.chosen} == {chosen.chosen_step}
            losers = {run.id for run in runs} - {chosen.id}
            assert not losers & {result.run_id for result in records if isinstance(result, Result)}


def test_a_family_that_is_not_trained_in_steps_has_nothing_to_choose(records: list[Record]) -> None:
    fitted = [run for run in records if isinstance(run, Run) and run.family == "pca"]
    assert len(fitted) == 3
    assert all(not run.validation_losses and run.chosen_step is None for run in fitted)
    scored = [result for result in records if isinstance(result, Result) and result.model_id == "model:ours_pca"]
    assert not any(result.chosen for result in scored)


def test_the_validation_cells_are_named_in_the_records(records: list[Record]) -> None:
    assert {run.validation_id for run in records if isinstance(run, Run) and run.steps} == {"dataset:simulated2"}
    assert "dataset:simulated2" in {entry.id for entry in records if isinstance(entry, Dataset)}


def test_the_last_step_is_shown_beside_the_chosen_one(records: list[Record]) -> None:
    (masked,) = (line for line in remarks(records) if line.startswith("masked"))
    runs = [run for run in records if isinstance(run, Run) and run.family == "masked" and run.chosen_step]
    early = sum(run.chosen_step != 16 for run in runs)
    assert masked.endswith(f"an earlier one was chosen in {early} of 2 replicates.")
    values = [
        result.value
        for result in records
        if isinstance(result, Result) and result.metric_id == "metric:macro_f1" and result.chosen
        and result.model_id == "model:ours_masked"
    ]  # fmt: skip
    assert f"macro F1 {np.mean(values):.3f} at the checkpoints that validation chose" in masked


def test_pilots_choose_one_rate_for_all_replicates_of_a_size_by_their_mean_loss(
    simulated: Path, tmp_path: Path
) -> None:
    budget = FAIR["budget"] | {"pilot_seeds": 2}
    study = _study(budget=budget, arms=[{"families": ["masked"], "sizes": [50, 100], "seeds": 4, "untrained": False}])
    records = running.run(study, cells=simulated, out=tmp_path)
    for cells in (50, 100):
        runs = [run for run in records if isinstance(run, Run) and run.cells == cells]
        pilots = [run for run in runs if run.seed_data < 2]
        assert (len(pilots), len(runs)) == (6, 8)
        losses: dict[float, list[float]] = {}
        for run in pilots:
            losses.setdefault(run.learning_rate or 0, []).append(min(run.validation_losses.values()))
        best = min(losses, key=lambda rate: np.mean(losses[rate]))
        assert {run.learning_rate for run in runs if run.seed_data >= 2} == {best}
        assert {run.learning_rate for run in runs if run.chosen_step is not None} == {best}
        scored = {result.seed_data for result in records if isinstance(result, Result) and result.cells == cells}
        assert scored == {0, 1, 2, 3}
    assert running.status(tmp_path) == {"done": 6}
    assert [row.trainings for row in overview(study, simulated).trainings] == [8, 8]


def test_what_the_pilots_chose_is_not_trained_again_and_what_waits_for_failed_pilots_is_not_begun(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = FAIR["budget"] | {"pilot_seeds": 1}
    study = _study(budget=budget, arms=[{"families": ["masked"], "sizes": [50], "seeds": 2, "untrained": False}])
    trained = []
    begin = execute.train_run

    def fail_at_the_third(spec: RunSpec, *others: Any) -> None:
        trained.append((spec.run.seed_data, spec.run.learning_rate))
        if len(trained) == 3:
            msg = "the disk is gone"
            raise OSError(msg)
        begin(spec, *others)

    monkeypatch.setattr(execute, "train_run", fail_at_the_third)
    with pytest.raises(RunFailed, match="masked random 50 cells seed 0, 3 learning rates"):
        running.run(study, cells=simulated, out=tmp_path)
    assert running.status(tmp_path) == {"failed": 1, "waiting": 1}
    running.run(study, cells=simulated, out=tmp_path)
    assert [seed for seed, _ in trained] == [0, 0, 0, 0, 1]
    assert trained[3] == trained[2]


def test_validation_cells_that_stand_in_the_corpus_under_another_name_are_refused(
    simulated: Path, tmp_path: Path
) -> None:
    for path in simulated.glob("*.h5ad"):
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "simulated2.h5ad").unlink()
    (tmp_path / "simulated2.h5ad").symlink_to(simulated / "simulated1.h5ad")
    with pytest.raises(OverlapError, match=r"Cells of \[validation\] are in the corpus.*250 cells of simulated1"):
        running.run(_study(), cells=tmp_path, out=tmp_path / "out")


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "validation in the corpus": (
        {"validation": {"file": "simulated1"}},
        r"simulated1 is in the corpus and in \[validation\]: cells of one experiment may be on one side only",
    ),
    "validation in an evaluation": (
        {"validation": {"file": "simulated3"}},
        r"simulated3 is in the evaluations and in \[validation\]",
    ),
    "validation of an evaluated experiment": (
        {"experiments": {"kang": ["simulated2", "simulated4"]}},
        r"simulated4 is in the evaluations and simulated2 in \[validation\], and both are of the experiment kang",
    ),
    "corpus of an evaluated experiment": (
        {"experiments": {"kang": ["simulated1", "simulated4"]}},
        "simulated1 is in the corpus and simulated4 in the evaluations, and both are of the experiment kang",
    ),
    "a batch of an evaluated experiment": (
        {"experiments": {"kang": ["simulated1/a", "simulated4"]}},
        "simulated1/a is in the corpus and simulated4 in the evaluations",
    ),
    "reference and query of one experiment": (
        {"experiments": {"kang": ["simulated3", "simulated4"]}},
        "from simulated3 to simulated4: both are of the experiment kang; take another reference",
    ),
    "two rates": (
        {"budget": FAIR["budget"] | {"learning_rate_factors": [0.5, 1.0]}},
        "learning_rate_factors are 0.5, 1.0: give one, or 3 different ones",
    ),
    "pilots with one rate": (
        {"budget": FAIR["budget"] | {"learning_rate_factors": [1.0], "pilot_seeds": 1}},
        "pilot_seeds is 1 and there is one learning rate: give 3 learning_rate_factors",
    ),
    "more pilots than seeds": (
        {"budget": FAIR["budget"] | {"pilot_seeds": 2}},
        "pilot_seeds is 2, more than the seeds of an arm: take at most 1",
    ),
    "rates without validation": ({"validation": None}, r"3 learning_rate_factors and no \[validation\] cells"),
    "a batch for each family": (
        {"budget": FAIR["budget"] | {"batch_size": {"masked": 16, "contrastive": 8}}},
        r"batch_size differs between families \(masked 16, contrastive 8, pca 128\)",
    ),
    "a batch for large sizes only": (
        {"budget": FAIR["budget"] | {"batch_size": 32}},
        "batch_size 32 is more than half of the smallest size, 50 cells.* Take at most 25, or drop that size",
    ),
    "an unknown family": (
        {"arms": [{"families": ["maskd"], "sizes": ["all"], "seeds": 1}]},
        "There is no family 'maskd'; did you mean 'masked'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), BROKEN.values(), ids=BROKEN)
def test_an_unfair_study_is_refused_with_what_to_change(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        _study(**changes)


def test_an_excluded_batch_is_no_part_of_the_corpus() -> None:
    corpus = FAIR["corpus"] | {"exclude": ["simulated1/a"]}
    assert _study(corpus=corpus, experiments={"kang": ["simulated1/a", "simulated4"]}).corpus.exclude
