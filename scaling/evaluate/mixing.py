"""How well batches mix around a cell, and how far the cells of a type hang together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.evaluate.neighbours import Neighbours

__all__ = ["graph_connectivity", "lisi", "scaled_ilisi"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
TOLERANCE, TRIES = 1e-5, 50
"""Of the search for the width of a cell's neighbourhood."""


def lisi(neighbours: Neighbours, codes: Codes, *, perplexity: float | None = None) -> Floats:
    """Local inverse Simpson index: how many batches a cell effectively has around it, 1 to their number.

    The weights of neighbours fall off with distance so that their entropy is that of ``perplexity`` equal ones
    (Korsunsky et al., Nat Methods 2019).

    Parameters
    ----------
    codes
        Batch of each cell, from 0.
    perplexity
        A third of the neighbours if left out, as in scib-metrics.
    """
    target = np.log(np.floor(neighbours.cells.shape[1] / 3) if perplexity is None else perplexity)
    distances = neighbours.distances[:, 1:]  # without the cell itself
    width = np.ones(len(distances))
    low, high = np.full(len(distances), -np.inf), np.full(len(distances), np.inf)
    entropy, weights = _weights(distances, width)
    for _ in range(TRIES):
        excess = entropy - target
        open_rows = np.abs(excess) >= TOLERANCE
        if not open_rows.any():
            break
        wide = excess > 0
        low = np.where(open_rows & wide, width, low)
        high = np.where(open_rows & ~wide, width, high)
        up = np.where(np.isinf(high), width * 2, (width + high) / 2)
        down = np.where(np.isinf(low), width / 2, (width + low) / 2)
        width = np.where(open_rows, np.where(wide, up, down), width)
        entropy[open_rows], weights[open_rows] = _weights(distances[open_rows], width[open_rows])
    simpson = np.zeros(len(distances))
    around = codes[neighbours.cells[:, 1:]]
    for code in range(int(codes.max()) + 1):
        simpson += (weights * (around == code)).sum(axis=1) ** 2
    return np.asarray(1.0 / np.where(simpson > 0, simpson, 1.0))


def _weights(distances: Floats, width: Floats) -> tuple[Floats, Floats]:
    """Entropy of the weights of each row, and the weights, which sum to one; all zero where they underflow."""
    raw = np.exp(-distances * width[:, None])
    total = raw.sum(axis=1)
    safe = np.where(total > 0, total, 1.0)
    entropy = np.where(total > 0, np.log(safe) + width * (distances * raw).sum(axis=1) / safe, 0.0)
    return entropy, raw / safe[:, None]


def scaled_ilisi(values: Floats, *, batches: int) -> float:
    """Median over cells of :func:`lisi`, from 0 (one batch around a cell) to 1 (all of them alike)."""
    return float((np.median(values) - 1.0) / (batches - 1))


def graph_connectivity(neighbours: Neighbours, labels: Codes, included: npt.NDArray[np.bool_] | None = None) -> float:
    """Mean over types of the share of their cells in the largest part of the graph of the type's own cells.

    Cells are of one part if they reach each other along nearest neighbours of the same type, in both directions.

    Parameters
    ----------
    included
        Which cells take part, as flags; all if left out.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    cells, k = neighbours.cells.shape
    rows, targets = np.repeat(np.arange(cells), k), neighbours.cells.ravel()
    same = labels[rows] == labels[targets]
    if included is not None:
        same &= included[rows] & included[targets]
    graph = csr_matrix((np.ones(int(same.sum()), dtype=np.int8), (rows[same], targets[same])), (cells, cells))
    # One search for all types: no edge leads from one to another, so that no part holds two.
    _, parts = connected_components(graph, directed=True, connection="strong")
    shares = []
    takes_part: Any = np.ones(cells, dtype=bool) if included is None else included
    for label in np.unique(labels[takes_part]):
        sizes = np.bincount(parts[takes_part & (labels == label)])
        shares.append(sizes.max() / sizes.sum())
    return float(np.mean(shares))
