"""What integration and perturbation scores of embeddings say: sentences, rows of tables, records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graph.records import Result
from graph.vocabulary.protocol import PEARSON_DELTA
from scaling.evaluate import kinds
from scaling.evaluate.further import Further
from scaling.evaluate.jackknife import Estimate
from scaling.evaluate.records import Scores

__all__ = ["further_results", "further_rows", "further_sentences"]


def further_sentences(scores: Scores) -> list[str]:
    """What the simple baselines of a change reach, and of each embedding whether it beats the best of them."""
    responses = [entry for entry in scores.further if entry.kind == "perturbation"]
    simple = [entry for entry in responses if entry.model_id is not None]
    if not simple:
        return []
    listed = ", ".join(f"{entry.method} {entry.scores[PEARSON_DELTA].value:.3f}" for entry in simple)
    said = [f"Change in a cell type that was left out, correlation over genes without any embedding: {listed}."]
    number = sum(entry.against is not None for entry in responses)
    for entry in responses:
        if entry.against is None:
            continue
        best, difference = entry.against
        # As for cell types, the level is divided by the number of embeddings that are held against something.
        low, high = difference.interval(1 - 0.05 / number)
        said.append(
            f"{entry.method} reaches {entry.scores[PEARSON_DELTA].value:.3f} and "
            f"{'beats' if low > 0 else 'does not beat'} the best of these, {best} ({difference.value:+.3f}, interval "
            f"{low:+.3f} to {high:+.3f})."
        )
    return said


def further_rows(scores: Scores) -> Iterator[dict[str, Any]]:
    """A row per method, in the order of the scores: each metric with its interval over test cells."""
    for entry in scores.further:
        yield {
            "kind": entry.kind,
            "method": entry.method,
            "baseline": entry.baseline,
            **{metric.partition(":")[2]: _bounded(estimate) for metric, estimate in entry.scores.items()},
        }


def further_results(
    scores: Scores, entry: Further, *, model_id: str, dataset_id: str, location: str
) -> Iterator[Result]:
    """Results (source ``user``) of one method."""
    kind = kinds.find(entry.kind)
    for metric, estimate in entry.scores.items():
        value, low, high = _bounded(estimate)
        yield Result(
            embedding_digest=scores.embedding_digests.get(entry.method),
            evaluation_digest=scores.further_digests[entry.kind],
            evaluation=entry.kind,
            model_id=model_id,
            dataset_id=dataset_id,
            task_id=kind.task_id,
            metric_id=metric,
            value=value,
            low=low,
            high=high,
            n=1,
            test_cells=entry.cells,
            regime=kind.regime(kind.config()),
            source="user",
            location=f"{location}: {entry.method}",
        )


def _bounded(estimate: Estimate) -> list[float]:
    low, high = estimate.interval()
    return [round(estimate.value, 4), round(max(low, -1.0), 4), round(min(high, 1.0), 4)]
