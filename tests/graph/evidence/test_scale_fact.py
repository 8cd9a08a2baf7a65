from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graph.evidence import judge
from graph.records import Claim, Dataset, Model, Result
from graph.vocabulary import load_vocabulary

Make = Callable[..., Claim]


def trained_on(a_claim: Make, value: float, **data: Any) -> Claim:
    return a_claim(
        **{
            "kind": "scale_fact", "subject_ids": ("model:scanvi",), "metric_id": "metric:count", "unit": "cells",
            "task_id": "task:pretraining", "value": value, "regime": None, "corpus_cells": None, **data,
        }
    )  # fmt: skip


def other_paper(a_claim: Make, value: float, **data: Any) -> Claim:
    elsewhere = {"paper_id": "doi:10.1/b", "version_id": "doi:10.1/bv1", "source_url": "https://example.org/b"}
    return trained_on(a_claim, value, **elsewhere, **data)


def verdict(claim: Claim, *others: Claim, results: list[Result] | None = None) -> str:
    (evidence,) = (one for one in judge([claim, *others], results=results or []) if one.claim_id == claim.id)
    return evidence.verdict


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ({"value": 22.2e6, "low": 22.15e6, "high": 22.25e6}, "consistent_with_printed"),
        ({"value": 22.24e6, "low": 22.235e6, "high": 22.245e6}, "consistent_with_printed"),
        ({"value": 22.3e6, "low": 22.25e6, "high": 22.35e6}, "consistent_with_printed"),
        ({"value": 22.33e6, "low": 22.325e6, "high": 22.335e6}, "inconsistent_with_printed"),
        ({"value": 23.4e6, "low": 23.35e6, "high": 23.45e6}, "inconsistent_with_printed"),
        ({"value": 2e7, "low": 1.5e7, "high": 2.5e7}, "inconclusive"),
    ],
)
def test_a_count_is_held_against_another_papers_within_their_rounding(
    theirs: dict[str, float], expected: str, a_claim: Make
) -> None:
    claim = trained_on(a_claim, 22.2e6, low=22.15e6, high=22.25e6)
    assert verdict(claim, other_paper(a_claim, **theirs)) == expected


def test_a_count_is_never_held_against_its_own_work_or_a_paper_that_cites_it(a_claim: Make) -> None:
    claim = trained_on(a_claim, 412)
    journal = trained_on(a_claim, 399, version_id="doi:10.1/avjournal", location="journal")
    citing = other_paper(a_claim, 399, attribution="cited")
    assert verdict(claim, journal, citing) == "not_testable"
    assert verdict(claim, journal, citing, other_paper(a_claim, 399)) == "inconsistent_with_printed"


def test_more_than_a_number_is_borne_out_by_any_larger_count(a_claim: Make) -> None:
    claim = trained_on(a_claim, 33e6, low=33e6)
    assert verdict(claim, other_paper(a_claim, 38e6)) == "consistent_with_printed"
    assert verdict(claim, other_paper(a_claim, 30e6)) == "inconsistent_with_printed"


@pytest.mark.parametrize("change", [{"unit": "parameters"}, {"ablation": "frozen"}, {"task_id": "task:downstream"}])
def test_another_count_of_the_same_model_is_no_test(change: dict[str, str], a_claim: Make) -> None:
    assert verdict(trained_on(a_claim, 100), other_paper(a_claim, 200, **change)) == "not_testable"


def test_a_fact_of_the_vocabulary_tests_a_claim_that_was_read_elsewhere(a_claim: Make) -> None:
    corpus = {"subject_ids": ("dataset:sctab",), "corpus_id": "dataset:sctab"}
    assert verdict(trained_on(a_claim, 22.2e6, low=22.15e6, high=22.25e6, **corpus)) == "consistent_with_printed"
    assert verdict(trained_on(a_claim, 24e6, low=23.5e6, high=24.5e6, **corpus)) == "inconsistent_with_printed"
    counted = load_vocabulary().get("dataset:sctab")
    assert isinstance(counted, Dataset)
    own = counted.sources["cells"]
    assert verdict(trained_on(a_claim, 24e6, source_url=own, **corpus)) == "not_testable"
    before = trained_on(a_claim, 30e6, task_id="task:corpus_design", **corpus)
    assert verdict(before) == "not_testable", "cells that were collected are not those that were trained on"


def test_a_result_by_count_tests_a_claim_and_is_named(a_claim: Make) -> None:
    claim = trained_on(a_claim, 1_000_000)
    counted = Result(
        evaluation="cells", model_id="model:scanvi", dataset_id="dataset:sctab", task_id="task:pretraining",
        metric_id="metric:count", value=1_200_000, source="user",
    )  # fmt: skip
    (evidence,) = judge([claim], results=[counted])
    assert (evidence.verdict, evidence.inputs) == ("inconsistent_with_printed", (counted.id,))
    assert evidence.effect == 200_000
    assert evidence.mde is not None
    assert verdict(claim, results=[counted.model_copy(update={"evaluation": "donors"})]) == "not_testable"


def test_what_is_no_count_stays_untested_with_the_reason(a_claim: Make) -> None:
    share = trained_on(a_claim, 0.95, metric_id="metric:share", unit="fraction")
    (evidence,) = judge([share])
    assert evidence.verdict == "not_testable"
    assert "no count" in evidence.reasons[0]


def test_a_fact_of_the_vocabulary_that_was_read_where_the_claim_was_is_no_other_source(a_claim: Make) -> None:
    subject = {"subject_ids": ("model:geneformer_v1",)}
    model = load_vocabulary().get("model:geneformer_v1")
    assert isinstance(model, Model)
    read_at = model.sources["corpus_cells"]
    assert read_at != model.source_url, "the entry's other facts were read elsewhere"
    repository = "/".join(read_at.split("/")[:5])
    for own in (read_at, repository):
        assert verdict(trained_on(a_claim, 27_406_208, source_url=own, **subject)) == "not_testable"
    elsewhere = trained_on(a_claim, 27_406_208, source_url="https://example.org/repository", **subject)
    assert verdict(elsewhere) == "consistent_with_printed"


@pytest.mark.parametrize("theirs", [102_304_686, 99_000_000])
def test_a_count_that_is_only_about_right_refutes_nothing_near_it(theirs: int, a_claim: Make) -> None:
    about = trained_on(a_claim, 100e6, bound="about")
    assert verdict(about, other_paper(a_claim, theirs)) == "inconclusive"
    assert verdict(trained_on(a_claim, theirs), other_paper(a_claim, 100e6, bound="about")) == "inconclusive"
    assert verdict(about, other_paper(a_claim, 300e6)) == "inconsistent_with_printed"
