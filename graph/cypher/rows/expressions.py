"""The value of an expression in one row.

A row maps the names of variables to values. What was computed for all rows at once (subqueries, aggregates) stands in
the row under the ``id()`` of its tree, which no variable can have.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from graph.cypher.kinds import DAY_PARTS, TIME_PARTS
from graph.cypher.rows.functions import FUNCTIONS, OF_NULL, matches, moved
from graph.cypher.rows.numbers import computed, divided, power_of, remainder
from graph.cypher.rows.values import Duration, Edge, Node, Unanswerable, equal, every, is_less, some
from graph.cypher.tree import slice_bounds, token, trees

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["Row", "evaluate"]

Row = Mapping[str | int, Any]
Tested = bool | None
Evaluation = Callable[["Tree[Token]", Row], Any]

_COMPUTED_PARTS: dict[str, Callable[[date], int]] = {
    "quarter": lambda day: (day.month + 2) // 3,
    "week": lambda day: day.isocalendar().week,
    "dayOfWeek": date.isoweekday,
}


def evaluate(tree: Tree[Token], row: Row) -> Any:
    """Value of an expression; parameters stand in the row as ``$name``.

    Raises
    ------
    Unanswerable
        If Neo4j answers with an error.
    """
    if id(tree) in row:
        return row[id(tree)]
    return _EVALUATIONS[str(tree.data)](tree, row)


def _parts(tree: Tree[Token], row: Row) -> list[Any]:
    return [evaluate(part, row) for part in trees(tree)]


# --- truth values ----------------------------------------------------------------------------------------------------


def _exclusive(tree: Tree[Token], row: Row) -> Tested:
    parts = _parts(tree, row)
    return None if None in parts else sum(parts) % 2 == 1


def _negated(tree: Tree[Token], row: Row) -> Tested:
    (value,) = _parts(tree, row)
    return None if value is None else not value


def _negation(value: Tested) -> Tested:
    return None if value is None else not value


_COMPARISONS: dict[str, Callable[[Any, Any], Tested]] = {
    "=": equal,
    "<>": lambda left, right: _negation(equal(left, right)),
    "<": is_less,
    ">": lambda left, right: is_less(right, left),
    "<=": lambda left, right: some([is_less(left, right), equal(left, right)]),
    ">=": lambda left, right: some([is_less(right, left), equal(left, right)]),
}


def _comparison(tree: Tree[Token], row: Row) -> Tested:
    values = _parts(tree, row)
    signs = [str(child) for child in tree.children if isinstance(child, str)]
    pairs = itertools.pairwise(values)
    return every(_COMPARISONS[sign](left, right) for sign, (left, right) in zip(signs, pairs, strict=True))


def _in_list(tree: Tree[Token], row: Row) -> Tested:
    value, members = _parts(tree, row)
    return None if members is None else some(equal(value, member) for member in members)


def _of_texts(test: Callable[[str, str], bool]) -> Evaluation:
    def evaluation(tree: Tree[Token], row: Row) -> Tested:
        left, right = _parts(tree, row)
        return None if left is None or right is None else test(left, right)

    return evaluation


def _has_label(tree: Tree[Token], row: Row) -> Tested:
    value = row[token(tree)]
    names = [token(name) for name in trees(trees(tree)[0])]
    return None if value is None else (value.label if isinstance(value, Node) else value.type) in names


# --- numbers, texts, days --------------------------------------------------------------------------------------------


def _sum(tree: Tree[Token], row: Row) -> Any:
    signs = [str(child) for child in tree.children if isinstance(child, str)]
    first, *rest = _parts(tree, row)
    for sign, value in zip(signs, rest, strict=True):
        first = _added(first, sign, value)
    return first


def _added(left: Any, sign: str, right: Any) -> Any:
    if left is None or right is None:
        return None
    if isinstance(right, Duration):
        return moved(left, sign, right)
    if isinstance(left, list) or isinstance(right, list):
        first, second = (value if isinstance(value, list) else [value] for value in (left, right))
        return first + second
    if isinstance(left, str):
        return left + right
    return computed(left, "-" if sign == "-" else "+", right)


def _product(tree: Tree[Token], row: Row) -> Any:
    signs = [str(child) for child in tree.children if isinstance(child, str)]
    first, *rest = _parts(tree, row)
    for sign, value in zip(signs, rest, strict=True):
        if first is None or value is None:
            first = None
        elif sign == "*":
            first = computed(first, "*", value)
        else:
            first = divided(first, value) if sign == "/" else remainder(first, value)
    return first


def _power(tree: Tree[Token], row: Row) -> Any:
    first, *rest = _parts(tree, row)
    for value in rest:
        first = None if first is None or value is None else power_of(first, value)
    return first


def _sign(tree: Tree[Token], row: Row) -> Any:
    (value,) = _parts(tree, row)
    if value is None or str(tree.children[0]) != "-":
        return value
    return computed(0, "-", value) if isinstance(value, int) else -value


# --- parts of values -------------------------------------------------------------------------------------------------


def _access(tree: Tree[Token], row: Row) -> Any:
    base, *accessors = trees(tree)
    value = evaluate(base, row)
    for step in accessors:
        if value is None:
            return None
        match str(step.data):
            case "property":
                value = _under(value, token(trees(step)[0]))
            case "index":
                value = _element(value, evaluate(trees(step)[0], row))
            case _:
                value = _slice(value, step, row)
    return value


def _under(value: Any, key: str) -> Any:
    """What a node, relationship, map or day has under a name."""
    if isinstance(value, Node | Edge):
        return value.properties.get(key)
    if isinstance(value, date):
        if key not in (TIME_PARTS if isinstance(value, datetime) else DAY_PARTS):
            msg = f"A {'time' if isinstance(value, datetime) else 'day'} has no {key}."
            raise Unanswerable(msg)
        return _COMPUTED_PARTS[key](value) if key in _COMPUTED_PARTS else getattr(value, key)
    return value.get(key)


def _element(value: Any, place: Any) -> Any:
    if place is None:
        return None
    if isinstance(value, list):
        return value[place] if -len(value) <= place < len(value) else None
    return _under(value, place)


def _slice(values: list[Any], step: Tree[Token], row: Row) -> list[Any] | None:
    bounds = [evaluate(bound, row) if bound is not None else 0 for bound in slice_bounds(step)]
    if None in bounds:
        return None
    size = len(values)
    start, end = (max(0, size + bound) if bound < 0 else min(bound, size) for bound in bounds)
    return values[start : end if slice_bounds(step)[1] is not None else size]


def _list(tree: Tree[Token], row: Row) -> list[Any]:
    return _parts(tree, row)


def _map(tree: Tree[Token], row: Row) -> dict[str, Any]:
    return {token(key): evaluate(value, row) for key, value in map(trees, trees(tree))}


def _map_projection(tree: Tree[Token], row: Row) -> dict[str, Any] | None:
    base = row[token(tree)]
    if base is None:
        return None
    shown: dict[str, Any] = {}
    for part in trees(tree):
        match str(part.data):
            case "own_property":
                shown[token(trees(part)[0])] = _under(base, token(trees(part)[0]))
            case "own_variable":
                shown[token(part)] = row[token(part)]
            case "entry":
                key, value = trees(part)
                shown[token(key)] = evaluate(value, row)
            case _:
                whole = base if isinstance(base, dict) else FUNCTIONS["properties"](base)
                shown |= {name: value for name, value in whole.items() if name not in shown}
    return shown


# --- loops and choices -----------------------------------------------------------------------------------------------


def _members(tree: Tree[Token], name: Tree[Token], row: Row) -> Iterable[Row] | None:
    """A row for each member of a list."""
    values = evaluate(tree, row)
    return None if values is None else ({**row, token(name): value} for value in values)


def _quantifier(tree: Tree[Token], row: Row) -> Tested:
    name, values, where = trees(tree)
    members = _members(values, name, row)
    if members is None:
        return None
    results = [evaluate(trees(where)[0], member) for member in members]
    match token(tree).lower():
        case "any":
            return some(results)
        case "all":
            return every(results)
        case "none":
            return _negation(some(results))
    return False if results.count(True) > 1 else None if None in results else results.count(True) == 1


def _list_comprehension(tree: Tree[Token], row: Row) -> list[Any] | None:
    name, values, *rest = trees(tree)
    parts = {str(part.data): trees(part)[0] for part in rest}
    members = _members(values, name, row)
    if members is None:
        return None
    selected = (each for each in members if "where" not in parts or evaluate(parts["where"], each) is True)
    return [evaluate(parts["yields"], each) if "yields" in parts else each[token(name)] for each in selected]


def _reduce(tree: Tree[Token], row: Row) -> Any:
    result, start, name, values, body = trees(tree)
    members = _members(values, name, row)
    if members is None:
        return None
    value = evaluate(start, row)
    for member in members:
        value = evaluate(trees(body)[0], {**member, token(result): value})
    return value


def _case(tree: Tree[Token], row: Row) -> Any:
    for part in trees(tree):
        if part.data == "otherwise":
            return evaluate(trees(part)[0], row)
        condition, value = trees(part)
        if evaluate(condition, row) is True:
            return evaluate(value, row)
    return None


def _simple_case(tree: Tree[Token], row: Row) -> Any:
    subject, *parts = trees(tree)
    value = evaluate(subject, row)
    for part in parts:
        if part.data == "otherwise":
            return evaluate(trees(part)[0], row)
        wanted, result = trees(part)
        if equal(value, evaluate(wanted, row)) is True:
            return evaluate(result, row)
    return None


def _function(tree: Tree[Token], row: Row) -> Any:
    name, arguments = token(tree).lower(), trees(tree)
    if name == "exists" and arguments[0].data == "access":
        return evaluate(arguments[0], row) is not None
    values = [evaluate(argument, row) for argument in arguments]
    if name not in OF_NULL and None in values:
        return None
    return FUNCTIONS[name](*values)


_EVALUATIONS: dict[str, Evaluation] = {
    "disjunction": lambda tree, row: some(evaluate(part, row) for part in trees(tree)),
    "conjunction": lambda tree, row: every(evaluate(part, row) for part in trees(tree)),
    "exclusive": _exclusive,
    "negated": _negated,
    "comparison": _comparison,
    "in_list": _in_list,
    "starts_with": _of_texts(str.startswith),
    "ends_with": _of_texts(str.endswith),
    "contains": _of_texts(str.__contains__),
    "regex": _of_texts(matches),
    "is_null": lambda tree, row: evaluate(trees(tree)[0], row) is None,
    "is_not_null": lambda tree, row: evaluate(trees(tree)[0], row) is not None,
    "has_label": _has_label,
    "sum": _sum,
    "product": _product,
    "power": _power,
    "sign": _sign,
    "access": _access,
    "variable": lambda tree, row: row[token(tree)],
    "parameter": lambda tree, row: row[f"${token(tree)}"],
    "integer": lambda tree, _row: int(token(tree)),
    "float": lambda tree, _row: float(token(tree)),
    "string": lambda tree, _row: str(token(tree)),
    "true": lambda _tree, _row: True,
    "false": lambda _tree, _row: False,
    "null": lambda _tree, _row: None,
    "list": _list,
    "map": _map,
    "map_projection": _map_projection,
    "quantifier": _quantifier,
    "list_comprehension": _list_comprehension,
    "reduce": _reduce,
    "case": _case,
    "simple_case": _simple_case,
    "function": _function,
}
