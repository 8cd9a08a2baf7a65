"""Loops over lists for the embedded engine.

The engine's loops share state: two in one query, or AND, OR, NOT, CASE and IS NULL inside of one, give wrong values or
end the process. So loops become OR, AND and IN where they can, and at most one plain loop is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.cypher.ladybug.expressions import TIGHT, LadybugExpressions
from graph.cypher.ladybug.refuse import compared_with, refuse_in_loop, refuse_null, refuse_null_members
from graph.cypher.printer import string_literal
from graph.cypher.tree import position, property_of, token, trees
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

__all__ = ["LadybugLoops"]


class LadybugLoops(LadybugExpressions):
    """Prints expressions with their loops."""

    def _print_quantifier(self, tree: Tree[Token]) -> str:
        name, values, where = trees(tree)
        word, variable, condition = token(tree).lower(), token(name), trees(where)[0]
        if values.data == "list" and word != "single" and trees(values):
            refuse_null(trees(values), "in the list of a loop")
            cases = self._each(variable, values, condition)
            if word == "all":
                return f"({' AND '.join(cases)})"
            return f"({' OR '.join(cases)})" if word == "any" else f"(NOT ({' OR '.join(cases)}))"
        if word == "none":
            return f"(NOT {self._loop('any', variable, values, condition)})"
        return self._loop(word, variable, values, condition)

    def _loop(self, word: str, variable: str, values: Tree[Token], condition: Tree[Token]) -> str:
        """``any``, ``all`` or ``single`` over a list that is not written out."""
        parts = trees(condition)
        if condition.data == "negated" and word != "single":
            return f"(NOT {self._loop('all' if word == 'any' else 'any', variable, values, parts[0])})"
        if (condition.data, word) in (("disjunction", "any"), ("conjunction", "all")):
            link = " OR " if word == "any" else " AND "
            return f"({link.join(self._loop(word, variable, values, part) for part in parts)})"
        member = compared_with(condition, variable, "=" if word == "any" else "<>") if word != "single" else None
        if member is not None:
            test = self._member(member, values)
            return f"({test})" if word == "any" else f"(NOT {test})"
        refuse_null_members([values], self.with_nulls, f"{word}() over")
        captured = self._enter_loop(condition, variable)
        members = self.operand(values, 6)
        text = f"{word}({self.variable_name(variable)} IN {members} WHERE {self._inside_loop(condition)})"
        missing = "".join(f" WHEN {name} IS NULL AND size({members}) > 0 THEN NULL" for name in captured)
        return f"((CASE{missing} ELSE {text} END) = true)" if missing else text

    def _enter_loop(self, body: Tree[Token], variable: str) -> list[str]:
        """Count a loop that the engine will run; texts of the values from outside that it uses."""
        captured = refuse_in_loop(body, variable)
        self._loops += 1
        if self._loops > 1:
            msg = "a second loop over a list"
            raise UnsafeCypher(msg, position(body), "Use UNWIND for one of them.")
        return [self.text(part) for part in captured]

    def _inside_loop(self, body: Tree[Token]) -> str:
        self._in_loop = True
        if body.data == "contains" and trees(body)[1].data != "string":
            value, part = (self.operand(operand, TIGHT) for operand in trees(body))
            text = f"size({value}) - size(replace({value}, {part}, '')) >= size({part})"
        else:
            text = self.text(body)
        self._in_loop = False
        return text

    def _print_list_comprehension(self, tree: Tree[Token]) -> str:
        name, values, *rest = trees(tree)
        parts = {str(part.data): trees(part)[0] for part in rest}
        if "where" in parts:
            hint = "Use UNWIND ... WITH ... WHERE ... and collect()."
            msg = "a list comprehension with WHERE"
            raise UnsafeCypher(msg, position(parts["where"]), hint)
        body = parts.get("yields")
        if body is None:
            return self.text(values)
        if values.data == "list" and trees(values):
            return f"[{', '.join(self._each(token(name), values, body))}]"
        shown = property_of(body, token(name))
        if shown:
            self._needs_entity(values, "many")
            return f"properties({self.text(values)}, {string_literal(shown)})"
        refuse_null_members([values], self.with_nulls, "a loop over")
        if self._enter_loop(body, token(name)):
            hint = "Use UNWIND ... and collect()."
            msg = "a list comprehension with a value from outside"
            raise UnsafeCypher(msg, position(body), hint)
        return (
            f"list_transform({self.operand(values, 6)}, {self.variable_name(token(name))} -> {self._inside_loop(body)})"
        )
