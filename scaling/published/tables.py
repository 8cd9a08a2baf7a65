"""Read the data files of this package."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from importlib import resources
from typing import TypeVar

__all__ = ["parse", "read_fraction", "read_number"]

T = TypeVar("T")


def parse(name: str, build: Callable[[dict[str, str]], Iterator[T]]) -> Iterator[T]:
    """Build records from each row of the CSV file ``name``; comment lines are skipped.

    Raises
    ------
    ValueError
        If a row cannot be built into records, with file and line.
    """
    lines = (resources.files("scaling.published") / name).read_text(encoding="utf-8").splitlines()
    comments = sum(line.startswith("#") for line in lines)
    for line, row in enumerate(csv.DictReader(lines[comments:]), start=comments + 2):
        try:
            built = list(build(row))
        except (KeyError, ValueError) as error:
            msg = f"scaling/published/{name}, line {line}: {error}"
            raise ValueError(msg) from error
        yield from built


def read_number(text: str) -> float | None:
    """Number in a field; None for an empty field."""
    return float(text) if text else None


def read_fraction(percent: str) -> float | None:
    """Fraction (0-1) of a field in per cent; None for an empty field."""
    return float(percent) / 100 if percent else None
