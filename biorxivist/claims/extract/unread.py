"""Why a table, or a part of it, gives no scores: the true reason, with the words that were not understood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from biorxivist.claims.extract.grid import Grid, Row
from biorxivist.claims.extract.labels import DECORATION
from biorxivist.claims.extract.names import find_mentions
from biorxivist.claims.extract.surroundings import Surroundings
from biorxivist.claims.extract.table_labels import Labels
from biorxivist.claims.present import counted
from graph.vocabulary import Vocabulary

__all__ = ["Missed", "NotRead", "Unread", "heading", "nothing_named", "row_name"]

NAMED = 3
"""Names that a reason gives as examples."""
LONGEST = 40
ERROR = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]*MSE|RMSD|MAE|MRE|MAPE|MMD|errors?|loss(?:es)?|distances?|divergences?|perplexity|Brier|ECE|L[12])"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
"""Metrics that are better when they fall: no share of anything, and of no entry by which two could be compared."""
COST = re.compile(r"\b(?:run ?times?|time|seconds|memory|speed|cells|params|parameters|n|rank)\b", re.IGNORECASE)
METRIC = re.compile(
    r"F1|accurac|\bacc\b|precision|recall|AU(?:RO|PR)?C|pearson|spearman|correlation|\bPCC|\bR2\b|\brho\b|cosine|top_k|"
    r"ASW|silhouette|LISI|[Δδ]",
    re.IGNORECASE,
)
"""What looks like a metric, read or not."""


class NotRead(Exception):
    """Why a table gives no scores; no error of anybody, and caught by the reader of tables."""


@dataclass(frozen=True)
class Unread:
    """A table that gave nothing, or a part of one that did."""

    paper_id: str
    passage_id: str
    table: str
    """What it is called: "Table 2", "s1.xlsx > scores"."""
    why: str


@dataclass
class Missed:
    """Numbers of a table that were not read, by why."""

    columns: Counter[str] = field(default_factory=Counter)
    """Title of a column of unknown words -> numbers that it may tell apart."""
    names: Counter[str] = field(default_factory=Counter)
    """Name of a row that is not understood -> its numbers."""
    headings: Counter[str] = field(default_factory=Counter)
    """Heading that is not understood -> the numbers below it."""
    errors: Counter[str] = field(default_factory=Counter)
    """Heading of errors -> the numbers below it."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Any other reason -> numbers."""
    several: int = 0
    """Cells that hold several numbers."""

    def below(self, name: str) -> None:
        """Count a number below a heading that is not understood."""
        (self.errors if ERROR.search(name.replace("_", " ")) else self.headings)[name] += 1

    def total(self) -> int:
        """How many cells were not read."""
        counts = (self.columns, self.names, self.headings, self.errors, self.reasons)
        return sum(each.total() for each in counts) + self.several

    def reason(self) -> str:
        """Why none was, by what most of them are missed for."""
        words, _, names = max(self._why(), key=lambda each: each[1], default=("it has no numbers in its cells", 0, ""))
        return f"{words}: {names}" if names else words

    def in_words(self, read: int) -> str:
        """How many were not, beside those that were, and why."""
        total = self.total()
        why = list(self._why())
        told = [
            f"{words} ({', '.join(filter(None, (str(number) if len(why) > 1 else '', names)))})"
            if names or len(why) > 1
            else words
            for words, number, names in why
        ]
        return f"{total} of {counted(total + read, 'number')} left out, as {'; '.join(told)}"

    def _why(self) -> Iterable[tuple[str, int, str]]:
        """Yield reasons, how many numbers each is for, and names that are examples of it."""
        for title, number in self.columns.items():
            yield f"its column {title!r} is not understood", number, ""
        for words, names in (
            ("names of rows are not understood", self.names),
            ("headings are not understood", self.headings),
            ("errors are not read", self.errors),
        ):
            if names:
                yield words, names.total(), _examples(names)
        for words, number in self.reasons.items():
            yield words, number, ""
        if self.several:
            yield "cells hold several numbers each", self.several, ""


def nothing_named(grid: Grid, labels: Labels, around: Surroundings, vocabulary: Vocabulary) -> str:
    """Why no cell can be read, as no model or no metric is named; empty if both are."""
    if not any(label.model and label.model.id for label in labels.known):
        return _no_model(grid, labels, vocabulary)
    if not around.metric and not any(label.metric for label in labels.known):
        return _no_metric(grid)
    return ""


def _no_model(grid: Grid, labels: Labels, vocabulary: Vocabulary) -> str:
    barred = dict.fromkeys(labels.barred.values()) if labels.bars_models else {}
    if len(barred) > 1:
        return f"its columns {' and '.join(map(repr, barred))} are not understood"
    if barred:
        return f"its column {next(iter(barred))!r} is not understood"
    names = dict.fromkeys([*(cell for row in grid.rows for cell in row.cells[: grid.stubs]), *_headings(grid)])
    halves = [name for name in names if any(m.kind == "model" and m.id for m in find_mentions(name, vocabulary))]
    if halves:
        return f"what it says of models is not understood: {_examples(halves)}"
    return "its headings name no model of the vocabulary"


def _no_metric(grid: Grid) -> str:
    headings = [name for name in _headings(grid) if name and not COST.search(name)]
    errors = [name for name in headings if ERROR.search(name.replace("_", " "))]
    if errors and len(errors) == len(headings):
        return "its metrics are errors, which are not read"
    if errors or any(METRIC.search(name) for name in headings):
        return f"its metrics are not among those that are read: {_examples(headings)}"
    return "neither its headings nor its caption name a metric"


def _headings(grid: Grid) -> list[str]:
    """Headings of the columns of numbers, each once."""
    return list(dict.fromkeys(heading(grid, column) for column in range(len(grid.head[-1]))))


def heading(grid: Grid, column: int) -> str:
    """What stands over a column of numbers, line by line."""
    return " ".join(dict.fromkeys(line[column] for line in grid.head if line[column]))


def row_name(grid: Grid, row: Row) -> str:
    """What names a row, with the line that it stands under."""
    return " ".join(filter(None, (row.section or "", *row.cells[: grid.stubs])))


def _examples(names: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    told = [" ".join(DECORATION.sub(" ", name).split()) or "an empty one" for name in names]
    short = [name if len(name) <= LONGEST else f"{name[: LONGEST - 2]} …" for name in told[:NAMED]]
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return ", ".join(map(repr, short)) + more
