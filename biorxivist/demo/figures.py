"""The pictures of the report, as SVG text that stands in the page itself.

Each panel is a picture of its own, so that the page can put panels side by side on a wide screen and below each other
on a phone. Names of lines stand in a legend outside the axes, where they cannot cover a line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from biorxivist.demo.budget import EvaluationSet, is_fitted, own_points
from graph.records import Result, SaturationPoint
from graph.vocabulary import Vocabulary
from graph.vocabulary.protocol import MACRO_F1, RANDOM

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "Curves", "LineKey", "our_heatmaps", "published_heatmaps", "small_study_panels", "study_figure", "study_panels",
    "svg", "svg_file",
]  # fmt: skip

PUBLISHED = (
    ("zeroshot_classification", "Annotation, zero-shot"),
    ("finetuned_classification", "Annotation, fine-tuned"),
    ("zeroshot_integration", "Integration, zero-shot"),
    ("finetuned_perturbation", "Perturbation, fine-tuned"),
)
SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.titlesize": 10}
CURVE_SIZE = (3.7, 3.1)
"""Width and height in inches; the width is about that of a third of the page, and of a phone."""
DASHES = {":": "dotted", "--": "dashed", "-.": "dash-dotted", "-": "solid"}
BASELINE_STYLES = (":", "--", "-.")
RING_ROOM = 0.04
"""Share of a y axis that is added at both ends, about the radius of a ring."""


class LineKey(NamedTuple):
    """One entry of a legend."""

    label: str
    colour: str
    dash: str
    """solid, dotted, dashed or dash-dotted."""


class Curves(NamedTuple):
    """Panels that share their y axis and their legend."""

    panels: tuple[str, ...]
    """SVG elements."""
    keys: tuple[LineKey, ...]


Draw = Callable[["Axes"], None]


def svg(name: str, draw: Callable[[Figure], None], size: tuple[float, float], *, transparent: bool = True) -> str:
    """Draw a figure and return it as an <svg> element whose ids begin with ``name``, equal for equal data."""
    return _element(name, _figure(draw, size), transparent=transparent)


def svg_file(name: str, draw: Callable[[Figure], None], size: tuple[float, float]) -> str:
    """Draw a figure and return the text of a file of its own, on white: unlike in a page, it names its namespace."""
    picture = svg(name, draw, size, transparent=False)
    if "xmlns=" not in picture.partition(">")[0]:
        picture = picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return picture + "\n"


def _figure(draw: Callable[[Figure], None], size: tuple[float, float]) -> Figure:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
    return figure


def _element(name: str, figure: Figure, *, transparent: bool = True) -> str:
    import matplotlib as mpl

    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    text = io.StringIO()
    with mpl.rc_context({**SETTINGS, "svg.hashsalt": name}):
        figure.savefig(text, format="svg", metadata=metadata, transparent=transparent)
    element = text.getvalue()
    element = element[element.index("<svg") :]
    # Several pictures stand in one page, where an id may occur once only.
    element = re.sub(r'\bid="', f'id="{name}-', element)
    element = re.sub(r'(xlink:href="#|url\(#)', rf"\1{name}-", element)
    return element.replace("<svg ", '<svg role="img" ', 1)


def study_figure(
    figure: Figure, results: Sequence[Result], points: Sequence[SaturationPoint], sets: Sequence[EvaluationSet]
) -> None:
    """Draw scores over corpus size at the chosen checkpoints, one panel per evaluation set, with a legend below."""
    panels = figure.subplots(1, len(sets), squeeze=False)[0]
    for panel, draw in zip(panels, _set_draws(results, points, sets), strict=True):
        draw(panel)
        if panel is not panels[0]:
            panel.set_ylabel("")
    handles, labels = panels[0].get_legend_handles_labels()
    # three names are as wide as two panels
    columns = len(labels) if len(sets) > 2 else 3
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False, fontsize=8)


def study_panels(results: Sequence[Result], points: Sequence[SaturationPoint], sets: Sequence[EvaluationSet]) -> Curves:
    """Scores over corpus size at the chosen checkpoints, one picture per evaluation set."""
    return _curves("study", _set_draws(results, points, sets))


def _set_draws(
    results: Sequence[Result], points: Sequence[SaturationPoint], sets: Sequence[EvaluationSet]
) -> list[Draw]:
    from scaling.analysis.plot import saturation_curves

    # Curves are put together from thousands of results; those of one metric are enough, and several times quicker.
    scored = [result for result in results if result.metric_id == MACRO_F1]

    def draw(panel: Axes, where: EvaluationSet) -> None:
        saturation_curves(
            [result for result in scored if result.study == where.study],
            evaluation=where.evaluation,
            dataset_id=where.dataset_id,
            points=[point for point in points if point.study == where.study],
            metric_id=MACRO_F1,
            ax=panel,
        )
        panel.set_title(where.title, loc="left")
        panel.tick_params(axis="x", labelrotation=45)
        _name_lines(panel)

    return [partial(draw, where=where) for where in sets]


def small_study_panels(results: Sequence[Result], points: Sequence[SaturationPoint]) -> Curves | None:
    """The demo's own study: one picture per way of sampling, at its largest budget; None if it has no curve."""
    from scaling.analysis.curves import curves
    from scaling.analysis.plot import saturation_curves

    scored = [curve for curve in curves(results) if curve.metric_id == MACRO_F1]
    if not scored:
        return None
    first = scored[0]
    samplings = sorted({curve.sampling for curve in scored}, key=lambda sampling: (sampling != RANDOM, sampling))

    def draw(panel: Axes, sampling: str) -> None:
        saturation_curves(
            results,
            dataset_id=first.dataset_id,
            evaluation=first.evaluation,
            metric_id=MACRO_F1,
            sampling=sampling,
            points=points,
            ax=panel,
        )
        panel.set_title(sampling.replace("_", "-"), loc="left")
        panel.tick_params(axis="x", labelrotation=45)
        _name_lines(panel)

    return _curves("small", [partial(draw, sampling=sampling) for sampling in samplings])


