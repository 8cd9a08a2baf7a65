"""A quick look passes nothing over that a rule would read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from biorxivist.claims.extract.clauses import split_clauses
from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.focus import Focus
from biorxivist.claims.extract.names import find_named
from biorxivist.claims.extract.predicates import WORDINGS, Wording
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.extract.worth_reading import may_claim
from graph.records import Passage
from graph.vocabulary import load_vocabulary
from tests.biorxivist.claims.extract.test_written import GOLD


def clauses() -> Iterator[str]:
    for line in GOLD:
        yield from (clause.text for clause in split_clauses(line["sentence"]))


@pytest.mark.parametrize("wording", WORDINGS, ids=range(len(WORDINGS)))
def test_a_clause_with_a_wording_has_one_of_its_parts(wording: Wording) -> None:
    worded = [text for text in clauses() if wording.pattern.search(text)]
    assert [text for text in worded if not any(part in text.casefold() for part in wording.parts)] == []


def test_a_sentence_that_claims_something_of_a_name_is_worth_reading() -> None:
    vocabulary = load_vocabulary()
    passed_over = [
        line["sentence"]
        for line in GOLD
        if any(draft.subject for draft in read_sentence(line["sentence"], vocabulary))
        and not may_claim(line["sentence"], find_named(line["sentence"], vocabulary), Focus())
    ]
    assert passed_over == []


def test_a_sentence_that_names_nothing_is_passed_over_and_it_goes_on_from_the_one_before() -> None:
    text = "scGPT was compared with Geneformer. Cells were washed twice. It outperformed Geneformer in accuracy."
    passage = Passage(paper_id="key:p", version_id="key:pv1", text=text)
    claims = extract_claims([passage], load_vocabulary()).claims
    assert [(claim.subject_ids, claim.inferred) for claim in claims] == [(("model:scgpt",), ("subject_ids",))]
