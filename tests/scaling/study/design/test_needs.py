from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from biorxivist.seeds import claims
from graph.evidence.judge import judge
from graph.records import Claim
from graph.vocabulary import load_vocabulary
from scaling.errors import Untestable
from scaling.study.design.design import Design, design
from scaling.study.design.needs import needs_of
from scaling.study.spec import load_study
from tests.graph.evidence.conftest import make_study, plateau

VOCABULARY = load_vocabulary()
TASK = "task:cell_type_classification"


def made(kind: str, **fields: Any) -> Claim:
    return Claim.model_validate({
        "paper_id": "key:a", "version_id": "key:av1", "statement": "s", "kind": kind, "source_url": "u",
        "location": "l", "subject_ids": ("model:ours_masked",), "direction": ">", **fields,
    })  # fmt: skip


def refusal(claim: Claim) -> str:
    with pytest.raises(Untestable) as caught:
        needs_of(claim, VOCABULARY)
    return caught.value.reason


@pytest.fixture(scope="module")
def designed() -> dict[str, Design]:
    """Designs of all shipped claims that a run can test."""
    found: dict[str, Design] = {}
    reasons: Counter[str] = Counter()
    shipped = [record for record in claims.records() if isinstance(record, Claim)]
    for claim in shipped:
        try:
            found[claim.id] = design(claim, rate=lambda *_: 5_000.0)
        except Untestable as error:
            reasons[error.reason] += error.claim_id == claim.id
    assert len(found) + reasons.total() == len(shipped)
    assert all(reason.strip() and len(reason) < 1_000 for reason in reasons)
    return found


def test_every_shipped_claim_gets_a_study_or_a_reason(designed: dict[str, Design]) -> None:
    kinds = Counter(entry.claim.kind for entry in designed.values())
    assert kinds.keys() == {"scaling", "saturation", "comparison", "effect"}
    assert min(kinds.values()) >= 3
    assert {entry.needs.scored.kind for entry in designed.values()} == {
        "cross_study", "finetuning", "integration", "masked_values", "perturbation", "reconstruction",
    }  # fmt: skip


