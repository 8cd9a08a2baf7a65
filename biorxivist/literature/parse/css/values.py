"""Values of CSS properties: lengths, colours, and the numbers inside of functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tinycss2 import parse_one_component_value
from tinycss2.color5 import parse_color

__all__ = ["BLACK", "CURRENT", "FAINTEST", "WHITE", "Color", "Length", "arguments", "color_of", "colors_in",
           "length_of", "lengths_in", "number_of", "words"]  # fmt: skip

Token = Any
"""A component value of tinycss2."""
SCREEN = {"vw": 12.8, "vh": 8.0, "vmin": 8.0, "vmax": 12.8}
"""Pixels of a hundredth of the window: 1280 by 800."""
ABSOLUTE = {"px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6}
OF_FONT = {"em": 1.0, "ex": 0.5, "ch": 0.5, "cap": 0.7, "lh": 1.2}
ROOT = 16.0
"""Pixels of a letter where nothing says how large it is."""
FAINTEST = 0.1
"""Opacity below which nothing is read."""
DEEPEST = 16
"""Functions inside of functions that are worked out."""


class Length(NamedTuple):
    """A length as written: a number and its unit; ``%`` is one."""

    number: float
    unit: str
    more: float = 0.0
    """Pixels beside a percentage, as in ``calc(50% - 9px)``."""

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
            return self.number * whole / 100 + self.more
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
CURRENT = Color(-1, -1, -1)
"""Stands for the colour of the letters (``currentcolor``)."""
OF_SCREENS = frozenset(("display-p3", "a98-rgb", "prophoto-rgb", "rec2020", "srgb-linear"))
OF_THE_SYSTEM = {
    **dict.fromkeys(("canvas", "window", "field", "background"), WHITE),
    **dict.fromkeys(("canvastext", "windowtext", "fieldtext", "buttontext"), BLACK),
}
"""Colours that a light screen has for names of its own."""


def color_of(token: Token | str | None) -> Color | None:
    """The colour of a token or an attribute; None if it is none, or depends on another one."""
    value: Any = parse_one_component_value(token.strip(), skip_comments=True) if isinstance(token, str) else token
    if value is not None and value.type == "ident" and value.lower_value in OF_THE_SYSTEM:
        return OF_THE_SYSTEM[value.lower_value]
    try:
        if value is not None and value.type == "function" and value.lower_name == "color-mix":
            return _mixed(arguments(value)[1:])
        if value is not None and value.type == "function" and (origin := _origin(value)) is not None:
            return origin
        parsed = parse_color(value) if value is not None else None
        if parsed is None or isinstance(parsed, str):
            return CURRENT if parsed == "currentcolor" else None
        if parsed.space in ("lab", "lch", "oklab", "oklch"):  # not converted by the library: its lightness is enough
            grey = (parsed.coordinates[0] or 0.0) / (1 if parsed.space.startswith("ok") else 100)
            return Color(grey, grey, grey, float(parsed.alpha))
        is_rgb = parsed.space in OF_SCREENS  # the same numbers in a wider space: white is white, black is black
        coordinates = parsed.coordinates if is_rgb else parsed.to("srgb").coordinates
        red, green, blue = (min(1.0, max(0.0, float(channel or 0.0))) for channel in coordinates)
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


def _origin(function: Token) -> Color | None:
    """The colour that another one is made from without a change: ``rgb(from white r g b)``."""
    inside = words(function.arguments)
    if len(inside) < 5 or inside[0].type != "ident" or inside[0].lower_value != "from":
        return None
    kept = [token for token in inside[2:] if token.type == "ident"]
    return color_of(inside[1]) if len(kept) == len(inside) - 2 == 3 else None


def _mixed(parts: list[list[Token]]) -> Color | None:
    """The colour of ``color-mix()``, mixed in plain red, green and blue, whatever space was asked for."""
    colors = [next(colors_in(part), None) for part in parts]
    shares = [next((token.value / 100 for token in part if token.type == "percentage"), None) for part in parts]
    if len(parts) != 2 or colors[0] is None or colors[1] is None or CURRENT in colors:
        return None
    first = shares[0] if shares[0] is not None else 1 - (0.5 if shares[1] is None else shares[1])
    second = shares[1] if shares[1] is not None else 1 - first
    total = first + second
    if not total > 0:
        return None
    return Color(*((a * first + b * second) / total for a, b in zip(colors[0], colors[1], strict=True)))


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
    if token.type == "function":
        length = _calculated(token)
        return length if length and (length.unit or not length.number) else None
    return None


def number_of(token: Token) -> float | None:
    """The number of a token, a hundredth of a percentage; None if it is none."""
    if token.type in ("number", "percentage"):
        return float(token.value) / (100 if token.type == "percentage" else 1)
    amount = _calculated(token) if token.type == "function" else None
    return amount.number if amount and not amount.unit else None


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


def _calculated(function: Token, depth: int = 0) -> Length | None:
    """What ``calc()``, ``min()``, ``max()`` or ``clamp()`` comes to; a plain number has no unit.

    None where it depends on what a percentage is of.
    """
    name = function.lower_name
    if name not in ("calc", "min", "max", "clamp", "") or depth > DEEPEST:
        return None
    amounts = [_sum(argument, depth) for argument in arguments(function)]
    if not amounts or None in amounts:
        return None
    known = [amount for amount in amounts if amount is not None]
    if name in ("calc", ""):
        return known[0]
    alike = known if len({amount.unit for amount in known}) == 1 else [_in_pixels(amount) for amount in known]
    if None in alike:
        return None
    sizes = [(amount.number, amount) for amount in alike if amount is not None]
    if name == "clamp":
        return max(sizes[0], min(sizes[1], sizes[-1]))[1] if len(sizes) == 3 else None
    return (min if name == "min" else max)(sizes)[1]


def _sum(tokens: Sequence[Token], depth: int) -> Length | None:
    total: Length | None = None
    sign, start = "+", 0
    for place in range(len(tokens) + 1):
        is_sign = place == len(tokens) or (tokens[place].type == "literal" and tokens[place].value in ("+", "-"))
        if not is_sign:
            continue
        amount = _product(tokens[start:place], depth)
        if amount is None:
            return None
        signed = Length(-amount.number, amount.unit, -amount.more) if sign == "-" else amount
        total = signed if total is None else _added(total, signed)
        if total is None:
            return None
        sign, start = tokens[place].value if place < len(tokens) else "", place + 1
    return total


def _added(first: Length, second: Length) -> Length | None:
    if first.unit == second.unit:
        return Length(first.number + second.number, first.unit, first.more + second.more)
    if "%" in (first.unit, second.unit):
        share, fixed = (first, second) if first.unit == "%" else (second, first)
        pixels = _in_pixels(fixed)
        return Length(share.number, "%", share.more + pixels.number) if pixels else None
    left, other = _in_pixels(first), _in_pixels(second)
    return Length(left.number + other.number, "px") if left and other else None


def _product(tokens: Sequence[Token], depth: int) -> Length | None:
    result: Length | None = None
    for place, token in enumerate(tokens):
        if place % 2:
            if token.type != "literal" or token.value not in ("*", "/"):
                return None
            continue
        factor = _amount(token, depth)
        if factor is None:
            return None
        if result is None:
            result = factor
        elif tokens[place - 1].value == "/":
            if factor.unit or not factor.number:
                return None
            result = Length(result.number / factor.number, result.unit, result.more / factor.number)
        elif result.unit and factor.unit:
            return None
        else:
            length, times = (result, factor) if result.unit else (factor, result)
            result = Length(length.number * times.number, length.unit, length.more * times.number)
    return result if len(tokens) % 2 else None


def _amount(token: Token, depth: int) -> Length | None:
    if token.type == "number":
        return Length(token.value, "")
    if token.type == "() block":
        return _sum(words(token.content), depth + 1) if depth < DEEPEST else None
    return _calculated(token, depth + 1) if token.type == "function" else length_of(token)


def _in_pixels(length: Length) -> Length | None:
    """A length in pixels where that does not depend on its element, letters taken to be of usual size."""
    if length.unit in ("%", ""):
        return None if length.number else Length(0, "px")
    return Length(length.pixels(em=ROOT, whole=0), "px")
