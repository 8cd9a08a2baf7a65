"""Raw counts of the genes that a study's models see: what is kept on disk, and what every view is made from.

The matrix stays sparse on disk and in memory; it is dense for one batch at a time, because cells x genes of a whole
corpus does not fit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.corpus.counts import UNKNOWN, Corpus, Text, entries_of

__all__ = ["GeneCounts", "choose_counts", "join_counts", "load_counts", "save_counts"]

ARRAYS = ("indptr", "indices", "counts", "library", "measured", "study", "label")


@dataclass(frozen=True)
class GeneCounts:
    """Raw counts over the models' genes, as compressed rows.

    ``library[i]`` is the number of counts of cell ``i`` over all genes that take part, not only those that the models
    see. ``measured[s, g]`` (studies x genes) says whether study ``s`` measured gene ``g``; ``study[i]`` is the number
    of the study of cell ``i``. ``label[i]`` is the number of its cell type in ``types``, -1 where it is unknown.
    """

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint32]
    library: npt.NDArray[np.float64]
    measured: npt.NDArray[np.bool_]
    study: npt.NDArray[np.int32]
    label: npt.NDArray[np.int32]
    types: Text = field(default_factory=lambda: np.array([], dtype="U1"))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def genes(self) -> int:
        """Number of genes."""
        return int(self.measured.shape[1])

    @cached_property
    def digest(self) -> str:
        """Sha256 of all that an embedding of the cells can hang on: cell types are left out."""
        state = hashlib.sha256(str(self.measured.shape).encode())
        for name in ("indptr", "indices", "counts", "library", "measured", "study"):
            state.update(np.ascontiguousarray(getattr(self, name)).tobytes())
        return state.hexdigest()

    def take(self, rows: npt.NDArray[np.int64]) -> GeneCounts:
        """Select the cells ``rows``, in that order; studies and types keep their numbers."""
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        entries = entries_of(self.indptr, rows)
        return GeneCounts(
            indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            indices=self.indices[entries],
            counts=self.counts[entries],
            library=self.library[rows],
            measured=self.measured,
            study=self.study[rows],
            label=self.label[rows],
            types=self.types,
        )

    def choose(self, columns: npt.NDArray[np.bool_]) -> GeneCounts:
        """Select genes; libraries stay those of whole cells."""
        if columns.all():
            return self
        places = columns[self.indices]
        number = np.cumsum(columns, dtype=np.int32) - 1
        return replace(
            self,
            indptr=np.concatenate([[0], np.cumsum(places)])[self.indptr],
            indices=number[self.indices[places]],
            counts=self.counts[places],
            measured=self.measured[:, columns],
        )

    def dense(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Expand the counts of the cells ``rows`` to a matrix, cells x genes."""
        matrix = np.zeros((len(rows), self.genes), dtype=np.float32)
        lengths = self.indptr[rows + 1] - self.indptr[rows]
        entries = entries_of(self.indptr, rows)
        matrix[np.repeat(np.arange(len(rows)), lengths), self.indices[entries]] = self.counts[entries]
        return matrix


def join_counts(cells: GeneCounts, others: GeneCounts) -> GeneCounts:
    """Put cells after others over the same genes; their studies are other studies, and their cell types are unknown."""
    return replace(
        cells,
        indptr=np.concatenate([cells.indptr, others.indptr[1:] + cells.indptr[-1]]),
        indices=np.concatenate([cells.indices, others.indices]),
        counts=np.concatenate([cells.counts, others.counts]),
        library=np.concatenate([cells.library, others.library]),
        measured=np.concatenate([cells.measured, others.measured]),
        study=np.concatenate([cells.study, others.study + np.int32(len(cells.measured))]),
        label=np.concatenate([cells.label, np.full(len(others), -1, dtype=np.int32)]),
    )


def choose_counts(
    cells: Corpus,
    columns: npt.NDArray[np.int64],
    *,
    shared: npt.NDArray[np.bool_] | None = None,
    labels: Text | None = None,
) -> GeneCounts:
    """Choose the genes ``columns`` of a corpus or of an evaluation set that is aligned to it.

    Parameters
    ----------
    columns
        Genes that the models see, ascending.
    shared
        Genes that take part, one flag per gene; all if left out. Two studies that are compared are restricted to the
        genes that both measured, otherwise a gene that was not measured looks like one that is not expressed.
    labels
        Cell type of each cell; the fine types of ``cells`` if left out.
    """
    included = np.ones(len(cells.genes), dtype=bool) if shared is None else shared
    row = np.repeat(np.arange(len(cells)), np.diff(cells.indptr))
    counts = np.where(included[cells.indices], cells.counts, 0)
    new_column = np.full(len(cells.genes), -1, dtype=np.int32)  # -1: not seen by the models
    new_column[columns] = np.arange(len(columns), dtype=np.int32)
    keep = (new_column[cells.indices] >= 0) & (counts > 0)
    names = np.asarray(cells.label if labels is None else labels)
    types = np.array(sorted(set(names.tolist()) - {UNKNOWN}), dtype="U")
    number = np.searchsorted(types, names) if len(types) else np.zeros(len(names), dtype=np.int64)
    return GeneCounts(
        indptr=np.concatenate([[0], np.cumsum(np.bincount(row[keep], minlength=len(cells)))]).astype(np.int64),
        indices=new_column[cells.indices[keep]],
        counts=counts[keep].astype(np.uint32),
        library=np.bincount(row, counts.astype(np.float64), len(cells)).astype(np.float64),
        measured=(cells.measured & included)[:, columns],
        study=np.asarray(cells.study),
        label=np.where(names == UNKNOWN, -1, number).astype(np.int32),
        types=types,
    )


def save_counts(cells: GeneCounts, folder: Path) -> Path:
    """Write one .npy file per array."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*ARRAYS, "types"):
        np.save(folder / f"{name}.npy", getattr(cells, name), allow_pickle=False)
    return folder


def load_counts(folder: Path) -> GeneCounts:
    """Open what :func:`save_counts` wrote, as mapped memory."""
    arrays: dict[str, npt.NDArray[Any]] = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS
    }
    return GeneCounts(**arrays, types=np.load(folder / "types.npy", allow_pickle=False))
