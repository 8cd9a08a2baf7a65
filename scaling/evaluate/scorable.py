"""Which of a user's cells can be scored, and what is said of the others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scaling.corpus.hygiene import EMPTY, REPEATED, distorted, empty_cells, repeated_cells
from scaling.corpus.labels import is_missing, too_small
from scaling.errors import NothingToScore
from scaling.evaluate.obsm import UserCells
from scaling.evaluate.records import Setting
from scaling.evaluate.splits import Split

__all__ = ["check_across", "check_neighbours", "choose_scorable"]


def choose_scorable(
    cells: UserCells, label_key: str, batch_key: str | None, *, min_label_cells: int
) -> tuple[npt.NDArray[np.int64], dict[str, int], list[str]]:
    """Rows that can be scored, how many cells were left out for which reason, and what the user should know."""
    notes: list[str] = []
    dropped: dict[str, int] = {}
    keep = np.ones(len(cells), dtype=bool)

    def drop(reason: str, flags: npt.NDArray[np.bool_]) -> None:
        if count := int((keep & flags).sum()):
            dropped[reason] = count
        keep[flags] = False

    drop(f"without a label in obs[{label_key!r}]", is_missing(cells.labels))
    if cells.batches is not None:
        drop(f"without a value in obs[{batch_key!r}]", is_missing(cells.batches))
    indptr = cells.matrix.indptr.astype(np.int64)
    drop(EMPTY, empty_cells(indptr))
    drop(REPEATED, repeated_cells(indptr, cells.matrix.indices, cells.matrix.data))
    if cells.counts and (why := distorted(indptr, cells.matrix.data)):
        notes.append(
            f"{cells.where} holds whole numbers, but they are not counts: {why}. Baselines are made of them as they "
            "are, and are weaker than they should be; put the counts in layers['counts']."
        )
    if not cells.counts:
        notes.append(f"No counts were found; {cells.where} is taken for log-normalised values in the baselines.")
    small = too_small(cells.labels[keep], least=min_label_cells)
    single = [name for name, count in small.items() if count == 1]
    if small:
        drop(f"of cell types with fewer than {min_label_cells} cells", np.isin(cells.labels, list(small)))
        listed = ", ".join(f"{name} ({count})" for name, count in sorted(small.items(), key=lambda item: -item[1])[:8])
        singles = f" {len(single)} have one cell, which cannot be both learnt from and scored." if single else ""
        notes.append(f"Too small to score: {listed}{' ...' if len(small) > 8 else ''}.{singles}")
    left = np.unique(cells.labels[keep])
    if len(left) < 2:
        why = f"one cell type only ({left[0]})" if len(left) else "no cell type"
        lost = "; ".join(f"{count:,} cells {reason}" for reason, count in dropped.items())
        msg = (
            f"obs[{label_key!r}] leaves {why} with {min_label_cells} cells or more, and at least two are needed."
            f"{f' Left out: {lost}.' if lost else ''} Name another column (--label-key)."
        )
        raise NothingToScore(msg)
    if cells.batches is not None and len(names := np.unique(cells.batches[keep])) < 2:
        msg = (
            f"obs[{batch_key!r}] has one value ({names[0]}): scores across batches need two. Leave --batch-key out, or "
            "name another column."
        )
        raise NothingToScore(msg)
    return np.flatnonzero(keep), dropped, notes


def check_across(splits: list[Split], cells: UserCells, batch_key: str) -> list[str]:
    """Whether anything can be scored across batches, and what the user should know of these scores."""
    scored = sum(len(split.test) for split in splits)
    if not splits:
        msg = (
            f"Every cell type occurs in one value of obs[{batch_key!r}] only, so that no type can be learnt from one "
            "batch and found in another. Leave --batch-key out, or name another column."
        )
        raise NothingToScore(msg)
    notes = []
    if lost := len(cells) - scored:
        notes.append(f"{lost:,} cells are not scored across batches: their type occurs in no other batch.")
    if len(splits) < 4:
        notes.append(
            f"Scores across batches rest on {len(splits)} groups of cells: their intervals say little about other "
            "batches."
        )
    return notes


def check_neighbours(splits: list[Split], k: int, setting: Setting) -> None:
    """Whether each split leaves as many cells to learn from as vote."""
    fewest = min(len(split.train) for split in splits)
    if fewest < k:
        msg = (
            f"{fewest} cells to learn from ({setting} batches) are fewer than the {k} neighbours that vote. Use more "
            "cells, or fewer neighbours (--neighbours)."
        )
        raise NothingToScore(msg)
