"""Arms whose cells are spiked, thinned, or taken from one study a step: from the study file to the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.records import Result, Run
from graph.vocabulary.protocol import BATCHES_OF_ONE_STUDY
from scaling.errors import CorpusError, OverlapError, RunFailed, SamplingError, StudyError
from scaling.study import run as running
from scaling.study.drawing import as_seen, cells_for_training, subset, validation_cells
from scaling.study.overview import overview
from scaling.study.plan import RunSpec, jobs, plan, specs
from scaling.study.prepare import prepare
from scaling.study.prepared import Prepared
from scaling.study.reading import read_cells, read_spike_in
from scaling.study.spec import Study

WHOLE = {"families": ["masked"], "sizes": [100], "seeds": 1}
SOURCE = {"file": "simulated2"}
SPIKED = {**WHOLE, "spike_in": 0.5}
THINNED = {**WHOLE, "counts_kept": 0.25}
WITHIN = {**WHOLE, "batches": "within_studies"}


def changed(study: Study, *arms: dict[str, Any], **data: Any) -> Study:
    whole = study.model_dump(mode="json") | {
        "budget": {"steps": 3, "warmup": 1, "hidden": [8], "dimensions": 4, "batch_size": 16, "checkpoints": [3]},
        "arms": [WHOLE, *arms],
        "evaluations": study.model_dump(mode="json")["evaluations"][:1],
    }
    return Study.model_validate(whole | data)


def spiked(study: Study, *arms: dict[str, Any], **data: Any) -> Study:
    corpus = study.model_dump(mode="json")["corpus"] | {"files": ["simulated1"]}
    return changed(study, *arms, **{"corpus": corpus, "spike_in": SOURCE} | data)


def planned(study: Study, cells: Path, folder: Path) -> tuple[Prepared, list[RunSpec]]:
    prepared = prepare(study, cells, folder / "prepared")
    return prepared, specs(study, prepared.facts)


def test_a_spike_in_replaces_a_share_of_the_random_subset_of_the_same_seed(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    arms = [{**arm, "sizes": [100, 200], "seeds": 2} for arm in (WHOLE, SPIKED, {**SPIKED, "spike_in": 0.1})]
    prepared, runs = planned(spiked(study, arms=arms), simulated, tmp_path)
    by_setting = {(spec.run.sampling, spec.run.cells, spec.run.seed_data): spec for spec in runs}
    assert {sampling for sampling, _, _ in by_setting} == {"random", "spike_in_50", "spike_in_10"}
    assert len({spec.run_id for spec in runs}) == len(runs) == 2 * (3 + 2 + 2)
    source, corpus = prepared.spike_in, prepared.corpus
    assert source is not None
    assert (source.label == -1).all()
    for (sampling, cells, seed), spec in by_setting.items():
        if sampling == "random":
            continue
        rows = subset(spec, prepared)
        entering = rows[rows >= len(corpus)] - len(corpus)
        assert len(rows) == len(set(rows.tolist())) == cells
        assert len(entering) == cells * {"spike_in_50": 0.5, "spike_in_10": 0.1}[sampling]
        usual = subset(by_setting["random", cells, seed], prepared)
        assert set(rows[rows < len(corpus)].tolist()) <= set(usual.tolist())
        seen, all_rows = cells_for_training(spec, prepared, rows)
        kept = len(rows) - len(entering)
        np.testing.assert_array_equal(seen.dense(all_rows[:kept]), corpus.dense(rows[:kept]))
        np.testing.assert_array_equal(seen.dense(all_rows[kept:]), source.dense(entering))
        assert (seen.study[kept:] == 1).all(), "the source is a study of its own"
        np.testing.assert_array_equal(seen.measured[1], source.measured[0])


def test_a_study_with_spike_ins_runs_and_its_records_say_the_share(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    test = {"kind": "effect", "arms": ["masked"], "sampling": "spike_in_50", "direction": "0"}
    named = spiked(study, SPIKED, hypotheses={"primary_metric": "macro_f1", "tests": [test]})
    records = running.run(named, cells=simulated, out=tmp_path)
    results = [record for record in records if isinstance(record, Result) and record.run_id]
    assert {(result.sampling, result.cells) for result in results} == {
        ("random", 0), ("random", 100), ("spike_in_50", 100),
    }  # fmt: skip
    assert {row.role for row in overview(named, simulated).sets} >= {"corpus", "spike-in"}
    assert len(plan(named, simulated)) == len({result.run_id for result in results})


def test_a_spike_in_above_its_limit_is_refused_before_anything_is_trained(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    evaluations = [{"kind": "within_study", "query": "simulated3"}]
    arm = {**SPIKED, "spike_in": 0.75}

    def sized(cells: int) -> Study:
        arms = {**WHOLE, "sizes": [cells]}, {**arm, "sizes": [cells]}
        corpus = study.corpus.model_dump(mode="json")  # of 500 cells, and 250 of the source
        return spiked(study, arms=arms, corpus=corpus, evaluations=evaluations, spike_in={"file": "simulated4"})

    assert planned(sized(334), simulated, tmp_path)[1]
    with pytest.raises(SamplingError, match=r"335 cells .* than the 250 cells of .spike_in.; they are enough for 334"):
        running.run(sized(335), cells=simulated, out=tmp_path)
    assert not (tmp_path / "models").exists()


def test_what_an_arm_with_thinned_counts_sees_is_thinned_alike_in_training_validation_and_scoring(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    validated = changed(
        study, THINNED, corpus=study.model_dump(mode="json")["corpus"] | {"files": ["simulated1"]},
        validation={"file": "simulated2"}, evaluations=study.model_dump(mode="json")["evaluations"],
    )  # fmt: skip
    prepared, runs = planned(validated, simulated, tmp_path)
    thinned = [spec for spec in runs if spec.counts_kept]
    assert {spec.run.ablation for spec in thinned} == {"counts thinned to 0.25"}
    assert all('"counts_kept":0.25' in spec.run.config and spec.run.cells for spec in thinned)
    assert len({job.text for job in jobs(runs)}) == len({spec.run_id for spec in runs})
    spec = thinned[0]
    seen, _ = cells_for_training(spec, prepared, subset(spec, prepared))
    whole, _ = cells_for_training(runs[0], prepared, subset(spec, prepared))
    assert 0.2 < seen.library.sum() / whole.library[subset(spec, prepared)].sum() < 0.3
    validation = validation_cells(spec, prepared)
    assert validation is not None
    assert prepared.validation is not None
    assert 0.2 < validation.library.sum() / prepared.validation.library.sum() < 0.3
    across, back, within = (as_seen(spec, entry) for entry in prepared.evaluations)
    assert across.reference is not None
    assert across.digest == prepared.evaluations[0].digest
    assert 0.2 < across.query.library.sum() / prepared.evaluations[0].query.library.sum() < 0.3
    assert across.query.digest == back.reference.digest, "cells are thinned alike in both roles"  # type: ignore[union-attr]
    cells, rows = within.whole  # type: ignore[misc]
    np.testing.assert_array_equal(cells.dense(rows), within.query.dense(np.arange(len(within.query))))
    assert as_seen(runs[0], prepared.evaluations[0]) is prepared.evaluations[0]
    records = running.run(validated, cells=simulated, out=tmp_path)
    scored = [record for record in records if isinstance(record, Result) and record.run_id]
    assert {result.ablation for result in scored} == {None, "counts thinned to 0.25"}


def test_batches_of_one_study_are_another_training_of_the_same_cells(
    study: Study, simulated: Path, tmp_path: Path
) -> None:
    records = running.run(changed(study, WITHIN), cells=simulated, out=tmp_path)
    runs = [record for record in records if isinstance(record, Run) and record.cells]
    pairs = {(run.cells, run.seed_data, run.ablation): run for run in runs}
    assert {change for _, _, change in pairs} == {None, BATCHES_OF_ONE_STUDY}
    for (cells, seed, change), run in pairs.items():
        if change:
            assert run.subset_digest == pairs[cells, seed, None].subset_digest
            assert run.weights_digest != pairs[cells, seed, None].weights_digest


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        ({**SPIKED, "sizes": ["all"]}, "spike_in needs sizes in cells"),
        ({**SPIKED, "spike_in": 1.5}, "less than or equal to 1"),
        ({**SPIKED, "counts_kept": 0.5}, "changes one thing.*spike_in, counts_kept"),
        ({**SPIKED, "sampling": "cluster_reweighted"}, "changes one thing.*spike_in, sampling"),
        ({**THINNED, "counts_kept": 1.0}, "less than 1"),
        ({**WITHIN, "ablation": "no gene identity"}, "changes one thing.*ablation, batches"),
        ({**WITHIN, "batches": "within"}, "within_studies"),
        ({**WITHIN, "sizes": []}, "name sizes"),
    ],
)
def test_an_arm_that_changes_its_cells_wrongly_is_refused(study: Study, arm: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        spiked(study, arm, *([SPIKED] if "spike_in" not in arm else []))


def test_shares_without_a_source_and_a_source_without_shares_are_refused(study: Study) -> None:
    with pytest.raises(ValueError, match=r"name their file under \[spike_in\]"):
        changed(study, SPIKED)
    with pytest.raises(ValueError, match="names cells that no arm uses"):
        spiked(study)


def test_spiked_cells_are_of_the_corpus_and_of_nothing_else(study: Study, simulated: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is in the corpus and in the evaluations"):
        spiked(study, SPIKED, spike_in={"file": "simulated3"})
    with pytest.raises(OverlapError, match=r"\[spike_in\] are in the corpus"):
        prepare(spiked(study, SPIKED, spike_in={"file": "simulated1"}), simulated, tmp_path / "prepared")
    named = spiked(study, SPIKED)
    panel = named.model_copy(update={"corpus": named.corpus.model_copy(update={"min_genes": 301})})
    corpus, evaluations = read_cells(named, simulated)
    with pytest.raises(CorpusError, match="a panel does not enter a corpus"):
        read_spike_in(panel, simulated, corpus, evaluations.values())


def test_thinned_cells_are_not_asked_for_the_counts_that_were_taken_away(study: Study) -> None:
    evaluations = [{"kind": "perturbation", "query": "simulated3"}]
    with pytest.raises(ValueError, match="perturbation asks for the counts that it takes away"):
        changed(study, THINNED, evaluations=evaluations)


def test_a_family_that_is_fitted_has_no_batches(study: Study, simulated: Path, tmp_path: Path) -> None:
    named = changed(study, {**WITHIN, "families": ["pca"]})
    with pytest.raises(StudyError, match="pca is fitted to all cells at once"):
        planned(named, simulated, tmp_path)


def test_a_study_of_too_few_cells_for_a_step_says_what_to_change(study: Study, simulated: Path, tmp_path: Path) -> None:
    budget = changed(study).budget.model_dump(mode="json") | {"batch_size": 60}
    with pytest.raises(RunFailed, match="fewer than the 50 of a step"):
        running.run(changed(study, {**WITHIN, "seeds": 2}, budget=budget), cells=simulated, out=tmp_path)
