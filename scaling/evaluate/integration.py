"""Integration of batches, scored from arrays: whether types stay apart, and beside it whether batches mix.

Types: a clustering of the graph of nearest neighbours is compared with the labels (NMI, ARI), and the silhouette of the
labels is taken; their mean is the published ``avg_bio``. Of the clusterings at many resolutions the one of the highest
NMI is taken, as published, so that NMI and ARI are upper bounds: the labels choose. None of this says how batches mix:
an embedding that keeps them apart can score 1. So three scores of mixing stand beside it, and no single number is made
of the two sides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.vocabulary.protocol import ARI, ASW_BATCH, ASW_LABEL, AVG_BIO, GRAPH_CONNECTIVITY, ILISI, NMI
from scaling.evaluate.agreement import ari, nmi, table, tables_without
from scaling.evaluate.louvain import louvain, neighbour_graph
from scaling.evaluate.mixing import graph_connectivity, lisi, scaled_ilisi
from scaling.evaluate.neighbours import nearest
from scaling.evaluate.predictions import GROUPS, Groups
from scaling.evaluate.silhouette import batch_silhouettes, silhouettes

__all__ = ["MIXING_NEIGHBOURS", "NEIGHBOURS", "RESOLUTIONS", "TYPES_AND_MIXING", "Integrated", "integrate"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
RESOLUTIONS = tuple(step / 10 for step in range(1, 21))
"""Resolutions of the published clusterings."""
NEIGHBOURS, MIXING_NEIGHBOURS = 15, 90
"""Neighbours, each cell its own first, of the graph and of iLISI: the defaults of scanpy and of scib-metrics."""
TYPES_AND_MIXING = ((AVG_BIO, NMI, ARI, ASW_LABEL), (ILISI, GRAPH_CONNECTIVITY, ASW_BATCH))
"""Metrics of the two sides. Graph connectivity asks both: types that are torn apart by batch lose by it."""


@dataclass(frozen=True)
class Integrated:
    """Clusters of an embedding, and what its scores are means and medians of.

    A score without some cells is taken of the others' values: graph, clusters and silhouettes stay those of all cells.
    """

    clusters: Codes
    resolution: float
    labels: Codes
    batches: Codes
    groups: Groups
    silhouettes: Floats
    """Of the labels, per cell."""
    batch_silhouettes: Floats
    """As :func:`scaling.evaluate.silhouette.batch_silhouettes`, per cell."""
    lisi: Floats
    """Batches around each cell."""
    connectivity: tuple[float, ...] = field(repr=False)
    """Graph connectivity of all cells, and without each group of them."""

    def __len__(self) -> int:
        return len(self.clusters)

    def scores(self) -> dict[str, float]:
        """Metric id -> score, those of types first."""
        return {metric: values[0] for metric, values in self._values.items()}

    def without_cells(self) -> dict[str, tuple[float, ...]]:
        """Metric id -> the score without each group of cells."""
        return {metric: tuple(round(value, 6) for value in values[1:]) for metric, values in self._values.items()}

    def digest(self) -> str:
        """Sha256 of the clusters and of what every cell has around it."""
        state = hashlib.sha256(np.ascontiguousarray(self.clusters, dtype="<i8").tobytes())
        for values in (self.silhouettes, self.batch_silhouettes, self.lisi):
            state.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
        return state.hexdigest()

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Clusters and the values of every cell."""
        return {
            "clusters": self.clusters.astype(np.int32),
            "resolution": np.array(self.resolution),
            "silhouettes": self.silhouettes.astype(np.float32),
            "batch_silhouettes": self.batch_silhouettes.astype(np.float32),
            "lisi": self.lisi.astype(np.float32),
        }

    @cached_property
    def _values(self) -> dict[str, list[float]]:
        tables = tables_without(self.clusters, self.labels, self.groups, number=GROUPS)
        agreement: dict[str, list[float]] = {NMI: nmi(tables).tolist(), ARI: ari(tables).tolist()}
        subsets = [np.ones(len(self), dtype=bool), *(self.groups != group for group in range(GROUPS))]
        width = [(float(self.silhouettes[rows].mean()) + 1.0) / 2.0 for rows in subsets]
        batches = int(self.batches.max()) + 1
        return {
            AVG_BIO: [float(np.mean(each)) for each in zip(*agreement.values(), width, strict=True)],
            **agreement,
            ASW_LABEL: width,
            ILISI: [scaled_ilisi(self.lisi[rows], batches=batches) for rows in subsets],
            GRAPH_CONNECTIVITY: list(self.connectivity),
            ASW_BATCH: [self._batch_width(rows) for rows in subsets],
        }

    def _batch_width(self, rows: npt.NDArray[np.bool_]) -> float:
        """Mean over types, so that a frequent one does not decide."""
        used = rows & np.isfinite(self.batch_silhouettes)
        sums = np.bincount(self.labels[used], self.batch_silhouettes[used])
        cells = np.bincount(self.labels[used])
        return float(np.mean(sums[cells > 0] / cells[cells > 0]))


def integrate(
    points: npt.NDArray[np.floating[Any]],
    labels: Codes,
    batches: Codes,
    groups: Groups,
    *,
    resolutions: Sequence[float] = RESOLUTIONS,
    neighbours: int = NEIGHBOURS,
    mixing_neighbours: int = MIXING_NEIGHBOURS,
) -> Integrated:
    """Score an embedding of cells of several batches.

    Parameters
    ----------
    points
        Cells x dimensions.
    labels, batches
        Type and batch of each cell, numbered from 0; at least two of each, and a type with cells of two batches.
    groups
        Group of each cell, by which the error over test cells is told.
    """
    neighbourhood = nearest(points, k=max(neighbours, mixing_neighbours))
    near = neighbourhood.first(neighbours)
    clusters, resolution = best_clusters(neighbour_graph(near), labels, resolutions)
    connectivity = [graph_connectivity(near, labels)]
    connectivity += [graph_connectivity(near, labels, groups != group) for group in range(GROUPS)]
    return Integrated(
        clusters=clusters,
        resolution=resolution,
        labels=labels,
        batches=batches,
        groups=groups,
        silhouettes=silhouettes(points, labels),
        batch_silhouettes=batch_silhouettes(points, labels, batches),
        lisi=lisi(neighbourhood.first(mixing_neighbours), batches),
        connectivity=tuple(connectivity),
    )


def best_clusters(graph: Any, labels: Codes, resolutions: Sequence[float]) -> tuple[Codes, float]:
    """Communities at the resolution of highest NMI with the labels, the first of equals, and that resolution."""
    tried = [(louvain(graph, resolution=resolution), resolution) for resolution in resolutions]
    return max(tried, key=lambda entry: float(nmi(table(entry[0], labels))))
