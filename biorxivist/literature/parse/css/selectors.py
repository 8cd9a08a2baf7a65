"""Selectors as a browser reads them: nested, scoped, and with the states of a page that nobody touches."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import cssselect2
from tinycss2 import parse_component_value_list, serialize

__all__ = ["classes_in", "compiled", "nested", "scoped"]

NEVER, ALWAYS = ":hover", ":not(:hover)"
STATES = {
    **dict.fromkeys(
        ("modal", "fullscreen", "popover-open", "placeholder-shown", "autofill", "-webkit-autofill", "user-valid",
         "user-invalid", "in-range", "out-of-range", "indeterminate", "picture-in-picture", "playing", "paused",
         "target-within", "current", "past", "future", "read-write"),
        NEVER,
    ),
    "defined": ALWAYS,
    "read-only": ALWAYS,
    "open": "[open]",
    "dir(ltr)": ":not(:is([dir=rtl i], [dir=rtl i] *))",
    "dir(rtl)": ":is([dir=rtl i], [dir=rtl i] *)",
}  # fmt: skip
"""States that browsers know and the library does not -> selectors that hold as often on a page at rest."""
_STATE = re.compile(rf"(?<!:):({'|'.join(map(re.escape, STATES))})(?![\w-])", re.IGNORECASE)
_OTHER_NAME = re.compile(r":(?:-webkit-any|-moz-any|matches)\(", re.IGNORECASE)
_PSEUDO_ELEMENT = re.compile(r"::[\w-]+", re.IGNORECASE)
_CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")


def classes_in(selector: str) -> list[str]:
    """Names of the classes in a selector."""
    return _CLASS.findall(selector)


def nested(selector: str, around: str) -> str:
    """A selector inside of a rule with another one."""
    if not around:
        return selector.replace("&", ":root")
    outer = f":is({around})"
    return ", ".join(part.replace("&", outer) if "&" in part else f"{outer} {part}" for part in _apart(selector))


def scoped(selector: str, start: str, end: str) -> str:
    """A selector that holds in some elements only, and there not in others."""
    written = selector.replace(":scope", f":is({start})")
    limit = f":not(:is({end}), :is({end}) *)" if end else ""
    return f":is({start}) :is({written}){limit}, :is({start}):is({written}){limit}"


@lru_cache(maxsize=4096)
def compiled(selectors: str) -> tuple[Any, ...]:
    """Selectors of a list; one that a browser does not know takes the whole list with it."""
    compiled_selectors: list[Any] = []
    for selector in _apart(selectors):
        known = _OTHER_NAME.sub(":is(", _STATE.sub(lambda match: STATES[match[1].lower()], selector))
        try:
            compiled_selectors += cssselect2.compile_selector_list(known)
        except (cssselect2.SelectorError, RecursionError, ValueError):
            if not _PSEUDO_ELEMENT.search(selector):  # it paints no text of the page
                return ()
    return tuple(compiled_selectors)


def _apart(selectors: str) -> list[str]:
    """The selectors of a list."""
    parts: list[list[Any]] = [[]]
    for token in parse_component_value_list(selectors, skip_comments=True):
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return ["".join(map(_forgiven, part)).strip() for part in parts]


def _forgiven(token: Any) -> str:
    """A part of a selector, without what a browser does not know inside of ``:is()`` and ``:where()``."""
    if token.type != "function" or token.lower_name not in ("is", "where"):
        return str(serialize([token]))
    known = [part for part in _apart(serialize(token.arguments)) if compiled(part)]
    return f"{token.name}({', '.join(known)})"
