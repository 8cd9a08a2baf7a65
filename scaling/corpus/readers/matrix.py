"""A matrix of a file, cells x genes, read a block of cells at a time whatever its layout.

Compressed rows and dense rows are read as they lie. Compressed columns are turned once: small ones in memory, large
ones through temporary files, one for each range of cells, so that memory follows a block and not the file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from scaling.errors import CorpusError

__all__ = ["Block", "Matrix", "Values", "matrix_of"]

Ints = npt.NDArray[np.int64]
CELLS, ENTRIES = 4096, 4_000_000
"""Cells and entries of a block at most (one cell at least)."""
IN_MEMORY = 16_000_000
"""Entries of compressed columns that are turned in memory."""
SPOOLED = 16_384
"""Cells that share a temporary file."""


class Block(NamedTuple):
    """Consecutive cells as compressed rows, values as they stand in the file."""

    start: int
    """Number of the first cell."""
    indptr: Ints
    indices: npt.NDArray[Any]
    values: npt.NDArray[Any]


class Values(NamedTuple):
    """Some entries of a matrix: the number of the cell of each, and its value."""

    cells: Ints
    values: npt.NDArray[Any]


@dataclass(frozen=True)
class Matrix:
    """A matrix that is not read yet."""

    node: Any
    cells: int
    genes: int
    layout: Literal["rows", "columns", "dense"]
    where: str
    """Place within the file, for messages."""
    path: Path
    indptr: Ints
    """Pointers of compressed rows or columns; empty for a dense matrix."""

    def blocks(self, start: int = 0, *, spool: Path | None = None) -> Iterator[Block]:
        """Read blocks of cells from the cell ``start`` on; ``spool`` is a folder for temporary files."""
        if self.layout == "rows":
            yield from self._rows(start)
        elif self.layout == "dense":
            yield from self._dense(start)
        else:
            yield from self._columns(start, spool)

    def values(self) -> Iterator[Values]:
        """Read every value, with the number of its cell; the order is that of the file."""
        if self.layout == "dense":
            for block in self._dense(0):
                yield Values(block.start + _expand(block.indptr), block.values)
            return
        for first, stop in _ranges(self.indptr, 0, step=len(self.indptr)):
            low, high = int(self.indptr[first]), int(self.indptr[stop])
            if self.layout == "rows":
                cells = first + _expand(self.indptr[first : stop + 1] - low)
            else:
                cells = self._checked(self.node["indices"][low:high], self.cells).astype(np.int64)
            yield Values(cells, self.node["data"][low:high])

    def _rows(self, start: int) -> Iterator[Block]:
        for first, stop in _ranges(self.indptr, start, step=CELLS):
            low, high = int(self.indptr[first]), int(self.indptr[stop])
            indices = self._checked(self.node["indices"][low:high], self.genes)
            yield Block(first, self.indptr[first : stop + 1] - low, indices, self.node["data"][low:high])

    def _dense(self, start: int) -> Iterator[Block]:
        step = max(min(CELLS, ENTRIES // max(self.genes, 1)), 1)
        for first in range(start, self.cells, step):
            part = self.node[first : min(first + step, self.cells)]
            cells, genes = np.nonzero(part)
            indptr = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=len(part)))])
            yield Block(first, indptr, genes, part[cells, genes])

    def _columns(self, start: int, spool: Path | None) -> Iterator[Block]:
        if int(self.indptr[-1]) <= IN_MEMORY:
            genes = _expand(self.indptr)
            cells = self._checked(self.node["indices"][()], self.cells).astype(np.int64)
            yield from _by_cell(cells, genes, self.node["data"][()], 0, self.cells, start)
            return
        with tempfile.TemporaryDirectory(dir=spool, prefix="columns-") as folder:
            parts = self._spool(Path(folder))
            for number in range(start // SPOOLED, len(parts)):
                entries = np.fromfile(parts[number], dtype=self._entry())
                first = number * SPOOLED
                stop = min(first + SPOOLED, self.cells)
                yield from _by_cell(entries["cell"], entries["gene"], entries["value"], first, stop, start)

    def _entry(self) -> np.dtype[Any]:
        return np.dtype([("cell", "<i8"), ("gene", "<i4"), ("value", self.node["data"].dtype)])

    def _spool(self, folder: Path) -> list[Path]:
        """Deal the entries out to one file for each range of cells."""
        parts = [folder / str(number) for number in range(-(-self.cells // SPOOLED))]
        for part in parts:
            part.touch()
        for first, stop in _ranges(self.indptr, 0, step=len(self.indptr)):
            low, high = int(self.indptr[first]), int(self.indptr[stop])
            entries = np.empty(high - low, dtype=self._entry())
            entries["cell"] = self._checked(self.node["indices"][low:high], self.cells)
            entries["gene"] = first + _expand(self.indptr[first : stop + 1] - low)
            entries["value"] = self.node["data"][low:high]
            range_of = entries["cell"] // SPOOLED
            entries = entries[np.argsort(range_of, kind="stable")]
            ends = np.cumsum(np.bincount(range_of, minlength=len(parts)))
            for number in np.unique(range_of).tolist():
                with parts[number].open("ab") as handle:
                    entries[ends[number - 1] if number else 0 : ends[number]].tofile(handle)
        return parts

    def _checked(self, indices: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
        # Checked here, because scipy and numpy index with these numbers, some of them in C without looking.
        if len(indices) and (indices.min() < 0 or indices.max() >= size):
            msg = f"{self.where}: column numbers are out of range for {(self.cells, self.genes)}"
            raise ValueError(msg)
        return indices


def matrix_of(node: Any, cells: int, genes: int, path: Path, where: str, *, by_column: bool | None = None) -> Matrix:
    """Look at a matrix; ``by_column`` overrides what its attributes say.

    Raises
    ------
    CorpusError
        If its values are no numbers.
    ValueError
        If its parts do not agree with each other or with the number of cells and genes.
    """
    values = node["data"] if hasattr(node, "keys") else node
    if values.dtype.kind not in "fiub":
        msg = f"{path}: {where} is of type {values.dtype}, not numbers. Store raw counts as integers or floats."
        raise CorpusError(msg, path)
    if values is node:
        if node.shape != (cells, genes):
            msg = f"{where} is {node.shape}, obs and var say {(cells, genes)}"
            raise ValueError(msg)
        return Matrix(node, cells, genes, "dense", where, path, np.empty(0, dtype=np.int64))
    indptr = node["indptr"][()].astype(np.int64)
    if by_column is None:
        layout = node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", "csr"))
        by_column = (layout.decode() if isinstance(layout, bytes) else str(layout)).startswith("csc")
    numbers, count = node["indices"].shape[0], values.shape[0]
    if len(indptr) != (genes if by_column else cells) + 1 or indptr[0] != 0 or indptr[-1] != count or numbers != count:
        msg = f"{where}: {len(indptr)} pointers, {numbers} column numbers and {count} values do not agree"
        raise ValueError(msg)
    if (np.diff(indptr) < 0).any():
        msg = f"{where}: row pointers are out of range for {(cells, genes)}"
        raise ValueError(msg)
    return Matrix(node, cells, genes, "columns" if by_column else "rows", where, path, indptr)


def _ranges(indptr: Ints, start: int, *, step: int) -> Iterator[tuple[int, int]]:
    """Ranges of rows with a bounded number of entries; a single row may exceed it."""
    rows = len(indptr) - 1
    while start < rows:
        full = int(np.searchsorted(indptr, indptr[start] + ENTRIES, side="right")) - 1
        stop = max(min(start + step, full, rows), start + 1)
        yield start, stop
        start = stop


def _by_cell(
    cells: Ints, genes: npt.NDArray[Any], values: npt.NDArray[Any], first: int, stop: int, start: int
) -> Iterator[Block]:
    """Entries of the cells from ``first`` to ``stop``, in any order, as blocks from the cell ``start`` on."""
    order = np.lexsort((genes, cells))
    cells, genes, values = cells[order], genes[order], values[order]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(cells - first, minlength=stop - first))])
    for low, high in _ranges(indptr, max(start - first, 0), step=CELLS):
        entries = slice(indptr[low], indptr[high])
        yield Block(first + low, indptr[low : high + 1] - indptr[low], genes[entries], values[entries])


def _expand(indptr: Ints) -> Ints:
    """Number of the row of each entry."""
    return np.repeat(np.arange(len(indptr) - 1, dtype=np.int64), np.diff(indptr))
