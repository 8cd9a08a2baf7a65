"""Zero-shot cell type classification: the k nearest neighbours of a cell vote, nothing is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["knn_predict", "macro_f1", "micro_f1", "stratified_halves"]

Floats = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[Any]


def knn_predict(train: Floats, labels: Labels, query: Floats, *, k: int = 5, block: int = 512) -> Labels:
    """Label each query cell by a majority vote of its ``k`` nearest training cells (Euclidean, equal weights).

    The search is exact. A tie of votes goes to the label that sorts first, as in scikit-learn. Which of several
    training cells at exactly the k-th distance vote is left to the partition; it is the same in every run.

    Parameters
    ----------
    train
        Training cells x dimensions.
    labels
        Label per training cell.
    query
        Query cells x dimensions.
    block
        Query cells at a time, which bounds the matrix of distances to ``block`` x training cells.

    Raises
    ------
    ValueError
        If there are fewer training cells than ``k``.
    """
    if len(train) < k:
        msg = f"{len(train)} training cells are too few for {k} neighbours"
        raise ValueError(msg)
    names, codes = np.unique(labels, return_inverse=True)
    # |q - t|^2 = |q|^2 - 2 q t + |t|^2, so that one matrix product gives all distances; |q|^2 is the same for every
    # training cell and left out. In float64, because neighbours lie close: the terms cancel to a small difference.
    points = np.asarray(train, dtype=np.float64)
    norms = np.einsum("ij,ij->i", points, points)
    winners = np.empty(len(query), dtype=np.int64)
    for start in range(0, len(query), block):
        part = np.asarray(query[start : start + block], dtype=np.float64)
        distance = norms - 2.0 * (part @ points.T)
        nearest = np.argpartition(distance, k - 1, axis=1)[:, :k]  # votes are equal: the k need no order
        votes = np.zeros((len(part), len(names)), dtype=np.int64)
        np.add.at(votes, (np.arange(len(part))[:, None], codes[nearest]), 1)  # += adds once for a repeated label
        winners[start : start + block] = votes.argmax(axis=1)  # the first of equals; codes follow sorted names
    return np.asarray(names[winners])


def micro_f1(truth: Labels, predicted: Labels) -> float:
    """Micro-averaged F1 (0-1); with one label per cell it is the fraction of correct predictions."""
    return float(np.mean(truth == predicted))


def macro_f1(truth: Labels, predicted: Labels) -> float:
    """Mean F1 (0-1) over all labels that occur in truth or prediction; 0 for a label without a correct prediction."""
    names, codes = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
    true, guess = codes[: len(truth)], codes[len(truth) :]
    hits = np.bincount(true[true == guess], minlength=len(names))
    # F1 = 2 TP / (cells with the label + cells predicted to have it); never 0 / 0, as every label occurs in one.
    sizes = np.bincount(true, minlength=len(names)) + np.bincount(guess, minlength=len(names))
    return float(np.mean(2.0 * hits / sizes))


def stratified_halves(labels: Labels, *, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Split rows in halves within each label; of an odd number, the extra cell is in the test half.

    Returns
    -------
    Rows of the training half and of the test half, both ascending.
    """
    rng = np.random.default_rng(seed)
    train: list[npt.NDArray[np.int64]] = []
    for name in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == name))
        train.append(rows[: len(rows) // 2])
    train_rows = np.sort(np.concatenate(train))
    return train_rows, np.setdiff1d(np.arange(len(labels)), train_rows)
