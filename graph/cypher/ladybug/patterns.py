"""Patterns for the embedded engine: MATCH, OPTIONAL MATCH, EXISTS {} and COUNT {}.

The engine walks where Neo4j makes trails, and loses rows in patterns with conditions if it chooses their order itself
(:mod:`graph.cypher.ladybug.order`). MATCH clauses that follow each other are one pattern for it, so they are printed as
one; a condition across patterns, or on values from before, waits behind a WITH, over which the engine moves none.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from graph.cypher import scope as cypher_scope
from graph.cypher.ladybug import order
from graph.cypher.ladybug.loops import LadybugLoops
from graph.cypher.ladybug.outer import refuse_lost_rows
from graph.cypher.tree import (
    DIRECTIONS,
    as_match,
    equal,
    hops,
    is_long,
    own_name,
    position,
    property_of,
    steps,
    subquery_clauses,
    token,
    trees,
    types,
)
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from lark import Token, Tree

    from graph.cypher.scope import Scope


class Condition(NamedTuple):
    """A condition of a pattern."""

    text: str
    names: frozenset[str]
    """Variables that it uses."""
    tree: Tree[Token] | None = None
    """What it was printed from, if the query asks it."""

    @property
    def counts(self) -> bool:
        """Whether it holds COUNT {}, for which the engine forgets nodes without other properties and with none."""
        return self.tree is not None and next(self.tree.find_data("count"), None) is not None

    def fits(self, names: Collection[str], before: Collection[str]) -> bool:
        """Whether it can stand in the MATCH of a group with these ``names``, and needs nothing from ``before``."""
        return not self.counts and all(name in names and name not in before for name in self.names)


class LadybugPatterns(LadybugLoops):
    """Prints patterns; keeps the variables in sight and invents names for what has none and needs one."""

    def __init__(self, taken: Iterable[str]) -> None:
        super().__init__()
        self._taken = {name.lower() for name in taken}
        self._given: dict[int, str] = {}
        self._scope: Scope = {}

    # --- MATCH -------------------------------------------------------------------------------------------------

    def matches(self, clauses: Sequence[Tree[Token]]) -> str:
        """Text of MATCH clauses that follow each other; their variables are in sight afterwards."""
        before = self._scope
        groups = order.joined(path for clause in clauses for path in trees(trees(clause)[0]))
        if not _walks(groups, clauses):
            printed = []
            for clause in clauses:
                conditions = self._conditions([clause])
                waiting = [each for each in conditions if each.counts]
                conditions = [each for each in conditions if not each.counts]
                printed.append(
                    "MATCH " + self._pattern(trees(trees(clause)[0])) + _where(conditions) + self._after(waiting)
                )
            return " ".join(printed)
        waiting = self._conditions(clauses)
        printed = []
        for group in groups:
            bound = set(before)
            for each in waiting:
                if (seed := self._seed(each, group, before)) and not {seed} & bound:
                    bound.add(seed)
                    labels = "".join(self.text(part) for part in _labels_of(group, seed))
                    printed.append(f"MATCH ({self.variable_name(seed)}{labels}) WHERE {each.text}")
                    waiting = [other for other in waiting if other is not each]
                    break
            here = [each for each in waiting if each.fits(group.names, before)]
            waiting = [each for each in waiting if not each.fits(group.names, before)]
            printed.append("MATCH " + self._ordered_pattern(group, here, bound))
        return " ".join(printed) + self._after(waiting)

    def _after(self, waiting: Sequence[Condition]) -> str:
        """Conditions behind a WITH, if there are any."""
        if not waiting:
            return ""
        return self.barrier(name for each in waiting for name in each.names) + _where(waiting)

    def barrier(self, also: Iterable[str] = ()) -> str:
        """A WITH of all that is in sight: the engine's planner does not look over it."""
        names = sorted({*self._scope, *also})
        return f" WITH {', '.join(self.variable_name(name) for name in names)}" if names else ""

    def _seed(self, condition: Condition, group: order.Joined, before: Collection[str]) -> str:
        """The node that a condition finds by its id, which is a value from before; empty if it does not."""
        if condition.tree is None or condition.tree.data != "comparison" or [*_signs(condition.tree)] != ["="]:
            return ""
        for side, value in itertools.permutations(trees(condition.tree)):
            own = next((name for name in sorted(condition.names) if property_of(side, name) == "id"), "")
            used = self._names(value)
            if own in group.names and own not in before and used and all(name in before for name in used):
                return own
        return ""

    def _ordered_pattern(self, group: order.Joined, conditions: Sequence[Condition], bound: Collection[str]) -> str:
        if len(group.relationships) < order.STEPS:
            return self._pattern(group.paths) + _where(conditions)
        parsed = [each.tree for each in conditions if each.tree is not None]
        hint = order.hint(group, parsed, self._name_of, bound, self.variable_name)
        return self._pattern(group.paths) + _where(conditions) + hint

    # --- OPTIONAL MATCH, EXISTS {}, COUNT {} -------------------------------------------------------------------

    def _print_optional_match_clause(self, tree: Tree[Token]) -> str:
        if (path := next(tree.find_data("named_path"), None)) is not None:
            msg = f"the path {token(trees(path)[0])} of OPTIONAL MATCH, which is not null here where nothing is found"
            raise UnsafeCypher(msg, position(path), "Name its nodes and relationships instead, or use MATCH.")
        return "OPTIONAL MATCH " + self._inner([tree])

    def _print_exists(self, tree: Tree[Token]) -> str:
        return f"EXISTS {{ MATCH {self._inner(subquery_clauses(tree))} }}"

    def _print_count(self, tree: Tree[Token]) -> str:
        return f"COUNT {{ MATCH {self._inner(subquery_clauses(tree))} }}"

    def _print_pattern_predicate(self, tree: Tree[Token]) -> str:
        return f"EXISTS {{ MATCH {self._inner([as_match(tree)])} }}"

    def _inner(self, clauses: Sequence[Tree[Token]]) -> str:
        """Patterns of the clauses with all their conditions, joined to rows from outside."""
        before, known = self._scope, self.entities
        for clause in clauses:
            pattern, *where = trees(clause)
            for part in [*where, *pattern.find_data("where")]:
                refuse_lost_rows(trees(part)[0], before)
        groups = order.joined(path for clause in clauses for path in trees(trees(clause)[0]))
        walks = _walks(groups, clauses)
        conditions = self._conditions(clauses)
        paths = [path for group in groups for path in group.paths]
        if not walks:
            text = self._pattern(paths) + _where(conditions)
        elif len(groups) > 1:
            msg = "several patterns, with a condition, in OPTIONAL MATCH or EXISTS {}"
            raise UnsafeCypher(msg, position(clauses[0]), "Write one connected pattern, or use MATCH.")
        else:
            outer = [each for each in conditions if each.names & before.keys()]
            if outer and len(outer) < len(conditions):
                # The engine takes no order where a condition asks for a value from outside.
                msg = (
                    "several relationships in OPTIONAL MATCH or EXISTS {}, with a condition on a value from outside "
                    "beside another one"
                )
                hint = "Ask it in a WHERE before, use MATCH, or write one OPTIONAL MATCH for each relationship."
                raise UnsafeCypher(msg, position(clauses[0]), hint)
            text = (
                self._pattern(paths) + _where(conditions)
                if outer
                else self._ordered_pattern(groups[0], conditions, before)
            )
        self._scope, self.entities = before, known
        return text

    # --- what both have ----------------------------------------------------------------------------------------

    def _conditions(self, clauses: Sequence[Tree[Token]]) -> list[Condition]:
        """All conditions of the clauses, whose variables come into sight.

        Properties are conditions too: the engine asks for those in a pattern anew wherever the node is named again.
        """
        conditions: list[Condition] = []
        for clause in clauses:
            pattern = trees(clause)[0]
            self.undirected |= {name for part in pattern.find_data("any_direction") if (name := own_name(part))}
            conditions += self._distinct_relationships(pattern)
            self._scope = cypher_scope.after(clause, self._scope)
            self.entities = cypher_scope.entities(clause, self.entities)
        for clause in clauses:
            pattern, *where = trees(clause)
            for part in (part for path in trees(pattern) for part in steps(path)):
                for child in trees(part):
                    if child.data == "where":
                        conditions += self._conjuncts(trees(child)[0])
                    elif child.data == "map" and not is_long(part):
                        conditions += self._compared(part, child)
            for each in where:
                conditions += self._conjuncts(trees(each)[0])
        return conditions

    def _conjuncts(self, condition: Tree[Token]) -> list[Condition]:
        parts = trees(condition) if condition.data == "conjunction" else [condition]
        return [Condition(self.condition(part, 3), self._names(part), part) for part in parts]

    def _compared(self, part: Tree[Token], properties: Tree[Token]) -> list[Condition]:
        conditions = []
        for entry in trees(properties):
            conditions += self._conjuncts(equal(part.__class__, self._name_of(part), *trees(entry)))
        return conditions

    def _names(self, tree: Tree[Token]) -> frozenset[str]:
        """Variables in sight that an expression uses."""
        used = set()
        for part in tree.iter_subtrees():
            if part.data in ("variable", "has_label"):
                used.add(token(part))
            elif part.data == "node" or part.data in DIRECTIONS:
                used.add(own_name(part))
        taken = set(self._given.values())
        return frozenset(name for name in used if name in self._scope or name in taken)

    def _distinct_relationships(self, pattern: Tree[Token]) -> list[Condition]:
        """Conditions that make one pattern use each relationship once."""
        relationships = [part for path in trees(pattern) for part in steps(path) if part.data in DIRECTIONS]
        seen = set(self._scope)
        for part in relationships:
            if own_name(part) in seen:
                msg = f"the relationship {own_name(part)} is matched twice"
                raise UnsafeCypher(msg, position(part), "Give the second one its own name.")
            seen |= {own_name(part)} - {""}
        conditions = []
        for left, right in itertools.combinations(relationships, 2):
            if not _can_be_equal(left, right):
                continue
            names = self._name_of(left), self._name_of(right)
            first, second = map(self.variable_name, names)
            match is_long(left), is_long(right):
                case False, False:
                    text = f"id({first}) <> id({second})"
                case True, True:
                    text = f"NOT list_has_any({_ids(first)}, {_ids(second)})"
                case True, False:
                    text = f"NOT list_contains({_ids(first)}, id({second}))"
                case _:
                    text = f"NOT list_contains({_ids(second)}, id({first}))"
            conditions.append(Condition(text, frozenset(names)))
        return conditions

    def _name_of(self, part: Tree[Token]) -> str:
        """The name of a node or relationship, made up if it has none."""
        name = own_name(part) or self._given.get(id(part))
        if name is None:
            name = self._given[id(part)] = self._free_name("r" if part.data in DIRECTIONS else "n")
        return name

    def _free_name(self, letter: str = "r") -> str:
        """A name that the query does not use."""
        candidates = (f"{letter}{count}" for count in itertools.count(1))
        name = next(name for name in candidates if name not in self._taken)
        self._taken.add(name)
        return name

    def _pattern(self, paths: Iterable[Tree[Token]]) -> str:
        return ", ".join(self.text(path) for path in paths)

    def pattern_inside(self, tree: Tree[Token]) -> str:
        """As in Neo4j, with a name for what needs one, and without conditions, which stand in WHERE."""
        text = self.variable_name(self._given[id(tree)]) if id(tree) in self._given else ""
        for child in trees(tree):
            match str(child.data):
                case "name":
                    text += self.variable_name(token(child))
                case "map" if is_long(tree):
                    hint = "Name the path and use all(r IN relationships(p) WHERE ...)."
                    msg = "properties on a path of variable length"
                    raise UnsafeCypher(msg, position(child), hint)
                case "where" | "map":
                    pass
                case "hops_exact" | "hops_bounded" if own_name(tree):
                    reason = f"{own_name(tree)} names a path of variable length"
                    raise UnsafeCypher(reason, position(child), "Write MATCH p = ... and relationships(p).")
                case _:
                    text += self.text(child)
        return text

    def _print_hops_exact(self, tree: Tree[Token]) -> str:
        return "* TRAIL {}..{}".format(*hops(tree))

    _print_hops_bounded = _print_hops_exact


