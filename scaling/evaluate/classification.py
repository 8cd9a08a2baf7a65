"""Zero-shot cell type classification: the k nearest neighbours of a cell vote, nothing is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["knn_predict", "macro_f1", "micro_f1", "stratified_halves"]

Floats = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[Any]


def knn_predict(train: Floats, labels: Labels, query: Floats, *, k: int = 5, block: int = 512) -> Labels:
    """Label of each query cell: majority of its ``k`` nearest training cells (Euclidean, equal weights).

    A tie of votes goes to the label that sorts first, as in scikit-learn. Exact: candidates are found by the expanded
    square in double precision and ranked by it; equal distances keep the order of the training cells.

    Parameters
    ----------
    train
        Training cells x dimensions.
    labels
        Label per training cell.
    query
        Query cells x dimensions.

    Raises
    ------
    ValueError
        If there are fewer training cells than ``k``.
    """
    if len(train) < k:
        msg = f"{len(train)} training cells, {k} neighbours asked for"
        raise ValueError(msg)
    names, codes = np.unique(labels, return_inverse=True)
    points = np.asarray(train, dtype=np.float64)
    norms = np.einsum("ij,ij->i", points, points)
    out = np.empty(len(query), dtype=np.int64)
    for start in range(0, len(query), block):
        part = np.asarray(query[start : start + block], dtype=np.float64)
        distance = norms - 2.0 * (part @ points.T)
        nearest = np.argpartition(distance, k - 1, axis=1)[:, :k]
        votes = np.zeros((len(part), len(names)), dtype=np.int64)
        np.add.at(votes, (np.arange(len(part))[:, None], codes[nearest]), 1)
        out[start : start + block] = votes.argmax(axis=1)
    return np.asarray(names[out])


def micro_f1(truth: Labels, predicted: Labels) -> float:
    """Micro-averaged F1; with one label per cell it is the share of right predictions."""
    return float(np.mean(truth == predicted))


def macro_f1(truth: Labels, predicted: Labels) -> float:
    """Mean F1 over all labels that occur in truth or prediction; a label never hit counts 0."""
    names, codes = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
    true, guess = codes[: len(truth)], codes[len(truth) :]
    hits = np.bincount(true[true == guess], minlength=len(names))
    sizes = np.bincount(true, minlength=len(names)) + np.bincount(guess, minlength=len(names))
    return float(np.mean(2.0 * hits / sizes))


def stratified_halves(labels: Labels, *, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows of a 50/50 split within each label; of an odd number the extra cell is tested."""
    rng = np.random.default_rng(seed)
    train: list[npt.NDArray[np.int64]] = []
    for name in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == name))
        train.append(rows[: len(rows) // 2])
    chosen = np.sort(np.concatenate(train))
    return chosen, np.setdiff1d(np.arange(len(labels)), chosen)
