"""Integration of the batches of a set: do cell types stay apart, and do batches mix."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from pydantic import Field

from scaling.corpus.counts import UNKNOWN, Corpus
from scaling.corpus.labels import is_missing
from scaling.errors import CorpusError
from scaling.evaluate.baselines import Evaluation, log_normalised, pca
from scaling.evaluate.integration import MIXING_NEIGHBOURS, NEIGHBOURS, RESOLUTIONS, Integrated, integrate
from scaling.evaluate.kind import Embed, Kind, Measurement
from scaling.evaluate.method import MethodConfig

__all__ = ["KIND", "IntegrationConfig"]


class IntegrationConfig(MethodConfig):
    """Settings of an integration."""

    batch_key: str = "batch"
    """obs column of the batches that should mix."""
    resolutions: tuple[float, ...] = Field(default=RESOLUTIONS, min_length=1)
    """Resolutions of the clusterings, of which the one that fits the labels best is taken."""
    neighbours: int = Field(default=NEIGHBOURS, ge=3, le=1000)
    """Neighbours of the graph, each cell its own first."""
    mixing_neighbours: int = Field(default=MIXING_NEIGHBOURS, ge=6, le=1000)
    """Neighbours of iLISI."""


def _rows(cells: Corpus, config: IntegrationConfig, min_label_cells: int) -> npt.NDArray[np.int64]:
    batches = cells.columns[config.batch_key]
    known = (cells.label != UNKNOWN) & ~is_missing(batches)
    names, sizes = np.unique(cells.label[known], return_counts=True)
    rows = np.flatnonzero(known & np.isin(cells.label, names[sizes >= min_label_cells]))
    labels, here = cells.label[rows], batches[rows]
    mixed = [name for name in np.unique(labels) if len(np.unique(here[labels == name])) > 1]
    if len(np.unique(labels)) < 2 or len(np.unique(here)) < 2 or not mixed:
        msg = (
            f"Integration of {cells.name}: {len(np.unique(labels))} cell types with at least {min_label_cells} cells, "
            f"{len(np.unique(here))} batches in obs[{config.batch_key!r}], {len(mixed)} types with cells of several "
            "batches; at least two types, two batches and one such type are needed. Name another batch_key under "
            "settings, or another set."
        )
        raise CorpusError(msg)
    return rows


def _measure(entry: Evaluation, embed: Embed) -> Measurement:
    config = entry.config
    if not isinstance(config, IntegrationConfig):
        raise TypeError(type(config))
    return _integrate(entry, embed(entry.query), config)


def _integrate(entry: Evaluation, points: npt.NDArray[np.float32], config: IntegrationConfig) -> Integrated:
    labels = np.unique(entry.query_labels, return_inverse=True)[1].astype(np.int64)
    batches = np.unique(entry.columns[config.batch_key], return_inverse=True)[1].astype(np.int64)
    return integrate(
        points, labels, batches, entry.groups,
        resolutions=config.resolutions,
        neighbours=config.neighbours,
        mixing_neighbours=config.mixing_neighbours,
    )  # fmt: skip


def _baselines(entry: Evaluation) -> Iterator[tuple[str, Measurement]]:
    """The genes themselves, and PCA of the cells that are scored, as published."""
    yield "model:lognorm_knn", _measure(entry, log_normalised)
    yield "model:pca_reference", _measure(entry, pca(entry.query, np.arange(len(entry.query))))


KIND = Kind(
    config=IntegrationConfig,
    task_id="task:batch_integration",
    regime=lambda config: "zero_shot",  # noqa: ARG005
    columns=lambda config: (config.batch_key,),
    rows=_rows,
    measure=_measure,
    baselines=_baselines,
    name=lambda config: f"integration_{config.batch_key}",
)
