"""Text inside a paragraph, heading, caption or cell: what is text of it, what is deferred, what is logged."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from biorxivist.literature.parse.text import all_text
from biorxivist.literature.parse.writer import Buffer, Writer

MATH = "{http://www.w3.org/1998/Math/MathML}"
XLINK = "{http://www.w3.org/1999/xlink}href"

_tokens = etree.XPath("descendant::text()", smart_strings=False)
"""What ``itertext`` gives, without an object for every element: a formula has dozens."""

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
    """A link: to the reference list it is a citation, to anything else only its text counts."""
    start, marked = len(buf.pieces), len(buf.marks)
    if len(el):
        gather(el, buf, w)
    elif text := el.text:
        buf.pieces.append(text)
    if len(buf.marks) > marked:
        return  # a link inside a link: the inner one is the citation, as marks must not overlap
    if el.get("ref-type") == "bibr" or (el.get("rid") or "") in w.resolver:
        buf.marks.append((start, len(buf.pieces), el))


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


def gather_forms(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """One content in several forms (a formula as TeX, MathML and image): the most telling is read, the rest logged."""
    kinds = [child for child in el if child.tag in FORMS]
    chosen = next((c for tag in ("tex-math", *FORMS) for c in kinds if c.tag == tag), None)
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
        buf.pieces.append(source)
        return
    inner, end, tail = rest.partition("\\end{document}")
    buf.pieces.append(inner)
    w.remark("TeX preamble", " ".join(f"{head}{begin} {end}{tail}".split()))


def gather_math(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """MathML: its tokens in order, without the white space that only lays out the file."""
    if next(el.iter(f"{MATH}annotation", f"{MATH}annotation-xml"), None) is not None:
        for note in list(el.iter(f"{MATH}annotation", f"{MATH}annotation-xml")):
            if note.getparent() is not None:
                w.drop(note, "another form of the same content: annotation")
                for inner in list(note):
                    note.remove(inner)
                note.text = None
    text = all_text(el)
    if text.isprintable() and " " not in text:
        buf.pieces.append(text)
    else:  # white space is there: of the layout, or of a token
        buf.pieces.extend(" ".join(token.split()) for token in _tokens(el) if not token.isspace())


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
    "verse-group statement caption preformat code sec tr td th hr speaker disp-formula-group"
)

INLINES: dict[str, Inline] = (
    dict.fromkeys(_SPACED, gather_spaced)
    | dict.fromkeys(FLOATS, defer)
    | dict.fromkeys(METADATA, omitting(META))
    | dict.fromkeys(DESCRIPTIONS, omitting(DESCRIPTION))
    | {
        "xref": gather_link,
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
