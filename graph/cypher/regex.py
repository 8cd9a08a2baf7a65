"""Regular expressions in linear time: a lazily built automaton.

Neither Python's engine nor Java's, which Neo4j uses, has a bound that holds for every text: ``.*a.*b.*c`` takes time
with the cube of a text without a ``c``, and nothing can interrupt it. The guard admits patterns without references and
without nested repetition (:mod:`graph.cypher.review`); those are recognised here one character at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, NamedTuple

from graph.errors import UnsafeCypher

__all__ = ["check_pattern", "compiled_pattern"]

# An escape, a character class, the opening of a group with its flags, a sign of repetition, or one character.
PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?[^:)]*[:)])?|\)|[*+?]|\{\d+(?:,\d*)?\}|.", re.DOTALL)
MOST_STATES, MOST_MOVES = 2_000, 20_000
LINE_ENDS = "\n\r\u0085\u2028\u2029"
KNOWN_ESCAPES = frozenset("dDwWsStnrfv")
BOUNDARIES = (r"\b", r"\B")

Accepts = Callable[[str], object]
Tree = list[list[tuple[Any, int, int | None]]]
"""Alternatives, each a list of (part, how often at least, how often at most)."""


class Node(NamedTuple):
    """A state: where it goes with a character that is accepted, or, without one, for nothing."""

    accepts: Accepts | None
    following: list[int]
    boundary: bool | None = None
    """Whether it goes on at the edge of a word only (true), or only where there is none (false)."""


class _Builder:
    """Builds states from the pieces of a pattern, from the last to the first: each part is given what follows it."""

    def __init__(self, pattern: str) -> None:
        self.flags = re.ASCII
        if pattern.startswith("(?i)"):
            self.flags |= re.IGNORECASE
            pattern = pattern[4:]
        self.pieces = PIECE.findall(pattern)
        self.at = 0
        self.nodes: list[Node] = [Node(None, [])]

    def state(self, accepts: Accepts | None, *following: int, boundary: bool | None = None) -> int:
        if len(self.nodes) > MOST_STATES:
            msg = "the pattern repeats too much"
            raise UnsafeCypher(msg, 0, "Use a smaller number of repetitions.")
        self.nodes.append(Node(accepts, list(following), boundary))
        return len(self.nodes) - 1

    def tree(self) -> Tree:
        """The alternatives up to the end of the group."""
        alternatives: Tree = [[]]
        while self.at < len(self.pieces) and self.pieces[self.at] != ")":
            piece = self.pieces[self.at]
            self.at += 1
            if piece == "|":
                alternatives.append([])
                continue
            part: object = piece if piece in BOUNDARIES else self._single(piece)
            if piece in ("(", "(?:"):
                part = self.tree()
                self.at += 1
            alternatives[-1].append((part, *self._repetition()))
        return alternatives

    def _repetition(self) -> tuple[int, int | None]:
        if self.at == len(self.pieces):
            return 1, 1
        piece = self.pieces[self.at]
        if piece not in ("*", "+", "?") and not (piece[0] == "{" and piece[-1] == "}" and len(piece) > 1):
            return 1, 1
        self.at += 1
        if self.at < len(self.pieces) and self.pieces[self.at] == "?":  # the shortest match is a match all the same
            self.at += 1
        if piece in "*+?":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[piece]
        least, _, most = piece[1:-1].partition(",")
        return int(least), int(most) if most else None if "," in piece else int(least)

    def _single(self, piece: str) -> Accepts | None:
        if piece in ("(", "(?:"):
            return None
        if piece in ("^", "$") or piece.startswith("(?") or _is_unknown_escape(piece):
            msg = f"the pattern holds {piece}"
            raise UnsafeCypher(msg, 0, "The pattern is the whole text; use CONTAINS, STARTS WITH or ENDS WITH.")
        if piece == ".":
            return lambda character: character not in LINE_ENDS
        return re.compile(piece if len(piece) > 1 else re.escape(piece), self.flags).fullmatch

    def place(self, tree: Tree, then: int) -> int:
        """States for a tree, followed by the state ``then``; the first of them."""
        return self.state(None, *(self._sequence(parts, then) for parts in tree))

    def _sequence(self, parts: list[tuple[Any, int, int | None]], then: int) -> int:
        for part, least, most in reversed(parts):
            single = partial(self._once, part)
            if most is None:
                loop = self.state(None, then)
                self.nodes[loop].following.append(single(loop))
                then = loop
            else:
                for _ in range(most - least):
                    then = self.state(None, then, single(then))
            for _ in range(least):
                then = single(then)
        return then

    def _once(self, part: Any, then: int) -> int:
        """States for a part that stands once."""
        if isinstance(part, list):
            return self.place(part, then)
        if isinstance(part, str):
            return self.state(None, then, boundary=part == r"\b")
        return self.state(part, then)


def _is_unknown_escape(piece: str) -> bool:
    return piece[0] == "\\" and piece[1].isalnum() and piece[1] not in KNOWN_ESCAPES


def check_pattern(pattern: str, at: int = 0) -> None:
    """Refuse what cannot be recognised so; ``at`` is where the pattern stands in a query.

    Raises
    ------
    UnsafeCypher
        With the piece of the pattern.
    """
    try:
        _built(pattern)
    except UnsafeCypher as error:
        raise UnsafeCypher(error.reason, at, error.hint) from None


def _built(pattern: str) -> tuple[list[Node], int]:
    builder = _Builder(pattern)
    start = builder.place(builder.tree(), 0)
    return builder.nodes, start


@lru_cache(maxsize=32)
def compiled_pattern(pattern: str) -> Callable[[str], bool]:
    """A function that says whether a whole text matches."""
    nodes, start = _built(pattern)

    def reached(states: Iterable[int], *, edge: bool | None = None) -> frozenset[int]:
        """States with all those that take no character; those at a word's edge only where it is known to be one."""
        open_, seen = list(states), set(states)
        while open_:
            node = nodes[open_.pop()]
            if node.accepts is None and node.boundary in (None, edge):
                new = set(node.following) - seen
                seen |= new
                open_ += new
        return frozenset(seen)

    first = reached({start})
    moves: dict[tuple[frozenset[int], bool, str], frozenset[int]] = {}

    def move(states: frozenset[int], in_word: bool, character: str) -> frozenset[int]:  # noqa: FBT001
        here = reached(states, edge=in_word != _is_word(character))
        accepting = (nodes[state] for state in here if nodes[state].accepts)
        return reached({then for node in accepting if node.accepts(character) for then in node.following})  # type: ignore[misc]

    def matches(text: str) -> bool:
        states, in_word = first, False
        for character in text:
            key = (states, in_word, character)
            if key not in moves:
                if len(moves) > MOST_MOVES:
                    moves.clear()
                moves[key] = move(*key)
            states, in_word = moves[key], _is_word(character)
            if not states:
                return False
        return 0 in reached(states, edge=in_word)

    return matches


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
