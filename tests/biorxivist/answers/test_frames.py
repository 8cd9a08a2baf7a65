from __future__ import annotations

import pytest

from biorxivist.answers.frames import framed_statement
from biorxivist.answers.plain import is_plain


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Who says that larger corpora don't help?", "larger corpora don't help"),
        ("which papers claim that Geneformer is better than scGPT", "Geneformer is better than scGPT"),
        ("How strong is the evidence that linear models beat deep ones?", "linear models beat deep ones"),
        ("how solid is the claim that A beats B, one paper or many?", "A beats B"),
        ("is it true that pre-training helps annotation?", "pre-training helps annotation"),
        ("Has anyone shown a deep model that does beat the mean?", "deep model beat the mean"),
        ("who disagrees with the claim that scGPT integrates best", "scGPT integrates best"),
        ('The authors write "larger models generalise better". Is that backed?', "larger models generalise better"),
        ("find me claims where scVI does not lose to scGPT", "scVI does not lose to scGPT"),
        ("Foundation models beat linear baselines, right?", "Foundation models beat linear baselines"),
    ],
)
def test_the_statement_that_a_question_is_about_is_taken_out_of_its_frame(question: str, statement: str) -> None:
    assert framed_statement(question) == statement


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote scGPT?",
        "Who disagrees with Boiarsky et al.?",
        "Which models are trained on mouse cells?",
        "Does scGPT beat Geneformer?",
        "who says so?",
        "How many cells was UCE trained on?",
    ],
)
def test_a_question_about_no_statement_has_no_frame(question: str) -> None:
    assert framed_statement(question) is None


def test_words_that_say_how_something_is_asked_are_plain_in_every_form() -> None:
    assert all(map(is_plain, ("throwing", "stopped", "finally", "settled", "worries", "chose")))


def test_nouns_and_negations_that_a_question_is_about_are_not_plain() -> None:
    assert not any(map(is_plain, ("gpu", "price", "team", "hospitals", "not", "never", "without", "drought", "only")))
