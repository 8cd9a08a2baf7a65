"""Print a parsed query for the embedded engine, so that its rows are Neo4j's.

Here: clauses and columns (the engine takes an alias for the variable of that name);
:mod:`graph.cypher.ladybug.patterns` and :mod:`graph.cypher.ladybug.expressions` print the rest. Every rewriting was
compared with Neo4j 5.26 on the same graph (tests/graph/test_cypher_ladybug.py keeps the answers). What cannot be undone
is refused.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from graph.cypher import scope as cypher_scope
from graph.cypher.functions import has_aggregate
from graph.cypher.ladybug.patterns import LadybugPatterns
from graph.cypher.ladybug.refuse import lists_with_nulls, refuse_case_twins, refuse_either_way
from graph.cypher.printer import to_text
from graph.cypher.tree import (
    column_name,
    position,
    token,
    trees,
)
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from lark import Token, Tree


def lower(
    tree: Tree[Token],
    *,
    integers: Container[str] = (),
    with_nulls: Iterable[str] = (),
    nulls: Container[str] = (),
) -> str:
    """Text of a reviewed query for ladybug.

    Parameters
    ----------
    tree
        The query.
    integers
        Names of the parameters that are whole numbers: the engine takes the smallest type that holds their value, so
        that ``$a + $b`` overflows at 127.
    with_nulls
        Names of the parameters that are lists with a null among their members.
    nulls
        Names of the parameters that are null: they are written out, as the engine takes such a parameter for a truth
        value.

    Raises
    ------
    UnsafeCypher
        If the engine has no way to give Neo4j's rows.
    """
    printer = LadybugPrinter(refuse_case_twins(tree), integers, nulls)
    printer.with_nulls = {f"${name}" for name in with_nulls}
    return printer.text(tree)


class LadybugPrinter(LadybugPatterns):
    """Prints one query: its clauses and columns."""

    def __init__(self, taken: Iterable[str], integers: Container[str] = (), nulls: Container[str] = ()) -> None:
        super().__init__(taken)
        self._integers, self._nulls = integers, nulls

    def _print_single_query(self, tree: Tree[Token]) -> str:
        self._scope, self.entities, self.undirected = {}, {}, set()
        self.with_nulls = {name for name in self.with_nulls if name.startswith("$")}
        printed = []
        for is_match, run in itertools.groupby(trees(tree), lambda clause: clause.data == "match_clause"):
            if is_match:
                printed.append(self.matches([*run]))
                continue
            for clause in run:
                printed.append(self.text(clause))
                if ordered := self._keep_order(clause):
                    printed.append(ordered)
                if clause.data in ("with_clause", "return_clause"):
                    self.undirected = self._renamed(clause)
                self.with_nulls = lists_with_nulls(clause, self.with_nulls)
                self._scope = cypher_scope.after(clause, self._scope)
                self.entities = cypher_scope.entities(clause, self.entities)
        return " ".join(printed)

    def _renamed(self, clause: Tree[Token]) -> set[str]:
        """The undirected relationships after a clause, under their new names."""
        columns = trees(next(part for part in trees(clause) if part.data == "columns"))
        carried = self.undirected if any(column.data == "star" for column in columns) else set()
        shown = [column for column in columns if column.data == "column" and trees(column)[0].data == "variable"]
        return carried | {column_name(column) for column in shown if token(trees(column)[0]) in self.undirected}

    def _print_parameter(self, tree: Tree[Token]) -> str:
        if token(tree) in self._nulls:
            return "NULL"
        text = super()._print_parameter(tree)
        return f"CAST({text}, 'INT64')" if token(tree) in self._integers else text

    def _print_skip(self, tree: Tree[Token]) -> str:
        return f"SKIP {to_text(trees(tree)[0])}"

    def _print_limit(self, tree: Tree[Token]) -> str:
        return f"LIMIT {to_text(trees(tree)[0])}"

    def _print_with_clause(self, tree: Tree[Token]) -> str:
        return self._unforgotten(tree) + (self._regrouped(tree, "WITH") or "WITH " + self._projected(tree))

    def _print_return_clause(self, tree: Tree[Token]) -> str:
        return self._unforgotten(tree) + (self._regrouped(tree, "RETURN") or "RETURN " + self._projected(tree))

    def _keep_order(self, clause: Tree[Token]) -> str:
        """A step behind ORDER BY with LIMIT, which the engine forgets where an aggregate of all rows follows."""
        ordered = clause.data == "with_clause" and any(part.data == "order_by" for part in trees(clause))
        return f"UNWIND [0] AS {self.variable_name(self._free_name())}" if ordered else ""

    def _unforgotten(self, clause: Tree[Token]) -> str:
        """A WITH before COUNT {}, without which the engine forgets nodes for which the count is 0."""
        return f"{self.barrier()} ".lstrip() if next(clause.find_data("count"), None) is not None else ""

    def _projected(self, clause: Tree[Token]) -> str:
        parts = {str(part.data): part for part in trees(clause)}
        columns = trees(parts["columns"])
        printed = [self._column(column) for column in columns if column.data == "column"]
        if len(printed) < len(columns):
            printed = [self.variable_name(name) for name in sorted(self._scope)] + printed
        distinct = "distinct" in parts
        if distinct or any(map(has_aggregate, columns)):
            star = any(column.data == "star" for column in columns)
            if star and (starred := self.undirected & self._scope.keys()):
                msg = f"* beside the relationship {min(starred)}, matched without direction, in a group"
                raise UnsafeCypher(msg, position(clause), "Name the columns.")
            values = [trees(column)[0] for column in columns if column.data == "column"]
            refuse_either_way(values, self.undirected, "in a group")
        if distinct and clause.data == "with_clause" and self._groups_entities(columns):
            # A second DISTINCT after a DISTINCT of nodes loses rows there; groups do not.
            printed.append(f"count(*) AS {self.variable_name(self._free_name())}")
            distinct = False
        texts = [", ".join(printed)]
        if "order_by" in parts:
            if clause.data == "with_clause" and not {"limit", "skip"} & parts.keys():
                hint = "Order the rows of RETURN; here it needs LIMIT."
                msg = "ORDER BY in WITH has no effect of its own"
                raise UnsafeCypher(msg, position(parts["order_by"]), hint)
            texts.append(self._ordered(parts["order_by"], columns, distinct="distinct" in parts))
        texts += [self.text(parts[part]) for part in ("skip", "limit", "where") if part in parts]
        return ("DISTINCT " if distinct else "") + " ".join(texts)

    def _regrouped(self, clause: Tree[Token], word: str) -> str:
        """Groups under other names first, where ORDER BY names an alias that is a variable too; else nothing.

        The engine takes such an alias for the variable, which is gone behind the groups. Groups are distinct already.
        """
        parts = {str(part.data): part for part in trees(clause)}
        columns = trees(parts["columns"])
        if "order_by" not in parts or any(column.data == "star" for column in columns):
            return ""
        values = {column_name(column) or to_text(trees(column)[0]): trees(column)[0] for column in columns}
        shadowed = {name for name, value in values.items() if name in self._scope and to_text(value) != name}
        keys = [(trees(key)[0], len(key.children) > 1) for key in trees(parts["order_by"])]
        named = {token(variable) for key, _ in keys for variable in key.find_data("variable")}
        if not shadowed & named or not any(map(has_aggregate, columns)):
            return ""
        by_text = {to_text(value): name for name, value in values.items()}
        order = []
        for key, down in keys:
            name = token(key) if key.data == "variable" and token(key) in values else by_text.get(to_text(key))
            if name is None:
                raise _two_meanings(key)
            order.append(self.variable_name(name) + (" DESC" if down else ""))
        inner = {name: self._free_name() if name in shadowed else name for name in values}
        groups = ", ".join(f"{self.text(value)} AS {self.variable_name(inner[name])}" for name, value in values.items())
        shown = ", ".join(f"{self.variable_name(inner[name])} AS {self.variable_name(name)}" for name in values)
        rest = [self.text(parts[part]) for part in ("skip", "limit", "where") if part in parts]
        return " ".join([f"WITH {groups} {word} {shown} ORDER BY {', '.join(order)}", *rest])

    def _groups_entities(self, columns: list[Tree[Token]]) -> bool:
        """Whether the columns show a node or relationship, and hold no aggregate."""
        if any(map(has_aggregate, columns)):
            return False
        values = [trees(column)[0] for column in columns if column.data == "column"]
        starred = len(values) < len(columns) and "one" in self.entities.values()
        return starred or any(cypher_scope.entity(value, self.entities) == "one" for value in values)

    def _column(self, column: Tree[Token]) -> str:
        value = trees(column)[0]
        name = column_name(column)
        if not name:
            name = to_text(value)
        if value.data == "variable" and token(value) == name:
            return self.text(value)
        return f"{self.text(value)} AS {self.variable_name(name)}"

    def _ordered(self, order_by: Tree[Token], columns: list[Tree[Token]], *, distinct: bool) -> str:
        """Sort keys; a key that is a column is named by its alias, unless a variable has that name too."""
        values = {column_name(column): trees(column)[0] for column in columns if column.data == "column"}
        names = {to_text(trees(column)[0]): column_name(column) for column in columns if column.data == "column"}
        shadowed = {name for name, value in values.items() if name in self._scope and to_text(value) != name}
        grouped = any(map(has_aggregate, values.values()))
        keys = []
        for key in trees(order_by):
            value = trees(key)[0]
            if distinct and any(token(variable) in shadowed for variable in value.find_data("variable")):
                raise _two_meanings(value)
            if (
                value.data == "variable"
                and token(value) in shadowed
                and not (grouped and _computed(values[token(value)]))
            ):
                value = values[token(value)]
            elif any(token(variable) in shadowed for variable in value.find_data("variable")) and (
                to_text(value) not in names
            ):
                raise _two_meanings(value)
            name = names.get(to_text(value))
            by_alias = name is not None and name not in shadowed
            text = self.variable_name(name or to_text(value)) if by_alias else self.text(value)
            keys.append(text + (" DESC" if len(key.children) > 1 else ""))
        return "ORDER BY " + ", ".join(keys)


def _computed(value: Tree[Token]) -> bool:
    """Whether a group is by a value that is not a property; the engine does not know it again by its text."""
    return value.data not in ("variable", "access") and not has_aggregate(value)


def _two_meanings(key: Tree[Token]) -> UnsafeCypher:
    return UnsafeCypher("an alias in ORDER BY is a variable too", position(key), "Choose another alias.")
