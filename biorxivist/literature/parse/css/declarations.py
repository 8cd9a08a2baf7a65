"""Style declarations: those that decide whether a text is seen, as values; a browser's rules for what is valid.

Everything else is passed over: borders, paddings, line heights hide nothing. A declaration that a browser would not
understand is passed over, too, so that it never takes the place of one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tinycss2 import parse_blocks_contents, parse_component_value_list, serialize

from biorxivist.literature.parse.css.shapes import hides_all, is_right_angle, moves
from biorxivist.literature.parse.css.values import (
    Color,
    Length,
    Token,
    color_of,
    colors_in,
    length_of,
    lengths_in,
    number_of,
    words,
)

__all__ = ["Declaration", "read_declarations", "substituted", "to_declarations"]

INHERITED_WORDS = ("inherit", "initial", "unset", "revert", "revert-layer")
DISPLAYS = frozenset((
    "none", "contents", "block", "inline", "inline-block", "flow-root", "list-item", "flex", "inline-flex", "grid",
    "inline-grid", "table", "inline-table", "table-row", "table-cell", "table-row-group", "table-header-group",
    "table-footer-group", "table-column", "table-column-group", "table-caption", "ruby", "ruby-base", "ruby-text",
    "run-in", "math",
))  # fmt: skip
SIZES = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
SIZES_OF_FONT = {"smaller": Length(83, "%"), "larger": Length(120, "%")}
EDGES = ("top", "right", "bottom", "left")
LENGTHS = ("margin-top", "margin-left", "text-indent", "width", "height", "max-width", "max-height", "line-height",
           "letter-spacing")  # fmt: skip
LOGICAL = {
    "inset-inline-start": "left",
    "inset-inline-end": "right",
    "inset-block-start": "top",
    "inset-block-end": "bottom",
    "margin-inline-start": "margin-left",
    "margin-block-start": "margin-top",
    "inline-size": "width",
    "block-size": "height",
    "max-inline-size": "max-width",
    "max-block-size": "max-height",
}
"""Properties by the direction of writing -> what they are where it goes to the right and down."""
FAINTEST = 0.1
"""Opacity below which nothing is read."""


class Declaration(NamedTuple):
    """One property and its value."""

    name: str
    """Property, in lower case, shorthands taken apart; ``--name`` for one of the page's own."""
    value: Any
    """Its value as the look needs it; ``inherit`` and the like as they are; tokens of what holds a ``var()``."""
    is_important: bool
    """Whether it is marked so."""
    text: str
    """As written, for the log."""


@lru_cache(maxsize=4096)
def read_declarations(css: str) -> tuple[Declaration, ...]:
    """Declarations of a ``style`` attribute; those of equal attributes are read once."""
    return tuple(to_declarations(parse_blocks_contents(css, skip_comments=True, skip_whitespace=True)))


def to_declarations(nodes: Iterable[Any]) -> Iterator[Declaration]:
    """Declarations among parsed nodes, as far as they decide what is seen."""
    for node in nodes:
        if node.type != "declaration":
            continue
        name, tokens = node.lower_name, words(node.value)
        if node.name.startswith("--"):
            yield Declaration(node.name, tuple(node.value), bool(node.important), "")
        elif name in READERS and tokens:
            text = f"{name}: {serialize(node.value).strip()}"
            if _holds_variable(tokens):
                yield Declaration(name, tuple(tokens), bool(node.important), text)
            else:
                yield from _valued(name, tokens, text, is_important=bool(node.important))


def substituted(declaration: Declaration, variables: Mapping[str, Sequence[Token]]) -> Iterator[Declaration]:
    """A declaration whose variables are replaced by what they stand for."""
    css = serialize(_replaced(declaration.value, variables, depth=0))
    tokens = words(parse_component_value_list(css[:2_000]))
    if tokens and not _holds_variable(tokens):
        yield from _valued(declaration.name, tokens, declaration.text, is_important=declaration.is_important)


