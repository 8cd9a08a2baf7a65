from __future__ import annotations

from collections.abc import Iterator

import pytest

from biorxivist.errors import InvalidInput
from biorxivist.load.prepare import open_graph
from biorxivist.workspace.home import Home
from biorxivist.workspace.query import resolve_values, run_query, text_parameters, unknown_values
from graph.errors import UnsafeCypher
from graph.stores.base import Store


@pytest.fixture(scope="module")
def store(seeded_home: Home) -> Iterator[Store]:
    with open_graph(seeded_home) as opened:
        yield opened


@pytest.mark.parametrize(
    ("key", "name", "entry_id"),
    [
        ("model", "scGPT", "model:scgpt"),
        ("model", "model:scgpt", "model:scgpt"),
        ("dataset", "pbmc3k", "dataset:pbmc3k"),
        ("corpus", "scTab", "dataset:sctab"),
        ("metric", "macro F1", "metric:macro_f1"),
        ("paper", "https://doi.org/10.1101/2024.12.13.628448v1", "doi:10.1101/2024.12.13.628448"),
        ("model", "", ""),
        ("model", "scGTP", "scGTP"),
        ("limit", 3, 3),
    ],
)
def test_names_of_parameters_become_the_ids_of_the_graph(
    store: Store, key: str, name: object, entry_id: object
) -> None:
    assert resolve_values(store, {key: name}) == {key: entry_id}


def test_a_named_query_takes_a_name_where_the_graph_has_an_id(store: Store) -> None:
    by_name = run_query(store, "baselines_that_hold", {"model": "scVI"})
    assert by_name == run_query(store, "baselines_that_hold", {"model": "model:scvi"})
    assert by_name


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("model", "scGTP", "no model 'scGTP'; did you mean scGPT"),
        ("dataset", "pbmc3", "no dataset 'pbmc3'; did you mean "),
        ("kind", "satuation", "no kind 'satuation'; did you mean saturation?"),
        ("verdict", "reproducd", "no verdict 'reproducd'; did you mean reproduced"),
        ("source", "publishd", "no source 'publishd'; did you mean published?"),
        ("paper", "10.1101/2024.12.13.628449", "no paper '10.1101/2024.12.13.628449'; did you mean "),
    ],
)
def test_a_value_that_names_nothing_is_answered_with_similar_names(
    store: Store, key: str, value: str, hint: str
) -> None:
    (message,) = unknown_values(store, {key: value})
    assert message.startswith(hint)


def test_words_after_the_name_of_a_query_are_answered_with_how_to_give_parameters(store: Store) -> None:
    with pytest.raises(UnsafeCypher) as caught:
        run_query(store, "contradictions limit 5", {})
    assert any("contradictions is a named query" in note for note in caught.value.__notes__)


def test_values_that_name_something_need_no_hint(store: Store) -> None:
    values = {"model": "scGPT", "kind": "scaling", "paper": "10.1101/2024.12.13.628448", "limit": 3, "study": "x"}
    assert unknown_values(store, values) == []


def test_an_unknown_parameter_suggests_the_right_one(store: Store) -> None:
    with pytest.raises(InvalidInput, match="Did you mean model"):
        run_query(store, "claims_about_model", {"modle": "scGPT"})


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_query_is_refused_with_what_to_give(store: Store, text: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        run_query(store, text, {})


def test_the_beginning_of_a_claims_id_will_do_where_one_claim_begins_so(store: Store) -> None:
    by_beginning = run_query(store, "evidence_for_claim", {"claim": "c4f1"})
    assert by_beginning == run_query(store, "evidence_for_claim", {"claim": "claim:c4f1263244f77b57"})
    assert by_beginning


@pytest.mark.parametrize(("name", "hint"), [("ffff", "no claim 'ffff'"), ("bf", "no claim 'bf'")])
def test_a_claim_that_is_not_there_is_answered_with_where_claims_are_listed(store: Store, name: str, hint: str) -> None:
    (message,) = unknown_values(store, {"claim": name})
    assert message.startswith(hint)
    assert "`biorxivist evidence`" in message


@pytest.mark.parametrize("value", ["abc", 1.5, True, None, [1]])
def test_a_value_of_another_kind_is_refused_with_the_parameter_and_its_kind(store: Store, value: object) -> None:
    with pytest.raises(
        InvalidInput, match=r"limit=.*the parameter limit of the query contradictions is a whole number"
    ):
        run_query(store, "contradictions", {"limit": value})


def test_text_parameters_are_those_whose_default_is_text() -> None:
    assert text_parameters("evidence_for_claim") == {"claim"}
    assert text_parameters("MATCH (n) RETURN n") == frozenset()
