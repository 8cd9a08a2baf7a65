"""JATS XML to a `Document`: both dialects of bioRxiv, and what other publishers and PubMed Central write."""

from __future__ import annotations

from lxml import etree

from biorxivist.literature.document import Document, Drop
from biorxivist.literature.parse.assemble import document_of
from biorxivist.literature.parse.body import BLOCKS, flush, read_container, read_section
from biorxivist.literature.parse.errors import ParseError
from biorxivist.literature.parse.front import Origin, read_front
from biorxivist.literature.parse.hidden import detach
from biorxivist.literature.parse.inline import readable
from biorxivist.literature.parse.references import read_references
from biorxivist.literature.parse.text import plain
from biorxivist.literature.parse.tree import OTHERS, read_xml
from biorxivist.literature.parse.writer import Buffer, Writer

NO_TEXT = frozenset(("front", "front-stub", "processing-meta", "book-meta", "book-part-meta", "collection-meta"))
"""Parts of an article that hold no text; everything else does, whatever it is called."""
_ABSTRACTS = {
    kind: rank for rank, kind in enumerate(("", "abstract", "main", "structured", "summary", "section", "short"))
}
"""Kinds of abstracts that may be the main one -> its rank; any other is written beside it: a teaser, highlights."""


def parse_jats(data: bytes, origin: Origin) -> Document:
    """Read a paper in JATS.

    Parameters
    ----------
    data
        The file.
    origin
        What is known of it before it is read: name, route, address, identity.

    Raises
    ------
    ParseError
        If the bytes are not a paper in JATS, or more than is read of one.
    """
    article = read_xml(data)
    root, drops, entries = article.root, article.drops, article.entries
    if article.holds_others:
        drops += take_out_other_documents(root)
        entries = list(root.iter("ref"))
    front = read_front(root, origin, may_repeat_ids=article.may_repeat_ids)
    known = read_references(entries, front.paper.id)
    w = Writer(front.paper.id, front.version.id, known.resolver, source_url=origin.source_url)
    w.drops += (*drops, *front.log)
    try:
        if front.title:
            w.add(front.title, "title")
        abstract = read_front_matter(root, w)
        for child in root:
            if child.tag not in NO_TEXT:
                BLOCKS.get(child.tag, read_container)(child, w)
    except RecursionError as error:
        msg = "The text is nested too deep to be a paper. Nothing was read."
        raise ParseError(msg) from error
    return document_of(front, known, w, abstract=abstract)


def take_out_other_documents(root: etree._Element) -> list[Drop]:
    """Take reviews, letters, replies and translations out of the file: they are no text of this paper.

    Their authors, references and statements are not the paper's: "the model does not outperform" may be a reviewer's.
    """
    drops: list[Drop] = []
    for other in list(root.iter(*OTHERS)):
        if other.getparent() is None or next(other.iterancestors(*OTHERS), None) is not None:
            continue  # the outermost element, or inside of one that is taken out
        kind = other.get("article-type") or other.get("response-type") or other.tag
        title = readable(t) if (t := other.find("front-stub/title-group/article-title")) is not None else ""
        words = " ".join("".join(other.itertext()).split())
        drops.append(Drop(f"another document in the file: {kind}{f', {plain(title)!r}' if title else ''}", words, ""))
        detach(other)
    return drops


def read_front_matter(root: etree._Element, w: Writer) -> str:
    """Abstracts, statements and notes before the body; returns the text of the main abstract."""
    mains: list[tuple[int, str]] = []
    front = root.find("front")
    if front is None:
        front = root.find("front-stub")
    if front is None:
        return ""
    w.kind = "abstract"
    for part in front.iter("abstract", "trans-abstract"):
        first = len(w.passages)
        read_section(part, w)
        if part.tag == "abstract":
            text = " ".join(p.text for p in w.passages[first:] if p.kind == "abstract")
            mains.append((_ABSTRACTS.get((part.get("abstract-type") or "").lower(), len(_ABSTRACTS)), text))
    w.kind = "paragraph"
    for statement in front.iter("funding-statement"):
        _read_statement("Funding", statement, w)
    for meta in front.iter("custom-meta"):
        title = plain("".join(meta.findtext("meta-name") or ""))
        value = meta.find("meta-value")
        if value is not None and "availab" in title.lower():
            _read_statement(title, value, w)
    for note in front.iterfind("article-meta/author-notes/fn"):
        before = w.enter("Author notes")
        read_container(note, w)
        w.leave(before)
    for notes in (*front.iterfind("notes"), *front.iterfind("article-meta/notes")):
        read_section(notes, w)
    flush(w)
    w.buffer = Buffer()
    rank, main = min(mains, key=lambda each: each[0], default=(0, ""))
    return main if rank < len(_ABSTRACTS) else ""


def _read_statement(title: str, element: etree._Element, w: Writer) -> None:
    before = w.enter(title)
    read_container(element, w)
    w.leave(before)