def _valued(name: str, tokens: list[Token], text: str, *, is_important: bool) -> Iterator[Declaration]:
    if len(tokens) == 1 and tokens[0].type == "ident" and tokens[0].lower_value in INHERITED_WORDS:
        values: Mapping[str, Any] = dict.fromkeys(PARTS.get(name, (name,)), tokens[0].lower_value)
    else:
        values = READERS[name](tokens)
    for part, value in values.items():
        yield Declaration(part, value, is_important, text)


def _holds_variable(tokens: Iterable[Token]) -> bool:
    return any(t.type == "function" and (t.lower_name == "var" or _holds_variable(t.arguments)) for t in tokens)


def _replaced(tokens: Iterable[Token], variables: Mapping[str, Sequence[Token]], *, depth: int) -> list[Token]:
    found: list[Token] = []
    for token in tokens:
        if token.type != "function" or token.lower_name != "var" or depth > 8:
            found.append(token)
            continue
        inside = words(token.arguments)
        named = inside[0].value if inside and inside[0].type == "ident" else ""
        found += _replaced(variables[named] if named in variables else inside[2:], variables, depth=depth + 1)
    return found


# --- one reader per property: tokens -> the values of its parts; nothing where a browser finds nothing valid -------

Reader = Callable[[list[Token]], Mapping[str, Any]]


def _word(name: str, known: Iterable[str]) -> Reader:
    allowed = frozenset(known)

    def read(tokens: list[Token]) -> Mapping[str, Any]:
        said = [token.lower_value for token in tokens if token.type == "ident"]
        return {name: said[0]} if said and len(said) == len(tokens) and said[0] in allowed else {}

    return read


def _length(name: str) -> Reader:
    def read(tokens: list[Token]) -> Mapping[str, Any]:
        if len(tokens) != 1:
            return {}
        if tokens[0].type == "ident":
            return {name: None}  # auto, none, max-content ...
        length = length_of(tokens[0])
        return {name: length} if length else {}

    return read


def _edges(names: Sequence[str]) -> Reader:
    def read(tokens: list[Token]) -> Mapping[str, Any]:
        if not 1 <= len(tokens) <= 4:
            return {}
        sides = [length_of(token) for token in tokens]
        if len(sides) == 1:
            sides *= 2
        return dict(zip(names, (*sides, *sides[len(sides) - 2 :])[:4] if len(sides) != 3 else (*sides, sides[1]),
                        strict=True))  # fmt: skip

    return read


def _opacity(tokens: list[Token]) -> Mapping[str, Any]:
    number = number_of(tokens[0]) if len(tokens) == 1 else None
    return {"opacity": number} if number is not None else {}


def _font_size(tokens: list[Token]) -> Mapping[str, Any]:
    first = tokens[0]
    if len(tokens) != 1:
        return {}
    if first.type == "ident":
        word = first.lower_value
        size = SIZES_OF_FONT.get(word) or (Length(SIZES[word], "px") if word in SIZES else None)
    else:
        size = length_of(first)
    return {"font-size": size} if size and size.number >= 0 else {}


def _font(tokens: list[Token]) -> Mapping[str, Any]:
    for token in tokens:
        if token.type in ("dimension", "percentage") or (token.type == "number" and token.value == 0):
            return _font_size([token])
    return {}


def _color(name: str) -> Reader:
    def read(tokens: list[Token]) -> Mapping[str, Any]:
        color = color_of(tokens[0]) if len(tokens) == 1 else None
        return {name: color} if color else {}

    return read


def _background(tokens: list[Token]) -> Mapping[str, Any]:
    """Colours that may stand behind the text; what a picture shows is not known, as none is loaded."""
    words_ = {token.lower_value for token in tokens if token.type == "ident"}
    found: dict[str, Any] = {"background": tuple(colors_in(tokens)), "background-image": ()}
    return {**found, "background-clip": "text"} if "text" in words_ else found


def _painted(name: str) -> Reader:
    def read(tokens: list[Token]) -> Mapping[str, Any]:
        return {name: tuple(colors_in(tokens))}

    return read


def _shadow(tokens: list[Token]) -> Mapping[str, Any]:
    return {"text-shadow": tuple(colors_in(tokens)) or ((Color(0, 0, 0),) if lengths_in(tokens) else ())}


