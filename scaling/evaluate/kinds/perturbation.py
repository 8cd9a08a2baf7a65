"""Response to a treatment in a cell type that was left out, each type in turn (`scaling.evaluate.response`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from scaling.corpus.counts import UNKNOWN, Corpus
from scaling.errors import CorpusError
from scaling.evaluate.baselines import Evaluation, log_normalised, pca
from scaling.evaluate.kind import Embed, Kind, Measurement
from scaling.evaluate.method import MethodConfig
from scaling.evaluate.response import LeftOut, Responses, changed_genes
from scaling.evaluate.response_models import BASELINES, Training, head_change

__all__ = ["KIND", "MIN_TYPES", "PerturbationConfig", "head_of", "respond"]

Floats = npt.NDArray[np.floating[Any]]
Change = Callable[[Training, npt.NDArray[np.bool_], str], Floats]
"""Change of each untreated cell of a type, or of all alike, from (training types, which cells these are, the type)."""
MIN_TYPES = 3
"""Two types to learn from, so that one can be predicted from another, and one that is left out."""


class PerturbationConfig(MethodConfig):
    """Settings of a perturbation response."""

    condition_key: str = "condition"
    """obs column of the treatment."""
    control: str = "ctrl"
    """Its value for untreated cells."""
    treated: str = "stim"
    """Its value for treated cells."""
    genes: int = Field(default=50, ge=2, le=5000)
    """Genes of which direction and rank are looked at: those that change most in the other types."""


def _rows(cells: Corpus, config: PerturbationConfig, min_label_cells: int) -> npt.NDArray[np.int64]:
    condition = cells.columns[config.condition_key]
    enough = []
    for name in sorted(set(cells.label.tolist()) - {UNKNOWN}):
        sizes = [
            int(((cells.label == name) & (condition == value)).sum()) for value in (config.control, config.treated)
        ]
        if min(sizes) >= min_label_cells:
            enough.append(name)
    if len(enough) < MIN_TYPES:
        there = ", ".join(sorted(set(condition.tolist()))[:10])
        msg = (
            f"Perturbation of {cells.name}: {len(enough)} cell types with at least {min_label_cells} cells of both "
            f"{config.control!r} and {config.treated!r} in obs[{config.condition_key!r}] (which has {there}); "
            f"{MIN_TYPES} are needed, since one is left out at a time. Change condition_key, control or treated under "
            "settings, or take another set."
        )
        raise CorpusError(msg)
    chosen = np.isin(cells.label, enough) & np.isin(condition, [config.control, config.treated])
    return np.flatnonzero(chosen)


def respond(
    expression: Floats,
    labels: npt.NDArray[np.str_],
    is_treated: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int8],
    change: Change,
    *,
    genes: int,
) -> Responses:
    """Leave each cell type out in turn and score what is predicted of it.

    Parameters
    ----------
    expression
        Log-normalised, cells x genes.
    labels, is_treated, groups
        Type, treatment and group of each cell.
    change
        What predicts.
    genes
        How many of the genes that change most in the training types direction and rank are taken over.
    """
    types = np.unique(labels).tolist()
    means, cells = {}, {}
    for name in types:
        for treated in (False, True):
            rows = (labels == name) & (is_treated == treated)
            means[name, treated] = expression[rows].mean(axis=0, dtype=np.float64)
            cells[name, treated] = int(rows.sum())
    left_out = []
    for name in types:
        others = [other for other in types if other != name]
        training = Training(
            control=np.array([means[other, False] for other in others]),
            treated=np.array([means[other, True] for other in others]),
            control_cells=np.array([cells[other, False] for other in others]),
            treated_cells=np.array([cells[other, True] for other in others]),
        )
        own, after = (labels == name) & ~is_treated, (labels == name) & is_treated
        left_out.append(
            LeftOut(
                name=name,
                control=expression[own],
                treated=expression[after],
                predicted=expression[own] + change(training, own, name),
                genes=changed_genes(training.changes, genes),
                control_groups=groups[own],
                treated_groups=groups[after],
            )
        )
    return Responses(tuple(left_out))


def head_of(points: Floats, labels: npt.NDArray[np.str_], is_treated: npt.NDArray[np.bool_]) -> Change:
    """Predict by a linear head on an embedding of all cells, of which only untreated ones are looked at."""

    def change(training: Training, own: npt.NDArray[np.bool_], name: str) -> Floats:
        others = [other for other in np.unique(labels).tolist() if other != name]
        known = [points[(labels == other) & ~is_treated] for other in others]
        return head_change(known, training.changes, points[own])

    return change


def _expression(entry: Evaluation) -> tuple[Floats, npt.NDArray[np.bool_], PerturbationConfig]:
    """Log-normalised expression of the models' genes that the set measured, which cells are treated, the settings."""
    if not isinstance(entry.config, PerturbationConfig):
        raise TypeError(type(entry.config))
    measured = np.asarray(entry.query.measured.any(axis=0))
    is_treated = entry.columns[entry.config.condition_key] == entry.config.treated
    return log_normalised(entry.query)[:, measured], is_treated, entry.config


def _measure(entry: Evaluation, embed: Embed) -> Measurement:
    expression, is_treated, config = _expression(entry)
    change = head_of(embed(entry.query), entry.query_labels, is_treated)
    return respond(expression, entry.query_labels, is_treated, entry.groups, change, genes=config.genes)


def _baselines(entry: Evaluation) -> Iterator[tuple[str, Measurement]]:
    """Changes that no model is needed for, and the same head on the genes themselves and on their PCA."""
    expression, is_treated, config = _expression(entry)
    for model_id, baseline in BASELINES.items():

        def change(training: Training, own: npt.NDArray[np.bool_], name: str, of: Any = baseline) -> Floats:  # noqa: ARG001
            predicted: Floats = of(training, expression[own].mean(axis=0))
            return predicted

        yield model_id, respond(expression, entry.query_labels, is_treated, entry.groups, change, genes=config.genes)
    yield "model:lognorm_knn", _measure(entry, log_normalised)
    # Fitted on untreated cells: no treated one of the left-out type is seen.
    yield "model:pca_reference", _measure(entry, pca(entry.query, np.flatnonzero(~is_treated)))


KIND = Kind(
    config=PerturbationConfig,
    task_id="task:perturbation_prediction",
    regime=lambda config: "fine_tuned",  # noqa: ARG005
    columns=lambda config: (config.condition_key,),
    rows=_rows,
    measure=_measure,
    baselines=_baselines,
    name=lambda config: f"perturbation_{config.treated}_left_out_type",
)
