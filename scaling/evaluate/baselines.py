"""An evaluation and its measurement; how cell types are named, and the baselines that an embedding has to beat there.

The baselines are the genes themselves, and PCA of the classifier's own cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Text
from scaling.evaluate.kind import Embed, Kind, Measurement
from scaling.evaluate.knn import knn_predict, stratified_halves
from scaling.evaluate.method import MethodConfig
from scaling.evaluate.predictions import Groups, Predicted, cell_groups
from scaling.model.components import COMPONENTS, fit_components, project
from scaling.views.counts import GeneCounts
from scaling.views.log import LogCounts

if TYPE_CHECKING:
    from graph.records.base import Regime
    from scaling.model.family import CellModel

__all__ = ["Classify", "Evaluation", "baselines", "log_normalised", "measure", "pca", "pca_of_training_cells"]

Classify = Callable[[npt.NDArray[np.float32], Text, npt.NDArray[np.float32]], Text]
"""Labels of query cells, from training cells, their labels, and the query cells."""


@dataclass(frozen=True)
class Evaluation:
    """Labelled cells of an evaluation, ready to embed: those to score, and across studies those of the reference.

    Cell types are named where there is no ``kind`` (`scaling.evaluate.kinds`).
    """

    name: str
    dataset_id: str
    reference_id: str | None
    query: GeneCounts
    query_labels: Text
    reference: GeneCounts | None
    reference_labels: Text | None
    coverage: float = 1.0
    """Share of the models' genes that its sets measured."""
    digest: str = ""
    """sha256 of its cells, labels and parameters."""
    seed_split: int = 0
    """Seed of the split within a study."""
    classify: Classify = knn_predict
    """How labels are predicted (`scaling.evaluate.methods`)."""
    query_groups: Groups | None = None
    """Group of each cell of the query, by which the error over test cells is told; drawn here if left out."""
    kind: Kind | None = None
    """What is measured."""
    config: MethodConfig = field(default_factory=MethodConfig)
    """Settings of the kind."""
    columns: Mapping[str, Text] = field(default_factory=dict)
    """Columns of obs that the kind needs, for each cell of the query."""
    corpus: tuple[GeneCounts, Text] | None = None
    """Cells for pre-training, over the same genes, and the coarse type of each, where baselines are made of them."""
    whole: tuple[GeneCounts, npt.NDArray[np.int64]] | None = None
    """All cells of its set and which of them are the query, where the query sees all genes of the set: a model then
    embeds the set once for all evaluations of it."""

    @property
    def groups(self) -> Groups:
        """Group of each cell of the query."""
        return cell_groups(len(self.query)) if self.query_groups is None else self.query_groups

    @property
    def task_id(self) -> str:
        """Task of its results."""
        return self.kind.task_id if self.kind else "task:cell_type_classification"

    @property
    def regime(self) -> Regime:
        """How a model is used."""
        return self.kind.regime(self.config) if self.kind else "zero_shot"


def measure(
    evaluation: Evaluation, embed: Embed, model: CellModel | None = None, *, device: str = "cpu"
) -> Measurement:
    """Score an embedding, or the ``model`` that it is made by where the evaluation trains that further."""
    through = _of_the_set(evaluation, embed)
    if model is not None and evaluation.kind is not None and evaluation.kind.tune is not None:
        return evaluation.kind.tune(evaluation, through, model, device)
    return evaluation.kind.measure(evaluation, through) if evaluation.kind else _predict(evaluation, through)


def _of_the_set(evaluation: Evaluation, embed: Embed) -> Embed:
    """Embed the query as a part of its set."""
    if evaluation.whole is None:
        return embed
    cells, rows = evaluation.whole
    return lambda other: embed(cells)[rows] if other is evaluation.query else embed(other)


def baselines(evaluation: Evaluation) -> Iterator[tuple[str, Measurement]]:
    """Score the baselines without pre-training: model id and measurement of each."""
    if evaluation.kind is not None:
        yield from evaluation.kind.baselines(evaluation)
        return
    yield "model:lognorm_knn", _predict(evaluation, log_normalised)
    yield "model:pca_reference", _predict(evaluation, pca_of_training_cells(evaluation))


def _predict(evaluation: Evaluation, embed: Embed) -> Predicted:
    """Predict the cell types of an evaluation from an embedding.

    Across studies the classifier learns from the cells of the reference. Within a study it learns from half of its
    cells (stratified by label, split by its ``seed_split``), and the other half is scored.
    """
    query, labels = embed(evaluation.query), evaluation.query_labels
    if evaluation.reference is None or evaluation.reference_labels is None:
        train, test = stratified_halves(labels, seed=evaluation.seed_split)
        return Predicted.of(
            labels[test], evaluation.classify(query[train], labels[train], query[test]), evaluation.groups[test]
        )
    reference = embed(evaluation.reference)
    return Predicted.of(labels, evaluation.classify(reference, evaluation.reference_labels, query), evaluation.groups)


def log_normalised(cells: GeneCounts) -> npt.NDArray[np.float32]:
    """Embed cells as the log counts of the model's genes."""
    return LogCounts(cells).dense(np.arange(len(cells)))


def pca_of_training_cells(evaluation: Evaluation) -> Embed:
    """Fit PCA on the cells that the classifier is fitted on; return it as an embedding.

    It uses no cell beyond those that any user of the classifier has, so what pre-training adds must exceed it.
    """
    if evaluation.reference is not None:
        cells, rows = evaluation.reference, np.arange(len(evaluation.reference))
    else:
        cells, rows = evaluation.query, stratified_halves(evaluation.query_labels, seed=evaluation.seed_split)[0]
    return pca(cells, rows)


def pca(cells: GeneCounts, rows: npt.NDArray[np.int64]) -> Embed:
    """Fit PCA on the cells ``rows``; return it as an embedding."""
    loadings = fit_components(LogCounts(cells), rows, components=COMPONENTS)
    return lambda other: project(LogCounts(other), loadings)
