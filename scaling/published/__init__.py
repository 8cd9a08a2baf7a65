"""The papers' numbers as data: saturation points, curves, diversity, baselines, each with its source and known errors.

The data are CSV files beside this module; lines that start with ``#`` give their source and their known errors. A
number that is known to be misprinted stays as it is (``as_printed``), with its correction beside it (``corrected``).
"""

from __future__ import annotations

from collections.abc import Iterator

from graph.records import Result, SaturationPoint

__all__ = ["records"]


def records() -> Iterator[Result | SaturationPoint]:
    """Read all published numbers, in the order of their files.

    Raises
    ------
    UnknownName
        If a file uses a name that the vocabulary does not know.
    ValueError
        If a row of a file is not valid, with its file and line.
    """
    from scaling.published import deep_dive, denadel

    yield from denadel.saturation_points()
    yield from denadel.curves()
    yield from denadel.diversity()
    yield from denadel.inference_times()
    yield from deep_dive.scores()
