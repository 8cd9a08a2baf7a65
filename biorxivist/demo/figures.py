"""The pictures of the report, as SVG text that stands in the page itself."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from graph.records import Result, SaturationPoint
from graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["budget_curves", "our_heatmap", "published_heatmap", "small_study_curves"]

METRIC = "metric:macro_f1"
POOLED = "dataset:held_out_mean"
PUBLISHED = (
    ("zeroshot_classification", "Annotation, zero-shot"),
    ("finetuned_classification", "Annotation, fine-tuned"),
    ("zeroshot_integration", "Integration, zero-shot"),
    ("finetuned_perturbation", "Perturbation, fine-tuned"),
)
SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.titlesize": 10}


def _svg(name: str, draw: Callable[[Figure], None], size: tuple[float, float]) -> str:
    """Draw a figure and return it as an <svg> element whose ids begin with ``name``, equal for equal data."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context({**SETTINGS, "svg.hashsalt": name}):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    element = text.getvalue()
    element = element[element.index("<svg") :]
    element = re.sub(r'\bid="', f'id="{name}-', element)
    element = re.sub(r'(xlink:href="#|url\(#)', rf"\1{name}-", element)
    return element.replace("<svg ", '<svg role="img" ', 1)


def budget_curves(results: Sequence[Result], points: Sequence[SaturationPoint], budgets: Sequence[int]) -> str:
    """Scores over corpus size, one panel per training budget, mean over the held-out studies."""
    from scaling.plot import saturation_curves

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(budgets), sharey=True, squeeze=False)[0]
        for panel, steps in zip(panels, budgets, strict=True):
            saturation_curves(results, steps=steps, points=points, metric_id=METRIC, ax=panel)
            panel.set_title(f"{steps:,} steps", loc="left")
            panel.tick_params(axis="x", labelrotation=45)
            if panel is not panels[0]:
                panel.set_ylabel("")
            if panel is not panels[-1] and (legend := panel.get_legend()) is not None:
                legend.remove()

    return _svg("budget", draw, (3.7 * len(budgets), 3.9))


def small_study_curves(results: Sequence[Result], points: Sequence[SaturationPoint]) -> str:
    """The demo's own study: one panel per way of sampling, at its largest budget; empty if it has no curve."""
    from scaling.plot import saturation_curves
    from scaling.points import curves

    drawn = [curve for curve in curves(results) if curve.metric_id == METRIC]
    if not drawn:
        return ""
    scored = drawn[0]
    ways = sorted({curve.sampling for curve in drawn}, key=lambda way: (way != "random", way))

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(ways), sharey=True, squeeze=False)[0]
        for panel, sampling in zip(panels, ways, strict=True):
            saturation_curves(
                results,
                dataset_id=scored.dataset_id,
                evaluation=scored.evaluation,
                metric_id=METRIC,
                sampling=sampling,
                points=points,
                ax=panel,
            )
            panel.set_title(sampling.replace("_", "-"), loc="left")
            if panel is not panels[0]:
                panel.set_ylabel("")

    return _svg("small", draw, (4.2 * len(ways), 3.6))


def published_heatmap(points: Iterable[SaturationPoint], vocabulary: Vocabulary) -> str:
    """Saturation points as the paper prints them: models and samplings down, evaluation sets across, four tasks."""
    from scaling.plot import saturation_heatmap

    printed = [point for point in points if point.source == "published" and point.status == "as_printed"]
    groups = [(title, [one for one in printed if one.evaluation == name]) for name, title in PUBLISHED]
    groups = [(title, found) for title, found in groups if found]
    labels = _labels(printed, vocabulary)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(groups), squeeze=False)[0]
        for panel, (title, found) in zip(panels, groups, strict=True):
            saturation_heatmap(found, rule=found[0].rule, labels=labels, ax=panel)
            panel.set_title(title, loc="left")
            _slant(panel)
            if panel is not panels[0]:
                panel.set_yticklabels([])

    return _svg("published", draw, (3.6 + 2.6 * len(groups), 7.2))


def our_heatmap(points: Sequence[SaturationPoint], study: str, rule: str, vocabulary: Vocabulary) -> str:
    """Our saturation points by one rule: one panel per training budget, models down, held-out studies across."""
    from scaling.plot import saturation_heatmap

    ours = [
        point
        for point in points
        if (point.study, point.rule, point.metric_id) == (study, rule, METRIC)
        and point.evaluation == "knn5_cross_study"
        and point.sampling == "random"
    ]
    budgets = sorted({point.steps for point in ours if point.steps})
    labels = _labels(ours, vocabulary)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(budgets), squeeze=False)[0]
        for panel, steps in zip(panels, budgets, strict=True):
            saturation_heatmap([one for one in ours if one.steps in (steps, None)], rule=rule, labels=labels, ax=panel)
            panel.set_title(f"{steps:,} steps", loc="left")
            _slant(panel)
            if panel is not panels[0]:
                panel.set_yticklabels([])

    return _svg(f"ours-{rule.partition('@')[0]}", draw, (2.2 + 3.4 * len(budgets), 2.7))


def _slant(panel: Axes) -> None:
    """Long names of sets below the columns, each ending at its column."""
    for label in panel.get_xticklabels():
        label.set(rotation=35, horizontalalignment="right", rotation_mode="anchor")


def _labels(points: Iterable[SaturationPoint], vocabulary: Vocabulary) -> dict[str, str]:
    names = {name for point in points for name in (point.model_id, point.dataset_id)}
    entries = {name: vocabulary.get(name) for name in names}
    return {
        name: entry.name for name, entry in entries.items() if entry is not None and not name.startswith("model:ours")
    }
