"""Print a parsed query for Neo4j: as it stands, but for what only a part of its clauses takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.cypher.printer import CypherPrinter
from graph.cypher.tree import trees

if TYPE_CHECKING:
    from lark import Token, Tree


def to_neo4j(tree: Tree[Token]) -> str:
    """Text of a reviewed query."""
    return _Neo4jPrinter().text(tree)


class _Neo4jPrinter(CypherPrinter):
    def _print_pattern_predicate(self, tree: Tree[Token]) -> str:
        """A bare pattern is a value in WHERE only; EXISTS is one everywhere."""
        return "EXISTS { " + super()._print_pattern_predicate(tree) + " }"

    def _print_ends_with(self, tree: Tree[Token]) -> str:
        """Of an indexed property Neo4j 5.26 sometimes plans a search by suffix that its index does not have."""
        value, end = trees(tree)
        text = self.operand(value, 6) + (" + ''" if value.data == "access" else "")
        return f"{text} ENDS WITH {self.operand(end, 6)}"
