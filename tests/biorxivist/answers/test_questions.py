from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from biorxivist.answers import answer
from biorxivist.claims.index import ClaimIndex
from biorxivist.load.prepare import open_graph
from biorxivist.workspace.home import Home

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
MOST_WRONG, SHARE = 3, 0.8


def test_of_sixty_questions_few_are_answered_wrong_most_are_answered_and_the_rest_refused(
    seeded_home: Home, known: ClaimIndex
) -> None:
    judge = runpy.run_path(str(BENCHMARKS / "ask.py"))["judge"]
    lines = (BENCHMARKS / "questions" / "shipped_graph.jsonl").read_text(encoding="utf-8").splitlines()
    questions: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert len(questions) == 60
    with open_graph(seeded_home) as store:
        outcomes = {each["id"]: judge(each, answer(each["question"], index=known, store=store)) for each in questions}
    answerable = [outcomes[each["id"]] for each in questions if "all" in each]
    others = [outcomes[each["id"]] for each in questions if "all" not in each]
    assert sum(outcome == "wrong" for outcome in outcomes.values()) <= MOST_WRONG, outcomes
    assert answerable.count("right") >= SHARE * len(answerable), outcomes
    assert others.count("right") >= SHARE * len(others), outcomes


def test_a_question_with_a_word_that_no_kind_accounts_for_is_not_answered_as_if_it_were_not_there(
    seeded_home: Home, known: ClaimIndex
) -> None:
    with open_graph(seeded_home) as store:
        for question in ("How many GPUs was scGPT trained on?", "Which corpus did Geneformer not use?"):
            assert answer(question, index=known, store=store).status == "refused", question


def test_a_verdict_stands_under_the_claim_that_it_is_about(seeded_home: Home, known: ClaimIndex) -> None:
    with open_graph(seeded_home) as store:
        found = answer("Does scVI saturate?", index=known, store=store)
    for before, sentence in zip(found.sentences, found.sentences[1:], strict=False):
        if sentence.kind == "verdict":
            assert sentence.claims == before.claims


def test_what_an_answer_comes_to_stands_first_and_what_is_missing_last(seeded_home: Home, known: ClaimIndex) -> None:
    with open_graph(seeded_home) as store:
        found = answer("Does more pre-training data help single-cell foundation models?", index=known, store=store)
    parts = [sentence.part for sentence in found.sentences]
    assert parts[0] == "bottom_line"
    assert parts[-1] == "missing"
    assert {"for", "against"} <= set(parts)
    assert found.cypher


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("best model for cell type anotation?", "best model for cell type annotation?"),
        ("what did boiarsky find about scBERT", "What did Boiarsky find about scBERT?"),
        ("how many paramters does scgpt actualy have", "How many parameters does scGPT have?"),
        ("do denadel and theis disagree?", "Do DenAdel and Theis disagree?"),
    ],
)
def test_plain_words_with_a_slip_and_authors_in_lower_case_are_read(
    seeded_home: Home, known: ClaimIndex, typed: str, meant: str
) -> None:
    with open_graph(seeded_home) as store:
        found, right = (answer(each, index=known, store=store) for each in (typed, meant))
    assert right.status == "answered"
    assert found.sentences == right.sentences


def test_a_name_with_a_slip_is_never_read_as_another(seeded_home: Home, known: ClaimIndex) -> None:
    with open_graph(seeded_home) as store:
        for question in ("which corpus did genefromer use?", "how many parameters does scGTP have?"):
            assert answer(question, index=known, store=store).status == "refused", question
