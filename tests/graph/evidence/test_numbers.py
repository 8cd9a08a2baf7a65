from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.evidence.numbers import Numbers
from graph.records import Claim, Dataset, Model
from graph.vocabulary import Vocabulary

Make = Callable[..., Claim]

ENTRIES = (
    Dataset(id="dataset:web", name="Web"),
    Dataset(id="dataset:atlas", name="Atlas"),
    Model(id="model:family", name="Family"),
    Model(id="model:small", name="Small", variant_of="model:family", parameters=10, corpus_cells=100),
    Model(
        id="model:large", name="Large", variant_of="model:family", parameters=30, corpus_cells=300, corpus_id="dataset:web"
    ),
    Model(id="model:anew", name="Anew", variant_of="model:family", parameters=20, corpus_id="dataset:atlas"),
    Model(id="model:single", name="Single", parameters=7),
)


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    vocabulary = Vocabulary({entry.id: entry for entry in ENTRIES})
    return Numbers.collect(results=(), points=(), runs=(), vocabulary=vocabulary)


def about(make: Make, *models: str, corpus: str | None = None) -> Claim:
    return make(subject_ids=models, corpus_id=corpus, corpus_cells=None)


def test_a_model_is_as_large_as_it_states(numbers: Numbers, a_claim: Make) -> None:
    assert numbers.parameters(about(a_claim, "model:single")) == 7
    assert numbers.parameters(about(a_claim, "model:single", "model:small")) == 10


def test_a_family_without_a_size_is_as_large_as_its_largest_variant(numbers: Numbers, a_claim: Make) -> None:
    claim = about(a_claim, "model:family", "model:single")
    assert numbers.parameters(claim) == 30
    assert numbers.corpus_cells(claim) == 300


def test_a_claim_on_a_corpus_is_about_the_variants_that_were_trained_on_it(numbers: Numbers, a_claim: Make) -> None:
    assert numbers.parameters(about(a_claim, "model:family", corpus="dataset:atlas")) == 20


def test_a_subject_that_is_no_model_has_no_size(numbers: Numbers, a_claim: Make) -> None:
    assert numbers.parameters(about(a_claim, "dataset:web", "model:nobody")) is None
