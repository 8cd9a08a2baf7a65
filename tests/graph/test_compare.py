from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from biorxivist.seeds import records
from graph.compare import compare, condition_in_words, reasons_in_order, relate
from graph.records import Claim
from graph.vocabulary import load_vocabulary


def claim(**data: Any) -> Claim:
    base = {"paper_id": "doi:10.1/a", "source_url": "https://example.org/a", "location": "section 1", "statement": "s"}
    paper = data.get("paper_id", base["paper_id"])
    return Claim.model_validate({**base, "version_id": f"{paper}v1", **data})


PLATEAU = {
    "kind": "scaling",
    "direction": "plateau",
    "task_id": "task:downstream",
    "metric_id": "metric:performance",
    "subject_ids": ("model:scvi", "model:ssl", "model:geneformer"),
    "corpus_id": "dataset:sctab",
    "unit": "cells",
}


def test_a_supervised_model_that_scales_on_the_same_corpus_differs_in_supervision_and_objective() -> None:
    rises = {"direction": "+", "subject_ids": ("model:sctab",), "task_id": "task:cell_type_classification"}
    relation = compare(claim(**PLATEAU), claim(**{**PLATEAU, **rises, "paper_id": "doi:10.1/b"}))
    assert relation.relation == "differs_in_scope"
    assert {"supervision", "objective", "subject"} <= set(relation.fields)
    assert not {"corpus", "size"} & set(relation.fields)


def test_a_contrastive_model_that_keeps_gaining_differs_in_objective_and_size() -> None:
    gains = {
        "direction": "+",
        "subject_ids": ("model:scconcept",),
        "corpus_id": None,
        "corpus_cells": 200_000_000,
        "task_id": "task:representation",
    }
    relation = compare(claim(**PLATEAU), claim(**{**PLATEAU, **gains, "paper_id": "doi:10.1/c"}))
    assert relation.relation == "differs_in_scope"
    assert {"objective", "size", "subject"} <= set(relation.fields)


def test_opposite_directions_in_equal_scope_contradict_each_other() -> None:
    relation = compare(claim(**PLATEAU), claim(**{**PLATEAU, "direction": "no_plateau", "paper_id": "doi:10.1/d"}))
    assert relation.relation == "contradicts"
    assert relation.fields == ()


def test_a_denied_claim_agrees_with_the_opposite_one() -> None:
    denied = claim(**{**PLATEAU, "direction": "+", "polarity": "negated", "paper_id": "doi:10.1/e"})
    assert compare(claim(**PLATEAU), denied).relation == "agrees"
    assert compare(claim(**{**PLATEAU, "direction": "no_plateau"}), denied).relation == "contradicts"


def test_a_condition_that_only_one_claim_states_is_a_difference_of_scope() -> None:
    bounded = claim(**{**PLATEAU, "direction": "+", "regime": "zero_shot", "paper_id": "doi:10.1/f"})
    relation = compare(claim(**PLATEAU), bounded)
    assert (relation.relation, relation.fields) == ("differs_in_scope", ("regime",))
    assert "regime: not stated against zero shot" in " ".join(relation.reasons) or "zero shot against not stated" in (
        " ".join(relation.reasons)
    )


def comparison(**data: Any) -> Claim:
    return claim(
        **{
            "kind": "comparison",
            "task_id": "task:cell_type_classification",
            "metric_id": "metric:accuracy",
            "direction": ">",
            **data,
        }
    )


LR, SCGPT, SCBERT = ("model:logistic_regression",), ("model:scgpt",), ("model:scbert",)


def test_a_model_that_wins_on_one_set_and_loses_on_another_differs_in_dataset_only() -> None:
    wins = comparison(subject_ids=SCGPT, comparator_ids=LR, dataset_id="dataset:ms")
    loses = comparison(subject_ids=LR, comparator_ids=SCGPT, dataset_id="dataset:myeloid", paper_id="doi:10.1/g")
    relation = compare(wins, loses)
    assert relation.relation == "differs_in_scope"
    assert "dataset" in relation.fields


def test_the_same_comparison_told_from_the_other_side_agrees() -> None:
    one = comparison(subject_ids=LR, comparator_ids=SCBERT)
    other = comparison(subject_ids=SCBERT, comparator_ids=LR, direction="<", paper_id="doi:10.1/h")
    assert compare(one, other).relation == "agrees"


