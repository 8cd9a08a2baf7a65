"""Bytes of an XML file to a tree: no entities, no DTD, no network, bounded in size and depth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.entities import html5
from typing import Any

from lxml import etree

from biorxivist.literature.document import Drop
from biorxivist.literature.parse.errors import ParseError
from biorxivist.literature.parse.hidden import NAMED, detach, strip_hidden
from biorxivist.literature.parse.raising import name_scripts
from biorxivist.literature.parse.sniff import refuse_large

_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)")
_STYLE = re.compile(rb"style(?<=[ \t\r\n\f\v\"']style)(?:-detail)?\s*=")
"""An attribute; the search jumps to the plain characters that it begins with, and looks back only there."""
_ID = re.compile(rb"""id(?<=[ \t\r\n]id)\s*=\s*("[^"&\t\r\n]*"|.)""", re.DOTALL)
"""The attribute, and its value where that stands there as it is read; else one character."""
_PREDEFINED = {b"amp", b"lt", b"gt", b"quot", b"apos"}
SAFELY: Mapping[str, Any] = {
    "load_dtd": False,
    "no_network": True,
    "resolve_entities": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""Options of a parser that loads nothing from outside and expands nothing."""
_FOREIGN_FRONTS = frozenset(("header", "head", "fm", "pubfm", "article-metadata", "item-info"))
"""What stands before the text in the schemas of publishers (Nature, IOP, Elsevier) whose root is an article, too."""
_ROOTS = ("article", "book", "book-part-wrapper", "book-part")
OTHERS = ("sub-article", "response")
"""Elements with documents of their own: reviews, letters, replies, translations."""


@dataclass(frozen=True, slots=True)
class Article:
    """A paper as a tree, and what one look through all of it found.

    A large tree fits no cache of a processor: each further look through all of it is 2 to 4 % of the time of reading.
    """

    root: etree._Element
    """The article."""
    drops: list[Drop]
    """What was left out of it."""
    entries: list[etree._Element]
    """Every ``ref``, in order."""
    holds_others: bool
    """Whether other documents are in it."""
    may_repeat_ids: bool
    """Whether two elements may have the same id."""


def read_xml(data: bytes) -> Article:
    """Parse untrusted XML to the tree of its article.

    Text that a reader would not see is removed. Entities of the character sets that publishers use are replaced; any
    other is left out and logged. Nothing is loaded from outside: the internal subset of a document type is read but
    never applied to the text.

    Raises
    ------
    ParseError
        If the bytes are too many, nested too deep, not well-formed, or hold no article.
    """
    refuse_large(data)
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        if "not defined" not in str(error):
            raise ParseError(broken(error)) from error
        root = _with_named_characters(data)
    drops = _replace_entities(root) if _may_have_entities(root, data) else []
    article = _article(root)
    is_in_ascii = _is_in_ascii(root, data)
    elements = list(article.iter("ref", *OTHERS, *NAMED))
    names = {element.tag for element in elements}
    if not names.isdisjoint(NAMED) or not is_in_ascii or _may_be_styled(data):
        name_scripts(article)
        drops += strip_hidden(article)
        elements = list(article.iter("ref", *OTHERS))
        names = {element.tag for element in elements}
    entries = [element for element in elements if element.tag == "ref"]
    return Article(article, drops, entries, not names.isdisjoint(OTHERS), not is_in_ascii or _may_repeat_ids(data))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(**SAFELY)


def broken(error: etree.XMLSyntaxError) -> str:
    """What is wrong with a file that is no XML, in words."""
    if "depth" in str(error):
        return f"The file is nested too deep to be a paper ({error}). Nothing was read."
    if "amplification" in str(error) or "entity loop" in str(error):
        return f"The file grows without bound by its entities ({error}). It is not a paper; nothing was expanded."
    return f"The file is not well-formed XML ({error}). Fetch or save it again; it may have been cut short."


def _with_named_characters(data: bytes) -> etree._Element:
    """Parse once more with named characters (``&nbsp;``) spelt out, for files without a document type."""

    def spelt(match: re.Match[bytes]) -> bytes:
        character = None if match[1] in _PREDEFINED else html5.get(f"{match[1].decode()};")
        return "".join(f"&#{ord(c)};" for c in character).encode() if character else match[0]

    try:
        return etree.fromstring(_NAMED.sub(spelt, data), _parser())
    except etree.XMLSyntaxError as error:
        raise ParseError(broken(error)) from error


def _may_have_entities(root: etree._Element, data: bytes) -> bool:
    """Whether the tree has to be searched for entities; the bytes tell sooner, where they spell markup in ASCII."""
    if not root.getroottree().docinfo.doctype:
        return False
    return not _is_in_ascii(root, data) or _ENTITY.search(data) is not None


def _may_be_styled(data: bytes) -> bool:
    """Whether anything but the elements for it may hide or raise a text.

    Most papers have nothing of it, and the whole tree need not be searched for attributes.
    """
    return _STYLE.search(data) is not None or b"mathcolor" in data or b"aria-hidden" in data


def _may_repeat_ids(data: bytes) -> bool:
    """Whether the bytes have an id twice, or one that has to be decoded before it can be compared."""
    ids = _ID.findall(data)
    return len(set(ids)) < len(ids) or any(len(value) == 1 for value in ids)


def _is_in_ascii(root: etree._Element, data: bytes) -> bool:
    """Whether the bytes spell markup in ASCII; UTF-16 without a declaration is called UTF-8, too, but it has NULs."""
    return (root.getroottree().docinfo.encoding or "").upper() == "UTF-8" and b"\0" not in data[:4]


def _replace_entities(root: etree._Element) -> list[Drop]:
    """Put characters in the place of named entities; an entity that is no character is left out and logged."""
    drops: list[Drop] = []
    for entity in list(root.iter(etree.Entity)):
        name = entity.text.strip("&;")
        character = html5.get(f"{name};")
        if character is None:
            drops.append(Drop("entity that was not expanded", f"&{name};", ""))
        entity.tail = (character or "") + (entity.tail or "")
        detach(entity)
    return drops


def _article(root: etree._Element) -> etree._Element:
    """The article of a bare file, an OAI-PMH record or a PMC article set, its tags without a namespace."""
    article = next((e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname in _ROOTS), None)
    if article is None:
        name = etree.QName(root).localname
        what = {"html": "a web page", "TEI": "TEI (GROBID writes it)", "rss": "a feed", "feed": "a feed"}.get(name)
        msg = (
            f"The root element is <{name}>{f', {what}' if what else ''}; a paper in JATS begins with <article>. "
            "Give the JATS full text (source.xml, Europe PMC fullTextXML) or a bioRxiv article page."
        )
        raise ParseError(msg)
    _refuse_foreign(article)
    if article.prefix is not None or article.nsmap.get(None):
        own = etree.QName(article).namespace
        for element in article.iter():
            if isinstance(element.tag, str) and element.tag.startswith(f"{{{own}}}"):
                element.tag = etree.QName(element).localname
    return article


def _refuse_foreign(article: etree._Element) -> None:
    """Refuse an article of another schema: its parts have other names, and would all be taken for text."""
    parts = [etree.QName(child).localname for child in article if isinstance(child.tag, str)]
    if _FOREIGN_FRONTS.intersection(parts) and "front" not in parts:
        msg = (
            f"This <article> is no JATS: its parts are {', '.join(f'<{part}>' for part in dict.fromkeys(parts))}. "
            "Give the JATS full text (source.xml, Europe PMC fullTextXML), the saved article page, or the PDF."
        )
        raise ParseError(msg)
