from __future__ import annotations

import pytest

from biorxivist.claims.statement import as_statement, read, unknown_names
from graph.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


@pytest.mark.parametrize(
    ("text", "kind", "direction", "polarity"),
    [
        ("scGPT outperforms logistic regression", "comparison", ">", "asserted"),
        ("scGPT does not outperform scVI", "comparison", ">", "negated"),
        ("scGPT is outperformed by scVI", "comparison", ">", "asserted"),
        ("scBERT is no better than logistic regression", "comparison", ">", "negated"),
        ("More pre-training data improves foundation models", "scaling", "+", "asserted"),
        ("More cells do not improve Geneformer", "scaling", "+", "negated"),
        ("Performance plateaus as the corpus grows", "scaling", "plateau", "asserted"),
        ("There is no plateau with more data", "scaling", "no_plateau", "asserted"),
        ("scVI saturates at 1 % of scTab", "saturation", "plateau", "asserted"),
        ("Removing gene2vec harms scBERT", "effect", "-", "asserted"),
        ("scGPT is a transformer", None, None, "asserted"),
    ],
)
def test_direction_and_kind_are_read_by_the_rules(
    text: str, kind: str | None, direction: str | None, polarity: str
) -> None:
    wording = read(text, VOCABULARY)
    assert (wording.kind, wording.direction, wording.polarity) == (kind, direction, polarity)


def test_what_stands_before_the_verb_is_compared_with_what_stands_after_it() -> None:
    (claim,) = read("On PBMC, logistic regression beats scGPT", VOCABULARY).claims
    assert claim.subject_ids == ("model:logistic_regression",)
    assert claim.comparator_ids == ("model:scgpt",)


def test_a_name_that_a_model_and_a_corpus_share_means_the_corpus_after_of() -> None:
    (saturated,) = read("scVI saturates at 1 % of scTab", VOCABULARY).claims
    assert saturated.subject_ids == ("model:scvi",)
    (scaled,) = read("scTab gets better with more cells", VOCABULARY).claims
    assert scaled.subject_ids == ("model:sctab",)


def test_more_parameters_is_another_axis_than_more_cells() -> None:
    assert [claim.unit for claim in read("scGPT improves with more parameters", VOCABULARY).claims] == ["parameters"]
    assert [claim.unit for claim in read("More cells improve scGPT", VOCABULARY).claims] == ["cells"]


def test_names_that_nothing_is_called_by_are_found_and_common_words_are_not() -> None:
    assert unknown_names("Does scFoo beat GPT-9 on scRNA-seq and DNA?", VOCABULARY) == ("scFoo", "GPT-9")
    assert unknown_names("Does scGPT beat scVI?", VOCABULARY) == ()


def test_a_statement_without_a_direction_is_no_claim() -> None:
    assert read("scGPT is a transformer", VOCABULARY).claims == ()


@pytest.mark.parametrize(
    "text",
    [
        "It remains unclear whether scGPT outperforms scVI",
        "scNova should be compared with scVI",
        "We hope that scGPT outperforms scVI",
        "Does scGPT outperform scVI?",
    ],
)
def test_what_is_open_hoped_or_asked_claims_nothing(text: str) -> None:
    assert read(text, VOCABULARY).claims == ()


def test_a_yes_no_question_is_read_as_the_statement_that_it_asks_about() -> None:
    (claim,) = read(as_statement("Does scGPT outperform scVI?"), VOCABULARY).claims
    assert (claim.subject_ids, claim.direction) == (("model:scgpt",), ">")
