"""Style declarations: those that decide whether a text is seen, as values; a browser's rules for what is valid.

Everything else is passed over: borders, colours of lines, cursors hide nothing. A declaration that a browser would not
understand is passed over, too, so that it never takes the place of one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tinycss2 import parse_blocks_contents, parse_component_value_list, serialize

from biorxivist.literature.parse.css.readers import PARTS, READERS
from biorxivist.literature.parse.css.values import Token, words

__all__ = ["Declaration", "read_declarations", "substituted", "to_declarations"]

INHERITED_WORDS = ("inherit", "initial", "unset", "revert", "revert-layer")
LONGEST = 2_000
"""Characters of a value with its variables replaced."""


class Unread(tuple[Token, ...]):
    """Tokens of a value that holds a ``var()``, which only the element can replace."""

    __slots__ = ()


class Declaration(NamedTuple):
    """One property and its value."""

    name: str
    """Property, in lower case, shorthands taken apart; ``--name`` for one of the page's own."""
    value: Any
    """Its value as the look needs it; ``inherit`` and the like as they are; `Unread` if it holds a variable."""
    is_important: bool
    """Whether it is marked so."""
    text: str
    """As written, for the log."""


@lru_cache(maxsize=4096)
def read_declarations(css: str) -> tuple[Declaration, ...]:
    """Declarations of a ``style`` attribute; those of equal attributes are read once."""
    return tuple(to_declarations(parse_blocks_contents(css, skip_comments=True, skip_whitespace=True)))


def to_declarations(nodes: Iterable[Any]) -> Iterator[Declaration]:
    """Declarations among parsed nodes, as far as they decide what is seen."""
    for node in nodes:
        if node.type != "declaration":
            continue
        name, tokens = node.lower_name, words(node.value)
        if node.name.startswith("--"):
            yield Declaration(node.name, tuple(node.value), bool(node.important), "")
        elif name in READERS and tokens:
            text = f"{name}: {serialize(node.value).strip()}"
            if _holds_variable(tokens):
                yield Declaration(name, Unread(tokens), bool(node.important), text)
            else:
                yield from _valued(name, tokens, text, is_important=bool(node.important))


def substituted(declaration: Declaration, variables: Mapping[str, Sequence[Token]]) -> Iterator[Declaration]:
    """A declaration whose variables are replaced by what they stand for.

    One that makes no sense then counts as ``unset``, as in a browser: it has taken the place of those before it.
    """
    if not isinstance(declaration.value, Unread):
        yield declaration
        return
    replaced = _replaced(declaration.value, variables, depth=0)
    tokens = [] if replaced is None else words(parse_component_value_list(serialize(replaced)[:LONGEST]))
    valued = list(_valued(declaration.name, tokens, declaration.text, is_important=declaration.is_important))
    if not valued:
        names = PARTS.get(declaration.name, (declaration.name,))
        valued = [Declaration(name, "unset", declaration.is_important, declaration.text) for name in names]
    yield from valued


def _valued(name: str, tokens: list[Token], text: str, *, is_important: bool) -> Iterator[Declaration]:
    if len(tokens) == 1 and tokens[0].type == "ident" and tokens[0].lower_value in INHERITED_WORDS:
        values: Mapping[str, Any] = dict.fromkeys(PARTS.get(name, (name,)), tokens[0].lower_value)
    else:
        values = READERS[name](tokens) if tokens else {}
    for part, value in values.items():
        yield Declaration(part, value, is_important, text)


def _holds_variable(tokens: Iterable[Token]) -> bool:
    return any(t.type == "function" and (t.lower_name == "var" or _holds_variable(t.arguments)) for t in tokens)


def _replaced(tokens: Iterable[Token], variables: Mapping[str, Sequence[Token]], *, depth: int) -> list[Token] | None:
    """Tokens without variables; None if one of them stands for nothing, or for itself."""
    replaced: list[Token] = []
    for token in tokens:
        if token.type != "function" or not _holds_variable([token]):
            replaced.append(token)
            continue
        if depth > 8:
            return None
        if token.lower_name != "var":
            inside = _replaced(token.arguments, variables, depth=depth + 1)
            if inside is None:
                return None
            replaced += parse_component_value_list(f"{token.name}({serialize(inside)[:LONGEST]})")
            continue
        given = words(token.arguments)
        named = given[0].value if given and given[0].type == "ident" else ""
        value = _replaced(variables[named], variables, depth=depth + 1) if named in variables else None
        if value is None and len(given) > 1:  # what stands behind the comma
            value = _replaced(given[2:], variables, depth=depth + 1)
        if value is None:
            return None
        replaced += value
    return replaced
