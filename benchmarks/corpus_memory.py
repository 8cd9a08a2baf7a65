"""Build corpora of two sizes from one .h5ad file each, and compare their peaks of memory.

    python benchmarks/corpus_memory.py [CELLS [TIMES]]

Prints the peak for TIMES as many cells over that for CELLS (20,000 and 5 if left out; 100000 10 is what the design asks
for), and the time of the build over that of copying the values of the file once.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

GENES, EXPRESSED, BLOCK = 5000, 300, 10_000


def main() -> None:
    if sys.argv[1:2] == ["--build"]:
        build(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    peaks = []
    for number in (cells, cells * times):
        with tempfile.TemporaryDirectory() as folder:
            path = write_cells(Path(folder) / "cells.h5ad", number)
            floor = copy_values(path)
            command = [sys.executable, __file__, "--build", str(path), str(Path(folder) / "corpus")]
            seconds, peak = map(
                float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            )
            peaks.append(peak)
            print(
                f"{number:,} cells: {peak:.0f} MB at most, {seconds / floor:.0f} times copying the values of the file"
            )
    print(f"{times} times the cells: {peaks[1] / peaks[0]:.2f} times the memory")


def build(path: Path, out: Path) -> None:
    from scaling.corpus.shards.build import build_shards

    begin = time.perf_counter()
    build_shards([path], out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.perf_counter() - begin, peak)


def write_cells(path: Path, cells: int) -> Path:
    """Write cells with about 300 expressed genes each, some genes much more often than others, a block at a time."""
    rng = np.random.default_rng(0)
    text = h5py.string_dtype("utf-8")
    with h5py.File(path, "w") as handle:
        handle.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        group = handle.create_group("X")
        group.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [cells, GENES]})
        data = group.create_dataset("data", (0,), "f4", maxshape=(None,), chunks=(1 << 18,))
        indices = group.create_dataset("indices", (0,), "i4", maxshape=(None,), chunks=(1 << 18,))
        lengths = []
        for start in range(0, cells, BLOCK):
            counts = rng.poisson(EXPRESSED, min(BLOCK, cells - start))
            lengths.append(counts)
            total = int(counts.sum())
            for array, values in (
                (indices, (GENES * rng.random(total) ** 2).astype(np.int32)),
                (data, rng.geometric(0.5, total).astype(np.float32)),
            ):
                array.resize(array.shape[0] + total, axis=0)
                array[-total:] = values
        group["indptr"] = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        obs = handle.create_group("obs")
        obs.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index"})
        barcodes = obs.create_dataset("_index", (cells,), text)
        for start in range(0, cells, BLOCK):
            stop = min(start + BLOCK, cells)
            barcodes[start:stop] = [f"cell{number}" for number in range(start, stop)]
        var = handle.create_group("var")
        var.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index"})
        var.create_dataset("_index", data=[f"GENE{number:05d}" for number in range(GENES)], dtype=text)
    return path


def copy_values(path: Path) -> float:
    """Seconds that it takes to read all values and numbers of genes, and to write them to another file."""
    begin = time.perf_counter()
    with h5py.File(path, "r") as handle, path.with_suffix(".copy").open("wb") as copy:
        for name in ("data", "indices"):
            node = handle["X"][name]
            for start in range(0, node.shape[0], 1 << 20):
                node[start : start + (1 << 20)].tofile(copy)
    path.with_suffix(".copy").unlink()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
