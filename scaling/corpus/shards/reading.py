"""Open a corpus of shards by memory map: any cells of it, in any order, without reading the rest."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import entries_of
from scaling.corpus.shards.layout import ARRAYS, MANIFEST, OVERFLOW, read_manifest
from scaling.errors import CorpusError

__all__ = ["Rows", "Shard", "ShardedCorpus", "corpus_digest", "open_corpus"]

Ids = npt.NDArray[np.int64]
Text = npt.NDArray[np.str_]
ENTRIES = 4_000_000
OPEN_SHARDS = 64
"""Shards that are mapped at a time: each holds a few open files, of which a process may have about a thousand."""


class Rows(NamedTuple):
    """Cells as compressed rows; genes ascend within a cell."""

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Shard:
    """One shard; the arrays are mapped, not read."""

    folder: Path
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[Any]
    counts: npt.NDArray[np.uint16]
    overflow: npt.NDArray[Any]
    study: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def rows(self, ids: Ids) -> Rows:
        """Read the cells with these numbers within the shard."""
        lengths = self.indptr[ids + 1] - self.indptr[ids]
        entries = entries_of(self.indptr, ids)
        counts = self.counts[entries].astype(np.uint32)
        large = np.flatnonzero(counts == OVERFLOW)
        if len(large):
            places = np.searchsorted(self.overflow["entry"], entries[large])
            counts[large] = self.overflow["count"][places]
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return Rows(indptr, self.indices[entries].astype(np.int32), counts)


@dataclass(frozen=True)
class ShardedCorpus:
    """A corpus on disk.

    Cells are numbered from 0 over all shards; a subset is an array of these numbers, never a copy.
    """

    folder: Path
    manifest: dict[str, Any]
    genes: Text
    symbols: Text
    studies: tuple[str, ...]
    measured: npt.NDArray[np.bool_]
    """Studies x genes."""
    starts: Ids
    """Number of the first cell of each shard, and of all cells."""
    _opened: OrderedDict[int, Shard] = field(default_factory=OrderedDict, repr=False, compare=False)

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def digest(self) -> str:
        """Hexadecimal sha256 of counts, genes and barcodes: that of the same cells in memory (`Corpus.digest`)."""
        return str(self.manifest["digest"])

    def shard(self, number: int) -> Shard:
        """Open a shard; the last few that were used stay open."""
        if number in self._opened:
            self._opened.move_to_end(number)
        else:
            folder = self.folder / self.manifest["shards"][number]["name"]
            self._opened[number] = open_shard(folder)
            if len(self._opened) > OPEN_SHARDS:
                self._opened.popitem(last=False)
        return self._opened[number]

    def rows(self, ids: Ids) -> Rows:
        """Read the cells ``ids``, in that order (ascending is fastest)."""
        order = np.argsort(ids, kind="stable")
        parts = [self.shard(number).rows(local) for number, local in self._by_shard(ids[order])]
        lengths = np.concatenate([np.empty(0, dtype=np.int64), *(np.diff(part.indptr) for part in parts)])
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        indices = np.concatenate([np.empty(0, dtype=np.int32), *(part.indices for part in parts)])
        counts = np.concatenate([np.empty(0, dtype=np.uint32), *(part.counts for part in parts)])
        if (np.diff(order) < 0).any():
            back = np.argsort(order, kind="stable")
            entries = entries_of(indptr, back)
            indptr = np.concatenate([[0], np.cumsum(lengths[back])]).astype(np.int64)
            indices, counts = indices[entries], counts[entries]
        return Rows(indptr, indices, counts)

    def study(self, ids: Ids | None = None) -> npt.NDArray[np.int32]:
        """Read the number of the study of each cell."""
        wanted = np.arange(len(self)) if ids is None else ids
        codes = np.empty(len(wanted), dtype=np.int32)
        order = np.argsort(wanted, kind="stable")
        parts = [self.shard(number).study[local] for number, local in self._by_shard(wanted[order])]
        codes[order] = np.concatenate([np.empty(0, dtype=np.int32), *parts])
        return codes

    @property
    def obs_columns(self) -> tuple[str, ...]:
        """Columns of obs that some file had, without ``barcode``."""
        return tuple(self.manifest["obs"])

    def obs(self, column: str, ids: Ids | None = None) -> Text:
        """Read a column of obs, or ``barcode``, as text; ``"unknown"`` where a file did not have it.

        Raises
        ------
        CorpusError
            If no file had it.
        """
        if column not in {"barcode", *self.obs_columns}:
            msg = (
                f"{self.folder}: no column {column!r} in obs. Its columns are: barcode, "
                f"{', '.join(self.obs_columns) or 'no other'}."
            )
            raise CorpusError(msg, self.folder)
        wanted = np.arange(len(self)) if ids is None else ids
        order = np.argsort(wanted, kind="stable")
        parts = [
            read_obs(self.folder / self.manifest["shards"][number]["name"], column)[local]
            for number, local in self._by_shard(wanted[order])
        ]
        joined = np.concatenate([np.empty(0, dtype="U1"), *parts])
        return joined[np.argsort(order, kind="stable")]

    def _by_shard(self, ids: Ids) -> Iterator[tuple[int, Ids]]:
        """Shards that hold the ascending ``ids``, each with their numbers within it."""
        if len(ids) and (ids[0] < 0 or ids[-1] >= len(self)):
            msg = f"{self.folder}: cells {ids[0]} to {ids[-1]} are asked for; it has 0 to {len(self) - 1}."
            raise CorpusError(msg, self.folder)
        bounds = np.searchsorted(ids, self.starts)
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            yield number, ids[bounds[number] : bounds[number + 1]] - self.starts[number]


def open_corpus(folder: Path) -> ShardedCorpus:
    """Open a corpus that `build_shards` wrote.

    Raises
    ------
    CorpusError
        If there is none, it is unfinished, or files of it are missing or damaged.
    """
    manifest = read_manifest(folder / MANIFEST)
    try:
        genes, symbols = _read_genes(folder / "genes.parquet")
        measured = np.load(folder / "measured.npy", allow_pickle=False)
    except (OSError, ValueError) as error:
        msg = f"{folder}: genes.parquet or measured.npy cannot be read ({error}). Copy the corpus again."
        raise CorpusError(msg, folder) from error
    starts = np.concatenate([[0], np.cumsum([shard["cells"] for shard in manifest["shards"]])]).astype(np.int64)
    return ShardedCorpus(folder, manifest, genes, symbols, tuple(manifest["studies"]), measured, starts)


def open_shard(folder: Path) -> Shard:
    """Map the arrays of a shard.

    Raises
    ------
    CorpusError
        If one is missing, or shorter than its header says.
    """
    try:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
    except (OSError, ValueError) as error:
        msg = f"{folder}: cannot be read ({error}). `biorxivist scaling corpus verify` lists what is damaged."
        raise CorpusError(msg, folder) from error
    return Shard(folder, **arrays)


def read_obs(folder: Path, column: str) -> Text:
    """Read a column of obs of one shard."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        values = pq.read_table(folder / "obs.parquet", columns=[column])[column].fill_null("unknown")
    except (OSError, pa.ArrowException) as error:
        msg = (
            f"{folder}: obs.parquet cannot be read ({error}). `biorxivist scaling corpus verify` lists what is damaged."
        )
        raise CorpusError(msg, folder) from error
    return np.array(values.to_pylist(), dtype=np.str_) if len(values) else np.empty(0, dtype="U1")


