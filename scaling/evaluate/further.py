"""Integration and perturbation response of embeddings that somebody else made, beside baselines of the same cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from graph.vocabulary.protocol import PEARSON_DELTA
from scaling.errors import NothingToScore
from scaling.evaluate.integration import integrate
from scaling.evaluate.jackknife import Estimate, estimate
from scaling.evaluate.kind import Measurement
from scaling.evaluate.kinds.perturbation import MIN_TYPES, head_of, respond
from scaling.evaluate.predictions import cell_groups
from scaling.evaluate.response_models import BASELINES, Training

__all__ = ["Further", "Treatment", "integrated", "responded"]

Floats = npt.NDArray[np.floating[Any]]
Text = npt.NDArray[np.str_]
CHANGED = 50
"""Genes of which direction and rank of the change are looked at."""
FEWEST = 10
"""Cells of a type and condition; a type with fewer is not left out in turn."""


@dataclass(frozen=True)
class Treatment:
    """Condition of each cell, and which values are untreated and treated."""

    key: str
    values: Text
    control: str
    treated: str


@dataclass(frozen=True)
class Further:
    """One method by one of the two."""

    kind: Literal["integration", "perturbation"]
    method: str
    baseline: bool
    model_id: str | None
    """Vocabulary id of a baseline that needs no embedding."""
    scores: dict[str, Estimate]
    """Metric id -> score with its error over test cells."""
    cells: int
    against: tuple[str, Estimate] | None = None
    """Of an embedding, for perturbation: the best of the baselines without any model, and the difference from it in
    correlation of changes."""


def integrated(
    embeddings: Mapping[str, Floats], baselines: Mapping[str, Floats], labels: Text, batches: Text
) -> Iterator[Further]:
    """Score how types stay apart and batches mix in each embedding, then in each baseline."""
    types = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    lots = np.unique(batches, return_inverse=True)[1].astype(np.int64)
    if not any(len(np.unique(lots[types == code])) > 1 for code in np.unique(types)):
        return  # no type has cells of two batches: nothing could mix
    groups = cell_groups(len(labels))
    for baseline, methods in ((False, embeddings), (True, baselines)):
        for name, points in methods.items():
            measured = integrate(points, types, lots, groups)
            yield Further("integration", name, baseline, None, _estimates(measured), len(measured))


def responded(
    embeddings: Mapping[str, Floats],
    baselines: Mapping[str, Floats],
    expression: Floats,
    labels: Text,
    treatment: Treatment,
) -> Iterator[Further]:
    """Score how well the change of each cell type is predicted that is left out, baselines without any model first.

    Raises
    ------
    NothingToScore
        If fewer than three types have enough cells of both conditions.
    """
    rows = _rows(labels, treatment)
    groups = cell_groups(len(labels))[rows]
    cells, own, is_treated = expression[rows], labels[rows], treatment.values[rows] == treatment.treated

    def measure(change: Any) -> Measurement:
        return respond(cells, own, is_treated, groups, change, genes=min(CHANGED, cells.shape[1]))

    simple: dict[str, Measurement] = {}
    for model_id, predict in BASELINES.items():

        def change(training: Training, these: npt.NDArray[np.bool_], name: str, of: Any = predict) -> Floats:  # noqa: ARG001
            predicted: Floats = of(training, cells[these].mean(axis=0))
            return predicted

        simple[model_id] = measure(change)
        name = model_id.partition(":")[2].replace("_", " ")
        measured = simple[model_id]
        yield Further("perturbation", name, baseline=True, model_id=model_id, scores=_estimates(measured),
                      cells=len(measured))  # fmt: skip
    best = max(simple, key=lambda model_id: simple[model_id].scores()[PEARSON_DELTA])
    bar = simple[best].scores()[PEARSON_DELTA], simple[best].without_cells()[PEARSON_DELTA]
    for baseline, methods in ((False, embeddings), (True, baselines)):
        for name, points in methods.items():
            measured = measure(head_of(points[rows], own, is_treated))
            value, without = measured.scores()[PEARSON_DELTA], measured.without_cells()[PEARSON_DELTA]
            difference = estimate([value], [without], minus=bar)
            against = None if baseline else (best.partition(":")[2].replace("_", " "), difference)
            yield Further("perturbation", name, baseline, None, _estimates(measured), len(measured), against)


def _rows(labels: Text, treatment: Treatment) -> npt.NDArray[np.int64]:
    sizes = {
        name: min(
            int(((labels == name) & (treatment.values == value)).sum())
            for value in (treatment.control, treatment.treated)
        )
        for name in np.unique(labels).tolist()
    }
    enough = [name for name, size in sizes.items() if size >= FEWEST]
    if len(enough) < MIN_TYPES:
        there = ", ".join(np.unique(treatment.values).tolist()[:10])
        msg = (
            f"{len(enough)} cell types have {FEWEST} cells or more of both {treatment.control!r} and "
            f"{treatment.treated!r} in obs[{treatment.key!r}] (which has {there}); {MIN_TYPES} are needed. Name other "
            "values (--control, --treated), or leave --condition-key out."
        )
        raise NothingToScore(msg)
    either = np.isin(treatment.values, [treatment.control, treatment.treated])
    return np.flatnonzero(np.isin(labels, enough) & either)


def _estimates(measured: Measurement) -> dict[str, Estimate]:
    without = measured.without_cells()
    return {metric: estimate([value], [without[metric]]) for metric, value in measured.scores().items()}
