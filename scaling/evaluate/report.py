"""What scores of embeddings say: a sentence each, rows of a table, rows per cell type, records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from graph.records import Dataset, Model, Record, Result
from graph.vocabulary import load_vocabulary
from graph.vocabulary.protocol import ACCURACY, LEVEL, MACRO_F1
from scaling.evaluate.bootstrap import Sample
from scaling.evaluate.records import Classifier, Comparison, Score, Scores
from scaling.evaluate.score import RARE

__all__ = ["class_rows", "records", "score_rows", "sentences", "verdict_rows"]

WORDS = {"better": "better than PCA", "worse": "worse than PCA", "not_distinguishable": "not distinguishable from PCA"}
NAMED = {
    "HVG": "model:hvg",
    "log-normalised": "model:lognorm_knn",
    "logistic regression": "model:logistic_regression",
}
"""Baselines that the vocabulary has under this meaning."""


def sentences(scores: Scores) -> list[str]:
    """One sentence per embedding on the primary number, and one where the linear probe says something else."""
    said = []
    for comparison in scores.comparisons:
        if comparison.setting != scores.primary or comparison.classifier != "knn":
            continue
        said.append(_sentence(scores, comparison))
        probe = next(
            entry
            for entry in scores.comparisons
            if (entry.method, entry.setting, entry.classifier) == (comparison.method, comparison.setting, "probe")
        )
        if probe.verdict != comparison.verdict:
            said.append(f"A linear probe says otherwise: with it, {_sentence(scores, probe)}")
    return said


def _sentence(scores: Scores, comparison: Comparison) -> str:
    entry = scores.find(comparison.method, comparison.setting, comparison.classifier)
    nearest, best, worst = comparison.nearest, comparison.differences[0], comparison.differences[-1]
    low, high = nearest.macro_f1.interval(nearest.level)
    where = f"across the batches of {scores.batch_key}" if comparison.setting == "across" else "within batches"
    value = entry.macro_f1.value if entry is not None else float("nan")
    head = (
        f"{comparison.method} is {WORDS[comparison.verdict]} at telling {len(scores.labels)} cell types apart "
        f"{where}: macro F1 {_share(value)}, where PCA reaches {_share(worst.reference)} to {_share(best.reference)} "
        "by the choice of genes"
    )
    against = f"{_signed(nearest.macro_f1.value)} against {nearest.recipe}, interval {_signed(low)} to {_signed(high)}"
    if comparison.verdict != "not_distinguishable":
        return f"{head} ({against})."
    if worst.verdict == "better" and best.verdict == "worse":
        return f"{head}: better than some and worse than others ({against})."
    return f"{head} ({against}); this set would have shown a difference of {_share(nearest.smallest)}."


def score_rows(scores: Scores) -> Iterator[dict[str, Any]]:
    """Rows of the table: embeddings first, then baselines, the primary setting first."""
    settings = sorted({entry.setting for entry in scores.scores}, key=lambda setting: setting != scores.primary)
    for setting in settings:
        for method in dict.fromkeys(entry.method for entry in scores.scores):
            row: dict[str, Any] = {"setting": setting, "method": method}
            for classifier in get_args(Classifier):
                entry = scores.find(method, setting, classifier)
                row |= _metrics(entry, "knn" if classifier == "knn" else "probe")
            yield row


def verdict_rows(scores: Scores) -> Iterator[dict[str, Any]]:
    """Each embedding held against PCA, in every setting and by both classifiers; the primary one is marked."""
    for entry in scores.comparisons:
        nearest = entry.nearest
        low, high = nearest.macro_f1.interval(nearest.level)
        yield {
            "method": entry.method,
            "setting": entry.setting,
            "classifier": entry.classifier,
            "primary": entry.setting == scores.primary and entry.classifier == "knn",
            "verdict": entry.verdict,
            "against": nearest.recipe,
            "effect": round(nearest.macro_f1.value, 4),
            "ci_low": round(low, 4),
            "ci_high": round(high, 4),
            "level": round(nearest.level, 6),
            "accuracy_effect": round(nearest.accuracy.value, 4),
            "smallest_visible": round(nearest.smallest, 4),
            "against_each": {
                other.recipe: [
                    round(other.macro_f1.value, 4),
                    *(round(x, 4) for x in other.macro_f1.interval(other.level)),
                ]
                for other in entry.differences
            },
        }


def class_rows(scores: Scores) -> Iterator[dict[str, Any]]:
    """F1 of every cell type by nearest neighbours in the primary setting, rare types first."""
    methods = [entry.method for entry in scores.scores if not entry.baseline]
    best = scores.comparisons[0].differences[0].recipe
    order = sorted(range(len(scores.labels)), key=lambda label: (scores.cells_of_label[label], scores.labels[label]))
    for label in order:
        row: dict[str, Any] = {
            "cell_type": scores.labels[label],
            "cells": scores.cells_of_label[label],
            "rare": scores.cells_of_label[label] < RARE,
        }
        for method in dict.fromkeys([*methods, best]):
            entry = scores.find(method, scores.primary, "knn")
            row[method] = None if entry is None else _bounded(entry.classes[label])
        yield row


def records(scores: Scores, *, location: str) -> list[Record]:
    """Results (source ``user``), and the set and the models that the vocabulary does not know.

    Parameters
    ----------
    location
        Where the embeddings stand, such as the name of the file.
    """
    dataset = Dataset(
        id=f"dataset:user_{_slug(scores.name)}",
        name=scores.name,
        cells=scores.cells,
        genes=scores.genes,
        sha256=scores.dataset_digest,
        simulated=scores.simulated,
    )
    from scaling.evaluate.further_report import further_results

    models = {entry.method: _model(entry.method, baseline=entry.baseline) for entry in scores.scores}
    results = [
        _result(scores, entry, models[entry.method].id, dataset.id, metric, sample, location)
        for entry in scores.scores
        for metric, sample in ((MACRO_F1, entry.macro_f1), (ACCURACY, entry.accuracy))
    ]
    for each in scores.further:
        model_id = each.model_id or models[each.method].id
        results += further_results(scores, each, model_id=model_id, dataset_id=dataset.id, location=location)
    vocabulary = load_vocabulary()
    unknown = [model for model in models.values() if model.id not in vocabulary]
    return [dataset, *{model.id: model for model in unknown}.values(), *results]


def _result(
    scores: Scores, entry: Score, model_id: str, dataset_id: str, metric: str, sample: Sample, location: str
) -> Result:
    low, high = (min(max(end, 0.0), 1.0) for end in sample.interval(LEVEL))
    way = f"knn{scores.k}" if entry.classifier == "knn" else "linear_probe"
    return Result(
        embedding_digest=scores.embedding_digests.get(entry.method),
        evaluation_digest=scores.evaluation_digests[entry.setting],
        evaluation=f"{way}_{entry.setting}_batches",
        model_id=model_id,
        dataset_id=dataset_id,
        task_id="task:cell_type_classification",
        metric_id=metric,
        value=round(sample.value, 6),
        low=round(low, 6),
        high=round(high, 6),
        n=1,
        test_cells=scores.cells,
        regime="zero_shot" if entry.classifier == "knn" else None,
        source="user",
        location=f"{location}: {entry.method}",
    )


def _model(method: str, *, baseline: bool) -> Model:
    """The vocabulary's model of this name, without ``X_``; else a new one of the user."""
    vocabulary = load_vocabulary()
    if baseline:
        known = vocabulary.get(NAMED.get(method, ""))
        if isinstance(known, Model):
            return known
        return Model(id=f"model:user_{_slug(method)}", name=f"{method}, of the cells", role="baseline")
    name = re.sub(r"^X_", "", method)
    entry = vocabulary.get(vocabulary.find("model", name) or "")
    if isinstance(entry, Model) and entry.role != "group":
        return entry
    return Model(id=f"model:user_{_slug(name)}", name=name, role="method")


def _metrics(entry: Score | None, prefix: str) -> dict[str, Any]:
    if entry is None:
        return {f"{prefix}_macro_f1": None, f"{prefix}_interval": None, f"{prefix}_accuracy": None}
    value, *ends = _bounded(entry.macro_f1)
    return {
        f"{prefix}_macro_f1": value,
        f"{prefix}_interval": ends,
        f"{prefix}_accuracy": round(entry.accuracy.value, 4),
    }


def _bounded(sample: Sample) -> list[float]:
    low, high = sample.interval(LEVEL)
    return [round(sample.value, 4), round(max(low, 0.0), 4), round(min(high, 1.0), 4)]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "unnamed"


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("0.", ".", 1)
