from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from biorxivist.demo.budget import EvaluationSet
from biorxivist.demo.figures import (
    CURVE_SIZE,
    our_heatmaps,
    published_heatmaps,
    share_heights,
    small_study_panels,
    study_figure,
    study_panels,
)  # fmt: skip
from biorxivist.demo.model import Demo
from graph.records import Result, SaturationPoint
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import POOLED
from tests.biorxivist.demo.conftest import DemoRun

POINTS_PER_SEGMENT = 200


@pytest.fixture(scope="module")
def sets(demo_run: DemoRun) -> list[EvaluationSet]:
    return list(dict.fromkeys(arm.where for arm in demo_run.demo.arms))


def labels(figure: Figure) -> Iterator[tuple[str, Bbox]]:
    for text in figure.findobj(Text):
        if isinstance(text, Text) and text.get_visible() and text.get_text():
            yield text.get_text(), text.get_window_extent()


def drawn(figure: Figure) -> Iterator[np.ndarray]:
    """Points of all lines on the canvas, in pixels, so close that a label cannot lie between two of them."""
    for axes in figure.axes:
        for line in axes.get_lines():
            ends = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
            for start, end in pairwise(ends):
                yield start + np.linspace(0, 1, POINTS_PER_SEGMENT)[:, None] * (end - start)
            yield ends


def covered(figure: Figure) -> list[str]:
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    paths = list(drawn(figure))
    return [name for name, box in labels(figure) if any(box.padded(-0.5).count_contains(path) for path in paths)]


def test_no_label_covers_a_curve_or_its_end(demo: Demo, sets: list[EvaluationSet]) -> None:
    figure = Figure(figsize=(3.7 * len(sets), 3.9), layout="constrained")
    study_figure(figure, demo.results, demo.points, sets)
    assert covered(figure) == []
    names = {text for text, _ in labels(figure)}
    assert {"Contrastive", "Masked autoencoder", "PCA", "untrained encoder", "log-normalised genes"} <= names


def test_a_label_over_a_curve_would_be_seen() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    axes.text(0.5, 0.5, "over", ha="center", va="center")
    assert covered(figure) == ["over"]


def test_panels_share_their_axis_and_name_every_line_in_the_legend(demo: Demo, sets: list[EvaluationSet]) -> None:
    curves = study_panels(demo.results, demo.points, sets)
    assert len(curves.panels) == len(sets)
    scales = {tuple(re.findall(r">(0\.\d+)<", panel)) for panel in curves.panels}
    assert len(scales) == 1
    assert len({key.label for key in curves.keys}) == len(curves.keys) == 6
    assert len({(key.colour, key.dash) for key in curves.keys}) == len(curves.keys)


def test_ids_of_different_pictures_differ(demo: Demo, sets: list[EvaluationSet]) -> None:
    panels = study_panels(demo.results, demo.points, sets).panels
    ids = [name for panel in panels for name in re.findall(r'\bid="([^"]+)"', panel)]
    assert len(ids) == len(set(ids))


def test_there_is_a_picture_for_each_task_and_each_set(demo: Demo, sets: list[EvaluationSet]) -> None:
    vocabulary = load_vocabulary()
    assert len(published_heatmaps(demo.points, vocabulary)) == 4
    assert len(our_heatmaps(demo.points, sets, "equivalence@1", vocabulary)) == len(sets)


def test_sets_of_two_studies_that_have_one_name_show_their_own_points(demo: Demo) -> None:
    point = next(point for arm in demo.arms for point in arm.points if point.dataset_id == POOLED)
    points = [
        point.model_copy(update={"study": study, "fraction": fraction, "outcome": "saturated"})
        for study, fraction in (("one", 0.11), ("two", 0.77))
    ]
    pictures = our_heatmaps(points, [EvaluationSet.of(each) for each in points], point.rule, load_vocabulary())
    assert [re.findall(r">(\d+ %)<", picture) for picture in pictures] == [["11 %"], ["77 %"]]


def test_a_ring_around_the_highest_point_is_whole_where_panels_share_an_axis() -> None:
    panels = [Figure(figsize=CURVE_SIZE, layout="constrained").subplots() for _ in range(2)]
    panels[0].plot([0, 1], [0.3, 0.5])
    panels[1].plot([0, 1], [0.9, 0.95], "o", markersize=11)
    share_heights(panels)
    figure = panels[1].get_figure()
    assert isinstance(figure, Figure)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    highest = panels[1].transData.transform((1, 0.95))[1]
    assert highest + 11 / 2 * figure.dpi / 72 <= panels[1].bbox.y1


def test_the_small_study_has_a_picture_for_each_sampling_or_none_at_all(demo: Demo) -> None:
    results = [record for record in demo.small_study if isinstance(record, Result)]
    points = [record for record in demo.small_study if isinstance(record, SaturationPoint)]
    curves = small_study_panels(results, points)
    assert curves is not None
    assert len(curves.panels) == len({result.sampling for result in results if result.cells})
    assert small_study_panels([], []) is None
