"""The text of a JATS article: walked once, every element either text of a passage, a view on one, or logged.

Two modes: `walk` goes through containers (sections, lists, boxes) and ends a passage at every block; `gather` takes
all text inside a paragraph, heading, caption or cell. Figures, tables and notes that stand inside a paragraph are put
off until it is written, so that they never cut it in two.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from biorxivist.document import Figure
from biorxivist.parse.limits import MAX_TITLE
from biorxivist.parse.text import plain
from biorxivist.parse.writer import Buffer, Writer

MATH = "{http://www.w3.org/1998/Math/MathML}"
XLINK = "{http://www.w3.org/1999/xlink}href"

Inline = Callable[[etree._Element, Buffer, Writer], None]
Block = Callable[[etree._Element, Writer], None]

DEFAULT_TITLES = {
    "abstract": "Abstract",
    "ack": "Acknowledgements",
    "app": "Appendix",
    "bio": "Biography",
    "fn-group": "Footnotes",
    "floats-group": "Figures and tables",
    "glossary": "Glossary",
    "ref-list": "References",
    "trans-abstract": "Abstract",
}


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


def walk(el: etree._Element, w: Writer) -> None:
    """Go through the children of a container; loose text between blocks becomes a passage too."""
    if (text := el.text) and not text.isspace():
        w.buffer.pieces.append(text)
    for child in el:
        tag = child.tag
        if (block := BLOCKS.get(tag)) is not None:
            block(child, w)
        elif (action := INLINES.get(tag)) is not None:
            action(child, w.buffer, w)
        elif tag in PLAIN or not len(child):
            gather(child, w.buffer, w)
        else:
            container(child, w)
        if (tail := child.tail) and (w.buffer.pieces or not tail.isspace()):
            w.buffer.pieces.append(tail)


def walk_text(el: etree._Element, w: Writer) -> None:
    """Go through a paragraph; lists, quotes and the like in it end a passage, floats and notes are put off."""
    pieces = w.buffer.pieces
    if text := el.text:
        pieces.append(text)
    for child in el:
        tag = child.tag
        if tag in IN_TEXT:
            BLOCKS[tag](child, w)
            pieces = w.buffer.pieces
        elif (action := INLINES.get(tag)) is not None:
            action(child, w.buffer, w)
        elif len(child):
            gather(child, w.buffer, w)
        elif text := child.text:
            pieces.append(text)
        if tail := child.tail:
            pieces.append(tail)


def flush(w: Writer, kind: str | None = None) -> None:
    """Write what is in the buffer as a passage, then what was put off until now."""
    w.carry = False
    if w.buffer.pieces:
        buffer, w.buffer = w.buffer, Buffer()
        w.write(buffer, kind or w.kind)
    if w.deferred:
        later, w.deferred = w.deferred, []
        for el in later:
            BLOCKS[el.tag](el, w)


def _begin(w: Writer) -> None:
    """Start a block: after a label or a term it goes on in the same passage."""
    if w.carry:
        w.carry = False
        w.buffer.pieces.append(" ")
    else:
        flush(w)


# --- blocks ----------------------------------------------------------------------------------------------------


def container(el: etree._Element, w: Writer) -> None:
    flush(w)
    walk(el, w)
    flush(w)


def paragraph(el: etree._Element, w: Writer) -> None:
    _begin(w)
    walk_text(el, w)
    flush(w)


def whole(el: etree._Element, w: Writer) -> None:
    """A block that is one passage whatever is in it: verse, code."""
    _begin(w)
    gather(el, w.buffer, w)
    flush(w)


def heading(el: etree._Element, w: Writer) -> None:
    _begin(w)
    gather(el, w.buffer, w)
    flush(w, "title")


def label(el: etree._Element, w: Writer) -> None:
    if not w.carry:
        flush(w)
    gather(el, w.buffer, w)
    w.buffer.pieces.append(" ")
    w.carry = True


def definition(el: etree._Element, w: Writer) -> None:
    if not w.carry:
        flush(w)
    walk(el, w)
    flush(w)


def caption(el: etree._Element, w: Writer) -> None:
    _begin(w)
    gather(el, w.buffer, w)
    flush(w, "caption")


def section(el: etree._Element, w: Writer) -> None:
    flush(w)
    before = w.enter(section_title(el))
    walk(el, w)
    flush(w)
    w.leave(before)


def section_title(el: etree._Element) -> str:
    """Title of a section for its path: its own, its caption's, else what such a part is usually called."""
    for path in ("title", "caption/title", "front-stub/title-group/article-title", "book-part-meta/title-group/title"):
        title = el.find(path)
        if title is not None:
            if text := plain(without_notes(title)):
                return text[:MAX_TITLE].replace(" > ", " › ")
    if el.tag == "app" and (text := plain("".join(el.findtext("label") or ""))):
        return text[:MAX_TITLE]
    if el.tag in ("sub-article", "response"):
        return (el.get("article-type") or el.get("response-type") or "Sub-article").replace("-", " ").capitalize()
    if el.tag == "notes" and (kind := el.get("notes-type")):
        return kind.replace("-", " ").capitalize()
    if el.tag == "abstract" and (kind := el.get("abstract-type")):
        return f"Abstract ({kind})"
    return DEFAULT_TITLES.get(el.tag, "")


