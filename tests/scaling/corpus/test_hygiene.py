from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from scaling.corpus.counts import UNKNOWN, label_cells
from scaling.corpus.h5ad import CellSet
from scaling.corpus.hygiene import distorted, profile_keys, repeated_cells, usable_cells
from scaling.errors import Distorted
from scaling.simulate import simulate


@pytest.fixture(scope="module")
def cells() -> CellSet:
    return simulate(cells=200, genes=400, types=4, studies=1, depth=1500, seed=2)[0]


def changed(cells: CellSet, dense: np.ndarray) -> CellSet:
    matrix = csr_matrix(dense)
    return replace(
        cells,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=matrix.data.astype(np.uint32),
    )


def dense(cells: CellSet) -> np.ndarray:
    return csr_matrix((cells.counts, cells.indices, cells.indptr), (len(cells), len(cells.genes))).toarray()


def test_empty_and_repeated_cells_are_dropped_and_counted(cells: CellSet) -> None:
    counts = dense(cells)
    counts[:5] = 0
    counts[10:13] = counts[20]
    left, left_out = usable_cells(changed(cells, counts))
    assert left_out == {"without any count": 5, "the same profile as an earlier cell": 3}
    assert len(left) == 192
    assert left.barcodes[5] == cells.barcodes[10]


def test_clean_cells_are_left_as_they_are(cells: CellSet) -> None:
    left, left_out = usable_cells(cells)
    assert left is cells
    assert left_out == {}


def test_a_profile_has_one_key_whatever_the_order_of_its_genes(cells: CellSet) -> None:
    indices, counts = cells.indices.copy(), cells.counts.copy()
    for low, high in zip(cells.indptr[:-1], cells.indptr[1:], strict=True):
        indices[low:high], counts[low:high] = indices[low:high][::-1].copy(), counts[low:high][::-1].copy()
    keys = profile_keys(cells.indptr, cells.indices, cells.counts)
    assert (profile_keys(cells.indptr, indices, counts) == keys).all()
    assert len(np.unique(keys, axis=0)) == 200


def test_cells_of_few_genes_may_be_alike_by_chance() -> None:
    matrix = csr_matrix(np.ones((3, 10)))
    assert not repeated_cells(matrix.indptr.astype(np.int64), matrix.indices, matrix.data).any()


@pytest.mark.parametrize(
    ("transform", "named"),
    [
        (lambda share: np.rint(np.log1p(share * 1e4)), "natural"),
        (lambda share: np.floor(np.log2(1 + share * 1e4)), "base 2"),
        (lambda share: np.rint(np.log1p(share * 1e6)), "logarithms"),
        (lambda share: np.rint(share * 1e5), "scaled to one total"),
    ],
    ids=["ln of CP10K", "log2 of CP10K, cut", "ln of CPM", "counts per 100,000"],
)
def test_whole_numbers_that_are_no_counts_are_refused_in_words(cells: CellSet, transform, named: str) -> None:  # type: ignore[no-untyped-def]
    counts = dense(cells)
    values = transform(counts / counts.sum(axis=1, keepdims=True))
    with pytest.raises(Distorted, match=rf"whole numbers, but not counts: .*{named}"):
        usable_cells(changed(cells, values))


@pytest.mark.parametrize("depth", [40, 300, 20_000])
def test_counts_of_any_depth_are_counts(depth: int) -> None:
    entry = simulate(cells=200, genes=400, types=4, studies=1, depth=depth, seed=1)[0]
    assert distorted(entry.indptr, entry.counts) is None


def test_words_for_no_label_are_unknown(cells: CellSet) -> None:
    labels = cells.obs["cell_type"].astype("U20").copy()
    labels[:4] = ["nan", "NA", "", "Unassigned"]
    fine, coarse = label_cells(replace(cells, obs={"cell_type": labels}))
    assert fine[:4].tolist() == coarse[:4].tolist() == [UNKNOWN] * 4
    assert fine[4] == labels[4]
