"""Nearest neighbours vote: the classification that trains nothing."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from scaling.evaluate.knn import knn_predict
from scaling.evaluate.method import Floats, Labels, Method, MethodConfig

__all__ = ["METHOD", "KnnConfig"]


class KnnConfig(MethodConfig):
    """Settings of the vote."""

    k: int = Field(default=5, ge=1, le=1000)
    """Neighbours that vote."""


def _predict(train: Floats, labels: Labels, query: Floats, config: Any) -> Labels:
    return knn_predict(train, labels, query, k=config.k)


METHOD = Method(config=KnnConfig, predict=_predict, name=lambda config: f"knn{config.k}")
