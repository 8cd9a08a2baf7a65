"""Titles of sections, for the paths that passages carry."""

from __future__ import annotations

from lxml import etree

from biorxivist.literature.parse.inline import readable
from biorxivist.literature.parse.text import plain

MAX_TITLE = 300
"""Code points of one title in a section's path."""
_PLACES = ("caption/title", "front-stub/title-group/article-title", "book-part-meta/title-group/title")
_DEFAULTS = {
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


def section_title(el: etree._Element) -> str:
    """Title of a section for its path: its own, its caption's, else what such a part is usually called."""
    own = next(el.iterchildren("title"), None)  # nearly all have one: the other places are looked at only without it
    for path in _PLACES if own is None else ("title", *_PLACES):
        title = own if path == "title" else el.find(path)
        if title is not None and (text := plain(without_notes(title))):
            return path_title(text)
    if el.tag == "app" and (text := plain("".join(el.findtext("label") or ""))):
        return text[:MAX_TITLE]
    if el.tag == "notes" and (kind := el.get("notes-type")):
        return str(kind).replace("-", " ").capitalize()
    if el.tag == "abstract" and (kind := el.get("abstract-type")):
        return f"Abstract ({kind})"
    return _DEFAULTS.get(el.tag, "")


def path_title(text: str) -> str:
    """A title as part of a path: cut, and without the sign that parts the titles of one."""
    return text[:MAX_TITLE].replace(" > ", " › ")


def without_notes(el: etree._Element) -> str:
    """All text of a heading but its footnotes."""
    if not len(el):
        return el.text or ""
    if next(el.iter("fn"), None) is None:
        return readable(el)
    own: str = el.text or ""
    inner = ("" if child.tag == "fn" else without_notes(child) for child in el)
    return own + "".join(text + (child.tail or "") for text, child in zip(inner, el, strict=True))
