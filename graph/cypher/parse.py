"""Parse Cypher text to a tree, by the grammar of ``cypher.lark``.

The parser is built at the first call (about 0.1 s) and cached. It is LALR(1), so its time is linear in the length of
the text, whatever the text is.

No word is reserved: ``MATCH (match) RETURN match.order`` is valid. What a word or sign is depends on where it
stands, so the tokens of the scanner are not classified before parsing: `_terminal` picks, of the terminals that a token
may be, one that the parser accepts in its present state.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from graph.cypher.functions import PREFIXED
from graph.cypher.scan import Raw, scan
from graph.cypher.tree import count_patterns
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from lark import Lark, Token, Tree

MAX_TREE_DEPTH = 60  # the checks and printers here recurse over the tree
MAX_CASE_DEPTH = 6

_NAMES = ("word", "name")
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

_WRITES = frozenset([
    "create", "merge", "set", "delete", "detach", "remove", "drop", "alter", "insert", "foreach", "load", "copy",
    "import", "export",
])  # fmt: skip
_CONTROLS = frozenset([
    "call", "use", "show", "terminate", "explain", "profile", "cypher", "attach", "install", "uninstall",
    "checkpoint", "begin", "commit", "rollback", "grant", "revoke", "deny", "rename", "start", "stop", "update",
    "comment", "extension", "analyze", "force", "finish", "yield",
])  # fmt: skip
# Words that are functions or clauses elsewhere -> what to write in their place.
_ALTERNATIVES = {
    "shortestpath": "Use MATCH p = shortestPath((a)-[:T*1..5]->(b)).",
    "allshortestpaths": "Use MATCH p = allShortestPaths((a)-[:T*1..5]->(b)).",
    "shortest": "Use MATCH p = shortestPath((a)-[:T*1..5]->(b)).",
    "not": "Write NOT x IN list.",
    "like": "Write x CONTAINS 'text', STARTS WITH or ENDS WITH.",
    "ilike": "Write toLower(x) CONTAINS 'text'.",
    "between": "Write 2020 <= x <= 2024.",
    "group": "Rows are grouped by the columns beside an aggregate: RETURN x.year, count(*).",
    "having": "Aggregate in WITH, and put WHERE behind it.",
    "offset": "It is called SKIP.",
    "nulls": "Null comes last, and with DESC first; leave it out with WHERE x IS NOT NULL.",
    "using": "Leave it out; an index is used by itself.",
    "select": "Write MATCH (n:Label) RETURN n.property.",
}


def parse(text: str) -> Tree[Token]:
    """Parse the query ``text``.

    Raises
    ------
    UnsafeCypher
        If the text is not in the language, with the offset of the first token that does not fit.
    """
    from lark.exceptions import UnexpectedToken

    tokens, pairs = scan(text)
    if not tokens:
        msg = "the query is empty"
        raise UnsafeCypher(msg, 0, "Start with MATCH, UNWIND, WITH or RETURN.")
    try:
        tree = _parser().parse((tokens, pairs))
    except UnexpectedToken as problem:
        raise _refusal(problem, tokens, len(text)) from None
    _bound_depth(tree)
    count_patterns(tree)
    return tree


@cache
def _parser() -> Lark:
    from lark import Lark
    from lark.lexer import Lexer

    class StateLexer(Lexer):
        """Names the scanned tokens by what the parser accepts in its present state."""

        __future_interface__ = 2  # lark then passes the parser state to `lex`, which the older interface does not

        def __init__(self, lexer_conf: Any) -> None: ...

        def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
            from lark.lexer import Token

            tokens, pairs = lexer_state.text  # not text but what `scan` returned, handed through by lark
            states = parser_state.parse_conf.states
            for index, token in enumerate(tokens):
                terminal = _terminal(tokens, pairs, index, states[parser_state.position])
                value = terminal if terminal in _WORDS_IN_TREE else token.value
                yield Token(terminal, value.lower() if terminal == "QUANTIFIER" else value, token.start)

    grammar = files("graph.cypher").joinpath("cypher.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=StateLexer, maybe_placeholders=False)


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
    if token.kind in _NAMES:
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
        and tokens[index].kind in _NAMES
        and tokens[index + 1].kind == "word"
        and tokens[index + 1].value.upper() == "IN"
    )


def _is_pattern(tokens: list[Raw], pairs: dict[int, int], index: int) -> bool:
    """Whether the bracket at ``index`` opens a pattern comprehension: a path and, in the bracket itself, a bar."""
    end, at = pairs.get(index, len(tokens)), index + 1
    if at + 1 < end and tokens[at].kind in _NAMES and tokens[at + 1].kind == "=":
        at += 2
    after = pairs.get(at, end) + 1
    if at >= end or tokens[at].kind != "(" or after >= end or tokens[after].kind not in _ARROWS:
        return False
    while at < end:
        if tokens[at].kind == "|":
            return True
        at = pairs.get(at, at) + 1
    return False


def _bound_depth(tree: Tree[Token]) -> None:
    """Refuse a deep tree; with a stack of its own, because a recursion would fail on the trees that it refuses."""
    from lark import Tree

    stack: list[tuple[Tree[Token], int, int, int]] = [(tree, 0, 0, 0)]
    while stack:
        node, depth, cases, position = stack.pop()
        cases += node.data in ("case", "simple_case")
        if depth > MAX_TREE_DEPTH or cases > MAX_CASE_DEPTH:
            what = "CASE is" if cases > MAX_CASE_DEPTH else "the expression is"
            msg = f"{what} nested too deep"
            raise UnsafeCypher(msg, position, "Split it with WITH.")
        for child in node.children:
            if isinstance(child, Tree):
                stack.append((child, depth + 1, cases, position))
            else:
                position = child.start_pos or position


def _refusal(problem: Any, tokens: list[Raw], length: int) -> UnsafeCypher:
    """Error for the first token that does not fit: what it is, and what to write in its place."""
    if problem.token.type == "$END":
        return UnsafeCypher("the query ends too early", length, "A query ends with RETURN.")
    position = int(problem.token.start_pos)
    index = next(number for number, token in enumerate(tokens) if token.start == position)
    token = tokens[index]
    word = token.value.lower() if token.kind == "word" else ""
    if token.kind == "string":
        return UnsafeCypher("a string cannot stand here", position, "Check the quotes and commas before it.")
    if word in _WRITES:
        return UnsafeCypher(f"{word.upper()} is refused: queries only read", position, "Use MATCH ... RETURN.")
    if word in _CONTROLS:
        hint = "Procedures are not; CALL (x) { MATCH ... RETURN ... } is." if word == "call" else "Start with MATCH."
        return UnsafeCypher(f"{word.upper()} is not in the accepted language", position, hint)
    if word in _ALTERNATIVES:
        return UnsafeCypher(f"{token.value} cannot stand here", position, _ALTERNATIVES[word])
    before = tokens[index - 1].kind if index else ""
    if token.kind == "=" and before == "=":
        return UnsafeCypher("== is not in the accepted language", position - 1, "Equality is one sign: =.")
    if index and tokens[index - 1].value.lower() == "call" and token.kind == "word":
        return UnsafeCypher(
            "a procedure is not in the accepted language",
            position,
            "CALL (x) { MATCH ... RETURN ... } is; `biorxivist graph schema` lists labels and relationships.",
        )
    if token.kind == ";" or before == ";":
        return UnsafeCypher("the text holds several statements", position, "Send one query.")
    if token.kind == "(" and index > 1 and tokens[index - 2].kind == ".":
        return _refused_prefix(tokens, index)
    hint = {
        "{": "Write a map as {id: p.id}, properties as p {.id, .title}.",
        ":": "A node has one label, (n:A|B) asks for either.",
    }.get(token.kind, f"Expected {_expected(problem.expected)}.")
    return UnsafeCypher(f"{token.value!r} cannot stand here", position, hint)


def _refused_prefix(tokens: list[Raw], index: int) -> UnsafeCypher:
    """Error for a function with a prefix, whose bracket opens at ``index``."""
    first = index - 1
    while first > 1 and tokens[first - 1].kind == ".":
        first -= 2
    name = "".join(token.value if token.kind in _NAMES else "." for token in tokens[first:index])
    hint = PREFIXED.get(name.lower(), "The functions are those of Cypher without a prefix: size(), split(), reduce().")
    return UnsafeCypher(f"{name}() is refused: functions with a prefix are", tokens[first].start, hint)


def _expected(terminals: set[str]) -> str:
    """Describe the accepted terminals: by a category if a name or value fits, else by their keywords."""
    words = sorted(name.strip("_") for name in terminals if name.strip("_") in _SHOWN_WORDS)
    if "INTEGER" in terminals and "NAME" in terminals:
        return "a value or an expression"
    if "NAME" in terminals:
        return "a name"
    return ", ".join(words) or "something else"


# Terminals whose names a user recognises.
_SHOWN_WORDS = frozenset([
    "UNION", "ALL", "MATCH", "OPTIONAL", "UNWIND", "AS", "WITH", "RETURN", "BY", "SKIP", "LIMIT", "WHERE", "IN",
    "NULL", "NOT", "WHEN", "THEN", "ELSE", "END", "INTEGER", "PARAMETER",
])  # fmt: skip
