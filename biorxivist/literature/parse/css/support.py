"""Conditions of ``@supports``: what the browsers of today, which share one engine on most screens, understand.

Sheets ask for properties of one maker to write rules for its browser alone (``-webkit-touch-callout`` is a telephone);
such rules hold nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from tinycss2 import serialize

from biorxivist.literature.parse.css.readers import READERS
from biorxivist.literature.parse.css.selectors import compiled
from biorxivist.literature.parse.css.values import Token, words

__all__ = ["is_understood"]

GLOBAL = frozenset(("inherit", "initial", "unset", "revert", "revert-layer"))
STEMS = (
    "accent align all anchor animation appearance aspect backdrop backface background block border bottom box "
    "break caption caret clear clip color column columns contain container content counter cursor cx cy d "
    "direction display dominant empty field fill filter flex float flood font forced gap grid hanging height "
    "hyphenate hyphens image initial inline inset interactivity interpolate isolation justify left letter "
    "lighting line list margin marker mask math max min mix object offset opacity order orphans outline overflow "
    "overlay overscroll padding page paint perspective place pointer position print quotes r resize right rotate "
    "row ruby rx ry scale scroll scrollbar shape speak stop stroke tab table text timeline top touch transform "
    "transition translate unicode user vector vertical view visibility white widows width will word writing x y z "
    "zoom"
)
"""First words of the names of properties."""
_STEMS = frozenset(STEMS.split())
OF_THE_ENGINE = frozenset((
    "-webkit-appearance", "-webkit-backdrop-filter", "-webkit-backface-visibility", "-webkit-background-size",
    "-webkit-box-shadow", "-webkit-box-orient", "-webkit-box-decoration-break", "-webkit-font-smoothing",
    "-webkit-hyphens", "-webkit-line-clamp", "-webkit-print-color-adjust", "-webkit-tap-highlight-color",
    "-webkit-text-stroke", "-webkit-text-stroke-color", "-webkit-text-stroke-width", "-webkit-text-size-adjust",
    "-webkit-transition", "-webkit-animation", "-webkit-user-select", "-webkit-columns", "-webkit-column-count",
    "-webkit-flex", "-webkit-box-flex", "-webkit-text-decoration", "-webkit-user-drag", "-webkit-border-radius",
))  # fmt: skip
"""Properties with the mark of their maker that the engine knows, beside those that are read here."""


def is_understood(condition: Token, inside: Sequence[Token]) -> bool:
    """Whether a browser understands one condition: ``(property: value)``, ``selector(...)``, ``font-tech(...)``."""
    if condition.type == "function":
        name = condition.lower_name
        return bool(compiled(serialize(condition.arguments).strip())) if name == "selector" else name != "at-rule"
    if len(inside) < 3 or inside[0].type != "ident" or inside[1].type != "literal" or inside[1].value != ":":
        return False
    name, value = str(inside[0].value), words(inside[2:])
    if name.startswith("--"):
        return True
    name = name.lower()
    word = value[0].lower_value if len(value) == 1 and value[0].type == "ident" else ""
    if name in READERS:
        is_open = word in GLOBAL or any(t.type == "function" and t.lower_name == "var" for t in value)
        return is_open or bool(READERS[name](value))
    return name in OF_THE_ENGINE or name.partition("-")[0] in _STEMS