def test_comparisons_of_unrelated_pairs_are_not_comparable() -> None:
    one = comparison(subject_ids=LR, comparator_ids=SCBERT)
    other = comparison(subject_ids=("model:uce",), comparator_ids=("model:cellplm",), direction="<")
    assert compare(one, other).relation == "not_comparable"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "saturation"},
        {"task_id": "task:pretraining"},
        {"metric_id": "metric:loss"},
    ],
)
def test_other_kinds_tasks_and_metrics_are_not_comparable(change: dict[str, str]) -> None:
    relation = compare(claim(**PLATEAU), claim(**{**PLATEAU, **change, "paper_id": "doi:10.1/i"}))
    assert relation.relation == "not_comparable"
    assert relation.reasons


def test_sibling_tasks_are_not_comparable_but_metrics_of_one_family_are() -> None:
    one = comparison(subject_ids=LR, comparator_ids=SCBERT)
    f1 = comparison(subject_ids=LR, comparator_ids=SCBERT, metric_id="metric:macro_f1", paper_id="doi:10.1/j")
    integration = comparison(subject_ids=LR, comparator_ids=SCBERT, task_id="task:batch_integration")
    assert compare(one, f1).relation == "agrees"
    assert compare(one, integration).relation == "not_comparable"


def test_values_of_one_model_on_one_set_clash_when_their_intervals_are_disjoint() -> None:
    score = {
        "kind": "score", "subject_ids": SCBERT, "dataset_id": "dataset:zheng68k", "unit": "fraction",
        "metric_id": "metric:accuracy", "task_id": "task:cell_type_classification",
    }  # fmt: skip
    printed = claim(**score, value=0.76, low=0.755, high=0.765)
    far = claim(**score, value=0.70, low=0.695, high=0.705, paper_id="doi:10.1/k")
    near = claim(**score, value=0.764, low=0.7635, high=0.7645, paper_id="doi:10.1/l")
    assert compare(printed, far).relation == "contradicts"
    assert compare(printed, near).relation == "agrees"


def test_scores_no_farther_apart_than_the_margin_agree_and_counts_have_to_overlap() -> None:
    score = {
        "kind": "score", "subject_ids": SCBERT, "dataset_id": "dataset:zheng68k", "unit": "fraction",
        "metric_id": "metric:accuracy", "task_id": "task:cell_type_classification",
    }  # fmt: skip
    one, near = claim(**score, value=0.76), claim(**score, value=0.778, paper_id="doi:10.1/k")
    far = claim(**score, value=0.79, paper_id="doi:10.1/l")
    assert compare(one, near).relation == "agrees"
    assert compare(one, far).relation == "contradicts"
    count = {"kind": "scale_fact", "subject_ids": SCBERT, "unit": "cells", "metric_id": "metric:count"}
    a, b = claim(**count, value=1_120_000), claim(**count, value=1_121_000, paper_id="doi:10.1/m")
    assert compare(a, b).relation == "contradicts"


@pytest.mark.parametrize(
    ("bound", "value", "agrees"),
    [
        ("about", 102_304_686, True), ("about", 94_000_000, False), ("at_least", 102_304_686, True),
        ("at_least", 99_000_000, False), ("at_most", 99_000_000, True), ("at_most", 102_304_686, False),
    ],
)  # fmt: skip
def test_a_round_count_and_a_limit_clash_only_with_counts_that_they_rule_out(
    bound: str, value: int, agrees: bool
) -> None:
    count = {"kind": "scale_fact", "subject_ids": SCBERT, "unit": "cells", "metric_id": "metric:count"}
    rounded = claim(**count, value=100_000_000, bound=bound)
    exact = claim(**count, value=value, paper_id="doi:10.1/m")
    assert (compare(rounded, exact).relation == "agrees") is agrees
    assert (compare(exact, rounded).relation == "agrees") is agrees


# The worked cases of the field, on the claims that ship ------------------------------------------------------------


@pytest.fixture(scope="module")
def seeds() -> list[Claim]:
    return [record for record in records() if isinstance(record, Claim)]


def the(seeds: list[Claim], **wanted: Any) -> Claim:
    """The one claim of the seeds with these fields."""
    found = [one for one in seeds if all(getattr(one, name) == value for name, value in wanted.items())]
    assert len(found) == 1, [one.statement for one in found]
    return found[0]


def without_pretraining(seeds: list[Claim], model: str, dataset: str) -> Claim:
    return the(
        seeds, kind="effect", subject_ids=(model,), dataset_id=dataset, metric_id="metric:accuracy",
        ablation="no pre-training",
    )  # fmt: skip


def test_no_loss_without_pretraining_in_one_model_and_a_loss_in_another_differ_in_model_and_set(
    seeds: list[Claim],
) -> None:
    none = without_pretraining(seeds, "model:scbert", "dataset:zheng68k")
    loss = without_pretraining(seeds, "model:scgpt", "dataset:ms")
    assert (none.direction, loss.direction) == ("0", "-")
    relation = compare(none, loss)
    assert relation.relation == "differs_in_scope"
    assert {"subject", "dataset"} <= set(relation.fields)


