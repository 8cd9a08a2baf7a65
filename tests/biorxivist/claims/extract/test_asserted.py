"""Sentences of our own that were written to be misread: nothing is asserted surely but what was expected beforehand.

``says`` has to be read, ``may`` may be; what is held for review does not count. What a model was made into stands there
under its full name.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from biorxivist.claims.extract.doubt import DOUBTFUL
from biorxivist.claims.extract.draft import Draft
from biorxivist.claims.extract.extract import extract_claims
from biorxivist.claims.extract.groups import resolve_model
from biorxivist.claims.extract.read import read_sentence
from graph.records import Passage
from graph.vocabulary import load_vocabulary

FILE = Path(__file__).parent / "sentences" / "asserted.jsonl"
ENTRIES: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
ABOUT = {about: list(entries) for about, entries in groupby(ENTRIES, key=lambda entry: str(entry["about"]))}


@pytest.mark.parametrize("about", ABOUT)
def test_nothing_is_asserted_but_what_a_sentence_says(about: str) -> None:
    misread = {}
    for entry in ABOUT[about]:
        drafts = read_sentence(entry["sentence"], load_vocabulary())
        asserted = {_in_short(draft) for draft in drafts if draft.confidence > DOUBTFUL}
        says, may = set(entry["says"]), set(entry.get("may", ()))
        if not says <= asserted <= says | may:
            misread[entry["sentence"]] = asserted
    assert misread == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "Cancer-tuned Geneformer outperformed scVI.",
        "The quantised version of Geneformer matched scVI.",
        "An ensemble of scGPT and UCE outperformed scVI.",
        "scGPT without pre-training outperforms scVI.",
        "A linear model using scFoundation embeddings outperforms scVI.",
    ],
)
def test_what_is_made_of_a_model_makes_no_claim_on_the_model(sentence: str) -> None:
    read = extract_claims([_passage(sentence)], load_vocabulary())
    assert read.claims == ()
    (name,) = read.unknown_names
    assert resolve_model(name, load_vocabulary()) is None


@pytest.mark.parametrize("sentence", ["Fine-tuned scGPT outperformed scVI.", "scGPT embeddings outperformed scVI."])
def test_a_state_that_a_claim_has_a_field_for_leaves_a_model_what_it_is(sentence: str) -> None:
    (claim,) = extract_claims([_passage(sentence)], load_vocabulary()).claims
    assert claim.subject_ids == ("model:scgpt",)


def test_one_of_several_tasks_keeps_its_metric_to_itself_and_pretraining_is_no_task() -> None:
    sentence = (
        "Large-scale pre-training lets scTab excel, with fewer errors in batch integration, 20 % higher accuracy in "
        "cell type annotation and gains in gene imputation, outperforming CellTypist."
    )
    drafts = [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "comparison"]
    assert {draft.metric for draft in drafts} == {None}
    assert {draft.task for draft in drafts} == {"batch integration", "cell type annotation", "gene imputation"}


def _in_short(draft: Draft) -> str:
    subject = draft.subject or "-"
    if draft.kind == "comparison":
        return f"{subject} {'!' if draft.polarity == 'negated' else ''}{draft.direction} {draft.comparator}"
    value = draft.value if draft.value is not None else draft.low
    return f"{subject} #{value:g}" if draft.kind == "scale_fact" else f"{subject} {value}"


def _passage(text: str) -> Passage:
    return Passage(
        id="p1", paper_id="doi:10.1101/x", version_id="doi:10.1101/xv1", kind="abstract", section="Abstract", text=text
    )


@pytest.mark.parametrize(
    ("sentence", "tasks"),
    [
        (
            "scTab improves trajectory inference compared to other methods, including Linear Discriminant Analysis.",
            {"trajectory inference"},
        ),
        ("scTab joins cells and perturbation information, outperforming strong baselines in four uses.", {None}),
        ("Foundation models do not outperform linear baselines or even trivial mean predictions.", {None}),
        ("scTab outperforms existing methods in false discovery rate control.", {None}),
        ("Compared to existing methods, scTab achieves superior accuracy and effective batch correction.", {None}),
        ("scTab outperforms existing methods in cell typing resulting in better batch correction.", {"cell typing"}),
        ("scTab beats every baseline (p < 0.01 in all pairwise comparisons after Bonferroni correction).", {None}),
        ("scTab outperforms existing methods in annotation and batch correction.", {"annotation", "batch correction"}),
    ],
)
def test_a_comparison_has_the_tasks_that_hang_on_it(sentence: str, tasks: set[str | None]) -> None:
    drafts = [draft for draft in read_sentence(sentence, load_vocabulary()) if draft.kind == "comparison"]
    assert {draft.task for draft in drafts} == tasks


@pytest.mark.parametrize(
    ("sentence", "metrics"),
    [
        ("scTab surpasses existing methods, including its scalability to other species.", {None}),
        ("scTab improved mass-ratio correlation over the baseline.", {"mass-ratio correlation"}),
        ("scTab outperforms existing methods in both integration quality and runtime.", {None}),
        ("scTab reaches ARI accuracies of 0.63.", {"ARI"}),
        ("scTab shows superior sensitivity (88%).", {"sensitivity"}),
        ("scTab attains an average Harrell's C-index of 0.78.", {"C-index"}),
        ("scTab beats most methods on Genomics of Drug Sensitivity in Cancer.", {None}),
    ],
)
def test_a_draft_has_the_metric_that_it_is_measured_by(sentence: str, metrics: set[str | None]) -> None:
    drafts = read_sentence(sentence, load_vocabulary())
    assert drafts
    assert {draft.metric for draft in drafts} == metrics
