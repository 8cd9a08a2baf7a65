"""What an extractor believes that a sentence says, before anybody has checked it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graph.records import ClaimKind, Direction
from graph.records.base import Spread

__all__ = ["Draft"]


@dataclass(frozen=True)
class Draft:
    """A claim as a sentence words it; names are those of the sentence, numbers fractions where it says per cent."""

    kind: ClaimKind
    subject: str | None = None
    subject_id: str | None = None
    comparator: str | None = None
    comparator_id: str | None = None
    direction: Direction | None = None
    polarity: Literal["asserted", "negated"] = "asserted"
    task: str | None = None
    dataset: str | None = None
    metric: str | None = None
    regime: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: str | None = None
    unit: str | None = None
    part: str | None = None
    """The part of a set that a size is of: "test set"."""
    printed: str | None = None
    """The number as printed, where it stands in a table."""
    spread: Spread | None = None
    """What a printed ± is, where the text says so."""
    runs: int | None = None
    factor: str | None = None
    ablation: str | None = None
    fraction: float | None = None
    train_fraction: float | None = None
    exceptions: tuple[str, ...] = ()
    hedging: Literal["none", "weak", "strong"] = "none"
    attribution: Literal["own", "cited"] = "own"
    attributed_to: str | None = None
    """Whose finding it is, as the text names them."""
    attributed_id: str | None = None
    """The cited work, where the archive knows it."""
    inferred: tuple[str, ...] = ()
    ids: tuple[tuple[str, str], ...] = ()
    """Field -> vocabulary id of its name, where the name is one; empty where it is that of no entry."""
    plain: bool = False
    """Whether a comparison is said without anything that may limit it."""
    confidence: float = 0.7
    """Share of such drafts that are right, measured on labelled sentences."""
