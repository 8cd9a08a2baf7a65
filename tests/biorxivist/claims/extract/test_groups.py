"""Which entry of the vocabulary the words for several models mean, and which are a kind that none means."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.groups import find_groups, resolve_model
from graph.vocabulary import load_vocabulary

PRIOR, BASELINES = "model:prior_methods", "model:baselines"


@pytest.mark.parametrize(
    ("sentence", "words", "entry"),
    [
        ("CellNova beats seven representative methods.", "representative methods", PRIOR),
        ("CellNova beats existing peers.", "existing peers", PRIOR),
        ("CellNova beats its competitors.", "competitors", PRIOR),
        ("CellNova beats past state-of-the-art (SOTA) methods.", "past state-of-the-art (SOTA) methods", PRIOR),
        ("CellNova beats all popular clustering tools.", "popular clustering tools", PRIOR),
        (
            "CellNova beats state-of-the-art clustering and annotation methods.",
            "state-of-the-art clustering and annotation methods",
            PRIOR,
        ),
        ("CellNova beats other single-cell integration methods.", "other single-cell integration methods", PRIOR),
        ("CellNova beats domain-specific baselines.", "domain-specific baselines", BASELINES),
        ("CellNova beats standard VAE baselines.", "standard VAE baselines", BASELINES),
        # a kind of methods is not all of them
        ("CellNova beats existing deep learning methods.", "existing deep learning methods", None),
        ("CellNova beats traditional statistical methods.", "traditional statistical methods", None),
        ("CellNova beats popular GNN-based models.", "popular GNN-based models", None),
        ("CellNova beats diffusion-based methods.", "diffusion-based methods", None),
        ("CellNova beats other LLM-based annotation pipelines.", "other LLM-based annotation pipelines", None),
    ],
)
def test_a_group_keeps_its_words_and_means_an_entry_only_if_it_fits(
    sentence: str, words: str, entry: str | None
) -> None:
    assert words in {mention.text for mention in find_groups(sentence)}
    assert resolve_model(words, load_vocabulary()) == entry
