"""Integration and perturbation in a study, of seconds: what is scored, recorded, kept, and said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from pydantic import ValidationError

from graph.records import Record, Result, Run, SaturationPoint
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import AVG_BIO, ILISI, MACRO_F1, PEARSON_DELTA
from scaling.corpus.h5ad import read_h5ad, write_h5ad
from scaling.errors import CorpusError, MissingLabel
from scaling.evaluate.predictions import GROUPS
from scaling.model import embedding
from scaling.study import run as running
from scaling.study.finetuned import finetuned
from scaling.study.remarks import remarks
from scaling.study.spec import EvaluationSpec, Study, load_study

KINDS = [
    {"kind": "within_study", "query": "simulated3"},
    {"kind": "integration", "query": "simulated3", "settings": {"batch_key": "lane", "resolutions": [0.5, 1.0]}},
    {"kind": "perturbation", "query": "simulated3", "settings": {"genes": 10}},
    {"kind": "finetuning", "query": "simulated3", "settings": {"share": 0.2, "epochs": 2}},
]


@pytest.fixture(scope="module")
def treated(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated studies; cells of one have a lane and a condition."""
    folder = tmp_path_factory.mktemp("treated")
    for path in simulated.glob("*.h5ad"):
        (folder / path.name).symlink_to(path)
    cells = read_h5ad(folder / "simulated3.h5ad")
    (folder / "simulated3.h5ad").unlink()
    number = np.arange(len(cells))
    added = {"lane": np.array(["one", "two"])[number % 2], "condition": np.array(["ctrl", "stim"])[number // 2 % 2]}
    write_h5ad(folder / "simulated3.h5ad", replace(cells, obs={**cells.obs, **added}))
    return folder


def _study(study: Study, *evaluations: dict[str, object]) -> Study:
    arms = [{"families": ["pca"], "sizes": [50, 150, "all"], "seeds": 2}]
    return Study.model_validate(study.model_dump(mode="json") | {"arms": arms, "evaluations": list(evaluations)})


class Finished(NamedTuple):
    """Records of a study, and how many cells each call embedded."""

    records: list[Record]
    embedded: list[int]


@pytest.fixture(scope="module")
def finished(study: Study, treated: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    embedded: list[int] = []
    plain = embedding.embed

    def counting(model: Any, cells: Any, **options: Any) -> np.ndarray:
        embedded.append(len(cells))
        return plain(model, cells, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(embedding, "embed", counting)
        records = running.run(_study(study, *KINDS), cells=treated, out=tmp_path_factory.mktemp("kinds"))
    return Finished(records, embedded)


def test_every_kind_makes_results_of_its_task_with_their_values_without_groups_of_cells(
    finished: Finished,
) -> None:
    results = [record for record in finished.records if isinstance(record, Result)]
    by_task = {
        task: {result.metric_id.partition(":")[2] for result in results if result.task_id == f"task:{task}"}
        for task in ("cell_type_classification", "batch_integration", "perturbation_prediction")
    }
    assert by_task == {
        "cell_type_classification": {"micro_f1", "macro_f1"},
        "batch_integration": {"avg_bio", "nmi", "ari", "asw_label", "ilisi", "graph_connectivity", "asw_batch"},
        "perturbation_prediction": {
            "pearson_r", "r_squared", "pearson_delta", "change_direction", "change_rank", "energy_removed",
        },
    }  # fmt: skip
    vocabulary = load_vocabulary()
    for result in results:
        assert vocabulary.get(result.metric_id) is not None
        assert len(result.without_cells) == GROUPS
    integrated = {result.evaluation for result in results if result.metric_id == ILISI}
    assert integrated == {"integration_lane"}
    assert {result.regime for result in results if result.metric_id == PEARSON_DELTA} == {"fine_tuned"}
    tuned = [result for result in results if result.evaluation == "finetuning_all_20_percent"]
    assert {result.regime for result in tuned} == {"few_shot"}
    assert {result.model_id for result in tuned if result.run_id is None} == {
        "model:lognorm_knn", "model:pca_reference", "model:logistic_regression",
    }  # fmt: skip


def test_baselines_of_every_kind_are_scored_and_curves_have_saturation_points(
    finished: Finished,
) -> None:
    results = [record for record in finished.records if isinstance(record, Result)]
    simple = {result.model_id for result in results if result.run_id is None and result.metric_id == PEARSON_DELTA}
    assert {"model:no_change", "model:mean_change", "model:additive_baseline", "model:nearest_type_change"} < simple
    assert {result.model_id for result in results if result.run_id is None and result.metric_id == AVG_BIO} == {
        "model:pca_reference", "model:lognorm_knn",
    }  # fmt: skip
    points = {record.metric_id for record in finished.records if isinstance(record, SaturationPoint)}
    assert {AVG_BIO, ILISI, PEARSON_DELTA} < points


def test_the_end_of_a_study_names_the_baselines_first_and_says_that_a_model_does_not_beat_them(
    finished: Finished,
) -> None:
    said = [line for line in remarks(finished.records) if "left out" in line or "beat" in line]
    assert said[0].startswith("Change in a cell type that was left out")
    assert "No-change baseline 0.000" in said[0]
    assert len(said) == 2
    assert all("it does not beat" in line for line in said[1:])  # the treatment does nothing here
    assert "its untrained twin (" in said[1]
    assert any(line.startswith("The head of the models without pre-training") for line in remarks(finished.records))


def _fine_tuned(model_id: str, value: float, seed: int | None, cells: int) -> Result:
    run = {} if seed is None else {"run_id": f"run:{model_id}{seed}{cells}", "seed_init": seed, "cells": cells}
    noise = np.random.default_rng(0 if seed is None else seed).normal(scale=0.001, size=GROUPS)
    return Result(
        study="s", evaluation="finetuning_all_10_percent", model_id=model_id, dataset_id="dataset:x",
        task_id="task:cell_type_classification", metric_id=MACRO_F1, value=value, source="reproduced",
        without_cells=tuple((value + noise).tolist()), fraction=1.0 if cells else None, **run,
    )  # fmt: skip


def test_the_end_of_a_study_says_what_a_model_gains_over_its_twin_and_over_logistic_regression() -> None:
    records = [
        *(_fine_tuned("model:masked", 0.80 + 0.002 * seed, seed, 900) for seed in range(3)),
        *(_fine_tuned("model:masked", 0.70 + 0.003 * seed, seed, 0) for seed in range(3)),
        _fine_tuned("model:logistic_regression", 0.86, None, 0),
    ]
    first, second = finetuned(records)
    assert "Logistic regression 0.860" in first
    assert "better than its untrained twin (+0.099, 95 % interval +0.09" in second
    assert "worse than Logistic regression (-0.058" in second
    assert "fewer than two replicates beside its untrained twin" in list(finetuned([records[0], records[-1]]))[1]


def test_each_model_embeds_the_cells_of_a_set_once_for_all_evaluations(finished: Finished) -> None:
    results = [record for record in finished.records if isinstance(record, Result)]
    scored = {(result.run_id, result.steps) for result in results if result.run_id}
    assert finished.embedded == [250] * len(scored)  # the whole set, of which every evaluation takes its own


def test_a_kind_that_is_added_trains_nothing_and_leaves_the_digests_of_the_others(
    finished: Finished, study: Study, treated: Path, tmp_path: Path
) -> None:
    records = running.run(_study(study, KINDS[0]), cells=treated, out=tmp_path)
    runs, others = ({record.id for record in each if isinstance(record, Run)} for each in (records, finished.records))
    assert runs == others
    ids = {record.id for record in finished.records}
    assert {record.id for record in records if isinstance(record, Result) and record.run_id} < ids


def test_what_cannot_be_scored_is_refused_before_anything_is_trained(
    study: Study, treated: Path, tmp_path: Path
) -> None:
    for settings, error, words in (
        ({"batch_key": "plate"}, MissingLabel, "plate"),
        ({"batch_key": "cell_type"}, CorpusError, "0 types with cells of several batches"),
    ):
        broken = _study(study, {"kind": "integration", "query": "simulated3", "settings": settings})
        with pytest.raises(error, match=words):
            running.run(broken, cells=treated, out=tmp_path)
    broken = _study(study, {"kind": "perturbation", "query": "simulated3", "settings": {"treated": "drug"}})
    with pytest.raises(CorpusError, match=r"'drug'.*which has ctrl, stim"):
        running.run(broken, cells=treated, out=tmp_path)
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"kind": "integrate"}, "did you mean 'integration'"),
        ({"kind": "integration", "method": "probe"}, "integration takes no `method`"),
        ({"kind": "perturbation", "reference": "y"}, "perturbation takes none"),
        ({"kind": "integration", "settings": {"batchkey": "x"}}, "did you mean 'batch_key'"),
    ],
)
def test_a_kind_or_setting_that_does_not_exist_is_refused(entry: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        EvaluationSpec.model_validate({"query": "x", **entry})


def test_the_study_of_four_questions_asks_one_set_of_models_all_of_them(treated: Path, tmp_path: Path) -> None:
    preset = load_study("four_t").model_dump(mode="json")
    names = dict(zip(("pbmc3k", "zheng_facs", "mixology_celllines", "kang_muscat"), (3, 4, 3, 3), strict=True))
    evaluations = [
        entry | {side: entry[side] and f"simulated{names[entry[side]]}" for side in ("query", "reference")}
        for entry in preset["evaluations"]
    ]
    for entry, settings in zip(
        evaluations[4:], ({"epochs": 1}, {"batch_key": "lane", "resolutions": [1.0]}, {"genes": 10}), strict=True
    ):
        entry["settings"] = settings
    small = Study.model_validate(
        preset
        | {
            "corpus": {"id": "dataset:tiny", "files": ["simulated1"], "genes": 100, "min_genes": 100},
            "budget": preset["budget"] | {"steps": 4, "checkpoints": [4], "batch_size": 16, "hidden": [16]},
            "validation": {"file": "simulated2"},
            "experiments": {},
            "arms": [preset["arms"][0] | {"sizes": ["all"], "seeds": 1}],
            "evaluations": [
                {key: value for key, value in entry.items() if _is_set(entry, key)} for entry in evaluations
            ],
        }
    )
    records = running.run(small, cells=treated, out=tmp_path)
    scores = [record for record in records if isinstance(record, Result) and record.run_id]
    asked = {(result.task_id, result.regime, result.evaluation.partition("_")[0]) for result in scores}
    assert asked == {
        ("task:cell_type_classification", "zero_shot", "knn5"),
        ("task:cell_type_classification", "zero_shot", "probe"),
        ("task:cell_type_classification", "fine_tuned", "finetuning"),
        ("task:batch_integration", "zero_shot", "integration"),
        ("task:perturbation_prediction", "fine_tuned", "perturbation"),
    }
    for result in scores:  # every model of every size answers all of them, by the hypotheses that were named first
        assert result.hypotheses_digest == load_study("four_t").hypotheses.named().digest()  # type: ignore[union-attr]
    by_model = {(result.model_id, result.cells): set[str]() for result in scores}
    for result in scores:
        by_model[result.model_id, result.cells].add(result.evaluation)
    assert len(by_model) == 6
    assert {len(names) for names in by_model.values()} == {5}
    said = "\n".join(remarks(records))
    assert "Change in a cell type that was left out" in said
    assert "does not beat" in said
    # Simulated cells: nothing of it is evidence.
    assert all(run.simulated for run in records if isinstance(run, Run))


def _is_set(entry: dict[str, Any], key: str) -> bool:
    """Leave out what an evaluation of another kind does not take."""
    return entry[key] is not None and (key != "method" or entry["kind"] == "cross_study")
