"""MathML in one line of plain text: ``10^5``, ``a/b``, ``√(x)``, ``∑_(i=1)^n``; the form of `scripts`."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from biorxivist.literature.parse.operands import (
    ACCENTS,
    SHAPELESS,
    bracket,
    bracket_fraction,
    is_enclosed,
    is_single,
)
from biorxivist.literature.parse.raising import last_character, put_lowered, put_raised
from biorxivist.literature.parse.text import all_text
from biorxivist.literature.parse.writer import Buffer
from biorxivist.literature.scripts import OPENING

__all__ = ["MATH", "is_small", "read_formula"]

MATH = "{http://www.w3.org/1998/Math/MathML}"
SMALL = frozenset(
    f"{MATH}{name}" for name in ("math", "mrow", "mstyle", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub",
                                 "msubsup", "mfrac", "mover", "mpadded", "mmultiscripts",
                                 "mprescripts", "none", "semantics", "annotation", "annotation-xml")
)  # fmt: skip
UNPRINTED = dict(zip(SHAPELESS, " ·,+", strict=True))
"""Operators without a shape -> the sign of each where what is beside it would run together."""
ROWS = frozenset(
    f"{MATH}{name}" for name in ("math", "mrow", "mstyle", "mpadded", "mtd", "msqrt", "menclose", "merror", "semantics")
)
"""Elements whose parts stand in one row."""
BASES = tuple(f"{MATH}{name}" for name in ("mrow", "mfrac", "mstyle", "mpadded"))
"""Elements that may hold more than one token."""
FUNCTIONS = frozenset("log ln lg exp sin cos tan tanh max min argmax argmin sup inf lim det Pr Var Cov".split())  # noqa: SIM905
"""Names that a space parts from what they are of."""
WITH_SCRIPTS = frozenset(f"{MATH}{name}" for name in ("msub", "msup", "msubsup", "munder"))
NOTHING = re.compile(r"(?:0+\.?0*|\.0+)(?:[a-z]+|%)?", re.IGNORECASE)
"""A length of none."""
MOST_ELEMENTS = 40
"""Elements of a formula that is still better read in plain text than in TeX."""


def is_small(math: etree._Element) -> bool:
    """Whether a formula is so small and simple that its plain form says all of it."""
    for number, element in enumerate(math.iter(etree.Element)):
        if number >= MOST_ELEMENTS or element.tag not in SMALL:
            return False
    return True


def read_formula(el: etree._Element, buf: Buffer) -> None:
    """Put a formula into a buffer: its tokens in order, without the white space that only lays out the file."""
    first = len(buf.pieces)
    _read(el, buf)
    _part_numbers(buf, first)


def _part_numbers(buf: Buffer, first: int) -> None:
    """Print the operators that have no shape where two numbers would run into one without them, or a name into more."""
    if UNPRINTED.keys().isdisjoint(buf.pieces[first:]):
        return
    place = first + 1
    while place < len(buf.pieces) - 1:
        sign, before, after = UNPRINTED.get(buf.pieces[place]), buf.pieces[place - 1], buf.pieces[place + 1]
        if sign and not buf.has_added(place + 1):
            runs_on = str.isalnum if sign == " " else str.isdigit
            if runs_on(before[-1:]) and runs_on(after[:1]):
                buf.insert(place + 1, sign)
        place += 1


def _read(el: etree._Element, buf: Buffer) -> None:
    if (layout := LAYOUTS.get(el.tag)) is not None:
        layout(el, buf)
        return
    if text := el.text:
        _put(text, buf)
    for child in el:
        if len(child) or child.tag in LAYOUTS:
            _read(child, buf)
            is_function = child.tag in WITH_SCRIPTS and len(child) > 0 and all_text(child[0]).strip() in FUNCTIONS
        elif text := child.text:
            _put(text, buf)
            is_function = text in FUNCTIONS
        else:
            continue
        if is_function and _following(child).isalnum():
            buf.add(" ")
        if text := child.tail:
            _put(text, buf)


def _read_whole(el: etree._Element, buf: Buffer) -> None:
    """An element and what stands behind it."""
    if len(el):
        _read(el, buf)
    elif text := el.text:
        _put(text, buf)
    if text := el.tail:
        _put(text, buf)


def _put(text: str, buf: Buffer) -> None:
    if text.isalnum():  # as most tokens are
        buf.pieces.append(text)
    elif bare := text.strip():
        buf.pieces.append(" ".join(bare.split()) if " " in bare or not bare.isprintable() else bare)


def _following(el: etree._Element, *, without: str = "") -> str:
    """First character of what stands right behind in the same row; empty if a space or nothing does."""
    place: etree._Element | None = el
    while place is not None and (around := place.getparent()) is not None and around.tag in ROWS:
        for after in place.itersiblings(etree.Element):
            if after.tag == f"{MATH}mspace":
                return ""
            text = all_text(after) if len(after) else after.text or ""
            if text := text.strip(without + " \t\r\n"):
                return text[0]
        place = around
    return ""


def _base(el: etree._Element, buf: Buffer) -> None:
    """What carries scripts; a sum or a fraction that does is put in brackets."""
    first = len(buf.pieces)
    _read_whole(el, buf)
    text = "".join(buf.pieces[first:]).strip(SHAPELESS)
    if len(text) > 1 and el.tag in BASES and not is_single(text) and not is_enclosed(text):
        bracket(buf, first)


def _read_script(el: etree._Element, buf: Buffer) -> None:
    """Read what is raised or lowered: nothing stands before it in its own row."""
    own = Buffer()
    _read_whole(el, own)
    _part_numbers(own, 0)
    buf.extend(own)


def _lower(el: etree._Element, buf: Buffer, after: str, *, is_limit: bool = False) -> None:
    before, first = last_character(buf), len(buf.pieces)
    _read_script(el, buf)
    put_lowered(buf, first, before, after, is_behind_raised=is_limit)


def _raise(el: etree._Element, buf: Buffer, after: str, *, has_base: bool = False) -> None:
    before, first = last_character(buf), len(buf.pieces)
    _read_script(el, buf)
    if has_base and before in OPENING:  # a bar that ends |x|, and no beginning
        before = ")"
    put_raised(buf, first, before, after, is_mark=False)


def _scripts(kinds: str, *, is_limit: bool = False) -> Callable[[etree._Element, Buffer], None]:
    """Make the reader of a base with scripts: one letter of ``kinds`` for each, ``u`` under or ``o`` over it."""

    def read(el: etree._Element, buf: Buffer) -> None:
        _put(el.text or "", buf)
        parts, first = list(el), len(buf.pieces)
        if parts:
            _base(parts[0], buf)
        base = "".join(buf.pieces[first:]).strip()
        for kind, part, place in zip(kinds, parts[1:], range(len(kinds)), strict=False):
            after = _following(el) if place == len(kinds) - 1 and base not in FUNCTIONS else ""
            if kind == "u":
                _lower(part, buf, after, is_limit=is_limit)
            else:
                _raise(part, buf, after, has_base=bool(base))
        for part in parts[1 + len(kinds) :]:
            _read_whole(part, buf)

    return read


def _multiscripts(el: etree._Element, buf: Buffer) -> None:
    """A base with scripts on either side, in pairs of a lowered and a raised one; isotopes are written so."""
    parts = list(el)
    border = next((place for place, part in enumerate(parts) if part.tag == f"{MATH}mprescripts"), len(parts))
    _put(el.text or "", buf)
    _pairs(parts[border:], buf, is_before=True)
    if parts:
        _base(parts[0], buf)
    _pairs(parts[1:border], buf, is_before=False)


def _pairs(parts: list[etree._Element], buf: Buffer, *, is_before: bool) -> None:
    if is_before and parts:
        _read_whole(parts[0], buf)  # the element that parts the sides, and what stands behind it
        parts = parts[1:]
    for place in range(0, len(parts), 2):
        pair = parts[place : place + 2]
        if is_before:
            if len(pair) == 2:
                _raise(pair[1], buf, "")
            _lower(pair[0], buf, "", is_limit=len(pair) == 2 and bool(all_text(pair[1]).strip()))
            continue
        _lower(pair[0], buf, "")
        if len(pair) == 2:
            _raise(pair[1], buf, "")


def _over(el: etree._Element, buf: Buffer) -> None:
    """An accent joins what it stands over, anything else over it is raised."""
    parts = list(el)
    accent = ((parts[1].text or "") if not len(parts[1]) else "two") if len(parts) > 1 else ""
    if len(accent := accent.strip()) > 1 or accent.isalnum():
        _scripts("o")(el, buf)
        return
    _put(el.text or "", buf)
    for place, part in enumerate(parts):
        if place == 1 and accent in ACCENTS and is_single(last_character(buf)):
            buf.replace(accent, ACCENTS[accent])
            _put(part.tail or "", buf)
        else:
            _read_whole(part, buf)


def _fraction(el: etree._Element, buf: Buffer) -> None:
    """A fraction; one without a line is a choice of two, as binomial coefficients are written."""
    _put(el.text or "", buf)
    first, after = len(buf.pieces), _following(el, without=SHAPELESS)
    is_choice = NOTHING.fullmatch((el.get("linethickness") or "").strip()) is not None
    is_inside = is_choice and last_character(buf) == "(" and after == ")"
    for place, part in enumerate(list(el)):
        if place == 1:
            buf.add("; " if is_choice else "/")
        if is_choice:
            _read_whole(part, buf)
        else:
            _enclosed(part, buf)
    if is_choice and not is_inside:
        bracket(buf, first)
    elif not is_choice:
        bracket_fraction(buf, first, after)


def _enclosed(part: etree._Element, buf: Buffer) -> None:
    """A part in brackets, unless it is one number or word."""
    first = len(buf.pieces)
    _read_whole(part, buf)
    text = "".join(buf.pieces[first:])
    if text and not is_single(text):
        bracket(buf, first)


def _space(el: etree._Element, buf: Buffer) -> None:
    """A space that is wider than none, where words or numbers would run together without it."""
    width = (el.get("width") or "").strip()
    if width and not width.startswith(("neg", "-")) and not NOTHING.fullmatch(width) and _parts(buf, _following(el)):
        buf.add(" ")


def _words(el: etree._Element, buf: Buffer) -> None:
    """Words in a formula; a space at their ends parts them from what is beside them."""
    text = el.text or ""
    if text[:1].isspace() and _parts(buf, text.strip()[:1]):
        buf.pieces.append(" ")
    _put(text, buf)
    for child in el:
        _read_whole(child, buf)
    end = (el[-1].tail or "") if len(el) else text
    if end[-1:].isspace() and end.strip() and _parts(buf, _following(el)):
        buf.pieces.append(" ")


def _parts(buf: Buffer, after: str) -> bool:
    """Whether a space parts what the buffer ends with from what follows."""
    return bool(before := last_character(buf)) and (before.isalnum() or before in ")]}") and after.isalnum()


def _frame(el: etree._Element, buf: Buffer) -> None:
    """What has a line around it or, as a root, above it."""
    (_root if "radical" in (el.get("notation") or "") else _row)(el, buf)


def _row(el: etree._Element, buf: Buffer) -> None:
    _put(el.text or "", buf)
    for part in list(el):
        _read_whole(part, buf)


def _root(el: etree._Element, buf: Buffer) -> None:
    buf.add("√(")
    _put(el.text or "", buf)
    for place, part in enumerate(list(el)):
        if place == 1 and el.tag.endswith("mroot"):
            buf.add(", ")
        _read_whole(part, buf)
    buf.add(")")


def _fenced(el: etree._Element, buf: Buffer) -> None:
    """Brackets that are attributes."""
    separators = "".join((el.get("separators") or ",").split()) or ","
    buf.add(el.get("open", "("))
    _put(el.text or "", buf)
    for place, part in enumerate(list(el)):
        if place:
            buf.add(separators[min(place, len(separators)) - 1])
        _read_whole(part, buf)
    buf.add(el.get("close", ")"))


def _rows(el: etree._Element, buf: Buffer) -> None:
    _put(el.text or "", buf)
    for place, row in enumerate(list(el)):
        if place:
            buf.add("; ")
        _read_whole(row, buf)


def _cells(el: etree._Element, buf: Buffer) -> None:
    _put(el.text or "", buf)
    for place, cell in enumerate(list(el)):
        if place:
            buf.pieces.append(" ")
        _read_whole(cell, buf)


LAYOUTS: dict[str, Callable[[etree._Element, Buffer], None]] = {
    f"{MATH}{name}": read
    for name, read in {
        "msup": _scripts("o"),
        "msub": _scripts("u"),
        "msubsup": _scripts("uo"),
        "munder": _scripts("u", is_limit=True),
        "munderover": _scripts("uo", is_limit=True),
        "mmultiscripts": _multiscripts,
        "mover": _over,
        "mfrac": _fraction,
        "msqrt": _root,
        "mroot": _root,
        "mfenced": _fenced,
        "menclose": _frame,
        "mspace": _space,
        "mtext": _words,
        "mtable": _rows,
        "mtr": _cells,
        "mlabeledtr": _cells,
    }.items()
}
"""Elements whose meaning is in how they lay out what is in them."""