def scaling_of(seeds: list[Claim], subject: str, direction: str) -> Claim:
    """The broadest claim that this subject does so with more cells."""
    found = [
        one for one in seeds
        if one.kind == "scaling" and one.unit == "cells" and subject in one.subject_ids and one.direction == direction
        and not one.comparator_ids and one.metric_id == "metric:performance"
    ]  # fmt: skip
    return min(found, key=lambda one: (one.dataset_id is not None, -len(one.subject_ids), one.id))


def test_a_plateau_of_masked_models_and_gains_of_a_contrastive_one_differ_in_objective_and_size(
    seeds: list[Claim],
) -> None:
    relation = compare(scaling_of(seeds, "model:geneformer", "plateau"), scaling_of(seeds, "model:scconcept", "+"))
    assert relation.relation == "differs_in_scope"
    assert {"subject", "objective", "size"} <= set(relation.fields)


def test_a_model_ahead_on_one_set_and_behind_on_another_is_no_contradiction(seeds: list[Claim]) -> None:
    accuracy = {"kind": "comparison", "metric_id": "metric:accuracy", "train_fraction": 1}
    ahead = the(seeds, **accuracy, subject_ids=SCGPT, comparator_ids=LR, dataset_id="dataset:ms")
    behind = the(seeds, **accuracy, subject_ids=LR, comparator_ids=SCGPT, dataset_id="dataset:myeloid")
    relation = compare(ahead, behind)
    assert relation.relation == "differs_in_scope"
    assert "dataset" in relation.fields


def score_of(seeds: list[Claim], model: str, dataset: str) -> Claim:
    found = [
        one for one in seeds
        if one.kind == "score" and one.subject_ids == (model,) and one.dataset_id == dataset
        and one.metric_id == "metric:accuracy" and one.ablation is None and one.train_fraction in (None, 1)
    ]  # fmt: skip
    return min(found, key=lambda one: one.id)


def elsewhere(score: Claim, value: float, **data: Any) -> Claim:
    """The same score as another paper prints it."""
    fields = score.model_dump() | {
        "id": "", "paper_id": "doi:10.1/other", "version_id": "doi:10.1/otherv1", "value": value, "low": value - 0.0005,
        "high": value + 0.0005, **data,
    }  # fmt: skip
    return Claim.model_validate(fields)


def test_a_score_that_differs_from_the_one_in_the_models_own_paper_contradicts_it_whoever_says_so(
    seeds: list[Claim],
) -> None:
    score = score_of(seeds, "model:scbert", "dataset:zheng68k")
    assert score.value is not None
    printed = elsewhere(score, score.value + 0.1)
    assert compare(score, printed).relation == "contradicts"
    cited = elsewhere(score, score.value + 0.1, attribution="cited", paper_id="doi:10.1/third")
    assert compare(score, cited).relation == "contradicts", "who reports a number is no condition of it"
    assert compare(printed, cited).relation == "agrees"


def test_an_original_score_and_its_reproduction_agree_within_the_printed_interval(seeds: list[Claim]) -> None:
    ours = score_of(seeds, "model:scbert", "dataset:zheng68k")
    assert ours.low is not None
    original = elsewhere(ours, ours.low - 0.005)
    relation = compare(ours, original)
    assert (relation.relation, relation.fields) == ("agrees", ())


def test_the_relation_does_not_depend_on_the_order_of_the_claims() -> None:
    a = claim(**PLATEAU)
    b = claim(**{**PLATEAU, "direction": "+", "subject_ids": ("model:sctab",), "paper_id": "doi:10.1/b"})
    assert compare(a, b) == compare(b, a)
    assert compare(a, b).claim_id < compare(a, b).other_id


def test_a_claim_cannot_be_compared_with_itself() -> None:
    with pytest.raises(ValueError, match="give two claims"):
        compare(claim(**PLATEAU), claim(**PLATEAU))


def test_only_comparable_claims_of_different_versions_are_related() -> None:
    a, b = claim(**PLATEAU), claim(**{**PLATEAU, "direction": "+"})
    elsewhere = claim(**{**PLATEAU, "direction": "+", "paper_id": "doi:10.1/m"})
    qualitative = claim(kind="qualitative", paper_id="doi:10.1/n")
    relations = relate([a, b, elsewhere, qualitative, a])
    pairs = {(relation.claim_id, relation.other_id) for relation in relations}
    assert pairs == {tuple(sorted((a.id, elsewhere.id))), tuple(sorted((b.id, elsewhere.id)))}


