"""What results say about a claim."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from graph.records.base import Record

__all__ = ["Evidence", "Gate", "Verdict"]

Verdict = Literal[
    "reproduced",
    "not_reproduced",
    "same_direction_at_scale",
    "opposite_direction_at_scale",
    "no_effect_at_scale",
    "rising_at_scale",
    "consistent_with_printed",
    "inconsistent_with_printed",
    "inconclusive",
    "not_testable",
]


class Gate(BaseModel):
    """One condition that a verdict had to meet."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    passed: bool
    """Whether the condition holds."""
    value: float | str | None = None
    """What was measured."""
    need: str = ""
    """What was needed, in words."""


class Evidence(Record):
    """What results say about a claim: a verdict, the scale that it was reached at, and every step to it."""

    prefix: ClassVar[str] = "evidence"
    identity: ClassVar[tuple[str, ...]] = ("claim_id", "basis", "rule", "inputs")

    claim_id: str
    """The claim that is judged."""
    basis: Literal["experiment", "reanalysis"]
    """New runs, or a new look at published numbers."""
    verdict: Verdict
    """What was found."""
    scale_ratio: float | None = None
    """Our corpus divided by the claim's, in cells; 1 for a re-analysis."""
    effect: float | None = None
    """The effect that was measured, in the metric's unit."""
    ci_low: float | None = None
    """Lower 95 % limit of the effect."""
    ci_high: float | None = None
    """Upper 95 % limit."""
    mde: float | None = None
    """Smallest effect that these data could have shown (80 % power, 5 % level)."""
    n: int | None = None
    """Paired observations or numbers behind the effect."""
    gates: dict[str, Gate] = Field(default_factory=dict)
    """Condition -> whether it holds, with the value."""
    failed_gates: tuple[str, ...] = ()
    """Names of the conditions that do not hold."""
    reasons: tuple[str, ...] = ()
    """The verdict in words, step by step; the step marked ``decisive`` says which number met which threshold."""
    details: dict[str, Any] = Field(default_factory=dict)
    """Everything that stands beside the verdict: cells, genes, studies, parameters, seeds, baselines, budget arms."""
    rule: str
    """name@version of the rule."""
    inputs: tuple[str, ...] = ()
    """Ids of the results and saturation points that were used."""
