"""Communities of a graph of nearest neighbours, by the method of Louvain (Blondel et al., J Stat Mech 2008 P10008).

The packages that scanpy calls for this stand under the GPL, so it is written out here. It maximises modularity with a
resolution (Reichardt and Bornholdt, Phys Rev E 74, 016110, 2006), on the graph without weights, as scanpy's `louvain`
does unless told otherwise. Edges are counted in whole numbers, so that the same graph has the same communities on
every machine.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.evaluate.neighbours import Neighbours

__all__ = ["louvain", "neighbour_graph"]

Codes = npt.NDArray[np.int64]
LEAST_GAIN = 1e-9
"""A cell moves only for more than this, in edges, so that rounding moves none."""


def neighbour_graph(neighbours: Neighbours) -> Any:
    """Join two cells if one is among the nearest of the other: symmetric scipy CSR matrix of ones, without loops."""
    from scipy.sparse import csr_matrix

    cells, k = neighbours.cells.shape
    rows = np.repeat(np.arange(cells), k - 1)
    directed = csr_matrix((np.ones(len(rows), dtype=np.int64), (rows, neighbours.cells[:, 1:].ravel())), (cells, cells))
    graph = csr_matrix(directed.maximum(directed.T))
    graph.sort_indices()
    return graph


def louvain(graph: Any, *, resolution: float = 1.0, seed: int = 0) -> Codes:
    """Divide a graph into communities.

    Parameters
    ----------
    graph
        Symmetric scipy CSR matrix of whole numbers, cells x cells.
    resolution
        More of it makes more communities.
    seed
        Seed of the order in which cells are looked at.

    Returns
    -------
    Number of the community of each cell, from 0.
    """
    rng = np.random.default_rng([seed, 19])
    community = np.arange(graph.shape[0])
    while True:
        own = _move(graph, resolution, rng)
        names, own = np.unique(own, return_inverse=True)
        community = own[community]
        if len(names) == graph.shape[0]:  # nothing was joined
            return np.asarray(community, dtype=np.int64)
        graph = _joined(graph, own, len(names))


def _move(graph: Any, resolution: float, rng: np.random.Generator) -> Codes:
    """Move nodes to the community of a neighbour while modularity grows; a node is looked at again if one moves."""
    # Lists, because single elements of an array are slow to read.
    starts, targets, weights = graph.indptr.tolist(), graph.indices.tolist(), graph.data.tolist()
    degree = np.asarray(graph.sum(axis=1)).ravel().tolist()
    factor = resolution / max(sum(degree), 1)
    community = list(range(len(degree)))
    total = list(degree)
    waiting = deque(rng.permutation(len(degree)).tolist())
    is_waiting = [True] * len(degree)
    while waiting:
        node = waiting.popleft()
        is_waiting[node] = False
        own = community[node]
        edges: dict[int, int] = {own: 0}
        begin, end = starts[node], starts[node + 1]
        for place in range(begin, end):
            other = targets[place]
            if other != node:
                there = community[other]
                edges[there] = edges.get(there, 0) + weights[place]
        total[own] -= degree[node]
        pull = factor * degree[node]
        best, gain = own, edges[own] - pull * total[own]
        for there, number in edges.items():
            other_gain = number - pull * total[there]
            if other_gain > gain + LEAST_GAIN:
                best, gain = there, other_gain
        total[best] += degree[node]
        if best == own:
            continue
        community[node] = best
        for place in range(begin, end):
            other = targets[place]
            if not is_waiting[other] and community[other] != best:
                is_waiting[other] = True
                waiting.append(other)
    return np.array(community, dtype=np.int64)


def _joined(graph: Any, community: Codes, communities: int) -> Any:
    """The graph whose nodes are the communities; edges within one become a loop that counts both ends."""
    from scipy.sparse import csr_matrix

    member = csr_matrix(
        (np.ones(len(community), dtype=np.int64), (np.arange(len(community)), community)),
        (len(community), communities),
    )
    return csr_matrix(member.T @ graph @ member)
