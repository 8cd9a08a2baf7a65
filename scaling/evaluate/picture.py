"""A picture of scores: every method with its interval, and every cell type of the primary setting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scaling.evaluate.records import Scores
from scaling.evaluate.report import class_rows, score_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_classes", "draw_methods", "save_picture"]

OWN, BASELINE, PROBE = "#0072b2", "#6b6b6b", "#d55e00"
INK, GRID = "#333333", "#e3e3e3"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colours that colour-blind readers can tell apart (Okabe and Ito)."""


def save_picture(scores: Scores, path: Path) -> Path:
    """Write the picture; the suffix of ``path`` says in which format."""
    from matplotlib.figure import Figure

    rows = len({entry.method for entry in scores.scores})
    settings = list(dict.fromkeys(row["setting"] for row in score_rows(scores)))
    height = max(0.34 * rows, 0.3 * len(scores.labels)) + 1.2
    figure = Figure(figsize=(4.2 * (len(settings) + 1) + 1.6, height), layout="constrained")
    axes = figure.subplots(1, len(settings) + 1, squeeze=False)[0]
    for ax, setting in zip(axes, settings, strict=False):
        draw_methods(scores, setting, ax)
    draw_classes(scores, axes[-1])
    figure.savefig(path, dpi=150)
    return path


def draw_methods(scores: Scores, setting: str, ax: Axes) -> Axes:
    """Macro F1 of every method: nearest neighbours as dots, the linear probe as squares."""
    rows = [row for row in score_rows(scores) if row["setting"] == setting][::-1]
    own = {entry.method for entry in scores.scores if not entry.baseline}
    for place, row in enumerate(rows):
        for prefix, marker, shift, colour in (("knn", "o", 0.12, OWN), ("probe", "s", -0.12, PROBE)):
            value = row[f"{prefix}_macro_f1"]
            if value is None:
                continue
            shade = colour if row["method"] in own else BASELINE
            ax.plot(row[f"{prefix}_interval"], [place + shift] * 2, color=shade, linewidth=1.5, solid_capstyle="butt")
            face = shade if prefix == "knn" else "white"
            ax.plot(value, place + shift, marker, color=shade, markerfacecolor=face, markersize=5)
    ax.set_yticks(range(len(rows)), [row["method"] for row in rows])
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_color(OWN if row["method"] in own else INK)
    ax.set_title(f"{setting} batches\ndots: nearest neighbours, squares: linear probe", fontsize=9, loc="left")
    return _frame(ax, "macro F1, 95 % interval")


def draw_classes(scores: Scores, ax: Axes) -> Axes:
    """F1 of every cell type, the rarest at the bottom; best PCA in grey."""
    rows = list(class_rows(scores))
    methods = [name for name in rows[0] if name not in {"cell_type", "cells", "rare"}]
    baselines = {entry.method for entry in scores.scores if entry.baseline}
    colours = iter(SERIES * len(methods))
    shift = 0.6 / max(len(methods), 1)
    for number, method in enumerate(methods):
        colour = BASELINE if method in baselines else next(colours)
        for place, row in enumerate(rows):
            if row[method] is None:
                continue
            value, low, high = row[method]
            height = place + 0.3 - shift * (number + 0.5)
            ax.plot([low, high], [height] * 2, color=colour, linewidth=1, solid_capstyle="butt")
            ax.plot(value, height, "o", color=colour, markersize=3.5, label=method if place == 0 else None)
    ax.set_yticks(range(len(rows)), [f"{row['cell_type']} ({row['cells']:,})" for row in rows])
    ax.set_title(f"cell types {scores.primary} batches, nearest neighbours", fontsize=9, loc="left")
    ax.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.12 if len(rows) > 6 else -0.3))
    return _frame(ax, "F1, 95 % interval")


def _frame(ax: Axes, label: str) -> Axes:
    ax.set_xlim(0, 1.02)
    ax.set_xlabel(label, fontsize=9)
    ax.tick_params(labelsize=8, length=0)
    ax.grid(axis="x", color=GRID)
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    return ax
