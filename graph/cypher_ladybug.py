"""Print a parsed query for the embedded engine, so that its rows are Neo4j's.

The engine counts list places from 1, walks instead of trails, adds text to null, casts without being asked, and has
other functions; each method here undoes one of these. Every rewriting was compared with Neo4j 5.26 on the same graph
(tests/graph/test_cypher_ladybug.py keeps the answers). What cannot be undone is refused with the portable form.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from graph import cypher_scope
from graph.cypher_ladybug_functions import lowered_call
from graph.cypher_ladybug_refuse import compared_with, refuse_case_twins, refuse_in_loop, refuse_mixed, refuse_null
from graph.cypher_print import CypherPrinter, string_literal, to_text
from graph.cypher_tree import (
    DIRECTIONS,
    as_match,
    column_name,
    hops,
    is_long,
    number,
    own_name,
    position,
    property_of,
    replaced,
    slice_bounds,
    steps,
    subquery_clauses,
    token,
    trees,
    types,
)
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lark import Token, Tree

    from graph.cypher_scope import Scope

MAX_OUTPUT = 100_000

_NUMBERS = ("integer", "float", "product", "power", "sign", "count", "count_rows")


def lower(tree: Tree[Token]) -> str:
    """Text of a reviewed query for ladybug.

    Raises
    ------
    UnsafeCypher
        If the engine has no way to give Neo4j's rows.
    """
    return LadybugPrinter(refuse_case_twins(tree)).text(tree)


class LadybugPrinter(CypherPrinter):
    """Prints one query; keeps the variables in sight and invents names for nameless relationships."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {name.lower() for name in taken}
        self._given: dict[int, str] = {}
        self._scope: Scope = {}
        self._entities: dict[str, str] = {}
        self._conditions: list[str] = []
        self._loops = 0
        self._in_loop = False

    def text(self, tree: Tree[Token]) -> str:
        """Text of any tree, bounded in length."""
        printed = super().text(tree)
        if len(printed) > MAX_OUTPUT:
            msg = "the query grows too long for the embedded store"
            raise UnsafeCypher(msg, position(tree), "Ask in parts.")
        return printed

    def name(self, name: str) -> str:
        """Every name is quoted: the engine has many words of its own."""
        return f"`{name.replace('`', '``')}`"

    def variable_name(self, name: str) -> str:
        """Every name is quoted."""
        return self.name(name)

    # --- clauses -----------------------------------------------------------------------------------------------

    def _print_single_query(self, tree: Tree[Token]) -> str:
        self._scope, self._entities = {}, {}
        printed = []
        for clause in trees(tree):
            printed.append(self.text(clause))
            self._scope = cypher_scope.after(clause, self._scope)
            self._entities = cypher_scope.entities(clause, self._entities)
        return " ".join(printed)

    def _print_match_clause(self, tree: Tree[Token]) -> str:
        return "MATCH " + self._matched([tree])

    def _print_optional_match_clause(self, tree: Tree[Token]) -> str:
        return "OPTIONAL MATCH " + self._matched([tree])

    def _matched(self, clauses: list[Tree[Token]]) -> str:
        """Patterns of the clauses, joined, with all their conditions."""
        outside, scope, known = self._conditions, self._scope, self._entities
        self._conditions = []
        patterns = []
        for clause in clauses:
            pattern, *where = trees(clause)
            self._conditions += self._distinct_relationships(pattern)
            self._scope = cypher_scope.after(clause, self._scope)
            self._entities = cypher_scope.entities(clause, self._entities)
            patterns.append(self.text(pattern))
            self._conditions += [self.operand(trees(part)[0], 3) for part in where]
        conditions = self._conditions
        self._conditions, self._scope, self._entities = outside, scope, known
        return ", ".join(patterns) + (" WHERE " + " AND ".join(conditions) if conditions else "")

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
            free = (f"r{count}" for count in itertools.count(1))
            name = self._given[id(tree)] = next(name for name in free if name not in self._taken)
            self._taken.add(name)
        return self.variable_name(name)

    def pattern_inside(self, tree: Tree[Token]) -> str:
        """As in Neo4j, with names for relationships that need one; conditions move to WHERE."""
        text = self.variable_name(self._given[id(tree)]) if id(tree) in self._given else ""
        for child in trees(tree):
            match str(child.data):
                case "name":
                    text += self.variable_name(token(child))
                case "where":
                    self._conditions.append(self.operand(trees(child)[0], 3))
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
        texts = [", ".join(printed)]
        if "order_by" in parts:
            if clause.data == "with_clause" and not {"limit", "skip"} & parts.keys():
                hint = "Order the rows of RETURN; here it needs LIMIT."
                msg = "ORDER BY in WITH has no effect of its own"
                raise UnsafeCypher(msg, position(parts["order_by"]), hint)
            texts.append(self._ordered(parts["order_by"], columns))
        texts += [self.text(parts[part]) for part in ("skip", "limit", "where") if part in parts]
        return ("DISTINCT " if "distinct" in parts else "") + " ".join(texts)

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
        keys = []
        for key in trees(order_by):
            value = trees(key)[0]
            if value.data == "variable" and token(value) in shadowed:
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
        return f"EXISTS {{ MATCH {self._matched(subquery_clauses(tree))} }}"

    def _print_count(self, tree: Tree[Token]) -> str:
        return f"COUNT {{ MATCH {self._matched(subquery_clauses(tree))} }}"

    def _print_pattern_predicate(self, tree: Tree[Token]) -> str:
        return f"EXISTS {{ MATCH {self._matched([as_match(tree)])} }}"

    # --- expressions -------------------------------------------------------------------------------------------

    def _print_comparison(self, tree: Tree[Token]) -> str:
        operands = trees(tree)
        for one, other in itertools.pairwise(operands):
            refuse_mixed([one, other], "compared")
        operators = [str(child) for child in tree.children if isinstance(child, str)]
        texts = [self.operand(operand, 5) for operand in operands]
        links = [f"{texts[place]} {sign} {texts[place + 1]}" for place, sign in enumerate(operators)]
        return links[0] if len(links) == 1 else f"({' AND '.join(links)})"

    def _print_sum(self, tree: Tree[Token]) -> str:
        """``null + 'x'`` is null in Neo4j and ``'x'`` in ladybug, so a sum that may be text looks for nulls."""
        operands = trees(tree)
        refuse_null(operands, "added")
        signs = [str(child) for child in tree.children if isinstance(child, str)]
        parts = [self.operand(operand, 7) for operand in operands]
        text = parts[0] + "".join(
            f" {'-' if sign == '-' else '+'} {part}" for sign, part in zip(signs, parts[1:], strict=True)
        )
        if "-" in signs or self._in_loop or any(operand.data in _NUMBERS for operand in operands):
            return text
        nulls = [
            f"WHEN {self.operand(operand, 6)} IS NULL THEN NULL"
            for operand in operands
            if operand.data not in ("string", "list", "count_rows")
        ]
        return f"(CASE {' '.join(nulls)} ELSE {text} END)" if nulls else text

    def _print_sign(self, tree: Tree[Token]) -> str:
        inner = self.operand(trees(tree)[0], 10)
        return f"-{inner}" if tree.children[0] == "-" else f"({inner})"

    def _print_contains(self, tree: Tree[Token]) -> str:
        """Every text contains the empty one, which ladybug denies."""
        value, part = (self.operand(operand, 6) for operand in trees(tree))
        right = trees(tree)[1]
        if right.data == "string":
            return f"{value} {'CONTAINS' if token(right) else 'STARTS WITH'} {part}"
        return f"({value} CONTAINS {part} OR ({part} = '' AND {value} = {value}))"

    def _print_in_list(self, tree: Tree[Token]) -> str:
        value, values = trees(tree)
        if values.data == "list":
            refuse_null(trees(values), "in the list after IN")
            refuse_mixed([value, *trees(values)], "compared")
        return f"{self.operand(value, 6)} IN {self.operand(values, 6)}"

    def _needs_entity(self, value: Tree[Token], wanted: str) -> None:
        """Asking null for its label or nodes ends the process, so a value must come from a pattern."""
        if cypher_scope.entity(value, self._entities) != wanted:
            msg = f"{to_text(value)} is not surely from a pattern"
            raise UnsafeCypher(msg, position(value), "Use a variable that MATCH binds, or UNWIND nodes(p) AS n.")

    def _print_has_label(self, tree: Tree[Token]) -> str:
        self._needs_entity(tree.__class__("variable", [tree.children[0]]), "one")
        name = self.variable_name(token(tree))
        wanted = ", ".join(f"'{token(label)}'" for label in trees(trees(tree)[0]))
        return f"(CASE WHEN {name} IS NULL THEN NULL ELSE label({name}) IN [{wanted}] END)"

    def _print_list(self, tree: Tree[Token]) -> str:
        refuse_mixed(trees(tree), "in one list")
        return super()._print_list(tree)

    def _print_map(self, tree: Tree[Token]) -> str:
        keys = [token(trees(entry)[0]).lower() for entry in trees(tree)]
        if not keys or len(set(keys)) < len(keys):
            reason = "a map without entries" if not keys else "a map with one key twice"
            raise UnsafeCypher(reason, position(tree), "Give it different keys.")
        return super()._print_map(tree)

    def _print_access(self, tree: Tree[Token]) -> str:
        base, *accessors = trees(tree)
        text = self.text(base)
        plain = base.data == "variable"
        for step in accessors:
            if step.data == "property":
                text = text + self.text(step) if plain else f"({text}){self.text(step)}"
                continue
            text = text if plain else f"({text})"
            first = "list_any_value" if base.data == "function" and token(base).lower() == "collect" else "list_min"
            indexed = step.data == "index"
            text = self._element(text, trees(step)[0], first=first) if indexed else self._part(text, step)
            plain = False
        return text

    def _element(self, values: str, place: Tree[Token], *, first: str = "list_min") -> str:
        """One element, or null outside of the list.

        Indexing outside of a list is an error there, and a slice of a missing list spoils the rows beside it. So the
        element is the least (``first``) of a slice of one, taken only where there is one.
        """
        if place.data == "string":
            msg = "a property named by text"
            raise UnsafeCypher(msg, position(place), f"Write .{token(place)}.")
        if place.data == "integer":
            at = int(token(place)) + 1
            return f"(CASE WHEN size({values}) >= {at} THEN {first}({values}[{at}:{at}]) END)"
        text = f"({self.text(place)})"
        last = f"size({values}) + {text} + 1"
        from_end = f"CASE WHEN size({values}) + {text} >= 0 THEN {first}({values}[{last}:{last}]) END"
        if place.data == "sign" and trees(place)[0].data == "integer":
            return f"({from_end})"
        from_start = f"CASE WHEN size({values}) > {text} THEN {first}({values}[{text} + 1:{text} + 1]) END"
        return f"(CASE WHEN {text} >= 0 THEN {from_start} ELSE {from_end} END)"

    def _part(self, values: str, step: Tree[Token]) -> str:
        bounds = slice_bounds(step)
        for bound in bounds:
            if bound is not None and bound.data != "integer":
                hint = "Write the bounds as numbers from 0 up, or use LIMIT."
                msg = "a slice with computed or negative bounds"
                raise UnsafeCypher(msg, position(bound), hint)
        lowest, highest = (token(bound) if bound is not None else "" for bound in bounds)
        return f"(CASE WHEN size({values}) >= 0 THEN {values}[{int(lowest or 0) + 1}:{highest}] END)"

    def _print_function(self, tree: Tree[Token]) -> str:
        arguments = trees(tree)
        distinct = bool(arguments) and arguments[0].data == "distinct"
        arguments = arguments[1:] if distinct else arguments
        if token(tree).lower() in ("type", "labels", "nodes", "relationships"):
            self._needs_entity(arguments[0], "one")
        elif token(tree).lower() == "split":
            self._loops += 1
        elif token(tree).lower() in ("head", "last"):
            place = number(0 if token(tree).lower() == "head" else -1)
            collected = arguments[0].data == "function" and token(arguments[0]).lower() == "collect"
            first = "list_any_value" if collected else "list_min"
            return self._element(self.operand(arguments[0], 11), place, first=first)
        return lowered_call(tree, arguments, [self.text(part) for part in arguments], distinct=distinct)

    def _print_simple_case(self, tree: Tree[Token]) -> str:
        whens = [trees(part)[0] for part in trees(tree) if part.data == "when"]
        refuse_null(whens, "after WHEN")
        refuse_mixed([trees(tree)[0], *whens], "compared")
        return super()._print_simple_case(tree)

    # --- loops -------------------------------------------------------------------------------------------------
    # The engine's loops share state: two in one query, or AND, OR, NOT, CASE and IS NULL inside of one, give wrong
    # values or end the process. So loops become OR, AND and IN where they can, and at most one plain loop is left.

    def _print_quantifier(self, tree: Tree[Token]) -> str:
        name, values, where = trees(tree)
        word, variable, condition = token(tree).lower(), token(name), trees(where)[0]
        if values.data == "list" and word != "single" and trees(values):
            refuse_null(trees(values), "in the list of a loop")
            cases = self._each(variable, values, condition)
            if word == "all":
                return f"({' AND '.join(cases)})"
            return f"({' OR '.join(cases)})" if word == "any" else f"(NOT ({' OR '.join(cases)}))"
        if word == "none":
            return f"(NOT {self._loop('any', variable, values, condition)})"
        return self._loop(word, variable, values, condition)

    def _loop(self, word: str, variable: str, values: Tree[Token], condition: Tree[Token]) -> str:
        """``any``, ``all`` or ``single`` over a list that is not written out."""
        parts = trees(condition)
        if condition.data == "negated" and word != "single":
            return f"(NOT {self._loop('all' if word == 'any' else 'any', variable, values, parts[0])})"
        if (condition.data, word) in (("disjunction", "any"), ("conjunction", "all")):
            link = " OR " if word == "any" else " AND "
            return f"({link.join(self._loop(word, variable, values, part) for part in parts)})"
        member = compared_with(condition, variable, "=" if word == "any" else "<>") if word != "single" else None
        if member is not None:
            found = f"{self.operand(member, 6)} IN {self.operand(values, 6)}"
            return f"({found})" if word == "any" else f"(NOT {found})"
        captured = self._enter_loop(condition, variable)
        members = self.operand(values, 6)
        text = f"{word}({self.variable_name(variable)} IN {members} WHERE {self._inside_loop(condition)})"
        missing = "".join(f" WHEN {name} IS NULL AND size({members}) > 0 THEN NULL" for name in captured)
        return f"(CASE{missing} ELSE {text} END)" if missing else text

    def _enter_loop(self, body: Tree[Token], variable: str) -> list[str]:
        """Count a loop that the engine will run; texts of the values from outside that it uses."""
        captured = refuse_in_loop(body, variable)
        self._loops += 1
        if self._loops > 1:
            msg = "a second loop over a list"
            raise UnsafeCypher(msg, position(body), "Use UNWIND for one of them.")
        return [self.text(part) for part in captured]

    def _inside_loop(self, body: Tree[Token]) -> str:
        self._in_loop = True
        if body.data == "contains" and trees(body)[1].data != "string":
            value, part = (self.operand(operand, 6) for operand in trees(body))
            text = f"size({value}) - size(replace({value}, {part}, '')) >= size({part})"
        else:
            text = self.text(body)
        self._in_loop = False
        return text

    def _print_list_comprehension(self, tree: Tree[Token]) -> str:
        name, values, *rest = trees(tree)
        parts = {str(part.data): trees(part)[0] for part in rest}
        if "where" in parts:
            hint = "Use UNWIND ... WITH ... WHERE ... and collect()."
            msg = "a list comprehension with WHERE"
            raise UnsafeCypher(msg, position(parts["where"]), hint)
        body = parts.get("yields")
        if body is None:
            return self.text(values)
        if values.data == "list" and trees(values):
            return f"[{', '.join(self._each(token(name), values, body))}]"
        shown = property_of(body, token(name))
        if shown:
            self._needs_entity(values, "many")
            return f"properties({self.text(values)}, {string_literal(shown)})"
        if self._enter_loop(body, token(name)):
            hint = "Use UNWIND ... and collect()."
            msg = "a list comprehension with a value from outside"
            raise UnsafeCypher(msg, position(body), hint)
        return (
            f"list_transform({self.operand(values, 6)}, {self.variable_name(token(name))} -> {self._inside_loop(body)})"
        )

    def _each(self, name: str, values: Tree[Token], body: Tree[Token]) -> list[str]:
        """Text of ``body`` for each element of a list that is written out."""
        texts: list[str] = []
        for element in trees(values):
            texts.append(f"({self.text(replaced(body, name, element))})")
            if sum(map(len, texts)) > MAX_OUTPUT:
                msg = "the loop is too long for the embedded store"
                raise UnsafeCypher(msg, position(values), "Use IN.")
        return texts


def _can_be_equal(one: Tree[Token], other: Tree[Token]) -> bool:
    """Whether two relationships of a pattern may have one type."""
    return not types(one) or not types(other) or bool(types(one) & types(other))


def _ids(name: str) -> str:
    """List of the ids of the relationships of a path of variable length."""
    return f"properties(rels({name}), '_ID')"