def _name_lines(panel: Axes) -> None:
    """Name baselines in the legend instead of beside their lines, where the name would cover the ends of curves."""
    if (legend := panel.get_legend()) is not None:
        legend.remove()
    names = {text.get_position()[1]: text.get_text() for text in panel.texts}
    for text in list(panel.texts):
        text.remove()
    styles = cycle(BASELINE_STYLES)
    for line in panel.get_lines():
        heights = [float(height) for height in np.asarray(line.get_ydata())]
        if len(heights) == 2 and heights[0] == heights[1] and heights[0] in names:
            line.set(label=names[heights[0]], linestyle=next(styles))


def _curves(name: str, draws: Sequence[Draw]) -> Curves:
    from matplotlib.lines import Line2D

    def fill(figure: Figure, draw: Draw) -> None:
        draw(figure.subplots())

    figures = [_figure(partial(fill, draw=draw), CURVE_SIZE) for draw in draws]
    panels = [figure.axes[0] for figure in figures]
    share_heights(panels)
    handles, labels = panels[0].get_legend_handles_labels()
    keys = [
        LineKey(label, str(handle.get_color()), DASHES[str(handle.get_linestyle())])
        for handle, label in zip(handles, labels, strict=True)
        if isinstance(handle, Line2D)
    ]
    return Curves(tuple(_element(f"{name}-{place}", figure) for place, figure in enumerate(figures)), tuple(keys))


def share_heights(panels: Sequence[Axes]) -> None:
    """Give panels one y axis, with room for a ring around the highest point of all."""
    low, high = min(panel.get_ylim()[0] for panel in panels), max(panel.get_ylim()[1] for panel in panels)
    room = RING_ROOM * (high - low)
    for panel in panels:
        panel.set_ylim(low - room, high + room)


def published_heatmaps(points: Iterable[SaturationPoint], vocabulary: Vocabulary) -> list[str]:
    """Saturation points as the paper prints them, a picture per task: models and samplings down, sets across."""
    printed = [point for point in points if point.source == "published" and point.status == "as_printed"]
    labels = _labels(printed, vocabulary)
    groups = [(name, title, [point for point in printed if point.evaluation == name]) for name, title in PUBLISHED]
    return [
        _heatmap(f"published-{name}", title, group, group[0].rule, labels, (4.2, 6.2))
        for name, title, group in groups
        if group
    ]


def our_heatmaps(
    points: Sequence[SaturationPoint], sets: Sequence[EvaluationSet], rule: str, vocabulary: Vocabulary
) -> list[str]:
    """Our saturation points by one rule: a picture per evaluation set, models down, training budgets across."""
    ours = [point for point in own_points(points, sets) if point.rule == rule]
    labels = _labels(ours, vocabulary)
    name = f"ours-{rule.partition('@')[0]}"
    pictures = []
    for place, where in enumerate(sets):
        on_set = [point for point in ours if EvaluationSet.of(point) == where]
        columns = {f"{steps:,} steps": steps for steps in sorted({point.steps for point in on_set if point.steps})}
        # a fitted model has one point, which stands at every budget
        cells = {
            (point.model_id, column): point
            for column, steps in columns.items()
            for point in on_set
            if point.steps == steps or is_fitted(point)
        }
        if any(point.checkpoint for point in on_set):
            cells |= {(point.model_id, "chosen"): point for point in on_set if point.checkpoint or is_fitted(point)}
        if cells:
            pictures.append(_budget_table(f"{name}-{place}", where.title, cells, [*columns, "chosen"], labels))
    return pictures


def _budget_table(
    name: str,
    title: str,
    cells: Mapping[tuple[str, str], SaturationPoint],
    columns: Sequence[str],
    labels: Mapping[str, str],
) -> str:
    from scaling.analysis.plot import colour_table

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        colour_table(cells, columns=columns, labels=labels, ax=panel)
        panel.set_title(title, loc="left")

    return svg(name, draw, (3.9, 1.6))


def _heatmap(
    name: str,
    title: str,
    points: Sequence[SaturationPoint],
    rule: str,
    labels: dict[str, str],
    size: tuple[float, float],
) -> str:
    from scaling.analysis.plot import saturation_heatmap

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        saturation_heatmap(points, rule=rule, labels=labels, ax=panel)
        panel.set_title(title, loc="left")
        for label in panel.get_xticklabels():
            # Names of sets are long: each slants up to its column and ends there.
            label.set(rotation=40, horizontalalignment="right", rotation_mode="anchor")

    return svg(name, draw, size)


def _labels(points: Iterable[SaturationPoint], vocabulary: Vocabulary) -> dict[str, str]:
    names = {name for point in points for name in (point.model_id, point.dataset_id)}
    entries = {name: vocabulary.get(name) for name in names}
    return {
        name: entry.name for name, entry in entries.items() if entry is not None and not name.startswith("model:ours")
    }
