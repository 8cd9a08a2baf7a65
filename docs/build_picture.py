"""Write ``docs/study.svg``, the picture of the README, from the records of the shipped studies.

It shows the curves of the report that ``biorxivist demo`` writes, side by side and on white.
"""

from __future__ import annotations

from pathlib import Path

from biorxivist.demo.budget import evaluation_sets
from biorxivist.demo.figures import study_figure, svg_file
from biorxivist.seeds import studies
from graph.records import Result, SaturationPoint

PAGE = Path(__file__).with_name("study.svg")
DRAWN = ("blood_p", "blood_z", "four_full_t")
"""The three folds, the last in full; `four_t` and `diversity_t` ask of the same fold with less."""
PANEL_WIDTH, HEIGHT = 3.7, 3.9
"""In inches."""


def render() -> str:
    """Draw the scores over corpus size on every evaluation set that stands for one of these studies."""
    records = list(studies.records())
    results = [record for record in records if isinstance(record, Result)]
    points = [record for record in records if isinstance(record, SaturationPoint)]
    sets = evaluation_sets(points, DRAWN)
    return svg_file(
        "study",
        lambda figure: study_figure(figure, results, points, sets),
        (PANEL_WIDTH * len(sets), HEIGHT),
    )