def test_two_models_that_beat_the_same_group_are_not_compared_and_two_that_beat_one_model_are() -> None:
    beats = {"kind": "comparison", "direction": "+", "task_id": "task:cell_type_classification"}
    ahead = claim(**beats, subject_ids=("model:scgpt",), comparator_ids=("model:simple_baselines",))
    also = claim(
        **beats, subject_ids=("model:sctab",), comparator_ids=("model:simple_baselines",), paper_id="doi:10.1/b"
    )
    assert compare(ahead, also).relation == "not_comparable"
    groups = ahead.model_copy(update={"subject_ids": ("model:scfm",), "paper_id": "doi:10.1/c"})
    assert compare(ahead, groups.model_copy(update={"id": "claim:groups"})).relation == "agrees"
    of_pca = {"comparator_ids": ("model:pca_baseline",)}
    one, other = (beat.model_copy(update={"id": f"{beat.id}0", **of_pca}) for beat in (ahead, also))
    assert compare(one, other).relation == "agrees"


def test_the_relations_are_those_of_every_pair(seeds: list[Claim]) -> None:
    comparisons = [claim for claim in seeds if claim.kind == "comparison"]
    pairs = [compare(a, b) for a, b in combinations(comparisons, 2) if a.version_id != b.version_id]
    expected = {pair.id for pair in pairs if pair.relation != "not_comparable"}
    assert {relation.id for relation in relate(comparisons)} == expected != set()


def test_every_pair_of_the_example_vocabulary_resolves() -> None:
    vocabulary = load_vocabulary()
    for subject in (*PLATEAU["subject_ids"], "model:sctab", "model:scconcept", *LR, *SCGPT, *SCBERT):  # type: ignore[union-attr]
        assert subject in vocabulary


def test_reasons_are_worded_in_the_order_in_which_the_claims_are_given() -> None:
    plateau = claim(**PLATEAU)
    rises = claim(**{**PLATEAU, "direction": "+", "corpus_cells": 200_000_000, "paper_id": "doi:10.1/f"})
    there, back = reasons_in_order(plateau, rises), reasons_in_order(rises, plateau)
    assert there[0] == "directions plateau and +"
    assert back[0] == "directions + and plateau"
    assert any(reason.endswith("against 200,000,000 cells") for reason in there)
    assert any(reason.startswith("size: 200,000,000 cells against") for reason in back)
    assert compare(plateau, rises) == compare(rises, plateau)
    assert compare(plateau, rises).reasons in (there, back)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (116_000_000, "116,000,000 cells"),
        ("from_scratch", "from scratch"),
        (0.25, "25 %"),
        (("model:sctab", "model:teddy_x"), "model:sctab, model:teddy_x"),
        (None, "not stated"),
    ],
)
def test_conditions_are_put_in_words(value: object, expected: str) -> None:
    assert condition_in_words(value) == expected


SCORE = {"kind": "score", "subject_ids": ("model:scgpt",), "metric_id": "metric:ari", "value": 0.9, "unit": "fraction"}


@pytest.mark.parametrize(
    ("ours", "theirs", "relation"),
    [
        ({"condition": "dataset: aorta"}, {"condition": "dataset: bone"}, "differs_in_scope"),
        ({"condition": "dataset: aorta"}, {"condition": None}, "differs_in_scope"),
        ({"condition": "dataset: aorta"}, {"condition": "512 genes; dataset: Aorta"}, "contradicts"),
        (
            {"condition": "dataset: x; task: one thing"},
            {"condition": "dataset: x; task: another"},
            "differs_in_scope",
        ),
        (
            {"metric_id": None, "condition": "metric: precision; dataset: x"},
            {"metric_id": None, "condition": "metric: recall; dataset: x"},
            "not_comparable",
        ),
        (
            {"metric_id": None, "condition": "metric: recall; dataset: x"},
            {"metric_id": None, "condition": "metric: Recall; dataset: x"},
            "contradicts",
        ),
        ({"condition": None}, {"condition": None}, "not_comparable"),  # of which set, neither says
    ],
)
def test_sets_tasks_and_metrics_of_no_entry_are_told_apart_by_their_names(
    ours: dict[str, Any], theirs: dict[str, Any], relation: str
) -> None:
    one, other = claim(**{**SCORE, **ours}), claim(**{**SCORE, "value": 0.5, "paper_id": "doi:10.1/b", **theirs})
    assert compare(one, other).relation == relation
    assert compare(other, one).relation == relation
