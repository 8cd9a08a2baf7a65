from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from biorxivist.answers import Answer, Sentence, answer
from biorxivist.answers.render import as_lines
from biorxivist.claims.index import ClaimIndex, read_index
from biorxivist.load.prepare import open_graph
from biorxivist.workspace.home import Home
from graph.records import Model
from graph.stores.base import Store


@pytest.fixture(scope="module")
def store(seeded_home: Home) -> Iterator[Store]:
    with open_graph(seeded_home) as opened:
        yield opened


@pytest.fixture
def ask(known: ClaimIndex, store: Store) -> Any:
    def asked(question: str, **options: Any) -> Answer:
        return answer(question, index=known, store=store, **options)

    return asked


QUESTIONS = (
    "Does more pre-training data help single-cell foundation models?",
    "Does more pre-training data help scConcept?",
    "How many cells was scGPT pre-trained on?",
    "Is logistic regression better than scGPT?",
    "With which objective is Geneformer trained?",
    "Where do papers disagree about scaling?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_of_an_answer_has_sources_that_are_in_the_graph(
    ask: Any, known: ClaimIndex, store: Store, question: str
) -> None:
    found = ask(question)
    assert found.status == "answered"
    assert found.model is None
    for sentence in found.sentences:
        for source in sentence.sources:
            known_here = source in known.claims or source in known.evidence
            assert known_here or store.query("MATCH (n) WHERE n.id = $id RETURN n.id LIMIT 1", {"id": source})
        assert all(paper in known.papers for paper in sentence.papers)


def test_an_answer_without_a_model_starts_no_process(seeded_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a process was started")

    monkeypatch.setattr("subprocess.Popen", refuse)
    with open_graph(seeded_home) as opened:
        found = answer("How many cells was scGPT pre-trained on?", index=read_index(opened), store=opened)
    assert found.status == "answered"


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Does aspirin cure headaches?",
        "What colour is scGPT?",
        "Do Democrats and Republicans disagree?",
        "Who won the football match?",
    ],
)
def test_what_nothing_supports_is_refused(ask: Any, question: str) -> None:
    found = ask(question)
    assert (found.status, found.sentences) == ("refused", ())
    assert found.reason


def test_a_name_that_is_not_known_is_refused_though_the_rest_could_be_answered(ask: Any) -> None:
    found = ask("Does more pre-training data help scGPTX9?")
    assert found.status == "refused"
    assert "scGPTX9" in found.reason


def test_a_number_is_told_with_its_paper(ask: Any) -> None:
    first = ask("How many cells was scGPT pre-trained on?").sentences[0]
    assert "33,000,000" in first.text
    assert first.citation.startswith("Cui")


@pytest.mark.parametrize("question", ["scGPT from scratch", "Does pre-training help scGPT?"])
def test_both_ways_to_leave_pretraining_out_are_told(ask: Any, question: str) -> None:
    texts = [sentence.text for sentence in ask(question).sentences if sentence.kind == "claim"]
    for variant in ("all its weights trained", "weights before the decoder frozen"):
        assert any(variant in text and "scGPT loses accuracy" in text for text in texts), variant


def test_a_question_about_disagreement_names_two_papers(ask: Any) -> None:
    _, *others = ask("Where do papers disagree about scaling?").sentences
    first = next(sentence for sentence in others if sentence.kind == "relation")
    assert len(set(first.papers)) == 2


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What was not testable and why?", "Not testable: "),
        ("Which claims about Geneformer are inconclusive?", "Inconclusive: "),
    ],
)
def test_what_no_verdict_decides_is_listed_with_what_is_missing(ask: Any, question: str, word: str) -> None:
    answer = ask(question)
    verdicts = [sentence.text for sentence in answer.sentences if sentence.kind == "verdict"]
    assert answer.status == "answered"
    assert verdicts
    assert all(text.startswith(("Not testable: ", "Inconclusive: ")) for text in verdicts)
    assert any(text.startswith(word) for text in verdicts)


def test_an_answer_without_sentences_must_be_a_refusal_with_a_reason() -> None:
    with pytest.raises(ValidationError, match="refused"):
        Answer(question="x", status="answered", support="weak")
    with pytest.raises(ValidationError, match="reason"):
        Answer(question="x", status="refused", support="none")


def test_a_sentence_without_a_source_cannot_be_made() -> None:
    with pytest.raises(ValidationError, match="sources"):
        Sentence(text="x", kind="claim", sources=())


def test_a_fact_cites_the_paper_at_its_own_source_not_one_that_lists_the_model(ask: Any, known: ClaimIndex) -> None:
    fact = ask("How many cells was scGPT pre-trained on?").sentences[0]
    model = known.vocabulary.get("model:scgpt")
    assert fact.kind == "fact"
    assert model is not None
    assert model.source_url is not None
    assert fact.citation.endswith(model.source_url)
    assert [known.papers[paper].published_doi for paper in fact.papers] == ["10.1038/s41592-024-02201-0"]


def test_a_fact_from_an_address_that_is_no_paper_cites_the_address(known: ClaimIndex, store: Store) -> None:
    address = "https://example.org/models/scnova"
    nova = Model(id="model:scnova", name="scNova", role="foundation", corpus_cells=12, source_url=address)
    listing = next(iter(known.papers.values())).model_copy(update={"model_ids": (nova.id,)})
    index = dataclasses.replace(
        known, papers={**known.papers, listing.id: listing}, vocabulary=known.vocabulary.extend([nova])
    )
    fact = answer("How many cells was scNova pre-trained on?", index=index, store=store).sentences[0]
    assert (fact.papers, fact.citation) == ((), address)


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("Does scConcept gain from more cells?", "Yes, by"),
        ("Does scConcept saturate?", "No, by"),
        ("Does scConcept not saturate?", "Yes, by"),
        ("Does scConcept stop improving with more data?", "No, by"),
        ("When does scConcept saturate?", "By"),
        ("Does scVI reach a plateau?", "Yes, by"),
        ("Does scVI benefit from more data?", "No, by"),
        ("Does TEDDY not benefit from more data?", "No, by"),
        ("Does TEDDY reach diminishing returns?", "No, by"),
    ],
)
def test_yes_and_no_are_said_to_what_the_question_asks(ask: Any, question: str, opening: str) -> None:
    answer = ask(question)
    assert answer.sentences[0].text.startswith(f"{opening} all that the graph holds about")
    parts = [sentence.part for sentence in answer.sentences if sentence.part in ("for", "against")]
    assert opening == "By" or parts[0] == ("for" if opening == "Yes, by" else "against")


def test_claims_about_a_wider_group_are_set_apart_and_support_nothing(ask: Any) -> None:
    answer = ask("Does more pre-training data help scConcept?")
    related = [sentence for sentence in answer.sentences if sentence.part == "related"]
    assert related
    assert not {claim for each in related for claim in each.claims} & set(answer.sentences[0].sources)
    assert answer.support == "weak"
    lines = [line.text for line in as_lines(answer)]
    assert lines.index("For:") < lines.index("Related, and not counted above:")
