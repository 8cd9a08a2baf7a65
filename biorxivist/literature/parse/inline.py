"""Text inside a paragraph, heading, caption or cell: what is text of it, what is deferred, what is logged."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from biorxivist.literature.parse.citations import Resolver
from biorxivist.literature.parse.formulas import MATH, is_small, read_formula
from biorxivist.literature.parse.raising import (
    gather_script,
    is_continued,
    last_character,
    next_character,
    put_lowered,
    put_mark,
    put_raised,
    together,
)
from biorxivist.literature.parse.tex import put_small_formula
from biorxivist.literature.parse.text import all_text
from biorxivist.literature.parse.writer import Buffer, Writer

XLINK = "{http://www.w3.org/1999/xlink}href"

NOTES = frozenset(("fn", "table-fn", "author-notes", "corresp", "aff", "other-fn"))
"""Kinds of links whose text is the mark of a note."""
AROUND_MARKS = "[] (,;–-"
"""Characters beside which a mark that is not raised touches nothing, as most are printed."""

Inline = Callable[[etree._Element, Buffer, Writer], None]


def gather(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """Take the text inside an element, without what follows it."""
    pieces = buf.pieces
    if text := el.text:
        pieces.append(text)
    for child in el:
        if (action := INLINES.get(child.tag)) is not None:
            action(child, buf, w)
        elif len(child):
            gather(child, buf, w)
        elif text := child.text:
            pieces.append(text)
        if tail := child.tail:
            pieces.append(tail)


def gather_link(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A link: to the reference list it is a citation, to anything else only its text counts.

    What marks a citation or a note is set off from a word or number that it would run into.
    """
    kind, is_flat = el.get("ref-type"), w.is_flat
    is_citation = kind == "bibr" or (el.get("rid") or "") in w.resolver
    if not is_citation and kind not in NOTES:
        gather(el, buf, w)
        return
    before = last_character(buf) if not is_flat else ""
    start, marked = len(buf.pieces), len(buf.marks)
    is_raised = False
    if len(el):
        is_raised = next(el.iter("sup"), None) is not None
        w.is_flat = is_flat or is_raised
        gather(el, buf, w)
        w.is_flat = is_flat
    elif text := el.text:
        buf.pieces.append(text)
    is_inner = len(buf.marks) > marked
    if is_citation and not is_inner:  # in a link inside a link the inner one is the citation: marks must not overlap
        buf.marks.append((start, len(buf.pieces), el))
    if is_flat or is_inner:
        return
    tail = el.tail
    if is_raised or buf.mark_end is not None or before not in AROUND_MARKS or not tail or tail[0].isalnum():
        put_mark(buf, start, before, next_character(el), is_raised=is_raised)


