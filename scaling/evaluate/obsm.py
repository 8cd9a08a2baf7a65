"""Embeddings that somebody else made: read them, with labels and genes, from an .h5ad or an AnnData.

An embedding is a matrix of ``.obsm``, or a .npy file with a row per cell, named ``NAME=FILE.npy``.
"""

from __future__ import annotations

import difflib
import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.h5ad import check_counts
from scaling.errors import BadEmbedding, CorpusError, MissingLabel, NotCounts, TruncatedFile

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["UserCells", "embedding_digest", "read_user_cells"]

Text = npt.NDArray[np.str_]


@dataclass(frozen=True)
class UserCells:
    """Cells as a user has them."""

    name: str
    matrix: Any
    """Counts, or values that are taken for log-normalised: scipy CSR matrix, cells x genes."""
    counts: bool
    """Whether ``matrix`` holds raw counts."""
    where: str
    """Where the matrix was found."""
    genes: Text
    barcodes: Text
    labels: Text
    batches: Text | None
    conditions: Text | None
    embeddings: dict[str, npt.NDArray[np.float32]]
    simulated: bool

    def __len__(self) -> int:
        return len(self.barcodes)


def read_user_cells(
    source: Path | str | AnnData,
    *,
    obsm: Sequence[str] | Mapping[str, npt.NDArray[Any]],
    label_key: str,
    batch_key: str | None = None,
    condition_key: str | None = None,
    layer: str | None = None,
) -> UserCells:
    """Read cells with their labels and embeddings.

    Parameters
    ----------
    source
        An .h5ad file or an AnnData.
    obsm
        Keys of ``.obsm``, or ``NAME=FILE.npy``; or name -> array, cells x dimensions.
    label_key, batch_key, condition_key
        Columns of obs: what is predicted, what scores go across, and how cells were treated.
    layer
        Layer of the counts. If left out, the first of ``layers["counts"]``, ``X`` and ``raw.X`` that holds counts; if
        none does, ``X`` is taken for log-normalised.

    Raises
    ------
    BadEmbedding
        If a key is missing, or an embedding has other rows than the cells, missing values, or no spread.
    MissingLabel
        If a column of obs is missing.
    CorpusError
        If the file cannot be read, or its values are neither counts nor log-normalised.
    """
    path = Path(source) if isinstance(source, Path | str) else None
    names = list(obsm)
    if not names:
        name, msg = "", "No embedding was named. Name at least one key of .obsm, for example X_scGPT."
        raise BadEmbedding(name, msg)
    adata: Any = source if path is None else _opened(path, names)
    what = path or Path("the AnnData")
    arrays = dict(obsm) if isinstance(obsm, Mapping) else dict(_array(adata, what, key) for key in names)
    labels = _column(adata, label_key, what, "--label-key")
    batches = None if batch_key is None else _column(adata, batch_key, what, "--batch-key")
    conditions = None if condition_key is None else _column(adata, condition_key, what, "--condition-key")
    matrix, counts, where, genes = _values(adata, what, layer)
    barcodes = np.asarray(adata.obs_names, dtype=np.str_)
    return UserCells(
        name=path.stem if path is not None else "anndata",
        matrix=matrix,
        counts=counts,
        where=where,
        genes=genes,
        barcodes=barcodes,
        labels=labels,
        batches=batches,
        conditions=conditions,
        embeddings={name: _checked(name, values, barcodes) for name, values in arrays.items()},
        simulated=bool(adata.uns.get("simulated", False)),
    )


def embedding_digest(values: npt.NDArray[np.float32]) -> str:
    """Hexadecimal sha256 of an embedding as float32, rows and dimensions included."""
    state = hashlib.sha256(str(values.shape).encode())
    state.update(np.ascontiguousarray(values, dtype="<f4").tobytes())
    return state.hexdigest()


def _opened(path: Path, keys: Sequence[str]) -> AnnData:
    import anndata
    import h5py

    if not path.is_file():
        msg = f"{path}: no such file. Give one .h5ad file with labels in obs and embeddings in obsm."
        raise CorpusError(msg, path)
    try:
        with h5py.File(path, "r") as handle:
            # Looked at first: anndata refuses such a file with a message about alignment of axes.
            cells = int(handle["X"].attrs.get("shape", getattr(handle["X"], "shape", (0,)))[0])
            for key in keys:
                node = handle.get(f"obsm/{key}")
                if node is not None and hasattr(node, "shape") and len(node) != cells:
                    raise BadEmbedding(key, _other_rows(key, len(node), cells))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about old encodings and names that are not unique: read all the same
            return anndata.read_h5ad(path)
    except BadEmbedding:
        raise
    except Exception as error:  # whatever h5py and anndata raise for a damaged file
        raise TruncatedFile(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _array(adata: AnnData, path: Path, key: str) -> tuple[str, npt.NDArray[Any]]:
    name, separator, file = key.partition("=")
    if separator:
        try:
            return name, np.load(file, allow_pickle=False)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise BadEmbedding(name, f"{file}: cannot be read as .npy ({reason}). Write it by numpy.save.") from error
    if key not in adata.obsm:
        close = difflib.get_close_matches(key, list(adata.obsm), n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]}?" if close else ""
        msg = (
            f"{path}: no obsm[{key!r}]. It has: {', '.join(adata.obsm) or 'none'}.{hint} An embedding is a matrix of "
            "cells x dimensions in .obsm, or NAME=FILE.npy."
        )
        raise BadEmbedding(key, msg)
    values = adata.obsm[key]
    return key, values.to_numpy() if hasattr(values, "to_numpy") else values