def _where(conditions: Sequence[Condition]) -> str:
    return " WHERE " + " AND ".join(each.text for each in conditions) if conditions else ""


def _walks(groups: Sequence[order.Joined], clauses: Sequence[Tree[Token]]) -> bool:
    """Whether there are connected relationships with conditions."""
    if not any(len(group.relationships) >= order.STEPS for group in groups):
        return False
    paths = [path for group in groups for path in group.paths]
    if order.has_conditions(paths) or any(len(trees(clause)) > 1 for clause in clauses):
        return True
    for clause in clauses:
        relationships = [part for path in trees(trees(clause)[0]) for part in steps(path) if part.data in DIRECTIONS]
        if any(_can_be_equal(first, second) for first, second in itertools.combinations(relationships, 2)):
            return True
    return False


def _labels_of(group: order.Joined, name: str) -> list[Tree[Token]]:
    """The labels of a node, where it has some."""
    labels = (
        child for node in group.nodes if own_name(node) == name for child in trees(node) if child.data == "labels"
    )
    return [*labels][:1]


def _signs(comparison: Tree[Token]) -> Iterable[str]:
    return (str(child) for child in comparison.children if isinstance(child, str))


def _can_be_equal(first: Tree[Token], second: Tree[Token]) -> bool:
    """Whether two relationships of a pattern may have one type."""
    return not types(first) or not types(second) or bool(types(first) & types(second))


def _ids(name: str) -> str:
    """List of the ids of the relationships of a path of variable length."""
    return f"properties(rels({name}), '_ID')"
