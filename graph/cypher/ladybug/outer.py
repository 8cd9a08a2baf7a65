"""Conditions of a subquery or OPTIONAL MATCH on values from outside of it.

The embedded engine joins the inner rows to the outer ones by the values that such a condition uses, and a missing value
joins nothing. That is right where the condition is then null, and loses rows where it could be true
(``OPTIONAL MATCH (p)-->(q) WHERE p.year IS NULL``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.cypher.printer import to_text
from graph.cypher.tree import position, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Container

    from lark import Token, Tree

_STRICT = frozenset(
    [
        *("comparison", "starts_with", "ends_with", "contains", "regex", "in_list", "sum", "product", "power", "sign"),
        *("access", "property", "index", "slice", "lower", "upper", "variable", "name", "function", "distinct", "list"),
        *("integer", "float", "string", "true", "false", "null", "parameter", "quantifier", "where", "map", "entry"),
    ]
)
_LOOSE_FUNCTIONS = ("coalesce", "type", "labels")


def refuse_lost_rows(condition: Tree[Token], outer: Container[str]) -> None:
    """Refuse a condition that can hold although a value from outside is missing.

    Raises
    ------
    UnsafeCypher
        With the part of the condition that is to stand outside.
    """
    if condition.data == "conjunction":
        for part in trees(condition):
            refuse_lost_rows(part, outer)
    elif _outside(condition, outer) and not _is_strict(condition, outer):
        msg = f"{to_text(condition)} is asked of a value from outside, which may be missing"
        hint = "Ask it in WHERE before, or of a variable of this pattern."
        raise UnsafeCypher(msg, position(condition), hint)


def _is_strict(condition: Tree[Token], outer: Container[str]) -> bool:
    """Whether the condition is null as soon as one value from outside is."""
    parts = trees(condition)
    if condition.data == "disjunction":
        alike = {_outside(part, outer) for part in parts}
        return len(alike) == 1 and all(_is_strict(part, outer) for part in parts)
    if condition.data == "negated":
        inner = parts[0]
        computed = inner.data in ("in_list", "quantifier") and trees(inner)[1].data != "list"
        return not computed and inner.data != "conjunction" and _is_strict(inner, outer)
    return all(
        part.data in _STRICT and not (part.data == "function" and token(part).lower() in _LOOSE_FUNCTIONS)
        for part in condition.iter_subtrees()
    )


def _outside(tree: Tree[Token], outer: Container[str]) -> frozenset[str]:
    """Values from outside that the expression uses; the nodes that a nested pattern starts from do not count."""
    if tree.data in ("exists", "count", "pattern_predicate"):
        return frozenset()
    if tree.data == "access" or tree.data in ("variable", "has_label"):
        base = trees(tree)[0] if tree.data == "access" else tree
        if base.data in ("variable", "has_label"):
            return frozenset([to_text(tree)]) if token(base) in outer else frozenset()
    return frozenset().union(*(_outside(part, outer) for part in trees(tree)))
