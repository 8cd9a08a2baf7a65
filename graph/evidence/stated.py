"""What the source of a claim does not say itself: fields that a reader concluded, listed in ``Claim.inferred``.

A verdict must not turn on what nobody wrote. Where the finding itself was concluded (which number, which way), the test
is left open; where only its scope was (which models, which metric), the evidence says so among its steps.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.evidence.outcome import Outcome
from graph.records import Claim

__all__ = ["hold_to_the_source"]

FINDING = {
    "direction": "direction", "polarity": "denial", "value": "value", "low": "lower end", "high": "upper end",
    "fraction": "share of the corpus", "train_fraction": "share of the labels",
}  # fmt: skip
"""Fields of a claim that say what was found -> word for each."""
SCOPE = {
    "subject_ids": "models", "comparator_ids": "comparators", "task_id": "task", "dataset_id": "evaluation set",
    "metric_id": "metric", "regime": "regime", "corpus_id": "corpus", "corpus_cells": "size of the corpus",
    "sampling": "way of sampling", "threshold": "threshold",
}  # fmt: skip
"""Fields that say of what it was found -> word for each."""


def hold_to_the_source(claim: Claim, outcome: Outcome) -> None:
    """Leave an answer open that turns on a finding which the source does not state; name the scope that it does not.

    Parameters
    ----------
    claim
        The claim that was judged.
    outcome
        What its rule found.
    """
    concluded = {name for name in claim.inferred if getattr(claim, name) is not None}
    if finding := [word for name, word in FINDING.items() if name in concluded]:
        outcome.gate(
            "stated",
            passed=False,
            value=f"{_listed(finding)} inferred",
            need="a finding that the source itself states",
            missed=f"the source does not say the {_listed(finding)} that the numbers were held against",
        )
    if scope := [word for name, word in SCOPE.items() if name in concluded]:
        outcome.reasons.append(f"inferred, not said by the source: {_listed(scope)}")


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
