"""Whether a comparison is said with nothing beside it that may limit it."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.read import read_sentence
from graph.vocabulary import load_vocabulary

PLAIN = (
    "scGPT outperforms scVI.",
    "scGPT consistently outperforms scVI, Harmony and existing methods.",
    "Extensive experiments on nine public data sets show that scGPT outperforms state-of-the-art methods.",
    "Evaluated on 1,200 donors, scGPT surpasses all existing methods by up to 12% in accuracy and F1.",
    "In batch integration, scGPT performs better than scVI, as measured by two scores.",
    "Compared with existing methods, scGPT achieves a higher ARI.",
    "scGPT, a transformer for single cells, outperforms existing tools in finding rare cells across tissues.",
    "scGPT generalizes to unseen donors and consistently outperforms five baselines.",
    "scGPT achieves an average accuracy of 0.91, outperforming existing methods such as scVI and Harmony.",
    "The benchmark showed the superiority of scGPT over existing methods.",
    "scGPT outperforms existing methods on both simulated and real data sets.",
    "scGPT outperforms existing methods by modelling zeros explicitly.",
    "scGPT is a powerful and robust approach that outperforms existing methods.",
    "scGPT was outperformed by scVI.",
    "scGPT beats scVI in annotation, batch correction, and the recovery of lineages.",
)
LIMITED = (
    ("a part of the comparators", "scGPT outperforms conventional methods trained solely on images."),
    ("a part of the comparators", "scGPT outperforms existing methods of this kind."),
    ("a method that the subject found", "On this task, scGPT proposes a method that improves over existing methods."),
    ("a part of the subject", "scGPT concepts reach performance comparable to existing methods."),
    ("a condition", "With fewer than 100 labels, scGPT outperforms existing methods."),
    ("a condition", "Using only ten cells, scGPT outperforms existing methods."),
    ("a condition", "In this setting, our model outperforms existing methods, unlike scGPT."),
    ("some of the data", "On simulated data, scGPT outperforms scVI."),
    ("some of the data", "scGPT outperforms scVI on tumours."),
    ("some of the data", "scGPT outperforms scVI on the larger half of the atlases."),
    ("how often", "scGPT usually outperforms scVI."),
    ("how often", "scGPT is the approach that most often outperforms scVI."),
    ("a comparator cut out of a longer name", "scGPT outperformed the average-rank baseline."),
    ("a report of others", "Kim et al. reported that scGPT outperforms scVI."),
    ("one of several", "Among the transformers, scGPT outperforms scBERT."),
    ("some of them", "Some methods, including scGPT and UCE, outperform scVI."),
    ("what follows", "scGPT outperforms scVI, although the gain depends on the tissue."),
    ("one split", "scGPT reaches an accuracy of 0.79 on the unseen-donor split, outperforming scVI."),
    ("one respect", "scGPT reduces batch effects, surpassing existing methods."),
    ("readers disagree", "scGPT is competitive with scVI."),
    ("two directions", "scGPT has a higher recall but lower precision than scVI."),
    ("a part of the data", "scGPT outperforms scVI for human but not for mouse cells."),
    ("a part of the data", "scGPT outperforms scVI for T cells."),
    ("in brackets", "scGPT (zero-shot) outperforms scVI."),
    ("in brackets", "scGPT outperforms scVI (p = 0.4)."),
    ("how surely", "scGPT nominally outperforms scVI."),
    ("when", "scGPT initially outperforms scVI."),
    ("no quality", "scGPT is more sensitive to noise than scVI."),
    ("no quality", "scGPT exceeds scVI in training time."),
    ("taken back", "scGPT outperforms scVI; however, differences were not significant."),
    ("the clause before", "Zero-shot scGPT outperforms Geneformer, but both are outperformed by scVI."),
)


def is_plain(sentence: str) -> bool:
    drafts = [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "comparison"]
    assert drafts
    return all(draft.plain for draft in drafts)


@pytest.mark.parametrize("sentence", PLAIN)
def test_a_comparison_with_nothing_beside_it_is_plain(sentence: str) -> None:
    assert is_plain(sentence)


@pytest.mark.parametrize(("beside", "sentence"), LIMITED)
def test_a_comparison_with_something_unknown_beside_it_is_not(beside: str, sentence: str) -> None:
    assert not is_plain(sentence), beside


@pytest.mark.parametrize(
    "words",
    [
        "overall performance ",
        "data set ",
        "across x ",
        "a and ",
        "A",
        "an average of ",
        "methods like ",
        "unlyly ",
        ", and ",
    ],
)
def test_a_long_row_of_such_words_is_not_tried_in_every_way(words: str) -> None:
    row = words * 60
    for sentence in (f"{row}scGPT outperforms scVI", f"scGPT {row}outperforms scVI", f"scGPT outperforms {row}scVI",
                     f"scGPT outperforms scVI {row}!", f"scGPT outperforms scVI on {row}zzz."):  # fmt: skip
        assert len(read_sentence(sentence, load_vocabulary())) < 9
