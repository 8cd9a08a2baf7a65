"""What an abstract says plainly and a sentence beside it limits waits for a person."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.standing import stands
from graph.records import Claim, Passage
from graph.vocabulary import load_vocabulary

SAID = "scGPT outperforms scVI and Harmony in batch integration."
LIMITING = (
    "However, it fell behind Harmony on the retina atlas.",
    "Yet these differences are small.",
    "This advantage is confined to blood.",
    "The gains were not significant in tissues of the fetus.",
    "The improvement is not uniform across donors.",
    "In zero-shot settings, both perform on par.",
    "Fine-tuning reverses this ranking.",
    "This holds only without labels.",
    "The gap closes after fine-tuning.",
    "On rare cell types, Harmony is best.",
    "We trace this to a bug in the evaluation.",
    "With matched training data, there was no difference.",
)
FRAMING = (
    "A common belief is the following.",
    "We first consider a toy simulation.",
    "All results below are on synthetic data.",
    "We compared models in the zero-shot setting.",
    "Previous benchmarks agree.",
)
GOING_ON = (
    "It was trained on 33 million cells.",
    "This advantage holds across tissues.",
    "These results show what pre-training does for single cells.",
)


def claim_of_abstract(text: str) -> Claim:
    abstract = Passage(
        paper_id="key:p", version_id="key:pv1", section="Abstract", text=text, start=0, end=len(text), kind="abstract"
    )
    claims = extract_claims([abstract], load_vocabulary()).claims
    return next(claim for claim in claims if claim.comparator_ids == ("model:scvi",))


@pytest.mark.parametrize("behind", LIMITING)
def test_a_comparison_that_the_next_sentence_limits_waits(behind: str) -> None:
    assert not stands(claim_of_abstract(f"{SAID} {behind}"))


@pytest.mark.parametrize("behind", ["", *GOING_ON])
def test_one_that_it_does_not_limit_stands(behind: str) -> None:
    assert stands(claim_of_abstract(f"{SAID} {behind}"))


@pytest.mark.parametrize("before", FRAMING)
def test_one_that_the_sentence_before_frames_waits(before: str) -> None:
    assert not stands(claim_of_abstract(f"{before} {SAID}"))


def test_only_the_very_next_sentence_counts() -> None:
    assert stands(claim_of_abstract(f"{SAID} Code is public. However, training takes a week."))
    assert stands(claim_of_abstract(f"However, training takes a week. {SAID}"))
