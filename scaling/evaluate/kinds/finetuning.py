"""Cell types named after training on labelled cells: a head on the frozen embedding, or all weights with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from scaling.corpus.counts import UNKNOWN, Corpus
from scaling.errors import CorpusError
from scaling.evaluate.baselines import Evaluation, log_normalised, pca
from scaling.evaluate.kind import Embed, Kind, Measurement
from scaling.evaluate.knn import stratified_halves
from scaling.evaluate.logistic import STRENGTHS, logistic_regression
from scaling.evaluate.method import MethodConfig
from scaling.evaluate.predictions import Groups, Predicted
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
    rate_factors: tuple[Annotated[float, Field(gt=0)], ...] = Field(default=(1.0,), min_length=1)
    """Multiples of the rate that are tried; the lowest loss on a fifth of the labelled cells chooses one."""
    strengths: tuple[Annotated[float, Field(gt=0)], ...] = Field(default=STRENGTHS, min_length=1)
    """Inverse penalties that logistic regression tries: as many as rates, and neither side is tuned more."""
    only: tuple[str, ...] = ()
    """Types whose cells are scored: accuracy is theirs among all types, macro F1 the mean of theirs; all if empty."""
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


def _rows(cells: Corpus, config: FinetuningConfig, min_label_cells: int) -> npt.NDArray[np.int64]:
    names, sizes = np.unique(cells.label[cells.label != UNKNOWN], return_counts=True)
    frequent = names[sizes >= min_label_cells]
    if unknown := sorted(set(config.only) - set(frequent.tolist())):
        msg = (
            f"Fine-tuning on {cells.name}: only = {', '.join(unknown)} is not a type with {min_label_cells} cells; "
            f"there are: {', '.join(frequent)}."
        )
        raise CorpusError(msg)
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

    points = _of_both(entry, embed)
    return _train_on(entry, lambda: frozen(points))


def _tune(entry: Evaluation, embed: Embed, model: CellModel, device: str) -> Measurement:
    """Train what the settings say; the model itself is left as it is."""
    from scaling.evaluate.finetune import all_weights

    trained = any(weight.requires_grad for weight in model.parameters())
    if _config(entry).weights == "head" or not trained:
        return _measure(entry, embed)
    first, more = (entry.query, None) if entry.reference is None else (entry.reference, entry.query)
    return _train_on(entry, lambda: all_weights(model, first, device, more=more), device)


def _of_both(entry: Evaluation, embed: Embed) -> npt.NDArray[np.float32]:
    """Embed the cells of the reference, if there is one, and behind them those of the query."""
    query = embed(entry.query)
    return query if entry.reference is None else np.vstack([embed(entry.reference), query])


def _train_on(entry: Evaluation, features: Callable[[], Features], device: str = "cpu") -> Measurement:
    from scaling.evaluate.finetune import Recipe, classify_best

    config = _config(entry)
    recipes = [
        Recipe(
            hidden=config.hidden, dropout=config.dropout, learning_rate=config.learning_rate * factor,
            weight_decay=config.weight_decay, batch_size=config.batch_size, epochs=config.epochs,
            patience=config.patience, balanced=config.balanced, seed=config.seed,
        )
        for factor in config.rate_factors
    ]  # fmt: skip
    task = _split(entry)
    return task.score(classify_best(features, task.codes, task.labelled, task.test, recipes, device))


def _baselines(entry: Evaluation) -> Iterator[tuple[str, Measurement]]:
    """The same head on the genes and on PCA of the labelled cells; logistic regression on the genes."""
    from scaling.evaluate.finetune import frozen

    genes = _of_both(entry, log_normalised)  # dense, so made once
    task = _split(entry)
    known = np.sort(np.concatenate([task.labelled.train, task.labelled.validation]))
    yield "model:lognorm_knn", _train_on(entry, lambda: frozen(genes))
    yield "model:pca_reference", _measure(entry, pca(entry.reference or entry.query, known))
    strengths = _config(entry).strengths
    yield "model:logistic_regression", task.score(logistic_regression(genes, task.codes, known, task.test, strengths))


@dataclass(frozen=True)
class _Task:
    """Cells to learn from and to score, as rows of the reference, if there is one, and of the query behind it."""

    names: npt.NDArray[np.str_]
    codes: npt.NDArray[np.int64]
    """Type of each cell, a number of ``names``."""
    labelled: Labelled
    test: npt.NDArray[np.int64]
    groups: Groups
    """Group of each cell of ``test``."""
    only: tuple[str, ...]

    def score(self, guess: npt.NDArray[np.int64]) -> Measurement:
        """Hold predicted codes of ``test`` against the truth."""
        return Predicted.of(self.names[self.codes[self.test]], self.names[guess], self.groups, only=self.only)


def _split(entry: Evaluation) -> _Task:
    """Learn from the reference, if there is one, and score the query; else from the half that knn learns from, too."""
    config = _config(entry)
    if entry.reference is None or entry.reference_labels is None:
        names, codes = np.unique(entry.query_labels, return_inverse=True)
        learnt, test = stratified_halves(entry.query_labels, seed=entry.seed_split)
        groups = entry.groups[test]
    else:
        names, codes = np.unique(np.concatenate([entry.reference_labels, entry.query_labels]), return_inverse=True)
        learnt = np.arange(len(entry.reference))
        test, groups = len(learnt) + np.arange(len(entry.query)), entry.groups
    if unknown := sorted(set(config.only) - set(names.tolist())):
        msg = f"Fine-tuning: only = {', '.join(unknown)} is not a type of both sets; there are: {', '.join(names)}."
        raise CorpusError(msg)
    codes = codes.astype(np.int64)
    labelled = label_few(codes, learnt, share=config.share, seed=config.seed)
    return _Task(names, codes, labelled, test, groups, config.only)


def _config(entry: Evaluation) -> FinetuningConfig:
    if not isinstance(entry.config, FinetuningConfig):
        raise TypeError(type(entry.config))
    return entry.config


def _name(config: FinetuningConfig) -> str:
    few = "" if config.share == 1 else f"_{config.share * 100:g}_percent"
    some = f"_{len(config.only)}_types" if config.only else ""
    return f"finetuning_{config.weights}{few}{some}" + (f"_seed{config.seed}" if config.seed else "")


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
    across=True,
)
