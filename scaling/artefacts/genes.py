"""The gene table of a model: the genes of its corpus, and which of them it sees.

A model needs both: its input is normalised by the counts of a cell over all genes of the corpus.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.errors import BadModel

__all__ = ["read_genes", "write_genes"]


def write_genes(path: Path, genes: npt.NDArray[np.str_], seen: npt.NDArray[np.int64]) -> None:
    """Write a gene table: the genes of a corpus, and the numbers of those that its models see."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    flags = np.zeros(len(genes), dtype=bool)
    flags[seen] = True
    columns: Mapping[str, Any] = {"gene": pa.array(genes.tolist()), "seen": pa.array(flags)}
    pq.write_table(pa.table(columns), path)


def read_genes(path: Path) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.int64]]:
    """Read a gene table: the genes, and the numbers of those that the models see.

    Raises
    ------
    BadModel
        If it is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, columns=["gene", "seen"])
    except (OSError, pa.ArrowException) as error:
        raise BadModel(path.parent, f"{path.name}: {str(error).splitlines()[0]}") from error
    flags = np.asarray(table["seen"].to_pylist(), dtype=bool)
    return np.array(table["gene"].to_pylist(), dtype=np.str_), np.flatnonzero(flags)
