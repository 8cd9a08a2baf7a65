"""Print a parsed query for the embedded engine, so that its rows are Neo4j's.

Here: clauses, patterns and subqueries (the engine walks where Neo4j makes trails, and takes an alias for the variable
of that name); :mod:`graph.cypher.ladybug_expressions` prints the rest. Every rewriting was compared with Neo4j 5.26 on
the same graph (tests/graph/test_cypher_ladybug.py keeps the answers). What cannot be undone is refused.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from graph.cypher import scope as cypher_scope
from graph.cypher.functions import has_aggregate
from graph.cypher.ladybug_expressions import LadybugExpressions
from graph.cypher.ladybug_outer import refuse_lost_rows
from graph.cypher.ladybug_refuse import (
    refuse_case_twins,
)
from graph.cypher.printer import to_text
from graph.cypher.tree import (
    DIRECTIONS,
    as_match,
    column_name,
    hops,
    is_long,
    own_name,
    position,
    steps,
    subquery_clauses,
    token,
    trees,
    types,
)
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from lark import Token, Tree

    from graph.cypher.scope import Scope


_WHERE = " WHERE "
_STEPS = 3


def lower(tree: Tree[Token], *, integers: Container[str] = ()) -> str:
    """Text of a reviewed query for ladybug.

    Parameters
    ----------
    tree
        The query.
    integers
        Names of the parameters that are whole numbers: the engine takes the smallest type that holds their value, so
        that ``$a + $b`` overflows at 127.

    Raises
    ------
    UnsafeCypher
        If the engine has no way to give Neo4j's rows.
    """
    return LadybugPrinter(refuse_case_twins(tree), integers).text(tree)


class LadybugPrinter(LadybugExpressions):
    """Prints one query; keeps the variables in sight and invents names for nameless relationships."""

    def __init__(self, taken: Iterable[str], integers: Container[str] = ()) -> None:
        super().__init__()
        self._integers = integers
        self._taken = {name.lower() for name in taken}
        self._given: dict[int, str] = {}
        self._scope: Scope = {}
        self._conditions: list[str] = []

    # --- clauses -----------------------------------------------------------------------------------------------

    def _print_single_query(self, tree: Tree[Token]) -> str:
        self._scope, self.entities = {}, {}
        printed = []
        for clause in trees(tree):
            printed.append(self.text(clause))
            self._scope = cypher_scope.after(clause, self._scope)
            self.entities = cypher_scope.entities(clause, self.entities)
        return " ".join(printed)

    def _print_match_clause(self, tree: Tree[Token]) -> str:
        if not _loses_conditions([tree]):
            return "MATCH " + self._matched([tree])
        # The conditions wait until the whole pattern is matched: after WITH the engine does not move them forward.
        patterns, _, conditions = self._matched([tree]).partition(_WHERE)
        if not conditions:
            return f"MATCH {patterns}"
        names = {*cypher_scope.after(tree, self._scope), *self._names_of_relationships(tree)}
        kept = ", ".join(self.variable_name(name) for name in sorted(names))
        return f"MATCH {patterns} WITH {kept} WHERE {conditions}"

    def _names_of_relationships(self, clause: Tree[Token]) -> set[str]:
        parts = (part for path in trees(trees(clause)[0]) for part in steps(path))
        return {name for part in parts if (name := self._given.get(id(part)))}

    def _print_optional_match_clause(self, tree: Tree[Token]) -> str:
        return "OPTIONAL MATCH " + self._matched([tree], inner=True)

    def _matched(self, clauses: list[Tree[Token]], *, inner: bool = False) -> str:
        """Patterns of the clauses, joined, with all their conditions; ``inner``: joined to rows from outside."""
        outside, scope, known = self._conditions, self._scope, self.entities
        self._conditions = []
        patterns = []
        for clause in clauses:
            pattern, *where = trees(clause)
            if inner:
                for part in [*where, *pattern.find_data("where")]:
                    refuse_lost_rows(trees(part)[0], scope)
            self._conditions += self._distinct_relationships(pattern)
            self._scope = cypher_scope.after(clause, self._scope)
            self.entities = cypher_scope.entities(clause, self.entities)
            patterns.append(self.text(pattern))
            self._conditions += [self.condition(trees(part)[0], 3) for part in where]
        conditions = self._conditions
        if inner and conditions and _loses_conditions(clauses):
            msg = "three relationships, one of them without direction, with a condition, in OPTIONAL MATCH or EXISTS {}"
            raise UnsafeCypher(msg, position(clauses[0]), "Give the relationships directions, or use MATCH.")
        self._conditions, self._scope, self.entities = outside, scope, known
        return ", ".join(patterns) + (_WHERE + " AND ".join(conditions) if conditions else "")

    def _distinct_relationships(self, pattern: Tree[Token]) -> list[str]:
        """Conditions that make one pattern use each relationship once."""
        relationships = [part for path in trees(pattern) for part in steps(path) if part.data in DIRECTIONS]
        seen = set(self._scope)
        for part in relationships:
            if own_name(part) in seen:
                msg = f"the relationship {own_name(part)} is matched twice"
                raise UnsafeCypher(msg, position(part), "Give the second one its own name.")
            seen |= {own_name(part)} - {""}
        conditions = []
        for one, other in itertools.combinations(relationships, 2):
            if not _can_be_equal(one, other):
                continue
            first, second = self._relationship_name(one), self._relationship_name(other)
            match is_long(one), is_long(other):
                case False, False:
                    conditions.append(f"id({first}) <> id({second})")
                case True, True:
                    conditions.append(f"NOT list_has_any({_ids(first)}, {_ids(second)})")
                case True, False:
                    conditions.append(f"NOT list_contains({_ids(first)}, id({second}))")
                case _:
                    conditions.append(f"NOT list_contains({_ids(second)}, id({first}))")
        return conditions

    def _relationship_name(self, tree: Tree[Token]) -> str:
        name = own_name(tree) or self._given.get(id(tree))
        if name is None:
            name = self._given[id(tree)] = self._free_name()
        return self.variable_name(name)

    def _free_name(self) -> str:
        """A name that the query does not use."""
        candidates = (f"r{count}" for count in itertools.count(1))
        name = next(name for name in candidates if name not in self._taken)
        self._taken.add(name)
        return name

    def pattern_inside(self, tree: Tree[Token]) -> str:
        """As in Neo4j, with names for relationships that need one; conditions move to WHERE."""
        text = self.variable_name(self._given[id(tree)]) if id(tree) in self._given else ""
        for child in trees(tree):
            match str(child.data):
                case "name":
                    text += self.variable_name(token(child))
                case "where":
                    self._conditions.append(self.condition(trees(child)[0], 3))
                case "map" if is_long(tree):
                    hint = "Name the path and use all(r IN relationships(p) WHERE ...)."
                    msg = "properties on a path of variable length"
                    raise UnsafeCypher(msg, position(child), hint)
                case "map" if not child.children:
                    pass
                case "map":
                    text += (" " if text else "") + self.text(child)
                case "hops_exact" | "hops_bounded" if own_name(tree):
                    reason = f"{own_name(tree)} names a path of variable length"
                    raise UnsafeCypher(reason, position(child), "Write MATCH p = ... and relationships(p).")
                case _:
                    text += self.text(child)
        return text

    def _print_hops_exact(self, tree: Tree[Token]) -> str:
        return "* TRAIL {}..{}".format(*hops(tree))

    _print_hops_bounded = _print_hops_exact

    def _print_parameter(self, tree: Tree[Token]) -> str:
        text = super()._print_parameter(tree)
        return f"CAST({text}, 'INT64')" if token(tree) in self._integers else text

    def _print_skip(self, tree: Tree[Token]) -> str:
        return f"SKIP {to_text(trees(tree)[0])}"

    def _print_limit(self, tree: Tree[Token]) -> str:
        return f"LIMIT {to_text(trees(tree)[0])}"

    def _print_with_clause(self, tree: Tree[Token]) -> str:
        return "WITH " + self._projected(tree)

    def _print_return_clause(self, tree: Tree[Token]) -> str:
        return "RETURN " + self._projected(tree)

    def _projected(self, clause: Tree[Token]) -> str:
        parts = {str(part.data): part for part in trees(clause)}
        columns = trees(parts["columns"])
        printed = [self._column(column) for column in columns if column.data == "column"]
        if len(printed) < len(columns):
            printed = [self.variable_name(name) for name in sorted(self._scope)] + printed
        distinct = "distinct" in parts
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
            texts.append(self._ordered(parts["order_by"], columns))
        texts += [self.text(parts[part]) for part in ("skip", "limit", "where") if part in parts]
        return ("DISTINCT " if distinct else "") + " ".join(texts)

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

    def _ordered(self, order_by: Tree[Token], columns: list[Tree[Token]]) -> str:
        """Sort keys; a key that is a column is named by its alias, unless a variable has that name too."""
        values = {column_name(column): trees(column)[0] for column in columns if column.data == "column"}
        names = {to_text(trees(column)[0]): column_name(column) for column in columns if column.data == "column"}
        shadowed = {name for name, value in values.items() if name in self._scope and to_text(value) != name}
        grouped = any(map(has_aggregate, values.values()))
        keys = []
        for key in trees(order_by):
            value = trees(key)[0]
            if (
                value.data == "variable"
                and token(value) in shadowed
                and not (grouped and _computed(values[token(value)]))
            ):
                value = values[token(value)]
            elif any(token(variable) in shadowed for variable in value.find_data("variable")) and (
                to_text(value) not in names
            ):
                msg = "an alias in ORDER BY is a variable too"
                raise UnsafeCypher(msg, position(value), "Choose another alias.")
            name = names.get(to_text(value))
            by_alias = name is not None and name not in shadowed
            text = self.variable_name(name or to_text(value)) if by_alias else self.text(value)
            keys.append(text + (" DESC" if len(key.children) > 1 else ""))
        return "ORDER BY " + ", ".join(keys)

    # --- subqueries --------------------------------------------------------------------------------------------

    def _print_exists(self, tree: Tree[Token]) -> str:
        return f"EXISTS {{ MATCH {self._matched(subquery_clauses(tree), inner=True)} }}"

    def _print_count(self, tree: Tree[Token]) -> str:
        return f"COUNT {{ MATCH {self._matched(subquery_clauses(tree), inner=True)} }}"

    def _print_pattern_predicate(self, tree: Tree[Token]) -> str:
        return f"EXISTS {{ MATCH {self._matched([as_match(tree)], inner=True)} }}"


def _computed(value: Tree[Token]) -> bool:
    """Whether a group is by a value that is no property; the engine does not know it again by its text."""
    return value.data not in ("variable", "access") and not has_aggregate(value)


def _loses_conditions(clauses: list[Tree[Token]]) -> bool:
    """Whether the engine may lose a condition: one that it asks between two steps, after a step without direction."""
    parts = [part for clause in clauses for path in trees(trees(clause)[0]) for part in steps(path)]
    relationships = [part for part in parts if part.data in DIRECTIONS]
    return len(relationships) >= _STEPS and any(part.data == "any_direction" for part in relationships)


def _can_be_equal(one: Tree[Token], other: Tree[Token]) -> bool:
    """Whether two relationships of a pattern may have one type."""
    return not types(one) or not types(other) or bool(types(one) & types(other))


def _ids(name: str) -> str:
    """List of the ids of the relationships of a path of variable length."""
    return f"properties(rels({name}), '_ID')"
