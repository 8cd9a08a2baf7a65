"""One reader per property: tokens to the values of its parts, and nothing where a browser finds nothing valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from biorxivist.literature.parse.css.filters import UNFILTERED, read_filter
from biorxivist.literature.parse.css.shapes import STILL, is_right_angle, is_shape, is_transform, moves, shows_nothing
from biorxivist.literature.parse.css.values import (
    CURRENT,
    FAINTEST,
    Length,
    Token,
    color_of,
    colors_in,
    length_of,
    lengths_in,
    number_of,
)

__all__ = ["PARTS", "READERS"]

BOXES = frozenset((
    "none", "contents", "block", "inline", "inline-block", "flow-root", "list-item", "flex", "inline-flex", "grid",
    "inline-grid", "table", "inline-table", "table-row", "table-cell", "table-row-group", "table-header-group",
    "table-footer-group", "table-column", "table-column-group", "table-caption", "ruby", "ruby-base", "ruby-text",
    "run-in", "math",
))  # fmt: skip
OLD_BOXES = {"-webkit-box": "flex", "-webkit-flex": "flex", "-webkit-inline-box": "inline-flex",
             "-webkit-inline-flex": "inline-flex", "-moz-box": "flex", "-ms-flexbox": "flex"}  # fmt: skip
OUTSIDE = ("block", "inline", "run-in")
INSIDE = ("flow", "flow-root", "table", "flex", "grid", "ruby", "math", "list-item")
SIZES = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32,
         "xxx-large": 48}  # fmt: skip
SIZES_OF_FONT = {"smaller": Length(83, "%"), "larger": Length(120, "%")}
SYSTEM_FONTS = ("caption", "icon", "menu", "message-box", "small-caption", "status-bar")
EDGES = ("top", "right", "bottom", "left")
FITTED = ("auto", "min-content", "max-content", "fit-content", "stretch", "-webkit-fill-available", "-moz-available")
LOGICAL = {
    "inset-inline-start": "left",
    "inset-inline-end": "right",
    "inset-block-start": "top",
    "inset-block-end": "bottom",
    "margin-inline-start": "margin-left",
    "margin-block-start": "margin-top",
    "padding-inline-end": "padding-right",
    "padding-block-end": "padding-bottom",
    "inline-size": "width",
    "block-size": "height",
    "max-inline-size": "max-width",
    "max-block-size": "max-height",
    "min-inline-size": "min-width",
    "min-block-size": "min-height",
}
"""Properties by the direction of writing -> what they are where it goes to the right and down."""
BEHIND = frozenset((
    "none", "repeat", "repeat-x", "repeat-y", "no-repeat", "space", "round", "scroll", "fixed", "local", "left",
    "right", "top", "bottom", "center", "auto", "cover", "contain", "border-box", "padding-box", "content-box", "text",
))  # fmt: skip
"""Words of a background that are no colour."""

KEPT = ("forwards", "both")
"""How an animation says that its last frame stays."""

Values = Mapping[str, Any]
Reader = Callable[[list[Token]], Values]


def _said(tokens: Sequence[Token]) -> str:
    """The one word that tokens are; empty if they are anything else."""
    return str(tokens[0].lower_value) if len(tokens) == 1 and tokens[0].type == "ident" else ""


def _word(name: str, known: Iterable[str]) -> Reader:
    allowed = frozenset(known)
    return lambda tokens: {name: _said(tokens)} if _said(tokens) in allowed else {}


def _display(tokens: list[Token]) -> Values:
    if word := _said(tokens):
        word = OLD_BOXES.get(word, word)
        return {"display": word} if word in BOXES else {}
    said = [token.lower_value for token in tokens if token.type == "ident"]
    outside, inside = [w for w in said if w in OUTSIDE], [w for w in said if w in INSIDE]
    if not said or len(said) != len(tokens) or len(outside) != 1 or len(outside) + len(inside) != len(said):
        return {}
    within = inside[0] if inside else "flow"
    if outside == ["inline"]:
        return {"display": {"flow": "inline", "flow-root": "inline-block"}.get(within, f"inline-{within}")}
    return {"display": {"flow": "block"}.get(within, within)}


def _length(name: str, *, words_: Sequence[str] = ("auto",), least: float = float("-inf")) -> Reader:
    """A length of at least ``least``, or a word, as None: then the browser finds out how long it is."""

    def read(tokens: list[Token]) -> Values:
        if len(tokens) != 1:
            return {}
        token = tokens[0]
        if token.type == "ident":
            return {name: None} if token.lower_value in words_ else {}
        length = length_of(token)
        if length is None:
            return {name: None} if token.type == "function" else {}
        return {name: length} if length.number >= least else {}

    return read


def _edges(names: Sequence[str], *, is_padding: bool = False) -> Reader:
    read_one = _length("", words_=() if is_padding else ("auto",), least=0 if is_padding else float("-inf"))

    def read(tokens: list[Token]) -> Values:
        sides = [read_one([token]) for token in tokens]
        if not 1 <= len(sides) <= 4 or not all(sides):
            return {}
        given = [side[""] for side in sides]
        top, right = given[0], given[1] if len(given) > 1 else given[0]
        bottom, left = given[2] if len(given) > 2 else top, given[3] if len(given) > 3 else right
        return dict(zip(names, (top, right, bottom, left), strict=True))

    return read


def _line_height(tokens: list[Token]) -> Values:
    number = number_of(tokens[0]) if len(tokens) == 1 and tokens[0].type == "number" else None
    if number is not None:
        return {"line-height": Length(number, "em")} if number >= 0 else {}
    return _length("line-height", words_=("normal",), least=0)(tokens)


def _indent(tokens: list[Token]) -> Values:
    rest = [t for t in tokens if not (t.type == "ident" and t.lower_value in ("hanging", "each-line"))]
    return _length("text-indent", words_=())(rest)


def _number(name: str) -> Reader:
    def read(tokens: list[Token]) -> Values:
        number = number_of(tokens[0]) if len(tokens) == 1 else None
        return {name: number} if number is not None else {}

    return read


def _font_size(tokens: list[Token]) -> Values:
    if len(tokens) != 1:
        return {}
    if word := _said(tokens):
        size = SIZES_OF_FONT.get(word) or (Length(SIZES[word], "px") if word in SIZES else None)
    else:
        size = length_of(tokens[0])
    return {"font-size": size} if size and size.number >= 0 else {}


def _font(tokens: list[Token]) -> Values:
    """The size, behind which a line height may stand and a family has to."""
    if _said(tokens) in SYSTEM_FONTS:
        return {"font-size": Length(13, "px"), "line-height": None}
    for place, token in enumerate(tokens):
        is_size = token.type in ("dimension", "percentage", "function") or (token.type == "number" and not token.value)
        if is_size or (token.type == "ident" and token.lower_value in (*SIZES, *SIZES_OF_FONT)):
            rest, size = tokens[place + 1 :], _font_size([token])
            height: Values = {"line-height": None}
            if rest and rest[0].type == "literal" and rest[0].value == "/":
                height, rest = _line_height(rest[1:2]), rest[2:]
            return {**size, **height} if size and height and rest and rest[0].type in ("ident", "string") else {}
    return {}


def _color(name: str) -> Reader:
    """One colour; the one of the letters themselves is the one that is handed down."""

    def read(tokens: list[Token]) -> Values:
        color = color_of(tokens[0]) if len(tokens) == 1 else None
        return {name: "inherit" if color is CURRENT and name == "color" else color} if color else {}

    return read


def _background(tokens: list[Token]) -> Values:
    """Colours that may stand behind the text; what a picture shows is not known, as none is loaded."""
    if not all(map(_is_behind, tokens)):
        return {}
    said = {token.lower_value for token in tokens if token.type == "ident"}
    longhands: dict[str, Any] = {"background": tuple(colors_in(tokens)), "background-image": ()}
    return {**longhands, "background-clip": "text" if "text" in said else "border-box"}


def _is_behind(token: Token) -> bool:
    if token.type == "literal":
        return token.value in (",", "/")
    if token.type in ("url", "function") or (token.type == "ident" and token.lower_value in BEHIND):
        return True
    return length_of(token) is not None or color_of(token) is not None


def _background_color(tokens: list[Token]) -> Values:
    color = color_of(tokens[0]) if len(tokens) == 1 else None
    return {"background": (color,)} if color else {}


def _background_image(tokens: list[Token]) -> Values:
    is_valid = all(t.type in ("url", "function") or (t.type == "literal" and t.value == ",") for t in tokens)
    return {"background-image": tuple(colors_in(tokens))} if is_valid or _said(tokens) == "none" else {}


def _shadow(tokens: list[Token]) -> Values:
    if _said(tokens) == "none":
        return {"text-shadow": ()}
    lengths, colors = lengths_in(tokens), tuple(colors_in(tokens))
    return {"text-shadow": colors or (CURRENT,)} if len(lengths) >= 2 else {}


def _overflow(tokens: list[Token]) -> Values:
    said = [token.lower_value if token.type == "ident" else "" for token in tokens]
    known = ("visible", "hidden", "clip", "scroll", "auto", "overlay")
    is_valid = 1 <= len(said) <= 2 and all(word in known for word in said)
    return {"overflow": any(word != "visible" for word in said)} if is_valid else {}


def _clip(tokens: list[Token]) -> Values:
    """The old property: a rectangle, and only of what is placed absolutely."""
    is_rect = len(tokens) == 1 and tokens[0].type == "function" and tokens[0].lower_name == "rect"
    return {"clip": is_rect and shows_nothing(tokens)} if is_rect or _said(tokens) == "auto" else {}


def _clip_path(tokens: list[Token]) -> Values:
    return {"clip-path": shows_nothing(tokens)} if is_shape(tokens) else {}


def _moved(tokens: list[Token]) -> Values:
    return {"transform": moves(tokens)} if _said(tokens) == "none" or all(map(is_transform, tokens)) else {}


def _filtered(tokens: list[Token]) -> Values:
    read = UNFILTERED if _said(tokens) == "none" else read_filter(tokens)
    return {"filter": read} if read else {}


def _stroke(tokens: list[Token]) -> Values:
    """The outline of letters: its colour, if it has any width."""
    lengths, colors = lengths_in(tokens), list(colors_in(tokens))
    is_drawn = any(length.number > 0 for length in lengths)
    return {"stroke": (colors[0] if colors else CURRENT) if is_drawn else None} if lengths or colors else {}


def _mask(tokens: list[Token]) -> Values:
    """Whether a mask lets nothing through; what a picture lets through is not known."""
    colors = list(colors_in(tokens))
    return {"mask": bool(colors) and all(color.alpha < FAINTEST for color in colors)}


def _turned(tokens: list[Token]) -> Values:
    """``rotate: y 90deg`` stands a text on its edge."""
    axis = {token.lower_value for token in tokens if token.type == "ident"}
    return {"rotate": bool(axis & {"x", "y"}) and any(is_right_angle(token) for token in tokens)}


def _scaled(tokens: list[Token]) -> Values:
    factors = [number_of(token) for token in tokens]
    if _said(tokens) == "none":
        return {"scale": 1.0}
    known = [abs(factor) for factor in factors if factor is not None]
    return {"scale": min(known[:2])} if known and len(known) == len(tokens) <= 3 else {}


def _translated(tokens: list[Token]) -> Values:
    lengths = lengths_in(tokens)
    if len(lengths) == len(tokens) <= 3:
        return {"translate": [*lengths, STILL][:2]}
    return {"translate": None} if _said(tokens) == "none" else {}


def _animated(tokens: list[Token]) -> Values:
    """Names of the animations, and whether what is there at their end stays."""
    said = tuple(str(token.value) for token in tokens if token.type in ("ident", "string"))
    return {"animation-name": said, "animation-fill-mode": any(word in KEPT for word in said)}


def _kept(tokens: list[Token]) -> Values:
    return {"animation-fill-mode": any(token.type == "ident" and token.lower_value in KEPT for token in tokens)}


def _contained(tokens: list[Token]) -> Values:
    """Whether a box is as large as if nothing were in it, and whether what sticks out is cut off."""
    said = {token.lower_value if token.type == "ident" else "" for token in tokens}
    known = {"none", "strict", "content", "size", "inline-size", "layout", "style", "paint"}
    return (
        {"contain": (bool(said & {"strict", "size"}), bool(said & {"strict", "content", "paint"}))}
        if said <= known
        else {}
    )


def _rows(tokens: list[Token]) -> Values:
    """Whether the rows of a grid have no height."""
    sizes = [t for t in tokens if t.type in ("dimension", "number", "percentage")]
    is_flat = bool(sizes) and len(sizes) == len(tokens) and all(t.value == 0 for t in sizes)
    return {"grid-template-rows": is_flat} if tokens else {}


def _zoom(tokens: list[Token]) -> Values:
    number = number_of(tokens[0]) if len(tokens) == 1 else None
    if number is not None:
        return {"zoom": number or 1.0} if number >= 0 else {}
    return {"zoom": 1.0} if _said(tokens) == "normal" else {}


READERS: Mapping[str, Reader] = {
    "all": lambda _: {},
    "animation": _animated,
    "animation-name": lambda tokens: {"animation-name": _animated(tokens)["animation-name"]},
    "animation-fill-mode": _kept,
    "display": _display,
    "visibility": _word("visibility", ("visible", "hidden", "collapse")),
    "content-visibility": _word("content-visibility", ("visible", "auto", "hidden")),
    "position": _word("position", ("static", "relative", "absolute", "fixed", "sticky", "-webkit-sticky")),
    "float": _word("float", ("left", "right", "none", "inline-start", "inline-end")),
    "opacity": _number("opacity"),
    "filter": _filtered,
    "-webkit-filter": _filtered,
    **dict.fromkeys(("mask", "mask-image", "-webkit-mask", "-webkit-mask-image"), _mask),
    "zoom": _zoom,
    "font-size": _font_size,
    "font": _font,
    "color": _color("color"),
    "-webkit-text-fill-color": _color("fill"),
    "-webkit-text-stroke": _stroke,
    "backface-visibility": _word("backface-visibility", ("visible", "hidden")),
    "-webkit-backface-visibility": _word("backface-visibility", ("visible", "hidden")),
    "contain": _contained,
    "grid-template-rows": _rows,
    "font-size-adjust": _number("font-size-adjust"),
    "-webkit-text-security": _word("security", ("none", "disc", "circle", "square")),
    "background": _background,
    "background-color": _background_color,
    "background-image": _background_image,
    "background-clip": _word("background-clip", ("text", "border-box", "padding-box", "content-box")),
    "-webkit-background-clip": _word("background-clip", ("text", "border-box", "padding-box", "content-box")),
    "text-shadow": _shadow,
    "overflow": _overflow,
    "overflow-x": _overflow,
    "overflow-y": _overflow,
    "clip": _clip,
    "clip-path": _clip_path,
    "-webkit-clip-path": _clip_path,
    "transform": _moved,
    "-webkit-transform": _moved,
    "rotate": _turned,
    "scale": _scaled,
    "translate": _translated,
    "line-height": _line_height,
    "text-indent": _indent,
    "letter-spacing": _length("letter-spacing", words_=("normal",)),
    "margin": _edges([f"margin-{edge}" for edge in EDGES]),
    "padding": _edges([f"padding-{edge}" for edge in EDGES], is_padding=True),
    "inset": _edges(EDGES),
    **{name: _length(name) for name in (*EDGES, "margin-top", "margin-left")},
    **{name: _length(name, words_=(), least=0) for name in ("padding-right", "padding-bottom")},
    **{name: _length(name, words_=FITTED, least=0) for name in ("width", "height", "min-width", "min-height")},
    **{name: _length(name, words_=("none", *FITTED), least=0) for name in ("max-width", "max-height")},
}
READERS = {**READERS, **{name: READERS[physical] for name, physical in LOGICAL.items()}}
PARTS: Mapping[str, tuple[str, ...]] = {
    "font": ("font-size", "line-height"),
    "animation": ("animation-name", "animation-fill-mode"),
    "background": ("background", "background-image", "background-clip"),
    "margin": ("margin-top", "margin-left"),
    "padding": ("padding-right", "padding-bottom"),
    "inset": EDGES,
    "background-color": ("background",),
    "-webkit-text-fill-color": ("fill",),
    "-webkit-text-security": ("security",),
    "-webkit-text-stroke": ("stroke",),
    "-webkit-backface-visibility": ("backface-visibility",),
    "-webkit-background-clip": ("background-clip",),
    "overflow-x": ("overflow",),
    "overflow-y": ("overflow",),
    "-webkit-clip-path": ("clip-path",),
    "-webkit-transform": ("transform",),
    "-webkit-filter": ("filter",),
    **dict.fromkeys(("mask-image", "-webkit-mask", "-webkit-mask-image"), ("mask",)),
    **{name: (physical,) for name, physical in LOGICAL.items()},
}
"""Properties that are kept under other names -> these."""
EVERYTHING = tuple(dict.fromkeys(part for name in READERS if name != "all" for part in PARTS.get(name, (name,))))
"""What ``all`` stands for."""
PARTS = {**PARTS, "all": EVERYTHING}
