"""In which order the embedded engine joins a pattern.

Left alone, ladybug 0.22 walks from neighbour to neighbour as soon as a condition stands below a step, and loses rows or
shows wrong ones there: it reads the second list of neighbours as if the first were sorted, and applies a condition
between two steps to other rows than those it belongs to. Given the order by ``HINT``, it joins the steps instead,
each of them read from its own table. So a pattern of two relationships or more that has a condition is given an order:
from the node whose condition is the narrowest, along the relationships.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph.cypher.tree import DIRECTIONS, own_name, position, property_of, steps, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from lark import Token, Tree

STEPS = 2
"""So many relationships make a walk."""
_BY_ID, _EQUAL, _BOUND, _OTHER = 8, 4, 3, 1


class Joined(NamedTuple):
    """Paths that share nodes."""

    paths: tuple[Tree[Token], ...]
    names: frozenset[str]
    """Variables of their nodes and relationships, and the paths' own names."""

    @property
    def relationships(self) -> list[Tree[Token]]:
        """Their relationships, in the order of the text."""
        return [part for path in self.paths for part in steps(path) if part.data in DIRECTIONS]

    @property
    def nodes(self) -> list[Tree[Token]]:
        """Their nodes, in the order of the text; one with a name as often as it stands there."""
        return [part for path in self.paths for part in steps(path) if part.data not in DIRECTIONS]


def joined(paths: Iterable[Tree[Token]]) -> list[Joined]:
    """Groups of paths that are connected by the names of nodes, in the order of the text."""
    groups: list[Joined] = []
    for path in paths:
        names = frozenset(name for part in steps(path) if (name := own_name(part)))
        own = {token(trees(path)[0])} if path.data == "named_path" else set()
        met = [group for group in groups if group.names & names]
        merged = Joined(
            (*(each for group in met for each in group.paths), path),
            frozenset(names | own).union(*(group.names for group in met)),
        )
        groups = [group for group in groups if group not in met] + [merged]
    return groups


def has_conditions(paths: Iterable[Tree[Token]]) -> bool:
    """Whether properties or conditions stand inside of the paths."""
    parts = (child for path in paths for part in steps(path) for child in trees(part))
    return any(child.data == "where" or (child.data == "map" and child.children) for child in parts)


def hint(
    group: Joined,
    conditions: Sequence[Tree[Token]],
    name: Callable[[Tree[Token]], str],
    bound: Collection[str],
    quoted: Callable[[str], str],
) -> str:
    """The ``HINT`` that joins a group along its relationships.

    Parameters
    ----------
    group
        Connected paths.
    conditions
        Conditions on their variables.
    name
        The name of a node or relationship, made up if it has none.
    bound
        Variables that clauses before have bound.
    quoted
        How a name is printed.

    Raises
    ------
    UnsafeCypher
        If a relationship leads from a node to itself, which cannot be joined.
    """
    weights: dict[str, int] = {}
    for node in group.nodes:
        weights[name(node)] = _narrowness(name(node), conditions, bound)
    waiting = []
    for path in group.paths:
        parts = steps(path)
        for place in range(1, len(parts), 2):
            ends = name(parts[place - 1]), name(parts[place + 1])
            if ends[0] == ends[1]:
                msg = "a relationship from a node to itself, with a condition"
                raise UnsafeCypher(msg, position(parts[place]), "No node of the graph has one; use two nodes.")
            waiting.append((name(parts[place]), ends))
    first = max(weights, key=lambda each: weights[each])
    covered, text = {first}, quoted(first)
    while waiting:
        step = next(step for step in waiting if covered & set(step[1]))
        waiting.remove(step)
        text = f"({text} JOIN {quoted(step[0])})"
        for other in set(step[1]) - covered:
            text = f"({text} JOIN {quoted(other)})"
            covered.add(other)
    return f" HINT {text}"


def _narrowness(own: str, conditions: Sequence[Tree[Token]], bound: Collection[str]) -> int:
    """How few nodes are probably left by the conditions on one."""
    ranks = [_BOUND if own in bound else 0]
    for condition in conditions:
        used = {token(part) for part in condition.find_data("variable")}
        if used != {own}:
            continue
        signs = [child for child in condition.children if isinstance(child, str)]
        if condition.data == "comparison" and signs == ["="]:
            by_id = any(property_of(side, own) == "id" for side in trees(condition))
            ranks.append(_BY_ID if by_id else _EQUAL)
        else:
            ranks.append(_OTHER)
    return max(ranks)
