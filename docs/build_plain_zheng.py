"""Write ``docs/plain_zheng.svg`` from the records of the shipped study ``plain_zheng``.

Macro F1 of logistic regression minus that of each network, in the four evaluations. Intervals are 95 %, over
initialisations and test cells; the band is the margin within which a difference does not count.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from biorxivist.demo.figures import svg_file
from biorxivist.seeds import studies
from graph.records import Result
from graph.vocabulary.protocol import DELTA, MACRO_F1
from scaling.evaluate.jackknife import Estimate, estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = Path(__file__).with_name("plain_zheng.svg")
STUDY, REGRESSION = "plain_zheng", "model:logistic_regression"
NETWORKS = {"model:ours_masked": ("perceptron", "#0072b2"), "model:ours_binned": ("transformer", "#d55e00")}
PLACES = {
    ("finetuning_all", "dataset:zheng_facs"): "ten gates,\nwithin",
    ("finetuning_all_2_types", "dataset:zheng_facs"): "two CD8 gates,\nwithin",
    ("finetuning_all_cross_study", "dataset:zheng_facs"): "gates, learnt\non PBMC 3k",
    ("finetuning_all_cross_study", "dataset:pbmc3k"): "PBMC 3k, learnt\non gates",
}


def differences() -> dict[tuple[str, str, str], Estimate]:
    """Evaluation, set and network -> network minus regression."""
    own = [each for each in studies.records() if isinstance(each, Result) and each.study == STUDY]
    scores = [each for each in own if each.metric_id == MACRO_F1]
    found = {}
    for place in PLACES:
        here = [each for each in scores if (each.evaluation, each.dataset_id) == place]
        (plain,) = [each for each in here if each.model_id == REGRESSION]
        for network in NETWORKS:
            replicates = [each for each in here if each.model_id == network]
            found[*place, network] = estimate(
                [each.value for each in replicates],
                [each.without_cells for each in replicates],
                minus=(plain.value, plain.without_cells),
            )
    return found


def draw(figure: Figure, found: dict[tuple[str, str, str], Estimate]) -> None:
    """Draw a pair of marks for each evaluation."""
    ax = figure.subplots()
    ax.axhspan(-DELTA, DELTA, color="#e3e3e3", linewidth=0)
    ax.axhline(0, color="#6b6b6b", linewidth=0.8)
    for number, place in enumerate(PLACES):
        for shift, (network, (name, colour)) in zip((-0.1, 0.1), NETWORKS.items(), strict=True):
            each = found[*place, network]
            low, high = each.interval()
            ax.plot([number + shift] * 2, [-high, -low], color=colour, linewidth=2)
            ax.plot(number + shift, -each.value, "o", color=colour, markersize=5, label=None if number else name)
    ax.set_xticks(range(len(PLACES)), list(PLACES.values()), fontsize=8)
    ax.set_ylabel("macro F1, regression minus network", fontsize=9)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.legend(frameon=False, fontsize=9)


def render() -> str:
    """Draw the picture."""
    return svg_file("plain-zheng", lambda figure: draw(figure, differences()), (5.6, 3.6))
