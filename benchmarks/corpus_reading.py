"""Read batches of random cells from a corpus of shards, against anndata in backed mode on the gzip file it was made of.

Prints how many times as many cells are read per second; both give compressed rows of the same cells.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anndata
import numpy as np

from scaling.corpus.shards.build import build_shards
from scaling.corpus.shards.reading import open_corpus
from scaling.corpus.shards.recipe import Recipe
from scaling.simulate import simulate, write_simulated

CELLS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
BATCH, BATCHES = 1024, 5


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cells = simulate(cells=CELLS, genes=2000, types=8, studies=1, depth=1500, seed=0)
        (path,) = write_simulated(folder / "cells", cells)
        build_shards([path], folder / "corpus", recipe=Recipe(min_genes=1000))
        corpus, backed = open_corpus(folder / "corpus"), anndata.read_h5ad(path, backed="r")
        fast = seconds(corpus.rows)
        slow = seconds(lambda ids: backed[ids].X)
        print(
            f"{CELLS:,} cells, batches of {BATCH}: {slow / fast:.0f} times as many cells per second as anndata, backed"
        )
        backed.file.close()


def seconds(read: Callable[[Any], object]) -> float:
    """Seconds that the batches take; the first is not counted."""
    rng = np.random.default_rng(0)
    batches = [np.sort(rng.choice(CELLS, BATCH, replace=False)) for _ in range(BATCHES + 1)]
    read(batches[0])
    begin = time.perf_counter()
    for batch in batches[1:]:
        read(batch)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
