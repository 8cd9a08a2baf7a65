from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.evidence.interval import of_replicates, with_cell_error
from graph.records import Claim, Result, Run, SaturationPoint
from graph.vocabulary import load_vocabulary
from scaling.errors import StudyError, Untestable
from scaling.families import find
from scaling.study import run as running
from scaling.study.design import cost
from scaling.study.design.cost import measured_rate
from scaling.study.design.design import design
from scaling.study.design.draft import sizes_for
from scaling.study.design.needs import needs_of
from scaling.study.design.power import CELL_SPREAD, SEED_SPREAD, seeds_needed, smallest_effect
from scaling.study.design.write import study_text
from scaling.study.overview import overview, training_rows
from scaling.study.plan import specs
from scaling.study.prepared import Facts
from scaling.study.spec import Study, load_study, presets

LIKE = Study.model_validate({
    "name": "like",
    "corpus": {"id": "dataset:like", "files": ["simulated1"], "genes": 100, "min_genes": 100},
    "budget": {
        "steps": 16, "warmup": 2, "hidden": [16], "dimensions": 8, "batch_size": 64,
        "learning_rate_factors": [0.3, 1.0, 3.0], "pilot_seeds": 2,
    },
    "validation": {"file": "simulated2"},
    "arms": [{"families": ["pca"], "sizes": ["all"], "seeds": 2}],
    "evaluations": [
        {"kind": "cross_study", "reference": "simulated3", "query": "simulated4", "settings": {"k": 3}},
        {"kind": "cross_study", "reference": "simulated4", "query": "simulated3", "settings": {"k": 3}},
    ],
})  # fmt: skip


def claim(**fields: Any) -> Claim:
    return Claim.model_validate({
        "paper_id": "key:a", "version_id": "key:av1", "statement": "A quarter is enough.", "kind": "saturation",
        "source_url": "u", "location": "l", "subject_ids": ("model:masked_models",), "direction": "plateau",
        "fraction": 0.25, "task_id": "task:cell_type_classification", "corpus_cells": 400, **fields,
    })  # fmt: skip


def fast(*_: object) -> float:
    return 1_000.0


@pytest.fixture(scope="module")
def designed(simulated: Path):
    return design(claim(), like=LIKE, cells=simulated, seeds=2, rate=fast)