def test_every_design_is_a_study_file_that_is_read_back(designed: dict[str, Design], tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    for entry in designed.values():
        path.write_text(entry.text(), encoding="utf-8")
        assert load_study(path) == entry.study
        trained = {(family, arm.drawn, arm.change) for arm in entry.study.arms for family in arm.families}
        for test in entry.needs.tests:
            assert {(family, test.sampling, test.ablation) for family in test.arms} <= trained


@pytest.mark.parametrize(
    ("statement", "kind", "families", "changes"),
    [
        ("Leaving gene2vec out lowers scBERT's accuracy on hidden", "masked_values", {"binned"}, {"no gene identity"}),
        ("Without gene2vec embeddings scBERT falls to 0.701", "finetuning", {"binned"}, {"no gene identity"}),
        (
            "The models generalise poorly to cell types",
            "reconstruction",
            {"ldvae"},
            {"cell type left out of the corpus"},
        ),
        ("Mixing perturbed cells", "cross_study", {"pca", "scvi", "ssl"}, {"spike_in_10", "spike_in_50"}),
        ("A corpus made more diverse by geometric", "cross_study", {"pca", "scvi", "ssl"}, {"geometric_sketching"}),
    ],
)
def test_a_claim_of_what_an_arm_changes_gets_the_arms_that_its_rule_looks_for(
    designed: dict[str, Design], statement: str, kind: str, families: set[str], changes: set[str]
) -> None:
    (entry,) = [each for each in designed.values() if each.claim.statement.startswith(statement)]
    assert entry.needs.scored.kind == kind
    assert {family for arm in entry.study.arms for family in arm.families} == families
    assert {arm.change or arm.drawn for arm in entry.study.arms} - {"random"} == changes
    assert entry.study.arms[0].as_it_is
    hypotheses = entry.study.hypotheses
    assert hypotheses is not None
    assert {test.ablation or test.sampling for test in hypotheses.named().tests} == changes
    assert entry.claim.task_id in {entry.needs.scored.task_id, "task:downstream"}


def test_leaving_pre_training_out_is_the_untrained_twin_that_learns_from_the_labels(
    designed: dict[str, Design],
) -> None:
    made_for = [each for each in designed.values() if each.claim.regime == "from_scratch"]
    assert len(made_for) >= 4
    for entry in made_for:
        assert all(arm.untrained and arm.sizes == ("all",) for arm in entry.study.arms)
        settings = [evaluation.settings for evaluation in entry.study.evaluations]
        assert all((each["weights"], each["share"]) == ("all", 1.0) for each in settings)
        pairs = {(evaluation.reference, evaluation.query) for evaluation in entry.study.evaluations}
        assert pairs == {("pbmc3k", "zheng_facs"), ("zheng_facs", "pbmc3k")}
        assert not entry.needs.tests


def test_few_labels_are_as_many_as_the_claim_says() -> None:
    few = made("comparison", task_id=TASK, regime="few_shot", train_fraction=0.25,
               subject_ids=("model:ours_contrastive",), comparator_ids=("model:ours_masked",))  # fmt: skip
    study = design(few, rate=lambda *_: 5_000.0).study
    assert {(entry.kind, entry.settings["share"]) for entry in study.evaluations} == {("finetuning", 0.25)}
    assert study.evaluations[0].task is not None
    assert study.evaluations[0].task.regime(study.evaluations[0].config()) == "few_shot"


def test_a_study_without_the_cells_that_a_claim_needs_is_refused() -> None:
    with pytest.raises(Untestable, match=r"cells to put in .*the study blood_t has none"):
        design(made("effect", direction="0", sampling="spike_in"), like="blood_t", rate=lambda *_: 5_000.0)


def test_the_rules_of_evidence_find_the_contrast_that_a_design_named(designed: dict[str, Design]) -> None:
    looked_at, seen = 0, set()
    for entry in designed.values():
        if not entry.study.hypotheses or entry.needs.scored.kind != "cross_study" or entry.claim.kind == "effect":
            continue
        hypotheses = entry.study.hypotheses.named()
        if hypotheses.digest() in seen:
            continue
        seen.add(hypotheses.digest())
        curves = {f"model:ours_{family}": plateau(1_000) for family in entry.needs.families}
        metrics = {hypotheses.primary_metric: 0.0}
        records = make_study(curves, hypotheses=hypotheses, metrics=metrics, seeds=2)
        results = [record for record in records if type(record).__name__ == "Result"]
        runs = [record for record in records if type(record).__name__ == "Run"]
        evidence = [each for each in judge([entry.claim], results=results, runs=runs) if each.basis == "experiment"]
        assert evidence, entry.claim.statement
        for each in evidence:
            # `metrics` may fail here, where one metric is planted; the contrast must have been named
            assert "hypotheses" not in each.gates or each.gates["hypotheses"].passed, each.gates["hypotheses"]
            looked_at += "hypotheses" in each.gates
    assert looked_at >= 8


def test_a_design_as_json_is_plain_and_holds_the_study_file(designed: dict[str, Design]) -> None:
    for entry in designed.values():
        row = json.loads(json.dumps(entry.row()))
        assert row["study_file"] == entry.text()
        assert row["hours"] > 0


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (made("scale_fact", metric_id="metric:count", value=8.0), "states a count"),
        (made("qualitative"), "neither a direction nor a value"),
        (made("score", value=0.8), "scaling score"),
        (made("comparison", direction=None), "no direction"),
        (made("comparison", task_id=TASK), "what its subject is compared with"),
        (made("comparison", task_id="task:gene_function"), "Gene function"),
        (made("scaling", unit="parameters", direction="+", task_id=TASK), "number of parameters"),
        (made("scaling", direction="+", task_id="task:batch_integration", regime="fine_tuned"), "fine_tuned"),
        (made("scaling", direction="+", task_id=TASK, regime="from_scratch"), "`supervised_w256`"),
        (made("scaling", direction="+", unit="measurement noise", factor="noise"), "`depth_t`"),
        (made("effect", direction="+", ablation="fewer labels", factor="labels"), "`few_labels_z`"),
        (made("comparison", task_id="task:corpus_design"), "about no model"),
        (made("scaling", direction="+", task_id=TASK, metric_id="metric:loss"), "metric"),
        (made("scaling", direction="+", subject_ids=("model:scgpt",)), "scGPT"),
        (made("scaling", direction="+", subject_ids=("dataset:sctab",)), "compares corpora"),
        (made("scaling", direction="+", subject_ids=()), "names no model"),
        (made("effect", direction="0", ablation="heads switched off", factor="heads"), "varies heads switched off"),
        (
            made("effect", direction="0", ablation="no gene2vec", subject_ids=("model:scvi",)),
            "only binned can be asked",
        ),
        (
            made("scaling", direction="+", task_id="task:reconstruction", metric_id="metric:reconstruction_r2"),
            "only ldvae, scvi can be asked",
        ),
        (made("scaling", direction="+", subject_ids=("model:ours_scimilarity",)), "cell types of its corpus"),
        (
            made("comparison", subject_ids=("model:geneformer",), comparator_ids=("model:scbert",)),
            "stand in for both sides",
        ),
    ],
)
def test_what_no_run_can_test_is_refused_with_the_reason(claim: Claim, words: str) -> None:
    assert words in refusal(claim)


def test_a_transformer_is_stood_in_for_by_the_cheapest_family_of_its_objective_and_the_design_says_so() -> None:
    claim = made("scaling", direction="+", subject_ids=("model:geneformer",))
    needs = needs_of(claim, VOCABULARY)
    assert needs.families == ("masked",)
    assert any("another architecture" in remark for remark in needs.remarks)
    chosen = needs_of(claim, VOCABULARY, family="geneformer")
    assert chosen.families == ("geneformer",)
    assert not chosen.remarks


def test_a_comparison_names_both_sides_and_needs_the_whole_corpus_only() -> None:
    claim = made("comparison", subject_ids=("model:contrastive_models",), comparator_ids=("model:masked_models",))
    needs = needs_of(claim, VOCABULARY)
    (test,) = needs.tests
    assert (test.arms, test.against, test.direction) == (("contrastive",), "masked", ">")
    assert needs.whole_only
