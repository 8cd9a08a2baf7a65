from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.evidence.contrast import Contrast, contrast, together
from graph.evidence.family import adjust, benjamini_hochberg
from graph.evidence.interval import Interval, of_replicates
from graph.evidence.outcome import Outcome
from graph.records import Claim

Make = Callable[..., Claim]
TIGHT = 0.0005


def around(mean: float, spread: float = TIGHT) -> Interval:
    interval = of_replicates([mean - spread, mean, mean, mean + spread])
    assert interval is not None
    return interval


@pytest.mark.parametrize(
    ("direction", "polarity", "effect", "answer"),
    [
        (">", "asserted", 0.05, "supports"),
        (">", "asserted", 0.0, "null"),
        (">", "asserted", -0.05, "opposes"),
        ("<", "asserted", -0.05, "supports"),
        ("~", "asserted", 0.01, "supports"),
        ("0", "asserted", -0.05, "opposes"),
        (">", "negated", 0.0, "supports"),
        (">", "negated", -0.05, "supports"),
        (">", "negated", 0.05, "opposes"),
        ("-", "negated", 0.05, "supports"),
        ("0", "negated", 0.05, "supports"),
        ("0", "negated", 0.0, "null"),
        (">", "asserted", 0.02, "open"),
    ],
)
def test_a_difference_answers_a_claim_by_where_it_lies_against_the_margin(
    direction: str, polarity: str, effect: float, answer: str, a_claim: Make
) -> None:
    found = contrast(a_claim(kind="comparison", direction=direction, polarity=polarity), around(effect))
    assert found.answer == answer
    assert (found.p < 0.05) == (answer != "open")


def test_not_behind_needs_only_that_the_loss_stays_within_the_margin(a_claim: Make) -> None:
    wide = around(0.03, spread=0.03)
    assert contrast(a_claim(kind="comparison", direction="<", polarity="negated"), wide).answer == "supports"
    assert contrast(a_claim(kind="comparison", direction=">"), wide).answer == "open"


def test_a_statement_about_several_holds_by_its_weakest_and_falls_by_a_corrected_counter_example() -> None:
    strong, weak = Contrast("supports", around(0.06), 0.001), Contrast("supports", around(0.04), 0.03)
    assert together([strong, weak])[:2] == ("supports", 0.03)
    against = Contrast("null", around(0.0), 0.03)
    assert together([against])[:2] == ("null", 0.03)
    assert together([strong, against])[:2] == ("open", 1.0), "one in two is a chance of 6 %"
    clear = Contrast("opposes", around(-0.05), 0.004)
    assert together([strong, weak, clear])[:2] == ("opposes", pytest.approx(0.012))
    assert together([]) == ("open", 1.0, None)


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg() -> None:
    # the worked example of their paper (1995), section 4.2, up to rounding
    printed = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
               0.6528, 0.7590, 1.0]  # fmt: skip
    adjusted = benjamini_hochberg(printed)
    assert sum(p <= 0.05 for p in adjusted) == 4
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)


@given(st.lists(st.floats(min_value=0, max_value=1), max_size=30), st.randoms())
def test_adjusting_never_lowers_a_p_value_and_does_not_depend_on_the_order(
    values: list[float], rng: random.Random
) -> None:
    adjusted = benjamini_hochberg(values)
    assert all(before <= after <= 1 for before, after in zip(values, adjusted, strict=True))
    order = list(range(len(values)))
    rng.shuffle(order)
    shuffled = benjamini_hochberg([values[place] for place in order])
    assert [adjusted[place] for place in order] == pytest.approx(shuffled)


def one_test(p: float, name: str, **data: Any) -> Outcome:
    outcome = Outcome(basis="experiment", rule="comparison@2", answer="supports", **data)
    outcome.p, outcome.family, outcome.inputs = p, "study one", (name,)
    return outcome


def test_one_of_many_tests_that_succeeds_by_chance_is_left_open() -> None:
    alone = one_test(0.03, "a")
    adjust([alone])
    assert alone.failed == ()
    among = [one_test(0.03, "a"), *(one_test(0.9, str(number)) for number in range(19))]
    for outcome in among[1:]:
        outcome.answer = "open"
    adjust(among)
    assert among[0].failed == ("multiplicity",)
    assert among[0].details["adjusted"]["tests"] == 20
    assert among[0].verdict() == "inconclusive"


def test_the_same_test_made_for_many_papers_and_tests_on_other_studies_are_not_counted() -> None:
    repeated = [one_test(0.03, "a") for _ in range(20)]
    elsewhere = [one_test(0.9, str(number)) for number in range(20)]
    for outcome in elsewhere:
        outcome.family = "study two"
    adjust([*repeated, *elsewhere])
    assert all(outcome.failed == () for outcome in repeated)


def test_the_smallest_detectable_effect_is_detected_four_times_in_five() -> None:
    rng, spread, n = random.Random(3), 0.01, 8
    drawn = [of_replicates([rng.gauss(0, spread) for _ in range(n)]) for _ in range(400)]
    mde = sum(one.mde for one in drawn if one) / len(drawn)
    seen = [of_replicates([rng.gauss(mde, spread) for _ in range(n)]) for _ in range(2_000)]
    share = sum(one.low > 0 for one in seen if one) / len(seen)
    assert share == pytest.approx(0.80, abs=0.05)
