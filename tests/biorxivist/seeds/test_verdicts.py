from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from biorxivist.seeds import records, studies
from graph.compare import compare
from graph.evidence import explain, judge
from graph.records import Claim, Evidence, Record, Result, Run, SaturationPoint
from graph.vocabulary.protocol import TYPE_LEFT_OUT

GRAPH = Path(__file__).parents[3] / "graph"
DECIDES_NOTHING = ("batches_t", "blood_p", "blood_z", "diversity_1000_t", "diversity_t", "four_full_t", "four_t")
NAMES_NOTHING = ("paper_p", "plain_zheng", "supervised_w16", "supervised_w256")
UNDECIDED = ("inconclusive", "not_testable")


@pytest.fixture(scope="module")
def seeds() -> list[Record]:
    return list(records())


@pytest.fixture(scope="module")
def claims(seeds: list[Record]) -> dict[str, Claim]:
    return {record.id: record for record in seeds if isinstance(record, Claim)}


def judged(seeds: list[Record]) -> list[Evidence]:
    return judge(
        [record for record in seeds if isinstance(record, Claim)],
        results=[record for record in seeds if isinstance(record, Result)],
        points=[record for record in seeds if isinstance(record, SaturationPoint)],
        runs=[record for record in seeds if isinstance(record, Run)],
    )


@pytest.fixture(scope="module")
def evidence(seeds: list[Record]) -> list[Evidence]:
    return judged(seeds)


def decided(evidence: list[Evidence]) -> Iterator[Evidence]:
    return (found for found in evidence if found.verdict not in UNDECIDED)


def test_every_claim_has_evidence_that_says_why(evidence: list[Evidence], claims: dict[str, Claim]) -> None:
    assert {found.claim_id for found in evidence} == set(claims)
    assert all(found.reasons and found.gates for found in evidence)


def test_claims_of_several_kinds_get_a_computed_verdict_with_gates(
    evidence: list[Evidence], claims: dict[str, Claim]
) -> None:
    found = list(decided(evidence))
    assert len({verdict.claim_id for verdict in found}) >= 8
    assert len({claims[verdict.claim_id].kind for verdict in found}) >= 3
    assert all(verdict.gates and not verdict.failed_gates for verdict in found)


def of_the_studies(evidence: list[Evidence]) -> list[Evidence]:
    """What the shipped studies say of claims whose contrasts they ran."""
    return [found for found in evidence if found.basis == "experiment" and "hypotheses" in found.gates]


def test_the_shipped_studies_named_their_tests_and_lack_two_studies_with_headroom_or_seeds_so_they_decide_nothing(
    seeds: list[Record], evidence: list[Evidence]
) -> None:
    runs = [record for record in seeds if isinstance(record, Run) and record.study in studies.names()]
    named = {(run.study, run.hypotheses_digest) for run in runs}
    assert {study for study, _ in named} == set(studies.names()) == {*studies.testing(), *NAMES_NOTHING}
    assert studies.testing() == (*DECIDES_NOTHING, "masked_bins_t", "unseen_types_z")
    assert len(named) == len(studies.names())
    assert [digest for study, digest in named if study in NAMES_NOTHING] == [None] * len(NAMES_NOTHING)
    ours = [found for found in of_the_studies(evidence) if found.details["study"] in DECIDES_NOTHING]
    assert len(ours) > 40
    assert not list(decided(ours))
    assert not any("test_cells" in found.failed_gates for found in ours)
    # What is asked of the Zheng sets could be answered, but for these being one experiment.
    alone = [found for found in ours if found.failed_gates == ("studies",)]
    assert {found.verdict for found in alone} == {"inconclusive"}
    assert len(alone) == 3
    assert all("of one experiment" in found.reasons[-1] for found in alone)
    # Fold T has two experiments with headroom and, in full, seeds enough: what is open there is the answer.
    open_ones = [found for found in ours if found.details["study"] == "four_full_t" and found.verdict == "inconclusive"]
    assert sorted(found.failed_gates for found in open_ones) == [(), (), (), ("precision",)]


def test_one_claim_is_decided_by_runs_of_ours_and_at_their_scale(
    evidence: list[Evidence], claims: dict[str, Claim]
) -> None:
    (found,) = [each for each in decided(evidence) if each.basis == "experiment"]
    claim = claims[found.claim_id]
    assert (claim.ablation, claim.direction, claim.metric_id) == ("no gene2vec", "-", "metric:masked_accuracy")
    assert (found.verdict, found.details["study"]) == ("same_direction_at_scale", "masked_bins_t")
    assert found.ci_high is not None
    assert found.ci_high < -0.02
    assert (found.scale_ratio or 1) < 0.01


