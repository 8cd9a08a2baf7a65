"""Print a parsed query for Neo4j: unchanged, except where a server would read it differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.cypher.printer import CypherPrinter
from graph.cypher.tree import own_name, token, trees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lark import Token, Tree


def to_neo4j(tree: Tree[Token], *, labels: Iterable[str] = ()) -> str:
    """Print a reviewed query.

    Parameters
    ----------
    tree
        The query.
    labels
        Labels of the graph. A node pattern without a label is printed with all of them, so that it cannot match the
        nodes of other labels that a store keeps beside the graph.
    """
    return _Neo4jPrinter(labels).text(tree)


class _Neo4jPrinter(CypherPrinter):
    def __init__(self, labels: Iterable[str] = ()) -> None:
        names = "|".join(self.name(label) for label in labels)
        self._any_label = f":{names}" if names else ""

    def _print_node(self, tree: Tree[Token]) -> str:
        if any(child.data == "labels" for child in trees(tree)):
            return super()._print_node(tree)
        name = self.variable_name(own_name(tree)) if own_name(tree) else ""
        rest = self.joined((child for child in trees(tree) if child.data != "name"), " ")
        return f"({name}{self._any_label}{' ' if rest and (name or self._any_label) else ''}{rest})"

    def _condition(self, tree: Tree[Token], level: int = 0) -> str:
        """A truth value that is compared with true: Neo4j 5.26 loses rows where a bare property decides on one."""
        if tree.data == "access":
            return f"({self.text(tree)} = true)" if level else f"{self.text(tree)} = true"
        return self.operand(tree, level)

    def _print_where(self, tree: Tree[Token]) -> str:
        return f"WHERE {self._condition(trees(tree)[0])}"

    def _print_conjunction(self, tree: Tree[Token]) -> str:
        return " AND ".join(self._condition(part, 3) for part in trees(tree))

    def _print_disjunction(self, tree: Tree[Token]) -> str:
        return " OR ".join(self._condition(part, 1) for part in trees(tree))

    def _print_pattern_predicate(self, tree: Tree[Token]) -> str:
        """Print a bare pattern as EXISTS: Neo4j accepts the pattern as a value in WHERE only, EXISTS everywhere."""
        return "EXISTS { " + super()._print_pattern_predicate(tree) + " }"

    def _print_function(self, tree: Tree[Token]) -> str:
        """A node is known by the id of its record; ``exists()`` is spelt as Neo4j 5 spells it."""
        name, arguments = token(tree).lower(), trees(tree)
        if name == "elementid":
            return f"{self.operand(arguments[0], 11)}.id"
        if name == "exists":
            is_pattern = arguments[0].data == "pattern_predicate"
            return self.text(arguments[0]) if is_pattern else f"({self.operand(arguments[0], 6)} IS NOT NULL)"
        return super()._print_function(tree)

    def _print_ends_with(self, tree: Tree[Token]) -> str:
        """Keep the index out of ENDS WITH: Neo4j 5.26 may plan a search by suffix that the index does not support."""
        value, end = trees(tree)
        text = self.operand(value, 6) + (" + ''" if value.data == "access" else "")
        return f"{text} ENDS WITH {self.operand(end, 6)}"
