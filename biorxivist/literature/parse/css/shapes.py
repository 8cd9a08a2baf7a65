"""Clips and transforms: whether nothing is left of what they are applied to, and how far they move it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tinycss2 import serialize

from biorxivist.literature.parse.css.values import Length, Token, arguments, length_of, lengths_in, words

__all__ = ["STILL", "Move", "is_right_angle", "is_shape", "is_transform", "moves", "shows_nothing"]

STILL = Length(0, "px")
"""No way at all."""
SLIVER = 2.0
"""Pixels below which a shape shows no letter."""
SMALLEST = 0.05
"""Factor below which nothing is read."""
LARGEST = 2_000.0
"""Pixels of the largest text that a clip is thought of to cut."""
SHAPES = frozenset(("inset", "circle", "ellipse", "polygon", "path", "rect", "xywh", "shape", "url"))
BOXES = frozenset(
    ("none", "border-box", "padding-box", "content-box", "margin-box", "fill-box", "stroke-box", "view-box")
)
TRANSFORMS = frozenset((
    "matrix", "matrix3d", "perspective", "rotate", "rotate3d", "rotatex", "rotatey", "rotatez", "scale", "scale3d",
    "scalex", "scaley", "scalez", "skew", "skewx", "skewy", "translate", "translate3d", "translatex", "translatey",
    "translatez",
))  # fmt: skip
NUMBER = re.compile(r"\d+")
DEGREES = {"deg": 1.0, "grad": 0.9, "rad": 180 / 3.14159265, "turn": 360.0}


class Move(NamedTuple):
    """What a transform does, as far as it can take a text out of sight."""

    right: Length = STILL
    down: Length = STILL
    is_flat: bool = False
    """Whether it shrinks everything to nothing."""
    is_turned: bool = False
    """Whether it shows the back."""

    @staticmethod
    def still() -> tuple[Length, Length]:
        """No way at all."""
        return STILL, STILL


def is_shape(tokens: Sequence[Token]) -> bool:
    """Whether a browser knows tokens for a shape to clip by."""
    drawn = [
        token for token in tokens if token.type == "url" or (token.type == "function" and token.lower_name in SHAPES)
    ]
    said = [token for token in tokens if token.type == "ident" and token.lower_value in BOXES]
    return len(drawn) <= 1 and len(said) <= 1 and len(drawn) + len(said) == len(tokens)


def is_transform(token: Token) -> bool:
    """Whether a browser knows a token for a transform."""
    return token.type == "function" and token.lower_name in TRANSFORMS


def shows_nothing(tokens: Iterable[Token]) -> bool:
    """Whether a clip leaves nothing, by a shape whose size is written down."""
    for token in tokens:
        if token.type != "function":
            continue
        name, inside = token.lower_name, arguments(token)
        if name == "inset":
            return _is_inset_away(lengths_in(inside[0]))
        if name in ("circle", "ellipse"):
            radii = lengths_in(_before_word(words(token.arguments), "at"))
            return any(_is_small(radius) for radius in radii)
        if name == "rect":
            return _is_empty_rect(words(token.arguments))
        if name == "xywh":
            return any(_is_small(length) for length in lengths_in(token.arguments)[2:4])
        if name == "path":
            return len(NUMBER.findall(serialize(token.arguments))) < 6
        if name == "polygon":
            return _has_no_area([lengths_in(point) for point in inside])
    return False


def moves(tokens: Iterable[Token]) -> Move:
    """What a list of transforms does together."""
    move = Move()
    for token in tokens:
        if token.type != "function":
            continue
        name, inside = token.lower_name, words(token.arguments)
        lengths = lengths_in(inside)
        if name in ("translate", "translate3d") and lengths:
            move = move._replace(right=lengths[0], down=lengths[1] if len(lengths) > 1 else STILL)
        elif name == "translatex" and lengths:
            move = move._replace(right=lengths[0])
        elif name == "translatey" and lengths:
            move = move._replace(down=lengths[0])
        elif name in ("matrix", "matrix3d"):
            move = _by_matrix([part.value for part in inside if part.type == "number"], move)
        elif name in ("scale", "scalex", "scaley", "scale3d"):
            numbers = [part.value for part in inside if part.type == "number"]
            if any(abs(factor) < SMALLEST for factor in numbers[:2]):
                move = move._replace(is_flat=True)
        elif name in ("rotatex", "rotatey") or (name == "rotate3d" and _is_about_a_line(inside)):
            move = move._replace(is_flat=move.is_flat or any(map(is_right_angle, inside)))
            move = move._replace(is_turned=move.is_turned is not any(map(_is_half_turn, inside)))
        elif name in ("skew", "skewx", "skewy") and any(map(is_right_angle, inside)):
            move = move._replace(is_flat=True)
    return move


def _by_matrix(numbers: Sequence[float], move: Move) -> Move:
    """What a matrix of 6 or 16 numbers does: by its determinant in the plane, and by how far it moves."""
    if len(numbers) == 16:
        numbers = [numbers[place] for place in (0, 1, 4, 5, 12, 13)]
    if len(numbers) != 6:
        return move
    is_flat = abs(numbers[0] * numbers[3] - numbers[1] * numbers[2]) < SMALLEST**2
    return move._replace(right=Length(numbers[4], "px"), down=Length(numbers[5], "px"), is_flat=is_flat or move.is_flat)


def _is_about_a_line(inside: Sequence[Token]) -> bool:
    """Whether the axis of a turn lies in the page."""
    numbers = [part.value for part in inside if part.type == "number"]
    return len(numbers) == 3 and not numbers[2] and any(numbers[:2])


def _is_half_turn(token: Token) -> bool:
    if token.type != "dimension" or token.lower_unit not in DEGREES:
        return False
    return abs(float(token.value) * DEGREES[token.lower_unit] % 360 - 180) < 90


def is_right_angle(token: Token) -> bool:
    """Whether a token is a quarter of a turn, or three: what is turned so about a line in the page is seen edge-on."""
    if token.type != "dimension" or token.lower_unit not in DEGREES:
        return False
    return abs(float(token.value) * DEGREES[token.lower_unit] % 180 - 90) < 1


def _is_small(length: Length) -> bool:
    return length.unit != "%" and length.pixels(em=16, whole=0) < SLIVER if length.number else True


def _is_inset_away(sides: list[Length]) -> bool:
    """Whether two opposite sides meet; they are written as those of a margin."""
    if not sides:
        return False
    top, right = sides[0], sides[1] if len(sides) > 1 else sides[0]
    bottom, left = sides[2] if len(sides) > 2 else top, sides[3] if len(sides) > 3 else right
    percent = [[side.number for side in pair if side.unit == "%"] for pair in ((top, bottom), (left, right))]
    far = any(side.unit != "%" and side.pixels(em=16, whole=0) >= LARGEST for side in (top, right, bottom, left))
    return far or any(sum(numbers) >= 99.5 for numbers in percent)


def _is_empty_rect(tokens: Sequence[Token]) -> bool:
    """Whether ``rect(top right bottom left)`` has no width or height."""
    sides = [length_of(token) for token in tokens if not (token.type == "literal" and token.value == ",")]
    if len(sides) != 4:
        return False
    top, right, bottom, left = sides
    pairs = [(top, bottom), (left, right)]
    return any(a and b and a.unit == b.unit and abs(b.number - a.number) < SLIVER for a, b in pairs) or all(
        side is not None and abs(side.number) < SLIVER for side in sides
    )


def _has_no_area(points: list[list[Length]]) -> bool:
    corners = [(point[0].number, point[1].number) for point in points if len(point) == 2]
    units = {length.unit for point in points for length in point if length.number}
    if len(corners) != len([point for point in points if point]) or len(units) > 1:
        return False
    turned = zip(corners, corners[1:] + corners[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turned)) / 2 < SLIVER


def _before_word(tokens: Sequence[Token], word: str) -> Sequence[Token]:
    for place, token in enumerate(tokens):
        if token.type == "ident" and token.lower_value == word:
            return tokens[:place]
    return tokens
