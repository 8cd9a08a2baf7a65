"""Sentences of our own and what a careful reader takes from each: no more, and never the opposite."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.read import read_sentence
from graph.vocabulary import load_vocabulary

Told = tuple[str, str | None, str | None, str | None, str]

COMPARISONS: dict[str, list[Told]] = {
    "scGPT outperformed Geneformer on the pancreas data.": [("comparison", "scGPT", "Geneformer", ">", "asserted")],
    "scGPT did not outperform Geneformer.": [("comparison", "scGPT", "Geneformer", ">", "negated")],
    "scGPT failed to outperform scVI.": [("comparison", "scGPT", "scVI", ">", "negated")],
    "scGPT is no better than PCA.": [("comparison", "scGPT", "PCA", ">", "negated")],
    "scGPT is not worse than PCA.": [("comparison", "scGPT", "PCA", "<", "negated")],
    "scVI was outperformed by Geneformer.": [("comparison", "Geneformer", "scVI", ">", "asserted")],
    "scVI was not outperformed by Geneformer.": [("comparison", "Geneformer", "scVI", ">", "negated")],
    "The baseline was beaten by scVI.": [("comparison", "scVI", "baseline", ">", "asserted")],
    "Geneformer performed worse than scVI and Harmony.": [
        ("comparison", "Geneformer", "scVI", "<", "asserted"),
        ("comparison", "Geneformer", "Harmony", "<", "asserted"),
    ],
    "Neither Geneformer nor scGPT outperformed scVI.": [
        ("comparison", "Geneformer", "scVI", ">", "negated"),
        ("comparison", "scGPT", "scVI", ">", "negated"),
    ],
    "Neither spike-in nor re-weighting beat random sampling.": [
        ("comparison", "spike-in", "random sampling", ">", "negated"),
        ("comparison", "re-weighting", "random sampling", ">", "negated"),
    ],
    "No foundation model outperformed the linear baselines.": [
        ("comparison", "foundation model", "linear baselines", ">", "negated")
    ],
    "scGPT matched or exceeded scVI.": [("comparison", "scGPT", "scVI", "<", "negated")],
    "Logistic regression is on par with scBERT.": [("comparison", "Logistic regression", "scBERT", "~", "asserted")],
    "UCE and scGPT performed similarly.": [("comparison", "UCE", "scGPT", "~", "asserted")],
    "UCE did not match scGPT.": [("comparison", "UCE", "scGPT", "~", "negated")],
    "Compared with scVI, Geneformer achieved higher accuracy than PCA.": [
        ("comparison", "Geneformer", "PCA", ">", "asserted")
    ],
    "scBERT lagged behind logistic regression.": [("comparison", "scBERT", "logistic regression", "<", "asserted")],
    "We hoped UCE would beat PCA, but it did not.": [("comparison", "UCE", "PCA", ">", "negated")],
    "All models except scVI fell below the untrained baseline.": [
        ("comparison", "models", "untrained", "<", "asserted")
    ],
    "scGPT outperforms scVI and matches Geneformer.": [
        ("comparison", "scGPT", "scVI", ">", "asserted"),
        ("comparison", "scGPT", "Geneformer", "~", "asserted"),
    ],
    "scGPT beat scVI, which in turn beat Harmony.": [
        ("comparison", "scGPT", "scVI", ">", "asserted"),
        ("comparison", "scVI", "Harmony", ">", "asserted"),
    ],
    "scPRINT, a large transformer model, outperforms CellFM.": [("comparison", "scPRINT", "CellFM", ">", "asserted")],
    # names that no list holds, known by what the sentence says of them
    "Lumos, a transformer of 12 layers, outperforms scGPT.": [("comparison", "Lumos", "scGPT", ">", "asserted")],
    "We find that CLM-access surpasses scVI.": [("comparison", "CLM-access", "scVI", ">", "asserted")],
    # groups with words of their own, and their examples
    "scNova outperforms existing graph-free spatial methods.": [
        ("comparison", "scNova", "existing graph-free spatial methods", ">", "asserted")
    ],
    "scNova does not outperform simpler approaches such as PCA or Harmony.": [
        ("comparison", "scNova", "simpler approaches", ">", "negated"),
        ("comparison", "scNova", "PCA", ">", "negated"),
        ("comparison", "scNova", "Harmony", ">", "negated"),
    ],
    # whose verb it is
    "Despite the small corpus of other models, scNova beats scVI.": [("comparison", "scNova", "scVI", ">", "asserted")],
    "scNova combines two autoencoders and outperforms scVI.": [("comparison", "scNova", "scVI", ">", "asserted")],
    "scNova sets cells apart by their scGPT tokens, outperforming UCE.": [
        ("comparison", "scNova", "UCE", ">", "asserted")
    ],
    # what is gained over is said first, or behind an amount
    "Compared with existing methods, scNova improves accuracy by 5%.": [
        ("comparison", "scNova", "existing methods", ">", "asserted")
    ],
    "scNova reduces the MSE by 19.6% over the strongest baseline.": [
        ("comparison", "scNova", "strongest baseline", ">", "asserted")
    ],
    "scNova achieves comparable, and often better, performance than scVI.": [
        ("comparison", "scNova", "scVI", "<", "negated")
    ],
    "PCA is on par with or better than UCE.": [("comparison", "PCA", "UCE", "<", "negated")],
    "scGPT provides no consistent advantage over linear baselines.": [
        ("comparison", "scGPT", "linear baselines", ">", "negated")
    ],
    "scGPT, unlike Geneformer, outperforms scVI.": [("comparison", "scGPT", "scVI", ">", "asserted")],
    "scGPT, as well as Geneformer, outperforms scVI.": [
        ("comparison", "scGPT", "scVI", ">", "asserted"),
        ("comparison", "Geneformer", "scVI", ">", "asserted"),
    ],
    "scNova, which builds on scGPT, outperforms UCE.": [("comparison", "scNova", "UCE", ">", "asserted")],
    "With no labels scGPT achieves higher accuracy than scVI.": [("comparison", "scGPT", "scVI", ">", "asserted")],
    "scNova was accurate on cells never seen in training, exceeding scVI.": [
        ("comparison", "scNova", "scVI", ">", "asserted")
    ],
    "Simple linear models trained on the same cells are at least as good as foundation models.": [
        ("comparison", "Simple linear models", "foundation models", "<", "negated")
    ],
}
CHANGES: dict[str, list[Told]] = {
    "Accuracy improved with more cells.": [("scaling", None, None, "+", "asserted")],
    "The loss of scGPT fell with more parameters.": [("scaling", "scGPT", None, "+", "asserted")],
    "The loss of scGPT did not fall with more parameters.": [("scaling", "scGPT", None, "+", "negated")],
    "Larger corpora did not improve annotation accuracy.": [("scaling", None, None, "+", "negated")],
    "Increasing the model size had no effect on batch integration.": [("scaling", None, None, "0", "asserted")],
    "Unlike scGPT, Geneformer benefits from more data.": [("scaling", "Geneformer", None, "+", "asserted")],
    "Pre-training improved the accuracy of scGPT.": [("effect", "scGPT", None, "+", "asserted")],
    "Without gene2vec, the accuracy of scBERT decreased.": [("effect", "scBERT", None, "-", "asserted")],
    "Removing pre-training did not change the accuracy of scBERT.": [("effect", "scBERT", None, "0", "asserted")],
    "scTab scales with both corpus size and model size.": [
        ("scaling", "scTab", None, "+", "asserted"),
        ("scaling", "scTab", None, "+", "asserted"),
    ],
    "Increasing the corpus size reduces the loss of scGPT.": [("scaling", "scGPT", None, "+", "asserted")],
    "Increasing the corpus size increases the loss of scGPT.": [("scaling", "scGPT", None, "-", "asserted")],
    "Gains did not diminish with more cells.": [("saturation", None, None, "no_plateau", "asserted")],
    "A larger scVI does not profit from more cells.": [("scaling", "scVI", None, "+", "negated")],
    "A larger model size does not guarantee better annotation.": [("scaling", None, None, "+", "negated")],
    "Gains from more cells diminish beyond one million cells.": [("saturation", None, None, "plateau", "asserted")],
    "Performance plateaus with 10% of the cells.": [("saturation", None, None, "plateau", "asserted")],
    "scVI shows no sign of a plateau as the corpus grows.": [("saturation", "scVI", None, "no_plateau", "asserted")],
    "scVI saturated at 1% of the corpus and Geneformer at 10%.": [
        ("saturation", "scVI", None, "plateau", "asserted"),
        ("saturation", "Geneformer", None, "plateau", "asserted"),
    ],
}
NOTHING = [
    "Whether larger corpora help Geneformer is an open question.",
    "It remains unclear whether scGPT outperforms scVI.",
    "Does scGPT outperform scVI?",
    "We asked whether pre-training improves accuracy.",
    "We hypothesise that scGPT outperforms scVI.",
    "We expected Geneformer to beat PCA.",
    "To outperform scVI, we trained a larger model.",
    "To test if pre-training matters, we trained scBERT from random weights.",
    "scNova is designed to outperform scGPT.",
    "If the corpus were larger, scGPT might overtake scVI.",
    "Foundation models promise to outperform simple methods.",
    "Future models should be compared with logistic regression.",
    "Larger models are needed to improve annotation.",
    "We compare scGPT with logistic regression without pre-training to understand the benefits of pre-training.",
    "The potential benefit of pre-training is debated.",
    "We provide a framework to evaluate whether foundation models outperform baselines.",
    "That scores level off need not mean that biology does not scale.",
    "After fine-tuning, annotation was scored on three sets.",
    "The cells were normalised and log-transformed before training.",
    "Our method can be used to improve annotation.",
    "Geneformer and scGPT are transformers.",
    "We thank the authors of scVI for help with more data.",
    "There is no evidence that scGPT outperformed scVI.",
    "Unlike previous approaches, scNova employs the flow matching objective.",
    "Because saturated perturbations dominate most test sets, gains are hidden.",
    "scNova keeps evidence trails absent from language models.",
    "Compared with scGPT, Geneformer showed higher error.",
    "scGPT is no match for PCA.",
    "scGPT loses its advantage over scVI when labels are few.",
    "With nearly identical parameter counts, throughput increased.",
    "Dynomap maintained a higher F1 than PCA, and clearly outperformed scVI.",
]
HEDGED = {
    "scGPT may outperform scVI.": "weak",
    "These results suggest that scGPT outperforms scVI.": "weak",
    "scGPT could outperform scVI.": "strong",
    "scGPT outperformed scVI by a score that can be read in Table 1.": "none",
    "The gain of scGPT over scVI (0.01) is smaller than the spread between seeds.": "strong",
}
CITED = [
    "Cui et al. report that scGPT outperforms scVI.",
    "Previous studies have shown that scGPT outperforms scVI.",
    "Some groups claim that scGPT is better than scVI.",
]


def told(sentence: str) -> list[Told]:
    return [
        (draft.kind, draft.subject, draft.comparator, draft.direction, draft.polarity)
        for draft in read_sentence(sentence, load_vocabulary())
        if draft.kind not in {"scale_fact", "score"}
    ]


@pytest.mark.parametrize(("sentence", "expected"), [*COMPARISONS.items(), *CHANGES.items()])
def test_a_sentence_says_what_a_careful_reader_takes_from_it(sentence: str, expected: list[Told]) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize("sentence", NOTHING)
def test_what_is_asked_hoped_planned_or_advised_is_no_finding(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(("sentence", "hedging"), HEDGED.items())
def test_a_hedge_of_the_verb_is_kept_and_one_of_a_side_remark_is_not_taken_for_it(sentence: str, hedging: str) -> None:
    assert [draft.hedging for draft in read_sentence(sentence, load_vocabulary())] == [hedging]


@pytest.mark.parametrize("sentence", CITED)
def test_what_others_found_is_told_as_theirs(sentence: str) -> None:
    drafts = read_sentence(sentence, load_vocabulary())
    assert [draft.attribution for draft in drafts] == ["cited"]


def test_one_claim_a_task_a_set_and_a_metric() -> None:
    sentence = "scGPT outperforms scVI in cell type annotation and batch integration."
    assert [draft.task for draft in read_sentence(sentence, load_vocabulary())] == [
        "cell type annotation", "batch integration",
    ]  # fmt: skip


def test_an_exception_denies_the_claim_for_what_it_excepts() -> None:
    sentence = "PCA outperformed scVI on the pancreas data, but not on the lung atlas."
    drafts = read_sentence(sentence, load_vocabulary())
    assert [(draft.dataset, draft.polarity) for draft in drafts] == [
        ("pancreas", "asserted"),
        ("lung atlas", "negated"),
    ]


def test_scores_belong_to_the_models_that_they_stand_beside() -> None:
    sentence = "Accuracy was 0.81 for PCA, 0.77 for scBERT and 0.79 for scGPT."
    drafts = read_sentence(sentence, load_vocabulary())
    assert [(draft.subject, draft.metric, draft.value) for draft in drafts] == [
        ("PCA", "Accuracy", 0.81), ("scBERT", "Accuracy", 0.77), ("scGPT", "Accuracy", 0.79),
    ]  # fmt: skip


def test_test_statistics_margins_and_p_values_are_no_scores() -> None:
    for sentence in (
        "The effect on accuracy was significant (F1,96=0.41, p=0.03).",
        "scGPT improved accuracy by 5 points.",
        "Accuracy did not differ (p = 0.34).",
    ):
        assert not [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "score"]


def test_sizes_are_read_with_their_bounds() -> None:
    sentence = (
        "scGPT was pre-trained on over 33 million cells, Geneformer on 29.9 million and UCE on up to 36 million cells."
    )
    drafts = read_sentence(sentence, load_vocabulary())
    assert [(draft.subject, draft.value, draft.high, draft.bound, draft.unit) for draft in drafts] == [
        ("scGPT", 33e6, None, "at_least", "cells"),
        ("Geneformer", 29.9e6, 29.95e6, "exact", "cells"),
        ("UCE", None, 36e6, "at_most", "cells"),
    ]


SIZES: dict[str, list[tuple[str | None, float, str]]] = {
    "Pre-trained on 2 million cells of 30 tissues, scNova is small.": [
        ("scNova", 2e6, "cells"), ("scNova", 30, "tissues"),
    ],
    "HEIST is pre-trained on 22.3M cells.": [("HEIST", 22.3e6, "cells")],
    "We present scNova, a 7B language model.": [("scNova", 7e9, "parameters")],
    "The corpus Lumos, a collection of 57 million dissociated and 53 million spatial cells, is public.": [
        (None, 57e6, "cells"), (None, 53e6, "cells"),
    ],
    # what is another's, an end of a range, or a title
    "We tried it on sets of one tissue (13k cells) and on hPancreas (15k cells).": [
        ("hPancreas", 15e3, "cells"),
    ],
    "In data sets of 100,000 cells, scNova stayed accurate.": [],
    "Nothing is gained beyond 10 million cells.": [],
    "scNova: a large model pre-trained on 100 million cells.": [],
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), SIZES.items())
def test_a_size_is_given_to_whom_the_sentence_gives_it(
    sentence: str, expected: list[tuple[str | None, float, str]]
) -> None:
    drafts = read_sentence(sentence, load_vocabulary())
    assert [(draft.subject, draft.value, draft.unit) for draft in drafts if draft.kind == "scale_fact"] == expected


def test_a_share_that_was_gained_is_no_score_and_stands_beside_its_metric() -> None:
    assert read_sentence("scNova yields a 2.6% accuracy gain.", load_vocabulary()) == []
    drafts = read_sentence("scNova outperforms scVI by 5.2% in ARI and 4.1% in NMI.", load_vocabulary())
    assert [draft.metric for draft in drafts] == ["ARI", "NMI"]
    assert [draft.value for draft in drafts] == pytest.approx([0.052, 0.041])


def test_numbers_in_brackets_behind_a_list_of_models_are_their_scores() -> None:
    drafts = read_sentence(
        "scGPT reached an F1 of 0.81, ahead of Geneformer (0.78) and scVI (0.74).", load_vocabulary()
    )
    assert [(draft.subject, draft.value) for draft in drafts if draft.kind == "score"] == [
        ("scGPT", 0.81), ("Geneformer", 0.78), ("scVI", 0.74),
    ]  # fmt: skip


def test_two_numbers_respectively_of_which_one_is_nobodys_are_left_out() -> None:
    assert read_sentence("The ARI of scVI was 0.28 and 0.27, respectively.", load_vocabulary()) == []


def test_respectively_needs_lists_of_one_length() -> None:
    fits = "scVI and Geneformer saturated at 1% and 10% of the corpus, respectively."
    drafts = read_sentence(fits, load_vocabulary())
    assert [(draft.subject, draft.fraction) for draft in drafts] == [("scVI", 0.01), ("Geneformer", 0.1)]
    fails = "scVI, PCA and Geneformer saturated at 1% and 10% of the corpus, respectively."
    assert read_sentence(fails, load_vocabulary()) == []


def test_a_metric_that_looks_like_a_name_is_a_metric() -> None:
    (draft,) = read_sentence("The model achieves a validation AUC-ROC of 0.718.", load_vocabulary())
    assert (draft.kind, draft.metric, draft.value) == ("score", "AUC-ROC", 0.718)


@pytest.mark.parametrize(
    "sentence",
    [
        "The tool reads up to one million cells on one machine.",
        "Applied to Tabula Muris across 120 cell types, the method found new states.",
        "The method was evaluated on 12 data sets.",
        "Benchmarks spanning 19 tissues and 20 cell types are public.",
        "Current models are trained on up to 100 million cells.",
    ],
)
def test_what_a_tool_can_work_on_or_was_tried_on_is_no_size_of_anything(sentence: str) -> None:
    assert [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "scale_fact"] == []


def test_each_item_of_a_list_of_gains_keeps_its_task_metric_and_margin() -> None:
    sentence = (
        "Our method improves over baselines, increasing accuracy by 2%, F1 in drug response prediction by 7% and ARI "
        "by 3%."
    )
    drafts = [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "comparison"]
    assert {(draft.metric, draft.task, draft.value) for draft in drafts} == {
        ("accuracy", None, 0.02), ("F1", "drug response prediction", 0.07), ("ARI", None, 0.03),
    }  # fmt: skip


@pytest.mark.parametrize(
    "rest",
    [
        "whereas in batch integration the opposite is true",
        "but falls behind in batch integration",
        "at the price of batch integration",
        "a task related to batch integration",
        "and can also be used for batch integration",
    ],
)
def test_a_task_of_what_follows_is_none_that_a_comparison_holds_in(rest: str) -> None:
    sentence = f"scGPT outperforms scVI in cell type annotation, {rest}."
    drafts = [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "comparison"]
    assert [draft.task for draft in drafts] == ["cell type annotation"]
