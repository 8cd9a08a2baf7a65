"""A linear probe: logistic regression on the standardised embedding."""

from __future__ import annotations

from typing import Any

import numpy as np

from scaling.evaluate.classifiers import linear_probe
from scaling.evaluate.method import Floats, Labels, Method, MethodConfig
from scaling.evaluate.splits import Split

__all__ = ["METHOD", "ProbeConfig"]


class ProbeConfig(MethodConfig):
    """A linear probe has no settings: its penalty is the same for all embeddings."""


def _predict(train: Floats, labels: Labels, query: Floats, config: Any) -> Labels:  # noqa: ARG001
    names, codes = np.unique(labels, return_inverse=True)
    # The probe takes all cells and says which to learn from; those to score have no label, and none is looked at.
    every = np.concatenate([codes, np.zeros(len(query), dtype=codes.dtype)])
    split = Split("query", np.arange(len(train)), np.arange(len(train), len(every)))
    (predicted,) = linear_probe(np.concatenate([train, query]), every, [split])
    return np.asarray(names[predicted])


METHOD = Method(config=ProbeConfig, predict=_predict, name=lambda config: "probe")  # noqa: ARG005
