"""Write ``docs/budget.svg``, the picture of the README, from the records of the shipped study.

It is the first figure of the report that ``biorxivist demo`` writes.
"""

from __future__ import annotations

from pathlib import Path

from biorxivist.demo.figures import budget_curves
from biorxivist.seeds import studies
from graph.records import Result, SaturationPoint

PICTURE = Path(__file__).with_name("budget.svg")
STUDY = "full_cpu"


def main() -> None:
    """Draw the scores over corpus size at every training budget."""
    records = list(studies.records())
    results = [record for record in records if isinstance(record, Result) and record.study == STUDY]
    points = [record for record in records if isinstance(record, SaturationPoint) and record.study == STUDY]
    budgets = sorted({result.steps for result in results if result.steps})
    svg = budget_curves(results, points, budgets)
    if "xmlns=" not in svg.partition(">")[0]:
        svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    PICTURE.write_text(svg + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
