"""How an element looks under its declarations, and why a reader of the page would not see its text.

Two things are told apart, as browsers do. What is *gone* (not displayed, transparent, clipped, moved off the page) is
gone with everything inside. What is *unseen* (invisible, tiny, of the colour of its background) is inherited, and
something inside may be seen again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from biorxivist.literature.parse.css.declarations import FAINTEST, Declaration, substituted
from biorxivist.literature.parse.css.shapes import Move
from biorxivist.literature.parse.css.values import BLACK, ROOT, SCREEN, WHITE, Color, Length

__all__ = ["DEFAULT", "Look", "look"]

SMALLEST = 2.0
"""Pixels of the smallest letters that anybody reads."""
CLOSEST = -0.8
"""Letters by which the next one may be drawn back before they lie on top of each other."""
ALIKE = 20 / 255
"""Difference per channel up to which text is not told from its background."""
OFF_PAGE, FAR_OFF = -400.0, 5_000.0
"""Pixels to the left or above, and to the right or below, beyond which nobody comes."""
SLIVER = 2.0
"""Pixels of a box in which no letter can be read."""
WIDTH, HEIGHT = 100 * SCREEN["vw"], 100 * SCREEN["vh"]
OWN_WIDTH, OWN_HEIGHT = 800.0, 100.0
"""Pixels of a paragraph, of which a transform takes its percentages."""
INLINE = frozenset((
    "span", "a", "b", "i", "em", "strong", "font", "sup", "sub", "small", "code", "cite", "q", "abbr", "time", "u",
    "s", "mark", "tt", "var", "kbd", "samp", "label", "bold", "italic", "xref", "styled-content", "named-content",
    "sc", "monospace", "underline", "overline", "strike", "roman", "sans-serif", "ext-link", "uri", "email",
))  # fmt: skip
"""Elements that take no width and height unless they are displayed as a box."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an element hands down to those inside of it, and what of it is seen."""

    is_visible: bool = True
    size: float = ROOT
    color: Color = BLACK
    grounds: tuple[Color, ...] = (WHITE,)
    """Colours that may stand behind the text."""
    fading: float = 1.0
    glows: tuple[Color, ...] = ()
    """Colours of the shadow of the text."""
    spacing: float = 0.0
    """Pixels between the letters."""
    is_cut_out: bool = False
    """Whether the text is painted with its background."""
    variables: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    gone: str = ""
    """Why it is not there, with everything inside."""
    unseen: str = ""
    """Why its own text is not seen."""


DEFAULT = Look()
"""An element without any style on a white page."""


def look(tag: str, declared: Sequence[Declaration], around: Look = DEFAULT) -> Look:
    """Look of an element.

    Parameters
    ----------
    tag
        Its name.
    declared
        Its declarations, the weakest first.
    around
        Look of the element that it stands in.
    """
    variables = {**around.variables, **{d.name: d.value for d in declared if d.name.startswith("--")}}
    values: dict[str, Declaration] = {}
    for declaration in declared:
        if declaration.name.startswith("--"):
            continue
        whole = substituted(declaration, variables) if isinstance(declaration.value, tuple) and any(
            hasattr(part, "type") for part in declaration.value) else (declaration,)  # fmt: skip
        values.update((part.name, part) for part in whole)
    handed = _handed_down(values, replace(around, variables=variables, gone="", unseen=""))
    return replace(handed, gone=_why_gone(tag, values, handed), unseen=_why_unseen(values, handed))


def _value(values: Mapping[str, Declaration], name: str, inherited: Any = None, initial: Any = None) -> Any:
    """Value of a property; ``inherited`` where it is handed down."""
    declaration = values.get(name)
    if declaration is None or declaration.value in ("inherit", "unset"):
        return inherited
    return initial if declaration.value in ("initial", "revert", "revert-layer") else declaration.value


def _handed_down(values: Mapping[str, Declaration], around: Look) -> Look:
    visibility = _value(values, "visibility", "visible" if around.is_visible else "hidden", "visible")
    size = _value(values, "font-size", None, Length(ROOT, "px"))
    color = _value(values, "fill") or _value(values, "color", around.color, BLACK)
    painted = [c for name in ("background", "background-image") for c in _value(values, name, (), ()) or ()]
    grounds = tuple(c.over(ground) for c in painted for ground in around.grounds[:8]) or around.grounds
    spacing = _value(values, "letter-spacing", None, Length(0, "px"))
    pixels = (size.pixels(em=around.size, whole=around.size) if size else around.size) * _value(
        values, "zoom", 1.0, 1.0
    )
    return replace(
        around,
        is_visible=visibility == "visible",
        size=pixels,
        spacing=spacing.pixels(em=pixels, whole=pixels) if spacing else around.spacing,
        color=color,
        grounds=grounds[:64],
        fading=around.fading * max(0.0, _value(values, "opacity", 1.0, 1.0)) * _value(values, "filter", 1.0, 1.0),
        glows=_value(values, "text-shadow", around.glows, ()),
        is_cut_out=around.is_cut_out or (bool(painted) and _value(values, "background-clip") == "text"),
    )


