"""The cells of one file in memory: read from .h5ad without anndata, and written.

A file from outside is checked before it is used: shapes agree, row pointers ascend, column numbers are in range,
values are whole and not negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.readers.files import open_cells, reading
from scaling.corpus.readers.matrix import Block, Matrix
from scaling.errors import CorpusError, NotCounts

__all__ = ["CellSet", "check_counts", "counts_of", "read_h5ad", "write_h5ad"]

Ints = npt.NDArray[np.integer[Any]]
MAX_COUNT = 2**32 - 1
"""Counts are stored as uint32."""


@dataclass(frozen=True)
class CellSet:
    """Counts of one file, cells x genes, as compressed rows over the file's own genes.

    ``barcodes`` and every column of ``obs`` have one entry per cell.
    """

    name: str
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint32]
    genes: tuple[str, ...]
    barcodes: npt.NDArray[np.str_]
    obs: dict[str, npt.NDArray[np.str_]]
    simulated: bool = False
    path: Path | None = field(default=None, compare=False)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason -> cells that were dropped before (when a corpus was built)."""

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def take(self, rows: Ints) -> CellSet:
        """Select the cells ``rows``, in that order."""
        from scipy.sparse import csr_matrix

        matrix = csr_matrix((self.counts, self.indices, self.indptr), shape=(len(self), len(self.genes)))[rows]
        return replace(
            self,
            indptr=matrix.indptr.astype(np.int64),
            indices=matrix.indices.astype(np.int32),
            counts=matrix.data,
            barcodes=self.barcodes[rows],
            obs={column: values[rows] for column, values in self.obs.items()},
        )


def check_counts(values: npt.NDArray[Any], path: Path, where: str) -> npt.NDArray[np.uint32]:
    """Check that values are raw counts, and convert them to unsigned integers.

    Raises
    ------
    NotCounts
        If a value is negative, fractional, not finite or too large.
    """
    if values.dtype.kind not in "fiub":
        msg = f"{path}: {where} is of type {values.dtype}, not numbers. Store raw counts as integers or floats."
        raise CorpusError(msg, path)
    as_float = values.astype(np.float64, copy=False)
    bad = ~np.isfinite(as_float) | (as_float < 0) | (as_float > MAX_COUNT)
    bad |= as_float != np.floor(np.where(bad, 0, as_float))
    if bad.any():
        raise NotCounts(path, where, as_float[bad][:3].tolist())
    return as_float.astype(np.uint32)


def read_h5ad(path: Path, *, name: str | None = None, layer: str | None = None) -> CellSet:
    """Read the counts, genes and obs columns of a file whole.

    Parameters
    ----------
    path
        An .h5ad file, or another that `open_cells` opens.
    name
        Name of the set; the file's stem if left out.
    layer
        As for `open_cells`.

    Raises
    ------
    TruncatedFile
        If the file cannot be read or the parts of the matrix disagree.
    NotCounts
        If the values are not raw counts.
    """
    with open_cells(path, name=name, layer=layer) as file, reading(path):
        blocks = [counts_of(block, file.matrix) for block in file.matrix.blocks()]
        return CellSet(
            name=file.name,
            indptr=_joined([part.indptr for part in blocks]),
            indices=np.concatenate([np.empty(0, dtype=np.int32), *(part.indices for part in blocks)]),
            counts=np.concatenate([np.empty(0, dtype=np.uint32), *(part.values for part in blocks)]),
            genes=file.genes.index,
            barcodes=file.barcodes.read(),
            obs={column: values.read() for column, values in file.obs.items()},
            simulated=file.simulated,
            path=path,
        )


def _joined(pointers: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """Pointers of rows that are laid end to end."""
    lengths = [np.diff(part) for part in pointers]
    return np.concatenate([[0], np.cumsum(np.concatenate([np.empty(0, dtype=np.int64), *lengths]))]).astype(np.int64)


def counts_of(block: Block, matrix: Matrix) -> Block:
    """Check that a block holds counts; genes come out ascending within a cell, once each, without zeros.

    Raises
    ------
    NotCounts
        If a value is negative, fractional, not finite or too large.
    """
    from scipy.sparse import csr_matrix

    values = check_counts(block.values, matrix.path, matrix.where)
    shape = (len(block.indptr) - 1, matrix.genes)
    rows = csr_matrix((values, block.indices.astype(np.int32), block.indptr), shape=shape)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return Block(block.start, rows.indptr.astype(np.int64), rows.indices.astype(np.int32), rows.data)


def write_h5ad(path: Path, cells: CellSet) -> Path:
    """Write cells as an .h5ad that anndata reads; ``uns["simulated"]`` says whether they are simulated."""
    import h5py

    text = h5py.string_dtype("utf-8")
    with h5py.File(path, "w") as handle:
        handle.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        matrix = handle.create_group("X")
        matrix.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0"})
        matrix.attrs["shape"] = np.array([len(cells), len(cells.genes)])
        for key, values in (("data", cells.counts), ("indices", cells.indices), ("indptr", cells.indptr)):
            matrix.create_dataset(key, data=values, compression="gzip", compression_opts=1)
        for key, index, columns in (("obs", cells.barcodes, cells.obs), ("var", cells.genes, {})):
            frame = handle.create_group(key)
            frame.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index"})
            frame.attrs["column-order"] = np.array(list(columns), dtype=text)
            for column, names in {"_index": index, **columns}.items():
                stored = frame.create_dataset(column, data=np.array(list(names), dtype=object), dtype=text)
                stored.attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})
        flag = handle.create_dataset("uns/simulated", data=cells.simulated)
        flag.attrs.update({"encoding-type": "numeric-scalar", "encoding-version": "0.2.0"})
        handle["uns"].attrs.update({"encoding-type": "dict", "encoding-version": "0.1.0"})
    return path
