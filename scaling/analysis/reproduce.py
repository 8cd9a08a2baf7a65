"""The 330 printed saturation points of DenAdel et al. beside what their printed curves say, and beside ours.

A re-analysis reads the point anew from the curve that the paper prints for the same model, set and evaluation. The
curve is a mean over runs and ways of sampling, so that the rule is that of the paper on means. It is as printed (`ok`),
one size away (`close`), further away (`differs`), or there is no such curve (`not_comparable`). Nothing here is called
reproduced: reading a number anew is no run of the experiment, and a point of ours is of another corpus and another set.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from graph.records import Result, SaturationPoint
from graph.vocabulary.protocol import ANY_RUN, CELLTYPE_REWEIGHTED, PRINTED_THRESHOLD, RANDOM

__all__ = ["Row", "Status", "reproduce", "summary"]

Status = Literal["ok", "close", "differs", "not_comparable"]
GRID = (0.01, 0.10, 0.25, 0.50, 0.75, 1.00)
"""Shares of the corpus that were printed."""
STRICT = 0.99
"""Threshold that is held beside the printed one: how far the conclusion hangs on it."""
OURS = {
    "model:pretrained_pca": "model:ours_pca",
    "model:scvi_denadel": "model:ours_scvi",
    "model:ssl_denadel": "model:ours_ssl",
    "model:geneformer_denadel": "model:ours_geneformer",
    "model:scimilarity_denadel": "model:ours_scimilarity",
}
"""Family of the paper -> the same family here."""
WITHIN = ("knn5_within_study", "integration_", "perturbation_")
"""Beginnings of the names of our evaluations that ask what the paper asks: of one set, learnt on the same set."""


@dataclass(frozen=True)
class Row:
    """One printed point."""

    evaluation: str
    model_id: str
    sampling: str
    dataset_id: str
    printed: float
    """As a share of the corpus."""
    corrected: float | None
    """What stands in the earlier version of a map that was drawn from the wrong table."""
    reread: float | None
    """From the printed curve, at the printed threshold."""
    strict: float | None
    """From the printed curve, at .99."""
    seed_mean_of: str
    """What the curve is a mean of; empty without a curve."""
    status: Status
    reason: str
    ours: str
    """Our points of the same family, sampling and evaluation, by the paper's rule; empty where none was run."""
    ours_status: Status = "not_comparable"
    ours_reason: str = ""

    def record(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return asdict(self)


def reproduce(
    points: Iterable[SaturationPoint], curves: Iterable[Result], ours: Iterable[SaturationPoint] = ()
) -> list[Row]:
    """Hold every printed point against the printed curve of its model and set, and list our points beside it.

    Parameters
    ----------
    points, curves
        What the paper prints (`scaling.published.denadel`).
    ours
        Points of our studies.
    """
    points = list(points)
    corrected = {_key(point): point.fraction for point in points if point.status == "corrected"}
    known = _curves(curves)
    run = _ours(ours)
    rows = []
    for point in points:
        if point.status != "as_printed" or point.fraction is None:
            continue
        curve = known.get((point.evaluation, point.model_id, point.dataset_id), {})
        reread, strict = (_first_above(curve, threshold) for threshold in (PRINTED_THRESHOLD, STRICT))
        right = corrected.get(_key(point))
        status, reason = _judge(point, point.fraction, right, reread)
        text, why = _beside(point, run)
        rows.append(
            Row(
                evaluation=point.evaluation,
                model_id=point.model_id,
                sampling=point.sampling,
                dataset_id=point.dataset_id,
                printed=point.fraction,
                corrected=right,
                reread=reread,
                strict=strict,
                seed_mean_of="runs of all samplings" if curve else "",
                status=status,
                reason=reason,
                ours=text,
                ours_reason=why,
            )
        )
    return sorted(rows, key=lambda row: (row.evaluation, row.model_id, row.sampling, row.dataset_id))


def summary(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Count the rows of each evaluation by status, all together last; and what the stricter threshold changes."""
    counted = []
    names = [*dict.fromkeys(row.evaluation for row in rows), "all"]
    for name in names:
        own = [row for row in rows if name in {row.evaluation, "all"}]
        by_status = Counter(row.status for row in own)
        curves = [row for row in own if row.reread is not None]
        counted.append(
            {
                "evaluation": name,
                "printed": len(own),
                **{status: by_status[status] for status in ("ok", "close", "differs", "not_comparable")},
                "later_at_0.99": sum((row.strict or 0) > (row.reread or 0) for row in curves),
                "reproduced": 0,
            }
        )
    return counted


def _key(point: SaturationPoint) -> tuple[str, str, str, str]:
    return point.evaluation, point.model_id, point.sampling, point.dataset_id


def _curves(results: Iterable[Result]) -> dict[tuple[str, str, str], dict[float, float]]:
    """Evaluation, model and set -> share of the corpus -> score, the mean where two figures draw the same curve."""
    values: dict[tuple[str, str, str], dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        if result.fraction is not None and result.fraction > 0:
            values[result.evaluation, result.model_id, result.dataset_id][result.fraction].append(result.value)
    return {
        key: {fraction: sum(scores) / len(scores) for fraction, scores in sorted(curve.items())}
        for key, curve in values.items()
    }


def _first_above(curve: dict[float, float], threshold: float) -> float | None:
    """Smallest share whose score exceeds so much of the best; none for a curve with fewer than three sizes."""
    if len(curve) < 3:
        return None
    best = max(curve.values())
    return next(fraction for fraction, value in curve.items() if value > threshold * best)


def _judge(point: SaturationPoint, printed: float, corrected: float | None, reread: float | None) -> tuple[Status, str]:
    if corrected is not None:
        if corrected == printed:
            return "ok", "the map is drawn from the wrong table, and the earlier version of it has the same value here"
        return _distance(printed, corrected), (
            f"the map is drawn from the wrong table; its earlier version has {corrected:.0%}"
        )
    if reread is None:
        return "not_comparable", _no_curve(point)
    status = _distance(printed, reread)
    at = (
        f"the printed curve, a mean over runs and samplings, is above {PRINTED_THRESHOLD:g} of its best from "
        f"{reread:.0%}"
    )
    if status == "ok":
        return status, at
    return status, f"{at}; the printed point takes the best single run of {point.sampling}"


def _no_curve(point: SaturationPoint) -> str:
    if point.evaluation.endswith("_spikein"):
        return "no curve of the spike-in runs is printed"
    if point.evaluation.startswith("finetuned"):
        return "no curve of this evaluation is printed, nor are its scores"
    return "no curve of this model is printed"


def _distance(printed: float, other: float) -> Status:
    steps = abs(_place(printed) - _place(other))
    return "ok" if steps == 0 else "close" if steps == 1 else "differs"


def _place(fraction: float) -> int:
    return min(range(len(GRID)), key=lambda place: abs(GRID[place] - fraction))


def _ours(points: Iterable[SaturationPoint]) -> dict[tuple[str, str, str], list[SaturationPoint]]:
    """Model, sampling and task -> points by the paper's rule of evaluations that ask what the paper asks."""
    found: dict[tuple[str, str, str], list[SaturationPoint]] = defaultdict(list)
    for point in points:
        if point.source == "reproduced" and point.rule == ANY_RUN and point.evaluation.startswith(WITHIN):
            found[point.model_id, point.sampling, point.task_id].append(point)
    return found


def _beside(point: SaturationPoint, run: dict[tuple[str, str, str], list[SaturationPoint]]) -> tuple[str, str]:
    family = OURS.get(point.model_id, "")
    own = [
        entry
        for entry in run.get((family, point.sampling, point.task_id), [])
        if entry.metric_id == point.metric_id and entry.regime == point.regime
    ]
    if not own:
        tried = {sampling for model, sampling, task in run if (model, task) == (family, point.task_id)}
        if point.sampling not in {RANDOM, CELLTYPE_REWEIGHTED} and tried:
            return "", f"no study here draws {point.sampling} for this family and evaluation"
        return "", "this family, sampling and evaluation were not run here"
    return "; ".join(_listed(own)), (
        f"another corpus ({max(entry.corpus_cells or 0 for entry in own):,} cells, theirs "
        f"{point.corpus_cells or 0:,}) and other sets"
    )


def _listed(points: list[SaturationPoint]) -> Iterator[str]:
    for entry in sorted(points, key=lambda entry: (entry.dataset_id, entry.steps or 0)):
        at = "-" if entry.fraction is None else f"{entry.fraction:.3g}"
        yield f"{entry.dataset_id} {at}" + (f" ({entry.steps:,} steps)" if entry.steps else "")
