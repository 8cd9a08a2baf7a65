"""Plots of a study: scores over corpus size, and saturation points as a heat map.

The two are figures 2 and 3 of DenAdel et al., with our numbers. Functions draw on ``ax`` and return it; nothing is
shown or saved here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from graph.records import Result, SaturationPoint
from graph.vocabulary.protocol import EQUIVALENCE, MACRO_F1, MICRO_F1, POOLED, RANDOM
from scaling.analysis.curves import Curve, curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "NAMES", "colour_table", "saturation_curves", "saturation_heatmap"]

COLOURS = {"model:ours_pca": "#6b6b6b", "model:ours_masked": "#0072b2", "model:ours_contrastive": "#d55e00"}
"""Colours that colour-blind readers can tell apart (Okabe and Ito)."""
NAMES = {
    "model:ours_pca": "PCA",
    "model:ours_masked": "Masked autoencoder",
    "model:ours_contrastive": "Contrastive",
    "model:lognorm_knn": "log-normalised genes",
    "model:pca_reference": "PCA without pre-training",
    MACRO_F1: "Macro F1",
    MICRO_F1: "Micro F1",
}
INK, FAINT, GRID, EMPTY = "#333333", "#7a7a7a", "#e3e3e3", "#f0f0f0"


def saturation_curves(
    results: Iterable[Result],
    *,
    dataset_id: str = POOLED,
    evaluation: str = "knn5_cross_study",
    metric_id: str = MACRO_F1,
    steps: int | None = None,
    sampling: str = RANDOM,
    points: Iterable[SaturationPoint] = (),
    ax: Axes | None = None,
) -> Axes:
    """Plot the mean score over the size of the pre-training corpus, one line per family.

    Parameters
    ----------
    results
        Results of one study, baselines included.
    dataset_id
        Evaluation set; by default the mean over the held-out studies.
    steps
        Training budget. If left out, each run at the checkpoint that its validation loss chose; where none was chosen,
        the largest budget. PCA has none and is always drawn.
    points
        Saturation points; those of the equivalence rule are marked with a ring.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    The axes: lines with a band of the 95 % interval of the mean over seeds, a ring at the saturation point, and dotted
    lines for the baselines and the untrained encoders.
    """
    results = list(results)
    shown = [
        curve
        for curve in curves(results)
        if (curve.dataset_id, curve.evaluation, curve.metric_id, curve.sampling)
        == (dataset_id, evaluation, metric_id, sampling)
    ]
    by_choice = steps is None and any(curve.checkpoint for curve in shown)
    budgets = [curve.steps for curve in shown if curve.steps is not None]
    budget = None if by_choice else max(budgets, default=None) if steps is None else steps
    # What has neither budget nor choice is fitted, not trained in steps.
    shown = [curve for curve in shown if curve.steps in {None, budget} and (by_choice or not curve.checkpoint)]
    if not shown:
        msg = f"no curve of {evaluation} on {dataset_id} ({metric_id}, {sampling}, steps {steps}) in these results"
        raise ValueError(msg)
    saturated_at = {
        (point.model_id, point.steps, point.checkpoint): point.cells
        for point in points
        if point.rule == EQUIVALENCE
        and (point.dataset_id, point.evaluation, point.metric_id, point.sampling)
        == (dataset_id, evaluation, metric_id, sampling)
    }
    ax = _axes(ax, (6.0, 4.0))
    for number, curve in enumerate(shown):
        _draw_curve(ax, curve, number, saturated_at.get((curve.model_id, curve.steps, curve.checkpoint)))
    _draw_baselines(ax, results, shown, dataset_id, evaluation, metric_id)
    ax.set_xscale("log")
    sizes = shown[0].cells
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.minorticks_off()
    ax.set_xlabel("Cells in the pre-training corpus")
    ax.set_ylabel(NAMES.get(metric_id, metric_id))
    where = "mean of held-out studies" if dataset_id == POOLED else dataset_id.partition(":")[2]
    at = ", chosen checkpoints" if by_choice else f", {budget:,} steps" if budget else ""
    ax.set_title(where + at, loc="left", fontsize=10, color=INK)
    _style(ax)
    ax.legend(frameon=False, fontsize=8, loc="best")
    return ax


def saturation_heatmap(
    points: Sequence[SaturationPoint],
    *,
    rule: str = EQUIVALENCE,
    labels: dict[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot saturation points as a table of colours, models down and evaluation sets across.

    Parameters
    ----------
    points
        Points of one metric and evaluation; of several budgets the chosen checkpoints are shown, else the largest.
    rule
        Rule whose points are shown; published points have the rule of their paper.
    labels
        Names of models and sets to print instead of their ids.
    ax
        Where to draw; a new figure if left out.

    Returns
    -------
    The axes; each field has the fraction of the corpus, or ``rising``, ``budget`` (the point depends on the training
    budget) or ``?`` (not identified).
    """
    chosen: dict[tuple[str, str], SaturationPoint] = {}
    # The last one stays: the chosen checkpoints, or else the largest budget.
    for point in sorted(
        (point for point in points if point.rule == rule),
        key=lambda point: (point.checkpoint is not None, point.steps or 0),
    ):
        chosen[_row(point), point.dataset_id] = point
    if not chosen:
        msg = f"no saturation points of the rule {rule}; there are: {', '.join(sorted({p.rule for p in points}))}"
        raise ValueError(msg)
    return colour_table(chosen, columns=sorted({column for _, column in chosen}), labels=labels, ax=ax)


