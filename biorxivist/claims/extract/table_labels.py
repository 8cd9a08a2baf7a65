"""The labels of a table's rows and columns, and which of its columns of words nobody understands.

A column of words that nobody knows ("classifier", "Type") may tell cells apart. Where it does, they are not read; where
each model has one word of it, it tells nothing apart and is passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from biorxivist.claims.extract.grid import Grid
from biorxivist.claims.extract.labels import Label, Named, Role, averaged, read_label, read_role
from graph.vocabulary import Vocabulary

__all__ = ["FIELDS", "Labels", "merge", "read_labels"]

FIELDS = ("model", "metric", "dataset", "task", "regime")
AVERAGE = re.compile(
    r"(?:grand )?(?:averages?|avg\.?|means?|overall|totals?|all|median|ranks?|std\.?|s\.?d\.?)", re.IGNORECASE
)
SAYS_NOTHING = re.compile(
    r"(?:years?|ref(?:erence)?s?\.?|citations?|venues?|journals?|publications?|notes?|comments?|remarks?|status|"
    r"licen[cs]es?|code|languages?|ranks?|#|no\.?)",
    re.IGNORECASE,
)
"""Titles of columns that say nothing of the numbers beside them."""
# What a model was changed by: a score beside it is none of the model as such, whatever else the table holds.
CHANGES = re.compile(
    r"\b(?:variants?|settings?|ablat\w+|config\w*|components?|versions?|modes?|strateg\w+|inputs?|features?|loss(?:es)?|"
    r"train\w*|splits?|levels?|conditions?|w/o|without|no|minus|shuffl\w*|random(?:ly|i[sz]ed)?|frozen|reduced|only)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Labels:
    """What the rows and the columns of a table are called."""

    rows: tuple[Label | None, ...]
    """One a row; None where a part of its name is not understood."""
    columns: tuple[Label | None, ...]
    """One a column of numbers; None where a heading is not understood."""
    barred: Mapping[int, str]
    """Row -> title of the column of words that nobody understands and that may tell it from others."""
    bars_models: bool
    """Whether such rows are of models of the vocabulary."""

    @property
    def known(self) -> list[Label]:
        """Those that are understood."""
        return [label for label in (*self.rows, *self.columns) if label]


def read_labels(grid: Grid, vocabulary: Vocabulary, sets: Collection[str]) -> Labels:
    """Read the names of rows and columns.

    Parameters
    ----------
    sets
        Sets that the paper calls by a name of their own.
    """
    roles = [read_role(title) for title in grid.titles]
    cells = [
        [read_label(cell, vocabulary, role, sets=sets) for cell, role in zip(row.cells, roles, strict=False)]
        for row in grid.rows
    ]
    unknown = _unknown_columns(grid, roles, cells)
    for labels in cells:
        for column in unknown:
            labels[column] = Label()
    kinds: list[frozenset[str] | None] = [None] * grid.stubs
    rows: list[Label | None] = []
    for row, labels in zip(grid.rows, cells, strict=True):
        for column, label in enumerate(labels[: grid.stubs]):
            names = label.kinds() - {"regime", "percent"} if label else frozenset()
            kinds[column] = kinds[column] or names or None
            if names and row.filled and names != kinds[column]:
                labels[column] = None  # cells of a spanning row that slid into each other's place
        above = [read_label(row.section, vocabulary, sets=sets)] if row.section is not None else []
        rows.append(merge([*labels, *above], vocabulary))
    barred = _barred(grid, rows, [column for column in unknown if not _says_nothing(grid.titles[column])])
    return Labels(
        rows=tuple(None if place in barred else label for place, label in enumerate(rows)),
        columns=tuple(_columns(grid, vocabulary, sets)),
        barred=barred,
        bars_models=any((label := rows[place]) and label.model and label.model.id for place in barred),
    )


def merge(labels: Sequence[Label | None], vocabulary: Vocabulary) -> Label | None:
    """Labels as one; None if one is not understood, or two name different things of a kind."""
    merged = Label()
    for label in labels:
        if label is None:
            return None
        for name in (*FIELDS, "share"):
            ours, theirs = getattr(merged, name), getattr(label, name)
            if ours and theirs and (ours.id or ours.text) != (theirs.id or theirs.text):
                return None
            merged = replace(merged, **{name: ours or theirs})
        if merged.average and label.average and merged.average != label.average:
            return None
        merged = replace(merged, percent=merged.percent or label.percent, average=merged.average or label.average)
    if merged.metric and merged.average:
        metric = averaged(merged.metric, merged.average, vocabulary)
        return replace(merged, metric=metric) if metric else None
    return merged


def _says_nothing(title: str) -> bool:
    return SAYS_NOTHING.fullmatch(title.replace("_", " ").strip()) is not None


def _unknown_columns(grid: Grid, roles: Sequence[Role | None], cells: Sequence[Sequence[Label | None]]) -> list[int]:
    """Titled columns of words beside others, of which no word is understood, or whose title says that none matters."""
    columns = range(min(grid.stubs, len(grid.titles)))
    known = [
        frozenset(kind for labels in cells if (label := labels[column]) for kind in label.kinds()) for column in columns
    ]
    unknown = [
        column
        for column in columns
        if (title := grid.titles[column])
        and (
            _says_nothing(title)
            or (not known[column] and (roles[column] != "model" or any("model" in kinds for kinds in known)))
            or (
                known[column] == {"model"} and roles[column] is None and "model" in roles
            )  # what a model was read out by
        )
    ]
    return unknown if len(unknown) < grid.stubs else []


def _barred(grid: Grid, rows: Sequence[Label | None], columns: Sequence[int]) -> dict[int, str]:
    """Rows that a column of unknown words may tell from others, or from the model as such."""
    barred: dict[int, str] = {}
    for column in columns:
        title = grid.titles[column]
        words: dict[object, set[str]] = defaultdict(set)
        for row, label in zip(grid.rows, rows, strict=True):
            words[_name(label)].add(row.cells[column].casefold())
        for place, (row, label) in enumerate(zip(grid.rows, rows, strict=True)):
            is_changed = CHANGES.search(f"{title} {row.cells[column]}".replace("_", " "))
            if label is not None and (len(words[_name(label)]) > 1 or is_changed):
                barred.setdefault(place, title)
    return barred


def _name(label: Label | None) -> object:
    if label is None:
        return None
    names = (getattr(label, name) for name in (*FIELDS, "share"))
    return tuple(name and (name.id or name.text.casefold()) for name in names)


def _columns(grid: Grid, vocabulary: Vocabulary, sets: Collection[str]) -> list[Label | None]:
    """What the headings over each column say together; None where one of them is not understood."""
    lines = []
    for head in grid.head:
        labels = [read_label(text, vocabulary, sets=sets) for text in head]
        known = {kind for label in labels if label for kind in label.kinds() - {"percent"}}
        if known == {"dataset"}:  # what stands beside known sets is a set
            labels = [
                label or (None if AVERAGE.fullmatch(text) else Label(dataset=Named(text)))
                for label, text in zip(labels, head, strict=True)
            ]
        lines.append(labels)
    return [merge(column, vocabulary) for column in zip(*lines, strict=True)]
