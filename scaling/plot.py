"""Pictures of a study: scores over corpus size, and saturation points as a heat map.

The two that DenAdel et al. show as figures 2 and 3. Functions draw on ``ax`` and give it back; nothing is shown or
saved here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from graph.records import Result, SaturationPoint
from scaling.curves import POOLED, Curve, curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "NAMES", "saturation_curves", "saturation_heatmap"]

COLOURS = {"model:ours_pca": "#6b6b6b", "model:ours_masked": "#0072b2", "model:ours_contrastive": "#d55e00"}
"""Colours that people with colour-blindness tell apart (Okabe and Ito)."""
NAMES = {
    "model:ours_pca": "PCA",
    "model:ours_masked": "Masked autoencoder",
    "model:ours_contrastive": "Contrastive",
    "model:lognorm_knn": "log-normalised genes",
    "model:pca_reference": "PCA without pre-training",
    "metric:macro_f1": "Macro F1",
    "metric:micro_f1": "Micro F1",
}
INK, FAINT, GRID, EMPTY = "#333333", "#7a7a7a", "#e3e3e3", "#f0f0f0"


def saturation_curves(
    results: Iterable[Result],
    *,
    dataset_id: str = POOLED,
    evaluation: str = "knn5_cross_study",
    metric_id: str = "metric:macro_f1",
    steps: int | None = None,
    sampling: str = "random",
    points: Iterable[SaturationPoint] = (),
    ax: Axes | None = None,
) -> Axes:
    """Mean score over the size of the pre-training corpus, one line per family.

    Parameters
    ----------
    results
        Our results of one study, baselines included.
    dataset_id
        Evaluation set; by default the mean over the held-out studies.
    steps
        Training budget; the largest one if left out. PCA has none and is always drawn.
    points
        Saturation points; those of the equivalence rule are marked with a ring.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    The axes: lines with a band of the 95 % interval of the mean over seeds, a ring where the rule finds saturation,
    and dotted lines for the baselines and the untrained encoders.
    """
    ax = _axes(ax, (6.0, 4.0))
    results = list(results)
    shown = [
        curve
        for curve in curves(results)
        if (curve.dataset_id, curve.evaluation, curve.metric_id, curve.sampling)
        == (dataset_id, evaluation, metric_id, sampling)
    ]
    budgets = [curve.steps for curve in shown if curve.steps is not None]
    budget = steps if steps is not None else max(budgets, default=None)
    shown = [curve for curve in shown if curve.steps in {None, budget}]
    if not shown:
        msg = f"no curve of {evaluation} on {dataset_id} ({metric_id}, {sampling}, steps {steps}) in these results"
        raise ValueError(msg)
    marked = {
        (point.model_id, point.steps): point.cells
        for point in points
        if point.rule == "equivalence@1"
        and (point.dataset_id, point.evaluation, point.metric_id, point.sampling)
        == (dataset_id, evaluation, metric_id, sampling)
    }
    for number, curve in enumerate(shown):
        _line(ax, curve, number, marked.get((curve.model_id, curve.steps)))
    _baselines(ax, results, shown, dataset_id, evaluation, metric_id)
    ax.set_xscale("log")
    sizes = shown[0].cells
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.minorticks_off()
    ax.set_xlabel("Cells in the pre-training corpus")
    ax.set_ylabel(NAMES.get(metric_id, metric_id))
    where = "mean of held-out studies" if dataset_id == POOLED else dataset_id.partition(":")[2]
    ax.set_title(where + (f", {budget:,} steps" if budget else ""), loc="left", fontsize=10, color=INK)
    _plain(ax)
    ax.legend(frameon=False, fontsize=8, loc="best")
    return ax


def saturation_heatmap(
    points: Sequence[SaturationPoint],
    *,
    rule: str = "equivalence@1",
    labels: dict[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Saturation points as a table of colours, models down and evaluation sets across.

    Parameters
    ----------
    points
        Points of one metric and evaluation; of several budgets the largest is shown.
    rule
        Rule whose points are shown; published points have the rule of their paper.
    labels
        Names of models and sets to print instead of their ids.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    The axes; each field holds the share of the corpus, or ``rising``, ``budget`` or ``?``.
    """
    chosen: dict[tuple[str, str], SaturationPoint] = {}
    for point in sorted((point for point in points if point.rule == rule), key=lambda point: point.steps or 0):
        chosen[_row(point), point.dataset_id] = point
    if not chosen:
        msg = f"no saturation points of the rule {rule}; there are: {', '.join(sorted({p.rule for p in points}))}"
        raise ValueError(msg)
    rows, columns = sorted({row for row, _ in chosen}), sorted({column for _, column in chosen})
    ax = _axes(ax, (1.6 + 1.1 * len(columns), 0.9 + 0.42 * len(rows)))
    table = np.full((len(rows), len(columns)), np.nan)
    for (row, column), point in chosen.items():
        rising = point.outcome == "rising"
        table[rows.index(row), columns.index(column)] = 1.0 if rising else (point.fraction or np.nan)
    ax.set_facecolor(EMPTY)
    ax.imshow(np.log10(table), cmap="YlGnBu", vmin=-2.3, vmax=0.0, aspect="auto")
    for (row, column), point in chosen.items():
        text = _words(point)
        dark = text == "rising" or (point.fraction or 0.0) > 0.12
        ax.text(columns.index(column), rows.index(row), text, ha="center", va="center", fontsize=8,
                color="white" if dark else INK)  # fmt: skip
    names = NAMES | (labels or {})
    ax.set_xticks(range(len(columns)), [_short(names, column) for column in columns], fontsize=8)
    ax.set_yticks(range(len(rows)), [_short(names, row) for row in rows], fontsize=8)
    ax.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=2)
    ax.tick_params(which="both", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _line(ax: Axes, curve: Curve, number: int, point: int | None) -> None:
    from scipy.stats import t as student

    colour = COLOURS.get(curve.model_id, f"C{number + 3}")
    mean = np.nanmean(curve.scores, axis=0)
    n = np.isfinite(curve.scores).sum(axis=0)
    if n.min() > 1:
        width = student.ppf(0.975, n - 1) * np.nanstd(curve.scores, axis=0, ddof=1) / np.sqrt(n)
        ax.fill_between(curve.cells, mean - width, mean + width, color=colour, alpha=0.15, linewidth=0)
    ax.plot(
        curve.cells,
        mean,
        color=colour,
        marker="o",
        markersize=4,
        linewidth=1.8,
        label=NAMES.get(curve.model_id, curve.model_id),
    )
    if point in curve.cells:
        ax.plot(
            point, mean[curve.cells.index(point)], "o", markersize=11, markerfacecolor="none", markeredgecolor=colour
        )


def _baselines(
    ax: Axes, results: list[Result], shown: list[Curve], dataset_id: str, evaluation: str, metric_id: str
) -> None:
    """Dotted lines: baselines without pre-training, and the mean of the untrained models of the families shown."""
    from matplotlib.patheffects import withStroke

    used = {result_id for curve in shown for result_id in curve.result_ids}
    sets = {(r.dataset_id, r.reference_id) for r in results if r.id in used} if dataset_id == POOLED else None
    values: dict[str, list[float]] = defaultdict(list)
    for result in results:
        wanted = (
            (result.dataset_id, result.reference_id) in sets if sets is not None else result.dataset_id == dataset_id
        )
        if wanted and (result.evaluation, result.metric_id) == (evaluation, metric_id):
            if result.run_id is None and result.model_id in NAMES:
                values[NAMES[result.model_id]].append(result.value)
            elif result.steps == 0 and result.model_id != "model:ours_pca":
                values["untrained encoder"].append(result.value)
    for number, (name, scores) in enumerate(sorted(values.items())):
        height = float(np.mean(scores))
        ax.axhline(height, color=FAINT, linestyle=(0, (1, 1 + number)), linewidth=1.2, zorder=0)
        ax.text(
            0.99, height, name, transform=ax.get_yaxis_transform(), ha="right", va="bottom", fontsize=7, color=FAINT,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip


def _row(point: SaturationPoint) -> str:
    return point.model_id if point.sampling == "random" else f"{point.model_id} {point.sampling}"


def _words(point: SaturationPoint) -> str:
    if point.outcome == "saturated" and point.fraction is not None:
        percent = 100 * point.fraction
        return f"{percent:.1f} %" if percent < 10 and percent != round(percent) else f"{percent:.0f} %"
    return {"rising": "rising", "budget_dependent": "budget"}.get(point.outcome, "?")


def _short(names: dict[str, str], name: str) -> str:
    model, _, sampling = name.partition(" ")
    text = names.get(model, model.partition(":")[2]).replace("_", " ")
    return f"{text}\n{sampling.replace('_', ' ')}" if sampling else text


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    if ax is not None:
        return ax
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def _plain(ax: Axes) -> None:
    ax.grid(axis="y", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(labelsize=8)