def test_the_study_file_is_read_back_as_the_study_and_says_what_it_tests(designed, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(designed.text(), encoding="utf-8")
    assert load_study(path) == designed.study
    assert designed.claim.id in designed.text().splitlines()[0]


@pytest.mark.parametrize("name", presets())
def test_every_shipped_study_is_written_so_that_it_is_read_back(name: str, tmp_path: Path) -> None:
    study = load_study(name)
    path = tmp_path / "study.toml"
    path.write_text(study_text(study, ["a comment\nof two lines"]), encoding="utf-8")
    assert load_study(path) == study


@pytest.mark.parametrize(
    ("name", "trainings"), [("diversity_t", 168), ("batches_t", 32), ("objectives_t", 72), ("blood_t", 96)]
)
def test_a_study_has_the_trainings_that_its_file_names(name: str, trainings: int) -> None:
    study = load_study(name)
    facts = Facts(
        key="", corpus_digest="", corpus_cells=8_584, genes=2_000, genes_digest="", studies=8, simulated=False,
        held_out=True, seed_split=0, evaluation_digests=(), evaluation_names=(), evaluation_methods=(),
    )  # fmt: skip
    assert sum(row.trainings for row in training_rows(specs(study, facts)) if row.steps) == trainings


def test_a_claim_about_a_share_is_bracketed_by_sizes(designed) -> None:
    sizes = [size for size in designed.study.arms[0].sizes if size != "all"]
    assert min(sizes) <= 0.25 * 250 <= max(sizes) < 250
    assert designed.study.budget.batch_size == min(sizes) // 2
    needs = needs_of(claim(fraction=0.01), load_vocabulary())
    with pytest.raises(Untestable, match="2 of 250 cells"):
        sizes_for(claim(fraction=0.01), needs, 250)


def test_its_costs_are_those_of_the_plan_of_its_file(designed, simulated: Path) -> None:
    planned = overview(designed.study, simulated)
    assert designed.trainings == planned.trainings
    (row,) = designed.cost.families
    stepped = [row for row in planned.trainings if row.steps]
    assert row.trainings == sum(row.trainings for row in stepped)
    assert row.cells_seen == sum(row.trainings * row.cells_seen for row in stepped)
    model = find("masked").build([f"g{n}" for n in range(100)], designed.study.config("masked"), seed_init=0)
    assert row.flops == pytest.approx(row.cells_seen * model.flops())
    assert row.hours == pytest.approx(row.cells_seen / 1_000 / 3600)
    assert designed.cost.hours > row.hours
    assert designed.corpus_cells == 250
    assert designed.scale_ratio == pytest.approx(250 / 400)


def test_it_runs_and_its_records_carry_the_test_that_was_named(simulated: Path, tmp_path: Path) -> None:
    question = claim(subject_ids=("model:pretrained_pca",))
    designed = design(question, like=LIKE, cells=simulated, seeds=2, rate=fast)
    records = running.run(designed.study, cells=simulated, out=tmp_path)
    runs = [record for record in records if isinstance(record, Run)]
    assert len(runs) == designed.cost.runs
    assert {run.hypotheses_digest for run in runs} == {designed.study.hypotheses.named().digest()}
    assert any(isinstance(record, Result) and record.evaluation == "knn3_cross_study" for record in records)
    assert any(isinstance(record, SaturationPoint) and record.rule == "equivalence@1" for record in records)


def test_hours_cut_seeds_and_never_steps() -> None:
    question = claim(corpus_cells=22_200_000)
    whole = design(question, rate=fast)
    less = design(question, hours=whole.cost.hours * 0.75, rate=fast)
    assert 3 <= less.study.arms[0].seeds < whole.study.arms[0].seeds == 8
    assert less.study.budget.steps == whole.study.budget.steps
    assert less.cost.hours <= whole.cost.hours * 0.75
    short = design(question, hours=0.01, rate=fast)
    assert short.study.arms[0].seeds == 3
    assert any("hours of one core are needed" in text for text in short.missing)


def test_what_is_missing_here_is_said() -> None:
    far = design(claim(kind="scaling", fraction=None, direction="+", corpus_cells=100_000_000), rate=fast)
    assert any("1,000,000 cells and more" in text for text in far.missing)
    one = design(claim(task_id="task:perturbation_prediction"), rate=fast)
    assert any("of one experiment (kang)" in text for text in one.missing)
    mixed = design(claim(task_id="task:batch_integration"), rate=fast)
    assert any("double_dipping" in text for text in mixed.missing)
    tiny = design(claim(fraction=0.01), rate=fast)
    assert any("Subsets of 85 cells" in text for text in tiny.missing)
    assert not any("scatter more" in text for text in far.missing)
    few = design(claim(), seeds=2, rate=fast)
    assert any("seeds would do" in text for text in few.missing)
    deep = design(claim(subject_ids=("model:geneformer",)), family="geneformer", rate=fast)
    assert any("GPU is needed" in text for text in deep.missing)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"gpu": "abacus"}, "GPU 'abacus'"),
        ({"family": "maskd"}, "did you mean 'masked'"),
        ({"like": LIKE}, "give its cells"),
        ({"like": "no_such_study"}, "cannot read the study file"),
    ],
)
def test_what_cannot_be_used_is_said(options: dict[str, Any], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        design(claim(), rate=fast, **options)


def test_a_study_without_a_set_for_the_task_is_refused(simulated: Path) -> None:
    with pytest.raises(Untestable, match="kind integration"):
        design(claim(task_id="task:batch_integration"), like=LIKE, cells=simulated, rate=fast)


def test_the_smallest_effect_is_that_of_the_intervals_of_verdicts() -> None:
    seeds, cells = 8, 2_000
    rng = np.random.default_rng(0)
    values = rng.normal(size=seeds)
    values = (values - values.mean()) / values.std(ddof=1) * SEED_SPREAD
    interval = of_replicates(values.tolist())
    assert interval is not None
    both = with_cell_error(interval, CELL_SPREAD / math.sqrt(cells), df=19)
    sight = smallest_effect(seeds, [cells])
    assert sight.effect == pytest.approx(both.mde, rel=1e-6)
    assert sight.half_width == pytest.approx(both.half_width, rel=1e-6)


def test_more_seeds_more_cells_and_fewer_tests_see_more() -> None:
    base = smallest_effect(4, [1_000], tests=2)
    assert smallest_effect(8, [1_000], tests=2).effect < base.effect
    assert smallest_effect(4, [4_000], tests=2).effect < base.effect
    assert smallest_effect(4, [1_000, 1_000], tests=2).effect < base.effect
    assert smallest_effect(4, [1_000], tests=1).effect < base.effect
    enough = seeds_needed([1_000])
    assert enough is not None
    assert smallest_effect(enough, [1_000]).precise
    assert not smallest_effect(enough - 1, [1_000]).precise
    assert seeds_needed([50]) is None


def test_a_rate_is_measured_by_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "LEAST_SECONDS", 0.02)
    small, large = (find("masked").config(hidden=(width,)) for width in (8, 1024))
    assert measured_rate("masked", small, 60, 16) > measured_rate("masked", large, 60, 16) > 0
    assert measured_rate("pca", find("pca").config(), 60, 0) > 0


def test_a_designed_study_says_how_its_subsets_are_drawn(designed, simulated: Path) -> None:
    assert designed.study.draws == "independent"
    nested = LIKE.model_copy(update={"draws": "nested"})
    assert design(claim(), like=nested, cells=simulated, seeds=2, rate=fast).study.draws == "nested"
