"""Our own points for the cells of the paper's maps: where the same family, sampling and evaluation were run here.

Ours are of smaller corpora and other sets, so a point of ours stands beside a printed one with its scale, and is
neither close to it nor different from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.records import Record, Result, Run, SaturationPoint
from graph.vocabulary.protocol import ANY_RUN

__all__ = ["OURS", "WITHIN", "Own", "own_points", "points_beside", "usable"]

OURS = {
    "model:pretrained_pca": "model:ours_pca",
    "model:scvi_denadel": "model:ours_scvi",
    "model:ssl_denadel": "model:ours_ssl",
    "model:geneformer_denadel": "model:ours_geneformer",
    "model:scimilarity_denadel": "model:ours_scimilarity",
}
"""Family of the paper -> the same family here."""
WITHIN = ("knn5_within_study", "finetuning_", "integration_", "perturbation_")
"""Beginnings of the names of our evaluations that ask what the paper asks: of one set, learnt on the same set."""
Key = tuple[str, str, str, str, str | None]
"""Model, sampling, task, metric and regime."""


@dataclass(frozen=True)
class Own:
    """A point of ours, with its scale."""

    point_id: str
    study: str | None
    dataset_id: str
    corpus_id: str | None
    corpus_cells: int | None
    cells: int | None
    """The point in cells; none where the rule finds none."""
    fraction: float | None
    """The point as a share of our corpus."""
    steps: int | None
    """Budget of the training; none for a family that is fitted, and where each run is at its best checkpoint."""
    checkpoint: str | None
    """``chosen`` where validation chose the checkpoint of each run."""
    scores: int
    """Scores that the point is of: seeds times sizes."""


def usable(records: Iterable[Record]) -> tuple[list[SaturationPoint], list[Result]]:
    """Points and results of our studies, each once, without studies on simulated cells or on cells of their corpus."""
    by_id = {record.id: record for record in records}
    runs = [record for record in by_id.values() if isinstance(record, Run)]
    left_out = {run.study for run in runs if run.simulated or not run.held_out}
    points, results = [], []
    for record in by_id.values():
        if isinstance(record, SaturationPoint) and record.source == "reproduced" and record.study not in left_out:
            points.append(record)
        if isinstance(record, Result) and record.source == "reproduced" and record.study not in left_out:
            results.append(record)
    return points, results


def own_points(points: Iterable[SaturationPoint]) -> dict[Key, list[Own]]:
    """Points of ours by the paper's rule, of evaluations that ask what the paper asks, one for each study and set.

    Where validation chose checkpoints, theirs is taken, else that of the largest budget.
    """
    best: dict[tuple[Key, str | None, str], SaturationPoint] = {}
    for point in points:
        if point.rule == ANY_RUN and point.evaluation.startswith(WITHIN):
            place = (_key(point), point.study, point.dataset_id)
            if place not in best or _rank(point) > _rank(best[place]):
                best[place] = point
    grouped: dict[Key, list[Own]] = defaultdict(list)
    for (key, study, dataset_id), point in sorted(best.items(), key=lambda entry: (str(entry[0][1]), entry[0][2])):
        grouped[key].append(
            Own(
                point.id, study, dataset_id, point.corpus_id, point.corpus_cells, point.cells, point.fraction,
                point.steps, point.checkpoint, len(point.result_ids),
            )
        )  # fmt: skip
    return grouped


def points_beside(point: SaturationPoint, own: Mapping[Key, list[Own]]) -> list[Own]:
    """Points of ours of the same family, sampling, task, metric and regime as a printed one."""
    _, sampling, task, metric, regime = _key(point)
    return own.get((OURS.get(point.model_id, ""), sampling, task, metric, regime), [])


def _key(point: SaturationPoint) -> Key:
    return point.model_id, point.sampling, point.task_id, point.metric_id, point.regime


def _rank(point: SaturationPoint) -> tuple[bool, int]:
    return point.checkpoint is not None, point.steps or 0
