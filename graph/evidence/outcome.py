"""Outcome of a rule, before it becomes an Evidence record, and how it turns into a verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from graph.evidence.interval import Interval
from graph.evidence.named import NeededTest
from graph.evidence.verdict import BLOCKING, DECISIVE, gate_text
from graph.records import Claim, Evidence, Gate, Verdict

RELATIVE = 0.05
"""Smallest difference of a measure that is no fraction, as a part of the value that it is compared with."""

Answer = Literal["supports", "opposes", "null", "rising", "open"]
Basis = Literal["experiment", "reanalysis"]

AT_SCALE: dict[Answer, Verdict] = {
    "supports": "same_direction_at_scale",
    "opposes": "opposite_direction_at_scale",
    "null": "no_effect_at_scale",
    "rising": "rising_at_scale",
    "open": "inconclusive",
}


@dataclass
class Outcome:
    """One attempt to judge a claim."""

    basis: Basis
    rule: str
    answer: Answer = "open"
    effect: Interval | None = None
    scale_ratio: float | None = None
    full_scale: bool = False
    gates: dict[str, Gate] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    decisive: str = ""
    """Which number met which threshold, where all gates hold."""
    missed: dict[str, list[str]] = field(default_factory=dict)
    """Gate -> what each of those that failed measured, and what it missed."""
    details: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    p: float | None = None
    """How likely the numbers would give this answer if it were false; None where nothing random enters."""
    mde: float | None = None
    """Smallest effect that could have been seen, where it does not come from an interval."""
    family: str = ""
    """Study or source whose numbers it is tested on: claims tested on one source are corrected for each other."""
    needed_tests: list[NeededTest] = field(default_factory=list)
    """Contrasts that an experiment turns on, as its study would have to name them."""
    named_tests: int = 0
    """Contrasts that its study named before it ran; 0 where nothing was named, so that the family counts instead."""

    def gate(
        self, name: str, *, passed: bool, value: float | str | None, need: str, who: str = "", missed: str = ""
    ) -> bool:
        """Record a gate and say whether it holds; named again (for another model), it holds if all of them do.

        Parameters
        ----------
        name
            The gate.
        passed
            Whether it holds.
        value, need
            What was measured, and what is needed.
        who
            Model or pair of models, for a gate that each has to pass.
        missed
            For the sentence that explains a failure: the number that was measured and the threshold that it missed.
        """
        if not passed and missed:
            self.missed.setdefault(name, []).append(missed)
        shown: float | str | None = round(value, 4) if isinstance(value, float) else value
        if who:
            shown = f"{who}: {shown}"
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
        if self.basis == "reanalysis":  # numbers that were printed are read again, and nothing was run again
            return "consistent_with_printed" if self.answer == "supports" else "inconsistent_with_printed"
        if not self.full_scale:
            return AT_SCALE[self.answer]
        return "reproduced" if self.answer == "supports" else "not_reproduced"

    def evidence(self, claim: Claim, *, names: Callable[[str], str] = str) -> Evidence:
        """Evidence record of this outcome.

        Parameters
        ----------
        claim
            The claim that was judged.
        names
            Replaces ids by names, in the step that people read first.
        """
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
            n=(effect.n or None) if effect else None,
            gates=self.gates,
            failed_gates=self.failed,
            reasons=(*self.reasons, *self._steps(names)),
            details=self.details,
            rule=self.rule,
            inputs=tuple(sorted(set(self.inputs))),
        )

    def _steps(self, names: Callable[[str], str]) -> Iterator[str]:
        """Last steps: the gates that failed, and what decided."""
        for name in self.failed:
            gate = self.gates[name]
            measured = "" if gate.value is None else f" (measured: {gate.value})"
            yield f"gate {name} not met: needs {gate.need}{measured}"
        # a claim that no number bears on has its reason as its only step
        if "numbers" not in self.failed and (decisive := self._decisive()):
            yield DECISIVE + names(decisive)

    def _decisive(self) -> str:
        failed = self.failed
        if not failed:
            return self.decisive
        first = next((name for name in failed if name in BLOCKING), failed[0])
        return gate_text(first, self.gates[first], measured=_some(self.missed.get(first, [])), failed=failed)


def untested(rule: str, reason: str, *, basis: Basis = "experiment") -> Outcome:
    """Outcome for a claim on which nothing here bears; the reason says what is missing."""
    outcome = Outcome(basis=basis, rule=rule, reasons=[reason])
    outcome.gate("numbers", passed=False, value="none", need="a run or a published number that bears on the claim")
    return outcome


def _some(texts: list[str]) -> str:
    """The first two of several; the gate itself holds them all."""
    return "; ".join(texts[:2]) + (f"; and {len(texts) - 2} more" if len(texts) > 2 else "")


def _rounded(value: float | None) -> float | None:
    """Six decimals: enough for a score, and the same text on every machine."""
    return None if value is None or not math.isfinite(value) else round(value, 6)
