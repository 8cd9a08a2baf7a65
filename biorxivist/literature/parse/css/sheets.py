"""Style sheets inside a page: which of their declarations apply to which element.

Only rules that decide whether something is seen are kept. Nothing is loaded: ``@import`` and linked sheets are not
there for a saved page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import cssselect2
from lxml import etree
from tinycss2 import parse_blocks_contents, parse_stylesheet, serialize

from biorxivist.literature.parse.css.declarations import Declaration, to_declarations
from biorxivist.literature.parse.css.media import holds_on_screen, is_supported
from biorxivist.literature.parse.errors import ParseError

__all__ = ["Sheets"]

MAX_CSS = 4_000_000
"""Characters of all style elements of a page."""
MAX_RULES = 20_000
"""Selectors of rules that decide whether something is seen."""
MAX_TESTS = 20_000_000
"""Selectors that have to be tried on every element, times elements."""
_GROUPS = ("layer", "container", "scope")
_CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")


class _Rule(NamedTuple):
    """What a selector declares."""

    declared: tuple[Declaration, ...]
    is_layered: bool


class Sheets:
    """The style elements of a page.

    Parameters
    ----------
    css
        Their texts, in order.

    Raises
    ------
    ParseError
        If they are larger than any page needs.
    """

    def __init__(self, css: Iterable[str]) -> None:
        self._matcher = cssselect2.Matcher()
        self._rules = 0
        self.classes: set[str] = set()
        """Classes that the sheets speak of: for those, the sheets say whether they hide."""
        size = 0
        for text in css:
            size += len(text)
            if size > MAX_CSS:
                msg = f"The page has more than {MAX_CSS:,} characters of style. Save it without them and try again."
                raise ParseError(msg)
            self._add(parse_stylesheet(text, skip_comments=True, skip_whitespace=True), around="")

    def of(self, root: etree._Element) -> Mapping[etree._Element, list[Declaration]]:
        """Declarations of every element that has any, the weakest first.

        Raises
        ------
        ParseError
            If there are more rules and elements than can be held against each other.
        """
        if not self._rules:
            return {}
        everywhere = len(self._matcher.other_selectors)
        if everywhere and everywhere * sum(1 for _ in root.iter(etree.Element)) > MAX_TESTS:
            msg = f"The page has {everywhere:,} style rules for any element, more than can be tried on all of them."
            raise ParseError(msg)
        found: dict[etree._Element, list[Declaration]] = {}
        for wrapper in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
            matches = self._matcher.match(wrapper)
            rules = [rule for _, _, pseudo, rule in matches if pseudo is None]
            rules.sort(key=lambda rule: not rule.is_layered)  # whatever its selector, a rule in a layer is the weaker
            if declared := [one for rule in rules for one in rule.declared]:
                found[wrapper.etree_element] = declared
        return found

    def _add(self, nodes: Iterable[Any], *, around: str, is_layered: bool = False) -> None:
        for node in nodes:
            if node.type == "qualified-rule":
                self._add_rule(node, around, is_layered=is_layered)
            elif node.type == "at-rule" and node.content is not None and _applies(node):
                inner = parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                self._add(inner, around=around, is_layered=is_layered or node.lower_at_keyword == "layer")

    def _add_rule(self, node: Any, around: str, *, is_layered: bool) -> None:
        written = serialize(node.prelude).strip()
        self.classes.update(_CLASS.findall(written))
        selector = _nested(written, around)
        content = parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
        if declared := tuple(to_declarations(content)):
            for one in _compiled(selector):
                self._rules += 1
                if self._rules > MAX_RULES:
                    msg = f"The page has more than {MAX_RULES:,} style rules that hide something. It is not an article."
                    raise ParseError(msg)
                self._matcher.add_selector(one, _Rule(declared, is_layered))
        inner = [part for part in content if part.type in ("qualified-rule", "at-rule")]
        if inner and len(selector) < 1_000:
            self._add(inner, around=selector, is_layered=is_layered)


def _nested(selector: str, around: str) -> str:
    if not around:
        return selector
    return selector.replace("&", f":is({around})") if "&" in selector else f":is({around}) {selector}"


def _compiled(selector: str) -> Iterator[Any]:
    """Selectors of a list; one that a browser does not know takes the whole rule with it."""
    try:
        yield from cssselect2.compile_selector_list(selector)
    except (cssselect2.SelectorError, RecursionError, ValueError):
        return


def _applies(rule: Any) -> bool:
    """Whether the rules of a group hold on a screen of usual width."""
    name = rule.lower_at_keyword
    if name == "media":
        return holds_on_screen(rule.prelude)
    return is_supported(rule.prelude) if name == "supports" else name in _GROUPS
