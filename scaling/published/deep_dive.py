"""Numbers of "A Deep Dive into Single-Cell RNA Sequencing Foundation Models" (Boiarsky et al., bioRxiv 2023)."""

from __future__ import annotations

from collections.abc import Iterator

from graph.records import Regime, Result, paper_id
from graph.vocabulary import load_vocabulary
from scaling.published.tables import parse, read_number

__all__ = ["PAPER", "scores"]

PAPER = paper_id(preprint_doi="10.1101/2023.10.19.563100")
MASKED = {"metric:masked_accuracy", "metric:share"}
"""Metrics of the pre-training task; all others score cell type classification."""


def scores() -> Iterator[Result]:
    """Read scores by data set, fraction of labels and ablation, with the printed 95 % interval where there is one."""
    yield from parse("deep_dive.csv", _score)


def _score(row: dict[str, str]) -> Iterator[Result]:
    vocabulary = load_vocabulary()
    metric = vocabulary.resolve("metric", row["metric"])
    masked = metric in MASKED
    train_fraction = read_number(row["train_fraction"])
    value, half_width = float(row["value"]), read_number(row["half_width"])
    yield Result(
        paper_id=PAPER,
        evaluation="masked_values" if masked else "finetuned_classification",
        model_id=vocabulary.resolve("model", row["model"]),
        dataset_id=vocabulary.resolve("dataset", row["dataset"]),
        task_id="task:masked_modelling" if masked else "task:cell_type_classification",
        metric_id=metric,
        value=value,
        low=None if half_width is None else round(value - half_width, 6),
        high=None if half_width is None else round(value + half_width, 6),
        n=int(row["runs"]) if row["runs"] else None,
        test_cells=int(row["test_cells"]) if row["test_cells"] else None,
        regime="pretraining" if masked else _regime(train_fraction),
        train_fraction=train_fraction,
        ablation=row["ablation"] or None,
        source="published",
        location=f"notebook outputs, {row['experiment']}",
    )


def _regime(train_fraction: float | None) -> Regime:
    """Fine-tuning uses all labels, the few-shot setting fewer. A baseline has the regime of its comparison."""
    return "fine_tuned" if train_fraction == 1 else "few_shot"
