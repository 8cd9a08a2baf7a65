"""Search for the same cells in two sets, a tenth of them shared under new names with 5 % of the reads lost.

Prints how many are found, how many pairs are wrong, and the time against that of reading every profile once (the sum
of all counts per cell), as a floor.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.sparse import csr_matrix, vstack

from scaling.corpus.contamination import find_overlap
from scaling.corpus.counts import Corpus

CELLS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
GENES, TYPES, DEPTH = 15_000, 30, 1500
BLOCK = 5000


def simulate_profiles(rng: np.random.Generator) -> np.ndarray:
    base = rng.normal(-1.0, 1.6, GENES)
    profiles = np.exp(base + rng.normal(0.0, 0.7, (TYPES, GENES)) * (rng.random((TYPES, GENES)) < 0.1))
    return profiles / profiles.sum(axis=1, keepdims=True)


def simulate_set(rng: np.random.Generator, profiles: np.ndarray, cells: int) -> csr_matrix:
    """Cells in blocks, so that the single reads of few are in memory."""
    sizes = [min(BLOCK, cells - start) for start in range(0, cells, BLOCK)]
    return vstack([simulate_block(rng, profiles, size) for size in sizes]).tocsr()


def simulate_block(rng: np.random.Generator, profiles: np.ndarray, cells: int) -> csr_matrix:
    """Reads drawn one by one from the profile of each cell's type, so that no matrix is ever dense."""
    types = rng.integers(0, TYPES, cells)
    depths = np.maximum(rng.lognormal(np.log(DEPTH), 0.4, cells), 200).astype(np.int64)
    rows, columns = np.repeat(np.arange(cells), depths), np.empty(depths.sum(), dtype=np.int32)
    for number in range(TYPES):
        own = np.repeat(types == number, depths)
        columns[own] = np.searchsorted(np.cumsum(profiles[number]), rng.random(int(own.sum()))).clip(0, GENES - 1)
    matrix = csr_matrix((np.ones(len(rows), dtype=np.uint32), (rows, columns)), (cells, GENES))
    matrix.sum_duplicates()
    return matrix


def corpus(matrix: csr_matrix, name: str) -> Corpus:
    cells = matrix.shape[0]
    text = np.full(cells, "unknown")
    return Corpus(
        name=name,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=matrix.data.astype(np.uint32),
        genes=np.array([f"G{number:05d}" for number in range(GENES)]),
        studies=(name,),
        measured=np.ones((1, GENES), dtype=bool),
        study=np.zeros(cells, dtype=np.int32),
        barcode=np.array([f"{name}{number}" for number in range(cells)]),
        batch=text,
        label=text,
        coarse=text,
    )


def main() -> None:
    rng = np.random.default_rng(0)
    profiles = simulate_profiles(rng)
    left = simulate_set(rng, profiles, CELLS)
    shared = CELLS // 10
    copies = left[:shared].copy()
    copies.data = rng.binomial(copies.data, 0.95).astype(np.uint32)
    copies.eliminate_zeros()

    right = vstack([simulate_set(rng, profiles, CELLS - shared), copies]).tocsr()
    first, second = corpus(left, "a"), corpus(right, "b")
    begin = time.perf_counter()
    for matrix in (left, right):
        matrix.sum(axis=1)
    floor = time.perf_counter() - begin
    begin, used = time.perf_counter(), time.process_time()
    mine, theirs = find_overlap(first, second)
    seconds, processor = time.perf_counter() - begin, time.process_time() - used
    right_pairs = int((theirs - (CELLS - shared) == mine).sum())
    print(f"{CELLS:,} against {CELLS:,} cells: {right_pairs:,} of {shared:,} shared cells found, "
          f"{len(mine) - right_pairs:,} wrong pairs, {seconds:.1f} s ({processor:.1f} s of processor), "
          f"{seconds / floor:.0f} times one pass over the counts")  # fmt: skip


if __name__ == "__main__":
    main()