def without_notes(el: etree._Element) -> str:
    """All text of a heading but its footnotes."""
    if next(el.iter("fn"), None) is None:
        return "".join(el.itertext())
    inner = "".join(without_notes(child) * (child.tag != "fn") + (child.tail or "") for child in el)
    return (el.text or "") + inner


def sub_article(el: etree._Element, w: Writer) -> None:
    """A letter, a reply, a translation: a paper inside the paper, read under its own title."""
    flush(w)
    before = w.enter(section_title(el))
    for front in el.iterchildren("front-stub", "front"):
        for part in front.iter("abstract", "trans-abstract", "notes"):
            section(part, w)
        el.remove(front)
    walk(el, w)
    flush(w)
    w.leave(before)


def reference_list(el: etree._Element, w: Writer) -> None:
    """What stands in a reference list beside its entries; the entries are read elsewhere."""
    flush(w)
    before = w.enter(section_title(el))
    if el.text:
        w.buffer.pieces.append(el.text)
    for child in el:
        if child.tag != "ref":
            BLOCKS.get(child.tag, container)(child, w)
        if child.tail:
            w.buffer.pieces.append(child.tail)
    flush(w)
    w.leave(before)


def figure(el: etree._Element, w: Writer) -> None:
    """A figure: one passage of its label, caption and whatever else is printed with it."""
    flush(w)
    buf = Buffer()
    graphics: list[str] = []
    label_text = ""
    later: list[etree._Element] = []
    buf.pieces.append(el.text or "")
    for child in el:
        tag = child.tag
        if tag in ("graphic", "media", "inline-graphic"):
            graphic(child, buf, w)
        elif tag in ("fig", "table-wrap"):
            later.append(child)
        else:
            if tag == "label":
                label_text = plain("".join(child.itertext()))
            (INLINES.get(tag) or gather)(child, buf, w)
        buf.pieces.append(f" {child.tail}" if child.tail else " ")
    for image in el.iter("graphic", "media", "inline-graphic"):
        if (href := image.get(XLINK)) and next(image.iterancestors("fig", "fig-group", "table-wrap")) is el:
            graphics.append(href)
    passage = w.write(buf, "caption")
    text = passage.text if passage else ""
    if passage or graphics or not later:
        w.figures.append(
            Figure(
                id=el.get("id") or "",
                label=label_text,
                caption=text.removeprefix(label_text).strip() if label_text else text,
                graphics=tuple(graphics),
                section=w.path,
                passage_id=passage.id if passage else None,
            )
        )
    for child in later:
        BLOCKS[child.tag](child, w)
    flush(w)


def table(el: etree._Element, w: Writer) -> None:
    from biorxivist.parse.tables import read_table

    flush(w)
    read_table(el, w)
    flush(w)


def alternatives(el: etree._Element, w: Writer) -> None:
    """One content in several forms, between paragraphs: a table is read as one, all else as text."""
    if el.find("table") is not None:
        table(el, w)
    else:
        forms(el, w.buffer, w)


def left_out(reason: str) -> Block:
    def leave_out(el: etree._Element, w: Writer) -> None:
        w.drop(el, reason)

    return leave_out


# --- inside a paragraph ----------------------------------------------------------------------------------------