def _why_unseen(values: Mapping[str, Declaration], now: Look) -> str:
    if not now.is_visible:
        return _reason("invisible", values, "visibility")
    if now.size < SMALLEST:
        return _reason(f"letters of {now.size:.2g} pixels", values, "font-size")
    if now.spacing < CLOSEST * now.size:
        return _reason("letters on top of each other", values, "letter-spacing")
    if now.is_cut_out:
        return ""
    inks = (now.color, *now.glows)
    if all(ink.over(ground).is_close(ground, within=ALIKE) for ink in inks for ground in now.grounds):
        return _reason("of the colour of its background, or transparent", values, "fill", "color", "background")
    return ""


def _why_gone(tag: str, values: Mapping[str, Declaration], now: Look) -> str:
    if _value(values, "display") == "none":
        return _reason("not displayed", values, "display")
    if _value(values, "content-visibility") == "hidden":
        return _reason("not displayed", values, "content-visibility")
    if now.fading < FAINTEST:
        return _reason("transparent", values, "opacity", "filter")
    if _value(values, "mask"):
        return _reason("masked away", values, "mask")
    position = _value(values, "position")
    is_box = tag not in INLINE or _is_box(values)
    if _value(values, "clip") and (values["clip"].text.startswith(("clip-path", "-webkit")) or
                                   position in ("absolute", "fixed")):  # fmt: skip
        return _reason("clipped away", values, "clip")
    move: Move = _value(values, "transform") or Move()
    if is_box and (move.is_flat or _value(values, "scale", 1.0, 1.0) < 0.05 or _value(values, "rotate")):
        return _reason("shrunk to nothing", values, "transform", "scale", "rotate")
    if is_box and (which := _cut_box(values, now)):
        return _reason("in a box without room for it", values, which)
    if which := _moved_off(values, now, move if is_box else Move(), position or "static"):
        return _reason("moved off the page", values, which)
    return ""


def _is_box(values: Mapping[str, Declaration]) -> bool:
    display = _value(values, "display") or "inline"
    return (
        display not in ("inline", "contents")
        or _value(values, "position") in ("absolute", "fixed")
        or _value(values, "float") not in (None, "none")
    )


def _cut_box(values: Mapping[str, Declaration], now: Look) -> str:
    """Property that leaves no room, of a box that cuts off what is larger."""
    if not _value(values, "overflow"):
        return ""
    for name in ("width", "height", "max-width", "max-height"):
        length = _value(values, name)
        if length and (length.unit != "%" or not length.number) and length.pixels(em=now.size, whole=0) < SLIVER:
            return name
    line, indent = _value(values, "line-height"), _value(values, "text-indent")
    if line and not line.number and not _value(values, "height"):
        return "line-height"
    return "text-indent" if indent and indent.unit == "%" and indent.number >= 100 else ""


def _moved_off(values: Mapping[str, Declaration], now: Look, move: Move, position: str) -> str:
    """Property that takes it off the page, all that move it put together; empty if it stays within reach."""
    is_placed, is_fixed = position != "static", position == "fixed"
    axes = (
        (("left", "right", "margin-left"), WIDTH, OWN_WIDTH, FAR_OFF / 2),
        (("top", "bottom", "margin-top"), HEIGHT, OWN_HEIGHT, FAR_OFF),
    )
    for axis, ((near, far, margin), whole, own, furthest) in enumerate(axes):
        used = [name for name in (near, margin) if _value(values, name) and (name == margin or is_placed)]
        total = sum(_value(values, name).pixels(em=now.size, whole=whole) for name in used)
        moved: tuple[Length, Length] = (move.right, move.down)
        for shift in (moved[axis], (_value(values, "translate") or move.still())[axis]):
            total += shift.pixels(em=now.size, whole=own)
        if axis == 0 and (indent := _value(values, "text-indent")) and indent.number < 0:
            total += indent.pixels(em=now.size, whole=whole)
            used.append("text-indent")
        if near not in used and is_placed and (from_far := _value(values, far)):
            beyond = from_far.pixels(em=now.size, whole=whole)
            total += max(0.0, -beyond) - max(0.0, beyond - FAR_OFF)
            used.append(far)
        if total <= OFF_PAGE or total >= (whole if is_fixed else furthest):  # to what is fixed nobody can scroll
            return used[-1] if used else "transform" if "transform" in values else "translate"
    return ""


def _reason(what: str, values: Mapping[str, Declaration], *names: str) -> str:
    """The reason for the log, with the declaration that it was read from; inherited ones are not repeated."""
    written = next((values[name].text for name in names if name in values and values[name].text), "")
    return f"hidden text: {what}{f' ({written[:120]})' if written else ''}"
