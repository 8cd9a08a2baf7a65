"""A verdict in full: the sentence that decided it, then every number, gate, step, circumstance and input."""

from __future__ import annotations

from collections.abc import Iterator

from graph.evidence.circumstances import circumstance_lines
from graph.evidence.verdict import limits, number, sentence
from graph.records import Evidence

MEANING = {
    "reproduced": "new runs bear the claim out, from half of its corpus and model size upwards",
    "not_reproduced": "new runs speak against the claim, from half of its corpus and model size upwards",
    "same_direction_at_scale": "at the scale of our runs the effect has the claimed direction",
    "opposite_direction_at_scale": "at the scale of our runs the effect has the opposite direction",
    "no_effect_at_scale": "at the scale of our runs there is no effect larger than the margin",
    "rising_at_scale": "at the scale of our runs the score is still rising at the whole corpus",
    "consistent_with_printed": "printed numbers, read again, bear the claim out; nothing was run again",
    "inconsistent_with_printed": "printed numbers, read again, speak against the claim; nothing was run again",
    "inconclusive": "tested, and not decided",
    "not_testable": "nothing here can test it",
}
SHOWN_INPUTS = 10
"""A verdict may rest on a thousand numbers; the record holds the ids of all of them."""


def explain(evidence: Evidence) -> str:
    """Verdict as plain text: what decided it, its meaning, effect, gates, steps, circumstances and first inputs."""
    return "\n".join(_lines(evidence))


def _runs(number: int | None) -> str:
    if number is None:
        return "of a number of runs that is not printed"
    return f"n = {number} run{'s' if number > 1 else ''}"


def _lines(evidence: Evidence) -> Iterator[str]:
    yield sentence(evidence)
    yield f"{evidence.verdict} means: {MEANING[evidence.verdict]}"
    yield f"{evidence.claim_id}, by {evidence.basis}, rule {evidence.rule}, {evidence.id}"
    if evidence.basis == "reanalysis":
        yield "scale: the claim's own, by printed numbers"
    elif evidence.scale_ratio is not None:
        yield f"scale: our corpus is {evidence.scale_ratio:.2g} of the claim's"
    if evidence.effect is not None:
        seen = "" if evidence.mde is None else f", {_smallest(evidence, evidence.mde)}"
        yield f"effect: {number(evidence, evidence.effect)}, {limits(evidence)}{seen}, {_runs(evidence.n)}"
    elif evidence.mde is not None:
        yield _smallest(evidence, evidence.mde)
    yield "gates:" if evidence.gates else "gates: none"
    for name, gate in evidence.gates.items():
        measured = "" if gate.value is None else f"; measured: {gate.value}"
        yield f"  {'passed' if gate.passed else 'FAILED'}  {name}: needs {gate.need}{measured}"
    yield "steps:"
    for step, reason in enumerate(evidence.reasons, 1):
        yield f"  {step}. {reason}"
    if evidence.details:
        yield "circumstances:"
        yield from circumstance_lines(evidence.details)
    yield f"inputs: {len(evidence.inputs)} records"
    for source in evidence.inputs[:SHOWN_INPUTS]:
        yield f"  {source}"
    if len(evidence.inputs) > SHOWN_INPUTS:
        yield f"  and {len(evidence.inputs) - SHOWN_INPUTS:,} more, in --json"


def _smallest(evidence: Evidence, size: float) -> str:
    """The smallest effect that could have been seen: a size, so without a sign."""
    return f"smallest effect that could have been seen: {number(evidence, size).removeprefix('+')}"
