"""Scores over corpus size: results put together as replicates x sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from graph.records import Result
from graph.vocabulary.protocol import HEADROOM, POOLED, RANDOM

__all__ = ["Curve", "curves"]

PCA_OF_CLASSIFIER, PCA_OF_CORPUS = "model:pca_reference", "model:ours_pca"
MIN_SIZES = 3


@dataclass(frozen=True)
class Curve:
    """Scores of one model, way of sampling, evaluation, metric and budget.

    ``scores[i, j]`` is replicate ``i`` at ``cells[j]`` (rising; the last is the whole corpus); nan where missing.
    """

    study: str | None
    model_id: str
    sampling: str
    evaluation: str
    dataset_id: str
    task_id: str
    metric_id: str
    regime: Any
    steps: int | None
    cells: tuple[int, ...]
    scores: npt.NDArray[np.float64]
    result_ids: tuple[str, ...]
    checkpoint: Literal["chosen"] | None = None
    """``chosen`` where each run is scored at the checkpoint of its lowest validation loss, whatever its step."""


def curves(results: Iterable[Result]) -> Iterator[Curve]:
    """Curves of at least three sizes, per evaluation set and pooled over held-out studies.

    There is one per budget, and where validation chose checkpoints, one of the chosen ones beside them: the last step
    of a small corpus may be past the best one, and what looks like a gain from more data is then less overfitting.
    """
    results = list(results)
    flat = set(_without_headroom(results))
    yield from _curves(results, flat)
    chosen = [result.model_copy(update={"steps": None}) for result in results if result.chosen]
    yield from (replace(curve, checkpoint="chosen") for curve in _curves(chosen, flat))


def _curves(results: list[Result], flat: set[str]) -> Iterator[Curve]:
    yield from _assemble(_with_whole(results), None)
    across = [result for result in results if result.evaluation == "knn5_cross_study" and result.dataset_id not in flat]
    if len({result.dataset_id for result in across if result.cells}) > 1:
        yield from _assemble(_with_whole(across), POOLED)


def _without_headroom(results: list[Result]) -> Iterator[str]:
    """Sets that PCA solves: fitted on the classifier's cells, or on the whole corpus; no pooled curve holds them."""
    for model_id in (PCA_OF_CLASSIFIER, PCA_OF_CORPUS):
        scores = [r for r in results if r.model_id == model_id and (r.run_id is None or r.fraction == 1.0)]
        yield from (mean.dataset_id for mean in _mean_over_references(scores) if mean.value >= HEADROOM)


def _with_whole(results: list[Result]) -> list[Result]:
    """Trained results; each way of sampling also has those of the whole corpus, which random sampling ran."""
    trained = [result for result in results if result.cells and result.seed_data is not None and not result.ablation]
    ways = {result.sampling for result in trained} - {RANDOM}
    whole = [result for result in trained if result.sampling == RANDOM and result.fraction == 1.0]
    return trained + [
        result.model_copy(update={"sampling": way}) for way in sorted(filter(None, ways)) for result in whole
    ]


def _assemble(results: list[Result], pooled: str | None) -> Iterator[Curve]:
    grouped: dict[tuple[Any, ...], list[Result]] = defaultdict(list)
    for result in results:
        where = pooled or result.dataset_id
        key = (
            result.study, result.model_id, result.sampling or "", result.evaluation, where, result.task_id,
            result.metric_id, result.regime, result.steps,
        )  # fmt: skip
        grouped[key].append(result)
    for key in sorted(grouped, key=str):
        entries = grouped[key]
        cells = tuple(sorted({result.cells or 0 for result in entries}))
        if len(cells) < MIN_SIZES or not any(result.fraction == 1.0 for result in entries):
            continue
        seeds = sorted({result.seed_data or 0 for result in entries})
        scores = np.full((len(seeds), len(cells)), np.nan)
        for row, seed in enumerate(seeds):
            for column, size in enumerate(cells):
                here = [result for result in entries if result.seed_data == seed and result.cells == size]
                if here:
                    scores[row, column] = _mean_of_sets(here)
        yield Curve(*key, cells=cells, scores=scores, result_ids=tuple(sorted({result.id for result in entries})))


def _mean_of_sets(results: list[Result]) -> float:
    """Mean over evaluation sets of the mean over reference studies: every set counts once."""
    sets: dict[str, list[float]] = defaultdict(list)
    for result in results:
        sets[result.dataset_id].append(result.value)
    return float(np.mean([np.mean(values) for values in sets.values()]))


def _mean_over_references(results: list[Result]) -> Iterator[Result]:
    grouped: dict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for result in results:
        if result.evaluation == "knn5_cross_study":
            grouped[result.evaluation, result.dataset_id, result.metric_id].append(result)
    for entries in grouped.values():
        yield entries[0].model_copy(update={"value": float(np.mean([entry.value for entry in entries]))})
