"""The circumstances of a verdict as lines that a person reads: no braces, no raw records, and none without end.

The details of an `Evidence` are for programs, which read them from ``--json``. Here a map becomes a line or a table,
and a long list of records a count of what it holds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["circumstance_lines"]

LABELS = {
    "adjusted": "adjusted for the claims tested on the same source",
    "allowed": "values that would bear the claim out",
    "baselines": "scores of the baselines",
    "beside": "saturation points of our runs, which never enter the verdict",
    "cells": "corpus cells",
    "counts": "counts that sources give",
    "delta": "smallest difference that counts",
    "epochs_per_cell": "times that each cell is seen in training, by corpus cells",
    "flat_share": "share of curves that are flat, by threshold",
    "loss_at_share": "loss at the claimed fraction",
    "needed": "share of points that have to lie there",
    "points": "printed points, by fraction of the corpus",
    "share": "fraction of the corpus that the claim names",
    "thresholds": "curves that saturate at the smallest size, by threshold",
    "without_headroom": "set aside, because PCA leaves no headroom",
}
"""Field of the details -> what it holds; any other is named by itself."""
TABLES = {"scores": ("scores", "training steps", "corpus cells")}
"""Field that holds a table for each model -> its name, and what its rows and columns are."""
NO_STEPS = "None"
"""Key of the scores of a model that is fitted, not trained step by step."""
MOST_VALUES, MOST_KINDS = 12, 4
"""Values of a list that are printed, and values of a field that are counted one by one."""


def circumstance_lines(details: Mapping[str, Any], indent: str = "  ") -> Iterator[str]:
    """Lines on each circumstance, in the order in which the rule recorded them.

    Parameters
    ----------
    details
        Those of an `Evidence`.
    indent
        What every line begins with.
    """
    for name, value in details.items():
        label = LABELS.get(name, _words(name))
        if name in TABLES and isinstance(value, Mapping):
            title, rows, columns = TABLES[name]
            for model, table in value.items():
                yield f"{indent}{title} of {model}, by {rows} (down) and {columns} (across):"
                yield from (f"{indent}  {line}" for line in _table(table))
        elif isinstance(value, Mapping) and any(isinstance(each, Mapping) for each in value.values()):
            yield f"{indent}{label}:"
            yield from (f"{indent}  {key}: {_value(each)}" for key, each in value.items())
        elif isinstance(value, list | tuple) and (records := _records(value)):
            yield f"{indent}{label}: {len(records)}" + (", each in full in --json" if len(records) > MOST_KINDS else "")
            lines = map(_settings, records) if len(records) <= MOST_KINDS else _counts(records)
            yield from (f"{indent}  {line}" for line in lines)
        else:
            yield f"{indent}{label}: {_value(value)}"


def _words(name: str) -> str:
    """A field or key in words; an id stays, because names take its place."""
    return name if ":" in name else name.replace("_", " ")


def _settings(record: Mapping[str, Any]) -> str:
    """A record on one line, its parts in parentheses; a field without a value is a setting that is not used."""
    parts = (
        f"{_words(key)} ({_settings(value)})" if isinstance(value, Mapping) else f"{_words(key)}: {_value(value)}"
        for key, value in record.items()
        if value is not None
    )
    return "; ".join(parts)


def _value(value: Any) -> str:
    """A value on one line."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case int():
            return _count(value)
        case float():
            return _count(int(value)) if value.is_integer() and abs(value) >= 10 else f"{value:.4g}"
        case Mapping():
            return "; ".join(f"{_words(key)}: {_value(each)}" for key, each in value.items()) or "none"
        case list() | tuple():
            more = f" and {len(value) - MOST_VALUES:,} more, in --json" if len(value) > MOST_VALUES else ""
            return (", ".join(map(_value, value[:MOST_VALUES])) or "none") + more
        case _:
            return str(value)


def _count(value: int) -> str:
    """A whole number; short ones without a comma, which in a list would look like two."""
    return f"{value:,}" if abs(value) >= 10_000 else str(value)


def _records(values: Sequence[Any]) -> list[Mapping[str, Any]]:
    """The values as maps, even where each is the text of one; empty if any is something else."""
    records = [_parsed(value) for value in values]
    return [record for record in records if record is not None] if None not in records else []


def _parsed(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    return value if isinstance(value, Mapping) else None


def _counts(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """For each field what its values are: how often each occurs where they are few, else how they range."""
    for field in dict.fromkeys(field for record in records for field in record):
        values = [record[field] for record in records if record.get(field) is not None]
        kinds = Counter(map(_value, values))
        if not values:
            continue
        if len(kinds) <= MOST_KINDS:
            yield f"{_words(field)}: " + ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items()))
        elif all(isinstance(value, int | float) for value in values):
            yield f"{_words(field)}: {_value(min(values))} to {_value(max(values))}"
        else:
            yield f"{_words(field)}: {len(kinds)} different values"


def _table(rows: Mapping[str, Any]) -> list[str]:
    """Numbers in columns; a row that is one number, such as the score without training, stands alone."""
    columns = sorted({key for row in rows.values() if isinstance(row, Mapping) for key in row}, key=_place)
    names = {key: "no steps" if key == NO_STEPS else _words(key) for key in rows}
    margin = max((len(name) for name in names.values()), default=0)
    cells = {key: [_score(row.get(column)) for column in columns] for key, row in rows.items() if _is_row(row)}
    head = [_count(int(column)) if column.isdigit() else column for column in columns]
    widths = [max(map(len, column)) for column in zip(head, *cells.values(), strict=True)]
    lines = [_aligned("", margin, head, widths)] if columns else []
    for key in sorted(rows, key=_place):
        row = cells.get(key)
        lines.append(
            _aligned(names[key], margin, row, widths) if row else f"{names[key]:>{margin}}  {_value(rows[key])}"
        )
    return lines


def _is_row(row: object) -> bool:
    return isinstance(row, Mapping)


def _place(key: str) -> tuple[bool, int, str]:
    """Order of keys: numbers by size, then words."""
    return (not key.isdigit(), int(key) if key.isdigit() else 0, key)


def _score(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "-" if value is None else str(value)


def _aligned(name: str, margin: int, cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"{name:>{margin}}  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
