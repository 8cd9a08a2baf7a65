"""The printed figures in their layout, with ours beside them: curves of one set, and maps of saturation points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.records import Result
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import MICRO_F1
from scaling.analysis.curves import curves
from scaling.analysis.reproduce import GRID, OURS, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FIGURES", "save_figures"]

FIGURES = {
    "figure_2": "Scores on hematopoiesis over the size of the corpus",
    "figure_3": "Saturation points of classification",
    "figure_s1": "Saturation points with spike-ins",
}
MAPS = {
    "figure_3": ("zeroshot_classification", "finetuned_classification"),
    "figure_s1": (
        "zeroshot_classification_spikein", "finetuned_classification_spikein", "zeroshot_integration_spikein",
    ),
}  # fmt: skip
SET = "dataset:hematopoiesis"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#6b6b6b")
SHADES = ("#e8f1fa", "#b3d1ea", "#7db1da", "#478fc8", "#1f6fb2", "#0b4a80")
"""One shade per printed share, the same in every panel: the printed maps stretch theirs panel by panel."""


def save_figures(rows: Sequence[Row], printed: Iterable[Result], ours: Iterable[Result], folder: Path) -> list[Path]:
    """Write ``figure_2.png``, ``figure_3.png`` and ``figure_s1.png``.

    Parameters
    ----------
    rows
        From :func:`scaling.analysis.reproduce.reproduce`.
    printed, ours
        Scores of the paper's curves, and those of our studies.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    paths = []
    for name, title in FIGURES.items():
        panels = 2 if name == "figure_2" else len(MAPS[name])
        figure = Figure(
            figsize=(5.4 * panels, 3.8 if panels == 2 and name == "figure_2" else 5.6), layout="constrained"
        )
        FigureCanvasAgg(figure)
        axes = figure.subplots(1, panels, squeeze=False)[0]
        if name == "figure_2":
            _draw_printed(axes[0], printed)
            _draw_ours(axes[1], ours)
        else:
            for ax, evaluation in zip(axes, MAPS[name], strict=True):
                _draw_map(ax, [row for row in rows if row.evaluation == evaluation], evaluation)
        figure.suptitle(title, fontsize=11)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=120)
        paths.append(path)
    return paths


def _draw_printed(ax: Axes, results: Iterable[Result]) -> None:
    names = load_vocabulary().with_names
    lines: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        if result.dataset_id == SET and result.metric_id == MICRO_F1 and result.model_id in OURS and result.fraction:
            lines[result.model_id][100 * result.fraction].append(result.value)
    for colour, (model_id, line) in zip(COLOURS, sorted(lines.items()), strict=False):
        sizes = sorted(line)
        ax.plot(sizes, [np.mean(line[size]) for size in sizes], "o-", color=colour, label=names(model_id))
    ax.set(title="printed (mean over runs and samplings)", xlabel="% of 22.2 million cells", ylabel="micro F1")
    ax.legend(fontsize=7, frameon=False)


def _draw_ours(ax: Axes, results: Iterable[Result]) -> None:
    names = load_vocabulary().with_names
    same = [
        result
        for result in results
        if result.model_id in OURS.values()
        and result.metric_id == MICRO_F1
        and result.evaluation == "knn5_within_study"
    ]
    drawn = 0
    last = {}
    for curve in curves(same):
        last[curve.model_id, curve.dataset_id, curve.sampling] = curve  # the largest budget stands last
    for (model_id, dataset_id, sampling), curve in sorted(last.items()):
        share = [100 * cells / curve.cells[-1] for cells in curve.cells]
        label = names(f"{model_id}, {dataset_id}, {sampling}")
        ax.plot(share, np.nanmean(curve.scores, axis=0), "s-", color=COLOURS[drawn % len(COLOURS)], label=label)
        drawn += 1
    ax.set(title="ours (other cells, another corpus)", xlabel="% of our corpus", ylabel="micro F1")
    if drawn:
        ax.legend(fontsize=7, frameon=False)
    else:
        ax.text(0.5, 0.5, "no study of ours scores\nthis evaluation yet", ha="center", transform=ax.transAxes)


def _draw_map(ax: Axes, rows: Sequence[Row], evaluation: str) -> None:
    """Families and samplings down, sets across; in a cell the printed share, below it what was read anew, and ours."""
    from matplotlib.patches import Rectangle

    names: Any = load_vocabulary().with_names
    sets = sorted({row.dataset_id for row in rows})
    lines = sorted({(row.model_id, row.sampling) for row in rows})
    for row in rows:
        x, y = sets.index(row.dataset_id), lines.index((row.model_id, row.sampling))
        place = int(np.argmin([abs(share - row.printed) for share in GRID]))
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=SHADES[place], edgecolor="white"))
        again = row.corrected if row.corrected is not None else row.reread
        text = f"{row.printed:.0%}" + (f" / {again:.0%}" if again is not None else "") + (" *" if row.ours else "")
        ax.text(x, y, text, ha="center", va="center", fontsize=7, color="white" if place > 2 else "#333333")
    ax.set(xlim=(-0.5, len(sets) - 0.5), ylim=(len(lines) - 0.5, -0.5), title=evaluation.replace("_", " "))
    ax.set_xticks(range(len(sets)), [names(name) for name in sets], rotation=30, ha="right", fontsize=7)
    printed_by = " as trained by DenAdel et al."  # of all of them, so that it need not stand in every line
    ax.set_yticks(
        range(len(lines)), [names(f"{model}, {way}").replace(printed_by, "") for model, way in lines], fontsize=7
    )
    ax.set_xlabel("printed / read anew or corrected\n* a study of ours stands beside it", fontsize=7)
