"""Claim against results: a verdict that says at what scale it was reached, and every step to it.

The rules and gates are those of the study design: an effect without an interval is no result, a failed gate is
named, and below half of the claim's corpus or model size a verdict says so in its name. Results on simulated cells,
and runs that train and evaluate on one set, never make Evidence.
"""

from __future__ import annotations

from graph.evidence.explain import explain
from graph.evidence.judge import judge

__all__ = ["explain", "judge"]
