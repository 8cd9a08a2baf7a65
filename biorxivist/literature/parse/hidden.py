"""Removing text that a reader of the page would not see; it is logged, never passed on.

A paper is untrusted: white, tiny or undisplayed text is how instructions for a language model are smuggled into one.
What is hidden is what a browser does not show: style attributes, style elements, the attributes of old HTML and the
elements that are displayed on demand only are read as it reads them (`biorxivist.literature.parse.css`). White on white
counts as not shown. So does ``aria-hidden``, though it is painted: an ornament that the author keeps from people who
listen is no sentence of the paper, and nobody who listens would know of an instruction in it. It stays where it is the
only form of something that is read: a formula, what has its twin for the ear beside it, the whole page behind a dialog.
Of the sheets of a site, which a saved page lacks, the names are known by which most of them hide; they count where the
page's own sheets do not say what such a name means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from biorxivist.literature.document import Drop
from biorxivist.literature.parse.css.declarations import Declaration, read_declarations
from biorxivist.literature.parse.css.look import DEFAULT, Look, look
from biorxivist.literature.parse.css.sheets import Sheets

_STYLES = etree.XPath(  # as //@style, which looks at texts, too
    "/descendant::*/@style | /descendant::*/@mathcolor | /descendant::*/@aria-hidden"
)
_MARKED_ON_A_PAGE = etree.XPath("//*[@hidden or @popover or @class or @color or @bgcolor or @text]")
NAMED = ("styled-content", "named-content", "span", "font", "text")
"""Elements by which a text can be hidden or raised in XML that is no web page."""
_MARK = re.compile(r"(?<![a-z])(?<!overflow[-_ ])(hidden|invisible|white[ _-]?text)(?![a-z]|-(?:xs|sm|md|lg|xl|print))",
                   re.I)  # fmt: skip
_UNSEEN_CLASSES = frozenset((
    "hidden", "invisible", "hide", "is-hidden", "d-none", "display-none", "element-hidden", "element-invisible",
    "a11y-hidden", "offscreen", "off-screen", "white-text", "whitetext", "hidden-text", "text-hidden", "text-hide",
    "u-hidden", "katex-mathml", "mjx_assistive_mathml", "mjx-assistive-mml",
))  # fmt: skip
"""Classes by which the sheets of sites, which are not there for a saved page, hide a text."""
_FOR_SCREEN_READERS = re.compile(
    r"(?!not-)(?:[a-z0-9]+[-_]{1,2})?(?:visually-?hidden|sr-only|screen-?reader(?:-text|-only)?)(?:-focusable)?"
)
"""The same, for machines that read aloud; frameworks put their own name before it."""
_SHOWN_WHEN_WIDE = re.compile(
    r"(?:d|display)-(?:sm|md|lg|xl)-(?!none)\w+|(?:sm|md|lg|xl):(?:block|flex|grid|table|contents|inline)\S*"
    r"|visible-(?:sm|md|lg)\S*|show-for-(?:medium|large)\S*"
)
"""Classes that show again, on a wide screen, what another class hides on a small one."""
_OF_A_MARK = "background-color:#ff0;color:#000"
_FORMULA = re.compile(r"katex|mathjax|mjx", re.I)
"""Classes and elements of formulas that a script has laid out."""
_OF_A_LINK = "color:#00e"
"""How browsers write a link, unless the page says otherwise."""
_REPLACED = frozenset(("canvas", "audio", "video", "progress", "meter", "object"))
"""Elements with something else in the place of their text."""
_UNDISPLAYED = frozenset(("datalist", "noembed", "noframes", "rp", "title", "dialog"))
"""Elements that browsers do not display unless a sheet says so."""
_COLORED = {"font": "color", "body": "text", **dict.fromkeys(NAMED, "color")}
"""Elements whose letters an attribute colours -> the attribute; of no other, whatever is written there."""
_GROUNDED = frozenset(("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"))


def strip_hidden(root: etree._Element, *, css: Sequence[str] | None = None) -> list[Drop]:
    """Remove every hidden text from the tree, in place; what follows it, and what is seen inside of it, stays.

    Parameters
    ----------
    root
        The tree.
    css
        Style sheets of a web page, where any element can be hidden by an attribute or a class; None for other XML.

    Returns
    -------
    What was removed, with its whole text.
    """
    drops = _fold(root) if css is not None else []
    painter = _Painter(root, css)
    for element in painter.styled():
        if not painter.is_done(element):
            painter.strip(element, drops)
    return drops


class _Painter:
    """Looks of the elements of one tree, each found once."""

    def __init__(self, root: etree._Element, css: Sequence[str] | None) -> None:
        self._root, self._page = root, css is not None
        self._sheets = sheets = Sheets(css) if css is not None else None
        self._ruled: Mapping[etree._Element, list[Declaration]] = sheets.of(root) if sheets else {}
        self._looks: dict[etree._Element, Look] = {}
        self._throughout: dict[etree._Element, bool] = {}
        self._spoken: dict[etree._Element, bool] = {}
        self._length = 0
        self._done: set[etree._Element] = set()

    def styled(self) -> Iterator[etree._Element]:
        """Elements that something is said of, outer ones before inner ones where it matters."""
        styled = [value.getparent() for value in _STYLES(self._root)]
        named = _MARKED_ON_A_PAGE(self._root) if self._page else self._root.iter(*NAMED)
        unshown = self._root.iter(*_REPLACED, *_UNDISPLAYED) if self._page else ()
        for element in (*self._ruled, *styled, *named, *unshown):
            if self._declared(element) or self._mark(element):
                yield element

    def is_done(self, element: etree._Element) -> bool:
        """Whether it was dealt with, or taken out, with one around it."""
        return element in self._done

    def strip(self, element: etree._Element, drops: list[Drop]) -> None:
        """Take out what is not seen of an element and of everything inside it."""
        around = self._look_around(element)
        if around is None:  # hidden with one around it, which comes later
            return
        self._strip(element, self._look_of(element, around), drops)

    def _strip(self, element: etree._Element, seen: Look, drops: list[Drop]) -> None:
        reason = seen.gone or self._mark(element) or seen.unseen
        if reason and (seen.gone or self._mark(element) or self._is_unseen_throughout(element, seen)):
            self._done.update(element.iter())
            if text := " ".join("".join(element.itertext()).split()):
                drops.append(Drop(reason, text, ""))
            if element.getparent() is not None:
                detach(element)
            else:
                _empty(element)
            return
        self._done.add(element)
        for child in list(element.iterchildren(etree.Element)):
            if reason and child.tail and not child.tail.isspace():
                drops.append(Drop(reason, " ".join(child.tail.split()), ""))
                child.tail = " "
            self._strip(child, self._look_of(child, seen), drops)
        if reason and element.text and not element.text.isspace():
            drops.append(Drop(reason, " ".join(element.text.split()), ""))
            element.text = None

    def _is_unseen_throughout(self, element: etree._Element, seen: Look) -> bool:
        """Whether nothing inside is seen again."""
        known = self._throughout.get(element)
        if known is None:
            known = True
            for child in element.iterchildren(etree.Element):
                inner = self._look_of(child, seen)
                if not (inner.gone or self._mark(child)):
                    known = known and bool(inner.unseen) and self._is_unseen_throughout(child, inner)
            self._throughout[element] = known
        return known

    def _look_around(self, element: etree._Element) -> Look | None:
        """Look of the element around; None if that is hidden itself."""
        seen = DEFAULT
        for outer in reversed(list(element.iterancestors())):
            seen = self._look_of(outer, seen)
            if seen.gone or self._mark(outer):
                return None
        return seen

    def _look_of(self, element: etree._Element, around: Look) -> Look:
        known = self._looks.get(element)
        if known is None:
            declared = self._declared(element)
            known = look(str(element.tag), declared, around) if declared or around.lays_out else around
            self._looks[element] = known
        return known

    def _declared(self, element: etree._Element) -> list[Declaration]:
        """Declarations of an element, the weakest first: attributes of old HTML, sheets, its own style."""
        given = element.attrib
        declarations: list[Declaration] = []
        if not given and element not in self._ruled and element.tag != "mark":
            return declarations
        if self._page and ((element.tag == "a" and given.get("href")) or element.tag == "mark"):
            declarations += read_declarations(_OF_A_LINK if element.tag == "a" else _OF_A_MARK)
        if (value := given.get("bgcolor")) and element.tag in _GROUNDED:
            declarations += read_declarations(f"background-color:{value}")
        colored = _COLORED.get(str(element.tag), "mathcolor")
        for name, means in ((colored, "color"), ("mathbackground", "background-color")):
            if value := given.get(name):
                declarations += read_declarations(f"{means}:{value}")
        declarations += self._ruled.get(element, ())
        for name in ("style", "style-detail"):
            if value := given.get(name):
                declarations += read_declarations(value)
        declarations.sort(key=lambda declaration: declaration.is_important)
        return self._sheets.after_animations(declarations) if self._sheets else declarations

    def _mark(self, element: etree._Element) -> str:
        """Why an element counts as hidden without any style; empty if it does not."""
        given = element.attrib
        if (given.get("aria-hidden") or "").strip().lower() == "true" and not self._is_only_form(element):
            return "hidden text: marked as hidden (aria-hidden)"
        if self._page:
            return self._undisplayed(element) or self._named_as_hidden(given)
        if element.tag not in NAMED:
            return ""
        if given.get("hidden") is not None and given.get("hidden") != "false":
            return "hidden text: marked as hidden"
        for name in ("content-type", "style-type", "specific-use", "class"):
            if _MARK.search(given.get(name) or ""):
                return f"hidden text: marked as hidden ({name})"
        return ""

    def _is_only_form(self, element: etree._Element) -> bool:
        """Whether what is kept from machines that read aloud is all that is seen of what they are given instead."""
        around = element.getparent()
        if around is None or around.get("aria-label") or _is_formula(element):
            return True
        if around not in self._spoken:
            self._spoken[around] = any(map(self._is_spoken_only, around.iterchildren(etree.Element)))
        return self._spoken[around] or self._is_whole_page(element)

    def _is_spoken_only(self, element: etree._Element) -> bool:
        """Whether a text is there for the ear alone: it is hidden from the eye."""
        if not any(text and not text.isspace() for text in element.itertext()):
            return False
        if self._page and (self._undisplayed(element) or self._named_as_hidden(element.attrib)):
            return True
        seen = self._look_around(element)
        if seen is None:
            return False
        own = self._look_of(element, seen)
        return bool(own.gone or (own.unseen and not seen.unseen))

    def _is_whole_page(self, element: etree._Element) -> bool:
        """Whether an element is the page itself, which an open dialog keeps from being read aloud."""
        if next(element.iter("h1", "h2", "h3"), None) is None:
            return False
        if not self._length:
            self._length = sum(map(len, self._root.itertext()))
        return sum(map(len, element.itertext())) > 0.5 * self._length

    def _undisplayed(self, element: etree._Element) -> str:
        """Why a browser does not display an element of its own accord; a sheet may overrule most of it."""
        given, tag = element.attrib, element.tag
        if tag in _REPLACED:
            return f"hidden text: not displayed (<{tag}>)"
        why = f"not displayed (<{tag}>)" if tag in _UNDISPLAYED and not (tag == "dialog" and "open" in given) else ""
        for name in ("hidden", "popover"):
            why = f"not displayed ({name})" if name in given else why
        if not why:
            return ""
        said = [each.value for each in self._declared(element) if each.name == "display"]
        # `hidden` counts as a sheet of the page, which `revert` passes over; what browsers' own sheets hide stays so.
        own = ("revert-layer",) if why.endswith("(hidden)") and tag not in _UNDISPLAYED else ("revert", "revert-layer")
        return "" if said and said[-1] not in own else f"hidden text: {why}"

    def _named_as_hidden(self, given: etree._Attrib) -> str:
        said = self._sheets.classes if self._sheets else ()
        names = (given.get("class") or "").split()
        for name in names:
            is_known = name.lower() in _UNSEEN_CLASSES and not any(map(_SHOWN_WHEN_WIDE.fullmatch, names))
            if name not in said and (is_known or _FOR_SCREEN_READERS.fullmatch(name.lower())):
                return f"hidden text: marked as hidden (class {name})"
        return ""


def _fold(root: etree._Element) -> list[Drop]:
    """Take out what stands folded in closed details: all but the summary, whatever sheets say of it."""
    drops: list[Drop] = []
    for details in list(root.iter("details")):
        if details.get("open") is not None or not any(outer is root for outer in details.iterancestors()):
            continue
        summary = next(details.iterchildren("summary"), None)
        if text := " ".join("".join(_folded(details, summary)).split()):
            drops.append(Drop("hidden text: not displayed (closed <details>)", text, ""))
        details.text = None
        for child in list(details):
            child.tail = None
            if child is not summary:
                details.remove(child)
    return drops


def _folded(details: etree._Element, summary: etree._Element | None) -> Iterator[str]:
    yield details.text or ""
    for child in details:
        if child is not summary:
            yield " ".join(child.itertext())
        yield f" {child.tail or ''} "


def _is_formula(element: etree._Element) -> bool:
    """Whether an element is a formula, or a part of one, as MathML or as a script has laid it out."""
    for place in (element, *element.iterancestors(), *element.iterdescendants(etree.Element)):
        name = str(place.tag).rsplit("}", 1)[-1]
        if name == "math" or _FORMULA.match(name) or _FORMULA.search(place.get("class") or ""):
            return True
    return False


def _empty(root: etree._Element) -> None:
    """Take everything out of the outermost element, which cannot be taken out itself."""
    for child in list(root):
        root.remove(child)
    root.text = None


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
