from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.evidence import judge
from graph.evidence.verdict import sentence
from graph.records import Claim
from tests.graph.evidence.test_reanalysis import SETS, at_most, beats, point, printed

Make = Callable[..., Claim]


@pytest.mark.parametrize("fraction", [0.25, 0.001])
def test_a_share_that_a_reader_concluded_leaves_the_claim_open_whatever_the_points_say(
    a_claim: Make, fraction: float
) -> None:
    points = [point(0.01, name) for name in SETS]
    said, concluded = (
        judge([at_most(a_claim, fraction, inferred=inferred)], points=points)[0] for inferred in ((), ("fraction",))
    )
    assert said.verdict in ("consistent_with_printed", "inconsistent_with_printed")
    assert concluded.verdict == "inconclusive"
    assert concluded.failed_gates == ("stated",)
    assert "the source does not say the share of the corpus" in sentence(concluded)
    assert concluded.inputs == said.inputs


def test_a_direction_that_a_reader_concluded_leaves_a_comparison_open(a_claim: Make) -> None:
    scores = [printed(0.9, model="model:logistic_regression", status="as_printed"), printed(0.7)]
    (evidence,) = judge([beats(a_claim, ">", inferred=("direction",))], results=scores)
    assert "stated" in evidence.failed_gates


def test_a_scope_that_a_reader_concluded_is_named_among_the_steps_and_decides_nothing(a_claim: Make) -> None:
    points = [point(0.01, name) for name in SETS]
    claim = at_most(a_claim, 0.25, inferred=("subject_ids", "metric_id", "corpus_id"))
    (evidence,) = judge([claim], points=points)
    assert evidence.verdict == "consistent_with_printed"
    # the claim names no corpus, so there is none that could have been inferred
    assert "inferred, not said by the source: models and metric" in evidence.reasons
    assert "stated" not in evidence.gates


def test_nothing_is_said_of_what_a_claim_lists_as_inferred_where_no_number_bears_on_it(a_claim: Make) -> None:
    (evidence,) = judge([at_most(a_claim, 0.25, inferred=("fraction", "subject_ids"))])
    assert evidence.failed_gates == ("numbers",)
    assert evidence.verdict == "not_testable"