def _overflow(tokens: list[Token]) -> Mapping[str, Any]:
    said = [token.lower_value for token in tokens if token.type == "ident"]
    return {"overflow": any(word not in ("visible",) for word in said)} if said else {}


def _shape(tokens: list[Token]) -> Mapping[str, Any]:
    return {"clip": hides_all(tokens)}


def _moved(tokens: list[Token]) -> Mapping[str, Any]:
    return {"transform": moves(tokens)}


def _filtered(tokens: list[Token]) -> Mapping[str, Any]:
    for token in tokens:
        if token.type == "function" and token.lower_name == "opacity":
            return {"filter": dict(_opacity(words(token.arguments))).get("opacity", 1.0)}
    return {"filter": 1.0}


def _mask(tokens: list[Token]) -> Mapping[str, Any]:
    """Whether a mask lets nothing through; what a picture lets through is not known."""
    colors = list(colors_in(tokens))
    return {"mask": bool(colors) and all(color.alpha < FAINTEST for color in colors)}


def _turned(tokens: list[Token]) -> Mapping[str, Any]:
    """``rotate: y 90deg`` stands a text on its edge."""
    axis = {token.lower_value for token in tokens if token.type == "ident"}
    return {"rotate": bool(axis & {"x", "y"}) and any(is_right_angle(token) for token in tokens)}


def _zoom(tokens: list[Token]) -> Mapping[str, Any]:
    number = number_of(tokens[0]) if len(tokens) == 1 else None
    return {"zoom": number or 1.0} if number is not None else {}


READERS: Mapping[str, Reader] = {
    "display": _word("display", DISPLAYS),
    "visibility": _word("visibility", ("visible", "hidden", "collapse")),
    "content-visibility": _word("content-visibility", ("visible", "auto", "hidden")),
    "position": _word("position", ("static", "relative", "absolute", "fixed", "sticky")),
    "float": _word("float", ("left", "right", "none", "inline-start", "inline-end")),
    "opacity": _opacity,
    "filter": _filtered,
    "-webkit-filter": _filtered,
    **dict.fromkeys(("mask", "mask-image", "-webkit-mask", "-webkit-mask-image"), _mask),
    "zoom": _zoom,
    "font-size": _font_size,
    "font": _font,
    "color": _color("color"),
    "-webkit-text-fill-color": _color("fill"),
    "background": _background,
    "background-color": _painted("background"),
    "background-image": _painted("background-image"),
    "background-clip": _word("background-clip", ("text", "border-box", "padding-box", "content-box")),
    "-webkit-background-clip": _word("background-clip", ("text", "border-box", "padding-box", "content-box")),
    "text-shadow": _shadow,
    "overflow": _overflow,
    "overflow-x": _overflow,
    "overflow-y": _overflow,
    "clip": _shape,
    "clip-path": _shape,
    "-webkit-clip-path": _shape,
    "transform": _moved,
    "-webkit-transform": _moved,
    "rotate": _turned,
    "scale": lambda tokens: {"scale": min((abs(n) for n in map(number_of, tokens[:2]) if n is not None), default=1.0)},
    "translate": lambda tokens: {"translate": (lengths_in(tokens) + [Length(0, "px")] * 2)[:2]},
    "margin": _edges([f"margin-{edge}" for edge in EDGES]),
    "inset": _edges(EDGES),
    **{name: _length(name) for name in (*EDGES, *LENGTHS)},
    **{name: _length(physical) for name, physical in LOGICAL.items()},
}
PARTS: Mapping[str, tuple[str, ...]] = {
    "font": ("font-size",),
    "margin": ("margin-top", "margin-left"),
    "inset": EDGES,
    "background-color": ("background",),
    "-webkit-text-fill-color": ("fill",),
    "-webkit-background-clip": ("background-clip",),
    "overflow-x": ("overflow",),
    "overflow-y": ("overflow",),
    "clip-path": ("clip",),
    "-webkit-clip-path": ("clip",),
    "-webkit-transform": ("transform",),
    "-webkit-filter": ("filter",),
    **dict.fromkeys(("mask-image", "-webkit-mask", "-webkit-mask-image"), ("mask",)),
    **{name: (physical,) for name, physical in LOGICAL.items()},
}
