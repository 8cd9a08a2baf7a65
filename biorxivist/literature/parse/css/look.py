"""How an element looks under its declarations, and why a reader of the page would not see its text.

Two things are told apart, as browsers do. What is *gone* (not displayed, transparent, clipped, moved off the page) is
gone with everything inside. What is *unseen* (invisible, tiny, of the colour of its background) is inherited, and
something inside may be seen again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from biorxivist.literature.parse.css.declarations import Declaration, substituted
from biorxivist.literature.parse.css.filters import UNFILTERED, Filter
from biorxivist.literature.parse.css.shapes import STILL, Move
from biorxivist.literature.parse.css.values import BLACK, CURRENT, FAINTEST, ROOT, SCREEN, WHITE, Color, Length

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
OWN_WIDTH, OWN_HEIGHT = 780.0, 100.0
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
    fill: Color = CURRENT
    """Colour that letters are filled with in place of theirs."""
    grounds: tuple[Color, ...] = (WHITE,)
    """Colours that may stand behind the text."""
    fading: float = 1.0
    glows: tuple[Color, ...] = ()
    """Colours of the shadow of the text."""
    spacing: float = 0.0
    """Pixels between the letters."""
    indent: Length = STILL
    """How far the first line of a box inside is moved to the right."""
    is_moved_off: bool = False
    """Whether its line begins off the page."""
    is_dotted: bool = False
    """Whether a dot stands for each letter, as in a password."""
    filter: Filter = UNFILTERED
    """Filters of the elements around, and its own."""
    stroke: Color | None = None
    """Colour of the outline of the letters."""
    has_flat_rows: bool = False
    """Whether what stands in it are rows without height."""
    lays_out: bool = False
    """Whether what stands in it are boxes, whatever they are (flex, grid)."""
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
        if not declaration.name.startswith("--"):
            values.update((part.name, part) for part in substituted(declaration, variables))
    is_box = _is_box(tag, values, around)
    handed = _handed_down(values, replace(around, variables=variables, gone="", unseen=""))
    handed = replace(handed, is_moved_off=_is_line_moved_off(tag, values, handed, is_box=is_box))
    return replace(handed, gone=_why_gone(values, handed, around, is_box=is_box), unseen=_why_unseen(values, handed))


def _value(values: Mapping[str, Declaration], name: str, inherited: Any = None, initial: Any = None) -> Any:
    """Value of a property; ``inherited`` where it is handed down."""
    declaration = values.get(name)
    if declaration is None or declaration.value in ("inherit", "unset"):
        return inherited
    return initial if declaration.value in ("initial", "revert", "revert-layer") else declaration.value


def _handed_down(values: Mapping[str, Declaration], around: Look) -> Look:
    visibility = _value(values, "visibility", "visible" if around.is_visible else "hidden", "visible")
    size = _value(values, "font-size", None, Length(ROOT, "px"))
    color = _value(values, "color", around.color, BLACK)
    fill = _value(values, "fill", around.fill, CURRENT)
    painted = [
        color if c is CURRENT else c
        for name in ("background", "background-image")
        for c in _value(values, name, (), ()) or ()
    ]
    tones = _value(values, "filter", UNFILTERED, UNFILTERED).within(around.filter)
    grounds = tuple(tones.toned(c).over(ground) for c in painted for ground in around.grounds[:8]) or around.grounds
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
        fill=fill,
        grounds=grounds[:64],
        fading=around.fading
        * max(0.0, _value(values, "opacity", 1.0, 1.0))
        * _value(values, "filter", UNFILTERED, UNFILTERED).opacity,
        filter=tones,
        stroke=_value(values, "stroke", around.stroke),
        has_flat_rows=_value(values, "grid-template-rows") is True,
        glows=_value(values, "text-shadow", around.glows, ()),
        is_cut_out=around.is_cut_out or (bool(painted) and _value(values, "background-clip") == "text"),
        indent=_value(values, "text-indent", around.indent, STILL),
        is_dotted=_value(values, "security", "disc" if around.is_dotted else "none", "none") != "none",
        lays_out=(_value(values, "display") or "").removeprefix("inline-") in ("flex", "grid"),
    )


def _why_unseen(values: Mapping[str, Declaration], now: Look) -> str:
    if not now.is_visible:
        return _reason("invisible", values, "visibility")
    if now.size < SMALLEST or _value(values, "font-size-adjust") == 0:
        return _reason(f"letters of {now.size:.2g} pixels", values, "font-size")
    if now.spacing < CLOSEST * now.size:
        return _reason("letters on top of each other", values, "letter-spacing")
    if now.is_dotted:
        return _reason("written in dots", values, "security")
    if now.is_moved_off:
        return _reason("moved off the page", values, "text-indent")
    if now.is_cut_out:
        return ""
    painted = (now.fill, *now.glows, *((now.stroke,) if now.stroke else ()))
    inks = [now.filter.toned(now.color if ink is CURRENT else ink) for ink in painted]
    if all(ink.over(ground).is_close(ground, within=ALIKE) for ink in inks for ground in now.grounds):
        return _reason("of the colour of its background, or transparent", values, "fill", "color", "background")
    return ""


def _why_gone(values: Mapping[str, Declaration], now: Look, around: Look, *, is_box: bool) -> str:
    if _value(values, "display") in ("none", "table-column", "table-column-group"):
        return _reason("not displayed", values, "display")
    if _value(values, "content-visibility") == "hidden" and is_box:
        return _reason("not displayed", values, "content-visibility")
    if now.fading < FAINTEST:
        return _reason("transparent", values, "opacity", "filter")
    if _value(values, "mask"):
        return _reason("masked away", values, "mask")
    position = _value(values, "position") or "static"
    if _value(values, "clip-path") or (_value(values, "clip") and position in ("absolute", "fixed")):
        return _reason("clipped away", values, "clip-path", "clip")
    move: Move = _value(values, "transform") or Move()
    if is_box and (move.is_flat or _value(values, "scale", 1.0, 1.0) < 0.05 or _value(values, "rotate")):
        return _reason("shrunk to nothing", values, "transform", "scale", "rotate")
    if is_box and move.is_turned and _value(values, "backface-visibility") == "hidden":
        return _reason("turned to its back", values, "transform")
    if is_box and around.has_flat_rows and _value(values, "overflow"):
        return _reason("in a row without height", values, "overflow")
    if is_box and (which := _cut_box(values, now)):
        return _reason("in a box without room for it", values, which)
    if which := _moved_off(values, now, move if is_box else Move(), position, is_box=is_box):
        return _reason("moved off the page", values, which)
    return ""


def _is_box(tag: str, values: Mapping[str, Declaration], around: Look) -> bool:
    """Whether an element is a box of its own; else it is a part of a line, without width or height."""
    if around.lays_out or _value(values, "position") in ("absolute", "fixed"):
        return True
    if _value(values, "float") not in (None, "none"):
        return True
    display = _value(values, "display", None, "inline")
    return tag not in INLINE if display is None else display not in ("inline", "contents")


def _is_line_moved_off(tag: str, values: Mapping[str, Declaration], now: Look, *, is_box: bool) -> bool:
    """Whether the line of a text begins off the page; only a box that begins a line of its own begins another one."""
    is_in_line = not is_box or (_value(values, "display") or "").startswith("inline") or tag in INLINE
    if is_in_line and not (is_box and "text-indent" in values):
        return now.is_moved_off
    beside = [_value(values, "margin-left")]
    if _value(values, "position", "static", "static") in ("relative", "absolute", "fixed"):
        beside.append(_value(values, "left"))
    lengths = [length for length in (now.indent, *beside) if length]
    return bool(sum(length.pixels(em=now.size, whole=WIDTH) for length in lengths) <= OFF_PAGE)


def _cut_box(values: Mapping[str, Declaration], now: Look) -> str:
    """Property that leaves no room, of a box that cuts off what is larger."""
    is_empty, is_clipped = _value(values, "contain", (False, False), (False, False))
    if not (_value(values, "overflow") or is_clipped):
        return ""
    if is_empty and not any(_pixels(values, name, now) for name in ("height", "min-height", "padding-bottom")):
        return "contain"
    for side, padding in (("width", "padding-right"), ("height", "padding-bottom")):
        if max(_pixels(values, f"min-{side}", now), 0.0) + _pixels(values, padding, now) >= SLIVER:
            continue
        for name in (side, f"max-{side}"):
            length = _value(values, name)
            if length and (length.unit != "%" or not length.number) and _pixels(values, name, now) < SLIVER:
                return name
    line, indent = _value(values, "line-height"), _value(values, "text-indent")
    if line and not line.number and not _value(values, "height"):
        return "line-height"
    return "text-indent" if indent and indent.unit == "%" and indent.number >= 100 else ""


def _pixels(values: Mapping[str, Declaration], name: str, now: Look) -> float:
    """Pixels of a property; a percentage is of a box that has some room, unless it is 0."""
    length = _value(values, name)
    return float(length.pixels(em=now.size, whole=OWN_HEIGHT)) if length else 0.0


def _moved_off(values: Mapping[str, Declaration], now: Look, move: Move, position: str, *, is_box: bool) -> str:
    """Property that takes it off the page, all that move it put together; empty if it stays within reach."""
    is_placed, is_fixed = position in ("relative", "absolute", "fixed"), position == "fixed"
    axes = (
        (("left", "right", "margin-left"), WIDTH, OWN_WIDTH, FAR_OFF / 2),
        (("top", "bottom", "margin-top"), HEIGHT, OWN_HEIGHT, FAR_OFF),
    )
    for axis, ((near, far, margin), whole, own, furthest) in enumerate(axes):
        used = [near] if is_placed and _value(values, near) else []
        if _value(values, margin) and (is_box or axis == 0):  # a part of a line has no margin above
            used.append(margin)
        total = sum(_value(values, name).pixels(em=now.size, whole=whole) for name in used)
        moved: tuple[Length, Length] = (move.right, move.down)
        shifts = (moved[axis], (_value(values, "translate") or move.still())[axis]) if is_box else ()
        total += sum(shift.pixels(em=now.size, whole=own) for shift in shifts)
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
