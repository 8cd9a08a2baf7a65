"""Write one shard, a block of cells at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.shards.layout import OVERFLOW, OVERFLOWN, SHARD_FILES, file_digest, index_type

__all__ = ["ShardWriter"]

Text = npt.NDArray[np.str_]


class ShardWriter:
    """A shard that grows; it has its name only when it is whole.

    Parameters
    ----------
    folder
        Folder of the shard; it is written beside it and renamed by `finish`.
    genes
        Number of genes of the corpus.
    columns
        Columns of obs beside ``barcode``.
    """

    def __init__(self, folder: Path, *, genes: int, columns: Sequence[str]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.folder, self.draft = folder, folder.with_name(f"{folder.name}.part")
        shutil.rmtree(self.draft, ignore_errors=True)
        self.draft.mkdir(parents=True)
        self.cells = self.entries = self.overflows = 0
        self._indptr = _GrowingArray(self.draft / "indptr.npy", np.dtype("<i8"))
        self._indices = _GrowingArray(self.draft / "indices.npy", index_type(genes))
        self._counts = _GrowingArray(self.draft / "counts.npy", np.dtype("<u2"))
        self._overflow = _GrowingArray(self.draft / "overflow.npy", OVERFLOWN)
        self._study = _GrowingArray(self.draft / "study.npy", np.dtype("<i4"))
        self._indptr.append(np.zeros(1, dtype=np.int64))
        self._columns = ("barcode", *columns)
        schema = pa.schema([(name, pa.string()) for name in self._columns])
        self._obs = pq.ParquetWriter(self.draft / "obs.parquet", schema, compression="zstd")

    def append(
        self,
        indptr: npt.NDArray[np.int64],
        indices: npt.NDArray[Any],
        counts: npt.NDArray[np.uint32],
        *,
        study: npt.NDArray[np.int32],
        obs: Mapping[str, Text],
    ) -> None:
        """Append cells as compressed rows; a column of obs that they lack is null."""
        import pyarrow as pa

        large = np.flatnonzero(counts >= OVERFLOW)
        self._indptr.append(indptr[1:] + self.entries)
        self._indices.append(indices)
        self._counts.append(np.minimum(counts, OVERFLOW))
        self._overflow.append(np.array(list(zip(large + self.entries, counts[large], strict=True)), dtype=OVERFLOWN))
        self._study.append(study)
        arrays = [
            pa.array(obs[name].tolist(), type=pa.string()) if name in obs else pa.nulls(len(study), pa.string())
            for name in self._columns
        ]
        self._obs.write_table(pa.Table.from_arrays(arrays, schema=self._obs.schema))
        self.cells += len(study)
        self.entries += len(counts)
        self.overflows += len(large)

    def finish(self) -> dict[str, Any]:
        """Put the shard in its place, and say what it holds: numbers and the sha256 of each file."""
        self._close()
        for name in SHARD_FILES:
            _to_disk(self.draft / name)
        digests = {name: file_digest(self.draft / name) for name in SHARD_FILES}
        shutil.rmtree(self.folder, ignore_errors=True)  # of a build that ended between this line and its journal
        self.draft.rename(self.folder)
        return {
            "name": self.folder.name,
            "cells": self.cells,
            "entries": self.entries,
            "overflows": self.overflows,
            "sha256": digests,
        }

    def discard(self) -> None:
        """Give the shard up."""
        with contextlib.suppress(OSError):  # a full disk, which is what ends the build
            self._close()
        shutil.rmtree(self.draft, ignore_errors=True)

    def _close(self) -> None:
        for array in (self._indptr, self._indices, self._counts, self._overflow, self._study):
            array.close()
        self._obs.close()


class _GrowingArray:
    """A .npy file of one dimension to which is appended; numpy leaves room in the header for the length to grow."""

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self.dtype, self.length = dtype, 0
        self._file = path.open("wb")
        self._write_header()

    def append(self, values: npt.NDArray[Any]) -> None:
        self._file.write(np.ascontiguousarray(values, dtype=self.dtype).data)
        self.length += len(values)

    def close(self) -> None:
        if not self._file.closed:
            self._file.seek(0)
            self._write_header()
            self._file.close()

    def _write_header(self) -> None:
        header = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": (self.length,)}
        np.lib.format.write_array_header_1_0(self._file, header)


def _to_disk(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
