"""Which terminal of the grammar a scanned token is, by what the parser accepts where the token stands.

No word is reserved: ``MATCH (match) RETURN match.order`` is valid. So the tokens of the scanner are not classified
before parsing: of the terminals that a token may be, one is taken that the parser accepts in its present state.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from lark import Token
from lark.lexer import Lexer

from graph.cypher.scan import NAMES, Raw

__all__ = ["StateLexer"]

_VALUES = {"string": "STRING", "integer": "INTEGER", "float": "FLOAT", "parameter": "PARAMETER"}
# Words that stay in the tree, in capitals; other keywords are filtered out by the grammar.
_WORDS_IN_TREE = ("DESC", "NULL", "TRUE", "FALSE")
# Words that are keywords only before this sign.
_BEFORE = {"EXISTS": "{", "COUNT": "{", "COLLECT": "{", "REDUCE": "("}
_QUANTIFIERS = ("any", "all", "none", "single")
# Sign -> terminals that it may be; the first that the parser accepts is taken.
_SIGNS = {
    "(": ("_NODE_OPEN", "_OPEN"),
    ")": ("_CLOSE",),
    "[": ("_OPEN_INDEX", "_OPEN_COMPREHENSION", "_OPEN_PATTERN", "_OPEN_LIST"),
    "]": ("_CLOSE_BRACKET",),
    "{": ("_OPEN_BRACE",),
    "}": ("_CLOSE_BRACE",),
    ",": ("_COMMA",),
    ";": ("_SEMICOLON",),
    ".": ("_DOT",),
    "..": ("_RANGE",),
    ":": ("_COLON",),
    "|": ("_BAR",),
    "*": ("STAR",),
    "+": ("PLUS",),
    "-": ("MINUS",),
    "/": ("SLASH",),
    "%": ("PERCENT",),
    "^": ("_CARET",),
    "||": ("CONCAT",),
    "=": ("EQUALS",),
    "<>": ("COMPARE",),
    "<": ("COMPARE",),
    "<=": ("COMPARE",),
    ">": ("COMPARE",),
    ">=": ("COMPARE",),
    "=~": ("_REGEX",),
    "--": ("_REL_BOTH",),
    "<-->": ("_REL_BOTH",),
    "-->": ("_REL_RIGHT",),
    "<--": ("_REL_LEFT",),
    "-[": ("_REL_OPEN",),
    "<-[": ("_REL_OPEN_LEFT",),
    "]-": ("_REL_CLOSE",),
    "]->": ("_REL_CLOSE_RIGHT",),
}
_ARROWS = ("--", "<-->", "-->", "<--", "-[", "<-[")


class StateLexer(Lexer):
    """Names the scanned tokens by what the parser accepts in its present state."""

    __future_interface__ = 2  # lark then passes the parser state to `lex`, which the older interface does not

    def __init__(self, lexer_conf: Any) -> None: ...

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """Yield a token of the grammar for each token of the scanner."""
        tokens, pairs = lexer_state.text  # not text but what `scan` returned, handed through by lark
        states = parser_state.parse_conf.states
        for index, token in enumerate(tokens):
            terminal = _terminal(tokens, pairs, index, states[parser_state.position])
            value = terminal if terminal in _WORDS_IN_TREE else token.value
            yield Token(terminal, value.lower() if terminal == "QUANTIFIER" else value, token.start)


def _terminal(tokens: list[Raw], pairs: dict[int, int], index: int, accepted: Container[str]) -> str:
    """Name the terminal that the token at ``index`` is, in a state in which the parser accepts ``accepted``.

    One token of lookahead cannot always decide: ``(`` may open a node of a pattern or an expression, ``[`` a list or a
    comprehension. Then what follows the closing bracket, or stands right behind the opening one, decides.
    """
    token = tokens[index]
    if token.kind in _VALUES:
        if token.kind == "string" and "STRING" not in accepted and "INTEGER" in accepted and token.value.isdecimal():
            return "INTEGER"  # LIMIT "3", which models write
        return _VALUES[token.kind]
    if token.kind in NAMES:
        return _word(tokens, index, accepted)
    after_pair = pairs.get(index, len(tokens)) + 1
    following = tokens[after_pair].kind if after_pair < len(tokens) else ""  # what stands behind the closing bracket
    for terminal in _SIGNS[token.kind]:
        if terminal not in accepted:
            continue
        if terminal == "_NODE_OPEN" and "_OPEN" in accepted and following not in _ARROWS:
            continue  # no arrow follows: an expression in brackets, not a pattern
        if terminal == "_OPEN_COMPREHENSION" and not _is_binding(tokens, index + 1):
            continue
        if terminal == "_OPEN_PATTERN" and not _is_pattern(tokens, pairs, index):
            continue
        return terminal
    return _SIGNS[token.kind][-1]


def _word(tokens: list[Raw], index: int, accepted: Container[str]) -> str:
    """Name the terminal of a word: a keyword where the parser accepts it, else a function or a name."""
    token = tokens[index]
    following = tokens[index + 1].kind if index + 1 < len(tokens) else ""
    if token.kind == "name":  # was quoted, so it is never a keyword
        return "NAME"
    upper = token.value.upper()
    if token.value.lower() in _QUANTIFIERS and "QUANTIFIER" in accepted and following == "(":
        return "QUANTIFIER"
    if upper in _BEFORE:
        if following == _BEFORE[upper] and f"_{upper}" in accepted:
            return f"_{upper}"
    elif upper in ("SHORTESTPATH", "ALLSHORTESTPATHS") and "SHORTEST" in accepted and following == "(":
        return "SHORTEST"
    elif f"_{upper}" in accepted:
        return f"_{upper}"
    elif upper in _WORDS_IN_TREE and upper in accepted:
        return upper
    elif upper in ("ASCENDING", "DESCENDING") and "DESC" in accepted:
        return "DESC" if upper == "DESCENDING" else "_ASC"
    if following == "(" and "FUNCTION" in accepted:
        return "FUNCTION"
    return "NAME"


def _is_binding(tokens: list[Raw], index: int) -> bool:
    """Whether the tokens at ``index`` are ``name IN``."""
    return (
        index + 1 < len(tokens)
        and tokens[index].kind in NAMES
        and tokens[index + 1].kind == "word"
        and tokens[index + 1].value.upper() == "IN"
    )


def _is_pattern(tokens: list[Raw], pairs: dict[int, int], index: int) -> bool:
    """Whether the bracket at ``index`` opens a pattern comprehension: a path and, in the bracket itself, a bar."""
    end, at = pairs.get(index, len(tokens)), index + 1
    if at + 1 < end and tokens[at].kind in NAMES and tokens[at + 1].kind == "=":
        at += 2
    after = pairs.get(at, end) + 1
    if at >= end or tokens[at].kind != "(" or after >= end or tokens[after].kind not in _ARROWS:
        return False
    while at < end:
        if tokens[at].kind == "|":
            return True
        at = pairs.get(at, at) + 1
    return False
