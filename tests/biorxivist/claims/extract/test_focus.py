"""What a sentence speaks of when it does not say: sets of its sentence, its paragraph and its paper."""

from __future__ import annotations

from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.read import read_sentence
from biorxivist.claims.standing import SURE
from graph.records import Claim, Passage
from graph.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


def claims(*paragraphs: str) -> tuple[Claim, ...]:
    passages = [
        Passage(paper_id="key:p", version_id="key:pv1", text=text, start=1_000 * place)
        for place, text in enumerate(paragraphs)
    ]
    return extract_claims(passages, VOCABULARY).claims


def test_a_set_that_leads_a_sentence_holds_for_its_later_clauses() -> None:
    drafts = read_sentence(
        "For the pancreas data, scGPT outperformed scVI, but PCA outperformed scGPT with few labels.", VOCABULARY
    )
    assert [(draft.subject, draft.dataset) for draft in drafts] == [("scGPT", "pancreas"), ("PCA", "pancreas")]


def test_a_later_clause_with_a_set_of_its_own_keeps_it() -> None:
    drafts = read_sentence(
        "For the pancreas data, scGPT outperformed scVI, but PCA outperformed scGPT on the myeloid data.", VOCABULARY
    )
    assert [draft.dataset for draft in drafts] == ["pancreas", "myeloid"]


def test_this_data_set_hands_its_set_on_to_the_next_sentence_alone() -> None:
    told = claims(
        "Cells of Zheng68K were annotated. This dataset was used to train scBERT. PCA outperformed scBERT in accuracy. "
        "UCE outperformed scBERT in accuracy."
    )
    assert [(claim.dataset_id, claim.inferred) for claim in told] == [
        ("dataset:zheng68k", ("dataset_id",)), (None, ()),
    ]  # fmt: skip


def test_a_split_is_a_part_of_the_one_set_that_the_paragraph_names() -> None:
    (claim,) = claims("The pancreas data were taken from scGPT. There are 4,218 cells in the test set.")
    assert (claim.subject_ids, claim.value, claim.condition) == (("dataset:pancreas",), 4218, "test set")
    assert "subject_ids" in claim.inferred
    assert claims("The pancreas data and the myeloid data are small. There are 4,218 cells in the test set.") == ()


def test_a_short_name_that_a_paper_gives_to_a_set_means_that_set_there() -> None:
    given = "We used the Zheng68K peripheral blood (PBMC) dataset of scBERT."
    said = "scGPT outperformed PCA on the PBMC data."
    assert [claim.dataset_id for claim in claims(given, said)] == ["dataset:zheng68k"]
    assert [claim.dataset_id for claim in claims(said)] != ["dataset:zheng68k"]


def test_this_model_at_the_beginning_of_a_paragraph_is_the_one_that_the_last_one_ended_with() -> None:
    (claim,) = claims("scGPT was built by others.", "This model is pre-trained on 33 million human cells.")
    assert (claim.subject_ids, claim.inferred) == (("model:scgpt",), ("subject_ids",))
    assert claims("scGPT and scBERT were built by others.", "This model is pre-trained on 33 million cells.") == ()


def test_a_score_without_some_part_says_so_and_waits_for_a_person() -> None:
    (claim,) = (c for c in claims("Without pre-training, scBERT reached an accuracy of 0.701.") if c.kind == "score")
    assert (claim.ablation, claim.value) == ("no pre-training", 0.701)
    assert "without pre-training" in claim.statement
    assert claim.confidence < SURE