def corpus_digest(shards: Sequence[Path], genes: Text) -> str:
    """Digest of the cells of finished shards, as `Corpus.digest` has it for the same cells in memory.

    A pass over the shards for each of its parts, since it goes over all pointers, then all genes, then all counts.
    """
    state = hashlib.sha256()
    state.update(np.zeros(1, dtype=np.int64).tobytes())
    before = 0
    for folder in shards:
        indptr = open_shard(folder).indptr
        state.update((indptr[1:] + before).tobytes())
        before += int(indptr[-1])
    for folder in shards:
        for part in _pieces(open_shard(folder).indices):
            state.update(part.astype(np.int32).tobytes())
    for folder in shards:
        shard = open_shard(folder)
        start = 0
        for part in _pieces(shard.counts):
            counts = part.astype(np.uint32)
            low, high = np.searchsorted(shard.overflow["entry"], [start, start + len(part)])
            counts[shard.overflow["entry"][low:high] - start] = shard.overflow["count"][low:high]
            state.update(counts.tobytes())
            start += len(part)
    state.update("\n".join(genes.tolist()).encode())
    separator = ""
    for folder in shards:
        state.update((separator + "\n".join(read_obs(folder, "barcode").tolist())).encode())
        separator = "\n"
    return state.hexdigest()


def _pieces(array: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    return (array[start : start + ENTRIES] for start in range(0, len(array), ENTRIES))


def _read_genes(path: Path) -> tuple[Text, Text]:
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["gene", "symbol"])
    return np.array(table["gene"].to_pylist(), dtype=np.str_), np.array(table["symbol"].to_pylist(), dtype=np.str_)