def cite(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A link: to the reference list it is a citation, to anything else only its text counts."""
    start = len(buf.pieces)
    if len(el):
        gather(el, buf, w)
    elif text := el.text:
        buf.pieces.append(text)
    if el.get("ref-type") == "bibr" or (el.get("rid") or "") in w.resolver:
        buf.marks.append((start, len(buf.pieces), el))


def spaced(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A block inside running text: parted from its neighbours by a space."""
    buf.pieces.append(" ")
    gather(el, buf, w)
    buf.pieces.append(" ")


def put_off(el: etree._Element, buf: Buffer, w: Writer) -> None:
    w.deferred.append(el)


def omit(reason: str) -> Inline:
    def omitted(el: etree._Element, buf: Buffer, w: Writer) -> None:
        w.drop(el, reason)

    return omitted


def graphic(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """An image: its caption and label are text, its descriptions for machines are not."""
    if el.text:
        buf.pieces.append(el.text)
    for child in el:
        (INLINES.get(child.tag) or spaced)(child, buf, w)
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


def forms(el: etree._Element, buf: Buffer, w: Writer) -> None:
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


def formula(el: etree._Element, buf: Buffer, w: Writer) -> None:
    buf.pieces.append(" ")
    forms(el, buf, w)
    buf.pieces.append(" ")


def tex(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """TeX: the formula is text, the preamble that some publishers wrap it in is logged."""
    source = "".join(el.itertext())
    head, begin, rest = source.partition("\\begin{document}")
    if not begin:
        buf.pieces.append(source)
        return
    inner, end, tail = rest.partition("\\end{document}")
    buf.pieces.append(inner)
    w.remark("TeX preamble", " ".join(f"{head}{begin} {end}{tail}".split()))


def math(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """MathML: its tokens in order, without the white space that only lays out the file."""
    if next(el.iter(f"{MATH}annotation", f"{MATH}annotation-xml"), None) is not None:
        for note in list(el.iter(f"{MATH}annotation", f"{MATH}annotation-xml")):
            if note.getparent() is not None:
                w.drop(note, "another form of the same content: annotation")
                for inner in list(note):
                    note.remove(inner)
                note.text = None
    buf.pieces.extend(" ".join(token.split()) for token in el.itertext() if not token.isspace())


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PLAIN = frozenset(
    _names(
        "abbrev bold email ext-link inline-formula italic monospace named-content overline roman sans-serif sc strike "
        "styled-content sub sup underline uri xref fixed-case ruby rb rp rt x num target milestone-start milestone-end "
        "related-article related-object product institution country"
    )
)
"""Elements that are part of running text wherever they stand."""

FLOATS = _names(
    "fig fig-group table-wrap table-wrap-group supplementary-material fn boxed-text table array chem-struct-wrap"
)
DEFERRED = frozenset(FLOATS)

_META = "identifier or metadata"
_DESCRIPTION = "description for machines"
_METADATA = _names(
    "object-id permissions sec-meta kwd-group processing-meta custom-meta-group contrib-group index-term "
    "index-term-range-end article-id journal-meta fn-stub subj-group"
)

BLOCKS: dict[str, Block] = (
    dict.fromkeys(
        _names("body back list list-item def-list def-item disp-quote speech statement verse-group fn app-group sig-block "
               "supplementary-material table-wrap-group fig-group-text question-wrap question answer explanation "
               "alternatives-text book-body named-book-part-body"), container)
    | dict.fromkeys(_names("sec app ack notes glossary bio boxed-text abstract trans-abstract fn-group floats-group "
                           "book-part book-back dedication foreword preface"), section)
    | dict.fromkeys(_names("title subtitle term-head def-head list-title"), heading)
    | dict.fromkeys(_names("label term speaker"), label)
    | dict.fromkeys(_names("preformat code verse-line attrib sig"), whole)
    | dict.fromkeys(_METADATA, left_out(_META))
    | dict.fromkeys(_names("alt-text long-desc"), left_out(_DESCRIPTION))
    | {
        "p": paragraph,
        "def": definition,
        "caption": caption,
        "fig": figure,
        "fig-group": figure,
        "chem-struct-wrap": figure,
        "table-wrap": table,
        "table": table,
        "array": table,
        "alternatives": alternatives,
        "ref-list": reference_list,
        "sub-article": sub_article,
        "response": sub_article,
    }
)  # fmt: skip
"""What ends a passage, and how it is read."""

INLINES: dict[str, Inline] = (
    dict.fromkeys(_names("p title list list-item def-list def-item def term label break disp-quote attrib subtitle speech "
                         "verse-line verse-group statement caption preformat code sec tr td th hr speaker"), spaced)
    | dict.fromkeys(FLOATS, put_off)
    | dict.fromkeys(_METADATA, omit(_META))
    | dict.fromkeys(_names("alt-text long-desc"), omit(_DESCRIPTION))
    | {
        "xref": cite,
        "alternatives": forms,
        "inline-formula": forms,
        "disp-formula": formula,
        "disp-formula-group": spaced,
        "tex-math": tex,
        f"{MATH}math": math,
        "graphic": graphic,
        "inline-graphic": graphic,
        "media": graphic,
        "glyph-data": omit("picture of a character"),
    }
)  # fmt: skip
"""What is not plain running text inside a paragraph, and how it is read."""

INLINE_ONLY = ("label", "term", "alternatives", "caption", "attrib", "verse-line")
"""Blocks that are plain text inside a paragraph."""

IN_TEXT = frozenset(BLOCKS) - DEFERRED - frozenset(INLINE_ONLY)
"""Blocks that end a passage even inside a paragraph."""