def _checked(name: str, values: Any, barcodes: Text) -> npt.NDArray[np.float32]:
    dense = values.toarray() if hasattr(values, "toarray") else np.asarray(values)
    if dense.dtype.kind not in "fiub":
        raise BadEmbedding(name, f"{name} is of type {dense.dtype}, not numbers. An embedding is a matrix of floats.")
    if dense.ndim != 2 or dense.shape[1] == 0:
        raise BadEmbedding(name, f"{name} has the shape {dense.shape}; an embedding has cells x dimensions.")
    if len(dense) != len(barcodes):
        raise BadEmbedding(name, _other_rows(name, len(dense), len(barcodes)))
    with np.errstate(over="ignore"):
        dense = dense.astype(np.float32)
    bad = ~np.isfinite(dense)
    if bad.any():
        rows = np.flatnonzero(bad.any(axis=1))
        msg = (
            f"{name}: {int(bad.sum()):,} values are NaN or infinite, in {len(rows):,} of {len(dense):,} cells (first "
            f"{barcodes[rows[0]]}). Embed these cells again, or leave them out: adata[np.isfinite(adata.obsm[{name!r}])"
            ".all(axis=1)]."
        )
        raise BadEmbedding(name, msg)
    if not (dense != dense[0]).any():
        raise BadEmbedding(name, f"{name} is the same for every cell: nothing can be told apart by it.")
    return dense


def _other_rows(name: str, rows: int, cells: int) -> str:
    return (
        f"{name} has {rows:,} rows, and there are {cells:,} cells: it was made of other cells. Embed these cells, or "
        "keep the cells that were embedded, in the same order."
    )


def _column(adata: AnnData, key: str, path: Path, option: str) -> Text:
    if key not in adata.obs:
        close = difflib.get_close_matches(key, list(adata.obs.columns), n=1, cutoff=0.5)
        raise MissingLabel(
            path,
            key,
            list(adata.obs.columns),
            advice=(f"Did you mean {close[0]}? " if close else "") + f"Name the column with {option}.",
        )
    column = adata.obs[key]
    return np.asarray(column.astype(object).where(column.notna(), "").astype(str), dtype=np.str_)


def _values(adata: AnnData, path: Path, layer: str | None) -> tuple[Any, bool, str, Text]:
    """Matrix, whether it holds counts, where it was found, and its genes."""
    if layer is not None and layer not in adata.layers:
        msg = f"{path}: no layer {layer!r}. It has: {', '.join(adata.layers) or 'none'}."
        raise CorpusError(msg)
    own = np.asarray(adata.var_names, dtype=np.str_)
    places = [(f'layers["{layer}"]', adata.layers[layer], own)] if layer is not None else []
    if layer is None:
        places += [('layers["counts"]', adata.layers["counts"], own)] if "counts" in adata.layers else []
        places += [("X", adata.X, own)] if adata.X is not None else []
        raw = adata.raw
        places += [("raw.X", raw.X, np.asarray(raw.var_names, dtype=np.str_))] if raw is not None else []
    if not places:
        msg = f"{path}: no X. The baselines need the counts of the cells: put them in X or in layers['counts']."
        raise CorpusError(msg)
    for where, matrix, genes in places:
        sparse = _rows(matrix)
        try:
            check_counts(sparse.data, path, where)
        except NotCounts:
            continue
        return sparse, True, where, genes
    where, matrix, genes = next((place for place in places if place[0] == "X"), places[0])
    sparse = _rows(matrix)
    if not np.isfinite(sparse.data).all() or (len(sparse.data) and sparse.data.min() < 0):
        msg = (
            f"{path}: {where} holds negative or missing values (scaled?), and no counts were found in layers['counts'] "
            "or raw. The baselines need counts or log-normalised values: put the counts in layers['counts'], or name "
            "their layer (--layer)."
        )
        raise CorpusError(msg)
    return sparse, False, where, genes


def _rows(matrix: Any) -> Any:
    from scipy.sparse import csr_matrix

    rows = csr_matrix(matrix)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return rows
