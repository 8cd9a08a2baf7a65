"""Shortest paths between nodes that are known: the engine is asked for longer and longer ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from graph.cypher.rows.values import Node, Path, Unanswerable
from graph.cypher.tree import as_pattern, hops, own_name, position, shortest_of, steps, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["shortest_paths", "without_shortest"]

Group = list[dict[Any, Any]]
Find = Callable[
    ["Tree[Token]", Sequence["Tree[Token]"], Sequence[Any], frozenset[str]], tuple[list[Group], frozenset[str]]
]


def without_shortest(pattern: Tree[Token]) -> tuple[Tree[Token], list[Tree[Token]]]:
    """A pattern in which only the ends of the shortest paths stand, and these paths.

    Raises
    ------
    UnsafeCypher
        If an end has no name, or another path of the pattern has relationships.
    """
    kind = pattern.__class__
    paths: list[Tree[Token]] = []
    shortest: list[Tree[Token]] = []
    for path in trees(pattern):
        if not shortest_of(path):
            paths.append(path)
            continue
        first, between, last = steps(path)
        ends = [_named(end, f"s__{2 * len(shortest) + side}") for side, end in enumerate((first, last))]
        shortest.append(_between(path, ends, between))
        paths.extend(kind("path", [end]) for end in ends)
    if shortest and any(len(steps(path)) > 1 for path in paths):
        msg = "a shortest path beside other relationships in one MATCH"
        raise UnsafeCypher(msg, position(pattern), "Match the others before, in a MATCH of their own.")
    return kind("pattern", [*paths]), shortest


def _named(node: Tree[Token], name: str) -> Tree[Token]:
    from lark import Token

    if own_name(node):
        return node
    return node.__class__("node", [node.__class__("name", [Token("NAME", name, position(node))]), *node.children])


def _between(path: Tree[Token], ends: Sequence[Tree[Token]], between: Tree[Token]) -> Tree[Token]:
    """The path with other ends."""
    kind = path.__class__
    inner = kind("path", [ends[0], between, ends[1]])
    whole = trees(path)[1]
    if whole.data == "shortest":
        inner = kind("shortest", [*(child for child in whole.children if isinstance(child, str)), inner])
    return kind("named_path", [child if child is not whole else inner for child in path.children])


def shortest_paths(
    path: Tree[Token],
    groups: list[Group],
    find: Find,
    tested: Callable[[list[Group], frozenset[str]], list[Group]],
    scope: frozenset[str],
) -> list[Group]:
    """The rows with their shortest path, or each of the shortest ones; those without a path are left out.

    Parameters
    ----------
    path
        The path, whose ends are bound.
    groups
        Rows.
    find
        Finds a pattern for rows.
    tested
        Keeps the rows whose path meets the conditions.
    scope
        Names of the variables of the rows.
    """
    name = token(trees(path)[0])
    first, between, last = steps(path)
    ends = own_name(first), own_name(last)
    least, most = next(hops(child) for child in trees(between) if str(child.data).startswith("hops_"))
    rows = [row for group in groups for row in group]
    paths: dict[int, Group] = {}
    for row in rows:
        if isinstance(row[ends[0]], Node) and row[ends[0]] == row[ends[1]]:
            msg = f"A shortest path from a node to itself ({row[ends[0]].id}); ask WHERE {ends[0]} <> {ends[1]} before."
            raise Unanswerable(msg)
    for length in range(max(1, least), (most or 0) + 1):
        open_ = [place for place in range(len(rows)) if place not in paths]
        if not open_:
            break
        extensions, after = find(as_pattern(_of_length(path, length)), [], [rows[at] for at in open_], scope)
        for place, longer in zip(open_, tested(extensions, after), strict=True):
            if longer:
                longer.sort(key=lambda row: _order(row[name]))
                paths[place] = longer if shortest_of(path) == "all" else longer[:1]
    places = iter(range(len(rows)))
    return [[each for _ in group for each in paths.get(next(places), [])] for group in groups]


def _order(path: Path) -> Any:
    """An order of paths that does not depend on the engine."""
    return [node.id for node in path.nodes], [edge.type for edge in path.edges]


def _of_length(path: Tree[Token], length: int) -> Tree[Token]:
    """The path with exactly so many steps, as a path like any other."""
    from lark import Token

    kind = path.__class__
    first, between, last = steps(path)
    exact = kind("hops_exact", [Token("STAR", "*"), Token("INTEGER", str(length))])
    children = [child for child in between.children if not str(getattr(child, "data", "")).startswith("hops_")]
    ends = [kind("node", [child for child in trees(end) if child.data == "name"]) for end in (first, last)]
    inner = kind("path", [ends[0], kind(between.data, [*children, exact]), ends[1]])
    return kind("named_path", [inner if child is trees(path)[1] else child for child in path.children])
