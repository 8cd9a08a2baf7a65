"""Filters: how far they make a text transparent, and what they do to colours, as far as black can become white."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from biorxivist.literature.parse.css.values import Color, Token, number_of, words

__all__ = ["UNFILTERED", "Filter", "read_filter"]

NAMES = frozenset(("blur", "brightness", "contrast", "drop-shadow", "grayscale", "hue-rotate", "invert", "opacity",
                   "saturate", "sepia", "url"))  # fmt: skip


class Filter(NamedTuple):
    """What filters do together, the first of them first."""

    opacity: float = 1.0
    tones: tuple[tuple[float, float], ...] = ()
    """Slope and offset of every change of all channels alike."""

    def within(self, outer: Filter) -> Filter:
        """The filter, and the one of an element around."""
        return Filter(self.opacity * outer.opacity, self.tones + outer.tones) if self.tones else outer

    def toned(self, color: Color) -> Color:
        """The colour that is seen through it."""
        for slope, offset in self.tones:
            red, green, blue = (min(1.0, max(0.0, slope * channel + offset)) for channel in color[:3])
            color = Color(red, green, blue, color.alpha)
        return color


UNFILTERED = Filter()


def read_filter(tokens: Sequence[Token]) -> Filter | None:
    """The filter of a value; None if a browser would not understand it."""
    left, tones = 1.0, []
    for token in tokens:
        if token.type == "url":
            continue
        if token.type != "function" or token.lower_name not in NAMES:
            return None
        inside = words(token.arguments)
        amount = number_of(inside[0]) if len(inside) == 1 else None
        amount = max(0.0, 1.0 if amount is None else amount)
        match token.lower_name:
            case "opacity":
                left *= min(1.0, amount)
            case "invert":
                tones.append((1 - 2 * min(1.0, amount), min(1.0, amount)))
            case "brightness":
                tones.append((amount, 0.0))
            case "contrast":
                tones.append((amount, 0.5 - amount / 2))
    return Filter(left, tuple(tones))
