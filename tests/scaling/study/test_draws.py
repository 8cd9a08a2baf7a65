"""Subsets of several sizes in a study: nested, independent, or as the seed draws them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from graph.records import Run
from scaling.errors import StudyError
from scaling.study import run as running
from scaling.study.drawing import subset
from scaling.study.folder import StudyFolder
from scaling.study.former import former_plan
from scaling.study.overview import training_rows
from scaling.study.plan import RunSpec, specs
from scaling.study.prepare import prepare
from scaling.study.prepared import Prepared
from scaling.study.spec import Study, load_study

WAYS = ("random", "celltype_reweighted", "cluster_reweighted", "geometric_sketching")
SIZES = (30, 60, 150)


def drawing(study: Study, draws: str | None, *arms: dict[str, Any], **data: Any) -> Study:
    every = [{"families": ["pca"], "sampling": way, "sizes": [*SIZES, "all"], "seeds": 2} for way in WAYS]
    given = {"arms": arms or every, "draws": draws}
    return Study.model_validate(study.model_dump(mode="json") | given | data)


@pytest.fixture(scope="module")
def prepared(study: Study, simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(drawing(study, None), simulated, tmp_path_factory.mktemp("prepared"))


def by_setting(study: Study, prepared: Prepared) -> dict[tuple[str, int, int], RunSpec]:
    planned = specs(study, prepared.facts)
    return {(spec.run.sampling, spec.run.seed_data, spec.run.cells): spec for spec in planned}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [0, 1])
def test_smaller_subsets_of_a_replicate_lie_within_larger_ones_where_a_study_asks_for_it(
    study: Study, prepared: Prepared, way: str, seed: int
) -> None:
    nested, independent = (by_setting(drawing(study, draws), prepared) for draws in ("nested", "independent"))
    drawn = {draws: [set(subset(plan[way, seed, size], prepared).tolist()) for size in SIZES]
             for draws, plan in (("nested", nested), ("independent", independent))}  # fmt: skip
    assert [len(rows) for rows in drawn["nested"]] == list(SIZES)
    assert all(smaller <= larger for smaller, larger in pairwise(drawn["nested"]))
    assert not any(smaller <= larger for smaller, larger in pairwise(drawn["independent"]))


def test_a_subset_without_a_type_is_drawn_like_the_others(study: Study, prepared: Prepared) -> None:
    name = sorted(set(prepared.coarse.tolist()) - {"unknown"})[0]
    arm = {"families": ["pca"], "left_out": name, "sizes": list(SIZES), "seeds": 1}
    plan = by_setting(drawing(study, "nested", arm), prepared)
    drawn = [set(subset(plan["random", 0, size], prepared).tolist()) for size in SIZES]
    assert all(smaller <= larger for smaller, larger in pairwise(drawn))
    assert name not in set(prepared.coarse[sorted(drawn[-1])].tolist())


def test_the_draws_are_in_the_id_of_what_is_drawn_and_of_nothing_else(study: Study, prepared: Prepared) -> None:
    plans = {draws: by_setting(drawing(study, draws), prepared) for draws in (None, "nested", "independent")}
    for setting, spec in plans[None].items():
        assert "draws" not in json.loads(spec.run.config)
        others = [plans[draws][setting] for draws in ("nested", "independent")]
        is_drawn = 0 < spec.run.cells < prepared.facts.corpus_cells
        assert len({spec.run_id, *(other.run_id for other in others)}) == (3 if is_drawn else 1)
        if is_drawn:
            assert [json.loads(other.run.config)["draws"] for other in others] == ["nested", "independent"]


def test_cells_are_prepared_once_however_subsets_are_drawn(study: Study) -> None:
    assert len({drawing(study, draws).data_spec() for draws in (None, "nested", "independent")}) == 1


def test_records_and_plan_say_how_subsets_were_drawn(study: Study, simulated: Path, tmp_path: Path) -> None:
    named = drawing(study, "nested", {"families": ["pca"], "sizes": [*SIZES, "all"], "seeds": 1})
    records = running.run(named, cells=simulated, out=tmp_path)
    runs = {record.cells: json.loads(record.config).get("draws") for record in records if isinstance(record, Run)}
    assert runs == {0: None, **dict.fromkeys(SIZES, "nested"), 500: None}
    cells = prepare(named, simulated, tmp_path / "prepared")
    said = {row.cells: row.draws for row in training_rows(specs(named, cells.facts))}
    assert said == {0: "", **dict.fromkeys(SIZES, "nested"), 500: ""}
    unsaid = drawing(study, None, {"families": ["pca"], "sizes": [*SIZES], "seeds": 1})
    planned = specs(unsaid, cells.facts)
    assert {row.draws for row in training_rows(planned)} == {"", "by seed"}
    assert 'draws "nested" -> null' in former_plan(unsaid, planned, StudyFolder(tmp_path))


def test_the_subset_of_a_study_that_names_nothing_is_that_of_its_seed(study: Study, prepared: Prepared) -> None:
    plan = by_setting(drawing(study, None), prepared)
    expected = np.sort(np.random.default_rng(1).choice(500, 60, replace=False))
    np.testing.assert_array_equal(subset(plan["random", 1, 60], prepared), expected)


@pytest.mark.parametrize(("change", "value"), [("spike_in", 0.5), ("counts_kept", 0.5)])
def test_what_is_drawn_anew_at_each_size_cannot_be_nested(study: Study, change: str, value: float) -> None:
    arm = {"families": ["pca"], "sizes": [100], "seeds": 1, "untrained": False, change: value}
    data: dict[str, Any] = {"evaluations": [{"kind": "within_study", "query": "simulated3"}]}
    if change == "spike_in":
        data["spike_in"] = {"file": "simulated4"}
    assert drawing(study, "independent", arm, **data).draws == "independent"
    with pytest.raises(
        ValidationError, match=f'"nested" is not defined for an arm with {change}: .* use draws = "indep'
    ):
        drawing(study, "nested", arm, **data)


def test_a_word_for_the_draws_that_is_not_known_is_refused_with_those_that_are(tmp_path: Path) -> None:
    text = 'name = "s"\ndraws = "nestd"\n[corpus]\nid = "dataset:c"\nfiles = ["a"]\n'
    path = tmp_path / "study.toml"
    path.write_text(text + '[[arms]]\nfamilies = ["pca"]\nsizes = [10]\nseeds = 1\n', encoding="utf-8")
    with pytest.raises(StudyError, match=r"draws.*'nested' or 'independent'"):
        load_study(path)
