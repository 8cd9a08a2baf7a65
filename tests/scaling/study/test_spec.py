from __future__ import annotations

from pathlib import Path

import pytest

from scaling.corpus.genes import select_genes
from scaling.errors import StudyError
from scaling.study.plan import plan, sizes_above, specs
from scaling.study.prepare import describe, read_cells
from scaling.study.spec import Study, load_study, presets

MINIMAL = """
name = "s"
[corpus]
id = "dataset:c"
files = ["a"]
[[arms]]
families = ["pca"]
sizes = [10]
seeds = 1
[[evaluations]]
kind = "within_study"
query = "b"
"""


def _load(tmp_path: Path, text: str) -> Study:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return load_study(path)


def test_every_preset_loads_by_its_name() -> None:
    folds = {"blood_p", "blood_t", "blood_t_integration", "blood_t_perturbation", "blood_z"}
    further = {
        "batches_t", "ci", "demo", "diversity_1000_t", "diversity_t", "few_labels_z", "four_full_t", "four_t",
        "masked_bins_t", "paper_p", "plain_zheng", "supervised_w16", "supervised_w256", "unseen_types_z",
    }  # fmt: skip
    not_run = {"budgets_t", "depth_t", "objectives_t", "scvi_t", "shift_t", "sizes_g", "spike_in_t"}
    not_run |= {"tuning_hides_t"}
    assert set(presets()) == {*folds, *further, *not_run}
    assert [load_study(name).name for name in presets()] == list(presets())


def test_every_preset_is_the_same_study_when_a_worker_reads_it() -> None:
    for study in map(load_study, presets()):
        assert Study.model_validate_json(study.model_dump_json()) == study


def test_checkpoints_are_a_sixteenth_a_quarter_and_all_of_the_budget(tmp_path: Path) -> None:
    study = _load(tmp_path, MINIMAL + "[budget]\nsteps = 1600\n")
    assert study.budget.checkpoints == (100, 400, 1600)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL.replace("seeds = 1", "seed = 1\nseeds = 1"), "unknown key 'arms.0.seed'; did you mean 'seeds'"),
        (MINIMAL.replace("files =", "file = 1\nfiles ="), "did you mean 'files'"),
        (MINIMAL.replace('"pca"', '"transformer"'), "arms.0.families.0.*transformer"),
        (MINIMAL.replace('"within_study"', '"cross_study"'), "cross_study needs `reference`"),
        (MINIMAL + "[budget]\nsteps = 10\ncheckpoints = [5]\n", "must rise and end at steps = 10"),
        (MINIMAL.replace('["a"]', '["../../etc/passwd"]'), "corpus.files.0"),
        ("name = ", "not TOML"),
        (MINIMAL + 'method = "probe"\nsettings = { k = 15 }\n', r"settings of probe: unknown key 'k'.*It has: "),
    ],
)
def test_a_wrong_study_file_is_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        _load(tmp_path, text)


def test_a_wrong_entry_of_a_list_is_not_said_to_make_the_list_too_short(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as refused:
        _load(tmp_path, MINIMAL.replace('"pca"', '"transformer"'))
    assert "Tuple should have" not in str(refused.value)
    with pytest.raises(StudyError, match=r"arms\.0\.families: Tuple should have at least 1 item"):
        _load(tmp_path, MINIMAL.replace('["pca"]', "[]"))


def test_a_missing_study_file_names_the_presets(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"Presets are: batches_t, blood_p, .*blood_z, budgets_t, ci, demo, "):
        load_study(tmp_path / "none.toml")


def test_a_plan_has_every_arm_once_and_its_ids_depend_on_what_is_computed(study: Study, simulated: Path) -> None:
    corpus, evaluations = read_cells(study, simulated)
    runs = plan(study, str(simulated))
    assert len(runs) == 2 * (3 * 4 + 2)
    assert len({spec.run_id for spec in runs}) == len(runs)
    facts = describe(study, corpus, evaluations, select_genes(corpus, study.corpus.genes))
    assert [spec.run_id for spec in specs(study, facts)] == [spec.run_id for spec in runs]
    renamed = specs(study.model_copy(update={"name": "other", "title": "x"}), facts)
    assert [spec.run_id for spec in renamed] == [spec.run_id for spec in runs]
    longer = study.model_copy(update={"budget": study.budget.model_copy(update={"learning_rate": 0.1})})
    changed = {spec.run_id for spec in specs(longer, facts)} - {spec.run_id for spec in runs}
    assert len(changed) == sum(spec.training.steps > 0 for spec in runs) == 2 * 2 * 3


def test_all_of_the_corpus_is_run_once_whatever_the_sampling(study: Study, simulated: Path) -> None:
    runs = plan(study, simulated)
    whole = [spec for spec in runs if spec.run.fraction == 1.0]
    assert {spec.run.sampling for spec in whole} == {"random"}
    assert all(spec.run.simulated and spec.run.held_out for spec in runs)


def test_sizes_above_the_corpus_are_known(study: Study, simulated: Path) -> None:
    corpus, evaluations = read_cells(study, simulated)
    facts = describe(study, corpus, evaluations, select_genes(corpus, study.corpus.genes))
    assert sizes_above(study, facts) == []
    arm = study.arms[0].model_copy(update={"sizes": (100, 10_000, "all")})
    assert sizes_above(study.model_copy(update={"arms": (arm,)}), facts) == [10_000]


def test_a_corpus_below_every_size_is_refused(study: Study, simulated: Path) -> None:
    arm = study.arms[0].model_copy(update={"sizes": (10_000,), "untrained": False})
    with pytest.raises(StudyError, match="above the 500 cells"):
        plan(study.model_copy(update={"arms": (arm,)}), simulated)
