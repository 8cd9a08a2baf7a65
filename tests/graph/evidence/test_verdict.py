"""The one shape of a verdict, and the sentence that says what decided it."""

from __future__ import annotations

import pytest

from graph.evidence import explain
from graph.evidence.verdict import limits, number, sentence, verdict_row, verdict_text, why
from graph.records import Evidence, Gate

KEYS = [
    "claim_id", "verdict", "basis", "effect", "ci_low", "ci_high", "mde", "n", "scale_ratio", "gates", "reasons",
    "rule", "sentence",
]  # fmt: skip


def evidence(**fields: object) -> Evidence:
    base = {"claim_id": "claim:1", "basis": "experiment", "verdict": "inconclusive", "rule": "comparison@2"}
    return Evidence.model_validate({**base, **fields})


def test_a_verdict_is_one_row_of_plain_values_with_keys_in_a_fixed_order() -> None:
    gate = Gate(passed=False, value="0 of 2 pairs", need="pairs with headroom")
    row = verdict_row(evidence(gates={"headroom": gate}, failed_gates=("headroom",), reasons=("first", "second")))
    assert list(row) == KEYS
    assert row["gates"] == {"headroom": {"passed": False, "value": "0 of 2 pairs", "need": "pairs with headroom"}}
    assert row["reasons"] == ["first", "second"]
    assert row["sentence"] == sentence(evidence(gates={"headroom": gate}, failed_gates=("headroom",)))


def test_the_decisive_step_is_the_sentence_wherever_it_stands() -> None:
    said = evidence(reasons=("a step", "decisive: the interval lies below 0.02", "another step"))
    assert why(said) == "the interval lies below 0.02"
    assert sentence(said) == "Inconclusive: the interval lies below 0.02."


def test_without_a_decisive_step_a_gate_that_bars_the_test_is_named_before_the_others() -> None:
    gates = {
        "precision": Gate(passed=False, value=0.03, need="at most 0.02"),
        "range": Gate(passed=False, value="ours ends at 10 cells", need="sizes from 100 cells on"),
    }
    told = sentence(evidence(verdict="not_testable", gates=gates, failed_gates=("precision", "range")))
    assert told == (
        "Not testable: gate `range` failed: measured ours ends at 10 cells, needed sizes from 100 cells on "
        "(`precision` failed as well)."
    )


def test_a_claim_on_which_nothing_bears_says_what_is_missing() -> None:
    gates = {"numbers": Gate(passed=False, value="none", need="a run")}
    said = evidence(verdict="not_testable", gates=gates, failed_gates=("numbers",), reasons=("no run", "gate numbers"))
    assert sentence(said) == "Not testable: no run."


def test_a_verdict_at_scale_says_at_which() -> None:
    said = evidence(verdict="no_effect_at_scale", scale_ratio=0.00069, reasons=("decisive: inside the margin",))
    assert sentence(said) == "No effect at scale: inside the margin, at 0.00069 of the claim's corpus."


@pytest.mark.parametrize(
    ("rule", "text"), [("comparison@2", "+0.125"), ("score@2", "0.125"), ("scale_fact@2", "+0")]
)  # fmt: skip
def test_differences_have_a_sign_scores_none_and_counts_no_decimals(rule: str, text: str) -> None:
    assert number(evidence(rule=rule), 0.125) == text


def test_limits_of_a_count_are_those_of_rounding() -> None:
    said = evidence(rule="scale_fact@2", verdict="reproduced", effect=0.0, ci_low=-1e6, ci_high=1e6)
    assert verdict_text(said).startswith("reproduced, effect +0 (by rounding -1,000,000 to +1,000,000)")


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, "no interval"),
        (None, 0.5, "95 % interval at most +0.500"),
        (0.1, None, "95 % interval at least +0.100"),
        (0.1, 0.5, "95 % interval +0.100 to +0.500"),
    ],
)
def test_an_open_end_of_an_interval_is_said_in_words(low: float | None, high: float | None, text: str) -> None:
    said = evidence(effect=0.3, ci_low=low, ci_high=high, n=1)
    assert limits(said) == text
    assert text in explain(said)
