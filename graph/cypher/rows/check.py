"""What cannot be computed from rows either, refused before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from graph.cypher.printer import to_text
from graph.cypher.rows.matching import names_in
from graph.cypher.rows.projection import SUBQUERIES, aggregates, top_most
from graph.cypher.tree import column_name, position, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["check_expressions"]

_LOOPS = ("quantifier", "list_comprehension", "reduce")
_PRINTED = ("variable", "access", "function")
_REFUSED = {
    "id": ("id() of the engine differs between the stores", "Use the property: n.id."),
    "keys": ("keys() differs between the stores", "The properties of a label are in the schema (graph schema)."),
}


def check_expressions(query: Tree[Token]) -> None:
    """Check a reviewed query.

    Raises
    ------
    UnsafeCypher
        With what to write instead.
    """
    for part in query.iter_subtrees():
        rule = str(part.data)
        if rule == "function" and token(part).lower() in _REFUSED:
            reason, hint = _REFUSED[token(part).lower()]
            raise UnsafeCypher(reason, position(part), hint)
        if rule in _LOOPS:
            _no_pattern_of_a_member(part)
        if rule in ("with_clause", "return_clause"):
            _groups(part)
            _order(part)


def _no_pattern_of_a_member(loop: Tree[Token]) -> None:
    """A subquery is answered for all rows at once, before a loop begins; the list of the loop stands outside of it."""
    bound = {token(part) for part in trees(loop) if part.data == "name"}
    over = [part for part in trees(loop) if part.data != "name"][1 if loop.data == "reduce" else 0]
    inside = (inner for part in trees(loop) if part is not over for inner in part.iter_subtrees())
    for inner in inside:
        if inner.data in SUBQUERIES and names_in(inner) & bound:
            msg = "a pattern inside a loop over a list"
            raise UnsafeCypher(msg, position(inner), "Use UNWIND and MATCH.")


def _columns(clause: Tree[Token]) -> list[Tree[Token]]:
    return [part for part in trees(next(p for p in trees(clause) if p.data == "columns")) if part.data == "column"]


def _groups(clause: Tree[Token]) -> None:
    """Beside an aggregate only what is a column itself has one value for the group."""
    values = [trees(column)[0] for column in _columns(clause)]
    keys = {to_text(value) for value in values if not aggregates(value)}
    for value in values:
        if not aggregates(value):
            continue
        for loose in _loose(value, keys):
            msg = f"{to_text(loose)} beside an aggregate is not a column itself"
            raise UnsafeCypher(msg, position(loose), f"Add {to_text(loose)} to the columns, or take it in WITH before.")


def _loose(tree: Tree[Token], keys: set[str]) -> Iterator[Tree[Token]]:
    """Variables and properties outside of the aggregates of an expression that are not among the keys."""
    calls = [id(call) for call in aggregates(tree)]
    stop: Callable[[Tree[Token]], bool] = lambda part: (  # noqa: E731
        id(part) in calls
        or (part.data in _PRINTED and to_text(part) in keys)
        or part.data in (*_LOOPS, "variable", "access", *SUBQUERIES)
    )
    for part in top_most(tree, stop):
        if id(part) in calls or (part.data in _PRINTED and to_text(part) in keys):
            continue
        inner = [each for each in trees(part) if part.data == "access"]
        if part.data == "access" and (aggregates(part) or inner[0].data != "variable"):
            yield from (loose for each in inner for loose in _loose(each, keys))
        elif part.data in _LOOPS:
            bound = {token(each) for each in trees(part) if each.data == "name"}
            known = bound | keys
            if aggregates(part):
                known |= {token(v) for call in aggregates(part) for v in call.find_data("variable")}
            yield from (v for v in part.find_data("variable") if token(v) not in known)
        else:
            yield part


def _order(clause: Tree[Token]) -> None:
    """A subquery in a sort key is asked of the variables before the clause, so it may not use a new name."""
    order_by = next((part for part in trees(clause) if part.data == "order_by"), None)
    if order_by is None:
        return
    renamed = {column_name(column) for column in _columns(clause) if to_text(trees(column)[0]) != column_name(column)}
    for key in trees(order_by):
        for inner in key.iter_subtrees():
            if inner.data in SUBQUERIES and names_in(inner) & renamed:
                msg = "ORDER BY a subquery of a new name"
                raise UnsafeCypher(msg, position(inner), "Make it a column, and order by that.")
