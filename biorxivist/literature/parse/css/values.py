"""Values of CSS properties: lengths, colours, and the numbers inside of functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tinycss2 import parse_one_component_value
from tinycss2.color5 import parse_color

__all__ = ["BLACK", "WHITE", "Color", "Length", "arguments", "color_of", "colors_in", "length_of", "lengths_in"]

Token = Any
"""A component value of tinycss2."""
SCREEN = {"vw": 12.8, "vh": 8.0, "vmin": 8.0, "vmax": 12.8}
"""Pixels of a hundredth of the window: 1280 by 800."""
ABSOLUTE = {"px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6}
OF_FONT = {"em": 1.0, "ex": 0.5, "ch": 0.5, "cap": 0.7, "lh": 1.2}
ROOT = 16.0
"""Pixels of a letter where nothing says how large it is."""


class Length(NamedTuple):
    """A length as written: a number and its unit; ``%`` is one."""

    number: float
    unit: str

    def pixels(self, *, em: float, whole: float) -> float:
        """Pixels of it.

        Parameters
        ----------
        em
            Size of the letters, in pixels.
        whole
            What a percentage is of, in pixels.
        """
        if self.unit == "%":
            return self.number * whole / 100
        if self.unit == "rem":
            return self.number * ROOT
        return self.number * (ABSOLUTE.get(self.unit) or SCREEN.get(self.unit) or OF_FONT[self.unit] * em)


class Color(NamedTuple):
    """A colour; channels and opacity from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, ground: Color) -> Color:
        """The colour that is seen where this one is painted on another."""
        return Color(*(a * self.alpha + b * (1 - self.alpha) for a, b in zip(self[:3], ground[:3], strict=True)))

    def is_close(self, other: Color, *, within: float) -> bool:
        """Whether no channel differs by more than ``within``."""
        return all(abs(a - b) <= within for a, b in zip(self[:3], other[:3], strict=True))


BLACK, WHITE = Color(0, 0, 0), Color(1, 1, 1)


def color_of(token: Token | str | None) -> Color | None:
    """The colour of a token or an attribute; None if it is none, or depends on another one."""
    if isinstance(token, str):
        token = parse_one_component_value(token.strip(), skip_comments=True)
    try:
        parsed = parse_color(token) if token is not None else None
        if parsed is None or isinstance(parsed, str):
            return None
        if parsed.space in ("lab", "lch", "oklab", "oklch"):  # not converted by the library: its lightness is enough
            grey = (parsed.coordinates[0] or 0.0) / (1 if parsed.space.startswith("ok") else 100)
            return Color(grey, grey, grey, float(parsed.alpha))
        red, green, blue = (float(channel or 0.0) for channel in parsed.to("srgb").coordinates)
        return Color(red, green, blue, float(parsed.alpha))
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return None


def colors_in(tokens: Iterable[Token]) -> Iterator[Color]:
    """Every colour among tokens, and inside of their functions, as gradients have them."""
    for token in tokens:
        if (color := color_of(token)) is not None:
            yield color
        elif token.type == "function" and token.lower_name != "url":
            yield from colors_in(token.arguments)


def length_of(token: Token) -> Length | None:
    """The length of a token; None if it is none."""
    if token.type == "percentage":
        return Length(token.value, "%")
    if token.type == "number" and token.value == 0:
        return Length(0, "px")
    if token.type == "dimension":
        unit = token.lower_unit
        if unit in ABSOLUTE or unit in SCREEN or unit in OF_FONT or unit == "rem":
            return Length(token.value, unit)
    if token.type == "function" and token.lower_name == "calc":
        return _calculated(words(token.arguments))
    return None


def lengths_in(tokens: Iterable[Token]) -> list[Length]:
    """Every length among tokens."""
    return [length for token in tokens if (length := length_of(token)) is not None]


def words(tokens: Iterable[Token]) -> list[Token]:
    """Tokens that are no white space."""
    return [token for token in tokens if token.type not in ("whitespace", "comment")]


def arguments(function: Token) -> list[list[Token]]:
    """Arguments of a function, as tokens."""
    groups: list[list[Token]] = [[]]
    for token in words(function.arguments):
        if token.type == "literal" and token.value == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    return groups


def _calculated(tokens: Sequence[Token]) -> Length | None:
    """A length, or a length times or through a number; sums of unlike units are left to the browser."""
    if len(tokens) == 1:
        return length_of(tokens[0])
    if len(tokens) != 3 or tokens[1].type != "literal":
        return None
    (left, sign, right), numbers = tokens, [t.value if t.type == "number" else None for t in tokens]
    first, second = length_of(left), length_of(right)
    if sign.value == "*" and first and numbers[2] is not None:
        return Length(first.number * numbers[2], first.unit)
    if sign.value == "*" and second and numbers[0] is not None:
        return Length(second.number * numbers[0], second.unit)
    if sign.value == "/" and first and numbers[2]:
        return Length(first.number / numbers[2], first.unit)
    if sign.value in "+-" and first and second and (first.unit == second.unit or 0 in (first.number, second.number)):
        unit = first.unit if first.number else second.unit
        return Length(first.number + (second.number if sign.value == "+" else -second.number), unit)
    return None
