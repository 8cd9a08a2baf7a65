"""Aggregates over the values of a group; null never counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from graph.cypher.rows.numbers import whole
from graph.cypher.rows.values import Unanswerable, as_key

__all__ = ["aggregate"]


def aggregate(name: str, values: Sequence[Any], share: Any = None, *, distinct: bool) -> Any:
    """Value of an aggregate.

    Parameters
    ----------
    name
        The function, in lower case.
    values
        One value per row.
    share
        Second argument of a percentile.
    distinct
        Take equal values once.
    """
    known = [value for value in values if value is not None]
    if distinct:
        known = list({as_key(value): value for value in reversed(known)}.values())[::-1]
    if name.startswith("percentile"):
        if not 0 <= share <= 1:
            msg = f"A percentile of {share}: it is a share from 0 to 1."
            raise Unanswerable(msg)
        return _PERCENTILES[name](sorted(known), share) if known else None
    return _AGGREGATES[name](known)


def _sum(values: Sequence[float]) -> float:
    total = sum(values)
    return whole(total) if isinstance(total, int) else total


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _continuous(values: Sequence[float], share: float) -> float:
    place = share * (len(values) - 1)
    below, above = values[math.floor(place)], values[math.ceil(place)]
    if math.floor(place) == math.ceil(place):
        return float(below)
    return float(below * (math.ceil(place) - place) + above * (place - math.floor(place)))


def _discrete(values: Sequence[float], share: float) -> float:
    return values[max(0, math.ceil(share * len(values)) - 1)]


def _deviation(sample: int) -> Callable[[Sequence[float]], float | None]:
    """Standard deviation: of a sample (1) or of a whole population (0); 0 for one number.

    Updated value by value (Welford), as Neo4j does, so that the last digits agree.
    """

    def deviation(values: Sequence[float]) -> float | None:
        if len(values) <= sample:
            return 0.0 if values else None
        mean = squares = 0.0
        for number, value in enumerate(values, 1):
            distance = value - mean
            mean += distance / number
            squares += distance * (value - mean)
        return math.sqrt(squares / (len(values) - sample))

    return deviation


_PERCENTILES = {"percentilecont": _continuous, "percentiledisc": _discrete}
_AGGREGATES: dict[str, Callable[[Sequence[Any]], Any]] = {
    "count": len,
    "collect": list,
    "sum": _sum,
    "avg": _mean,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "stdev": _deviation(1),
    "stdevp": _deviation(0),
}
