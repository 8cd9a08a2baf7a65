"""One verdict, one shape: the row that every export prints, the sentence that says what decided it, its numbers.

What decides a verdict is known to the rule that reached it, so the rule records it as the last step of the evidence
(``graph.evidence.outcome``), marked by `DECISIVE`. Evidence without such a step, written by hand or by an older
version, is read from its gates.
"""

from __future__ import annotations

from typing import Any

from graph.records import Evidence, Gate

__all__ = [
    "BLOCKING", "DECISIVE", "distinct", "gate_text", "limits", "number", "sentence", "verdict_row", "verdict_text",
    "why",
]  # fmt: skip

DECISIVE = "decisive: "
"""How the step begins that decided a verdict."""
BLOCKING = frozenset({"scope", "held_out", "learned", "headroom", "bracket", "range", "numbers", "same_split"})
"""Gates without which the claim is not tested at all; the others leave the test inconclusive."""


def verdict_row(evidence: Evidence) -> dict[str, Any]:
    """The verdict as plain values, with the same keys in the same order wherever one is printed."""
    return {
        "claim_id": evidence.claim_id,
        "verdict": evidence.verdict,
        "basis": evidence.basis,
        "effect": evidence.effect,
        "ci_low": evidence.ci_low,
        "ci_high": evidence.ci_high,
        "mde": evidence.mde,
        "n": evidence.n,
        "scale_ratio": evidence.scale_ratio,
        "gates": {
            name: {"passed": gate.passed, "value": gate.value, "need": gate.need}
            for name, gate in evidence.gates.items()
        },
        "reasons": list(evidence.reasons),
        "rule": evidence.rule,
        "sentence": sentence(evidence),
    }


def sentence(evidence: Evidence) -> str:
    """One sentence: the verdict, and which number met which threshold and so decided it."""
    scale = ""
    if evidence.verdict.endswith("_at_scale") and evidence.scale_ratio is not None:
        scale = f", at {evidence.scale_ratio:.2g} of the claim's corpus"
    return f"{evidence.verdict.replace('_', ' ').capitalize()}: {why(evidence).rstrip('.')}{scale}."


def why(evidence: Evidence) -> str:
    """What decided a verdict, without the verdict: a number and its threshold, a failed gate, or what is missing."""
    for reason in reversed(evidence.reasons):
        if reason.startswith(DECISIVE):
            return reason.removeprefix(DECISIVE)
    if "numbers" in evidence.failed_gates and evidence.reasons:
        return evidence.reasons[0]
    if evidence.failed_gates:
        first = next((name for name in evidence.failed_gates if name in BLOCKING), evidence.failed_gates[0])
        return gate_text(first, evidence.gates.get(first), failed=evidence.failed_gates)
    return evidence.reasons[-1] if evidence.reasons else "no reason recorded"


def gate_text(name: str, gate: Gate | None, *, measured: str = "", failed: tuple[str, ...] = ()) -> str:
    """A failed gate in words: what was measured and what was needed, and which other gates failed.

    Parameters
    ----------
    name, gate
        The gate; its own value and need are given where ``measured`` does not say more.
    measured
        What was measured and what it missed.
    failed
        All gates that failed.
    """
    if not measured and gate is not None:
        value = "" if gate.value is None else f"measured {gate.value}, "
        measured = f"{value}needed {gate.need}" if gate.need else value.rstrip(", ")
    others = [f"`{other}`" for other in failed if other != name]
    also = f" ({', '.join(others)} failed as well)" if others else ""
    return f"gate `{name}` failed{f': {measured}' if measured else ''}{also}"


def verdict_text(evidence: Evidence) -> str:
    """A verdict in one phrase: what was found, effect with interval, at what scale."""
    text = evidence.verdict.replace("_", " ")
    if evidence.effect is not None:
        text += f", {'value' if _is_score(evidence) else 'effect'} {number(evidence, evidence.effect)}"
        if interval := limits(evidence):
            text += f" ({interval})"
    if evidence.basis == "reanalysis":
        return text + ", by re-analysis of printed numbers"
    if evidence.scale_ratio is not None:
        text += f", at {evidence.scale_ratio:.2g} of the claim's corpus"
    return text


def number(evidence: Evidence, value: float) -> str:
    """A number of this evidence: with its sign where it is a difference, without where it is a score.

    Scores have three decimals; counts, and the differences between them, are whole numbers.
    """
    sign = "" if _is_score(evidence) else "+"
    return f"{value:{sign},.0f}" if _is_count(evidence) else f"{value:{sign}.3f}"


def distinct(value: float, threshold: float, *, sign: str = "+") -> str:
    """A number with three decimals, or as many more as tell its size from that of the threshold it is held against."""
    told_apart = (places for places in range(3, 7) if round(abs(value), places) != round(abs(threshold), places))
    return f"{value:{sign}.{next(told_apart, 3)}f}"


def limits(evidence: Evidence) -> str:
    """The interval of the effect in words, a missing end named; empty where there is no effect.

    Counts have no sampling error: their limits are what rounding leaves.
    """
    if evidence.effect is None:
        return ""
    low = None if evidence.ci_low is None else number(evidence, evidence.ci_low)
    high = None if evidence.ci_high is None else number(evidence, evidence.ci_high)
    if low is None and high is None:
        return "no interval"
    name = "by rounding" if _is_count(evidence) else "95 % interval"
    if low is None:
        return f"{name} at most {high}"
    return f"{name} at least {low}" if high is None else f"{name} {low} to {high}"


def _is_score(evidence: Evidence) -> bool:
    return evidence.rule.startswith("score")


def _is_count(evidence: Evidence) -> bool:
    return evidence.rule.startswith("scale_fact")
