"""Variables that a clause sees, and bounds on how large their values can grow.

A query of 20 kB can double a string in each WITH, until the server runs out of memory within one expression, where no
limit is checked. So every variable has a weight: 1 for a value that is read from the graph, the sum of the operands for
a concatenation, and so on. It bounds the size of a value in units of the largest value that was read, and is itself
bounded. The weight is of the text alone; no query is run for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.cypher.functions import FUNCTIONS
from graph.cypher.tree import as_pattern, call_parts, column_name, own_name, position, steps, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

MAX_WEIGHT = 1_000
UNKNOWN_GROWTH = 100
"""Growth by replace() where the texts are not literals: most queries stay below the bound, two nested ones do not."""

Scope = dict[str, int]
_NUMBERS_AND_TRUTH = frozenset([
    "integer", "float", "true", "false", "null", "comparison", "in_list", "starts_with", "ends_with", "contains",
    "regex", "is_null", "is_not_null", "negated", "disjunction", "exclusive", "conjunction", "product", "power",
    "sign", "has_label", "count_rows",
])  # fmt: skip


def after(clause: Tree[Token], scope: Scope) -> Scope:
    """Variables that are visible after ``clause``, with their weights; ``scope`` are those before it.

    Raises
    ------
    UnsafeCypher
        If a value could grow beyond ``MAX_WEIGHT`` times what was read.
    """
    match str(clause.data):
        case "match_clause" | "optional_match_clause":
            return scope | dict.fromkeys(pattern_variables(trees(clause)[0]), 1)
        case "unwind_clause":
            values, name = trees(clause)
            return scope | {token(name): max(1, weigh(values, scope))}  # a member is no larger than its list
        case "call_clause":
            return scope | dict.fromkeys(returned_names(clause), 1)
        case _:
            projected: Scope = {}
            columns = next(part for part in trees(clause) if part.data == "columns")
            for column in trees(columns):
                if column.data == "star":
                    projected |= scope
                else:
                    projected[column_name(column)] = max(1, weigh(trees(column)[0], scope))
            return projected


def returned_names(call: Tree[Token]) -> list[str]:
    """Names of the columns that a CALL returns."""
    columns = next(part for part in trees(call_parts(call)[1][-1]) if part.data == "columns")
    return [name for column in trees(columns) if column.data == "column" and (name := column_name(column))]


def pattern_variables(pattern: Tree[Token]) -> list[str]:
    """Names that a pattern binds, in the order of the text."""
    names: list[str] = []
    for path in trees(pattern):
        if path.data == "named_path":
            names.append(token(trees(path)[0]))
        names += [name for step in steps(path) if (name := own_name(step))]
    return names


def weigh(tree: Tree[Token], scope: Scope) -> int:
    """Bound the size of the value of ``tree``, in units of the largest value that was read.

    Raises
    ------
    UnsafeCypher
        If it is more than ``MAX_WEIGHT``.
    """
    weight = _weight(tree, scope)
    if weight > MAX_WEIGHT:
        msg = f"the value could grow to more than {MAX_WEIGHT} times what was read"
        raise UnsafeCypher(
            msg,
            position(tree),
            "Do not add a text or list to itself again and again.",
        )
    return weight


def _weight(tree: Tree[Token], scope: Scope) -> int:
    parts = trees(tree)
    match str(tree.data):
        case "variable":
            return scope.get(token(tree), 1)
        case "parameter":
            return 1
        case "string":
            return 0
        case "quantifier":
            name, values, where = parts
            weigh(where, scope | {token(name): weigh(values, scope)})
            return 0
        case "exists" | "count" | "pattern_predicate":
            return 0
        case "collect":
            return 1
        case "pattern_comprehension":
            path, *rest = parts
            inside = scope | dict.fromkeys(pattern_variables(as_pattern(path)), 1)
            return max([1, *(weigh(trees(part)[0], inside) for part in rest if part.data == "yields")])
        case "map_projection":
            return 1 + sum(weigh(trees(part)[1], scope) for part in parts if part.data == "entry")
        case "reduce":
            result, start, name, values, body = parts
            size = weigh(values, scope)
            each = weigh(trees(body)[0], scope | {token(result): 0, token(name): size})
            return weigh(start, scope) + max(1, size) * max(1, each)
        case rule if rule in _NUMBERS_AND_TRUTH:
            for part in parts:
                weigh(part, scope)
            return 0
        case "access":
            return max(1, weigh(parts[0], scope))
        case "function":
            return _function_weight(tree, scope)
        case "list_comprehension":
            name, values, *rest = parts
            inner = weigh(values, scope)
            # The list may have as many members as its weight allows, or its members may be that large: the product.
            yielded = [weigh(trees(part)[0], scope | {token(name): inner}) for part in rest if part.data == "yields"]
            return max([1, inner, *(max(1, inner) * weight for weight in yielded)])
        case "case" | "simple_case":
            results = [trees(part)[-1] for part in parts if part.data in ("when", "otherwise")]
            return max(weigh(result, scope) for result in results)
        case _:
            return sum(weigh(part, scope) for part in parts if part.data not in ("name", "distinct", "labels"))


def _function_weight(tree: Tree[Token], scope: Scope) -> int:
    arguments = [part for part in trees(tree) if part.data != "distinct"]
    weights = [weigh(part, scope) for part in arguments]
    name = token(tree).lower()
    if name == "replace" and len(arguments) == len(("text", "search", "by")):
        return max(1, weights[0]) * _growth(arguments[1], arguments[2]) * max(1, weights[2])
    function = FUNCTIONS.get(name)
    return max([1, *weights]) if function is not None and function.size == "inherited" else 1


def _growth(search: Tree[Token], by: Tree[Token]) -> int:
    """Bound the factor by which a text can grow if each ``search`` in it is replaced."""
    if search.data != "string" or by.data != "string":
        return UNKNOWN_GROWTH
    return 1 + len(token(by)) // max(1, len(token(search)))


def times_taken(name: str, tree: Tree[Token]) -> int:
    """How often the value of a variable may stand in the value of ``tree``; conditions hold no part of it."""
    if tree.data == "variable":
        return int(token(tree) == name)
    if tree.data in _NUMBERS_AND_TRUTH:
        return 0
    if tree.data in ("case", "simple_case"):
        results = [trees(part)[-1] for part in trees(tree) if part.data in ("when", "otherwise")]
        return max(times_taken(name, result) for result in results)
    return sum(times_taken(name, part) for part in trees(tree))


def entities(clause: Tree[Token], known: dict[str, str]) -> dict[str, str]:
    """Variables after ``clause`` that are certain to be entities of the graph.

    Returns
    -------
    Variable -> ``one`` for a node, relationship or path, ``many`` for a list of them, empty for what may be neither.
    """
    match str(clause.data):
        case "match_clause" | "optional_match_clause":
            return known | dict.fromkeys(pattern_variables(trees(clause)[0]), "one")
        case "unwind_clause":
            values, name = trees(clause)
            return known | {token(name): "one" if entity(values, known) == "many" else ""}
        case _:
            columns = trees(next(part for part in trees(clause) if part.data == "columns"))
            carried = known if any(column.data == "star" for column in columns) else {}
            shown = [column for column in columns if column.data == "column"]
            return carried | {column_name(column): entity(trees(column)[0], known) for column in shown}


def entity(value: Tree[Token], known: dict[str, str]) -> str:
    """Whether a value is an entity of the graph (``one``), a list of them (``many``), or maybe neither (empty)."""
    if value.data == "variable":
        return known.get(token(value), "")
    if value.data != "function":
        return ""
    inside = {entity(argument, known) for argument in trees(value) if argument.data != "distinct"}
    if token(value).lower() in ("nodes", "relationships", "collect") and inside == {"one"}:
        return "many"
    return "one" if token(value).lower() in ("head", "last") and inside == {"many"} else ""
