"""MATCH for rows that are there: the engine is asked for the pattern, once for all rows.

What the engine answers like Neo4j of the conditions goes along; the others are tested on the rows that come back.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.cypher.printer import to_text
from graph.cypher.rows.expressions import Row, evaluate
from graph.cypher.rows.projection import SUBQUERIES
from graph.cypher.rows.reading import Reading, Wanted
from graph.cypher.rows.values import Node, Unanswerable, as_key
from graph.cypher.tree import DIRECTIONS, equal, is_long, own_name, position, steps, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["Ask", "Pattern", "conjuncts", "names_in"]

Ask = Callable[[str, Mapping[str, Any]], Iterator[Mapping[str, Any]]]
"""Gives the engine's rows for a text that the guard accepts, and parameters."""
MOST_PUSHED = 2_000
"""Values of a join that are given to the engine; with more, it reads all of the label."""


def names_in(tree: Tree[Token]) -> frozenset[str]:
    """Names of variables in an expression, those that it binds itself included."""
    names = set()
    for part in tree.iter_subtrees():
        if part.data in ("variable", "has_label", "map_projection", "own_variable"):
            names.add(token(part))
        elif part.data == "node" or part.data in DIRECTIONS:
            names.add(own_name(part))
    return frozenset(names - {""})


def conjuncts(tree: Tree[Token]) -> list[Tree[Token]]:
    """The conditions that must all hold."""
    return [each for part in trees(tree) for each in conjuncts(part)] if tree.data == "conjunction" else [tree]


MOST_TRIED = 20
"""Conditions that are offered to the engine one by one where it does not answer all of them."""


class _Join(NamedTuple):
    """A property of the pattern that equals a value of the row."""

    access: Tree[Token]
    value: Tree[Token]


class _Found(NamedTuple):
    """What a pattern matches for one row: variables that it binds."""

    key: tuple[Any, ...]
    values: dict[str, Any]


