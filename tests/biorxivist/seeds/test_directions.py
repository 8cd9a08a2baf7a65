"""What the reader of clauses takes from the words of a shipped claim points the way of its field."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from biorxivist.claims.statement import read
from biorxivist.seeds.claims import records
from graph.compare import compare
from graph.records import Claim
from graph.vocabulary import load_vocabulary

OPPOSITE = ("contradicts", "differs_in_scope")
MISREAD = (
    "helps Geneformer and scGPT little",
    "Without fine-tuning Geneformer and scGPT are of limited reliability",
    "Without fine-tuning TranscriptFormer is ahead",
    "bring no consistent gain",
)
"""Words that the reader takes for the opposite of what they say; a person has looked at each of these claims."""


@cache
def said_by(statement: str) -> tuple[Claim, ...]:
    return read(statement, load_vocabulary()).claims


def read_otherwise(claims: list[Claim]) -> Iterator[Claim]:
    """Claims whose words are read as the opposite of their direction."""
    vocabulary = load_vocabulary()
    for claim in claims:
        said = [one for one in said_by(claim.statement) if one.kind == claim.kind and one.direction]
        # the scope that the words leave open is the claim's own
        scope = {"task_id": claim.task_id, "metric_id": claim.metric_id, "ablation": claim.ablation}
        same = [one.model_copy(update=scope) for one in said if set(one.subject_ids) & set(claim.subject_ids)]
        if any(compare(one, claim, vocabulary=vocabulary).relation in OPPOSITE for one in same):
            yield claim


@pytest.fixture(scope="module")
def directed() -> list[Claim]:
    return [record for record in records() if isinstance(record, Claim) and record.direction]


def test_no_direction_goes_against_the_words_of_its_claim(directed: list[Claim]) -> None:
    found = [claim.statement for claim in read_otherwise(directed)]
    assert [text for text in found if not any(words in text for words in MISREAD)] == []


def test_a_direction_that_is_turned_round_is_found(directed: list[Claim]) -> None:
    turned = {">": "<", "<": ">", "+": "-", "-": "+"}
    wrong = [claim.model_copy(update={"direction": turned[claim.direction or ""]}) for claim in directed
             if claim.direction in turned and claim.polarity == "asserted"]  # fmt: skip
    assert len(list(read_otherwise(wrong))) >= 60
