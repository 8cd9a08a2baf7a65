from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph import guard, queries
from graph.errors import UnknownQuery
from graph.stores.ladybug.store import LadybugStore
from graph.stores.values import parameters_of
from tests.graph.conftest import small_field

SILENT = {
    "against_published", "agreements", "baselines_that_hold", "best_on_set", "claim_and_runs", "comparisons_of_model",
    "failed_gates", "gain_with_budget", "model_size_claims", "scores_of_model", "second_hand_claims",
    "smallest_effects", "throughput", "version_changes",
}  # fmt: skip
"""Questions to which the small sample has no answer; test_queries_seeds.py asks them of the shipped facts."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadybugStore]:
    with LadybugStore(tmp_path_factory.mktemp("queries") / "store") as made:
        made.write(small_field())
        yield made


def test_there_are_the_promised_queries() -> None:
    promised = {
        "claims_about_model", "claims_by_objective_on_scaling", "contradictions", "differences_in_scope", "verdicts",
        "claims_without_evidence", "evidence_for_claim", "published_saturation", "saturation_by_model", "our_results",
        "results_for_dataset", "papers", "paper_claims", "corpus_use", "models", "budget_arm",
    }  # fmt: skip
    assert promised <= set(queries.names())


@pytest.mark.parametrize("name", queries.names())
def test_a_named_query_says_what_it_answers_and_is_ordered_and_limited(name: str) -> None:
    found = queries.named(name)
    assert found.question.endswith((".", "?"))
    assert found.cypher.splitlines()[-1] == "LIMIT $limit"
    assert "\nORDER BY " in found.cypher
    assert parameters_of(found.cypher) == set(found.parameters)


@pytest.mark.parametrize("name", queries.names())
def test_a_named_query_is_portable_and_gives_the_same_rows_through_the_guard(store: LadybugStore, name: str) -> None:
    found = queries.named(name)
    guard.check(found.cypher)
    rows = store.run(name)
    assert rows == store.query(found.cypher, found.parameters)
    assert rows or name in SILENT, "the sample has an answer to every other question"


def only(store: LadybugStore, name: str, column: str, **params: Any) -> list[Any]:
    return [row[column] for row in store.run(name, **params)]


def test_parameters_narrow_the_answer(store: LadybugStore) -> None:
    assert set(only(store, "claims_about_model", "role", model="model:pca")) == {"comparator"}
    assert only(store, "claims_about_model", "role", model="PCA") == ["comparator"]
    assert only(store, "claims_about_model", "role", model="nobody") == []
    assert only(store, "verdicts", "verdict", verdict="rising_at_scale") == ["rising_at_scale"]
    assert only(store, "verdicts", "verdict", verdict="reproduced") == []
    assert only(store, "differences_in_scope", "fields", field="objective") == [["objective"]]
    assert only(store, "differences_in_scope", "fields", field="corpus") == []
    assert len(store.run("papers", limit=1)) == 1
    assert set(only(store, "paper_claims", "paper", paper="10.1/journal")) == {"doi:10.1/one"}


def test_published_points_leave_out_corrected_spiked_in_and_our_own(store: LadybugStore) -> None:
    assert store.run("published_saturation") == [{"fraction": 0.01, "points": 2}, {"fraction": 0.1, "points": 1}]


def test_the_budget_arm_shows_how_the_point_moves(store: LadybugStore) -> None:
    rows = [(row["steps"], row["outcome"], row["fraction"]) for row in store.run("budget_arm")]
    assert rows == [(250, "saturated", 0.1), (4000, "rising", None)]


def test_claims_without_evidence_are_those_that_nobody_judged(store: LadybugStore) -> None:
    assert len(store.run("claims_without_evidence")) == 2
    assert len(store.run("claims_without_evidence", kind="scaling")) == 0


def test_papers_are_counted_without_stubs(store: LadybugStore) -> None:
    assert only(store, "papers", "paper") == ["doi:10.1/two", "doi:10.1/one"] or len(store.run("papers")) == 2


def test_a_corpus_lists_models_and_runs(store: LadybugStore) -> None:
    assert [(row["dataset"], row["models"], row["runs"]) for row in store.run("corpus_use")] == [
        ("dataset:corpus", 1, 1)
    ]


def test_an_unknown_name_suggests_a_known_one() -> None:
    with pytest.raises(UnknownQuery, match="contradictions") as caught:
        queries.named("contradicts")
    assert "contradictions" in caught.value.suggestions


@pytest.mark.parametrize("text", ["MATCH (n) RETURN n", "// no head\nRETURN 1", "// question: q\n// param x\nRETURN 1"])
def test_a_file_without_a_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"queries/x\.cypher"):
        queries.parse("x", text)


def test_every_file_is_utf8_and_named_as_a_python_name() -> None:
    files = [path for path in Path(queries.__file__).parent.iterdir() if path.suffix != ".py" and path.is_file()]
    assert len(files) == len(queries.names())
    for path in files:
        assert path.suffix == ".cypher"
        assert path.stem.isidentifier()
        path.read_text(encoding="utf-8")
