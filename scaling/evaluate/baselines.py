"""Baselines that an embedding has to beat: the genes themselves, and PCA of the classifier's own cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import Text
from scaling.evaluate.knn import knn_predict, stratified_halves
from scaling.evaluate.predictions import Groups, Predicted, cell_groups
from scaling.model.components import COMPONENTS, fit_components, project
from scaling.views.counts import GeneCounts
from scaling.views.log import LogCounts

__all__ = ["Classify", "Evaluation", "baselines", "log_normalised", "pca_of_training_cells", "predict", "score"]

Embed = Callable[[GeneCounts], npt.NDArray[np.float32]]
Classify = Callable[[npt.NDArray[np.float32], Text, npt.NDArray[np.float32]], Text]
"""Labels of query cells, from training cells, their labels, and the query cells."""


@dataclass(frozen=True)
class Evaluation:
    """Labelled cells of an evaluation, ready to embed: those to score, and across studies those of the reference."""

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

    @property
    def groups(self) -> Groups:
        """Group of each cell of the query."""
        return cell_groups(len(self.query)) if self.query_groups is None else self.query_groups

    @property
    def test_cells(self) -> int:
        """Cells that are scored: all of the query, or the half of each type that is not learnt from."""
        cells = np.unique(self.query_labels, return_counts=True)[1]
        return int(cells.sum() if self.reference is not None else (cells - cells // 2).sum())


def score(evaluation: Evaluation, embed: Embed, *, seed_split: int) -> dict[str, float]:
    """Score an embedding by what :func:`predict` says: metric id -> score (0-1)."""
    return predict(evaluation, embed, seed_split=seed_split).scores()


def predict(evaluation: Evaluation, embed: Embed, *, seed_split: int) -> Predicted:
    """Predict the cell types of an evaluation from an embedding.

    Across studies the classifier learns from the cells of the reference. Within a study it learns from half of its
    cells (stratified by label, split by ``seed_split``), and the other half is scored.
    """
    query, labels = embed(evaluation.query), evaluation.query_labels
    if evaluation.reference is None or evaluation.reference_labels is None:
        train, test = stratified_halves(labels, seed=seed_split)
        return Predicted.of(
            labels[test], evaluation.classify(query[train], labels[train], query[test]), evaluation.groups[test]
        )
    reference = embed(evaluation.reference)
    return Predicted.of(labels, evaluation.classify(reference, evaluation.reference_labels, query), evaluation.groups)


def log_normalised(cells: GeneCounts) -> npt.NDArray[np.float32]:
    """Embed cells as the log counts of the model's genes."""
    return LogCounts(cells).dense(np.arange(len(cells)))


def pca_of_training_cells(evaluation: Evaluation, *, seed_split: int, components: int = COMPONENTS) -> Embed:
    """Fit PCA on the cells that the classifier is fitted on; return it as an embedding.

    It uses no cell beyond those that any user of the classifier has, so what pre-training adds must exceed it.
    """
    if evaluation.reference is not None:
        cells, rows = evaluation.reference, np.arange(len(evaluation.reference))
    else:
        cells, rows = evaluation.query, stratified_halves(evaluation.query_labels, seed=seed_split)[0]
    loadings = fit_components(LogCounts(cells), rows, components=components)
    return lambda other: project(LogCounts(other), loadings)


def baselines(evaluation: Evaluation, *, seed_split: int) -> Iterator[tuple[str, Predicted]]:
    """Predict by the baselines without pre-training: model id and predictions of each."""
    yield "model:lognorm_knn", predict(evaluation, log_normalised, seed_split=seed_split)
    fitted = pca_of_training_cells(evaluation, seed_split=seed_split)
    yield "model:pca_reference", predict(evaluation, fitted, seed_split=seed_split)
