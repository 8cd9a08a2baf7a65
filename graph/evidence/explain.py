"""A verdict in words: every input, number, gate and step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.records import Evidence

MEANING = {
    "reproduced": "the numbers bear the claim out, at full scale or by re-analysis",
    "not_reproduced": "the numbers speak against the claim, at full scale or by re-analysis",
    "same_direction_at_scale": "at the scale of our runs the effect has the claimed direction",
    "opposite_direction_at_scale": "at the scale of our runs the effect has the opposite direction",
    "no_effect_at_scale": "at the scale of our runs there is no effect larger than the margin",
    "rising_at_scale": "at the scale of our runs the score is still rising at the whole corpus",
    "inconclusive": "tested, but a gate failed or the interval is too wide to tell",
    "not_testable": "nothing here can test it",
}


def explain(evidence: Evidence) -> str:
    """List the verdict, its meaning, effect and interval, gates, steps, circumstances and inputs, as plain text."""
    return "\n".join(_lines(evidence))


def _lines(evidence: Evidence) -> Iterator[str]:
    yield f"{evidence.verdict}: {MEANING[evidence.verdict]}"
    yield f"claim {evidence.claim_id}, by {evidence.basis}, rule {evidence.rule}, evidence {evidence.id}"
    if evidence.scale_ratio is not None:
        yield f"scale: our corpus is {evidence.scale_ratio:.2g} of the claim's"
    if evidence.effect is not None:
        limits = (
            f", 95 % interval {evidence.ci_low:+.4f} to {evidence.ci_high:+.4f}" if evidence.ci_low is not None else ""
        )
        seen = f", smallest effect that could have been seen {evidence.mde:.4f}" if evidence.mde is not None else ""
        yield f"effect: {evidence.effect:+.4f}{limits}{seen}, n = {evidence.n}"
    elif evidence.mde is not None:
        yield f"smallest effect that could have been seen: {evidence.mde:.4f}"
    yield "gates:" if evidence.gates else "gates: none"
    for name, gate in evidence.gates.items():
        measured = "" if gate.value is None else f"; measured: {gate.value}"
        yield f"  {'passed' if gate.passed else 'FAILED'}  {name}: needs {gate.need}{measured}"
    yield "steps:"
    for number, reason in enumerate(evidence.reasons, 1):
        yield f"  {number}. {reason}"
    if evidence.details:
        yield "circumstances:"
        yield from _nested(evidence.details, "  ")
    yield f"inputs: {len(evidence.inputs)} records"
    for source in evidence.inputs:
        yield f"  {source}"


def _nested(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _nested(value, indent + "  ")
        elif isinstance(value, list | tuple):
            yield f"{indent}{name}: {'; '.join(map(str, value)) or 'none'}"
        else:
            yield f"{indent}{name}: {'unknown' if value is None else value}"