class Pattern:
    """The paths of a MATCH, without those that are shortest paths.

    Parameters
    ----------
    pattern, conditions
        Of the clause; all conditions must hold.
    bound
        Variables of the rows.
    wanted
        What of a node is asked for.

    Raises
    ------
    UnsafeCypher
        If the engine cannot match it.
    """

    def __init__(
        self, pattern: Tree[Token], conditions: Sequence[Tree[Token]], bound: frozenset[str], wanted: Wanted
    ) -> None:
        self._wanted = wanted
        self._names: dict[str, Tree[Token]] = {}
        self._moved: list[Tree[Token]] = []
        fresh = (f"n__{count}" for count in itertools.count(1))
        self._paths = [self._path(path, fresh, bound) for path in trees(pattern)]
        self._path_names = [token(trees(path)[0]) for path in trees(pattern) if path.data == "named_path"]
        own = {*self._names, *self._path_names}
        self.bound = sorted(own & bound)
        self._shown = {name for name in own - bound if not name.startswith("n__")}
        known = own | bound
        self._joins: list[_Join] = []
        self._conditions: list[Tree[Token]] = []
        self.rest: list[Tree[Token]] = []
        """Conditions that are to be tested on the rows that come back."""
        self._drop_known(bound)
        for condition in [*self._moved, *conditions]:
            if not names_in(condition) & known <= own or _asks_for_path(condition, self._path_names):
                join = _join(condition, own - set(self._path_names), bound)
                self._joins += [join] if join else []
                self.rest += [] if join else [condition]
            else:
                self._conditions.append(condition)

    def _drop_known(self, bound: frozenset[str]) -> None:
        """Leave out paths that are one bound node: it is there; that it has such a label is a condition on the row."""
        for path in list(self._paths):
            nodes = steps(path)
            if path.data != "named_path" and len(nodes) == 1 and own_name(nodes[0]) in bound:
                self._paths.remove(path)
                for labels in (part for part in trees(nodes[0]) if part.data == "labels"):
                    name = next(child for child in trees(nodes[0])[0].children if isinstance(child, str))
                    self.rest.append(path.__class__("has_label", [name, labels]))

    def _path(self, path: Tree[Token], fresh: Iterator[str], bound: frozenset[str]) -> Tree[Token]:
        """A path whose nodes and relationships have names, and whose computed conditions are taken out."""
        if path.data == "named_path":
            name, inner = trees(path)
            return path.__class__("named_path", [name, *_signs(path), self._path(inner, fresh, bound)])
        return path.__class__("path", [self._step(part, fresh, bound) for part in steps(path)])

    def _step(self, part: Tree[Token], fresh: Iterator[str], bound: frozenset[str]) -> Tree[Token]:
        from lark import Token

        is_edge = part.data in DIRECTIONS
        name = own_name(part)
        if not name and (_has_entries(part) or (self._wanted.whole and not is_edge)):
            name = next(fresh)
        if is_edge and name in bound:
            msg = f"the relationship {name} is matched again"
            raise UnsafeCypher(msg, position(part), "Match it once, or compare the nodes at its ends.")
        children: list[Any] = []
        for child in trees(part):
            if child.data == "where":
                self._moved += conjuncts(trees(child)[0])
            elif child.data == "map":
                for entry in trees(child):
                    self._moved.append(equal(part.__class__, name, *trees(entry)))
            elif child.data != "name":
                children.append(child)
        if is_long(part) and name:
            msg = "a name or properties on a path of variable length"
            raise UnsafeCypher(msg, position(part), "Write MATCH p = ... and relationships(p).")
        if not name:
            return part.__class__(part.data, children)
        self._names.setdefault(name, part)
        return part.__class__(part.data, [part.__class__("name", [Token("NAME", name, position(part))]), *children])

    def find(self, rows: Sequence[Row], ask: Ask) -> list[list[dict[str, Any]]]:
        """For each row, the values of the variables of the pattern, once for each match."""
        keys = [self._key(row) for row in rows]
        wanted = {key for key in keys if key is not None}
        if not wanted:
            return [[] for _ in rows]
        if not self._paths:
            return [[{}] if key is not None else [] for key in keys]
        matches: dict[Any, list[dict[str, Any]]] = {}
        for match in self._ask(rows, wanted, ask):
            matches.setdefault(match.key, []).append(match.values)
        return [matches.get(key, []) if key is not None else [] for key in keys]

    def _key(self, row: Row) -> tuple[Any, ...] | None:
        """What a match must have in common with a row; none if it cannot."""
        nodes = [row[name] for name in self.bound]
        if other := next((node for node in nodes if node is not None and not isinstance(node, Node)), None):
            msg = f"MATCH from {other!r:.60}, which is no node; bind it with MATCH before."
            raise Unanswerable(msg)
        values = [evaluate(join.value, row) for join in self._joins]
        if None in nodes or None in values:
            return None
        return (*nodes, *map(as_key, values))

    def _ask(self, rows: Sequence[Row], wanted: set[tuple[Any, ...]], ask: Ask) -> Iterator[_Found]:
        parameters: dict[str, Any] = {}
        start, extra = self._starts(wanted, parameters)
        for place, join in enumerate(self._joins):
            values = {key[len(self.bound) + place]: None for key in wanted}
            if len(values) <= MOST_PUSHED and all(isinstance(value, str | int) for value in values):
                parameters[f"j__{place}"] = list(values)
                extra.append(f"{to_text(join.access)} IN $j__{place}")
        reading = Reading(self._names, self._path_names, self.bound, self._wanted)
        body = f"MATCH {', '.join(map(to_text, self._paths))}"
        ending = f"RETURN {', '.join(reading.columns)}"
        from_user = {name[1:]: value for name, value in rows[0].items() if isinstance(name, str) and name[0] == "$"}
        conditions = [f"({to_text(condition)})" for condition in self._conditions]
        where = [*extra, *conditions]
        text = f"{start} {body}{' WHERE ' if where else ''}{' AND '.join(where)} {ending}"
        for raw in ask(text, {**from_user, **parameters}):
            bound: dict[Any, Any] = {**reading.values(raw)}
            key = (*(bound[name] for name in self.bound), *(as_key(evaluate(j.access, bound)) for j in self._joins))
            yield _Found(key, {name: value for name, value in bound.items() if name in self._shown})

    def _starts(self, wanted: set[tuple[Any, ...]], parameters: dict[str, Any]) -> tuple[str, list[str]]:
        """Text that binds the nodes of the rows, and conditions on further ones."""
        text, conditions = "", []
        for place, name in enumerate(self.bound):
            ids = sorted({key[place].id for key in wanted})
            parameters[f"b__{place}"] = ids
            quoted = to_text(self._names[name].__class__("variable", [_name(name)]))
            if place == 0:
                labels = "|".join(sorted({key[0].label for key in wanted}))
                text = f"UNWIND $b__0 AS id__ MATCH ({quoted}:{labels}) WHERE {quoted}.id = id__"
            elif len(ids) <= MOST_PUSHED:
                conditions.append(f"{quoted}.id IN $b__{place}")
            else:
                del parameters[f"b__{place}"]
        return text, conditions

    def require_answerable(self, check: Callable[[str], object]) -> None:
        """Move the conditions that the engine answers otherwise to those that are tested here."""
        if not self._paths:
            self.rest += self._conditions
            return
        body = f"MATCH {', '.join(map(to_text, self._paths))}"
        check(f"{body} RETURN 1 AS one")
        try:
            check(f"{body}{_where(self._conditions)} RETURN 1 AS one")
        except UnsafeCypher:
            untested, self._conditions = self._conditions, []
            for condition in untested[:MOST_TRIED]:
                try:
                    check(f"{body}{_where([condition])} RETURN 1 AS one")
                except UnsafeCypher:
                    self.rest.append(condition)
                else:
                    self._conditions.append(condition)
            self.rest += untested[MOST_TRIED:]


def _where(conditions: Sequence[Tree[Token]]) -> str:
    return f" WHERE {' AND '.join(f'({to_text(each)})' for each in conditions)}" if conditions else ""


def _has_entries(part: Tree[Token]) -> bool:
    return any(child.data in ("map", "where") for child in trees(part))


def _name(name: str) -> Token:
    from lark import Token

    return Token("NAME", name)


def _signs(path: Tree[Token]) -> list[Any]:
    return [child for child in path.children if isinstance(child, str)]


def _asks_for_path(condition: Tree[Token], names: Sequence[str]) -> bool:
    return bool(names_in(condition) & set(names))


def _join(condition: Tree[Token], own: set[str], bound: frozenset[str]) -> _Join | None:
    """The condition as ``own.property = value of the row``, if it is that."""
    if condition.data != "comparison" or [str(sign) for sign in _signs(condition)] != ["="]:
        return None
    left, right = trees(condition)
    for side, other in ((left, right), (right, left)):
        if side.data != "access" or [part.data for part in trees(side)] != ["variable", "property"]:
            continue
        alone = token(trees(side)[0]) in own - bound and not names_in(other) & (own - bound)
        if alone and not any(part.data in SUBQUERIES for part in other.iter_subtrees()):
            return _Join(side, other)
    return None
