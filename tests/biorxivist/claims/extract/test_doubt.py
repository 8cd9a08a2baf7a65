"""What is held for review, and what is not read at all, because its sentence says something else."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.doubt import DOUBTFUL
from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.standing import SURE
from graph.records import Passage
from graph.vocabulary import load_vocabulary


@pytest.mark.parametrize(
    ("sentence", "enters"),
    [
        ("scGPT outperformed scVI on the pancreas data.", True),
        ("scGPT outperformed scVI while reducing runtime.", True),
        ("scGPT outperformed scVI only when the data were noisy.", False),
        ("scGPT outperformed scVI on 6 of 13 data sets.", False),
        ("scGPT outperformed scVI in power.", False),
        ("With fewer than 100 labels, scGPT outperformed scVI.", False),
        ("Given only 5 labels per type, scGPT outperformed scVI.", False),
        ("scGPT outperformed scVI with less than 1% of the data.", False),
        ("With its larger corpus, scGPT outperformed scVI.", True),
        ("scGPT runs faster than scVI.", False),
        ("scGPT maintains recovery rates comparable to scVI.", False),
        ("scGPT achieved a macro F1 of 0.81.", True),
        ("scGPT excels on rare cells, with an accuracy of 0.9 for the others and 0.8 overall.", False),
        ("Pre-training improved the accuracy of scBERT.", False),
    ],
)
def test_what_says_more_than_its_draft_is_held_for_review(sentence: str, enters: bool) -> None:
    drafts = read_sentence(sentence, load_vocabulary())
    assert all((draft.confidence > DOUBTFUL) == enters for draft in drafts), drafts
    assert drafts or not enters


@pytest.mark.parametrize(
    "sentence",
    [
        "Evaluations on the benchmarks Kvasir and GastroVision show improvements over existing methods.",
        "LLMs perform better than open-source ones, with scGPT and scVI ahead.",
        "Compared with scVI, the proposed ensemble shows an improvement of 5.3% in recall and 4.2% in accuracy.",
        "GeneNova2 + stacking reached an accuracy of 0.95.",
        "The distractors are similar to the right answer and may confuse scGPT.",
        "Ontology Matching with scGPT",
    ],
)
def test_what_names_no_subject_or_no_score_gives_nothing(sentence: str) -> None:
    assert [d for d in read_sentence(sentence, load_vocabulary()) if d.subject and d.kind != "scale_fact"] == []


def test_a_task_that_does_not_hang_on_the_verb_is_left_out_and_pairs_are_not_crossed() -> None:
    (alone,) = read_sentence("scGPT outperforms scVI, generating cells of high diversity.", load_vocabulary())
    assert (alone.task, alone.metric) == (None, None)
    pairs = read_sentence(
        "scGPT improves batch integration ARI by 20% and cell type annotation accuracy by 25% over scVI.",
        load_vocabulary(),
    )
    assert {(draft.task, draft.metric) for draft in pairs} == {
        ("batch integration", "ARI"), ("cell type annotation", "accuracy"),
    }  # fmt: skip


def test_an_abstract_speaks_of_what_others_found_before_it_comes_to_its_own() -> None:
    text = (
        "Foundation models often underperform simple baselines in annotation. Here we present a new benchmark of them. "
        "It has many parts, and each is described at length in the supplement of this paper. "
        "In contrast, foundation models outperform simple baselines in batch integration."
    )
    passage = Passage(paper_id="key:p", version_id="key:pv1", kind="abstract", text=text, start=0)
    first, last = extract_claims([passage], load_vocabulary()).claims
    assert (first.attribution, first.confidence < SURE) == ("cited", True)
    assert (last.attribution, last.confidence >= SURE) == ("own", True)
