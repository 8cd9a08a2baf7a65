"""WITH and RETURN: columns, groups, order and limits of the rows that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.cypher.functions import FUNCTIONS
from graph.cypher.printer import to_text
from graph.cypher.rows.aggregates import aggregate
from graph.cypher.rows.expressions import Row, evaluate
from graph.cypher.rows.values import as_key, as_sort_key
from graph.cypher.tree import column_name, token, trees

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["SUBQUERIES", "ProjectedRow", "Projection", "aggregates", "top_most", "variables_of"]

SUBQUERIES = ("exists", "count", "collect", "pattern_predicate", "pattern_comprehension")
"""Expressions with a pattern of their own."""


def top_most(tree: Tree[Token], wanted: Callable[[Tree[Token]], bool]) -> Iterator[Tree[Token]]:
    """The outermost trees of an expression that are wanted; those inside of subqueries are not its own."""
    if wanted(tree):
        yield tree
    elif tree.data not in SUBQUERIES:
        for part in trees(tree):
            yield from top_most(part, wanted)


def aggregates(tree: Tree[Token]) -> list[Tree[Token]]:
    """Calls that count or collect rows."""
    return list(top_most(tree, _is_aggregate))


def _is_aggregate(tree: Tree[Token]) -> bool:
    if tree.data != "function":
        return tree.data == "count_rows"
    return token(tree).lower() in FUNCTIONS and FUNCTIONS[token(tree).lower()].aggregate


def variables_of(row: Row) -> list[str]:
    """Names of the variables of a row, without parameters and what was computed beside them."""
    return [name for name in row if isinstance(name, str) and not name.startswith("$")]


class ProjectedRow(NamedTuple):
    """A row of the answer, and what ORDER BY and WHERE may see beside it."""

    columns: dict[str | int, Any]
    seen: dict[str | int, Any]


class Projection:
    """A WITH or RETURN clause."""

    def __init__(self, clause: Tree[Token]) -> None:
        parts = {str(part.data): part for part in trees(clause)}
        self._parts = parts
        self._columns = trees(parts["columns"])
        self.keys = [(trees(key)[0], len(key.children) > 1) for key in trees(parts.get("order_by", _none(clause)))]
        self.where = trees(parts["where"])[0] if "where" in parts else None
        self.values = [trees(column)[0] for column in self._columns if column.data == "column"]
        self._calls = [call for tree in (*self.values, *(key for key, _ in self.keys)) for call in aggregates(tree)]
        self.groups = any(map(aggregates, self.values))

    def named(self, scope: Sequence[str]) -> list[tuple[str, Tree[Token] | None]]:
        """Name and expression of each column; none for a variable that ``*`` stands for."""
        columns: list[tuple[str, Tree[Token] | None]] = []
        for column in self._columns:
            if column.data == "star":
                columns += [(name, None) for name in sorted(scope)]
            else:
                columns.append((column_name(column) or to_text(trees(column)[0]), trees(column)[0]))
        return columns

    def project(self, rows: Sequence[Row], parameters: Row, scope: Sequence[str]) -> list[ProjectedRow]:
        """Rows of the columns, in order, before WHERE.

        Parameters
        ----------
        rows
            Rows before the clause; what their subqueries answer stands in them.
        parameters
            As they stand in every row.
        scope
            Names of the variables before the clause.
        """
        named = self.named(scope)
        projected = [self._projected_row(row, named, parameters) for row in self._grouped(rows, named, parameters)]
        if "distinct" in self._parts:
            projected = list({_key(each.columns, named): each for each in reversed(projected)}.values())[::-1]
        for key, down in reversed(self.keys):
            projected.sort(key=lambda each: as_sort_key(_sorted_by(key, each, named)), reverse=down)
        skip, limit = (self._count(name, parameters) for name in ("skip", "limit"))
        return projected[skip or 0 :][: limit if limit is not None else len(projected)]

    def _count(self, name: str, parameters: Row) -> int | None:
        return int(evaluate(trees(self._parts[name])[0], parameters)) if name in self._parts else None

    def _projected_row(
        self, row: Row, named: Sequence[tuple[str, Tree[Token] | None]], parameters: Row
    ) -> ProjectedRow:
        columns: dict[str | int, Any] = {
            name: row[name] if tree is None else evaluate(tree, row) for name, tree in named
        }
        return ProjectedRow({**parameters, **columns}, {**row, **columns})

    def _grouped(
        self, rows: Sequence[Row], named: Sequence[tuple[str, Tree[Token] | None]], parameters: Row
    ) -> Sequence[Row]:
        """The rows; where there are aggregates, one row for each group, in which the values of the calls stand."""
        if not self._calls:
            return rows
        by = [(name, tree) for name, tree in named if tree is None or not aggregates(tree)]
        groups: dict[Any, list[Row]] = {}
        for row in rows:
            key = tuple(as_key(row[name] if tree is None else evaluate(tree, row)) for name, tree in by)
            groups.setdefault(key, []).append(row)
        if not groups and not by:
            groups[()] = []
        return [
            {**(members[0] if members else parameters), **{id(call): _called(call, members) for call in self._calls}}
            for members in groups.values()
        ]


def _none(clause: Tree[Token]) -> Tree[Token]:
    return clause.__class__("order_by", [])


def _called(call: Tree[Token], rows: Sequence[Row]) -> Any:
    """Value of an aggregate over the rows of a group."""
    if call.data == "count_rows":
        return len(rows)
    arguments = [part for part in trees(call) if part.data != "distinct"]
    values = [evaluate(arguments[0], row) for row in rows]
    share = evaluate(arguments[1], rows[0]) if len(arguments) > 1 and rows else 0
    return aggregate(token(call).lower(), values, share, distinct=len(arguments) < len(trees(call)))


def _key(columns: Mapping[Any, Any], named: Sequence[tuple[str, Any]]) -> Any:
    return tuple(as_key(columns[name]) for name, _ in named)


def _sorted_by(key: Tree[Token], projected: ProjectedRow, named: Sequence[tuple[str, Tree[Token] | None]]) -> Any:
    """Value of a sort key; one that is the expression of a column is that column."""
    text = to_text(key)
    if key.data != "variable":
        for name, tree in named:
            if tree is not None and to_text(tree) == text:
                return projected.columns[name]
    return evaluate(key, projected.seen)
