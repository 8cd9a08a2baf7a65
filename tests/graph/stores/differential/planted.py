"""Faults that are planted into what computes rows: generated questions have to show each of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from graph import guard
from graph.cypher.rows import aggregates, expressions, projection, run, shortest
from graph.cypher.rows.values import Duration
from graph.cypher.tree import token, trees
from graph.schema import SCHEMA
from graph.stores.ladybug.child_main import answer
from graph.stores.ladybug.request import written

from .generated_queries import Question

Fault = Callable[[pytest.MonkeyPatch], str]
"""Plants itself, and names the construct of the questions that should show it."""


def in_process(connection: Any, question: Question) -> list[dict[str, Any]] | None:
    """Rows by the code of this process, which a test may change; None if it fails."""
    plan = guard.plan(question.cypher, schema=SCHEMA, parameters=question.parameters)
    request = {"engine": plan.engine, "rows": plan.rows, "params": written(dict(question.parameters))}
    found = answer(connection, {**request, "limit": 100_000, "timeout": 60})
    rows: list[dict[str, Any]] | None = found.get("rows")
    return rows


def _evaluation(patch: pytest.MonkeyPatch, rule: str, changed: Callable[[Any, Any], Any]) -> None:
    patch.setitem(expressions._EVALUATIONS, rule, changed)


def a_condition_in_a_list_is_ignored(patch: pytest.MonkeyPatch) -> str:
    right = expressions._EVALUATIONS["list_comprehension"]

    def wrong(tree: Any, row: Any) -> Any:
        return right(tree.__class__(tree.data, [part for part in tree.children if part.data != "where"]), row)

    _evaluation(patch, "list_comprehension", wrong)
    return "list_where"


def a_sum_forgets_the_last_member(patch: pytest.MonkeyPatch) -> str:
    right = expressions._members
    patch.setattr(expressions, "_members", lambda *found: (rows := right(*found)) and list(rows)[:-1])
    return "reduced"


def single_is_any(patch: pytest.MonkeyPatch) -> str:
    right = expressions._EVALUATIONS["quantifier"]

    def wrong(tree: Any, row: Any) -> Any:
        named = [part if isinstance(part, type(tree)) else part.update(value="any") for part in tree.children]
        return right(tree.__class__(tree.data, named) if token(tree).lower() == "single" else tree, row)

    _evaluation(patch, "quantifier", wrong)
    return "loop_over_nodes"


def a_sample_is_a_population(patch: pytest.MonkeyPatch) -> str:
    patch.setitem(aggregates._AGGREGATES, "stdev", aggregates._deviation(0))
    return "deviation"


def null_is_the_smallest(patch: pytest.MonkeyPatch) -> str:
    patch.setattr(projection, "as_sort_key", lambda value: (value is not None, value if value is not None else 0))
    return "ordered_before"


def weeks_begin_on_sunday(patch: pytest.MonkeyPatch) -> str:
    patch.setitem(expressions._COMPUTED_PARTS, "week", lambda day: int(day.strftime("%U")))
    return "parts_of_a_day"


def a_month_has_30_days(patch: pytest.MonkeyPatch) -> str:
    def wrong(day: date, sign: str, length: Duration) -> date:
        return day + (1 if sign == "+" else -1) * timedelta(days=30 * length.months + length.days)

    patch.setattr(expressions, "moved", wrong)
    return "durations"


def one_of_the_shortest_paths_is_lost(patch: pytest.MonkeyPatch) -> str:
    right = shortest.shortest_of
    patch.setattr(shortest, "shortest_of", lambda path: "one" if right(path) else "")
    return "shortest"


def a_projection_forgets_its_last_entry(patch: pytest.MonkeyPatch) -> str:
    right = expressions._EVALUATIONS["map_projection"]
    _evaluation(patch, "map_projection", lambda tree, row: right(tree.__class__(tree.data, tree.children[:-1]), row))
    return "map_projection"


def a_list_begins_at_its_second_member(patch: pytest.MonkeyPatch) -> str:
    right = expressions._element
    patch.setattr(expressions, "_element", lambda value, place: right(value, place + 1))
    return "list_where"


def a_subquery_gives_each_value_once(patch: pytest.MonkeyPatch) -> str:
    right = run.run

    def wrong(query: Any, *more: Any) -> Any:
        query = copy.deepcopy(query)  # parsed queries are shared
        for part in query.iter_subtrees():
            if part.data == "collect":
                shown = trees(trees(part)[0])[-1]
                shown.children = [part.__class__("distinct", []), *(c for c in shown.children if c.data != "distinct")]
        return right(query, *more)

    patch.setattr(run, "run", wrong)
    return "collect_subquery"


FAULTS: tuple[Fault, ...] = (
    a_condition_in_a_list_is_ignored, a_sum_forgets_the_last_member, single_is_any, a_sample_is_a_population,
    null_is_the_smallest, weeks_begin_on_sunday, a_month_has_30_days, one_of_the_shortest_paths_is_lost,
    a_projection_forgets_its_last_entry, a_list_begins_at_its_second_member, a_subquery_gives_each_value_once,
)  # fmt: skip
