"""The 330 printed saturation points of DenAdel et al. beside what their printed curves say, and beside ours.

A re-analysis reads the point anew from the curve that the paper prints for the same model, set and evaluation. The
curve is a mean over runs and ways of sampling, so that the rule is that of the paper on means. It is as printed (`ok`),
one size away (`close`), further away (`differs`), or there is no such curve (`not_comparable`). Nothing here is called
reproduced: reading a number anew is no run of the experiment, and a point of ours is of another corpus and another set.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from graph.records import Result, SaturationPoint
from graph.vocabulary.protocol import CELLTYPE_REWEIGHTED, PRINTED_THRESHOLD, RANDOM
from scaling.analysis.reproduce_ours import OURS, Key, Own, own_points, points_beside

__all__ = ["GRID", "Row", "Status", "reproduce", "summary"]

Status = Literal["ok", "close", "differs", "not_comparable"]
GRID = (0.01, 0.10, 0.25, 0.50, 0.75, 1.00)
"""Shares of the corpus that were printed."""
STRICT = 0.99
"""Threshold that is held beside the printed one: how far the conclusion hangs on it."""


@dataclass(frozen=True)
class Row:
    """One printed point."""

    evaluation: str
    model_id: str
    sampling: str
    dataset_id: str
    printed: float
    """As a share of the corpus."""
    corpus_cells: int | None
    """Cells of that corpus."""
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
    ours: tuple[Own, ...] = ()
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
    own = own_points(ours)
    rows = []
    for point in points:
        if point.status != "as_printed" or point.fraction is None:
            continue
        curve = known.get((point.evaluation, point.model_id, point.dataset_id), {})
        reread, strict = (_first_above(curve, threshold) for threshold in (PRINTED_THRESHOLD, STRICT))
        right = corrected.get(_key(point))
        status, reason = _judge(point, point.fraction, right, reread)
        ours_beside, why = _beside(point, own)
        rows.append(
            Row(
                evaluation=point.evaluation,
                model_id=point.model_id,
                sampling=point.sampling,
                dataset_id=point.dataset_id,
                printed=point.fraction,
                corpus_cells=point.corpus_cells,
                corrected=right,
                reread=reread,
                strict=strict,
                seed_mean_of="runs of all samplings" if curve else "",
                status=status,
                reason=reason,
                ours=tuple(ours_beside),
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
                "with_ours": sum(bool(row.ours) for row in own),
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


def _beside(point: SaturationPoint, own: Mapping[Key, list[Own]]) -> tuple[list[Own], str]:
    """Our points beside a printed one, and why they are not compared with it, or why there are none."""
    if beside := points_beside(point, own):
        return beside, (
            f"another corpus ({max(entry.corpus_cells or 0 for entry in beside):,} cells, theirs "
            f"{point.corpus_cells or 0:,}) and other sets"
        )
    family = OURS.get(point.model_id, "")
    is_tried = any((key[0], key[2]) == (family, point.task_id) for key in own)
    if point.sampling not in {RANDOM, CELLTYPE_REWEIGHTED} and is_tried:
        return [], f"no study here draws {point.sampling} for this family and evaluation"
    return [], "this family, sampling and evaluation were not run here"
