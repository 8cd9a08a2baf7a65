"""The text of a JATS article, read once: every element is text of a passage, a view on one, or logged.

`read_children` goes through containers (sections, lists, boxes) and ends a passage at every block; the module
`inline` takes the text inside a block. Figures, tables and notes that stand inside a paragraph are deferred until it
is written, so that they never cut it in two.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from biorxivist.literature.document import Figure
from biorxivist.literature.parse.inline import (
    DESCRIPTION,
    DESCRIPTIONS,
    FLOATS,
    INLINES,
    META,
    METADATA,
    XLINK,
    gather,
    gather_forms,
    gather_graphic,
    readable,
    split_names,
)
from biorxivist.literature.parse.raising import last_visible
from biorxivist.literature.parse.tables import read_table
from biorxivist.literature.parse.text import all_text, plain
from biorxivist.literature.parse.titles import section_title
from biorxivist.literature.parse.writer import Buffer, Writer

Block = Callable[[etree._Element, Writer], None]


def read_children(el: etree._Element, w: Writer) -> None:
    """Go through the children of a container; loose text between blocks becomes a passage too."""
    read_loose_text(el.text, w)
    for child in el:
        read_child(child, w)


def read_loose_text(text: str | None, w: Writer) -> None:
    """Take text that stands in a container beside its blocks."""
    if text and (w.buffer.pieces or not text.isspace()):
        w.buffer.pieces.append(text)


def read_child(child: etree._Element, w: Writer) -> None:
    """Read one child of a container, and the text behind it."""
    tag = child.tag
    if (block := BLOCKS.get(tag)) is not None:
        block(child, w)
    elif (action := INLINES.get(tag)) is not None:
        action(child, w.buffer, w)
    elif tag in PLAIN or not len(child):
        gather(child, w.buffer, w)
    else:
        read_container(child, w)
    if (tail := child.tail) and (w.buffer.pieces or not tail.isspace()):
        w.buffer.pieces.append(tail)


def read_running_text(el: etree._Element, w: Writer) -> None:
    """Go through a paragraph; lists and quotes in it end a passage, floats and notes are deferred."""
    pieces = w.buffer.pieces
    if text := el.text:
        pieces.append(text)
    for child in el:
        tag = child.tag
        if tag in IN_TEXT and not (tag in IN_SENTENCES and _goes_on(child, w)):
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


def _goes_on(el: etree._Element, w: Writer) -> bool:
    """Whether the sentence around a list goes on behind it: then the list is a part of it, and not cut out."""
    text, following = (el.tail or "").lstrip(), el.getnext()
    if not text and following is not None and following.tag not in IN_TEXT:
        text = "".join(following.itertext()).lstrip()
    if not text or (text[0] not in ",;.)" and not text[0].islower()):
        return False
    before = last_visible(w.buffer, len(w.buffer.pieces))
    return bool(before) and before not in ".!?"


def flush(w: Writer, kind: str | None = None) -> None:
    """Write what is in the buffer as a passage, then what was deferred until now."""
    w.carry = False
    if w.buffer.pieces:
        buffer, w.buffer = w.buffer, Buffer()
        w.write(buffer, kind or w.kind)
    if w.deferred:
        later, w.deferred = w.deferred, []
        for el in later:
            BLOCKS[el.tag](el, w)


def _begin_block(w: Writer) -> None:
    """Start a block: after a label or a term it goes on in the same passage."""
    if w.carry:
        w.carry = False
        w.buffer.pieces.append(" ")
    else:
        flush(w)


def read_container(el: etree._Element, w: Writer) -> None:
    """Blocks inside a block: what stands before and after it is not one passage with it."""
    flush(w)
    read_children(el, w)
    flush(w)


def read_paragraph(el: etree._Element, w: Writer) -> None:
    """A paragraph: one passage, unless lists or quotes cut it."""
    _begin_block(w)
    read_running_text(el, w)
    flush(w)


def read_unbroken(el: etree._Element, w: Writer) -> None:
    """A block that is one passage whatever is in it: verse, code."""
    _begin_block(w)
    gather(el, w.buffer, w)
    flush(w)


def read_heading(el: etree._Element, w: Writer) -> None:
    """A title is a passage of its own; `read_section` has put it into the path."""
    _begin_block(w)
    gather(el, w.buffer, w)
    flush(w, "title")


def read_label(el: etree._Element, w: Writer) -> None:
    """A label or a defined term begins the passage of the block after it."""
    if not w.carry:
        flush(w)
    gather(el, w.buffer, w)
    w.buffer.pieces.append(" ")
    w.carry = True


def read_definition(el: etree._Element, w: Writer) -> None:
    """What a term means; goes on after the term."""
    if not w.carry:
        flush(w)
    read_children(el, w)
    flush(w)


def read_caption(el: etree._Element, w: Writer) -> None:
    """A caption that stands alone, with its label: of a supplement, of a group."""
    _begin_block(w)
    gather(el, w.buffer, w)
    flush(w, "caption")


def read_media(el: etree._Element, w: Writer) -> None:
    """A file or an image that stands alone: what is printed with it is its caption."""
    if not all_text(el).strip():
        gather_graphic(el, w.buffer, w)
        return
    _begin_block(w)
    gather_graphic(el, w.buffer, w)
    flush(w, "caption")


def read_section(el: etree._Element, w: Writer) -> None:
    """A part with its own path of titles."""
    flush(w)
    before = w.enter(section_title(el))
    read_children(el, w)
    flush(w)
    w.leave(before)


def read_reference_list(el: etree._Element, w: Writer) -> None:
    """What stands in a reference list beside its entries; the entries are read elsewhere."""
    flush(w)
    before = w.enter(section_title(el))
    if el.text:
        w.buffer.pieces.append(el.text)
    for child in el:
        if child.tag != "ref":
            BLOCKS.get(child.tag, read_container)(child, w)
        if child.tail:
            w.buffer.pieces.append(child.tail)
    flush(w)
    w.leave(before)


def read_figure(el: etree._Element, w: Writer) -> None:
    """A figure: one passage of its label, caption and whatever else is printed with it."""
    flush(w)
    buf = Buffer()
    label_text = ""
    later: list[etree._Element] = []
    buf.pieces.append(el.text or "")
    for child in el:
        tag = child.tag
        if tag in ("graphic", "media", "inline-graphic"):
            gather_graphic(child, buf, w)
        elif tag in ("fig", "table-wrap"):
            later.append(child)
        else:
            if tag == "label":
                label_text = plain(readable(child))
            (INLINES.get(tag) or gather)(child, buf, w)
        buf.pieces.append(f" {child.tail}" if child.tail else " ")
    graphics = tuple(
        href
        for image in el.iter("graphic", "media", "inline-graphic")
        if (href := image.get(XLINK))
        and next(image.iterancestors("fig", "fig-group", "chem-struct-wrap", "table-wrap")) is el
    )
    passage = w.write(buf, "caption")
    text = passage.text if passage else ""
    if passage or graphics or not later:
        w.figures.append(
            Figure(
                id=el.get("id") or "",
                label=label_text,
                caption=text.removeprefix(label_text).strip() if label_text else text,
                graphics=graphics,
                section=w.path,
                passage_id=passage.id if passage else None,
            )
        )
    for child in later:
        BLOCKS[child.tag](child, w)
    flush(w)


def read_table_block(el: etree._Element, w: Writer) -> None:
    """A table, as a grid or as what there is of it."""
    flush(w)
    read_table(el, w)
    flush(w)


def read_alternatives(el: etree._Element, w: Writer) -> None:
    """One content in several forms, between paragraphs: a table is read as one, all else as text."""
    if el.find("table") is not None:
        read_table_block(el, w)
    else:
        gather_forms(el, w.buffer, w)


def leaving_out(reason: str) -> Block:
    """Make the block handler that leaves an element out and says why."""

    def leave_out(el: etree._Element, w: Writer) -> None:
        w.drop(el, reason)

    return leave_out


PLAIN = frozenset(
    split_names(
        "abbrev bold email ext-link inline-formula italic monospace named-content overline roman sans-serif sc strike "
        "styled-content underline uri xref fixed-case ruby rb rp rt x num target milestone-start milestone-end "
        "related-article related-object product institution country"
    )
)
"""Elements that are part of running text wherever they stand."""

DEFERRED = frozenset(FLOATS)

_CONTAINERS = split_names(
    "body back list list-item def-list def-item disp-quote speech statement verse-group fn app-group sig-block "
    "supplementary-material table-wrap-group question-wrap question answer explanation book-body named-book-part-body"
)
_SECTIONS = split_names(
    "sec app ack notes glossary bio boxed-text abstract trans-abstract fn-group floats-group book-part book-back "
    "dedication foreword preface"
)

BLOCKS: dict[str, Block] = (
    dict.fromkeys(_CONTAINERS, read_container)
    | dict.fromkeys(_SECTIONS, read_section)
    | dict.fromkeys(split_names("title subtitle term-head def-head list-title"), read_heading)
    | dict.fromkeys(split_names("label term speaker"), read_label)
    | dict.fromkeys(split_names("preformat code verse-line attrib sig"), read_unbroken)
    | dict.fromkeys(METADATA, leaving_out(META))
    | dict.fromkeys(DESCRIPTIONS, leaving_out(DESCRIPTION))
    | {
        "p": read_paragraph,
        "def": read_definition,
        "caption": read_caption,
        "media": read_media,
        "graphic": read_media,
        "fig": read_figure,
        "fig-group": read_figure,
        "chem-struct-wrap": read_figure,
        "table-wrap": read_table_block,
        "table": read_table_block,
        "array": read_table_block,
        "alternatives": read_alternatives,
        "ref-list": read_reference_list,
    }
)
"""What ends a passage, and how it is read."""

IN_SENTENCES = frozenset(("list", "def-list", "disp-quote", "verse-group"))
"""Blocks that a sentence may run around."""
IN_TEXT = (
    frozenset(BLOCKS)
    - DEFERRED
    - frozenset(split_names("label term alternatives caption media graphic attrib verse-line"))
)
"""Blocks that end a passage even inside a paragraph."""
