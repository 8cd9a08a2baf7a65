"""MathML in one line of plain text: ``10^5``, ``a/b``, ``√(x)``, ``∑_(i=1)^n``; the form of `scripts`."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from biorxivist.literature.parse.operands import (
    ACCENTS,
    SHAPELESS,
    Row,
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
SPACE, WORDS = f"{MATH}mspace", f"{MATH}mtext"
UNPRINTED = dict(zip(SHAPELESS, " ·,+", strict=True))
"""Operators without a shape -> the sign of each where what is beside it would run together."""
ROWS = frozenset(
    f"{MATH}{name}" for name in ("math", "mrow", "mstyle", "mpadded", "mtd", "msqrt", "menclose", "merror", "semantics")
)
"""Elements whose parts stand in one row."""
BASES = frozenset(f"{MATH}{name}" for name in ("mrow", "mfrac", "mstyle", "mpadded"))
"""Elements that may hold more than one token."""
FUNCTIONS = frozenset("log ln lg exp sin cos tan tanh max min argmax argmin sup inf lim det Pr Var Cov".split())  # noqa: SIM905
"""Names that a space parts from what they are of."""
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


def read_formula(el: etree._Element, buf: Buffer) -> str:
    """Put a formula into a buffer: its tokens in order, without the white space that only lays out the file.

    Returns
    -------
    The accents that are read as characters that join their letter.
    """
    row = Row(last_character(buf))
    LAYOUTS.get(el.tag, _read)(el, row)
    _part_numbers(row, 0)
    buf.extend(row)
    return row.replaced


def _part_numbers(buf: Row, first: int) -> None:
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


def _read(el: etree._Element, buf: Row) -> None:
    """Read a row, whose parts stand side by side."""
    pieces = buf.pieces
    if (text := el.text) and not text.isspace():
        _put(text, buf)
    for child in el:
        if (layout := LAYOUTS.get(child.tag)) is not None:
            layout(child, buf)
        elif len(child):
            _read(child, buf)
        elif text := child.text:
            if text.isalnum():  # as most tokens are
                pieces.append(text)
                if text in FUNCTIONS:
                    _part_name(child, buf)
            elif len(text) == 1 and not text.isspace():
                pieces.append(text)
            elif child.tag == WORDS:
                _put_words(child, text, buf)
            else:
                _put(text, buf)
        if (text := child.tail) and not text.isspace():
            _put(text, buf)


def _part_name(el: etree._Element, buf: Row) -> None:
    """Part the name of a function from what it is of."""
    if _following(el).isalnum():
        buf.add(" ")


def _read_whole(el: etree._Element, buf: Row) -> None:
    """An element and what stands behind it."""
    if (layout := LAYOUTS.get(el.tag)) is not None:
        layout(el, buf)
    elif len(el):
        _read(el, buf)
    elif text := el.text:
        if text.isalnum():
            buf.pieces.append(text)
        else:
            _put(text, buf)
    if (text := el.tail) and not text.isspace():
        _put(text, buf)


def _put(text: str, buf: Row) -> None:
    if bare := text.strip():
        buf.pieces.append(" ".join(bare.split()) if " " in bare or not bare.isprintable() else bare)


def _following(el: etree._Element, *, without: str = "") -> str:
    """First character of what stands right behind in the same row; empty if a space or nothing does."""
    around = el.getparent()
    while around is not None and around.tag in ROWS:
        after = el.getnext()
        while after is not None:
            if after.tag == SPACE:
                return ""
            text = all_text(after) if len(after) else after.text or ""
            if text := text.strip(without + " \t\r\n"):
                return text[0]
            after = after.getnext()
        el, around = around, around.getparent()
    return ""


def _base(el: etree._Element, buf: Row) -> None:
    """What carries scripts; a sum or a fraction that does is put in brackets."""
    first = len(buf.pieces)
    _read_whole(el, buf)
    if el.tag in BASES and len(buf.pieces) > first:
        text = "".join(buf.pieces[first:]).strip(SHAPELESS)
        if len(text) > 1 and not is_single(text) and not is_enclosed(text):
            bracket(buf, first)


def _read_script(el: etree._Element, buf: Row) -> None:
    """Read what is raised or lowered, in a row of its own."""
    if not len(el):
        _read_whole(el, buf)
        return
    start, buf.start = buf.start, len(buf.pieces)
    _read_whole(el, buf)
    _part_numbers(buf, buf.start)
    buf.start = start


def _lower(el: etree._Element, buf: Row, after: str, *, is_limit: bool = False) -> None:
    before, first = buf.last(), len(buf.pieces)
    _read_script(el, buf)
    put_lowered(buf, first, before, after, is_behind_raised=is_limit)


def _raise(el: etree._Element, buf: Row, after: str, *, has_base: bool = False) -> None:
    before, first = buf.last(), len(buf.pieces)
    _read_script(el, buf)
    if has_base and before in OPENING:  # a bar that ends |x|, and no beginning
        before = ")"
    put_raised(buf, first, before, after, is_mark=False)


def _scripts(kinds: str, *, is_limit: bool = False) -> Callable[[etree._Element, Row], None]:
    """Make the reader of a base with scripts: one letter of ``kinds`` for each, ``u`` under or ``o`` over it."""
    is_letter_below = kinds == "u" and not is_limit

    def read(el: etree._Element, buf: Row) -> None:
        if text := el.text:
            _put(text, buf)
        parts, first = list(el), len(buf.pieces)
        if not parts:
            return
        _base(parts[0], buf)
        is_function, last = parts[0].text in FUNCTIONS, parts[-1]
        if is_letter_below and not is_function and len(parts) == 2 and (last.text or "").isalpha() and not len(last):
            _read_whole(last, buf)  # as most are: it joins its base, whatever that is and whatever follows
            return
        after, has_base = _following(el), len(buf.pieces) > first
        for kind, part in zip(kinds, parts[1:], strict=False):
            behind = after if part is last and not is_function else ""
            if kind == "u":
                _lower(part, buf, behind, is_limit=is_limit)
            else:
                _raise(part, buf, behind, has_base=has_base)
        if is_function and after.isalnum():
            buf.add(" ")
        for part in parts[1 + len(kinds) :]:
            _read_whole(part, buf)

    return read


def _multiscripts(el: etree._Element, buf: Row) -> None:
    """A base with scripts on either side, in pairs of a lowered and a raised one; isotopes are written so."""
    parts = list(el)
    border = next((place for place, part in enumerate(parts) if part.tag == f"{MATH}mprescripts"), len(parts))
    if text := el.text:
        _put(text, buf)
    _pairs(parts[border:], buf, is_before=True)
    if border:
        _base(parts[0], buf)
    _pairs(parts[1:border], buf, is_before=False)


def _pairs(parts: list[etree._Element], buf: Row, *, is_before: bool) -> None:
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


def _over(el: etree._Element, buf: Row) -> None:
    """An accent joins what it stands over, anything else over it is raised."""
    parts = list(el)
    mark = (parts[1].text or "").strip() if len(parts) == 2 and not len(parts[1]) else "two"
    if len(mark) > 1 or mark.isalnum():
        _scripts("o")(el, buf)
        return
    if text := el.text:
        _put(text, buf)
    _read_whole(parts[0], buf)
    if mark in ACCENTS and buf.last().isalnum():
        buf.replace(mark, ACCENTS[mark])
        _put(parts[1].tail or "", buf)
    else:
        _read_whole(parts[1], buf)


def _fraction(el: etree._Element, buf: Row) -> None:
    """A fraction; one without a line is a choice of two, as binomial coefficients are written."""
    if text := el.text:
        _put(text, buf)
    first, after = len(buf.pieces), _following(el, without=SHAPELESS)
    is_choice = NOTHING.fullmatch((el.get("linethickness") or "").strip()) is not None
    before = buf.beside(without=SHAPELESS)
    is_inside = is_choice and before == "(" and after == ")"
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
        bracket_fraction(buf, first, before, after)


def _enclosed(part: etree._Element, buf: Row) -> None:
    """A part in brackets, unless it is one number or word."""
    first = len(buf.pieces)
    _read_whole(part, buf)
    text = "".join(buf.pieces[first:])
    if text and not is_single(text):
        bracket(buf, first)


def _space(el: etree._Element, buf: Row) -> None:
    """A space that is wider than none, where words or numbers would run together without it."""
    if el.text or len(el):  # there should be nothing in it
        _read(el, buf)
    if not _ends_a_word(buf) or not _following(el).isalnum():
        return
    width = (el.get("width") or "").strip()
    if width and not width.startswith(("neg", "-")) and not NOTHING.fullmatch(width):
        buf.add(" ")


def _put_words(el: etree._Element, text: str, buf: Row) -> None:
    """Put words into a formula; a space at their ends parts them from what is beside them."""
    if text[0].isspace() and text.strip()[:1].isalnum() and _ends_a_word(buf):
        buf.pieces.append(" ")
    _put(text, buf)
    if text[-1].isspace() and not text.isspace() and _ends_a_word(buf) and _following(el).isalnum():
        buf.pieces.append(" ")


def _ends_a_word(buf: Row) -> bool:
    """Whether a word would run into what the row ends with."""
    before = buf.beside()
    return before.isalnum() or (before != "" and before in ")]}")


def _frame(el: etree._Element, buf: Row) -> None:
    """What has a line around it or, as a root, above it."""
    (_root if "radical" in (el.get("notation") or "") else _read)(el, buf)


def _root(el: etree._Element, buf: Row) -> None:
    buf.add("√(")
    if text := el.text:
        _put(text, buf)
    for place, part in enumerate(list(el)):
        if place == 1 and el.tag.endswith("mroot"):
            buf.add(", ")
        _read_whole(part, buf)
    buf.add(")")


def _fenced(el: etree._Element, buf: Row) -> None:
    """Brackets that are attributes."""
    separators = "".join((el.get("separators") or ",").split()) or ","
    buf.add(el.get("open", "("))
    if text := el.text:
        _put(text, buf)
    for place, part in enumerate(list(el)):
        if place:
            buf.add(separators[min(place, len(separators)) - 1])
        _read_whole(part, buf)
    buf.add(el.get("close", ")"))


def _rows(el: etree._Element, buf: Row) -> None:
    if text := el.text:
        _put(text, buf)
    for place, row in enumerate(list(el)):
        if place:
            buf.add("; ")
        _read_whole(row, buf)


def _cells(el: etree._Element, buf: Row) -> None:
    if text := el.text:
        _put(text, buf)
    for place, cell in enumerate(list(el)):
        if place:
            buf.pieces.append(" ")
        _read_whole(cell, buf)


LAYOUTS: dict[str, Callable[[etree._Element, Row], None]] = {
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
        "mtable": _rows,
        "mtr": _cells,
        "mlabeledtr": _cells,
    }.items()
}
"""Elements whose meaning is in how they lay out what is in them."""
