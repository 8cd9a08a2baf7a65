"""Write ``docs/supervised.svg`` from the records of the shipped studies ``supervised_w16`` and ``supervised_w256``.

Macro F1 with about 100 labelled cells and with all, of networks of two widths and of logistic regression. Intervals are
95 %, over draws of labels and test cells.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.demo.figures import svg_file
from biorxivist.seeds import studies
from graph.records import Result
from graph.vocabulary.protocol import MACRO_F1
from scaling.evaluate.jackknife import Estimate, estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = Path(__file__).with_name("supervised.svg")
LINES = {
    ("supervised_w16", "model:ours_masked"): ("network of 16 units", "#d55e00"),
    ("supervised_w256", "model:ours_masked"): ("network of 256 units", "#0072b2"),
    ("supervised_w256", "model:logistic_regression"): ("logistic regression", "#6b6b6b"),
}
PANELS = {
    (None, "dataset:zheng_facs"): "ten gates, within",
    ("dataset:pbmc3k", "dataset:zheng_facs"): "gates, learnt on PBMC 3k",
    ("dataset:zheng_facs", "dataset:pbmc3k"): "PBMC 3k, learnt on gates",
}
FEW, ALL = "about 100", "all"

Point = tuple[tuple[str | None, str], tuple[str, str], str]
"""Panel, line and share of labels."""


def scores() -> dict[Point, Estimate]:
    """Score of each point of the picture, over draws of labels."""
    found: dict[Point, list[Result]] = {}
    for each in studies.records():
        if isinstance(each, Result) and each.metric_id == MACRO_F1 and (str(each.study), each.model_id) in LINES:
            labels = FEW if "percent" in each.evaluation else ALL
            point = ((each.reference_id, each.dataset_id), (str(each.study), each.model_id), labels)
            found.setdefault(point, []).append(each)
    return {
        point: estimate([each.value for each in draws], [each.without_cells for each in draws])
        for point, draws in found.items()
    }


def draw(figure: Figure, found: dict[Point, Estimate]) -> None:
    """Draw a panel for each set."""
    for number, (ax, (panel, title)) in enumerate(
        zip(figure.subplots(1, len(PANELS), sharey=True), PANELS.items(), strict=True)
    ):
        for shift, (line, (name, colour)) in zip((-0.08, 0.0, 0.08), LINES.items(), strict=True):
            values = [found[panel, line, labels] for labels in (FEW, ALL)]
            places = [shift, 1 + shift]
            for place, each in zip(places, values, strict=True):
                ax.plot([place, place], list(each.interval()), color=colour, linewidth=2)
            ax.plot(places, [each.value for each in values], "o-", color=colour, markersize=4, linewidth=1, label=name)
        ax.set_xticks([0, 1], [FEW, ALL], fontsize=8)
        ax.set_xlim(-0.3, 1.3)
        ax.set_title(title, fontsize=8)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        if number == 0:
            ax.set_ylabel("macro F1", fontsize=9)
        if number == 1:
            ax.set_xlabel("labelled cells", fontsize=9)
            ax.legend(frameon=False, fontsize=8, loc="lower center")


def render() -> str:
    """Draw the picture."""
    return svg_file("supervised", lambda figure: draw(figure, scores()), (7.2, 3.4))
