"""A PDF to a `Document`."""

from __future__ import annotations

from typing import Any

from biorxivist.literature.document import Document, Drop, Figure, Table
from biorxivist.literature.parse.assemble import document_of
from biorxivist.literature.parse.front import Origin
from biorxivist.literature.parse.pdf.blocks import CAPTION
from biorxivist.literature.parse.pdf.child import read_in_child
from biorxivist.literature.parse.pdf.citing import EntryList, read_entries
from biorxivist.literature.parse.pdf.facts import read_facts
from biorxivist.literature.parse.pdf.headings import ABSTRACT, RUN_IN
from biorxivist.literature.parse.text import plain
from biorxivist.literature.parse.titles import path_title
from biorxivist.literature.parse.writer import Writer
from graph.records import Passage

NEAR = 40.0
"""Points between a caption and its picture."""


def parse_pdf(data: bytes, origin: Origin) -> Document:
    """Read a paper in PDF.

    Passages carry the page and the rectangle in which they begin. Tables and figures are pictures of a page: their
    captions are read, the words in them are logged.

    Parameters
    ----------
    data
        The file.
    origin
        What is known of it before it is read: name, route, address, identity.

    Raises
    ------
    ParseError
        If it cannot be read: broken, encrypted, a scan, without Unicode maps, too large.
    ExtraMissing
        If PDFium is not installed.
    """
    reading = read_in_child(data)
    front = read_facts(reading, origin)
    listed = [block["text"] for block in reading["blocks"] if block["kind"] == "reference"]
    body = [block["text"] for block in reading["blocks"] if block["kind"] in ("text", "caption")]
    entries = read_entries(listed, front.paper.id, body=body)
    w = Writer(front.paper.id, front.version.id, entries.listed.resolver, source_url=origin.source_url)
    w.drops += [Drop(f"{reason} (page {page})" if page else reason, text, "") for reason, text, page in reading["left"]]
    _write(reading, entries, w)
    abstract = " ".join(_without_name(passage.text) for passage in w.passages if passage.kind == "abstract")
    return document_of(front, entries.listed, w, abstract=abstract)


def _write(reading: dict[str, Any], entries: EntryList, w: Writer) -> None:
    """Write the blocks: headings open sections, captions make figures and tables."""
    above: list[tuple[int, str]] = []
    kind = "paragraph"
    for block in reading["blocks"]:
        text = plain(block["text"])
        if not text or block["kind"] == "reference":
            continue
        if block["kind"] == "heading":
            while above and above[-1][0] >= block["level"]:
                w.leave(above.pop()[1])
            above.append((block["level"], w.enter(path_title(text))))
            kind = "abstract" if ABSTRACT.fullmatch(text) else "paragraph"
            _add(block, text, "title", w)
        elif block["kind"] == "title":
            _add(block, text, "title", w)
        elif block["kind"] == "caption":
            _write_caption(block, text, reading["pictures"], entries, w)
        else:
            _add(block, text, "abstract" if RUN_IN.match(text) else kind, w, entries)


def _add(block: dict[str, Any], text: str, kind: str, w: Writer, entries: EntryList | None = None) -> Passage:
    """Write a passage, with its place on the page."""
    marks = block["marks"] if text == block["text"] and w.path else ()
    cited = entries.places(text, marks) if entries is not None else None
    passage = w.add(text, kind, cited)
    placed = passage.model_copy(update={"page": block["page"], "box": tuple(block["box"])})
    w.passages[-1] = placed
    return placed


def _write_caption(block: dict[str, Any], text: str, pictures: list[list[int]], entries: EntryList, w: Writer) -> None:
    match = CAPTION.match(text)
    label = match[0].strip() if match else ""
    passage = _add(block, text, "caption", w, entries)
    caption = text[len(label) :].strip()
    graphics = (_picture(block, pictures),)
    if match is not None and "able" in match[1]:
        name = f"table-{len(w.tables) + 1}"
        w.tables.append(Table(name, label, caption, "image", graphics=graphics, section=w.path, caption_id=passage.id))
    else:
        w.figures.append(Figure(f"figure-{len(w.figures) + 1}", label, caption, graphics, w.path, passage.id))


def _picture(block: dict[str, Any], pictures: list[list[int]]) -> str:
    """Address of a picture within the file: its page, and its rectangle if one stands right above or below."""
    _, top, _, bottom = block["box"]
    near = [
        (min(abs(top - y1), abs(y0 - bottom)), (x0, y0, x1, y1))
        for page, x0, y0, x1, y1 in pictures
        if page == block["page"] and min(abs(top - y1), abs(y0 - bottom)) < NEAR
    ]
    if not near:
        return f"#page={block['page']}"
    x0, y0, x1, y1 = min(near)[1]
    return f"#page={block['page']}&viewrect={x0},{y0},{x1 - x0},{y1 - y0}"


def _without_name(text: str) -> str:
    match = RUN_IN.match(text)
    return text[match.end() :] if match else text
