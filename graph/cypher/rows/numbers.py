"""Arithmetic with Neo4j's values: integers of 64 bits, floats, and the errors of both."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal

from graph.cypher.rows.values import Unanswerable

__all__ = [
    "BLANK", "computed", "divided", "number_text", "of_float", "power_of", "remainder", "rounded", "to_float",
    "to_integer", "whole",
]  # fmt: skip

LARGEST, SMALLEST = 2**63 - 1, -(2**63)
BLANK = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029"
    "\u205f\u3000"
)
"""White space as Java knows it, which does not count spaces at which a line must not break."""


def whole(value: int) -> int:
    """An integer that has 64 bits."""
    if not SMALLEST <= value <= LARGEST:
        msg = "An integer is beyond 64 bits; compute with toFloat(x)."
        raise Unanswerable(msg)
    return value


def _number(value: float) -> float:
    if value != value:
        msg = "The result is not a number (0.0 / 0.0, the root of a negative number); leave such rows out with WHERE."
        raise Unanswerable(msg)
    return value


def computed(left: float, sign: str, right: float) -> float:
    """A sum, difference or product."""
    value = left + right if sign == "+" else left - right if sign == "-" else left * right
    return whole(value) if isinstance(value, int) else _number(value)


def divided(left: float, right: float) -> float:
    """A quotient: cut for integers, an infinity for a float over zero."""
    if isinstance(left, int) and isinstance(right, int):
        if right == 0:
            msg = "An integer is divided by zero; ask for x <> 0 before, or divide toFloat(x)."
            raise Unanswerable(msg)
        return min(abs(left) // abs(right), LARGEST) * (1 if (left < 0) == (right < 0) else -1)
    if right == 0:
        return _number(math.nan if left == 0 else math.copysign(math.inf, left) * math.copysign(1.0, right))
    return left / right


def remainder(left: float, right: float) -> float:
    """What is left, with the sign of the first number."""
    if isinstance(left, int) and isinstance(right, int):
        if right == 0:
            msg = "The remainder of a division by zero; ask for x <> 0 before."
            raise Unanswerable(msg)
        return int(math.copysign(1, left)) * (abs(left) % abs(right))
    return _number(math.nan) if right == 0 or math.isinf(left) else math.fmod(left, right)


def power_of(base: float, exponent: float) -> float:
    """A power, always a float."""
    try:
        return _number(math.pow(base, exponent))
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:  # a root of a negative number, or zero to a negative power
        return math.inf if base == 0 else _number(math.nan)


def of_float(compute: Callable[[float], float], *, at_zero: float = math.nan) -> Callable[[float], float]:
    """A function of floats, with what Neo4j answers where Python raises."""

    def call(value: float) -> float:
        try:
            return _number(compute(float(value)))
        except OverflowError:
            return math.inf
        except ValueError:
            return at_zero if value == 0 and not math.isnan(at_zero) else _number(math.nan)

    return call


def rounded(value: float, digits: int = 0, mode: str = "HALF_UP") -> float:
    """Halves go up without decimals, away from zero with them; the shortest decimal of a number is rounded."""
    if mode != "HALF_UP":
        msg = f"round() in the mode {mode}; only HALF_UP is known."
        raise Unanswerable(msg)
    if math.isinf(value):
        return float(min(max(value, float(SMALLEST)), float(LARGEST))) if digits == 0 else value
    if digits == 0:
        floor = math.floor(value)
        nearest = floor + (1 if value - floor >= 0.5 else 0)
        return float(min(max(nearest, SMALLEST), LARGEST))
    if digits < 0:
        msg = f"round() to {digits} decimals; there is no less than 0."
        raise Unanswerable(msg)
    exact = Decimal(repr(float(value)))
    return float(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, Context(prec=800)))


def number_text(value: float) -> str:
    """A number as Java writes it: 1.0E10, and the shortest digits that read as the same float."""
    if isinstance(value, int):
        return str(value)
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    power = len(digits) + int(exponent) - 1 if any(digits) else 0
    minus = "-" if sign else ""
    if text == "0" or -3 <= power < 7:
        return repr(value) if "e" not in repr(value) else minus + format(Decimal(repr(value)), "f")
    return f"{minus}{text[0]}.{text[1:] or '0'}E{power}"


def to_integer(value: str | float) -> int | None:
    """The integer part, or null for a text that is not a number."""
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        text = value.strip(BLANK)
        if re.fullmatch(r"[+-]?\d+", text):  # in the digits of any script, as Java reads them
            return whole(int(text))
        if (number := to_float(text)) is None:
            return None
        value = number
    return LARGEST if value >= LARGEST else SMALLEST if value <= SMALLEST else int(value)


def to_float(value: str | float) -> float | None:
    """A float, or null for a text that is not a number."""
    if isinstance(value, str):
        text = value.strip(BLANK)
        return float(text) if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text) else None
    return float(value)
