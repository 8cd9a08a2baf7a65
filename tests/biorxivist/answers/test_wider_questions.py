"""Questions as people type them: more of them answered, and none that should be refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from biorxivist.answers import Answer, answer
from biorxivist.claims.index import ClaimIndex
from biorxivist.load.prepare import open_graph
from biorxivist.workspace.home import Home

TYPED = Path(__file__).parents[3] / "benchmarks" / "questions" / "as_people_type.jsonl"
EVERY = 6
"""One question in so many is asked here; the benchmark asks all."""
Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(seeded_home: Home, known: ClaimIndex) -> Iterator[Ask]:
    with open_graph(seeded_home) as store:
        yield lambda question: answer(question, index=known, store=store)


def test_of_typed_questions_more_than_half_are_answered_and_nearly_all_others_refused(ask: Ask) -> None:
    lines = TYPED.read_text(encoding="utf-8").splitlines()[::EVERY]
    asked = [json.loads(line) for line in lines]
    refused = {each["id"]: ask(each["question"]).status == "refused" for each in asked}
    within = [refused[each["id"]] for each in asked if each["expect"] == "answer"]
    others = [refused[each["id"]] for each in asked if each["expect"] == "refuse"]
    assert sum(within) < len(within) / 2, refused
    assert sum(others) >= len(others) - 1, refused


def test_an_ablation_that_takes_nothing_away_counts_for_pre_training(ask: Ask) -> None:
    found = ask("Does pre-training help Geneformer?")
    large = [each for each in found.sentences if "large advantage in naming cell types" in each.text]
    little = [each for each in found.sentences if "little in predicting perturbations" in each.text]
    assert [each.part for each in large] == ["for"]
    assert [each.part for each in little] == ["against"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("what does 'not testable' mean?", "Not testable: nothing here can test it."),
        ("difference between reproduced and consistent with printed?", "Reproduced: new runs bear the claim out"),
        ("what is a learning saturation point", "Learning saturation point: the smallest share of a corpus"),
    ],
)
def test_words_of_the_product_are_defined(ask: Ask, question: str, first: str) -> None:
    assert ask(question).sentences[0].text.startswith(first)


def test_where_a_model_wins_and_what_beats_it_are_two_questions(ask: Ask) -> None:
    wins, loses = ask("Where does scGPT come out on top?"), ask("list everything that beats scGPT")
    assert " ahead of " in wins.sentences[0].text
    assert " behind " in loses.sentences[0].text
    assert not {each.sources for each in wins.sentences if each.kind == "claim"} & {
        each.sources for each in loses.sentences if each.kind == "claim"
    }


def test_models_are_listed_by_licence_by_size_and_by_what_they_are_not(ask: Ask) -> None:
    assert "UCE" in ask("list all models with more than 500 million parameters").sentences[0].text
    assert "scBERT" not in ask("list all models with more than 500 million parameters").sentences[0].text
    assert "scFoundation" in ask("which ones have a non-commercial license").sentences[0].text
    others = ask("Which models are NOT masked?").sentences[0].text
    assert "scVI" in others
    assert "scBERT" not in others


def test_what_narrows_a_question_beyond_the_graph_is_named(ask: Ask) -> None:
    found = ask("Has anyone shown a deep model that DOES beat the additive baseline for double perturbations?")
    assert found.status == "partial"
    assert found.reason == "Not taken into account: double."


@pytest.mark.parametrize(
    "question",
    [
        "Will scGPT 3 beat linear baselines when it comes out",
        "How many GPUs was scGPT trained on?",
        "Which corpus did Geneformer not use?",
        "Which dataset has scGPT never been tried on?",
        "what did Lindqvist & Okonkwo 2023 say about zero-shot integration?",
        "is it nicer to work with the scGPT team or the Geneformer team?",
    ],
)
def test_what_the_graph_cannot_know_is_still_refused(ask: Ask, question: str) -> None:
    assert ask(question).status == "refused"
