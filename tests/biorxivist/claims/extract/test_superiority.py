"""Comparisons that a noun words, and what of a long sentence does not belong to them."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.read import read_sentence
from graph.vocabulary import load_vocabulary


def compared(sentence: str) -> list[tuple[str | None, str | None, str | None, str]]:
    drafts = read_sentence(sentence, load_vocabulary())
    return [(d.subject, d.direction, d.comparator, d.polarity) for d in drafts if d.kind == "comparison"]


def only(sentence: str, kind: str = "comparison") -> Draft:
    (draft,) = (draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == kind)
    return draft


@pytest.mark.parametrize(
    ("sentence", "subject", "comparator"),
    [
        (
            "Experiments demonstrate the superiority of scNova over various existing methods.",
            "scNova",
            "existing methods",
        ),
        ("Tests confirm the value of scNova and its superiority over existing peers.", "scNova", "existing peers"),
        ("Results show scNova's superiority over scVI.", "scNova", "scVI"),
        ("These runs indicate the superiority of our approach when comparing with scVI.", None, "scVI"),
        ("The superior performance of scNova over other tools was clear.", "scNova", "other tools"),
        ("scNova is more accurate, robust and scalable than existing tools.", "scNova", "existing tools"),
        ("Compared to existing tools, scNova yields more accurate annotations.", "scNova", "existing tools"),
        ("scNova outperforms scVI, paving the way for models that will read tissue.", "scNova", "scVI"),
        ("scNova outperforms scVI, establishing a new paradigm with potential for clinics.", "scNova", "scVI"),
        (
            "Traditional methods, such as tree-based and marker-based methods, generally outperform scVI.",
            "Traditional methods",
            "scVI",
        ),
    ],
)
def test_a_noun_compares(sentence: str, subject: str | None, comparator: str) -> None:
    assert compared(sentence) == [(subject, ">", comparator, "asserted")]


def test_superiority_that_is_denied_is_negated() -> None:
    assert compared("scGPT showed no superiority over scVI.") == [("scGPT", ">", "scVI", "negated")]


@pytest.mark.parametrize(
    "sentence",
    [
        "To demonstrate the superiority of scNova over scVI, we ran 12 experiments.",
        "We assess the superiority of scNova over scVI.",
        "The claimed superiority of scGPT over scVI was not reproduced.",
        "The results do not support the superiority of scGPT over scVI.",
        "The superiority of scGPT over scVI vanishes when labels are scarce.",
        "It is unclear whether the superiority of scGPT over scVI holds on unseen cells.",
        "The superiority of scNova is less clear over scVI than over PCA.",
        "While the superiority of scGPT over scVI has been questioned, others were not looked at.",
        "If confirmed, the superiority of scGPT over scVI would matter.",
        "scNova will outperform scVI, establishing a new standard.",
    ],
)
def test_superiority_that_nobody_states_is_no_claim(sentence: str) -> None:
    assert compared(sentence) == []


def test_two_acronyms_that_a_sentence_begins_with_are_both_compared() -> None:
    assert [row[0] for row in compared("MAGIC and SAVER were found to outperform the other methods.")] == [
        "MAGIC",
        "SAVER",
    ]
    assert compared("AML and MDS are diseases.") == []


def test_what_goes_with_another_verb_or_number_is_not_part_of_a_comparison() -> None:
    lasting = only(
        "scNova outperforms existing methods in cell clustering, and remains robust in zero-shot annotation."
    )
    assert (lasting.task, lasting.regime) == ("cell clustering", None)
    reached = only("scNova has a lead of 11.96, 4-fold higher than scVI, and 71.4% top-1 accuracy for cell typing.")
    assert (reached.task, reached.metric) == (None, None)
    assert only("scNova outperforms other cell annotation pipelines.").task is None


def test_a_regime_in_brackets_goes_with_the_number_before_it() -> None:
    score = only("scGPT achieved mean F1 scores of 0.971 (layer freezing) and 0.947 (fine-tuning).", "score")
    assert (score.value, score.regime) == (0.971, None)
    score = only("scGPT led in zero-shot learning (mean F1: 0.858).", "score")
    assert (score.subject, score.value, score.regime) == ("scGPT", 0.858, "zero_shot")
    assert read_sentence("scGPT leads to lower scores in zero-shot learning (F1: 0.7).", load_vocabulary()) == []


def test_patches_are_a_size_only_of_what_was_trained_on_them() -> None:
    size = only("scNova was pre-trained on 2.3 million image patches.", "scale_fact")
    assert (size.subject, size.value, size.unit) == ("scNova", 2_300_000, "patches")
    assert read_sentence("We tested scNova on 30,000 spots.", load_vocabulary()) == []
    assert read_sentence("We train models spanning 5.7M to 94.6M parameters.", load_vocabulary()) == []
