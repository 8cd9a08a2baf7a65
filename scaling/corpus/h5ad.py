"""Read raw counts from .h5ad files, without anndata.

A file from outside is checked before it is used: shapes agree, row pointers ascend, column numbers are in range,
values are whole and not negative. CSR, CSC and dense matrices are read; obs columns in the encoding of anndata 0.7 and
later, and in the older one (codes with a ``categories`` reference).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import CorpusError, NotCounts, TruncatedFile

__all__ = ["CellSet", "check_counts", "read_h5ad", "write_h5ad"]

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

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def take(self, rows: Ints) -> CellSet:
        """Select the cells ``rows``, in that order."""
        from scipy.sparse import csr_matrix

        matrix = csr_matrix((self.counts, self.indices, self.indptr), shape=(len(self), len(self.genes)))[rows]
        return CellSet(
            name=self.name,
            indptr=matrix.indptr.astype(np.int64),
            indices=matrix.indices.astype(np.int32),
            counts=matrix.data,
            genes=self.genes,
            barcodes=self.barcodes[rows],
            obs={column: values[rows] for column, values in self.obs.items()},
            simulated=self.simulated,
            path=self.path,
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


def read_h5ad(path: Path, *, name: str | None = None) -> CellSet:
    """Read the counts, genes and obs columns of a file.

    Counts come from ``layers["counts"]`` if the file has it, else from ``X``.

    Parameters
    ----------
    path
        An .h5ad file.
    name
        Name of the set; the file's stem if left out.

    Raises
    ------
    TruncatedFile
        If HDF5 cannot read the file or the parts of the matrix disagree.
    NotCounts
        If the values are not raw counts.
    """
    import h5py

    if not path.is_file():
        msg = f"{path}: no such file. Give the folder or file of cells (.h5ad)."
        raise CorpusError(msg, path)
    try:
        with h5py.File(path, "r") as handle:
            return _read(handle, path, name or path.stem)
    # h5py raises any of these for a damaged file, depending on which part is damaged.
    except (OSError, KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        raise TruncatedFile(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _read(handle: Any, path: Path, name: str) -> CellSet:
    where = 'layers["counts"]' if "layers" in handle and "counts" in handle["layers"] else "X"
    node = handle["layers"]["counts"] if where != "X" else handle["X"]
    barcodes = _index(handle["obs"])
    genes = _index(handle["var"])
    indptr, indices, values = _matrix(node, len(barcodes), len(genes), path, where)
    columns = {key: _column(handle["obs"], key) for key in _column_names(handle["obs"])}
    # The flag travels with the cells, so that no result on simulated cells is ever taken for evidence.
    simulated = "uns" in handle and "simulated" in handle["uns"] and bool(handle["uns"]["simulated"][()])
    obs = {key: column for key, column in columns.items() if column is not None and len(column) == len(barcodes)}
    return CellSet(name, indptr, indices, values, tuple(genes.tolist()), barcodes, obs, simulated, path)


def _matrix(
    node: Any, cells: int, genes: int, path: Path, where: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.uint32]]:
    """Row pointers, column numbers and counts of a matrix, as compressed rows whatever the file holds."""
    from scipy.sparse import csc_matrix, csr_matrix

    if not hasattr(node, "keys"):  # a data set, not a group: a dense matrix
        if node.shape != (cells, genes):
            msg = f"{where} is {node.shape}, obs and var say {(cells, genes)}"
            raise ValueError(msg)
        dense = csr_matrix(check_counts(node[()], path, where))
        return dense.indptr.astype(np.int64), dense.indices.astype(np.int32), dense.data
    values = check_counts(node["data"][()], path, where)
    indices, indptr = node["indices"][()], node["indptr"][()].astype(np.int64)
    encoding = node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", "csr"))
    by_column = str(encoding).startswith("csc")
    rows, columns = (genes, cells) if by_column else (cells, genes)
    # Checked here, because scipy indexes with these numbers in C without looking at them.
    if len(indptr) != rows + 1 or indptr[0] != 0 or indptr[-1] != len(values) or len(indices) != len(values):
        msg = f"{where}: {len(indptr)} pointers, {len(indices)} column numbers and {len(values)} values do not agree"
        raise ValueError(msg)
    if (np.diff(indptr) < 0).any() or (len(indices) and (indices.min() < 0 or indices.max() >= columns)):
        msg = f"{where}: row pointers or column numbers are out of range for {(cells, genes)}"
        raise ValueError(msg)
    if by_column:
        matrix = csc_matrix((values, indices, indptr), shape=(cells, genes)).tocsr()
    else:
        matrix = csr_matrix((values, indices, indptr), shape=(cells, genes))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data


def _column_names(group: Any) -> list[str]:
    if not hasattr(group, "keys"):  # anndata < 0.7: one compound table
        return [name for name in group.dtype.names if name != group.attrs.get("_index", "index")]
    index = group.attrs.get("_index", "_index")
    return [name for name in group if name not in {index, "__categories"}]


def _index(group: Any) -> npt.NDArray[np.str_]:
    if not hasattr(group, "keys"):
        return _text(group[group.dtype.names[0]])
    return _text(group[group.attrs.get("_index", "_index")][()])


def _column(group: Any, key: str) -> npt.NDArray[np.str_] | None:
    """Column as text; None for a group that is not categorical (such as nullable numbers)."""
    if not hasattr(group, "keys"):
        return _text(group[key])
    node = group[key]
    if hasattr(node, "keys"):
        if "categories" not in node or "codes" not in node:
            return None
        return _decode(node["codes"][()], _text(node["categories"][()]))
    if "__categories" in group and key in group["__categories"]:
        return _decode(node[()], _text(group["__categories"][key][()]))
    return _text(node[()])


def _decode(codes: Ints, categories: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    if len(codes) and int(codes.max()) >= len(categories):
        msg = f"category {int(codes.max())} of {len(categories)}"
        raise ValueError(msg)
    names = np.concatenate([categories, np.array(["unknown"])])  # a missing value has code -1: the last name
    return names[codes]


def _text(values: npt.NDArray[Any]) -> npt.NDArray[np.str_]:
    if values.dtype.kind in "SO":
        decoded = [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]
        return np.array(decoded, dtype=np.str_) if decoded else np.empty(0, dtype="U1")
    return values.astype(np.str_)


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
