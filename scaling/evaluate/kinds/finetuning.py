"""Cell types named after training on labelled cells: a head on the frozen embedding, or all weights with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from scaling.corpus.counts import UNKNOWN, Corpus
from scaling.errors import CorpusError
from scaling.evaluate.baselines import Evaluation, log_normalised, pca
from scaling.evaluate.kind import Embed, Kind, Measurement
from scaling.evaluate.knn import stratified_halves
from scaling.evaluate.logistic import logistic_regression
from scaling.evaluate.method import MethodConfig
from scaling.evaluate.predictions import Predicted
from scaling.evaluate.splits import Labelled, label_few

if TYPE_CHECKING:
    from scaling.evaluate.finetune import Features
    from scaling.model.family import CellModel

__all__ = ["KIND", "FinetuningConfig"]


class FinetuningConfig(MethodConfig):
    """Settings of fine-tuning."""

    weights: Literal["head", "all"] = "all"
    """What is trained: the head on the frozen embedding, or all weights of the model too. A family whose embedding is
    fitted and not trained, as PCA, has its head trained alone."""
    share: float = Field(default=1.0, gt=0, le=1)
    """Share of the cells to learn from whose label is known: below 1 it is few-shot. At least two of each type are."""
    hidden: int = Field(default=128, ge=0, le=4096)
    """Units between embedding and types; 0 for a linear head."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Dropout of the head."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Of AdamW, for all weights that are trained."""
    weight_decay: float = Field(default=0.0, ge=0)
    """Weight decay."""
    batch_size: int = Field(default=64, ge=2)
    """Cells per step at least; what is left over is spread over the steps."""
    epochs: int = Field(default=50, ge=1, le=10_000)
    """Passes over the labelled cells at most."""
    patience: int = Field(default=5, ge=1)
    """Epochs without a lower loss on a fifth of the labelled cells, after which training stops; the best is taken."""
    balanced: bool = False
    """Weight each type by the inverse of its cells."""
    seed: int = Field(default=0, ge=0)
    """Seed of which labels are known, of the head and of the order of cells."""


def _rows(cells: Corpus, config: FinetuningConfig, min_label_cells: int) -> npt.NDArray[np.int64]:  # noqa: ARG001
    names, sizes = np.unique(cells.label[cells.label != UNKNOWN], return_counts=True)
    frequent = names[sizes >= min_label_cells]
    if len(frequent) < 2:
        msg = (
            f"Fine-tuning on {cells.name}: {len(frequent)} cell types with at least {min_label_cells} cells; two are "
            "needed. Change label_key or min_label_cells of the study file, or name another set."
        )
        raise CorpusError(msg)
    return np.flatnonzero(np.isin(cells.label, frequent))


def _measure(entry: Evaluation, embed: Embed) -> Measurement:
    """Train the head on the frozen embedding."""
    from scaling.evaluate.finetune import frozen

    return _train_on(entry, frozen(embed(entry.query)))


def _tune(entry: Evaluation, embed: Embed, model: CellModel, device: str) -> Measurement:
    """Train what the settings say; the model itself is left as it is."""
    from scaling.evaluate.finetune import all_weights

    trained = any(weight.requires_grad for weight in model.parameters())
    if _config(entry).weights == "head" or not trained:
        return _measure(entry, embed)
    return _train_on(entry, all_weights(model, entry.query, device), device)


def _train_on(entry: Evaluation, features: Features, device: str = "cpu") -> Measurement:
    from scaling.evaluate.finetune import Recipe, classify

    config = _config(entry)
    recipe = Recipe(
        hidden=config.hidden, dropout=config.dropout, learning_rate=config.learning_rate,
        weight_decay=config.weight_decay, batch_size=config.batch_size, epochs=config.epochs,
        patience=config.patience, balanced=config.balanced, seed=config.seed,
    )  # fmt: skip
    names, codes, labelled, test = _split(entry)
    guess = classify(features, codes, labelled, test, recipe, device)
    return Predicted.of(entry.query_labels[test], names[guess], entry.groups[test])


def _baselines(entry: Evaluation) -> Iterator[tuple[str, Measurement]]:
    """The same head on the genes and on PCA of the labelled cells; logistic regression on the genes."""
    from scaling.evaluate.finetune import frozen

    genes = log_normalised(entry.query)  # dense, so made once
    names, codes, labelled, test = _split(entry)
    known = np.sort(np.concatenate([labelled.train, labelled.validation]))
    yield "model:lognorm_knn", _train_on(entry, frozen(genes))
    yield "model:pca_reference", _measure(entry, pca(entry.query, known))
    guess = logistic_regression(genes, codes, known, test)
    yield "model:logistic_regression", Predicted.of(entry.query_labels[test], names[guess], entry.groups[test])


def _split(entry: Evaluation) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.int64], Labelled, npt.NDArray[np.int64]]:
    """Names of the types, code of each cell, the labelled cells, and those to score: the half that knn scores too."""
    config = _config(entry)
    names, codes = np.unique(entry.query_labels, return_inverse=True)
    learnt, test = stratified_halves(entry.query_labels, seed=entry.seed_split)
    return names, codes.astype(np.int64), label_few(codes, learnt, share=config.share, seed=config.seed), test


def _config(entry: Evaluation) -> FinetuningConfig:
    if not isinstance(entry.config, FinetuningConfig):
        raise TypeError(type(entry.config))
    return entry.config


def _name(config: FinetuningConfig) -> str:
    few = "" if config.share == 1 else f"_{config.share * 100:g}_percent"
    return f"finetuning_{config.weights}{few}" + (f"_seed{config.seed}" if config.seed else "")


KIND = Kind(
    config=FinetuningConfig,
    task_id="task:cell_type_classification",
    regime=lambda config: "fine_tuned" if config.share == 1 else "few_shot",
    columns=lambda config: (),  # noqa: ARG005
    rows=_rows,
    measure=_measure,
    tune=_tune,
    baselines=_baselines,
    name=_name,
)
