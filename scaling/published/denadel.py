"""Numbers of DenAdel et al., Nature Methods 2026: what a bigger or more diverse pre-training corpus buys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph.records import Regime, Result, SaturationPoint, Status, paper_id
from graph.vocabulary import load_vocabulary
from scaling.published.tables import fraction, number, parse

__all__ = ["PAPER", "curves", "diversity", "inference_times", "saturation_points"]

PAPER = paper_id(preprint_doi="10.1101/2024.12.13.628448")
REPOSITORY = "microsoft/scFM-dataselection"
CORPUS = "dataset:sctab"
CORPUS_CELLS = 22_200_000
RULE, THRESHOLD = "paper_any_run@1", 0.95


class _Evaluation(NamedTuple):
    task: str
    metric: str
    regime: Regime


EVALUATIONS = {
    "zeroshot_classification": _Evaluation("task:cell_type_classification", "metric:micro_f1", "zero_shot"),
    "finetuned_classification": _Evaluation("task:cell_type_classification", "metric:micro_f1", "fine_tuned"),
    "zeroshot_integration": _Evaluation("task:batch_integration", "metric:avg_bio", "zero_shot"),
    "finetuned_perturbation": _Evaluation("task:perturbation_prediction", "metric:pearson_r", "fine_tuned"),
}
"""Evaluation -> task, headline metric and regime. Spike-in experiments add ``_spikein`` to the name."""

SAMPLERS = {
    "random": "model:random_downsampling",
    "celltype_reweighted": "model:celltype_reweighting",
    "geometric_sketching": "model:geometric_sketching",
    "spike_in_10": "model:spike_in",
    "spike_in_50": "model:spike_in",
}
"""Sampling -> the downsampling method as an entry of the vocabulary."""
DIVERSITY = ("shannon", "gini_simpson", "inverse_simpson", "vendi")


def _evaluation(name: str) -> _Evaluation:
    return EVALUATIONS[name.removesuffix("_spikein")]


def _cells(share: float | None) -> int | None:
    return None if share is None else round(share * CORPUS_CELLS)


def saturation_points() -> Iterator[SaturationPoint]:
    """The 330 printed points, and 36 corrected ones for the map that the notebook drew from the wrong table."""
    yield from parse("saturation_points.csv", lambda row: _points(row, "as_printed"))
    yield from parse("saturation_points_corrected.csv", lambda row: _points(row, "corrected"))


def _points(row: dict[str, str], status: Status) -> Iterator[SaturationPoint]:
    vocabulary, evaluation = load_vocabulary(), _evaluation(row["evaluation"])
    share = fraction(row["percent"])
    yield SaturationPoint(
        paper_id=PAPER,
        evaluation=row["evaluation"],
        model_id=vocabulary.resolve("model", row["model"]),
        dataset_id=vocabulary.resolve("dataset", row["dataset"]),
        task_id=evaluation.task,
        metric_id=evaluation.metric,
        sampling=row["sampling"],
        regime=evaluation.regime,
        fraction=share,
        cells=_cells(share),
        corpus_id=CORPUS,
        corpus_cells=CORPUS_CELLS,
        rule=RULE,
        threshold=THRESHOLD,
        source="published",
        status=status,
        location=f"{REPOSITORY}: {row['figure']}",
    )


def curves() -> Iterator[Result]:
    """Scores over the corpus size, read off figures to within .005; baselines have no share of the corpus."""
    yield from parse("curves_digitized.csv", _curve)


def _curve(row: dict[str, str]) -> Iterator[Result]:
    vocabulary, evaluation = load_vocabulary(), _evaluation(row["evaluation"])
    share = fraction(row["percent"])
    yield Result(
        paper_id=PAPER,
        evaluation=row["evaluation"],
        model_id=vocabulary.resolve("model", row["model"]),
        dataset_id=vocabulary.resolve("dataset", row["dataset"]),
        task_id=evaluation.task,
        metric_id=vocabulary.resolve("metric", row["metric"]),
        value=float(row["value"]),
        regime=evaluation.regime,
        fraction=share,
        cells=_cells(share),
        source="published",
        location=f"{REPOSITORY}: {row['figure']}",
        digitized=True,
    )


def diversity() -> Iterator[Result]:
    """Diversity of the subsets; the model of such a result is the downsampling method."""
    yield from parse("diversity.csv", _diversity)


def _diversity(row: dict[str, str]) -> Iterator[Result]:
    share = fraction(row["percent"])
    for metric in DIVERSITY:
        value = number(row[metric])
        if value is not None:
            yield Result(
                paper_id=PAPER,
                evaluation="corpus_diversity",
                model_id=SAMPLERS[row["sampling"]],
                dataset_id=CORPUS,
                task_id="task:corpus_design",
                metric_id=f"metric:{metric}",
                value=value,
                n=5,
                sampling=row["sampling"],
                fraction=share,
                cells=_cells(share),
                source="published",
                location=f"{REPOSITORY}: diversity/",
            )


def inference_times() -> Iterator[Result]:
    """Seconds to embed 10,000 cells, one run each."""
    yield from parse("inference_times.csv", _inference_time)


def _inference_time(row: dict[str, str]) -> Iterator[Result]:
    yield Result(
        paper_id=PAPER,
        evaluation="inference_time",
        model_id=load_vocabulary().resolve("model", row["model"]),
        dataset_id="dataset:inference_10k",
        task_id="task:inference",
        metric_id="metric:inference_time",
        value=float(row["seconds"]),
        n=1,
        source="published",
        location=f"{REPOSITORY}: inference_time.ipynb",
    )
