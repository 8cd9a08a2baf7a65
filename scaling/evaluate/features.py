"""What a user's embedding is held against: the genes, principal components of them, and a random projection.

There is not one PCA. On sorted blood cells the choice of genes alone moves its macro F1 from .77 to .92, which is more
than most models differ by. So several usual recipes are made, and an embedding is called better or worse than PCA only
if it is better or worse than each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import align
from scaling.corpus.genes import select_genes
from scaling.corpus.h5ad import CellSet
from scaling.evaluate.obsm import UserCells
from scaling.model.components import COMPONENTS, random_loadings
from scaling.views.log import TARGET

__all__ = ["Features", "features"]

Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64]
VARIABLE = 2000
"""Variable genes, as in the shipped studies."""
FEWER = 30
"""Components of the shorter PCA; the others have 50."""
EXPRESSED = 0.01
"""Genes that fewer cells express add nothing to a distance and cost as much as the others."""
BINS = 20
MEANS, DISPERSION = (0.0125, 3.0), 0.5
"""Cut-offs of scanpy's default choice of variable genes."""
CLIP = 10.0
POWER_ITERATIONS = 5


@dataclass(frozen=True)
class Features:
    """Embeddings of the same cells that need no labels and no model: cells x genes or dimensions.

    Components are fitted on all cells that are scored, since an embedding made of these cells (scVI, scanpy's PCA) has
    seen all of them too.
    """

    genes: Floats
    """Log-normalised genes that at least 1 % of the cells express."""
    variable: Floats
    """The 2,000 most variable of them."""
    components: dict[str, Floats]
    """Recipe of a PCA -> scores of its components."""
    projection: Floats
    """50 random directions of the variable genes: what an encoder does that learnt nothing."""


def features(cells: UserCells, *, seed: int) -> Features:
    """Make the baselines of cells whose matrix is counts, or values that are taken for log-normalised."""
    logged = _log_normalised(cells)
    variable = _by_variance(cells, logged)
    dispersion, mean = _dispersion(logged)
    by_dispersion = np.sort(np.lexsort((np.arange(len(dispersion)), -dispersion))[:VARIABLE])
    default = np.flatnonzero((dispersion > DISPERSION) & (mean > MEANS[0]) & (mean < MEANS[1]))
    expressed = np.bincount(logged.indices, minlength=logged.shape[1]) >= EXPRESSED * logged.shape[0]
    genes: Floats = logged[:, np.flatnonzero(expressed)].toarray()
    most_variable: Floats = logged[:, variable].toarray()
    every = _components(genes, seed)
    components = {
        "PCA of all genes": every,
        f"PCA of all genes ({FEWER})": every[:, :FEWER],
        "PCA of variable genes": _components(most_variable, seed),
        "PCA of dispersed genes": _components(
            logged[:, default if len(default) > 1 else by_dispersion].toarray(), seed
        ),
        "PCA of scaled genes": _components(_scaled(logged[:, by_dispersion].toarray()), seed),
    }
    projection = most_variable @ random_loadings(most_variable.shape[1], seed=seed)
    return Features(genes, most_variable, components, projection)


def _log_normalised(cells: UserCells) -> Any:
    logged = cells.matrix.astype(np.float32)
    if cells.counts:
        totals = np.asarray(cells.matrix.sum(axis=1), dtype=np.float64).ravel()
        factor = np.repeat(TARGET / np.maximum(totals, 1.0), np.diff(logged.indptr))
        logged.data = np.log1p(cells.matrix.data * factor).astype(np.float32)
    return logged


def _by_variance(cells: UserCells, logged: Any) -> Columns:
    """Genes that vary more than their mean expects; of values that are no counts, those of the largest variance."""
    size = min(VARIABLE, logged.shape[1])
    if not cells.counts:
        mean = np.asarray(logged.mean(axis=0), dtype=np.float64).ravel()
        variance = np.asarray(logged.multiply(logged).mean(axis=0), dtype=np.float64).ravel() - mean**2
        # Rounded, with ties by column, so that the choice does not hang on the last bit.
        return np.sort(np.lexsort((np.arange(len(variance)), -np.round(variance, 5)))[:size])
    names = np.array([f"{number:07d}" for number in range(len(cells.genes))])  # gene names of users may repeat
    entry = CellSet(
        name=cells.name,
        indptr=cells.matrix.indptr.astype(np.int64),
        indices=cells.matrix.indices.astype(np.int32),
        counts=cells.matrix.data.astype(np.uint32),
        genes=tuple(names.tolist()),
        barcodes=cells.barcodes,
        obs={},
    )
    return select_genes(align(entry, names), size)


def _dispersion(logged: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Dispersion of each gene relative to genes of a similar mean, and log mean (Satija et al., Nat Biotechnol 2015).

    As scanpy's default: variance by mean of the normalised counts, logged, standardised within 20 bins of the mean.
    """
    cells, genes = logged.shape
    values = np.expm1(logged.data.astype(np.float64))
    mean = np.bincount(logged.indices, values, genes) / cells
    variance = (np.bincount(logged.indices, values**2, genes) - cells * mean**2) / max(cells - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where((mean > 0) & (variance > 0), np.log(variance / mean), np.nan)
    level = np.log1p(mean)
    edges = np.linspace(level.min(), level.max(), BINS + 1)[1:-1]
    bins = np.digitize(level, edges, right=True)
    dispersion = np.full(genes, -np.inf)
    for number in np.unique(bins):
        own = (bins == number) & np.isfinite(raw)
        if own.sum() > 1 and raw[own].std(ddof=1) > 0:
            dispersion[own] = (raw[own] - raw[own].mean()) / raw[own].std(ddof=1)
        elif own.any():
            dispersion[own] = 1.0  # a gene alone in its bin, as in scanpy
    return np.round(dispersion, 5).astype(np.float64), np.asarray(level, dtype=np.float64)


def _scaled(values: Floats) -> Floats:
    spread = values.std(axis=0)
    spread[spread == 0] = 1.0
    scaled: Floats = np.clip((values - values.mean(axis=0)) / spread, -CLIP, CLIP)
    return scaled


def _components(values: Floats, seed: int) -> Floats:
    """Scores of the first principal components: cells x 50, fewer where cells or genes are fewer."""
    from sklearn.utils.extmath import randomized_svd

    centred = values - values.mean(axis=0, dtype=np.float64).astype(np.float32)
    rank = max(min(COMPONENTS, *centred.shape), 1)
    left, size, _ = randomized_svd(centred, rank, n_iter=POWER_ITERATIONS, random_state=seed)
    return np.ascontiguousarray(left * size, dtype=np.float32)
