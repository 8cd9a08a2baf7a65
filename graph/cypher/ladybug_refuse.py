"""What the embedded engine would answer otherwise than Neo4j, without an error, and cannot be rewritten."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from graph.cypher.tree import position, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    others: dict[str, set[str]] = {"property": set(), "entry": set(), "labels": set()}
    for part in tree.iter_subtrees():
        if part.data in ("variable", "has_label"):
            variables.add(token(part))
        for child in trees(part):
            if child.data == "name":
                others.get(str(part.data), variables).add(token(child))
    for names in (variables, others["property"] | others["entry"], others["labels"]):
        for one, other in combinations(sorted(names, key=str.lower), 2):
            if one.lower() == other.lower():
                reason = f"{one} and {other} differ only in case"
                raise UnsafeCypher(reason, position(tree), "Rename one.")
    return frozenset(variables)


def refuse_null(values: Sequence[Tree[Token]], where: str) -> None:
    """A null that is written out."""
    for value in values:
        if value.data == "null":
            reason = f"null {where}"
            raise UnsafeCypher(reason, position(value), "Leave it out, or ask IS NULL.")


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
    return [found for part in trees(tree) if part.data != "name" for found in _captured(part, name)]


def compared_with(condition: Tree[Token], name: str, sign: str) -> Tree[Token] | None:
    """The other side of ``name = other``, or of another ``sign``, if the condition is that."""
    if condition.data != "comparison" or [child for child in condition.children if isinstance(child, str)] != [sign]:
        return None
    left, right = trees(condition)
    for one, other in ((left, right), (right, left)):
        alone = one.data == "variable" and token(one) == name
        if alone and not any(token(variable) == name for variable in other.find_data("variable")):
            return other
    return None
