"""What a rule finds, before it becomes an Evidence record; and how findings turn into verdicts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from graph.evidence.interval import Interval
from graph.records import Claim, Evidence, Gate, Verdict

DELTA = 0.02
"""Smallest difference of a score that counts, in units of the score (study design, section 4)."""
RELATIVE = 0.05
"""The same for measures that are no fractions: a share of the value they are compared with."""
FULL_SCALE = 0.5
"""From this share of the claim's corpus and model size upwards a run may reproduce or refute it."""

Answer = Literal["supports", "opposes", "null", "rising", "open"]
Basis = Literal["experiment", "reanalysis"]

BLOCKING = frozenset({"scope", "held_out", "learned", "headroom", "bracket", "range", "numbers", "same_split"})
"""Gates without which the claim is not tested at all; the others leave the test inconclusive."""

AT_SCALE: dict[Answer, Verdict] = {
    "supports": "same_direction_at_scale",
    "opposes": "opposite_direction_at_scale",
    "null": "no_effect_at_scale",
    "rising": "rising_at_scale",
    "open": "inconclusive",
}


@dataclass
class Finding:
    """One attempt to judge a claim."""

    basis: Basis
    rule: str
    answer: Answer = "open"
    effect: Interval | None = None
    scale_ratio: float | None = None
    full_scale: bool = False
    gates: dict[str, Gate] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    p: float | None = None
    """How likely the numbers would give this answer if it were false; None where nothing random enters."""
    mde: float | None = None
    """Smallest effect that could have been seen, where it does not come from an interval."""
    family: str = ""
    """Study or source whose numbers it is tested on: claims tested on one source are corrected for each other."""

    def gate(self, name: str, *, passed: bool, value: float | str | None, need: str, who: str = "") -> bool:
        """Record a gate and say whether it holds; named again (for another model), it holds if all of them do."""
        shown: float | str | None = round(value, 4) if isinstance(value, float) else value
        if who:
            shown = f"{who.partition(':')[2] or who}: {shown}"
        before = self.gates.get(name)
        if before is not None:
            shown = f"{before.value}; {shown}"
        holds = passed and (before is None or before.passed)
        self.gates[name] = Gate(passed=holds, value=shown, need=need)
        return holds

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the gates that do not hold."""
        return tuple(name for name, gate in self.gates.items() if not gate.passed)

    def verdict(self) -> Verdict:
        """Verdict: gates first, then the answer at the scale that it was reached."""
        failed = set(self.failed)
        if failed & BLOCKING:
            return "not_testable"
        if failed or self.answer == "open":
            return "inconclusive"
        if not self.full_scale:
            return AT_SCALE[self.answer]
        return "reproduced" if self.answer == "supports" else "not_reproduced"

    def evidence(self, claim: Claim) -> Evidence:
        """Evidence record of this finding."""
        effect = self.effect
        return Evidence(
            claim_id=claim.id,
            basis=self.basis,
            verdict=self.verdict(),
            scale_ratio=_rounded(self.scale_ratio),
            effect=_rounded(effect.mean if effect else None),
            ci_low=_rounded(effect.low if effect else None),
            ci_high=_rounded(effect.high if effect else None),
            mde=_rounded(effect.mde if effect else self.mde),
            n=effect.n if effect else None,
            gates=self.gates,
            failed_gates=self.failed,
            reasons=(*self.reasons, *(_told(name, self.gates[name]) for name in self.failed)),
            details=self.details,
            rule=self.rule,
            inputs=tuple(sorted(set(self.inputs))),
        )


def untested(rule: str, reason: str, *, basis: Basis = "experiment") -> Finding:
    """Finding for a claim on which nothing here bears; the reason says what is missing."""
    finding = Finding(basis=basis, rule=rule, reasons=[reason])
    finding.gate("numbers", passed=False, value="none", need="a run or a published number that bears on the claim")
    return finding


def _told(name: str, gate: Gate) -> str:
    value = "" if gate.value is None else f" (measured: {gate.value})"
    return f"gate {name} not met: needs {gate.need}{value}"


def _rounded(value: float | None) -> float | None:
    """Six decimals: enough for a score, and the same text on every machine."""
    return None if value is None or not math.isfinite(value) else round(value, 6)
