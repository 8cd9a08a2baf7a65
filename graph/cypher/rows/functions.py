"""Calls of functions, with Neo4j's values. A null argument makes null, except where :data:`OF_NULL` says otherwise."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from graph.cypher.regex import compiled_pattern
from graph.cypher.rows.numbers import (
    BLANK,
    number_text,
    of_float,
    rounded,
    to_float,
    to_integer,
    whole,
)
from graph.cypher.rows.values import Duration, Edge, Node, Unanswerable

__all__ = ["FUNCTIONS", "OF_NULL", "matches", "moved"]

MOST_MEMBERS = 1_000_000
_MONTH_OR_YEAR = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def matches(text: str, pattern: str) -> bool:
    """Whether a regular expression is the whole text, in time linear in its length."""
    return compiled_pattern(pattern)(text)


# --- text ------------------------------------------------------------------------------------------------------------


def _count(value: int, what: str) -> int:
    if value < 0:
        msg = f"{what} of {value} characters; a length or place is never negative."
        raise Unanswerable(msg)
    return value


def _substring(text: str, start: int, length: int | None = None) -> str:
    _count(start, "substring()")
    return text[start:] if length is None else text[start : start + _count(length, "substring()")]


def _left(text: str, length: int) -> str:
    return text[: _count(length, "left()")]


def _right(text: str, length: int) -> str:
    return text[max(0, len(text) - _count(length, "right()")) :]


def _split(text: str, between: str) -> list[str]:
    return text.split(between) if between else list(text) or [""]


def _to_string(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number_text(value)
        case datetime():
            msg = "toString() of an instant; return it as it is."
            raise Unanswerable(msg)
        case date():
            return value.isoformat()
    return str(value)


def _to_boolean(value: str | int) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip(BLANK).lower())
    return value != 0


# --- days ------------------------------------------------------------------------------------------------------------


def _date(value: Any = None) -> date:
    match value:
        case None:
            return date.today()  # noqa: DTZ011 (a day has no zone)
        case date():
            return value
        case dict():
            parts = _whole_parts(value, "date()", ("year", "month", "day"))
            text = f"{parts.get('year', 0):04d}-{parts.get('month', 1):02d}-{parts.get('day', 1):02d}"
        case _:
            text = str(value)
            if _MONTH_OR_YEAR.fullmatch(text):
                text += "-01" if "-" in text else "-01-01"
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is not a day; write it as 2024-01-31."
        raise Unanswerable(msg) from None


def _duration(value: Any) -> Duration:
    names = ("years", "months", "weeks", "days")
    if isinstance(value, dict):
        parts = _whole_parts(value, "duration()", names)
    else:
        match = _PERIOD.fullmatch(value)
        if match is None or value == "P":
            msg = f"{value!r} is not a duration of days; write duration({{years: 2}}) or 'P2Y'."
            raise Unanswerable(msg)
        parts = dict(zip(names, (int(part or 0) for part in match.groups()), strict=True))
    months = 12 * parts.get("years", 0) + parts.get("months", 0)
    return Duration(months, 7 * parts.get("weeks", 0) + parts.get("days", 0))


def _whole_parts(value: dict[str, Any], what: str, known: tuple[str, ...]) -> dict[str, int]:
    for name, part in value.items():
        if name not in known or not isinstance(part, int):
            msg = f"{what} of {name}: {part!r}; write it with whole numbers of {', '.join(known)}."
            raise Unanswerable(msg)
    return value


def moved(day: date, sign: str, duration: Duration) -> date:
    """A day some months and days later or earlier; the day of the month is cut to what the month has."""
    factor = 1 if sign == "+" else -1
    year, month = divmod(day.year * 12 + day.month - 1 + factor * duration.months, 12)
    try:
        start = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return start + timedelta(days=factor * duration.days)
    except (ValueError, OverflowError):
        msg = f"{day} and {duration.months} months, {duration.days} days is a day beyond the years 1 to 9999."
        raise Unanswerable(msg) from None


# --- lists, nodes, relationships, paths ------------------------------------------------------------------------------


def _range(first: int, last: int, step: int = 1) -> list[int]:
    if step == 0:
        msg = "range() with a step of 0 has no end."
        raise Unanswerable(msg)
    numbers = range(first, last + (1 if step > 0 else -1), step)
    if len(numbers) > MOST_MEMBERS:
        msg = f"range() with {len(numbers)} numbers is one value; ask for fewer."
        raise Unanswerable(msg)
    return list(numbers)


def _properties(value: Any) -> dict[str, Any]:
    if isinstance(value, Node | Edge):
        return {name: item for name, item in value.properties.items() if item is not None}
    return dict(value)


def _element_id(value: Any) -> str:
    if not isinstance(value, Node):
        msg = "elementId() of a relationship; use type(r) and the ids of its ends."
        raise Unanswerable(msg)
    return value.id


def _end(side: str) -> Callable[[Edge], Node | None]:
    def end(edge: Edge) -> Node | None:
        node: Node | None = getattr(edge, side)
        if node is None:
            msg = f"{side}Node() of a relationship whose nodes the pattern does not name; name them."
            raise Unanswerable(msg)
        return node

    return end


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _absolute(value: float) -> float:
    return whole(abs(value)) if isinstance(value, int) else abs(value)


OF_NULL = frozenset(["coalesce"])
"""Functions to which a null argument is a value like another."""
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "coalesce": _coalesce,
    "size": len,
    "isempty": lambda value: not value,
    "tostring": _to_string,
    "tointeger": to_integer,
    "tofloat": to_float,
    "toboolean": _to_boolean,
    "type": lambda edge: edge.type,
    "labels": lambda node: [node.label],
    "length": lambda path: len(path.edges),
    "nodes": lambda path: list(path.nodes),
    "relationships": lambda path: list(path.edges),
    "startnode": _end("start"),
    "endnode": _end("end"),
    "properties": _properties,
    "elementid": _element_id,
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": lambda text: text.strip(BLANK),
    "ltrim": lambda text: text.lstrip(BLANK),
    "rtrim": lambda text: text.rstrip(BLANK),
    "replace": lambda text, search, by: text.replace(search, by),
    "substring": _substring,
    "left": _left,
    "right": _right,
    "split": _split,
    "reverse": lambda value: value[::-1],
    "head": lambda values: values[0] if values else None,
    "last": lambda values: values[-1] if values else None,
    "tail": lambda values: values[1:],
    "range": _range,
    "abs": _absolute,
    "ceil": lambda value: float(math.ceil(value)) if math.isfinite(value) else value,
    "floor": lambda value: float(math.floor(value)) if math.isfinite(value) else value,
    "round": rounded,
    "sqrt": of_float(math.sqrt),
    "exp": of_float(math.exp),
    "log": of_float(math.log, at_zero=-math.inf),
    "log10": of_float(math.log10, at_zero=-math.inf),
    "sign": lambda value: (value > 0) - (value < 0),
    "pi": lambda: math.pi,
    "e": lambda: math.e,
    "date": _date,
    "duration": _duration,
    "exists": lambda value: value,
}
"""Function, in lower case -> how it is computed."""
