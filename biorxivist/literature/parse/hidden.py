"""Removing text that a reader of the page would not see; it is logged, never passed on.

A paper is untrusted: white, tiny or undisplayed text is how instructions for a language model are smuggled into one.
"""

from __future__ import annotations

import re

from lxml import etree

from biorxivist.literature.document import Drop

_STYLES = etree.XPath("/descendant::*/@style")  # as //@style, which looks at texts, too
_ON_A_PAGE = etree.XPath("//*[@hidden or @class or @color]")
_NAMED = ("styled-content", "named-content", "span", "font", "text")
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0*(\.0+)?\s*(;|$|!)"
    r"|font-size\s*:\s*0*(\.\d+|[01](\.\d+)?)?\s*(px|pt|em|rem|%|;|$|!)|text-indent\s*:\s*-\s*\d{3,}"
    r"|(left|top)\s*:\s*-\s*\d{4,}|clip\s*:\s*rect\s*\(\s*0|(max-)?(width|height)\s*:\s*0(px|pt|em)?\s*(;|$|!)",
    re.I,
)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(white|transparent|#fff(f{3})?(ff)?\b|#f[d-f]f[d-f]f[d-f]\b"
    r"|rgba?\s*\(\s*25[0-5]\s*,?\s*25[0-5]\s*,?\s*25[0-5]|rgba?\s*\([^)]*[,/]\s*0(\.0+)?\s*\))",
    re.I,
)
_BACKGROUND = re.compile(r"background(-color)?\s*:\s*(?!\s*(white|transparent|none|inherit|#fff))", re.I)
_WHITE_NAME = re.compile(r"\s*(white|transparent|#fff(fff)?)\s*$", re.I)
_HIDDEN_NAME = re.compile(r"(^|[\s_-])(hidden|invisible|white-text|whitetext)($|[\s_-])", re.I)


def _reason_hidden(element: etree._Element) -> str | None:
    style = " ; ".join(filter(None, (element.get("style"), element.get("style-detail"))))
    if _UNSEEN.search(style):
        return "hidden text: not displayed"
    if _WHITE.search(style) and not _BACKGROUND.search(style):
        return "hidden text: white or transparent"
    color = element.get("color")
    if color and _WHITE_NAME.match(color):
        return "hidden text: white or transparent"
    if element.get("hidden") is not None and element.get("hidden") != "false":
        return "hidden text: marked as hidden"
    for name in ("content-type", "style-type", "specific-use", "class"):
        if _HIDDEN_NAME.search(element.get(name) or ""):
            return "hidden text: marked as hidden"
    return None


def strip_hidden(root: etree._Element, *, page: bool = False) -> list[Drop]:
    """Remove every hidden element from the tree, in place; what follows it stays.

    Parameters
    ----------
    root
        The tree.
    page
        True for a web page, where any element can be hidden by an attribute or a class.

    Returns
    -------
    What was removed, with its whole text.
    """
    drops: list[Drop] = []
    top = root.getroottree().getroot()
    styled = [value.getparent() for value in _STYLES(root)]
    for element in (*styled, *(_ON_A_PAGE(root) if page else root.iter(*_NAMED))):
        if element.getparent() is None or (why := _reason_hidden(element)) is None:
            continue
        if element.getroottree().getroot() is not top:  # removed with an outer one
            continue
        text = " ".join("".join(element.itertext()).split())
        if text:
            drops.append(Drop(why, text, ""))
        detach(element)
    return drops


def detach(element: etree._Element) -> None:
    """Take an element out of its parent and leave the text after it in place."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail
    if parent is None:
        return
    if tail:
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
        element.tail = None
    parent.remove(element)
