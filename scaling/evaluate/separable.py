"""How many clusters of a matrix can be told apart by genes that the clustering did not make itself.

Clusters of cells always differ in some genes, even where all cells are of one kind, because the same counts drew the
border. DenAdel et al. (Am J Hum Genet 2025, the method recall) set a bar that was drawn in the same way: beside every
gene stands an artificial one, with as many counts spread alike, that knows of no kind of cell. Cells are clustered on
both together. Of two clusters of one kind the artificial genes differ as much as the real ones; two clusters of which
no real gene stands out by the rule of knockoffs (Barber and Candes, Ann Stat 2015) are one.

Written from the description of the method. Other than there, clusters that are not told apart are joined, the nearest
first, where recall clusters anew with fewer; artificial counts are negative binomial around a cell's depth; and genes
are compared by Welch's t, which is the same for a real and an artificial gene that are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import CorpusError
from scaling.evaluate.louvain import louvain, neighbour_graph
from scaling.evaluate.neighbours import nearest

__all__ = ["Separable", "artificial", "selected", "separable_clusters"]

Floats = npt.NDArray[np.floating[Any]]
Codes = npt.NDArray[np.int64]
RATE = 0.05
"""Share of wrong genes among those by which two clusters are told apart."""
COMPONENTS, NEIGHBOURS = 20, 15
MOST = 10.0
"""Standard deviations at which a value is cut off before components are taken, as Seurat and scanpy do."""


@dataclass(frozen=True)
class Separable:
    """Clusters that are told apart by real genes."""

    clusters: Codes
    """Cluster of each cell, from 0."""
    first: Codes
    """The same before any were joined."""
    genes: dict[tuple[int, int], int]
    """Two clusters -> how many real genes tell them apart."""

    def __len__(self) -> int:
        return int(self.clusters.max()) + 1


def separable_clusters(
    counts: npt.NDArray[Any],
    *,
    library: Floats | None = None,
    resolution: float = 1.0,
    rate: float = RATE,
    seed: int = 0,
) -> Separable:
    """Cluster cells on real and artificial genes, and join clusters that no real gene tells apart.

    Parameters
    ----------
    counts
        Raw counts, cells x genes. Fewer than 1 / ``rate`` genes can tell no two clusters apart.
    library
        Depth of each cell; its counts over these genes if left out.
    resolution
        Of the first clustering. What it splits too far is joined again, but small clusters tell less than large ones: a
        finer one finds fewer kinds that differ little.
    rate
        Share of wrong genes that is borne among those that tell two clusters apart.
    seed
        Seed of the artificial counts and of the clustering.

    Raises
    ------
    CorpusError
        If there are too few genes or cells, or a cell has no counts.
    """
    cells, genes = counts.shape
    if genes * rate < 1 or cells <= NEIGHBOURS:
        msg = f"{cells} cells and {genes} genes are too few to tell clusters apart; give {int(1 / rate)} genes or more"
        raise CorpusError(msg)
    depth = np.asarray(counts.sum(axis=1) if library is None else library, dtype=np.float64)
    if not (depth > 0).all():
        msg = f"{int((depth <= 0).sum())} cells have no counts over these genes; leave them out"
        raise CorpusError(msg)
    drawn = artificial(counts, depth, seed=seed)
    values = np.log1p(np.concatenate([counts, drawn], axis=1) / depth[:, None] * np.median(depth))
    points = _components(values)
    first = clusters = louvain(neighbour_graph(nearest(points, k=NEIGHBOURS)), resolution=resolution, seed=seed)
    number_of_clusters = int(first.max()) + 1
    telling_genes = {
        pair: _count_telling_genes(values, clusters, pair, rate) for pair in combinations(range(number_of_clusters), 2)
    }
    centres = {code: points[clusters == code].mean(axis=0) for code in range(number_of_clusters)}
    while alike := [pair for pair, number in telling_genes.items() if not number]:
        stays, gone = min(alike, key=lambda pair: (float(np.linalg.norm(centres[pair[0]] - centres[pair[1]])), pair))
        clusters = np.where(clusters == gone, stays, clusters)
        centres[stays] = points[clusters == stays].mean(axis=0)
        telling_genes = {pair: number for pair, number in telling_genes.items() if gone not in pair}
        telling_genes |= {
            pair: _count_telling_genes(values, clusters, pair, rate) for pair in telling_genes if stays in pair
        }
    names, clusters = np.unique(clusters, return_inverse=True)
    place = {int(name): number for number, name in enumerate(names)}
    return Separable(
        clusters=clusters.astype(np.int64),
        first=first,
        genes={(place[a], place[b]): number for (a, b), number in telling_genes.items()},
    )


def artificial(counts: npt.NDArray[Any], depth: Floats, *, seed: int) -> npt.NDArray[np.int64]:
    """Draw a gene beside each one: negative binomial around its share of a cell's depth, as dispersed, and of no kind.

    The dispersion is that of the moments; a gene that varies less than by chance gets Poisson counts.
    """
    rng = np.random.default_rng([seed, 23])
    mean = np.outer(depth, counts.sum(axis=0) / depth.sum())
    excess = ((counts - mean) ** 2 - mean).sum(axis=0) / np.maximum((mean**2).sum(axis=0), 1e-12)
    dispersed = excess > 0
    rates = mean.copy()
    if dispersed.any():
        shape = 1.0 / excess[dispersed]
        rates[:, dispersed] *= rng.gamma(shape, 1.0 / shape, (len(counts), int(dispersed.sum())))
    return rng.poisson(rates)


def selected(real: Floats, fake: Floats, *, rate: float = RATE) -> int:
    """Count the genes that stand out from their artificial ones, so that at most a share ``rate`` of them is wrong.

    Parameters
    ----------
    real, fake
        How much each gene differs, and how much its artificial one does.
    """
    lead = real - fake
    for bar in np.unique(np.abs(lead[lead != 0])):
        above = int((lead >= bar).sum())
        # The one added is what makes the bound hold, and asks for 1 / rate genes at least.
        if above and (1 + int((lead <= -bar).sum())) / above <= rate:
            return above
    return 0


def _count_telling_genes(values: Floats, clusters: Codes, pair: tuple[int, int], rate: float) -> int:
    """Genes that tell two clusters apart."""
    first, second = (values[clusters == code] for code in pair)
    if min(len(first), len(second)) < 2:
        return 0
    spread = first.var(axis=0, ddof=1) / len(first) + second.var(axis=0, ddof=1) / len(second)
    gap = np.abs(first.mean(axis=0) - second.mean(axis=0))
    t = np.divide(gap, np.sqrt(spread), out=np.zeros_like(gap), where=spread > 0)
    real, fake = np.split(t, 2)
    return selected(real, fake, rate=rate)


def _components(values: Floats) -> Floats:
    from scipy.linalg import eigh

    spread = values.std(axis=0)
    scaled = np.clip((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0), -MOST, MOST)
    last = scaled.shape[1] - 1
    _, vectors = eigh(scaled.T @ scaled, subset_by_index=[max(last - COMPONENTS + 1, 0), last])
    points: Floats = scaled @ vectors
    return points
