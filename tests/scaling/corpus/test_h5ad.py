from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from scaling.corpus.h5ad import CellSet, read_h5ad, write_h5ad
from scaling.errors import CorpusError, NotCounts, TruncatedFile

DENSE = np.array([[0, 2, 0, 5], [1, 0, 0, 0], [0, 0, 7, 300]])


def _cells(name: str = "small") -> CellSet:
    matrix = csr_matrix(DENSE)
    return CellSet(
        name=name,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        counts=matrix.data.astype(np.uint32),
        genes=("A", "B", "C", "D"),
        barcodes=np.array(["x:ACGT", "x:CCGT", "x:TTTT"]),
        obs={"cell_type": np.array(["T", "B", "T"])},
    )


def _dense(cells: CellSet) -> np.ndarray:
    return csr_matrix((cells.counts, cells.indices, cells.indptr), shape=(len(cells), len(cells.genes))).toarray()


def test_cells_that_are_written_are_read_back(tmp_path: Path) -> None:
    cells = read_h5ad(write_h5ad(tmp_path / "small.h5ad", _cells()))
    assert (_dense(cells) == DENSE).all()
    assert cells.genes == ("A", "B", "C", "D")
    assert cells.obs["cell_type"].tolist() == ["T", "B", "T"]
    assert not cells.simulated


@pytest.mark.parametrize("layout", ["csr", "csc", "dense"])
def test_every_layout_of_anndata_is_read(tmp_path: Path, layout: str) -> None:
    anndata = pytest.importorskip("anndata")
    matrix = DENSE.astype(np.float32)
    kinds = {"csr": csr_matrix(matrix), "csc": csr_matrix(matrix).tocsc(), "dense": matrix}
    data = anndata.AnnData(kinds[layout])
    data.obs["cell_type"] = ["T", "B", "T"]
    data.obs["cell_type"] = data.obs["cell_type"].astype("category")
    data.write_h5ad(tmp_path / "a.h5ad")
    cells = read_h5ad(tmp_path / "a.h5ad")
    assert (_dense(cells) == DENSE).all()
    assert cells.obs["cell_type"].tolist() == ["T", "B", "T"]


def test_counts_in_a_layer_are_preferred_over_normalised_values_in_x(tmp_path: Path) -> None:
    path = write_h5ad(tmp_path / "a.h5ad", _cells())
    with h5py.File(path, "a") as handle:
        handle.copy("X", handle.require_group("layers"), name="counts")
        handle["X/data"][...] = 0
    assert (_dense(read_h5ad(path)) == DENSE).all()


def test_old_categorical_columns_are_read(tmp_path: Path) -> None:
    path = write_h5ad(tmp_path / "a.h5ad", _cells())
    with h5py.File(path, "a") as handle:
        del handle["obs/cell_type"]
        handle["obs/cell_type"] = np.array([1, 0, -1], dtype=np.int8)
        handle["obs/__categories/cell_type"] = np.array([b"B", b"T"])
    assert read_h5ad(path).obs["cell_type"].tolist() == ["T", "B", "unknown"]


@pytest.mark.parametrize("values", [[0.5, 1.7], [-1.0, 2.0], [float("nan"), 1.0], [1e12, 1.0]])
def test_values_that_are_no_counts_are_refused_with_the_values(tmp_path: Path, values: list[float]) -> None:
    path = write_h5ad(tmp_path / "a.h5ad", _cells())
    with h5py.File(path, "a") as handle:
        data = handle["X/data"][()].astype(np.float32)
        data[:2] = values
        del handle["X/data"]
        handle["X/data"] = data
    with pytest.raises(NotCounts, match=r"not raw counts.*layers"):
        read_h5ad(path)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_file_is_named(tmp_path: Path, share: float) -> None:
    path = write_h5ad(tmp_path / "a.h5ad", _cells())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(TruncatedFile, match=r"a\.h5ad.*again"):
        read_h5ad(path)


def test_column_numbers_outside_of_the_matrix_are_refused(tmp_path: Path) -> None:
    path = write_h5ad(tmp_path / "a.h5ad", _cells())
    with h5py.File(path, "a") as handle:
        handle["X/indices"][0] = 99
    with pytest.raises(TruncatedFile, match="outside"):
        read_h5ad(path)


def test_a_missing_file_is_no_traceback_of_hdf5(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such file"):
        read_h5ad(tmp_path / "none.h5ad")


def test_a_real_file_agrees_with_anndata(shared: Path) -> None:
    anndata = pytest.importorskip("anndata")
    path = shared / "cells" / "pbmc_3tech.h5ad"
    other = anndata.read_h5ad(path)
    cells = read_h5ad(path)
    assert (csr_matrix(_dense(cells)) != other.X).nnz == 0
    assert cells.obs["cell_type"].tolist() == other.obs["cell_type"].tolist()
