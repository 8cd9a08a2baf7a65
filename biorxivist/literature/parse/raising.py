"""Raised and lowered text, and marks of citations, put into a buffer in the plain form of `scripts`."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from biorxivist.literature.parse.text import INVISIBLE
from biorxivist.literature.parse.writer import Buffer, Writer
from biorxivist.literature.scripts import is_exponent, lowered, raised, set_off, touches

__all__ = [
    "gather_script",
    "is_continued",
    "last_character",
    "last_visible",
    "name_scripts",
    "next_character",
    "put_lowered",
    "put_mark",
    "put_raised",
    "together",
]

SEPARATORS = frozenset(("", ",", ";", "-", "–", "—", "‐", "‑", "−", "and", "&"))
"""What may stand between the marks of one list."""
AROUND = frozenset(
    ("sup", "sub", "xref", "a", "bold", "italic", "b", "i", "em", "strong", "span", "styled-content", "named-content",
     "sc", "underline", "monospace", "fixed-case", "font", "u", "ext-link", "roman", "sans-serif", "inline-formula")
)  # fmt: skip
"""Elements in which a text goes on from what stands around them."""
VERTICAL = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
MOVED = re.compile(r"vertical-align\s*:\s*\+?(-?)0*(?:[1-9][\d.]*|\.\d*[1-9]\d*)(?:%|[a-z]+)", re.IGNORECASE)
"""A text that is raised or lowered by a length; where its letters have a size of their own, too, it is a script."""
SIZED = re.compile(r"font(?:-size)?\s*:", re.IGNORECASE)
SCRIPT_NAME = re.compile(r"^(super(?:script)?|sub(?:script)?|sup)$", re.IGNORECASE)
CONTINUATION = (",", ";", "-", "–", "—", "‐", "‑", "−")


def name_scripts(root: etree._Element) -> None:
    """Call what is raised or lowered by its style, or said to be, by the name that such text usually has."""
    for element in root.iter("styled-content", "named-content", "span", "font"):
        for name in ("style", "content-type", "style-type", "class"):
            if (value := element.get(name)) and (script := _script_in(name, value)):
                element.tag = script
                break


def _script_in(name: str, value: str) -> str:
    """``sup`` or ``sub``, if an attribute makes a text one; else empty."""
    if match := (VERTICAL if name == "style" else SCRIPT_NAME).search(value):
        return "sup" if "sup" in match[1].lower() else "sub"
    if name == "style" and (match := MOVED.search(value)) and SIZED.search(value):
        return "sub" if match[1] else "sup"
    return ""


def last_character(buf: Buffer) -> str:
    """The character that the buffer ends with; empty if there is none."""
    for piece in reversed(buf.pieces):
        if piece:
            return piece[-1]
    return ""


def next_character(el: etree._Element) -> str:
    """The character that follows an element in its paragraph; empty if none does, or a script of its own."""
    place: etree._Element | None = el
    while place is not None:
        if place.tail:
            return str(place.tail[0])
        following = place.getnext()
        if following is not None:
            if following.tag in ("sup", "sub", "xref") or (
                following.tag == "a" and "xref" in following.get("class", "")
            ):
                return ""
            text = next(iter(following.itertext()), "") if following.tag in AROUND else " "
            return str(text[:1])
        place = place.getparent()
        if place is None or place.tag not in AROUND:
            return ""
    return ""


def together(el: etree._Element) -> list[etree._Element]:
    """A script and those of its kind that follow it at once: a minus and its number are at times raised apart."""
    run = [el]
    while not run[-1].tail and (following := run[-1].getnext()) is not None and _goes_with(following, run[-1]):
        run.append(following)
    return run


def is_continued(el: etree._Element) -> bool:
    """Whether it was read together with the one before it."""
    before = el.getprevious()
    return before is not None and _goes_with(el, before)


def _goes_with(el: etree._Element, before: etree._Element) -> bool:
    if el.tag != before.tag or before.tail or _is_alone(el, "[("):
        return False
    return _has_link(el) == _has_link(before) or _is_alone(before, "[(") or _is_alone(el, "])")


def _is_alone(el: etree._Element, brackets: str) -> bool:
    """Whether only a bracket is raised: some raise those of a mark apart from it."""
    return not len(el) and len(text := (el.text or "").strip()) == 1 and text in brackets


def _has_link(el: etree._Element) -> bool:
    return len(el) > 0 and next(el.iter("xref", "a"), None) is not None


def gather_script(
    run: list[etree._Element],
    buf: Buffer,
    w: Writer,
    gather: Callable[[etree._Element, Buffer, Writer], None],
) -> None:
    """Take the text of a script into a buffer; a script inside of it is one of its own, unless it is a mark."""
    if not any(map(len, run)):  # as most are: text alone
        buf.pieces += [part.text for part in run if part.text]
        return
    if any(len(part) and not _has_link(part) and next(part.iterdescendants("sup", "sub"), None) is not None
           for part in run):  # fmt: skip
        own = Buffer()  # in which nothing stands before a script that begins the one around it
        for part in run:
            gather(part, own, w)
        buf.extend(own)
        return
    w.is_flat = True
    for part in run:
        gather(part, buf, w)
    w.is_flat = False


def put_raised(buf: Buffer, first: int, before: str, after: str, *, is_mark: bool) -> None:
    """Give the pieces from ``first`` on, which are raised, their plain form; a mark is set off."""
    text = "".join(buf.pieces[first:])
    if is_mark:
        put_mark(buf, first, before, after)
    elif _goes_on(buf, first, text):
        if buf.has_added(first - 1) and buf.pieces[first - 1] == "]" and any(map(str.isdigit, text)):
            buf.remove(first - 1)
            buf.add("]")
        buf.mark_end = len(buf.pieces)
    elif before.isspace() and is_exponent(last_visible(buf, first), text, after):
        _put_around(buf, first, "^", "")
    else:
        _put_around(buf, first, *raised(before, _shaped(text), after))


def put_lowered(buf: Buffer, first: int, before: str, after: str, *, is_behind_raised: bool) -> None:
    """Give the pieces from ``first`` on, which are lowered, their plain form."""
    text = "".join(buf.pieces[first:])
    _put_around(buf, first, *lowered(before, _shaped(text), after, is_behind_raised=is_behind_raised))


def _shaped(text: str) -> str:
    """Text without characters that have no shape; they are taken out, and logged, when the passage is written."""
    return text if text.isprintable() else INVISIBLE.sub("", text)


def last_visible(buf: Buffer, end: int) -> str:
    """The last character before a piece that is no white space; empty if there is none."""
    return next((text[-1] for place in range(end - 1, -1, -1) if (text := buf.pieces[place].rstrip())), "")


def put_mark(buf: Buffer, first: int, before: str, after: str, *, is_raised: bool = True) -> None:
    """Set off the mark that stands in the pieces from ``first`` on, if it is raised or touches what is before it."""
    text = "".join(buf.pieces[first:])
    if not text.strip() or (is_raised and not any(map(str.isalnum, text))):
        return
    is_listed = _goes_on_after_mark(buf, first)
    if is_raised or is_listed or touches(before, text):
        _put_around(buf, first, *set_off(before, text, after, is_listed=is_listed))
        buf.mark_end = len(buf.pieces)
    elif after.isalnum() and text[-1].isdigit() and (after.isdigit() or before in "([{"):
        buf.add(" ")


def _goes_on_after_mark(buf: Buffer, first: int) -> bool:
    """Whether only a separator stands between the mark before and this one."""
    return buf.mark_end is not None and "".join(buf.pieces[buf.mark_end : first]).strip() in SEPARATORS


def _goes_on(buf: Buffer, first: int, text: str) -> bool:
    """Whether a raised text belongs to the mark right before it: the dash and the end of a range, a comma."""
    return buf.mark_end == first and text.strip().startswith(CONTINUATION)


def _put_around(buf: Buffer, first: int, opening: str, closing: str) -> None:
    """Put the added characters around pieces; white space at their ends stays outside."""
    if not opening and not closing:
        return
    pieces, last = buf.pieces, len(buf.pieces)
    while first < last - 1 and not pieces[first].strip():
        first += 1
    bare = pieces[first].lstrip()
    if len(bare) < len(pieces[first]):
        buf.insert(first, pieces[first][: -len(bare)], is_added=False)
        first += 1
        pieces[first] = bare
    if opening:
        buf.insert(first, opening)
    last = len(pieces)
    while last - 1 > first and not pieces[last - 1].strip():
        last -= 1
    bare = pieces[last - 1].rstrip()
    if len(bare) < len(pieces[last - 1]):
        behind = pieces[last - 1][len(bare) :]
        pieces[last - 1] = bare
        buf.insert(last, behind, is_added=False)
    if closing:
        buf.insert(last, closing)
