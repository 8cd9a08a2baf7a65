"""A user's own scores: a CSV file becomes Result records.

Columns: model, dataset, task, metric, value; optional: evaluation, regime, sampling, fraction, cells, steps, seed,
test_cells (how many cells were scored: without it no accuracy has an interval over test cells).
Names are those of the vocabulary, matched exactly; nothing is imported unless every row can be.
"""

from __future__ import annotations

import csv
import difflib
import math
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from biorxivist.errors import BadResults, InvalidInput
from graph.errors import UnknownName, or_list
from graph.records import Metric, Regime, Result
from graph.vocabulary import KINDS, Vocabulary, load_vocabulary
from graph.vocabulary.protocol import COUNT

__all__ = ["read_results"]

REQUIRED = ("model", "dataset", "task", "metric", "value")
OPTIONAL = ("evaluation", "regime", "sampling", "fraction", "cells", "steps", "seed", "test_cells")
MAX_ROWS = 1_000_000
LOSS = "metric:loss"


def read_results(path: Path, *, vocabulary: Vocabulary | None = None) -> list[Result]:
    """Results of a CSV file, in its order, with ``source="user"``.

    The id of a result comes from what was measured and the name of the file, not from the value: a corrected file of
    the same name replaces its earlier values, and the same file twice changes nothing.

    Raises
    ------
    BadResults
        With the number of the row (the header is row 1), if a column is missing or unknown, a name is not in the
        vocabulary, a score is not within 0-1, or two rows give one thing.
    """
    vocabulary = vocabulary or load_vocabulary()
    seen: dict[str, int] = {}
    results = []
    if path.suffix == ".jsonl":
        msg = (
            f"{path}: records, such as those of a study, are loaded by `biorxivist graph load {path}`; this takes CSV."
        )
        raise InvalidInput(msg)
    for row, values in _rows(path):
        result = _result(path, row, values, vocabulary)
        if (other := seen.setdefault(result.id, row)) != row:
            raise BadResults(path, row, f"it measures the same as row {other}. Tell them apart by a seed column.")
        results.append(result)
    if not results:
        raise BadResults(path, 1, "there is no row below the header.")
    return results


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            reader.fieldnames = _header(path, reader.fieldnames)
            for values in reader:
                if reader.line_num > MAX_ROWS:
                    raise BadResults(path, reader.line_num, f"more than {MAX_ROWS} rows; split the file.")
                if None in values or None in values.values():
                    raise BadResults(path, reader.line_num, f"it does not have {len(reader.fieldnames)} columns.")
                yield reader.line_num, {name: text.strip() for name, text in values.items()}
    except UnicodeDecodeError as error:
        raise BadResults(path, 1, f"the file is not UTF-8 text ({error.reason}). Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise BadResults(path, 1, f"the file is not CSV ({error}).") from error
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}. Give a CSV file with the columns {', '.join(REQUIRED)}."
        raise InvalidInput(msg) from error


def _header(path: Path, fields: object) -> list[str]:
    names = [str(name).strip().lower() for name in fields] if isinstance(fields, list) else []
    for name in names:
        if name not in (*REQUIRED, *OPTIONAL):
            close = difflib.get_close_matches(name, (*REQUIRED, *OPTIONAL), n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Columns are {', '.join((*REQUIRED, *OPTIONAL))}."
            raise BadResults(path, 1, f"unknown column {name!r}. {hint}")
    if missing := [name for name in REQUIRED if name not in names]:
        raise BadResults(path, 1, f"no column {', '.join(missing)}. Columns are {', '.join((*REQUIRED, *OPTIONAL))}.")
    if len(set(names)) < len(names):
        raise BadResults(path, 1, "a column stands twice.")
    return names


def _result(path: Path, row: int, values: Mapping[str, str], vocabulary: Vocabulary) -> Result:
    try:
        ids = {name: vocabulary.resolve(name, values[name]) for name in KINDS}
    except UnknownName as error:
        close = f" Did you mean {or_list(error.suggestions)}?" if error.suggestions else ""
        role = " role=ROLE" if error.kind == "model" else ""
        remedy = f"`biorxivist vocabulary add {error.kind} {shlex.quote(error.name)}{role} --source URL` adds it"
        raise BadResults(path, row, f"no {error.kind} {error.name!r}.{close} If it is a new one, {remedy}.") from error
    value = _number(path, row, "value", values["value"])
    _check_value(path, row, value, ids["metric"], vocabulary)
    regime = values.get("regime") or None
    if regime not in (None, *get_args(Regime)):
        raise BadResults(path, row, f"regime {regime!r} is none of {', '.join(get_args(Regime))}.")
    fraction = _optional(path, row, "fraction", values)
    if fraction is not None and not 0 <= fraction <= 1:
        raise BadResults(path, row, f"fraction {fraction:g} is not within 0-1; give 10 % as 0.1.")
    whole = {name: _whole(path, row, name, values) for name in ("cells", "steps", "seed", "test_cells")}
    optional: dict[str, Any] = {
        "evaluation": values.get("evaluation") or "user",
        "sampling": values.get("sampling") or None,
        "fraction": fraction,
        "cells": whole["cells"],
        "steps": whole["steps"],
        "seed_data": whole["seed"],
        "seed_init": whole["seed"],
        "test_cells": whole["test_cells"],
    }
    return Result(
        model_id=ids["model"],
        dataset_id=ids["dataset"],
        task_id=ids["task"],
        metric_id=ids["metric"],
        value=value,
        n=1,
        regime=regime,
        source="user",
        location=path.name,
        **optional,
    )


def _check_value(path: Path, row: int, value: float, metric_id: str, vocabulary: Vocabulary) -> None:
    roots = vocabulary.lineage(metric_id)
    metric = vocabulary.get(metric_id)
    free = LOSS in roots or COUNT in roots or (isinstance(metric, Metric) and not metric.higher_is_better)
    signed = metric_id.startswith("metric:pearson")
    if not free and not (-1 if signed else 0) <= value <= 1:
        percent = f" If it is a percentage, give {value / 100:g}." if 1 < value <= 100 else ""
        low = -1 if signed else 0
        raise BadResults(path, row, f"value {value:g} of {metric_id} is not from {low} to 1.{percent}")


def _number(path: Path, row: int, name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadResults(path, row, f"{name} {text!r} is not a number.")
    return number


def _optional(path: Path, row: int, name: str, values: Mapping[str, str]) -> float | None:
    return _number(path, row, name, text) if (text := values.get(name, "")) else None


def _whole(path: Path, row: int, name: str, values: Mapping[str, str]) -> int | None:
    number = _optional(path, row, name, values)
    if number is None:
        return None
    if number < 0 or number != int(number):
        raise BadResults(path, row, f"{name} {number:g} is not a whole number from 0 up.")
    return int(number)
