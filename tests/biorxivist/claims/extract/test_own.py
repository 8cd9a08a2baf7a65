"""Whom "our method" means, and that nobody is meant where a paper introduces none or several."""

from __future__ import annotations

import pytest

from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.focus import OUR_CONFIDENCE
from biorxivist.claims.extract.own import own_model
from biorxivist.claims.extract.place import IN_PLACE
from biorxivist.claims.standing import stands
from graph.records import Claim, Model, Passage
from graph.vocabulary import load_vocabulary

NEW = "We present scNova, a network for single-cell RNA data."
SCNOVA = Model(id="model:scnova", name="scNova", role="method", introduced_in="doi:10.1/a", source_url="https://x.org")


def paper(title: str, abstract: str) -> list[Passage]:
    texts = [("title", "", title), ("abstract", "Abstract", abstract)]
    return [
        Passage.model_validate(
            {"paper_id": "doi:10.1/a", "version_id": "doi:10.1/av1", "kind": kind, "section": heading, "text": text,
             "start": 1_000 * place, "end": 1_000 * place + len(text)}
        )
        for place, (kind, heading, text) in enumerate(texts)
    ]  # fmt: skip


def claims(abstract: str, title: str = "A model of cells") -> list[Claim]:
    return list(extract_claims(paper(title, abstract), load_vocabulary().extend([SCNOVA])).claims)


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        ("scNova: a model of cells", "Cells are many.", "scNova"),
        ("A model of cells", "We present scNova, a network that reads ranks.", "scNova"),
        ("ScNova: a model", "We present scNova, a network.", "ScNova"),
        # which of two, or none at all
        ("A model of cells", "We present scNova, a network. We also present NovaNet, a generator.", None),
        ("A model of cells", "We present Lumos, a network, and release NovaNet, its encoder.", None),
        ("A model of cells", "We present a network that reads ranks.", None),
        # a benchmark, a set
        ("Benchmarking models of cells", "We present scNova, a pipeline.", None),
        ("A study of cells", "We present NovaBench, a large-scale benchmark of models.", None),
        ("A study of cells", "We introduce a benchmark called NovaSet.", None),
    ],
)
def test_the_model_of_a_paper_is_the_only_one_that_it_introduces(title: str, abstract: str, name: str | None) -> None:
    assert own_model(paper(title, abstract)) == name


@pytest.mark.parametrize(
    "sentence",
    [
        "Tests show that our method outperforms existing methods.",
        "The proposed model outperforms existing methods.",
        "Tests indicate the superiority of our approach over existing methods.",
        "Across five data sets, the method achieved higher accuracy than existing methods.",
    ],
)
def test_our_method_is_that_model_wherever_it_was_named_last(sentence: str) -> None:
    (claim,) = claims(f"{NEW} Attention tells genes apart. {sentence}")
    assert claim.subject_ids == ("model:scnova",)
    assert claim.inferred == ("subject_ids",)
    assert claim.confidence == pytest.approx(IN_PLACE["comparison", "abstract, plainly"] * OUR_CONFIDENCE)


@pytest.mark.parametrize(
    "sentences",
    [
        # the sentence before speaks of another model
        "scGPT reads ranks. The method outperforms existing methods.",
        # two are introduced
        "We propose NovaNet, a generator. Our method outperforms existing methods.",
        # it is not the method that is spoken of
        "Attention tells genes apart. It outperforms existing methods.",
    ],
)
def test_other_words_are_not_surely_that_model(sentences: str) -> None:
    read = claims(f"{NEW} {sentences}")
    assert not [claim for claim in read if stands(claim) and claim.subject_ids == ("model:scnova",)]
