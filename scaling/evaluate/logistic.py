"""Logistic regression with an L1 penalty on the genes: the classifier that pre-trained models are asked to beat.

As in Boiarsky et al., A Deep Dive into Single-Cell RNA Sequencing Foundation Models (bioRxiv 2023.10.19.563100): the
strength of the penalty is chosen by cross-validation on the labelled cells alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["STRENGTHS", "logistic_regression"]

Codes = npt.NDArray[np.int64]
STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Inverse strengths of the penalty that are tried; the smallest of equals is taken."""
FOLDS = 5
SEED = 0


def logistic_regression(
    values: npt.NDArray[np.floating[Any]],
    codes: Codes,
    known: npt.NDArray[np.int64],
    test: npt.NDArray[np.int64],
    strengths: Sequence[float] = STRENGTHS,
) -> Codes:
    """Predict the type of the cells ``test`` from the labelled cells ``known``, one type against the rest.

    With a type of which one cell is known there is nothing to validate on, and the strength is 1.

    Parameters
    ----------
    values
        Log counts, cells x genes.
    codes
        Type of each cell; only those of labelled cells are looked at.
    strengths
        Inverse strengths of the penalty that are tried.
    """
    from scipy.sparse import csr_matrix
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.multiclass import OneVsRestClassifier
    from threadpoolctl import threadpool_limits

    genes, types = csr_matrix(values[known]), codes[known]
    folds = min(FOLDS, int(np.unique(types, return_counts=True)[1].min()))

    def model(strength: float) -> Any:
        # scikit-learn 1.8 reads the kind of penalty from l1_ratio
        return OneVsRestClassifier(
            LogisticRegression(C=strength, l1_ratio=1.0, solver="liblinear", random_state=SEED, max_iter=200)
        )

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        best = 1.0
        if folds >= 2:
            split = StratifiedKFold(folds, shuffle=True, random_state=SEED)
            means = {c: float(cross_val_score(model(c), genes, types, cv=split).mean()) for c in strengths}
            best = max(strengths, key=lambda strength: means[strength])
        fitted = model(best).fit(genes, types)
    return np.asarray(fitted.predict(csr_matrix(values[test])), dtype=np.int64)
