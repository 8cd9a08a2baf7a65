"""The protocol of a kind of evaluation, and of what is measured by it.

A kind is one file in `scaling.evaluate.kinds`: a class of settings, a function that says which cells take part, one
that scores an embedding, one that scores baselines, and one line that joins them, ``KIND = Kind(...)``. The name of
the file is what a study file calls it. Naming cell types is older than the kinds and stands in
`scaling.evaluate.baselines`; how its classifiers differ is a matter of `scaling.evaluate.methods`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from scaling.evaluate.method import MethodConfig

if TYPE_CHECKING:
    from graph.records.base import Regime
    from scaling.corpus.counts import Corpus
    from scaling.model.family import CellModel
    from scaling.views.counts import GeneCounts

__all__ = ["Embed", "Kind", "Measurement", "MethodConfig"]

Embed = Callable[["GeneCounts"], npt.NDArray[np.float32]]


class Measurement(Protocol):
    """What one evaluation says of one embedding."""

    def __len__(self) -> int:
        """How many cells are scored."""

    def scores(self) -> dict[str, float]:
        """Metric id -> score."""

    def without_cells(self) -> dict[str, tuple[float, ...]]:
        """Metric id -> the score without each group of test cells (`scaling.evaluate.predictions`)."""

    def digest(self) -> str:
        """Sha256 of what the scores are made of: predicted types, clusters, predicted expression."""

    def arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        """Arrays that are kept beside the records, by name."""


@dataclass(frozen=True)
class Kind:
    """What a kind's file offers as ``KIND``."""

    config: type[MethodConfig]
    """Class of its settings."""
    task_id: str
    """Task of its results (vocabulary id)."""
    regime: Callable[[Any], Regime]
    """How an embedding is used with these settings."""
    columns: Callable[[Any], tuple[str, ...]]
    """Columns of obs that it needs beside cell types, from the settings."""
    rows: Callable[[Corpus, Any, int], npt.NDArray[np.int64]]
    """Cells that take part, ascending, from (set, settings, least cells of a type); CorpusError if they are too few."""
    measure: Callable[[Any, Embed], Measurement]
    """Score an embedding, from (`scaling.evaluate.baselines.Evaluation`, which knows its kind; embed)."""
    baselines: Callable[[Any], Iterator[tuple[str, Measurement]]]
    """Model id and measurement of each baseline without pre-training, from the evaluation."""
    name: Callable[[Any], str]
    """What records call it with these settings."""
    tune: Callable[[Any, Embed, CellModel, str], Measurement] | None = None
    """Score a model of ours itself, which may be trained further, from (evaluation, embed, model, device); none where
    an embedding is enough."""
    across: bool = False
    """Whether it may learn from one study, the reference, and be scored on another (coarse labels)."""
    of_corpus: bool = False
    """Whether its baselines are made of the cells for pre-training."""
