"""The protocol of a method by which embeddings are scored.

A method is one file in `scaling.evaluate.methods`: a class of settings (:class:`MethodConfig`), a function that
predicts the labels of cells from those of others, and one line that joins them, ``METHOD = Method(...)``. The name of
the file is what a study file calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

__all__ = ["Method", "MethodConfig"]

Floats = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[Any]


class MethodConfig(BaseModel):
    """Settings of a method, part of the digest of an evaluation. A subclass adds its own, each with a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


@dataclass(frozen=True)
class Method:
    """What a method's file offers as ``METHOD``."""

    config: type[MethodConfig]
    """Class of its settings."""
    predict: Callable[[Floats, Labels, Floats, Any], Labels]
    """Labels of query cells from (training cells x dimensions, their labels, query cells x dimensions, settings)."""
    name: Callable[[Any], str]
    """What records call it with these settings, such as ``knn5``."""