def test_without_gene_identity_the_shipped_model_is_as_good_as_the_most_common_bin(seeds: list[Record]) -> None:
    results = [record for record in seeds if isinstance(record, Result) and record.study == "masked_bins_t"]
    rule = {result.dataset_id: result.value for result in results if result.model_id == "model:most_common_bin"}
    blind = [result for result in results if result.chosen and result.ablation]
    assert len(rule) == 3
    assert len(blind) == 12
    assert all(abs(result.value - rule[result.dataset_id]) < 0.005 for result in blind)


def test_a_type_that_is_left_out_is_no_decided_loss_since_one_replicate_and_three_of_nine_sets_differ(
    evidence: list[Evidence], claims: dict[str, Claim]
) -> None:
    (found,) = [each for each in of_the_studies(evidence) if each.details["study"] == "unseen_types_z"]
    assert claims[found.claim_id].ablation == TYPE_LEFT_OUT
    assert (found.verdict, found.failed_gates) == ("inconclusive", ("precision", "studies"))


def test_studies_that_name_nothing_decide_nothing(evidence: list[Evidence]) -> None:
    assert not [found for found in decided(evidence) if found.details.get("study") in NAMES_NOTHING]


def test_the_supervised_studies_score_the_same_cells_and_draws_and_differ_in_width(seeds: list[Record]) -> None:
    widths = ("supervised_w16", "supervised_w256")
    runs = {record.study: record for record in seeds if isinstance(record, Run) and record.study in widths}
    assert [json.loads(runs[study].config)["hidden"] for study in widths] == [[16, 16], [256, 256]]
    scores = {
        study: {
            (each.evaluation, each.dataset_id, each.metric_id): each
            for each in seeds
            if isinstance(each, Result) and each.study == study and each.model_id == "model:ours_masked"
        }
        for study in widths
    }
    assert len(scores[widths[0]]) == 48  # three sets, two shares, four draws, two metrics
    assert {place: each.test_cells for place, each in scores[widths[0]].items()} == {
        place: each.test_cells for place, each in scores[widths[1]].items()
    }


def test_a_verdict_of_the_study_shows_what_a_reviewer_asks_for(evidence: list[Evidence]) -> None:
    for found in of_the_studies(evidence):
        needed = {"cells", "genes", "studies", "parameters", "steps", "epochs_per_cell", "seeds", "delta", "baselines"}
        assert needed <= set(found.details)
        assert {"learned", "headroom", "held_out", "precision", "studies", "budget"} <= set(found.gates)
        assert "baselines" in explain(found)


def test_the_code_of_the_graph_knows_no_paper_and_no_claim(claims: dict[str, Claim]) -> None:
    named = {claim.paper_id.partition(":")[2] for claim in claims.values()} | set(claims)
    for path in GRAPH.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [name for name in named if name in text], path
        assert not re.search(r"10\.\d{4,}/", text), path


def scaling_claim(claims: dict[str, Claim], subject: str, direction: str) -> Claim:
    """The scaling claim with this subject, of its own authors where there are several."""
    found = [
        claim
        for claim in claims.values()
        if claim.kind == "scaling" and claim.unit == "cells" and subject in claim.subject_ids
        and claim.direction == direction and not claim.comparator_ids and claim.task_id != "task:batch_integration"
    ]  # fmt: skip
    return min(found, key=lambda claim: (claim.dataset_id is not None, len(claim.subject_ids), claim.id))


def test_the_fields_known_disputes_differ_in_scope_and_say_in_what(claims: dict[str, Claim]) -> None:
    plateau = scaling_claim(claims, "model:ssl", "plateau")
    supervised = compare(plateau, scaling_claim(claims, "model:sctab", "+"))
    contrastive = compare(plateau, scaling_claim(claims, "model:scconcept", "+"))
    assert supervised.relation == contrastive.relation == "differs_in_scope"
    assert {"supervision", "objective"} <= set(supervised.fields)
    assert "corpus" not in supervised.fields
    assert "objective" in contrastive.fields


def test_the_corpus_that_is_enough_within_a_study_grows_with_the_training_budget(seeds: list[Record]) -> None:
    points = {
        point.steps: point
        for point in seeds
        if isinstance(point, SaturationPoint)
        and (point.study, point.evaluation, point.dataset_id) == ("blood_p", "knn5_within_study", "dataset:pbmc3k")
        and (point.model_id, point.metric_id) == ("model:ours_contrastive", "metric:macro_f1")
        and point.rule == "equivalence@1"
        and point.checkpoint is None
    }
    cells = [points[steps].cells or 0 for steps in (125, 500, 2_000)]
    assert 0 < cells[0] < cells[1] < cells[2]


def test_the_verdicts_do_not_depend_on_the_order_of_the_records(seeds: list[Record], evidence: list[Evidence]) -> None:
    assert judged(sorted(seeds, key=lambda record: record.id[::-1])) == evidence
