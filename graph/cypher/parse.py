"""Parse Cypher text to a tree, by the grammar of ``cypher.lark``.

The parser is LALR(1), so its time is linear in the length of the text, whatever the text is. Its tables take the better
part of a second to build, so they are kept beside Python's compiled files, and as those are never read from elsewhere.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.resources import files
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.cypher.functions import PREFIXED
from graph.cypher.scan import NAMES, Raw, scan
from graph.cypher.tree import count_patterns
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_TREE_DEPTH = 60  # the checks and printers here recurse over the tree
MAX_CASE_DEPTH = 6

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

    from graph.cypher.lexer import StateLexer

    grammar = files("graph.cypher").joinpath("cypher.lark").read_text(encoding="utf-8")
    # Lark reads the tables again only if the grammar, its options, its version and Python's are those that made them,
    # and goes on without where it cannot write them.
    tables = Path(cache_from_source(__file__)).with_name("cypher.lark.tables")
    # As with compiled files: who forbids that they are written still reads those that are there.
    cache = str(tables) if tables.is_file() or not sys.dont_write_bytecode else False
    return Lark(grammar, parser="lalr", lexer=StateLexer, maybe_placeholders=False, cache=cache)


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
    name = "".join(token.value if token.kind in NAMES else "." for token in tokens[first:index])
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
