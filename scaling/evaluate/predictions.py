"""What a model said of every test cell, and what its scores owe to the choice of test cells.

The cells of a set fall into groups by a fixed draw over their rows in the set, the same for every model, size, seed and
evaluation of that set. A score is taken anew without each group; these values go into its `Result`, because the rules
of evidence see records only. Twenty numbers a score are enough for the error of any contrast of scores (differences,
slopes, differences of slopes), paired between what is compared; a standard error of each score would be of no use for a
difference, and one of every difference would have to foresee what will be compared.

The predictions themselves are kept beside the records, one byte a cell, for whoever wants another interval.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graph.vocabulary.protocol import MACRO_F1, MICRO_F1
from scaling.evaluate.knn import macro_f1, micro_f1

if TYPE_CHECKING:
    from scaling.evaluate.kind import Measurement

__all__ = ["GROUPS", "Predicted", "Predictions", "cell_groups", "read_predictions"]

GROUPS = 20
"""Groups of test cells: their spread has 19 degrees of freedom, against 3 to 7 of the seeds."""

Groups = npt.NDArray[np.int8]
Codes = npt.NDArray[np.int64]


def cell_groups(cells: int) -> Groups:
    """Draw the group of each cell of a set: of equal size, and equal on every machine."""
    # the second number keeps this stream apart from other generators
    return (np.random.default_rng([cells, 17]).permutation(cells) % GROUPS).astype(np.int8)


@dataclass(frozen=True)
class Predicted:
    """Labels and predicted labels of the test cells of one evaluation, as numbers."""

    names: tuple[str, ...]
    truth: Codes
    guess: Codes
    groups: Groups
    only: tuple[str, ...] = ()
    """Labels of the cells that are scored; all if empty."""

    @classmethod
    def of(
        cls, truth: npt.NDArray[Any], guess: npt.NDArray[Any], groups: Groups, *, only: tuple[str, ...] = ()
    ) -> Predicted:
        """Number the labels in sorted order."""
        names, codes = np.unique(np.concatenate([truth, guess]), return_inverse=True)
        return cls(tuple(map(str, names)), codes[: len(truth)], codes[len(truth) :], groups, only)

    def __len__(self) -> int:
        return int(np.isin(self.truth, self._scored).sum())

    @property
    def _scored(self) -> Codes:
        """Numbers of the labels that are scored."""
        return np.array([code for code, name in enumerate(self.names) if not self.only or name in self.only])

    def scores(self) -> dict[str, float]:
        """Metric -> score."""
        if self.only:
            micro, macro = _scores(*(counts.sum(axis=0, keepdims=True) for counts in self._counts()))
            return {MICRO_F1: float(micro[0]), MACRO_F1: float(macro[0])}
        return {MICRO_F1: micro_f1(self.truth, self.guess), MACRO_F1: macro_f1(self.truth, self.guess)}

    def without_cells(self) -> dict[str, tuple[float, ...]]:
        """Metric -> the score without each group of test cells."""
        micro, macro = _scores(*(counts.sum(axis=0, keepdims=True) - counts for counts in self._counts()))
        return {MICRO_F1: _rounded(micro), MACRO_F1: _rounded(macro)}

    def _counts(self) -> tuple[Codes, Codes, Codes]:
        """Cells by group and scored label that are right, that have the label, and that are said to have it."""
        shape = (GROUPS, len(self.names))

        def count(codes: Codes, keep: npt.NDArray[np.bool_] | slice) -> Codes:
            flat = self.groups[keep].astype(np.int64) * shape[1] + codes[keep]
            return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)[:, self._scored]

        every = slice(None)
        return count(self.truth, self.truth == self.guess), count(self.truth, every), count(self.guess, every)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Predicted labels as the smallest whole numbers that hold them, and what these mean."""
        codes = self.guess.astype(np.min_scalar_type(max(len(self.names) - 1, 0)))
        return {"codes": codes, "names": np.array(self.names)}

    def digest(self) -> str:
        """Sha256 of the predicted label of every test cell."""
        state = hashlib.sha256(json.dumps(self.names).encode())
        state.update(np.ascontiguousarray(self.guess, dtype="<i8").tobytes())
        return state.hexdigest()


def _scores(hits: Codes, true: Codes, said: Codes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Micro and macro F1 of each row of counts; a label that neither occurs nor is predicted takes no part."""
    micro = hits.sum(axis=1) / np.maximum(true.sum(axis=1), 1)
    sizes = true + said
    f1 = 2.0 * hits / np.maximum(sizes, 1)
    return micro, f1.sum(axis=1) / np.maximum((sizes > 0).sum(axis=1), 1)


def _rounded(values: npt.NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


@dataclass
class Predictions:
    """What is kept of one run by evaluation and checkpoint, or of the baselines by evaluation and name."""

    arrays: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    def keep(self, measured: Measurement, *, evaluation: str, at: int | str | None) -> None:
        """Keep what a model said at a checkpoint, or what a baseline of this name said."""
        place = _place(evaluation, at)
        self.arrays |= {f"{place}.{name}": values for name, values in measured.arrays().items()}

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all; nothing is written where nothing was kept."""
        if not self.arrays:
            return
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **self.arrays)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(buffer.getvalue())
        part.replace(path)


def read_predictions(path: Path, *, evaluation: str, at: int | str | None) -> npt.NDArray[np.str_]:
    """Predicted label of every test cell of an evaluation, in the order of the set.

    Parameters
    ----------
    evaluation
        Its digest (``evaluation_digest`` of the results).
    at
        Checkpoint, None for a model without any, or the id of a baseline.

    Raises
    ------
    KeyError
        If the file holds no such evaluation or checkpoint.
    """
    with np.load(path, allow_pickle=False) as data:
        place = _place(evaluation, at)
        names: npt.NDArray[np.str_] = data[f"{place}.names"]
        said: npt.NDArray[np.str_] = names[data[f"{place}.codes"]]
    return said


def _place(evaluation: str, at: int | str | None) -> str:
    return f"{evaluation}/{'end' if at is None else at}"
