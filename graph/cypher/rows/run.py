"""Run a query clause by clause: rows in, rows out.

Every step works on groups of rows at once, one for the query itself, one for each row of which a subquery is asked, so
that the engine is asked once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graph.cypher.rows.check import check_expressions
from graph.cypher.rows.expressions import Row, evaluate
from graph.cypher.rows.matching import Ask, Pattern, conjuncts, names_in
from graph.cypher.rows.projection import SUBQUERIES, ProjectedRow, Projection, top_most, variables_of
from graph.cypher.rows.reading import wanted_in
from graph.cypher.rows.shortest import shortest_paths, without_shortest
from graph.cypher.rows.values import as_key, shown
from graph.cypher.scope import pattern_variables
from graph.cypher.tree import as_pattern, call_parts, subquery_clauses, token, trees
from graph.schema import SCHEMA, Schema

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["TooManyRows", "require_answerable", "run"]

MOST_ROWS = 500_000
"""Rows between two clauses."""

Group = list[dict[Any, Any]]
Check = Callable[[str], object]
"""Raises `UnsafeCypher` for a text that the engine has no way to answer as Neo4j would."""


class TooManyRows(MemoryError):
    """More rows between two clauses than are held."""


def run(
    query: Tree[Token], ask: Ask, check: Check, parameters: Mapping[str, Any], schema: Schema = SCHEMA
) -> list[dict[str, Any]]:
    """Rows of a query that was parsed and checked.

    Parameters
    ----------
    query
        The query.
    ask
        Runs a part of it on the engine.
    check
        Refuses a part that the engine has no way to answer.
    parameters
        Values of its ``$parameters``.
    schema
        Labels and relationships of the graph.

    Raises
    ------
    UnsafeCypher
        If a pattern cannot be given to the engine.
    Unanswerable
        For a value that Neo4j answers with an error.
    TooManyRows
        If there are too many between two clauses.
    """
    check_expressions(query)
    runner = _Runner(ask, check, query, parameters, schema)
    parts = trees(trees(query)[0])
    rows: Group = []
    for single in (part for part in parts if part.data == "single_query"):
        rows += runner.clauses(trees(single), [[dict(runner.parameters)]], frozenset())[0][0]
    if any(part.data == "union_distinct" for part in parts):
        rows = list({_columns_key(row): row for row in reversed(rows)}.values())[::-1]
    return [{name: shown(row[name]) for name in variables_of(row)} for row in rows]


def require_answerable(query: Tree[Token], check: Check) -> None:
    """Refuse what :func:`run` could not answer, whatever the graph holds.

    Raises
    ------
    UnsafeCypher
        With what to write instead.
    """
    check_expressions(query)
    runner = _Runner(_nothing, check, query, {}, SCHEMA)
    for single in (part for part in trees(trees(query)[0]) if part.data == "single_query"):
        runner.clauses(trees(single), [], frozenset())


def _nothing(_text: str, _parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return iter(())


def _columns_key(row: Row) -> Any:
    return tuple(as_key(row[name]) for name in variables_of(row))


class _Runner:
    def __init__(
        self, ask: Ask, check: Check, query: Tree[Token], parameters: Mapping[str, Any], schema: Schema
    ) -> None:
        self._ask, self._check = ask, check
        self._wanted = wanted_in(query, schema)
        self.parameters: dict[str | int, Any] = {f"${name}": value for name, value in parameters.items()}

    def clauses(
        self, clauses: Sequence[Tree[Token]], groups: list[Group], scope: frozenset[str]
    ) -> tuple[list[Group], frozenset[str]]:
        """Groups after the clauses, and the variables that are known there."""
        for clause in clauses:
            match str(clause.data):
                case "match_clause" | "optional_match_clause":
                    groups, scope = self._match(clause, groups, scope)
                case "unwind_clause":
                    groups, scope = self._unwind(clause, groups, scope)
                case "call_clause":
                    groups, scope = self._call(clause, groups, scope)
                case _:
                    groups, scope = self._project(clause, groups, scope)
            if sum(map(len, groups)) > MOST_ROWS:
                msg = f"more than {MOST_ROWS:,} rows between two clauses"
                raise TooManyRows(msg)
        return groups, scope

    # --- clauses -----------------------------------------------------------------------------------------------

    def _match(
        self, clause: Tree[Token], groups: list[Group], scope: frozenset[str]
    ) -> tuple[list[Group], frozenset[str]]:
        pattern, *rest = trees(clause)
        where = trees(rest[0])[0] if rest else None
        extensions, after = self._extensions(pattern, where, _flat(groups), scope)
        if clause.data == "optional_match_clause":
            missing = dict.fromkeys(after - scope)
            extensions = [
                matches or [{**row, **missing}] for matches, row in zip(extensions, _flat(groups), strict=True)
            ]
        return _regrouped(groups, extensions), after

    def _extensions(
        self, pattern: Tree[Token], where: Tree[Token] | None, rows: Sequence[Row], scope: frozenset[str]
    ) -> tuple[list[Group], frozenset[str]]:
        """For each row, the rows that a pattern makes of it."""
        plain, shortest = without_shortest(pattern)
        conditions = conjuncts(where) if where is not None else []
        late = {token(trees(path)[0]) for path in shortest}
        groups, scope = self._matched(plain, [each for each in conditions if not names_in(each) & late], rows, scope)
        for path in shortest:
            late.discard(token(trees(path)[0]))
            due = [
                each for each in conditions if names_in(each) & {token(trees(path)[0])} and not names_in(each) & late
            ]
            groups = shortest_paths(
                path, groups, self._matched, lambda *matched, due=due: self._tested(due, *matched), scope
            )
            scope |= {token(trees(path)[0])}
        return groups, frozenset(name for name in scope if not name.startswith("s__"))

    def _matched(
        self, pattern: Tree[Token], conditions: Sequence[Tree[Token]], rows: Sequence[Row], scope: frozenset[str]
    ) -> tuple[list[Group], frozenset[str]]:
        """For each row, the rows that a pattern without shortest paths makes of it."""
        matcher = Pattern(pattern, conditions, scope, self._wanted)
        matcher.require_answerable(self._check)
        after = scope | set(pattern_variables(pattern))
        extensions: list[Group] = []
        total = 0
        for row, matches in zip(rows, matcher.find(rows, self._ask), strict=True):
            total += len(matches)
            if total > MOST_ROWS:
                msg = f"more than {MOST_ROWS:,} rows between two clauses"
                raise TooManyRows(msg)
            extensions.append([{**row, **match} for match in matches])
        return self._tested(matcher.rest, extensions, after), after

    def _tested(self, conditions: Sequence[Tree[Token]], groups: list[Group], scope: frozenset[str]) -> list[Group]:
        """The rows for which all conditions hold."""
        for condition in conditions:
            rows = self._attached([condition], _flat(groups), scope)
            holds = [evaluate(condition, row) is True for row in rows]
            filtered = [[row] if held else [] for row, held in zip(_flat(groups), holds, strict=True)]
            groups = _regrouped(groups, filtered)
        return groups

    def _unwind(
        self, clause: Tree[Token], groups: list[Group], scope: frozenset[str]
    ) -> tuple[list[Group], frozenset[str]]:
        values, name = trees(clause)
        rows = self._attached([values], _flat(groups), scope)
        made = [[{**row, token(name): value} for value in evaluate(values, row) or ()] for row in rows]
        return _regrouped(groups, made), scope | {token(name)}

    def _call(
        self, clause: Tree[Token], groups: list[Group], scope: frozenset[str]
    ) -> tuple[list[Group], frozenset[str]]:
        imported, inner = call_parts(clause)
        names = scope if imported is None else frozenset(imported)
        rows = _flat(groups)
        starts: list[Group] = [[self._only(row, names)] for row in rows]
        answers, returned = self.clauses(inner, starts, names)
        made = [
            [{**row, **{name: answer[name] for name in returned}} for answer in of_row]
            for row, of_row in zip(rows, answers, strict=True)
        ]
        return _regrouped(groups, made), scope | returned

    def _only(self, row: Row, names: frozenset[str]) -> dict[Any, Any]:
        return {**self.parameters, **{name: row[name] for name in names}}

    def _project(
        self, clause: Tree[Token], groups: list[Group], scope: frozenset[str]
    ) -> tuple[list[Group], frozenset[str]]:
        projection = Projection(clause)
        trees_ = [*projection.values, *(key for key, _ in projection.keys)]
        attached = _regrouped(groups, [[row] for row in self._attached(trees_, _flat(groups), scope)])
        names = frozenset(name for name, _ in projection.named(sorted(scope)))
        projected = [projection.project(group, self.parameters, sorted(scope)) for group in attached]
        if projection.where is None:
            return [[each.columns for each in group] for group in projected], names
        return self._filtered(projection.where, projected, scope | names), names

    def _filtered(self, where: Tree[Token], projected: list[list[ProjectedRow]], scope: frozenset[str]) -> list[Group]:
        flat = [each for group in projected for each in group]
        rows = self._attached([where], [each.seen for each in flat], scope)
        made = [[each.columns] if evaluate(where, row) is True else [] for each, row in zip(flat, rows, strict=True)]
        return _regrouped(projected, made)

    # --- subqueries --------------------------------------------------------------------------------------------

    def _attached(self, expressions: Sequence[Tree[Token]], rows: Sequence[Row], scope: frozenset[str]) -> Group:
        """The rows with what the subqueries of the expressions answer for each."""
        attached: Group = [dict(row) for row in rows]
        for expression in expressions:
            for tree in top_most(expression, lambda part: part.data in SUBQUERIES):
                for row, answer in zip(attached, self._answers(tree, rows, scope), strict=True):
                    row[id(tree)] = answer
        return attached

    def _answers(self, tree: Tree[Token], rows: Sequence[Row], scope: frozenset[str]) -> list[Any]:
        starts: list[Group] = [[dict(row)] for row in rows]
        match str(tree.data):
            case "exists" | "count":
                groups, _ = self.clauses(subquery_clauses(tree), starts, scope)
                return [len(group) if tree.data == "count" else bool(group) for group in groups]
            case "pattern_predicate":
                groups, _ = self._extensions(tree, None, _flat(starts), scope)
                return [bool(group) for group in groups]
            case "collect":
                groups, (name, *_) = self.clauses(trees(trees(tree)[0]), starts, scope)
                return [[row[name] for row in group] for group in groups]  # null too, which collect() leaves out
        path, *rest = trees(tree)
        where = trees(rest[0])[0] if len(rest) > 1 else None
        groups, after = self._extensions(as_pattern(path), where, _flat(starts), scope)
        shown_ = trees(rest[-1])[0]
        rows_ = self._attached([shown_], _flat(groups), after)
        values = [[evaluate(shown_, row)] for row in rows_]
        return _regrouped(groups, values)


def _flat(groups: Sequence[Sequence[Any]]) -> list[Any]:
    return [row for group in groups for row in group]


def _regrouped(groups: Sequence[Sequence[Any]], made: Sequence[Sequence[Any]]) -> list[Any]:
    """What was made of each row, in the groups of the rows."""
    following = iter(made)
    return [[new for _ in group for new in next(following)] for group in groups]
