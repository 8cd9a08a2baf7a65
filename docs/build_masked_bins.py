"""Write ``docs/masked_bins.svg`` from the records of the shipped study ``masked_bins_t``.

Accuracy on hidden expression bins of each held-out set: the transformer as it is, without gene identity, and the rule
that answers with the most common bin of the cell. Intervals are 95 %, over seeds and test cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.demo.figures import svg_file
from biorxivist.seeds import studies
from graph.records import Result
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import NO_GENE_IDENTITY
from scaling.evaluate.jackknife import estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = Path(__file__).with_name("masked_bins.svg")
STUDY, RULE = "masked_bins_t", "model:most_common_bin"
LINES = {None: ("with gene identity", "#0072b2"), NO_GENE_IDENTITY: ("without", "#d55e00"), RULE: ("rule", "#6b6b6b")}


def scores() -> dict[str, dict[str | None, list[Result]]]:
    """Set -> what stands in a line -> its scores: of the chosen checkpoints, and of the rule."""
    found: dict[str, dict[str | None, list[Result]]] = {}
    for record in studies.records():
        if isinstance(record, Result) and record.study == STUDY and (record.chosen or record.model_id == RULE):
            line = RULE if record.model_id == RULE else record.ablation
            found.setdefault(record.dataset_id, {}).setdefault(line, []).append(record)
    return dict(sorted(found.items()))


def draw(figure: Figure, sets: dict[str, dict[str | None, list[Result]]]) -> None:
    """Draw a group of three marks for each set."""
    ax = figure.subplots()
    for place, lines in enumerate(sets.values()):
        for shift, (line, (name, colour)) in enumerate(LINES.items()):
            value, low, high = of(lines[line])
            x = place + 0.18 * (shift - 1)
            ax.plot([x, x], [low, high], color=colour, linewidth=2)
            ax.plot(x, value, "o", color=colour, markersize=5, label=name if place == 0 else None)
    vocabulary = load_vocabulary()
    ax.set_xticks(range(len(sets)), [vocabulary.with_names(name) for name in sets], fontsize=9)
    ax.set_ylabel("hidden bins predicted right", fontsize=9)
    ax.grid(axis="y", color="#e3e3e3")
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.legend(frameon=False, fontsize=9)


def of(results: Sequence[Result]) -> tuple[float, float, float]:
    """Mean of the replicates and its interval."""
    found = estimate([each.value for each in results], [each.without_cells for each in results])
    return found.value, *found.interval()


def render() -> str:
    """Draw the picture."""
    return svg_file("masked-bins", lambda figure: draw(figure, scores()), (5.4, 3.6))
