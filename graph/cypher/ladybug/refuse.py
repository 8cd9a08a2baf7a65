"""What the embedded engine would answer otherwise than Neo4j, without an error, and cannot be rewritten."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from graph.cypher.tree import column_name, position, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from lark import Token, Tree

KINDS = {
    "string": "text",
    "integer": "integer",
    "float": "float",
    "true": "truth value",
    "false": "truth value",
    "null": "null",
}
_PLAIN = frozenset(
    [
        "variable",
        "integer",
        "float",
        "string",
        "true",
        "false",
        "access",
        "property",
        "name",
        "distinct",
        "in_list",
        "starts_with",
        "ends_with",
        "contains",
        "regex",
        "product",
        "list",
    ]
)
_PLAIN_FUNCTIONS = frozenset(["tolower", "toupper", "trim", "ltrim", "rtrim", "size", "abs", "left", "right"])
_SPOKEN = {
    "disjunction": "OR",
    "conjunction": "AND",
    "exclusive": "XOR",
    "negated": "NOT",
    "case": "CASE",
    "simple_case": "CASE",
    "is_null": "IS NULL",
    "is_not_null": "IS NOT NULL",
    "quantifier": "a loop",
    "list_comprehension": "a loop",
}


def refuse_case_twins(tree: Tree[Token]) -> frozenset[str]:
    """The engine takes names that differ in case for one; returns the variables of the query."""
    variables: set[str] = set()
    others: dict[str, set[str]] = {
        "property": set(),
        "entry": set(),
        "labels": set(),
    }  # labels: the schema has no twins
    for part in tree.iter_subtrees():
        if part.data in ("variable", "has_label"):
            variables.add(token(part))
        for child in trees(part):
            if child.data == "name":
                others.get(str(part.data), variables).add(token(child))
    for names in (variables, others["property"] | others["entry"]):
        for first, second in combinations(sorted(names, key=str.lower), 2):
            if first.lower() == second.lower():
                reason = f"{first} and {second} differ only in case"
                raise UnsafeCypher(reason, position(tree), "Rename one.")
    return frozenset(variables)


def refuse_null(values: Sequence[Tree[Token]], where: str) -> None:
    """A null that is written out."""
    for value in values:
        if value.data == "null":
            reason = f"null {where}"
            raise UnsafeCypher(reason, position(value), "Leave it out, or ask IS NULL.")


def may_hold_null(values: Tree[Token], known: Container[str] = ()) -> bool:
    """Whether a list may have a missing value among its members.

    Parameters
    ----------
    values
        The expression of the list. Lists of the graph have no such members.
    known
        Variables and ``$parameters`` that are lists with missing values.
    """
    parts = trees(values)
    match str(values.data):
        case "list":
            return any(part.data not in KINDS or part.data == "null" for part in parts)
        case "variable":
            return token(values) in known
        case "parameter":
            return f"${token(values)}" in known
        case "list_comprehension":
            name, over, *rest = parts
            bodies = [trees(part)[0] for part in rest if part.data == "yields"]
            used = {token(part) for body in bodies for part in body.find_data("variable")}
            return may_hold_null(over, known) or not used <= {token(name)}
        case "function":
            strict = token(values).lower() not in ("tail", "coalesce")
            return not strict and any(may_hold_null(part, known) for part in parts)
        case "access":
            return len(parts) > 1 and parts[-1].data == "slice" and may_hold_null(parts[0], known)
        case "case" | "simple_case":
            results = [trees(part)[-1] for part in parts if part.data in ("when", "otherwise")]
            return any(may_hold_null(part, known) for part in results)
        case "sum":
            return any(may_hold_null(part, known) for part in parts)
    return False


def lists_with_nulls(clause: Tree[Token], known: set[str]) -> set[str]:
    """The ``known`` of :func:`may_hold_null` after a clause that is not a MATCH."""
    columns = next((part for part in trees(clause) if part.data == "columns"), None)
    if columns is None:
        return known
    carried = {name for name in known if name.startswith("$") or any(part.data == "star" for part in trees(columns))}
    shown = (column for column in trees(columns) if column.data == "column")
    return carried | {column_name(column) for column in shown if may_hold_null(trees(column)[0], known)}


def refuse_either_way(values: Sequence[Tree[Token]], undirected: Container[str], where: str) -> None:
    """A relationship matched without direction, which the engine takes for another one in each direction."""
    for value in values:
        if value.data == "variable" and token(value) in undirected:
            msg = f"the relationship {token(value)}, matched without direction, {where}"
            raise UnsafeCypher(msg, position(value), "Give it a direction, or use its properties or its nodes.")


def refuse_null_members(values: Sequence[Tree[Token]], known: Container[str], what: str) -> None:
    """A list whose missing members the engine takes for values that differ."""
    for value in values:
        if may_hold_null(value, known):
            msg = f"{what} a list in which a value may be missing"
            raise UnsafeCypher(msg, position(value), "Compare its members one by one, with OR; or UNWIND the list.")


def refuse_mixed(values: Sequence[Tree[Token]], where: str) -> None:
    """Literals of different kinds, which the engine casts to each other."""
    first = ""
    for value in values:
        kind = "number" if value.data in ("integer", "float") else KINDS.get(str(value.data), "null")
        if kind == "null":
            continue
        if first and kind != first:
            msg = f"a {first} and a {kind} {where}"
            raise UnsafeCypher(msg, position(value), "Write both as one kind.")
        first = kind


def refuse_in_loop(body: Tree[Token], name: str) -> list[Tree[Token]]:
    """Allow in the loop over ``name`` only what the engine evaluates rightly; the values from outside that it uses."""
    for part in reversed(list(body.iter_subtrees())):
        rule = str(part.data)
        if rule in ("parameter", "exists", "count", "pattern_predicate"):
            reason = "a parameter inside a loop" if rule == "parameter" else "a pattern inside a loop"
            hint = "Bind it before: WITH ..., $x AS x." if rule == "parameter" else "Use UNWIND and MATCH."
            raise UnsafeCypher(reason, position(part), hint)
        plain = rule in _PLAIN or (rule == "function" and token(part).lower() in _PLAIN_FUNCTIONS)
        if rule == "sum":
            plain = any(operand.data in ("integer", "float", "string") for operand in trees(part))
        if rule == "comparison":
            plain = part is body and len(trees(part)) == len(("left", "right"))
        if not plain:
            reason = f"{_SPOKEN.get(rule, 'a computation')} inside a loop over a list"
            raise UnsafeCypher(reason, position(part), "Use UNWIND and WHERE.")
    return _captured(body, name)


def _captured(tree: Tree[Token], name: str) -> list[Tree[Token]]:
    if tree.data == "access":
        base = trees(tree)[0]
        if any(token(variable) == name for variable in base.find_data("variable")):
            reason = f"a property of {name} inside a loop"
            raise UnsafeCypher(reason, position(tree), f"Use UNWIND ... AS {name}, then WHERE or collect().")
        return [tree]
    if tree.data == "variable":
        return [] if token(tree) == name else [tree]
    return [inner for part in trees(tree) if part.data != "name" for inner in _captured(part, name)]


def compared_with(condition: Tree[Token], name: str, sign: str) -> Tree[Token] | None:
    """The other side of ``name = other``, or of another ``sign``, if the condition is that."""
    if condition.data != "comparison" or [child for child in condition.children if isinstance(child, str)] != [sign]:
        return None
    left, right = trees(condition)
    for side, other in ((left, right), (right, left)):
        alone = side.data == "variable" and token(side) == name
        if alone and not any(token(variable) == name for variable in other.find_data("variable")):
            return other
    return None