def colour_table(
    points: Mapping[tuple[str, str], SaturationPoint],
    *,
    columns: Sequence[str],
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the table of `saturation_heatmap` from points by row and column; rows are sorted by name."""
    rows = sorted({row for row, _ in points})
    ax = _axes(ax, (1.6 + 1.1 * len(columns), 0.9 + 0.42 * len(rows)))
    table = np.full((len(rows), len(columns)), np.nan)
    for (row, column), point in points.items():
        rising = point.outcome == "rising"
        table[rows.index(row), columns.index(column)] = 1.0 if rising else (point.fraction or np.nan)
    ax.set_facecolor(EMPTY)
    # Logarithmic, from 0.5 % of the corpus to all of it; nan stays empty.
    ax.imshow(np.log10(table), cmap="YlGnBu", vmin=-2.3, vmax=0.0, aspect="auto")
    for (row, column), point in points.items():
        text = _cell_text(point)
        dark = text == "rising" or (point.fraction or 0.0) > 0.12
        ax.text(columns.index(column), rows.index(row), text, ha="center", va="center", fontsize=8,
                color="white" if dark else INK)  # fmt: skip
    names = {**NAMES, **(labels or {})}
    ax.set_xticks(range(len(columns)), [_short_name(names, column) for column in columns], fontsize=8)
    ax.set_yticks(range(len(rows)), [_short_name(names, row) for row in rows], fontsize=8)
    ax.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=2)
    ax.tick_params(which="both", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _draw_curve(ax: Axes, curve: Curve, number: int, saturated_at: int | None) -> None:
    """Draw the mean over replicates with its 95 % interval (t), and a ring at the saturation point, in cells."""
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
    if saturated_at in curve.cells:
        height = mean[curve.cells.index(saturated_at)]
        ax.plot(saturated_at, height, "o", markersize=11, markerfacecolor="none", markeredgecolor=colour)


def _draw_baselines(
    ax: Axes, results: list[Result], shown: list[Curve], dataset_id: str, evaluation: str, metric_id: str
) -> None:
    """Draw dotted lines for the baselines without pre-training and for the mean of the untrained encoders.

    A pooled curve is compared with baselines on the sets that it pools: others have no headroom and would raise them.
    """
    from matplotlib.patheffects import withStroke

    used = {result_id for curve in shown for result_id in curve.result_ids}
    sets = {(r.dataset_id, r.reference_id) for r in results if r.id in used} if dataset_id == POOLED else None
    values: dict[str, list[float]] = defaultdict(list)
    for result in results:
        on_set = (
            (result.dataset_id, result.reference_id) in sets if sets is not None else result.dataset_id == dataset_id
        )
        if on_set and (result.evaluation, result.metric_id) == (evaluation, metric_id):
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
    return point.model_id if point.sampling == RANDOM else f"{point.model_id} {point.sampling}"


def _cell_text(point: SaturationPoint) -> str:
    """Fraction of the corpus in per cent, or a word for the outcome, as short as a field of the table."""
    if point.outcome == "saturated" and point.fraction is not None:
        percent = 100 * point.fraction
        return f"{percent:.1f} %" if percent < 10 and percent != round(percent) else f"{percent:.0f} %"
    return {"rising": "rising", "budget_dependent": "budget"}.get(point.outcome, "?")


def _short_name(names: Mapping[str, str], name: str) -> str:
    """Label of a row (model id, perhaps with a sampling) or of a column (dataset id, or words as they are)."""
    if ":" not in name:
        return name
    model, _, sampling = name.partition(" ")
    text = names.get(model, model.partition(":")[2]).replace("_", " ")
    return f"{text}\n{sampling.replace('_', ' ')}" if sampling else text


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return the axes, or new ones on a figure of ``size`` inches.

    Not by pyplot, which would hold on to the figure and needs a display on some machines.
    """
    if ax is not None:
        return ax
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def _style(ax: Axes) -> None:
    ax.grid(axis="y", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(labelsize=8)
