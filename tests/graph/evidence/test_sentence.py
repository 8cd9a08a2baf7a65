"""Every rule says which number met which threshold, or which one it missed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.evidence import judge
from graph.evidence.contrast import contrast
from graph.evidence.family import adjust
from graph.evidence.interval import of_replicates
from graph.evidence.outcome import Outcome
from graph.evidence.verdict import DECISIVE, distinct, sentence, why
from graph.records import Claim, Model, Result, SaturationPoint
from graph.vocabulary import load_vocabulary

Make = Callable[..., Claim]
Planted = Callable[..., dict[str, list[Any]]]
MASKED = "model:ours_masked"


def printed(value: float, model: str, **data: Any) -> Result:
    return Result.model_validate(
        {
            "paper_id": "doi:10.1/b", "evaluation": "printed", "model_id": model, "dataset_id": "dataset:ms",
            "task_id": "task:cell_type_classification", "metric_id": "metric:accuracy", "value": value,
            "source": "published", "regime": "fine_tuned", "location": "table 1", **data,
        }
    )  # fmt: skip


def beats(a_claim: Make, direction: str = ">", **data: Any) -> Claim:
    return a_claim(
        kind="comparison", direction=direction, subject_ids=("model:scgpt",), comparator_ids=("model:scbert",),
        dataset_id="dataset:ms", metric_id="metric:accuracy", regime="fine_tuned", **data,
    )  # fmt: skip


def sides(value: float, spread: float) -> list[Result]:
    """A printed difference: scGPT ahead of scBERT by ``value``, with a spread of the first."""
    ahead = printed(0.5 + value, "model:scgpt", low=0.5 + value - spread, high=0.5 + value + spread, n=1000)
    return [ahead, printed(0.5, "model:scbert", low=0.4999, high=0.5001, n=1000)]


@pytest.mark.parametrize(
    ("value", "spread", "said"),
    [
        (0.047, 0.044, "Inconclusive: the 95 % interval of scGPT minus scBERT (Accuracy on Multiple sclerosis "
         "(scGPT split)), +0.003 to +0.091, spans +0.020, the smallest difference that counts."),
        (0.0, 0.05, "spans -0.020 and +0.020, the smallest differences that count."),
        (0.1, 0.03, "+0.070 to +0.130, lies above +0.020."),
        (-0.1, 0.03, "-0.130 to -0.070, lies below -0.020."),
        (0.0, 0.01, "Inconsistent with printed: the 90 % interval of scGPT minus scBERT (Accuracy on Multiple sclerosis "  # noqa: E501
         "(scGPT split)), -0.008 to +0.008, lies between -0.020 and +0.020."),
    ],
)  # fmt: skip
def test_a_comparison_names_its_interval_and_the_margin(value: float, spread: float, said: str, a_claim: Make) -> None:
    (evidence,) = judge([beats(a_claim)], results=sides(value, spread))
    assert said in sentence(evidence)
    assert evidence.reasons[-1] == DECISIVE + why(evidence)


def test_a_denial_is_decided_by_a_one_sided_limit(a_claim: Make) -> None:
    (evidence,) = judge([beats(a_claim, "<", polarity="negated")], results=sides(0.03, 0.045))
    assert re.search(r"the one-sided 95 % limit of .*, -0\.008, lies above -0\.020\.$", sentence(evidence))


def test_a_difference_without_a_spread_names_how_many_have_one(a_claim: Make) -> None:
    bare = [printed(0.7, "model:scgpt"), printed(0.5, "model:scbert")]
    (evidence,) = judge([beats(a_claim)], results=bare)
    assert sentence(evidence) == (
        "Inconclusive: gate `interval` failed: a spread is printed for 0 of 1 differences, and each needs an interval."
    )


def test_sets_that_a_pca_solves_name_its_score(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    claim = a_claim(kind="saturation", direction="plateau", subject_ids=("model:geneformer",), fraction=0.25)
    (evidence,) = judge([claim], **planted({MASKED: plateau_at(1_000)}, pca=0.98))
    assert sentence(evidence).startswith("Not testable: gate `headroom` failed: PCA scores 0.980 or more on every")
    assert "below 0.97" in sentence(evidence)


def test_a_plateau_names_the_most_that_is_lost_and_the_scale(planted: Planted, a_claim: Make, plateau_at: Make) -> None:
    claim = a_claim(kind="saturation", direction="plateau", subject_ids=("model:geneformer",), fraction=0.25)
    (evidence,) = judge([claim], **planted({MASKED: plateau_at(1_000)}))
    assert re.fullmatch(
        r"Same direction at scale: the loss of Our masked autoencoder with 3,162 of 20,000 cells is at most "
        r"[+-]0\.0\d\d \(one-sided 95 % limit\), less than 0\.020, at 0\.0009 of the claim's corpus\.",
        sentence(evidence),
    )


def test_one_of_many_tests_names_its_adjusted_p_value(a_claim: Make) -> None:
    outcomes = [Outcome(basis="experiment", rule="comparison@2", family="study one", p=p) for p in (0.03, *[0.9] * 19)]
    outcomes[0].answer, outcomes[0].decisive = "supports", "the interval lies above the margin"
    for name, outcome in enumerate(outcomes):
        outcome.inputs = (f"result:{name}",)
    adjust(outcomes)
    assert sentence(outcomes[0].evidence(beats(a_claim))) == (
        "Inconclusive: gate `multiplicity` failed: the p-value adjusted for 20 tests on study one is 0.6, above 0.05."
    )


def test_printed_points_are_counted_against_the_needed_fraction(a_claim: Make) -> None:
    scope = {"task_id": "task:cell_type_classification", "metric_id": "metric:micro_f1", "regime": "zero_shot"}
    points = [
        SaturationPoint.model_validate(
            {
                "paper_id": "doi:10.1/a", "evaluation": "zeroshot", "model_id": "model:scvi", "dataset_id": name,
                "sampling": "random", "fraction": fraction, "rule": "paper_any_run@1", "threshold": 0.95,
                "source": "published", "location": "figure 1", **scope,
            }
        )
        for name, fraction in (("dataset:placenta", 0.01), ("dataset:intestine", 0.5))
    ]  # fmt: skip
    claim = a_claim(kind="saturation", direction="plateau", subject_ids=("model:scvi",), fraction=0.25, **scope)
    assert sentence(judge([claim], points=points)[0]) == (
        "Inconsistent with printed: 50% of 2 printed saturation points lie at or below 25% of the corpus, "
        "fewer than the 100% that have to."
    )


def test_a_count_names_what_rounding_leaves(a_claim: Make) -> None:
    subject = load_vocabulary().get("model:scgpt")
    assert isinstance(subject, Model)
    claim = a_claim(
        kind="scale_fact", subject_ids=("model:scgpt",), task_id="task:pretraining", metric_id="metric:count",
        unit="cells", value=33e6, low=32.5e6, high=33.5e6, regime=None, corpus_cells=None,
    )  # fmt: skip
    text = sentence(judge([claim])[0])
    assert "32,500,000 to 33,500,000 cells are claimed" in text
    assert re.search(r"rounding lets the two differ by \d\.\d%, and 5% is allowed\.$", text)
    assert "000.000" not in text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0204, "+0.0204"), (0.01996, "+0.01996"), (0.1, "+0.100"), (-0.02, "-0.020")]
)
def test_a_number_close_to_its_threshold_has_the_decimals_that_tell_them_apart(value: float, text: str) -> None:
    assert distinct(value, 0.02) == text


@given(st.floats(-0.1, 0.1), st.floats(0.0001, 0.05), st.sampled_from(["<", ">", "~", "+", "-", "0"]), st.booleans())
def test_every_contrast_has_a_text_and_an_open_one_spans_what_it_names(
    mean: float, spread: float, direction: str, denied: bool
) -> None:
    claim = Claim.model_validate(
        {
            "paper_id": "doi:10.1/a", "version_id": "doi:10.1/av1", "source_url": "https://example.org",
            "location": "abstract", "statement": "s", "kind": "comparison", "direction": direction,
            "polarity": "negated" if denied else "asserted",
        }
    )  # fmt: skip
    interval = of_replicates([mean - spread, mean, mean + spread])
    assert interval is not None
    made = contrast(claim, interval)
    assert made.text
    if made.answer == "open":
        named = [float(end) for end in re.findall(r"[+-]0\.020\b", made.text.partition("spans")[2])]
        assert named
        assert all(interval.low <= end <= interval.high for end in named)
