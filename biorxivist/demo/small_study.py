"""The study that the demo runs, in words: what it was run on, and what each encoder scored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from graph.records import Result, SaturationPoint
from graph.vocabulary.protocol import CELLTYPE_REWEIGHTED, EQUIVALENCE, MACRO_F1, RANDOM

if TYPE_CHECKING:
    from biorxivist.demo.model import Demo

__all__ = ["caveat", "scores"]

SAMPLINGS = {RANDOM: "drawn at random", CELLTYPE_REWEIGHTED: "drawn evenly over cell types"}
OUTCOMES = {
    "saturated": "saturated",
    "rising": "still rising",
    "budget_dependent": "saturation depends on the budget",
    "not_identified": "no saturation point identified",
}


def caveat(demo: Demo) -> str:
    """Which cells were used, and why the study decides nothing."""
    return f"On {demo.cells.description}. It trains and evaluates on one set, so it is shown and judges nothing."


def scores(demo: Demo) -> list[str]:
    """One sentence for each encoder and sampling, at the largest training budget."""
    results = [record for record in demo.small_study if isinstance(record, Result) and record.metric_id == MACRO_F1]
    steps = max((result.steps or 0 for result in results), default=0)
    points = {
        (record.model_id, record.sampling): record
        for record in demo.small_study
        if isinstance(record, SaturationPoint) and (record.metric_id, record.rule) == (MACRO_F1, EQUIVALENCE)
        if record.steps in (steps, None)
    }
    trained = sorted({(result.model_id, result.sampling or "") for result in results if result.steps == steps})
    return [
        _sentence(model_id, sampling, steps, results, points.get((model_id, sampling)))
        for model_id, sampling in trained
    ]


def _sentence(
    model_id: str, sampling: str, steps: int, results: Iterable[Result], point: SaturationPoint | None
) -> str:
    own = [result for result in results if result.model_id == model_id]
    at_budget = [result for result in own if result.steps == steps]
    # The whole corpus is one run for all samplings, so its results may carry another sampling or none.
    smallest = min(result.cells for result in at_budget if result.cells and result.sampling == sampling)
    whole = max(result.cells or 0 for result in own)
    untrained = _mean(result.value for result in own if result.steps == 0)
    small = _mean(r.value for r in at_budget if r.cells == smallest and r.sampling == sampling)
    full = _mean(result.value for result in at_budget if result.cells == whole)
    outcome = (
        "" if point is None else f"; {OUTCOMES[point.outcome]}" + (f" at {point.cells:,} cells" if point.cells else "")
    )
    return (
        f"{model_id}, cells {SAMPLINGS.get(sampling, sampling)}: macro F1 {untrained} untrained, "
        f"{small} after {steps:,} steps on {smallest:,} cells, {full} on all {whole:,}{outcome}."
    )


def _mean(values: Iterable[float]) -> str:
    values = list(values)
    return f"{sum(values) / len(values):.3f}" if values else "not measured"
