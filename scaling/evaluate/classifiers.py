"""The two classifiers that an embedding is scored by: nearest neighbours that vote, and a linear probe."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from scaling.evaluate.splits import Split

__all__ = ["linear_probe", "nearest_neighbours"]

Floats = npt.NDArray[np.floating[Any]]
Codes = npt.NDArray[np.int64]
LISTED = 64
"""Neighbours that are listed for each cell: half of the cells are learnt from, so that five are nearly always among
them; where they are not, all distances of the cell are looked at."""
BLOCK = 1024
"""Cells whose distances to all others are in memory at a time."""
PENALTY = 0.1
"""Inverse strength of the probe's ridge penalty, for coordinates of unit variance; the same for all embeddings."""
ITERATIONS = 100


def nearest_neighbours(points: Floats, codes: Codes, splits: Sequence[Split], *, k: int = 5) -> list[Codes]:
    """Predict the label of the test cells of every split by a vote of the ``k`` nearest training cells.

    The distances between all cells are computed once, whatever the number of splits. A tie of votes goes to the label
    with the smaller code, as in :func:`scaling.evaluate.knn.knn_predict`, with which it agrees.

    Parameters
    ----------
    points
        Cells x dimensions.
    codes
        Label of each cell as a number from 0.

    Returns
    -------
    Predicted codes of ``split.test``, per split.
    """
    # Centred first: distances are differences of inner products, and a common offset would eat their digits.
    centred = np.asarray(points, dtype=np.float32) - np.asarray(points, dtype=np.float64).mean(axis=0).astype(
        np.float32
    )
    norms = np.einsum("ij,ij->i", centred, centred)
    cells, labels = len(centred), int(codes.max()) + 1
    listed = min(max(LISTED, k), cells)
    members = [np.zeros(cells, dtype=bool) for _ in splits]
    scored = [np.full(cells, -1, dtype=np.int64) for _ in splits]
    for split, member, place in zip(splits, members, scored, strict=True):
        member[split.train] = True
        place[split.test] = np.arange(len(split.test))
    predicted = [np.empty(len(split.test), dtype=np.int64) for split in splits]
    for start in range(0, cells, BLOCK):
        rows = np.arange(start, min(start + BLOCK, cells))
        distance = norms - 2.0 * (centred[rows] @ centred.T)
        near = np.argpartition(distance, listed - 1, axis=1)[:, :listed]
        near = np.take_along_axis(near, np.argsort(np.take_along_axis(distance, near, axis=1), kind="stable"), axis=1)
        for split, member, place, out in zip(splits, members, scored, predicted, strict=True):
            test = np.flatnonzero(place[rows] >= 0)
            if not len(test):
                continue
            usable = member[near[test]]
            enough = usable.sum(axis=1) >= k
            # A stable sort moves the training cells to the front and leaves them in the order of distance.
            front = np.argsort(~usable, axis=1, kind="stable")[:, :k]
            voters = np.take_along_axis(near[test], front, axis=1)
            if not enough.all():
                far = distance[test[~enough]][:, split.train]
                voters[~enough] = split.train[np.argpartition(far, k - 1, axis=1)[:, :k]]
            votes = np.zeros((len(test), labels), dtype=np.int64)
            np.add.at(votes, (np.arange(len(test))[:, None], codes[voters]), 1)
            out[place[rows[test]]] = votes.argmax(axis=1)
    return predicted


def linear_probe(points: Floats, codes: Codes, splits: Sequence[Split], *, standardise: bool = True) -> list[Codes]:
    """Predict the label of the test cells of every split by multinomial logistic regression on the training cells.

    Parameters
    ----------
    standardise
        Scale each coordinate to unit variance over the training cells, because the coordinates of an embedding have
        no common unit. Genes have one, and are left alone.

    Returns
    -------
    Predicted codes of ``split.test``, per split.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    values = np.asarray(points, dtype=np.float32)
    predicted = []
    for split in splits:
        train, test = values[split.train], values[split.test]
        mean = train.mean(axis=0)
        spread = train.std(axis=0) if standardise else np.ones(train.shape[1], dtype=np.float32)
        spread[spread == 0] = 1.0
        model = LogisticRegression(C=PENALTY, max_iter=ITERATIONS, tol=1e-3)
        # One thread: the steps of the solver are many and small, and threads would wait for each other at every one.
        with threadpool_limits(1), warnings.catch_warnings():
            # A probe that has not quite converged is a probe; it is the same number of steps for every embedding.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit((train - mean) / spread, codes[split.train])
        predicted.append(np.asarray(model.predict((test - mean) / spread), dtype=np.int64))
    return predicted
