"""A saved bioRxiv or medRxiv article page to a `Document`: the same fields as from JATS, as far as the page has them.

The page keeps a table's cells elsewhere, so that a table in it is a ``link`` or an ``image``, unless it was unfolded
before the page was saved. Nothing is run or loaded.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from biorxivist.literature.document import Document, Drop, Figure, Table
from biorxivist.literature.parse.assemble import document_of
from biorxivist.literature.parse.css.sheets import sheets_of
from biorxivist.literature.parse.errors import ParseError
from biorxivist.literature.parse.formulas import MATH
from biorxivist.literature.parse.front import Origin
from biorxivist.literature.parse.hidden import detach, strip_hidden
from biorxivist.literature.parse.html_front import read_meta
from biorxivist.literature.parse.html_references import read_list
from biorxivist.literature.parse.inline import gather_math, readable
from biorxivist.literature.parse.raising import (
    gather_script,
    is_continued,
    last_character,
    name_scripts,
    next_character,
    put_lowered,
    put_mark,
    put_raised,
    together,
)
from biorxivist.literature.parse.sniff import refuse_large
from biorxivist.literature.parse.tables import write_grids
from biorxivist.literature.parse.text import plain
from biorxivist.literature.parse.titles import path_title
from biorxivist.literature.parse.writer import Buffer, Writer

_FORMULA = f"{MATH}math"
_BLOCKS = frozenset(("p", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "section", "h1", "h2", "h3",
                     "h4", "h5", "h6", "table", "figure", "figcaption", "article", "main", "aside", "header", "footer",
                     "nav", "details", "summary", "address", "form", "fieldset", "center", "dialog"))  # fmt: skip
_SPACED = frozenset(("br", "caption", "tr", "td", "th", "option", "rt"))
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_LAID_OUT = (*_HEADINGS, "p", "div", "ul", "ol", "pre", "blockquote", "table")
"""What stands in the cells of a table that lays out a page."""
_SCRIPTS = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "button",
    "select",
    "textarea",
    "link",
    "meta",
)
_WORDS_ONLY = {"noscript": "hidden text: not displayed", "template": "hidden text: not displayed", "svg": "a drawing"}
"""Elements that are logged only if there are words in them -> why these are in no passage."""
_NO_BODY = frozenset(
    ("abstract", "ref-list", "fn-group", "ack", "kwd-group", "executive-summary", "highwire-markup-nav")
)
"""Sections that the page of an abstract has, too."""
_SERVER = re.compile(r"\b(?:bio|med)rxiv\b", re.IGNORECASE)
_APART = frozenset(("fig-label", "table-label", "fn-label", "disp-formula", "disp-formula-label"))
"""Labels, which their own sheets set apart from what follows, and formulas on a line of their own."""
_FURNITURE = frozenset(("callout-links", "highwire-figure-links", "table-callout-links", "caption-clear", "sb-div",
                        "element-invisible", "section-nav", "highwire-markup-nav", "fig-services", "rev-xref",
                        "rev-xref-ref"))  # fmt: skip


def parse_html(data: bytes, origin: Origin) -> Document:
    """Read a saved article page.

    Raises
    ------
    ParseError
        If it is no article page: a search page, an abstract page without text, a bot check.
    """
    root = _read_tree(data)
    css, name = sheets_of(root), _title_of(root)
    drops = _remove_scripts(root)
    drops += strip_hidden(root, css=css)
    name_scripts(root)
    _name_formulas(root)
    body = next(iter(_with_class(root, "fulltext-view")), None)
    if body is None:
        raise ParseError(_describe(root, name, data))
    front = read_meta(root, origin)
    listed = read_list(body, front.paper.id)
    w = Writer(front.paper.id, front.version.id, listed.resolver, source_url=origin.source_url)
    w.drops += drops
    if front.title:
        w.add(front.title, "title")
    _read_children(body, w, depth=0)
    _flush(w)
    if not any(_is_body(block) for block in _blocks(body)):
        w.remark("the page holds no text beside the abstract")
    abstract = " ".join(p.text for p in w.passages if p.kind == "abstract")
    return document_of(front, listed, w, abstract=abstract)


def _read_tree(data: bytes) -> etree._Element:
    refuse_large(data)
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml_html.fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        msg = f"The page cannot be read as HTML ({error}). Save it again."
        raise ParseError(msg) from error
    return root


def _remove_scripts(root: etree._Element) -> list[Drop]:
    """Remove scripts, controls and drawings; what has words in it is logged."""
    drops: list[Drop] = []
    for element in list(root.iter(*_SCRIPTS)):
        if element.tag == "meta" or element.getparent() is None:
            continue
        words = plain(" ".join(element.itertext()))[:2_000]
        if element.tag in _WORDS_ONLY and words:
            drops.append(Drop(f"{_WORDS_ONLY[element.tag]} (<{element.tag}>)", words, ""))
        elif element.tag not in ("link", "style", *_WORDS_ONLY):
            drops.append(Drop(f"<{element.tag}> was not run", words, ""))
        detach(element)
    return drops


def _name_formulas(root: etree._Element) -> None:
    """Give formulas the names that they have in XML."""
    for formula in list(root.iter("math", "mml:math")):
        for element in formula.iter(etree.Element):
            element.tag = MATH + str(element.tag).rpartition(":")[2]


def holds_text(data: bytes) -> bool:
    """Whether a page has the text of an article, and not only its abstract under the same class names."""
    return any(
        _is_body(section) for part in _with_class(_read_tree(data), "fulltext-view") for section in _blocks(part)
    )


def _blocks(part: etree._Element) -> list[etree._Element]:
    """Sections of a page, and paragraphs outside of any."""
    return [child for child in part.iter("div", "section", "p") if child.tag == "p" or "section" in _classes(child)]


def _is_body(block: etree._Element) -> bool:
    if not plain("".join(block.itertext())):
        return False
    around = {name for outer in (block, *block.iterancestors()) for name in _classes(outer)}
    return not around & _NO_BODY and (block.tag == "p" or next(block.iter("p"), None) is not None)


def _with_class(root: etree._Element, name: str) -> list[etree._Element]:
    return [e for e in root.iter("div", "span", "section", "li", "ol") if name in _classes(e)]


def _classes(element: etree._Element) -> list[str]:
    return (element.get("class") or "").split()


def _title_of(root: etree._Element) -> str:
    title = next(iter(root.iter("title")), None)
    return plain("".join(title.itertext()))[:80] if title is not None else ""


def _describe(root: etree._Element, title: str, data: bytes) -> str:
    """What a page is that is no article page."""
    low = data[:20_000].lower()
    if b"1015" in low or b"cloudflare" in low or b"just a moment" in low:
        return f"This page is a bot check ({title!r}), not an article. Ask Europe PMC, or save the page in a browser."
    if _with_class(root, "highwire-search-results-list") or b"search-result" in low:
        return f"This page lists search results ({title!r}); it is read by the search, not as an article."
    journal = next((m.get("content") for m in root.iter("meta") if m.get("name") == "citation_journal_title"), "")
    if not _SERVER.search(f"{journal} {title}"):
        return (
            f"This page ({title!r}) is none of bioRxiv or medRxiv; of other sites no pages are read. Give the "
            "JATS XML of the article, which Europe PMC and many publishers offer, or its PDF."
        )
    return (
        f"This page ({title!r}) has no full text of an article. Save the page that ends in .full (Full Text), "
        "or give the JATS XML."
    )


# --- the text --------------------------------------------------------------------------------------------------


def _flush(w: Writer, kind: str | None = None) -> None:
    buffer, w.buffer = w.buffer, Buffer()
    if buffer.pieces:
        w.write(buffer, kind or w.kind)
    later, w.deferred = w.deferred, []
    for element in later:
        _read_block(element, w, depth=0)


def _read_children(el: etree._Element, w: Writer, *, depth: int) -> None:
    """Children of a container: blocks are passages, loose text between them too."""
    if (text := el.text) and not text.isspace():
        w.buffer.pieces.append(text)
    for child in el:
        if child.tag in _BLOCKS:
            _read_block(child, w, depth=depth + 1)
        else:
            _gather_child(child, w.buffer, w)
        if (tail := child.tail) and (w.buffer.pieces or not tail.isspace()):
            w.buffer.pieces.append(tail)


def _read_block(el: etree._Element, w: Writer, *, depth: int) -> None:
    classes = _classes(el)
    if depth > 200:
        msg = "The page is nested too deep to be an article. Nothing was read."
        raise ParseError(msg)
    if _FURNITURE.intersection(classes):
        w.drop(el, "page furniture")
        return
    _flush(w)
    if "ref-list" in classes:
        _read_reference_list(el, w)
    elif "fig" in classes:
        _read_figure(el, w)
    elif ("table" in classes and el.tag == "div") or _is_grid(el):
        _read_table(el, w)
    elif el.tag in _HEADINGS:
        _gather(el, w.buffer, w)
        _flush(w, "title")
    elif "section" in classes or "subsection" in classes or "boxed-text" in classes:
        _read_section(el, w, classes, depth)
    else:
        _read_children(el, w, depth=depth)
        _flush(w)


def _read_section(el: etree._Element, w: Writer, classes: list[str], depth: int) -> None:
    heading = next((child for child in el if child.tag in _HEADINGS), None)
    title = path_title(plain(readable(heading))) if heading is not None else ""
    if not title and "fn-group" in classes:
        title = "Footnotes"
    before, kind = w.enter(title), w.kind
    if "abstract" in classes:
        w.kind = "abstract"
    _read_children(el, w, depth=depth)
    _flush(w)
    w.leave(before)
    w.kind = kind


def _read_reference_list(el: etree._Element, w: Writer) -> None:
    before = w.enter("References")
    for child in el:
        if "cit-list" in _classes(child):
            continue
        _gather_child(child, w.buffer, w)
        _flush(w, "title" if child.tag in _HEADINGS else None)
    w.leave(before)


def _gather(el: etree._Element, buf: Buffer, w: Writer) -> None:
    if el.text:
        buf.pieces.append(el.text)
    for child in el:
        _gather_child(child, buf, w)
        if child.tail:
            buf.pieces.append(child.tail)


def _gather_child(child: etree._Element, buf: Buffer, w: Writer) -> None:
    classes = _classes(child)
    if "fig" in classes or ("table" in classes and child.tag == "div") or _is_grid(child):
        w.deferred.append(child)
    elif _FURNITURE.intersection(classes):
        w.drop(child, "page furniture")
    elif child.tag == "a" and "xref-bibr" in classes:
        _gather_citation(child, buf, w)
    elif child.tag in ("sup", "sub") and not w.is_flat:
        _gather_script(child, buf, w)
    elif child.tag == _FORMULA:
        around = [" "] if child.get("display") == "block" else []
        buf.pieces += around
        gather_math(child, buf, w)
        buf.pieces += around
    elif child.tag in _BLOCKS or child.tag in _SPACED or _APART.intersection(classes):
        buf.pieces.append(" ")
        _gather(child, buf, w)
        buf.pieces.append(" ")
    else:
        _gather(child, buf, w)


def _gather_citation(link: etree._Element, buf: Buffer, w: Writer) -> None:
    before, start, is_flat = last_character(buf), len(buf.pieces), w.is_flat
    is_raised = next(link.iter("sup"), None) is not None
    w.is_flat = is_flat or is_raised
    _gather(link, buf, w)
    w.is_flat = is_flat
    link.set("rid", (link.get("href") or "").rpartition("#")[2])
    buf.marks.append((start, len(buf.pieces), link))
    if not is_flat:
        put_mark(buf, start, before, next_character(link), is_raised=is_raised)


def _gather_script(el: etree._Element, buf: Buffer, w: Writer) -> None:
    """A superscript or subscript; one that links to the reference list is a mark."""
    if is_continued(el):
        return
    before, first, marked, above = last_character(buf), len(buf.pieces), len(buf.marks), el.getprevious()
    run = together(el)
    gather_script(run, buf, w, _gather)
    after = next_character(run[-1])
    if el.tag == "sup":
        put_raised(buf, first, before, after, is_mark=len(buf.marks) > marked)
    else:
        is_behind_raised = above is not None and above.tag == "sup" and not above.tail
        put_lowered(buf, first, before, after, is_behind_raised=is_behind_raised)


def _read_caption(el: etree._Element, label: str, w: Writer) -> tuple[str, str, str | None]:
    """Label, caption and passage of a figure or table; everything else in it is page furniture."""
    buf = Buffer()
    printed = ""
    for part in el.iter("div", "span"):
        classes = _classes(part)
        if f"{label}-caption" in classes:
            _gather(part, buf, w)
        elif f"{label}-label" in classes:
            printed = printed or plain("".join(part.itertext()))
    passage = w.write(buf, "caption")
    text = passage.text if passage else ""
    for part in el:
        if f"{label}-caption" not in _classes(part):
            w.drop(part, "page furniture")
    return printed, text.removeprefix(printed).strip() if printed else text, passage.id if passage else None


def _images_of(el: etree._Element) -> tuple[str, ...]:
    """Large images first, else what the page shows."""
    large = [a.get("href") for a in el.iter("a") if "highwire-figure-link-newtab" in _classes(a) and a.get("href")]
    shown = [img.get("data-src") or img.get("src") for img in el.iter("img")]
    return tuple(dict.fromkeys(large or [src for src in shown if src and not src.startswith("data:")]))


def _read_figure(el: etree._Element, w: Writer) -> None:
    label, caption, passage = _read_caption(el, "fig", w)
    w.figures.append(Figure(el.get("id") or "", label, caption, _images_of(el), w.path, passage))


def _is_grid(el: etree._Element) -> bool:
    """Whether an element is a table of data: one that lays out blocks of text is none."""
    return el.tag == "table" and next(el.iterdescendants(*_LAID_OUT), None) is None


def _read_table(el: etree._Element, w: Writer) -> None:
    grids, label, caption, passage = [el], "", "", None
    if el.tag != "table":
        grids = [table for table in el.iter("table") if _is_grid(table)]
        for grid in grids:  # what is left around them is furniture
            detach(grid)
        label, caption, passage = _read_caption(el, "table", w)
    notes = Buffer()
    written = write_grids(grids, notes, w, _gather)
    foot = w.write(notes, "caption")
    images = _images_of(el)
    links = tuple(dict.fromkeys(a.get("data-table-url") for a in el.iter("a") if a.get("data-table-url")))
    w.tables.append(
        Table(
            id=el.get("id") or "",
            label=label,
            caption=caption,
            kind="grid" if grids else "image" if images else "link",
            graphics=images,
            links=links,
            rows=written.rows,
            cols=written.columns,
            cells=tuple(written.cells),
            notes=foot.text if foot else "",
            section=w.path,
            passage_id=written.passage.id if written.passage else None,
            caption_id=passage,
            notes_id=foot.id if foot else None,
        )
    )
