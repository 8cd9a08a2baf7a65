"""Refuse a regular expression that could take long, or mean something else to the other engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graph.cypher.regex import PIECE, check_pattern
from graph.cypher.tree import position, token
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["check_regular_expression"]

MAX_PATTERN = 200  # characters
MAX_REPEATS = 3


def check_regular_expression(tree: Tree[Token]) -> None:
    """Check what stands behind ``=~``.

    The embedded store takes time linear in the text. Java's engine, which Neo4j uses, backtracks: ``(a+)+b`` takes
    time exponential in the length of the text, hours for a sentence. A repeated part that can match in two ways is
    refused, whether or not it is slow.

    Raises
    ------
    UnsafeCypher
        With the reason, and what to write instead.
    """
    at = position(tree)
    if tree.data != "string":
        msg = "the pattern after =~ is not a text"
        raise UnsafeCypher(msg, at, "Write it out, or use CONTAINS $text.")
    pattern = token(tree)
    if len(pattern) > MAX_PATTERN:
        msg = f"the pattern has {len(pattern)} characters, {MAX_PATTERN} are allowed"
        raise UnsafeCypher(msg, at, "Shorten it.")
    try:
        re.compile(pattern)  # what Python cannot read will hardly mean the same to both engines
    except (re.error, OverflowError, RecursionError) as problem:
        msg = f"the pattern {pattern!r} is not valid: {problem}"
        raise UnsafeCypher(msg, at, "Correct it.") from None
    check_pattern(pattern, at)
    if reason := _costly(pattern):
        msg = f"the pattern {pattern!r} {reason}"
        raise UnsafeCypher(msg, at, "Use CONTAINS, or several conditions.")


def _costly(pattern: str) -> str:
    """Reason why matching ``pattern`` could take long or differ between engines; empty if it cannot.

    One pass over the pieces with a stack of open groups: exponential time needs a repetition of something that matches
    a text in several ways, which is a group with a repetition or a choice in it, at any depth.
    """
    groups = [False]  # for each open group, whether it has a repetition or a choice
    repeats, closed, previous = 0, False, ""
    for piece in PIECE.findall(pattern):
        if re.fullmatch(r"\\[0-9k]", piece):
            return "refers back to a group"
        if piece.startswith("(?") and piece not in ("(?:", "(?i)"):
            return f"holds {piece}...)"
        if piece.startswith("(") and piece != "(?i)":
            groups.append(False)
        elif piece == ")":
            closed = groups.pop()
            groups[-1] = groups[-1] or closed
        elif piece == "|":
            groups[-1] = True
        elif piece in "*+" or (piece[0] == "{" and piece[-1] == "}"):
            if previous in ("*", "+", "?", "{"):
                return "repeats a repetition"
            if previous == ")" and closed:
                return "repeats a group that holds a repetition or a choice"
            repeats += 1
            groups[-1] = True
        previous = piece[0] if piece[0] == "{" and len(piece) > 1 else piece
    return f"repeats more than {MAX_REPEATS} times" if repeats > MAX_REPEATS else ""
