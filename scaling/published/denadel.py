"""Numbers of DenAdel et al., Nature Methods 2026: what a bigger or more diverse pre-training corpus buys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph.records import Regime, Result, SaturationPoint, Status, paper_id
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import (
    ANY_RUN,
    CELLTYPE_REWEIGHTED,
    GEOMETRIC_SKETCHING,
    MICRO_F1,
    PRINTED_THRESHOLD,
    RANDOM,
)
from scaling.published.tables import parse, read_fraction, read_number

__all__ = ["PAPER", "curves", "diversity", "inference_times", "saturation_points"]

PAPER = paper_id(preprint_doi="10.1101/2024.12.13.628448")
REPOSITORY = "microsoft/scFM-dataselection"
CORPUS = "dataset:sctab"
CORPUS_CELLS = 22_200_000


class _Evaluation(NamedTuple):
    task: str
    metric: str
    regime: Regime


EVALUATIONS = {
    "zeroshot_classification": _Evaluation("task:cell_type_classification", MICRO_F1, "zero_shot"),
    "finetuned_classification": _Evaluation("task:cell_type_classification", MICRO_F1, "fine_tuned"),
    "zeroshot_integration": _Evaluation("task:batch_integration", "metric:avg_bio", "zero_shot"),
    "finetuned_perturbation": _Evaluation("task:perturbation_prediction", "metric:pearson_r", "fine_tuned"),
}
"""Evaluation -> task, headline metric and regime. Spike-in experiments add ``_spikein`` to the name."""

SAMPLERS = {
    RANDOM: "model:random_downsampling",
    CELLTYPE_REWEIGHTED: "model:celltype_reweighting",
    GEOMETRIC_SKETCHING: "model:geometric_sketching",
    "spike_in_10": "model:spike_in",
    "spike_in_50": "model:spike_in",
}
"""Sampling -> the downsampling method as an entry of the vocabulary."""
RETRAINED = frozenset({"model:scvi", "model:ssl", "model:geneformer", "model:scimilarity"})
"""Families that the study retrained on its corpus. Their printed numbers are those of its own models, which the
vocabulary keeps apart from the originals."""
DIVERSITY = ("shannon", "gini_simpson", "inverse_simpson", "vendi")


def _evaluation(name: str) -> _Evaluation:
    return EVALUATIONS[name.removesuffix("_spikein")]


def _model(name: str) -> str:
    """Id of the model behind a printed name: the one that the study trained, where it trained a known family anew."""
    model = load_vocabulary().resolve("model", name)
    return f"{model}_denadel" if model in RETRAINED else model


def _cells(fraction: float | None) -> int | None:
    return None if fraction is None else round(fraction * CORPUS_CELLS)


def saturation_points() -> Iterator[SaturationPoint]:
    """Read the 330 printed points, and 36 corrected ones for the map that the notebook drew from the wrong table."""
    yield from parse("saturation_points.csv", lambda row: _points(row, "as_printed"))
    yield from parse("saturation_points_corrected.csv", lambda row: _points(row, "corrected"))


def _points(row: dict[str, str], status: Status) -> Iterator[SaturationPoint]:
    vocabulary, evaluation = load_vocabulary(), _evaluation(row["evaluation"])
    fraction = read_fraction(row["percent"])
    yield SaturationPoint(
        paper_id=PAPER,
        evaluation=row["evaluation"],
        model_id=_model(row["model"]),
        dataset_id=vocabulary.resolve("dataset", row["dataset"]),
        task_id=evaluation.task,
        metric_id=evaluation.metric,
        sampling=row["sampling"],
        regime=evaluation.regime,
        fraction=fraction,
        cells=_cells(fraction),
        corpus_id=CORPUS,
        corpus_cells=CORPUS_CELLS,
        rule=ANY_RUN,
        threshold=PRINTED_THRESHOLD,
        source="published",
        status=status,
        location=f"{REPOSITORY}: {row['figure']}",
    )


def curves() -> Iterator[Result]:
    """Read scores over the corpus size, digitised from figures to within .005; baselines have no fraction."""
    yield from parse("curves_digitized.csv", _curve)


def _curve(row: dict[str, str]) -> Iterator[Result]:
    vocabulary, evaluation = load_vocabulary(), _evaluation(row["evaluation"])
    fraction = read_fraction(row["percent"])
    yield Result(
        paper_id=PAPER,
        evaluation=row["evaluation"],
        model_id=_model(row["model"]),
        dataset_id=vocabulary.resolve("dataset", row["dataset"]),
        task_id=evaluation.task,
        metric_id=vocabulary.resolve("metric", row["metric"]),
        value=float(row["value"]),
        regime=evaluation.regime,
        fraction=fraction,
        cells=_cells(fraction),
        source="published",
        location=f"{REPOSITORY}: {row['figure']}",
        digitized=True,
    )


def diversity() -> Iterator[Result]:
    """Read the diversity of the subsets; the model of such a result is the downsampling method."""
    yield from parse("diversity.csv", _diversity)


def _diversity(row: dict[str, str]) -> Iterator[Result]:
    fraction = read_fraction(row["percent"])
    for metric in DIVERSITY:
        value = read_number(row[metric])
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
                fraction=fraction,
                cells=_cells(fraction),
                source="published",
                location=f"{REPOSITORY}: diversity/",
            )


def inference_times() -> Iterator[Result]:
    """Read the seconds to embed 10,000 cells, one run per model."""
    yield from parse("inference_times.csv", _inference_time)


def _inference_time(row: dict[str, str]) -> Iterator[Result]:
    yield Result(
        paper_id=PAPER,
        evaluation="inference_time",
        model_id=_model(row["model"]),
        dataset_id="dataset:inference_10k",
        task_id="task:inference",
        metric_id="metric:inference_time",
        value=float(row["seconds"]),
        n=1,
        source="published",
        location=f"{REPOSITORY}: inference_time.ipynb",
    )
