"""The printed figures in their layout, with ours beside them: curves of each set, and maps of saturation points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.records import Result
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import CELLTYPE_REWEIGHTED, GEOMETRIC_SKETCHING, MICRO_F1, POOLED, RANDOM
from scaling.analysis.curves import curves
from scaling.analysis.reproduce import GRID, Row
from scaling.analysis.reproduce_ours import OURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FIGURES", "Drawn", "drawn_curves", "save_figures"]

FIGURES = {
    "figure_2": "Scores over the size of the corpus: printed, and ours beside them",
    "figure_3": "Saturation points of classification: printed, and ours beside them",
    "figure_s1": "Saturation points with spike-ins: printed, and ours beside them",
}
MAPS = {
    "figure_3": ("zeroshot_classification", "finetuned_classification"),
    "figure_s1": (
        "zeroshot_classification_spikein", "finetuned_classification_spikein", "zeroshot_integration_spikein",
    ),
}  # fmt: skip
LINES = {
    "zeroshot_classification": (MICRO_F1, "knn5_within_study"),
    "zeroshot_integration": ("metric:avg_bio", "integration_"),
}
"""Printed evaluation that curves are printed of -> its metric, and the beginning of the name of ours."""
COLOURS = dict(zip(OURS, ("#6b6b6b", "#0072b2", "#d55e00", "#009e73", "#cc79a7"), strict=True))
SHADES = ("#e8f1fa", "#b3d1ea", "#7db1da", "#478fc8", "#1f6fb2", "#0b4a80")
"""One shade per printed share, the same in every panel: the printed maps stretch theirs panel by panel."""
MARKS = {RANDOM: "s--", CELLTYPE_REWEIGHTED: "^:", GEOMETRIC_SKETCHING: "v-."}
"""How a line of ours is drawn, by sampling; the printed ones are means over all of them."""
AS_TRAINED = " as trained by DenAdel et al."  # of all of them, so that it need not stand in every line


@dataclass(frozen=True)
class Drawn:
    """One value of figure 2."""

    figure: str
    source: str
    """``published`` or ``reproduced``, as in records."""
    evaluation: str
    dataset_id: str
    model_id: str
    sampling: str
    """Empty where several are averaged."""
    study: str
    cells: int
    fraction: float
    """Of the corpus."""
    value: float
    """Mean of the scores."""
    scores: int
    """Scores that it is the mean of; 0 where the paper does not say."""

    def record(self) -> dict[str, Any]:
        """The value as JSON has it."""
        return asdict(self)


def drawn_curves(printed: Iterable[Result], ours: Iterable[Result]) -> list[Drawn]:
    """Values of figure 2: curves that the paper prints of its five families, and ours of the same families.

    Of a study of ours with several budgets the largest is drawn, or the chosen checkpoints where validation chose them.
    """
    return [*_printed_values(printed), *_own_values(ours)]


def _printed_values(printed: Iterable[Result]) -> Iterator[Drawn]:
    values: dict[tuple[str, str, str, float, int], list[float]] = defaultdict(list)
    for result in printed:
        metric, _ = LINES.get(result.evaluation, ("", ""))
        if result.model_id in OURS and result.metric_id == metric and result.fraction:
            key = (result.evaluation, result.dataset_id, result.model_id, result.fraction, result.cells or 0)
            values[key].append(result.value)
    for (evaluation, dataset_id, model_id, fraction, cells), scores in sorted(values.items()):
        value = round(float(np.mean(scores)), 6)  # two figures may draw the same curve
        yield Drawn("figure_2", "published", evaluation, dataset_id, model_id, "", "", cells, fraction, value, 0)


def _own_values(ours: Iterable[Result]) -> Iterator[Drawn]:
    results = [result for result in ours if result.model_id in OURS.values()]
    for evaluation, (metric, name) in LINES.items():
        same = [result for result in results if result.metric_id == metric and result.evaluation.startswith(name)]
        last = {}
        for curve in curves(same):  # rising budgets, and chosen checkpoints at the end
            last[curve.study, curve.model_id, curve.dataset_id, curve.sampling] = curve
        for curve in last.values():
            if curve.dataset_id == POOLED:
                continue
            for place, cells in enumerate(curve.cells):
                scores = curve.scores[:, place][~np.isnan(curve.scores[:, place])]
                yield Drawn(
                    "figure_2", "reproduced", evaluation, curve.dataset_id, curve.model_id, curve.sampling,
                    curve.study or "", cells, round(cells / curve.cells[-1], 6), round(float(scores.mean()), 6),
                    len(scores),
                )  # fmt: skip


def save_figures(rows: Sequence[Row], drawn: Sequence[Drawn], folder: Path) -> list[Path]:
    """Write ``figure_2.png``, ``figure_3.png`` and ``figure_s1.png``.

    Parameters
    ----------
    rows
        From :func:`scaling.analysis.reproduce.reproduce`.
    drawn
        From :func:`drawn_curves`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    paths = []
    for name, title in FIGURES.items():
        figure = Figure(layout="constrained")
        FigureCanvasAgg(figure)
        if name == "figure_2":
            _draw_curves(figure, drawn)
        else:
            _draw_maps(figure, rows, MAPS[name])
        figure.suptitle(title, fontsize=11)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=100)
        paths.append(path)
    return paths


