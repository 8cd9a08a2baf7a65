"""Reading the data files of this package."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from importlib import resources
from typing import TypeVar

__all__ = ["fraction", "number", "parse"]

T = TypeVar("T")


def parse(name: str, build: Callable[[dict[str, str]], Iterator[T]]) -> Iterator[T]:
    """Records that ``build`` makes of each row of the CSV file ``name``, comment lines left out.

    Raises
    ------
    ValueError
        If a row does not make records, with file and line.
    """
    lines = (resources.files("scaling.published") / name).read_text(encoding="utf-8").splitlines()
    comments = sum(line.startswith("#") for line in lines)
    for number, row in enumerate(csv.DictReader(lines[comments:]), start=comments + 2):
        try:
            found = list(build(row))
        except (KeyError, ValueError) as error:
            msg = f"scaling/published/{name}, line {number}: {error}"
            raise ValueError(msg) from error
        yield from found


def number(text: str) -> float | None:
    """Number of a field; None for an empty one."""
    return float(text) if text else None


def fraction(percent: str) -> float | None:
    """Share 0-1 of a field in per cent; None for an empty one."""
    return float(percent) / 100 if percent else None