def gather_raised(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A superscript; that of a citation or a note is a mark."""
    if w.is_flat:
        gather(el, buf, w)
        return
    if is_continued(el):
        return
    before, first, marked = last_character(buf), len(buf.pieces), len(buf.marks)
    run = together(el)
    gather_script(run, buf, w, gather)
    is_mark = len(buf.marks) > marked or (
        any(map(len, run)) and any(x.get("ref-type") in NOTES for part in run for x in part.iter("xref"))
    )
    put_raised(buf, first, before, next_character(run[-1]), is_mark=is_mark)


def gather_lowered(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A subscript."""
    if w.is_flat:
        gather(el, buf, w)
        return
    if is_continued(el):
        return
    before, first = last_character(buf), len(buf.pieces)
    run = together(el)
    above = el.getprevious()
    gather_script(run, buf, w, gather)
    is_behind_raised = above is not None and above.tag == "sup" and not above.tail
    put_lowered(buf, first, before, next_character(run[-1]), is_behind_raised=is_behind_raised)


def readable(el: etree._Element) -> str:
    """All text inside an element, in the plain form: of a title, a label, a reference."""
    if not len(el) or next(el.iter("sup", "sub", f"{MATH}math", "tex-math"), None) is None:
        return all_text(el) if len(el) else el.text or ""
    buf = Buffer()
    gather(el, buf, Writer("", "", Resolver({}, {})))
    return "".join(buf.pieces)


def gather_spaced(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A block inside running text: separated from its neighbours by a space."""
    buf.pieces.append(" ")
    gather(el, buf, w)
    buf.pieces.append(" ")


def defer(el: etree._Element, _: Buffer, w: Writer) -> None:
    """Read it when the paragraph is written."""
    w.deferred.append(el)


def omitting(reason: str) -> Inline:
    """Make the action that leaves an element out and says why."""

    def omitted(el: etree._Element, _: Buffer, w: Writer) -> None:
        w.drop(el, reason)

    return omitted


def gather_graphic(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """An image: its caption and label are text, its descriptions for machines are not."""
    if el.text:
        buf.pieces.append(el.text)
    for child in el:
        (INLINES.get(child.tag) or gather_spaced)(child, buf, w)
        if child.tail:
            buf.pieces.append(child.tail)


FORMS = (
    f"{MATH}math",
    "tex-math",
    "textual-form",
    "table",
    "chem-struct",
    "preformat",
    "inline-graphic",
    "graphic",
    "media",
)


_IS_FORM = frozenset(FORMS)


def gather_forms(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """One content in several forms (a formula as TeX, MathML and image): the most telling is read, the rest logged."""
    kinds = [child for child in el if child.tag in _IS_FORM]
    chosen = _most_telling(kinds) if len(kinds) > 1 else kinds[0] if kinds else None
    if el.text:
        buf.pieces.append(el.text)
    for child in el:
        if child is not chosen and child in kinds:
            w.drop(child, f"another form of the same content: {etree.QName(child).localname}")
        elif (action := INLINES.get(child.tag)) is not None:
            action(child, buf, w)
        else:
            gather(child, buf, w)
        if child.tail:
            buf.pieces.append(child.tail)


def _most_telling(kinds: list[etree._Element]) -> etree._Element:
    """A formula whose plain form says all of it, else its TeX, else what stands first in `FORMS`."""
    small = next((child for child in kinds if child.tag == f"{MATH}math" and is_small(child)), None)
    if small is not None:
        return small
    return next(child for tag in ("tex-math", *FORMS) for child in kinds if child.tag == tag)


def gather_formula(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A displayed formula: part of its paragraph, separated from the words."""
    buf.pieces.append(" ")
    gather_forms(el, buf, w)
    buf.pieces.append(" ")


def gather_tex(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """TeX: the formula is text, the preamble that some publishers wrap it in is logged."""
    source = all_text(el)
    head, begin, rest = source.partition("\\begin{document}")
    if not begin:
        _put_tex(source, buf, w)
        return
    inner, end, tail = rest.partition("\\end{document}")
    _put_tex(inner, buf, w)
    w.remark("TeX preamble", " ".join(f"{head}{begin} {end}{tail}".split()))


def _put_tex(source: str, buf: Buffer, w: Writer) -> None:
    markup = put_small_formula(source, buf)
    if markup is None:
        buf.pieces.append(source)
    elif markup.strip():
        w.remark("TeX markup of a formula that is read as plain text", markup)


def gather_math(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """MathML in the plain form; what it says a second time, in annotations, or does not show is logged."""
    for part in list(el.iter(*_UNPAINTED)):
        if el not in part.iterancestors():  # left out with one around it
            continue
        if part.tag == f"{MATH}maction":  # one of several, on demand
            for other in part[1:]:
                _leave_out(other, "hidden text: not displayed (<maction>)", w)
        else:
            _leave_out(part, _UNPAINTED[part.tag], w)
    if accents := read_formula(el, buf):
        w.remark("accents of a formula that are read as such", accents)


def _leave_out(el: etree._Element, reason: str, w: Writer) -> None:
    w.drop(el, reason)
    for inner in list(el):
        el.remove(inner)
    el.text = None


_UNPAINTED = {
    f"{MATH}annotation": "another form of the same content: annotation",
    f"{MATH}annotation-xml": "another form of the same content: annotation",
    f"{MATH}mphantom": "hidden text: invisible (<mphantom>)",
    f"{MATH}maction": "",
}
"""Parts of a formula that are not painted -> why."""


def split_names(text: str) -> tuple[str, ...]:
    """Names of elements, written in one text."""
    return tuple(text.split())


FLOATS = split_names(
    "fig fig-group table-wrap table-wrap-group supplementary-material fn boxed-text table array chem-struct-wrap"
)
"""What stands beside a paragraph even where it is written inside one."""

META = "identifier or metadata"
DESCRIPTION = "description for machines"
METADATA = split_names(
    "object-id permissions sec-meta kwd-group processing-meta custom-meta-group contrib-group index-term "
    "index-term-range-end article-id journal-meta fn-stub subj-group"
)
DESCRIPTIONS = ("alt-text", "long-desc")
_SPACED = split_names(
    "p title list list-item def-list def-item def term label break disp-quote attrib subtitle speech verse-line "
    "verse-group statement caption preformat code sec tr td th hr speaker disp-formula-group rt"
)

INLINES: dict[str, Inline] = (
    dict.fromkeys(_SPACED, gather_spaced)
    | dict.fromkeys(FLOATS, defer)
    | dict.fromkeys(METADATA, omitting(META))
    | dict.fromkeys(DESCRIPTIONS, omitting(DESCRIPTION))
    | {
        "xref": gather_link,
        "sup": gather_raised,
        "sub": gather_lowered,
        "alternatives": gather_forms,
        "inline-formula": gather_forms,
        "disp-formula": gather_formula,
        "tex-math": gather_tex,
        f"{MATH}math": gather_math,
        "graphic": gather_graphic,
        "inline-graphic": gather_graphic,
        "media": gather_graphic,
        "glyph-data": omitting("picture of a character"),
    }
)
"""What is not plain running text inside a paragraph, and how it is read."""