def _draw_curves(figure: Figure, drawn: Sequence[Drawn]) -> None:
    """A row per evaluation, a column per printed set, and ours of any study and set in the columns behind."""
    panels: dict[str, dict[str, list[tuple[str, str]]]] = {
        evaluation: {
            source: sorted(
                {
                    (each.study, each.dataset_id)
                    for each in drawn
                    if (each.evaluation, each.source) == (evaluation, source)
                }
            )
            for source in ("published", "reproduced")
        }
        for evaluation in LINES
    }
    printed = max(len(sets["published"]) for sets in panels.values())
    own = max(1, *(len(sets["reproduced"]) for sets in panels.values()))
    figure.set_size_inches(2.5 * (printed + own), 2.8 * len(panels))
    grid = figure.subplots(len(panels), printed + own, squeeze=False, sharey="row")  # no panel magnifies its noise
    for axes, (evaluation, sets) in zip(grid, panels.items(), strict=True):
        for first, source in ((0, "published"), (printed, "reproduced")):
            for ax, (study, dataset_id) in zip(axes[first:], sets[source], strict=False):
                _draw_set(ax, [each for each in drawn if (each.evaluation, each.source, each.study, each.dataset_id)
                               == (evaluation, source, study, dataset_id)], study, dataset_id)  # fmt: skip
        for ax in axes[len(sets["published"]) : printed]:
            ax.set_axis_off()
        for ax in axes[printed + len(sets["reproduced"]) :]:
            ax.set_axis_off()
            if not sets["reproduced"] and ax is axes[printed]:
                ax.text(0.5, 0.5, "not run here", ha="center", fontsize=8, transform=ax.transAxes)
        axes[0].set_ylabel(
            f"{evaluation.removeprefix('zeroshot_')}\n{LINES[evaluation][0].partition(':')[2]}", fontsize=8
        )
    names = load_vocabulary().with_names
    ways = [way for way in MARKS if any(each.sampling == way for each in drawn)]
    figure.legend(
        handles=[*(_line(colour, "o-") for colour in COLOURS.values()), *(_line("black", MARKS[way]) for way in ways)],
        labels=[
            *(names(model).replace(AS_TRAINED, "") for model in COLOURS),
            *(f"ours, {way.replace('_', ' ')}" for way in ways),
        ],
        loc="outside lower center", ncols=len(COLOURS) + len(ways), fontsize=8, frameon=False,
    )  # fmt: skip


def _line(colour: str, mark: str) -> Any:
    from matplotlib.lines import Line2D

    style: Any = mark[1:]  # matplotlib lists the strings that it takes
    return Line2D([], [], color=colour, marker=mark[0], linestyle=style, markersize=4)


