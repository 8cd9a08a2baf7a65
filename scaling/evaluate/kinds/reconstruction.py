"""Reconstruction of the cells of one type from themselves, on a held-out set.

A model that was trained without the type is asked like one that saw it, so that both can be compared. Needs a family
with a ``reconstruct``: an embedding gives no counts back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import Field

from scaling.corpus.counts import UNKNOWN, Corpus
from scaling.errors import CorpusError, StudyError
from scaling.evaluate.baselines import Evaluation
from scaling.evaluate.kind import Embed, Kind, Measurement
from scaling.evaluate.method import MethodConfig
from scaling.evaluate.predictions import GROUPS
from scaling.evaluate.reconstruction import Reconstructed, nearest, profile

if TYPE_CHECKING:
    from scaling.model.family import CellModel
    from scaling.views.counts import GeneCounts

__all__ = ["KIND", "ReconstructionConfig", "type_counts"]

BLOCK = 256
"""Cells that are reconstructed at a time."""
Floats = npt.NDArray[np.float64]


class ReconstructionConfig(MethodConfig):
    """Settings of a reconstruction."""

    cell_type: str = Field(min_length=1)
    """Coarse cell type whose cells are reconstructed."""


def type_counts(cells: GeneCounts, types: npt.NDArray[np.str_]) -> dict[str, Floats]:
    """Sum the counts of each gene over the cells of each known type."""
    counts = {}
    for name in sorted(set(types.tolist()) - {UNKNOWN}):
        rows = np.flatnonzero(types == name)
        blocks = (cells.dense(rows[start : start + BLOCK]) for start in range(0, len(rows), BLOCK))
        counts[name] = np.sum([block.sum(axis=0, dtype=np.float64) for block in blocks], axis=0)
    return counts


def _rows(cells: Corpus, config: ReconstructionConfig, min_label_cells: int) -> npt.NDArray[np.int64]:
    rows = np.flatnonzero(cells.coarse == config.cell_type)
    if len(rows) < min_label_cells:
        msg = (
            f"Reconstruction of {config.cell_type} in {cells.name}: {len(rows)} cells, and {min_label_cells} are "
            f"needed. Its coarse types are {', '.join(sorted(set(cells.coarse.tolist())))}."
        )
        raise CorpusError(msg)
    return rows


def _measure(entry: Evaluation, embed: Embed) -> Measurement:  # noqa: ARG001
    raise StudyError(_gives_nothing_back("an embedding"))


def _tune(entry: Evaluation, embed: Embed, model: CellModel, device: str) -> Measurement:  # noqa: ARG001
    """Ask the model as it is; nothing is trained."""
    import torch

    from scaling.views.batch import batch_of

    reconstruct = getattr(model, "reconstruct", None)
    if reconstruct is None:
        raise StudyError(_gives_nothing_back(type(model).__name__))
    model.eval()

    def expected(rows: npt.NDArray[np.int64]) -> Floats:
        with torch.inference_mode():
            reconstructed: Floats = reconstruct(batch_of(entry.query, rows, device)).double().cpu().numpy()
        return reconstructed

    return _summed(entry, expected)


def _baselines(entry: Evaluation) -> Iterator[tuple[str, Measurement]]:
    """What the corpus says without the type: the profile of its other cells, and that of the most similar type."""
    if entry.corpus is None or not isinstance(entry.config, ReconstructionConfig):
        return
    counts = type_counts(*entry.corpus)
    own = entry.config.cell_type
    others = {name: summed for name, summed in counts.items() if name != own}
    if not others:
        return
    yield "model:corpus_profile", _constant(entry, np.sum(list(others.values()), axis=0))
    if own in counts:
        like, _ = nearest({name: profile(summed) for name, summed in counts.items()}, own)
        yield "model:nearest_type_profile", _constant(entry, counts[like])


def _constant(entry: Evaluation, counts: Floats) -> Reconstructed:
    """Reconstruct every cell as the same shares of its counts."""
    shares = counts / counts.sum()
    return _summed(entry, lambda rows: entry.query.dense(rows).sum(axis=1, dtype=np.float64)[:, None] * shares)


def _summed(entry: Evaluation, expected: Callable[[npt.NDArray[np.int64]], Floats]) -> Reconstructed:
    """Sum observed and expected counts over each group of cells, for the genes that the set measured."""
    cells = entry.query
    measured = np.asarray(cells.measured.any(axis=0))
    sums = np.zeros((2, GROUPS, cells.genes))
    for start in range(0, len(cells), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(cells)))
        np.add.at(sums[0], entry.groups[rows], cells.dense(rows))
        np.add.at(sums[1], entry.groups[rows], expected(rows))
    return Reconstructed(sums[0][:, measured], sums[1][:, measured], len(cells))


def _gives_nothing_back(what: str) -> str:
    return (
        f"Reconstruction: {what} gives no counts back. Train scvi or ldvae, or take reconstruction out of the "
        "evaluations."
    )


KIND = Kind(
    config=ReconstructionConfig,
    task_id="task:reconstruction",
    regime=lambda config: "pretraining",  # noqa: ARG005
    columns=lambda config: (),  # noqa: ARG005
    rows=_rows,
    measure=_measure,
    tune=_tune,
    baselines=_baselines,
    name=lambda config: "reconstruction",  # noqa: ARG005
    of_corpus=True,
)
