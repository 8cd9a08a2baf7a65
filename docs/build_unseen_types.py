"""Write ``docs/unseen_types.svg`` from the records of the shipped study ``unseen_types_z``.

What is explained of the mean profile of a cell type: by models that saw the type and by such that did not, by the
profile of the most similar type and by that of all other types. Intervals are 95 %, over seeds and test cells.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.demo.figures import svg_file
from biorxivist.seeds import studies
from graph.records import Result
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import TYPE_LEFT_OUT
from scaling.evaluate.jackknife import estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = Path(__file__).with_name("unseen_types.svg")
STUDY = "unseen_types_z"
LINES = {
    None: ("type seen", "#0072b2"),
    TYPE_LEFT_OUT: ("type left out", "#d55e00"),
    "model:nearest_type_profile": ("most similar type", "#6b6b6b"),
    "model:corpus_profile": ("all other types", "#b0b0b0"),
}


def scores() -> dict[str, dict[str | None, list[Result]]]:
    """Set -> what stands in a line -> its scores: of the chosen checkpoints, and of the baselines."""
    found: dict[str, dict[str | None, list[Result]]] = {}
    for record in studies.records():
        if isinstance(record, Result) and record.study == STUDY and (record.chosen or record.run_id is None):
            line = record.ablation if record.run_id else record.model_id
            found.setdefault(record.dataset_id, {}).setdefault(line, []).append(record)
    return dict(sorted(found.items(), reverse=True))


def draw(figure: Figure, sets: dict[str, dict[str | None, list[Result]]]) -> None:
    """Draw a row of marks for each set."""
    ax = figure.subplots()
    for place, lines in enumerate(sets.values()):
        for shift, (line, (name, colour)) in enumerate(LINES.items()):
            results = lines[line]
            found = estimate([each.value for each in results], [each.without_cells for each in results])
            y = place + 0.15 * (1.5 - shift)
            ax.plot(found.interval(), [y, y], color=colour, linewidth=1.5)
            ax.plot(found.value, y, "o", color=colour, markersize=4, label=name if place == 0 else None)
    vocabulary = load_vocabulary()
    ax.set_yticks(range(len(sets)), [vocabulary.with_names(name) for name in sets], fontsize=9)
    ax.set_xlabel("variance of the mean profile that is explained", fontsize=9)
    ax.grid(axis="x", color="#e3e3e3")
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.legend(frameon=False, fontsize=8, loc="lower left")


def render() -> str:
    """Draw the picture."""
    return svg_file("unseen-types", lambda figure: draw(figure, scores()), (6.8, 4.6))
