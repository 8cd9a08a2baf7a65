"""Open a file of cells: .h5ad, .zarr or the .h5 of Cell Ranger; find such files in folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scaling.corpus.readers.columns import Column, columns_of, index_of, text_of
from scaling.corpus.readers.matrix import Matrix, matrix_of
from scaling.corpus.readers.names import GeneNames, gene_names
from scaling.errors import CorpusError, ScalingError, TruncatedFile

__all__ = ["SUFFIXES", "CellFile", "find_files", "open_cells", "reading"]

SUFFIXES = (".h5ad", ".h5", ".zarr")
SAMPLE = 10_000
"""Values of X that are looked at to see whether they are counts."""


@dataclass(frozen=True)
class CellFile:
    """A file of cells whose counts and columns are not read yet."""

    name: str
    path: Path
    matrix: Matrix
    genes: GeneNames
    barcodes: Column
    obs: dict[str, Column]
    simulated: bool = False

    def __len__(self) -> int:
        return self.matrix.cells


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what HDF5, zarr and numpy raise about a damaged file into `TruncatedFile`."""
    try:
        yield
    except ScalingError:
        raise
    # h5py and zarr raise any of these for a damaged file, depending on which part is damaged.
    except (OSError, KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        raise TruncatedFile(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error


@contextmanager
def open_cells(path: Path, *, name: str | None = None, layer: str | None = None) -> Iterator[CellFile]:
    """Open a file of cells.

    Parameters
    ----------
    path
        An .h5ad file, a .zarr folder written by anndata, or an .h5 file of Cell Ranger (version 2 or later).
    name
        Name of the set; the file's stem if left out.
    layer
        Where the counts are: ``X``, ``raw`` or the name of a layer. If left out: the layer ``counts`` if there is one,
        else X if its first values are whole numbers or there is no raw, else raw.

    Raises
    ------
    CorpusError
        If there is no such file or layer, or its values are no numbers.
    TruncatedFile
        If it cannot be read, or its parts disagree.
    """
    if not path.exists():
        msg = f"{path}: no such file. Give the folder or file of cells (.h5ad)."
        raise CorpusError(msg, path)
    with ExitStack() as stack:
        with reading(path):
            handle = stack.enter_context(_opened(path))
            if "obs" in handle and "var" in handle:
                cells = _anndata(handle, path, name or path.stem, layer)
            else:
                cells = _cell_ranger(handle, path, name or path.stem)
        yield cells


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Files of cells among ``paths`` and in the folders among them, however deep; sorted within a folder.

    Raises
    ------
    CorpusError
        If a path does not exist, or a folder holds none.
    """
    files: list[Path] = []
    for path in paths:
        if path.suffix in SUFFIXES and path.exists():
            files.append(path)
        elif path.is_dir():
            inside = sorted(_below(path))
            if not inside:
                msg = f"{path}: no file of cells in this folder ({', '.join(SUFFIXES)})."
                raise CorpusError(msg, path)
            files += inside
        else:
            what = "not a file of cells" if path.exists() else "no such file or folder"
            msg = f"{path}: {what}. Give .h5ad or 10x .h5 files, .zarr folders, or folders of them."
            raise CorpusError(msg, path)
    return list(dict.fromkeys(files))


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith("."):  # such as the shadows that macOS leaves beside files
            continue
        if path.suffix in SUFFIXES:
            yield path
        elif path.is_dir():
            yield from _below(path)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if path.is_dir():
        import zarr

        yield zarr.open_group(path, mode="r")
    else:
        import h5py

        with h5py.File(path, "r") as handle:
            yield handle


def _anndata(handle: Any, path: Path, name: str, layer: str | None) -> CellFile:
    barcodes = index_of(handle["obs"])
    table, node, where = _place(handle, path, layer)
    index = index_of(table)
    columns = columns_of(table, len(index))
    wanted = {key: column.read().tolist() for key, column in columns.items() if column.field is None}
    # The flag travels with the cells, so that no result on simulated cells is ever taken for evidence.
    simulated = "uns" in handle and "simulated" in handle["uns"] and bool(handle["uns"]["simulated"][()])
    return CellFile(
        name=name,
        path=path,
        matrix=matrix_of(node, len(barcodes), len(index), path, where),
        genes=gene_names(index.read().tolist(), wanted),
        barcodes=barcodes,
        obs=columns_of(handle["obs"], len(barcodes), uns=handle.get("uns")),
        simulated=simulated,
    )


def _place(handle: Any, path: Path, layer: str | None) -> tuple[Any, Any, str]:
    """Table of genes, matrix, and the name of the place that holds the counts."""
    layers = list(handle["layers"]) if "layers" in handle else []
    raw = _raw(handle)
    if layer is None:
        if "counts" in layers:
            layer = "counts"
        else:
            layer = "raw" if raw and ("X" not in handle or not _whole(handle["X"])) else "X"
    if layer == "raw" and raw:
        return *raw, "raw.X"
    if layer in layers:
        return handle["var"], handle["layers"][layer], f'layers["{layer}"]'
    if layer == "X" and "X" in handle:
        return handle["var"], handle["X"], "X"
    there = [*(["X"] if "X" in handle else []), *(["raw"] if raw else []), *layers]
    msg = f"{path}: no counts in {layer!r}. It has: {', '.join(there) or 'none'}. Name one of them as the layer."
    raise CorpusError(msg, path)


def _raw(handle: Any) -> tuple[Any, Any] | None:
    """Table of genes and matrix of raw, if there is one."""
    if "raw" in handle and "X" in handle["raw"]:
        return handle["raw"]["var"], handle["raw"]["X"]
    if "raw.X" in handle and "raw.var" in handle:  # anndata < 0.7
        return handle["raw.var"], handle["raw.X"]
    return None


def _whole(node: Any) -> bool:
    """Whether the first values are whole numbers."""
    if hasattr(node, "keys"):
        values = np.asarray(node["data"][:SAMPLE])
    else:
        values = np.asarray(node[: max(SAMPLE // max(node.shape[1], 1), 1)])
    return values.dtype.kind in "iub" or bool((values == np.floor(values)).all())


def _cell_ranger(handle: Any, path: Path, name: str) -> CellFile:
    """The .h5 of Cell Ranger: features x barcodes by column, which is cells by row."""
    group, features = _genome(handle, path)
    barcodes = Column(group["barcodes"])
    ids = text_of(features["id" if "id" in features else "genes"][()])
    symbols = text_of(features["name" if "name" in features else "gene_names"][()])
    if "feature_type" in features:
        gene = text_of(features["feature_type"][()]) == "Gene Expression"
        ids, symbols = np.where(gene, ids, ""), np.where(gene, symbols, "")
    return CellFile(
        name=name,
        path=path,
        matrix=matrix_of(group, len(barcodes), len(ids), path, "matrix", by_column=False),
        genes=gene_names(ids.tolist(), {"gene_name": symbols.tolist()}),
        barcodes=barcodes,
        obs={},
    )


def _genome(handle: Any, path: Path) -> tuple[Any, Any]:
    """Group with the counts and table of features: of version 3, or of the only genome of version 2."""
    if "matrix" in handle:
        return handle["matrix"], handle["matrix"]["features"]
    genomes = [key for key in handle if hasattr(handle[key], "keys") and "barcodes" in handle[key]]
    if len(genomes) == 1:
        return handle[genomes[0]], handle[genomes[0]]
    what = f"counts of {len(genomes)} genomes ({', '.join(genomes)})" if genomes else "neither obs and var nor a matrix"
    msg = (
        f"{path}: {what}. Give a file of anndata (.h5ad, .zarr) or of Cell Ranger (.h5) with the cells of one species."
    )
    raise CorpusError(msg, path)
