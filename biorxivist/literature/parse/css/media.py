"""Media and support queries: whether a group of rules holds in a desktop browser, on a light screen of usual size."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from tinycss2 import parse_one_component_value, serialize

from biorxivist.literature.parse.css.support import is_understood
from biorxivist.literature.parse.css.values import Length, Token, length_of, words

__all__ = ["holds_in_container", "holds_on_screen", "is_supported"]

SIZE: Mapping[str, float] = {"width": 1_280.0, "height": 800.0, "inline-size": 1_280.0, "block-size": 800.0,
                            "aspect-ratio": 1.6, "resolution": 1.0, "pixel-ratio": 1.0}  # fmt: skip
STATES: Mapping[str, tuple[str, ...]] = {
    "orientation": ("landscape",),
    "hover": ("hover",),
    "any-hover": ("hover",),
    "pointer": ("fine",),
    "any-pointer": ("fine",),
    "prefers-color-scheme": ("light",),
    "prefers-contrast": ("no-preference",),
    "prefers-reduced-motion": ("no-preference",),
    "prefers-reduced-data": ("no-preference",),
    "prefers-reduced-transparency": ("no-preference",),
    "forced-colors": ("none",),
    "inverted-colors": ("none",),
    "scripting": ("enabled",),
    "update": ("fast",),
    "display-mode": ("browser",),
    "overflow-block": ("scroll",),
    "overflow-inline": ("scroll",),
    "color-gamut": ("srgb",),
    "dynamic-range": ("standard",),
    "grid": ("0",),
    "monochrome": ("0",),
}
"""Feature -> the values that it has on such a screen."""
OFF = frozenset(("none", "no-preference", "0"))
"""Values of a feature that is absent: its bare name does not hold."""
COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
BOUND = re.compile(
    r"(?:-(?:webkit|moz)-)?(?:(min|max)-)?(?:-moz-)?(device-)?"
    r"(width|height|inline-size|block-size|aspect-ratio|resolution|pixel-ratio)$"
)
NUMBER = re.compile(r"([\d.]+)(?:\s*/\s*([\d.]+))?\s*([a-z]*)")
DOTS = {"": 1.0, "dppx": 1.0, "x": 1.0, "dpi": 1 / 96, "dpcm": 2.54 / 96}
RANGE = re.compile(r"(.+?)\s*([<>]=?|=)\s*(.+?)(?:\s*([<>]=?)\s*(.+))?$")
DEEPEST = 20


def holds_on_screen(prelude: Iterable[Token]) -> bool:
    """Whether any of the media queries of a rule is met; a feature that is not known is not."""
    queries: list[list[Token]] = [[]]
    for token in words(prelude):
        if token.type == "literal" and token.value == ",":
            queries.append([])
        else:
            queries[-1].append(token)
    return any(map(_is_met, queries))


def holds_in_container(prelude: Iterable[Token]) -> bool:
    """Whether a container query is met where the container is as large as the screen."""
    tokens = words(prelude)
    named = bool(tokens) and tokens[0].type == "ident" and _word(tokens[0]) != "not"
    return _all_or_any(tokens[1:] if named else tokens, _has_feature, depth=0)


def is_supported(prelude: Iterable[Token]) -> bool:
    """Whether the condition of ``@supports`` is met."""
    return _all_or_any(words(prelude), is_understood, depth=0)


def _is_met(query: Sequence[Token]) -> bool:
    rest = list(query)
    is_negated = len(rest) > 1 and _word(rest[0]) == "not" and rest[1].type == "ident"
    if is_negated or (rest and _word(rest[0]) == "only"):
        rest = rest[1:]
    is_met = True
    if rest and rest[0].type == "ident" and _word(rest[0]) != "not":
        is_met = _word(rest[0]) in ("all", "screen")
        rest = rest[2:]  # and the "and" behind it
    return (is_met and _all_or_any(rest, _has_feature, depth=0)) is not is_negated


def _all_or_any(tokens: Sequence[Token], is_true: Callable[[Token, Sequence[Token]], bool], *, depth: int) -> bool:
    """Conditions in brackets, joined by ``and`` or ``or``, each perhaps behind a ``not``."""
    outcomes: list[bool] = []
    is_negated = False
    for token in tokens:
        if token.type == "() block" or token.type == "function":
            inside = words(token.content if token.type == "() block" else token.arguments)
            nested = token.type == "() block" and any(_is_condition(part) for part in inside) and depth < DEEPEST
            outcome = _all_or_any(inside, is_true, depth=depth + 1) if nested else is_true(token, inside)
            outcomes.append(outcome is not is_negated)
            is_negated = False
        elif _word(token) == "not":
            is_negated = True
    return any(outcomes) if any(_word(token) == "or" for token in tokens) else all(outcomes)


def _is_condition(token: Token) -> bool:
    return token.type == "() block" or _word(token) == "not"


def _has_feature(_: Token, tokens: Sequence[Token]) -> bool:
    """Whether the screen has what stands in one pair of brackets: ``min-width: 40em``, ``400px < width``, ``hover``."""
    name, colon, value = serialize(tokens).strip().lower().partition(":")
    name, value = name.strip(), value.strip()
    if not colon:
        return _is_in_range(name) if RANGE.match(name) else _has_bare(name)
    if bound := BOUND.match(name):
        size, wanted = SIZE[bound[3]], _amount(bound[3], value)
        if wanted is None:
            return False
        return {"min": size >= wanted, "max": size <= wanted}.get(bound[1], size == wanted)
    return value in STATES.get(name, ())


def _has_bare(name: str) -> bool:
    return name in SIZE or name == "color" or any(value not in OFF for value in STATES.get(name, ()))


def _is_in_range(text: str) -> bool:
    match = RANGE.match(text)
    if match is None:
        return False
    left, sign, middle, second, right = match.groups()
    checks = [(middle, sign, left, True)] if left not in SIZE else [(left, sign, middle, False)]
    if second:
        checks.append((middle, second, right, False))
    for name, comparison, value, is_mirrored in checks:
        wanted = _amount(name, value)
        compare = COMPARED[MIRRORED[comparison] if is_mirrored else comparison]
        if name not in SIZE or wanted is None or not compare(SIZE[name], wanted):
            return False
    return True


def _amount(name: str, text: str) -> float | None:
    """What a feature is compared with: pixels, a ratio, or dots for each pixel."""
    if number := NUMBER.fullmatch(text):
        per, unit = float(number[2] or 1), number[3]
        if name in ("width", "height", "inline-size", "block-size"):
            return 0.0 if not float(number[1]) and not unit and not number[2] else _pixels(text)
        return float(number[1]) / per * DOTS.get(unit, 0.0) if per else None
    return _pixels(text) if name not in ("aspect-ratio", "resolution", "pixel-ratio") else None


def _pixels(text: str) -> float | None:
    token = parse_one_component_value(text)
    length: Length | None = length_of(token)
    return length.pixels(em=16.0, whole=0.0) if length else None


def _word(token: Token) -> str:
    return str(token.lower_value) if token.type == "ident" else ""
