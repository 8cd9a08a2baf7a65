"""Style sheets inside a page: which of their declarations apply to which element.

Only rules that decide whether something is seen are kept. Nothing is loaded: ``@import`` and linked sheets are not
there for a saved page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cssselect2
from lxml import etree
from tinycss2 import parse_blocks_contents, parse_component_value_list, parse_stylesheet, serialize

from biorxivist.literature.parse.css.declarations import Declaration, to_declarations
from biorxivist.literature.parse.css.media import holds_in_container, holds_on_screen, is_supported
from biorxivist.literature.parse.css.selectors import classes_in, compiled, nested, scoped
from biorxivist.literature.parse.errors import ParseError

__all__ = ["Sheets", "sheets_of"]

MAX_CSS = 4_000_000
"""Characters of all style elements of a page."""
MAX_RULES = 20_000
"""Selectors of rules that decide whether something is seen."""
MAX_TESTS = 20_000_000
"""Selectors that have to be tried on every element, times elements."""
LONGEST_AROUND = 1_000
"""Characters of the selectors around a nested rule."""
UNLAYERED = 1_000_000
INERT = ("noscript", "template")
"""Elements whose styles a browser with scripts does not apply."""

Layer = tuple[int, ...]
"""Places of a layer among those beside it, from the outermost; a higher one is the stronger."""


class _Rule(NamedTuple):
    """What a selector declares."""

    declared: tuple[Declaration, ...]
    layer: Layer


@dataclass(frozen=True)
class _Place:
    """Where a rule stands."""

    around: str = ""
    """Selector of the rules around it."""
    layer: Layer = ()
    name: str = ""
    """Full name of the layer."""
    scope: tuple[str, str] | None = None
    """Selectors of the outermost elements of a scope, and of those where it ends."""


def sheets_of(root: etree._Element) -> tuple[str, ...]:
    """Texts of the style elements of a page that count on a screen."""
    return tuple(e.text for e in root.iter("style") if e.text and _counts(e))


def _counts(style: etree._Element) -> bool:
    media = (style.get("media") or "").strip()
    return (
        (style.get("type") or "text/css").strip().lower() in ("", "text/css")
        and (not media or holds_on_screen(parse_component_value_list(media)))
        and next(style.iterancestors(*INERT), None) is None
    )


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
        self._layers: dict[str, dict[str, int]] = {}
        self.classes: set[str] = set()
        """Classes that the sheets speak of: for those, the sheets say whether they hide."""
        self._frames: dict[str, tuple[Declaration, ...]] = {}
        """Animation -> what its last frame declares."""
        size = 0
        for text in css:
            size += len(text)
            if size > MAX_CSS:
                msg = f"The page has more than {MAX_CSS:,} characters of style. Save it without them and try again."
                raise ParseError(msg)
            self._add(parse_stylesheet(text, skip_comments=True, skip_whitespace=True), _Place())

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
        declarations: dict[etree._Element, list[Declaration]] = {}
        for wrapper in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
            rules = [rule for _, _, pseudo, rule in self._matcher.match(wrapper) if pseudo is None]
            if rules:
                declarations[wrapper.etree_element] = _in_order(rules)
        return declarations

    def after_animations(self, declared: list[Declaration]) -> list[Declaration]:
        """Declarations of an element, sorted, when its animations have ended; what is important is above them."""
        last = {each.name: each.value for each in declared if each.name.startswith("animation-")}
        if not last.get("animation-fill-mode") or not isinstance(last.get("animation-name"), tuple):
            return declared
        frames = [each for name in last["animation-name"] for each in self._frames.get(name, ())]
        usual = [each for each in declared if not each.is_important]
        return usual + frames + declared[len(usual) :]

    def _add(self, nodes: Iterable[Any], place: _Place) -> None:
        for node in nodes:
            if node.type == "qualified-rule":
                self._add_rule(node, place)
            elif node.type == "at-rule":
                self._add_group(node, place)

    def _add_group(self, node: Any, place: _Place) -> None:
        """Rules in a group, and declarations in one that stands inside of a rule."""
        name = node.lower_at_keyword
        if name == "layer":
            place = self._enter_layers(node, place)
        elif name == "scope":
            place = replace(place, scope=_ends_of_scope(node.prelude) or place.scope)
        elif name in ("keyframes", "-webkit-keyframes"):
            self._frames[serialize(node.prelude).strip().strip("\"'")] = _last_frame(node.content or ())
        if node.content is None or not _applies(node):
            return
        inside = parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
        if place.around:
            self._keep(place.around, tuple(to_declarations(inside)), place)
        self._add(inside, place)

    def _add_rule(self, node: Any, place: _Place) -> None:
        written = serialize(node.prelude).strip()
        self.classes.update(classes_in(written))
        selector = nested(written, place.around)
        content = parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
        self._keep(selector, tuple(to_declarations(content)), place)
        if len(selector) < LONGEST_AROUND:
            self._add((part for part in content if part.type != "declaration"), replace(place, around=selector))

    def _keep(self, selector: str, declared: tuple[Declaration, ...], place: _Place) -> None:
        if not declared:
            return
        for each in compiled(scoped(selector, *place.scope) if place.scope else selector):
            self._rules += 1
            if self._rules > MAX_RULES:
                msg = f"The page has more than {MAX_RULES:,} style rules that hide something. It is not an article."
                raise ParseError(msg)
            self._matcher.add_selector(each, _Rule(declared, place.layer))

    def _enter_layers(self, node: Any, place: _Place) -> _Place:
        """Give the layers that a rule names their places, in the order in which they are first named."""
        inner = place
        for named in serialize(node.prelude).split(","):
            inner = place
            for name in named.strip().split("."):
                beside = self._layers.setdefault(inner.name, {})
                full = f"{inner.name}.{name or len(beside)}"  # one without a name is like no other
                inner = replace(inner, name=full, layer=(*inner.layer, beside.setdefault(full, len(beside))))
        return inner


def _in_order(rules: list[_Rule]) -> list[Declaration]:
    """Declarations of rules, the weakest first: layers decide before selectors, in reverse if important."""
    by_layer = sorted(rules, key=lambda rule: (*rule.layer, UNLAYERED))
    plain = [each for rule in by_layer for each in rule.declared if not each.is_important]
    by_layer = sorted(rules, key=lambda rule: [-place for place in (*rule.layer, UNLAYERED)])
    return plain + [each for rule in by_layer for each in rule.declared if each.is_important]


def _last_frame(content: Iterable[Any]) -> tuple[Declaration, ...]:
    declarations: list[Declaration] = []
    for rule in parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule" and re.search(r"\bto\b|\b100%", serialize(rule.prelude), re.IGNORECASE):
            inside = parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            declarations += [each for each in to_declarations(inside) if not each.is_important]
    return tuple(declarations)


def _ends_of_scope(prelude: Iterable[Any]) -> tuple[str, str] | None:
    blocks = [serialize(token.content).strip() for token in prelude if token.type == "() block"]
    return (blocks[0], blocks[1] if len(blocks) > 1 else "") if blocks else None


def _applies(rule: Any) -> bool:
    """Whether the rules of a group hold on a screen of usual width."""
    name = rule.lower_at_keyword
    if name == "media":
        return holds_on_screen(rule.prelude)
    if name == "container":
        return holds_in_container(rule.prelude)
    return is_supported(rule.prelude) if name == "supports" else name in ("layer", "scope")
