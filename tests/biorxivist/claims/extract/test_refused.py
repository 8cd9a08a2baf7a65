"""Sentences of our own that sound like a claim and are none, or not what they seem; and their neighbours that are."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.read import read_sentence
from graph.vocabulary import load_vocabulary

NOTHING = (
    # what is asked, supposed or said by nobody in particular
    "Identifying settings in which scGPT outperforms classical methods remains difficult.",
    "A recurring question is under which conditions scGPT beats simpler models.",
    "The claim that GEARS outperforms CPA rests on a single dataset.",
    "Despite claims that scGPT outperforms scVI, independent evaluations disagree.",
    "It is tempting to conclude that UCE is superior to scGPT.",
    "It has been proposed that more diverse data improve generalization.",
    "Scaling laws predict how performance improves with increased model and dataset size.",
    # what was chosen by a comparison, taken for granted, or alike in nothing that is measured
    "Genes for which scGPT outperformed the mean baseline were enriched for immune functions.",
    "Neither pretraining nor scale explained the advantage of UCE over PCA.",
    "The architecture is similar to that of scBERT.",
    # sizes of experiments, of any data set, of a difference, of what a tool reads
    "Training took 72 hours on 8 A100 GPUs with a batch size of 1,024 cells.",
    "To improve accuracy, we fine-tuned scGPT on 10,000 labelled cells.",
    "Most atlases contain fewer than 1 million cells.",
    "A typical experiment profiles 10,000 cells.",
    "The human body consists of 37 trillion cells.",
    "The Human Cell Atlas aims to map all 37 trillion cells of the body.",
    "We validated scLoom on an independent cohort of 250,000 cells from 84 patients.",
    "After quality control, 120,000 cells remained.",
    "In a dataset of 500,000 cells, scLoom identified 14 novel subtypes.",
    "Compared with the previous release, the new Census contains 20 million more cells.",
    "Only 0.4 million parameters are updated during fine-tuning.",
    "Models with more than 100 million parameters are costly to train.",
    "Models above 100 million parameters are slow.",
    "HarmonyVI integrated 3.7 million cells in 41 minutes.",
    "The 50-million-parameter student retains most of the accuracy of its 800-million-parameter teacher.",
    "No foundation model has been trained on more than 200 million cells.",
    "scLoom reads inputs with up to 20,000 gene tokens.",
    "Sequencing more cells improves the detection of rare types.",
    # numbers of no model
    "Random guessing yields an accuracy of 0.05.",
    "Sequencing saturation reached 85% in all libraries.",
    "FedCell trains scGPT across hospitals and loses less than 1% accuracy.",
)
CITED = (
    "Recent reports that linear models outperform scGPT have sparked debate.",
    "scGPT reportedly outperforms scBERT on three datasets.",
    "Proponents maintain that foundation models surpass traditional pipelines.",
    "In the original publication, scBERT was superior to Seurat.",
    "Models benefit from more diverse training data, as shown previously.",
)
DENIED = (
    "scBERT no longer outperforms logistic regression.",
    "By no measure did scBERT outperform logistic regression.",
    "scGPT is anything but superior to PCA.",
)
STATED = {
    "Contrary to expectation, PCA outperformed UCE.": ["PCA > UCE"],
    "GenePT, which needs no single-cell pretraining, performs on par with Geneformer.": ["GenePT ~ Geneformer"],
    "Unlike scGPT, which outperforms PCA, scLoom is linear.": ["scGPT > PCA"],
    "Both approaches outperformed the mean baseline, with GEARS ahead of CPA.": ["GEARS > CPA"],
    "scLoom outperforms Seurat, Scanorama, and Scrublet.": [
        "scLoom > Seurat", "scLoom > Scanorama", "scLoom > Scrublet",
    ],
    "scLoom improves the F1 score by 5% over chemCPA.": ["scLoom > chemCPA"],
}  # fmt: skip
SIZES = {
    "We validated scLoom on 250,000 cells, but trained it on a corpus of 30 million cells.": [("scLoom", 30e6)],
    "With 43 million cells, ours is the most comprehensive corpus of plant cells.": [(None, 43e6)],
    "We scaled the pre-training data to a diverse collection of 116 million cells.": [(None, 116e6)],
    "We trained models with 100 million parameters.": [(None, 100e6)],
    "scFormer-Lite distills scFoundation into a model with 8 million parameters.": [("scFormer-Lite", 8e6)],
    "We developed scFoundation, also named xTrimoGene, with 100 million parameters.": [("scFoundation", 100e6)],
}


@pytest.mark.parametrize("sentence", NOTHING)
def test_what_only_sounds_like_a_claim_gives_none(sentence: str) -> None:
    assert read_sentence(sentence, load_vocabulary()) == []


@pytest.mark.parametrize("sentence", CITED)
def test_what_others_are_said_to_have_found_is_theirs(sentence: str) -> None:
    drafts = read_sentence(sentence, load_vocabulary())
    assert drafts
    assert {draft.attribution for draft in drafts} == {"cited"}


@pytest.mark.parametrize("sentence", DENIED)
def test_a_denial_before_or_within_the_verb_is_one(sentence: str) -> None:
    drafts = read_sentence(sentence, load_vocabulary())
    assert [draft.polarity for draft in drafts] == ["negated"]


@pytest.mark.parametrize("sentence", STATED)
def test_a_comparison_has_the_sides_that_its_verb_has(sentence: str) -> None:
    drafts = [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.comparator != "mean baseline"]
    assert [f"{d.subject} {d.direction} {d.comparator}" for d in drafts] == STATED[sentence]
    assert {draft.polarity for draft in drafts} == {"asserted"}


@pytest.mark.parametrize("sentence", SIZES)
def test_a_size_of_a_corpus_or_model_is_read_beside_those_that_are_none(sentence: str) -> None:
    drafts = [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "scale_fact"]
    assert [(draft.subject, draft.value) for draft in drafts] == SIZES[sentence]


def test_scores_are_of_the_names_behind_them_and_a_list_against_which_they_stand_is_of_others() -> None:
    read = read_sentence(
        "CellLattice achieves an AUPRC of 0.74, compared with 0.61 for CellChat and 0.58 for NicheNet.",
        load_vocabulary(),
    )
    assert [(d.subject, d.value) for d in read] == [("CellLattice", 0.74), ("CellChat", 0.61), ("NicheNet", 0.58)]
    others = read_sentence("MultiWeave has a mean Pearson correlation of 0.52 versus 0.45 and 0.38.", load_vocabulary())
    assert [(d.subject, d.value) for d in others if d.subject] == [("MultiWeave", 0.52)]
