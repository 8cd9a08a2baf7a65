"""Numbers of "A Deep Dive into Single-Cell RNA Sequencing Foundation Models" (Boiarsky et al., bioRxiv 2023)."""

from __future__ import annotations

from collections.abc import Iterator

from graph.records import Model, Regime, Result, paper_id
from graph.vocabulary import load_vocabulary
from scaling.published.tables import parse, read_number

__all__ = ["PAPER", "scores"]

PAPER = paper_id(preprint_doi="10.1101/2023.10.19.563100")
MASKED = {"metric:masked_accuracy", "metric:share"}
"""Metrics of the pre-training task; all others score cell type classification."""
INTERVALS = {"": False, "printed": True, "runs": True, "t-test": True}
"""Where an interval comes from, as the head of the file explains -> whether the row has one."""
WANTED = f"interval is empty without a half_width, and else one of {', '.join(sorted(INTERVALS)[1:])}"
UNTRAINED = "no pre-training"
"""How the ablations begin that train from random weights."""


def scores() -> Iterator[Result]:
    """Read scores by data set, fraction of labels and ablation, with the 95 % interval where there is one.

    The interval is the authors', or computed from the single runs or the t-test that their notebooks print.
    """
    yield from parse("deep_dive.csv", _score)


def _score(row: dict[str, str]) -> Iterator[Result]:
    vocabulary = load_vocabulary()
    metric = vocabulary.resolve("metric", row["metric"])
    model = vocabulary.resolve("model", row["model"])
    masked = metric in MASKED
    train_fraction = read_number(row["train_fraction"])
    value, half_width = float(row["value"]), read_number(row["half_width"])
    if INTERVALS.get(row["interval"]) is not (half_width is not None):
        msg = f"half_width {row['half_width']!r} and interval {row['interval']!r} do not fit; {WANTED}"
        raise ValueError(msg)
    yield Result(
        paper_id=PAPER,
        evaluation="masked_values" if masked else "finetuned_classification",
        model_id=model,
        dataset_id=vocabulary.resolve("dataset", row["dataset"]),
        task_id="task:masked_modelling" if masked else "task:cell_type_classification",
        metric_id=metric,
        value=value,
        low=None if half_width is None else round(value - half_width, 6),
        high=None if half_width is None else round(value + half_width, 6),
        n=int(row["runs"]) if row["runs"] else None,
        test_cells=int(row["test_cells"]) if row["test_cells"] else None,
        regime="pretraining" if masked else _regime(vocabulary.get(model), row["ablation"], train_fraction),
        train_fraction=train_fraction,
        ablation=row["ablation"] or None,
        source="published",
        location=f"notebook outputs, {row['experiment']}",
    )


def _regime(model: object, ablation: str, train_fraction: float | None) -> Regime | None:
    """Fine-tuning uses all labels, the few-shot setting fewer; a baseline with all labels has no regime."""
    if ablation.startswith(UNTRAINED):
        return "from_scratch"
    if train_fraction != 1:
        return "few_shot"
    return None if isinstance(model, Model) and model.role == "baseline" else "fine_tuned"
