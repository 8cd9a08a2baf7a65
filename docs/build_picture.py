"""Write ``docs/budget.svg``, the picture of the README, from the records of the shipped study.

It shows the curves of the report that ``biorxivist demo`` writes, side by side and on white.
"""

from __future__ import annotations

from pathlib import Path

from biorxivist.demo.figures import budget_figure, svg
from biorxivist.seeds import studies
from graph.records import Result, SaturationPoint

PAGE = Path(__file__).with_name("budget.svg")
STUDY = "full_cpu"
PANEL_WIDTH, HEIGHT = 3.7, 3.9
"""In inches."""


def render() -> str:
    """Draw the scores over corpus size at every training budget."""
    records = list(studies.records())
    results = [record for record in records if isinstance(record, Result) and record.study == STUDY]
    points = [record for record in records if isinstance(record, SaturationPoint) and record.study == STUDY]
    budgets = sorted({result.steps for result in results if result.steps})
    picture = svg(
        "budget",
        lambda figure: budget_figure(figure, results, points, budgets),
        (PANEL_WIDTH * len(budgets), HEIGHT),
        transparent=False,
    )
    if "xmlns=" not in picture.partition(">")[0]:
        picture = picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return picture + "\n"