def _draw_set(ax: Axes, drawn: Sequence[Drawn], study: str, dataset_id: str) -> None:
    families = {own: printed for printed, own in OURS.items()}
    lines: dict[tuple[str, str], list[Drawn]] = defaultdict(list)
    for each in drawn:
        lines[families.get(each.model_id, each.model_id), each.sampling].append(each)
    for (family, sampling), line in sorted(lines.items()):
        line.sort(key=lambda each: each.cells)
        mark = MARKS.get(sampling, "s--") if study else "o-"
        ax.plot([100 * each.fraction for each in line], [each.value for each in line], mark, markersize=3,
                linewidth=1, color=COLOURS[family])  # fmt: skip
    whole = max(each.cells for each in drawn)
    who = f"ours, {study}" if study else "printed"
    ax.set_title(f"{load_vocabulary().with_names(dataset_id)}\n({who})", fontsize=8)
    ax.set_xlabel(f"% of {whole:,} cells", fontsize=7)
    ax.tick_params(labelsize=7)


def _draw_maps(figure: Figure, rows: Sequence[Row], evaluations: Sequence[str]) -> None:
    """A row per evaluation: the printed map, and beside it the same families and samplings on our sets."""
    figure.set_size_inches(10.5, 4.4 * len(evaluations))
    grid = figure.subplots(len(evaluations), 2, squeeze=False, width_ratios=(4, 3))
    for (left, right), evaluation in zip(grid, evaluations, strict=True):
        own = [row for row in rows if row.evaluation == evaluation]
        lines = sorted({(row.model_id, row.sampling) for row in own})
        sets = sorted({row.dataset_id for row in own})
        cells = {}
        for row in own:
            again = row.corrected if row.corrected is not None else row.reread
            text = f"{row.printed:.0%}" + (f" / {again:.0%}" if again is not None else "")
            cells[row.dataset_id, (row.model_id, row.sampling)] = (row.printed, text)
        _draw_map(left, cells, sets, lines, f"printed: {evaluation.replace('_', ' ')}")
        left.set_xlabel("printed / read anew or corrected", fontsize=7)
        ours = {
            (f"{point.dataset_id} ({point.study})", (row.model_id, row.sampling)): (
                point.fraction or 1.0,
                f"{point.fraction:.1%}" if point.fraction is not None else "none",
            )
            for row in own
            for point in row.ours
        }
        scale = max((point.corpus_cells or 0 for row in own for point in row.ours), default=0)
        _draw_map(right, ours, sorted({name for name, _ in ours}), lines, "ours: other cells, another corpus")
        right.set_yticks([])
        right.set_xlabel(f"of at most {scale:,} cells" if ours else "", fontsize=7)
        if not ours:
            right.text(0.5, 0.5, "not run here", ha="center", fontsize=8, transform=right.transAxes)


def _draw_map(
    ax: Axes,
    cells: dict[tuple[str, tuple[str, str]], tuple[float, str]],
    sets: Sequence[str],
    lines: Sequence[tuple[str, str]],
    title: str,
) -> None:
    """Families and samplings down, sets across; a shade by the nearest printed share."""
    from matplotlib.patches import Rectangle

    names = load_vocabulary().with_names
    for (dataset_id, line), (fraction, text) in cells.items():
        x, y = sets.index(dataset_id), lines.index(line)
        place = int(np.argmin([abs(share - fraction) for share in GRID]))
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=SHADES[place], edgecolor="white"))
        ax.text(x, y, text, ha="center", va="center", fontsize=7, color="white" if place > 2 else "#333333")
    ax.set(xlim=(-0.5, max(len(sets), 1) - 0.5), ylim=(len(lines) - 0.5, -0.5))
    ax.set_title(title, fontsize=9)
    ax.set_xticks(range(len(sets)), [names(name) for name in sets], rotation=30, ha="right", fontsize=7)
    ax.set_yticks(
        range(len(lines)), [names(f"{model}, {way}").replace(AS_TRAINED, "") for model, way in lines], fontsize=7
    )
