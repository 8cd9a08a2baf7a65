"""Print a parsed query, as Neo4j reads it.

The printed text contains nothing that was not parsed: names are quoted where they need it, strings are escaped here,
white space and comments are gone. Printing, parsing and printing again gives the same text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graph.cypher.tree import call_parts, hops, slice_bounds, token, trees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lark import Token, Tree

# Precedence of expressions, the loosest first; what is not listed binds tightest.
_LEVEL = {
    "disjunction": 1,
    "exclusive": 2,
    "conjunction": 3,
    "negated": 4,
    "pattern_predicate": 4,
    "comparison": 5,
    **dict.fromkeys(
        ("in_list", "starts_with", "ends_with", "contains", "regex", "is_null", "is_not_null", "has_label"), 6
    ),
    "sum": 7,
    "sign": 7,  # wrapped inside a sum, because f(x) - -(y) would read as an arrow
    "product": 8,
    "power": 9,
    "access": 11,
}
_OPERATORS = {
    "disjunction": " OR ",
    "exclusive": " XOR ",
    "conjunction": " AND ",
    "in_list": " IN ",
    "starts_with": " STARTS WITH ",
    "ends_with": " ENDS WITH ",
    "contains": " CONTAINS ",
    "regex": " =~ ",
    "power": " ^ ",
}
_CONSTANTS = {
    "union_distinct": "UNION",
    "union_all": "UNION ALL",
    "distinct": "DISTINCT",
    "star": "*",
    "hops_unbounded": "*",
    "true": "true",
    "false": "false",
    "null": "null",
}
_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
MIN_BOUNDED = 2  # children of `*..n`: the star and one number
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Words that the grammar reads as something else in places where a variable may be.
_KEYWORDS = frozenset([
    "all", "and", "any", "as", "asc", "ascending", "by", "case", "contains", "count", "desc", "descending",
    "distinct", "else", "end", "ends", "exists", "false", "in", "is", "limit", "match", "none", "not", "null",
    "optional", "or", "order", "return", "single", "skip", "starts", "then", "true", "union", "unwind", "when",
    "where", "with", "xor",
])  # fmt: skip


def string_literal(value: str) -> str:
    """Quote ``value`` as a string literal, in single quotes."""
    return "'" + "".join(_ESCAPED.get(character, character) for character in value) + "'"


class CypherPrinter:
    """Prints trees; one method ``_print_<rule>`` per rule of the grammar, which an engine's printer may override."""

    def text(self, tree: Tree[Token]) -> str:
        """Print any tree that the grammar produces."""
        rule = str(tree.data)
        method = getattr(self, f"_print_{rule}", None)
        if method is not None:
            printed: str = method(tree)
            return printed
        if rule in _CONSTANTS:
            return _CONSTANTS[rule]
        return _OPERATORS[rule].join(self.operand(child, _LEVEL[rule]) for child in trees(tree))

    def operand(self, tree: Tree[Token], level: int) -> str:
        """Print ``tree`` as an operand of an expression of ``level``, in brackets if it binds no tighter than that.

        Equal levels get brackets too, on both sides: it spares rules of associativity, and ``a - (b - c)`` needs them.
        """
        text = self.text(tree)
        return f"({text})" if _LEVEL.get(str(tree.data), 12) <= level else text

    def joined(self, items: Iterable[Tree[Token]], separator: str = ", ") -> str:
        """Print ``items`` with ``separator`` between them."""
        return separator.join(self.text(item) for item in items)

    # --- clauses -----------------------------------------------------------------------------------------------

    def _print_start(self, tree: Tree[Token]) -> str:
        return self.text(trees(tree)[0])

    def _print_query(self, tree: Tree[Token]) -> str:
        return self.joined(trees(tree), " ")

    def _print_single_query(self, tree: Tree[Token]) -> str:
        return self.joined(trees(tree), " ")

    def _print_match_clause(self, tree: Tree[Token]) -> str:
        return "MATCH " + self.joined(trees(tree), " ")

    def _print_optional_match_clause(self, tree: Tree[Token]) -> str:
        return "OPTIONAL MATCH " + self.joined(trees(tree), " ")

    def _print_unwind_clause(self, tree: Tree[Token]) -> str:
        values, name = trees(tree)
        return f"UNWIND {self.text(values)} AS {self.variable_name(token(name))}"

    def _print_call_clause(self, tree: Tree[Token]) -> str:
        names, clauses = call_parts(tree)
        imported = "*" if names is None else ", ".join(map(self.variable_name, names))
        return f"CALL ({imported}) {{ {self.joined(clauses, ' ')} }}"

    def _print_with_clause(self, tree: Tree[Token]) -> str:
        return "WITH " + self.joined(trees(tree), " ")

    def _print_return_clause(self, tree: Tree[Token]) -> str:
        return "RETURN " + self.joined(trees(tree), " ")

    def _print_columns(self, tree: Tree[Token]) -> str:
        return self.joined(trees(tree))

    def _print_column(self, tree: Tree[Token]) -> str:
        value, *alias = trees(tree)
        return self.text(value) + "".join(f" AS {self.variable_name(token(name))}" for name in alias)

    def _print_order_by(self, tree: Tree[Token]) -> str:
        return "ORDER BY " + self.joined(trees(tree))

    def _print_sort_key(self, tree: Tree[Token]) -> str:
        return self.text(trees(tree)[0]) + (" DESC" if len(tree.children) > 1 else "")

    def _print_skip(self, tree: Tree[Token]) -> str:
        return "SKIP " + self.text(trees(tree)[0])

    def _print_limit(self, tree: Tree[Token]) -> str:
        return "LIMIT " + self.text(trees(tree)[0])

    def _print_where(self, tree: Tree[Token]) -> str:
        return "WHERE " + self.text(trees(tree)[0])

    # --- patterns ----------------------------------------------------------------------------------------------

    def _print_pattern(self, tree: Tree[Token]) -> str:
        return self.joined(trees(tree))

    def _print_named_path(self, tree: Tree[Token]) -> str:
        name, path = trees(tree)
        return f"{self.variable_name(token(name))} = {self.text(path)}"

    def _print_shortest(self, tree: Tree[Token]) -> str:
        word = "allShortestPaths" if token(tree).lower().startswith("all") else "shortestPath"
        return f"{word}({self.text(trees(tree)[0])})"

    def _print_path(self, tree: Tree[Token]) -> str:
        return self.joined(trees(tree), "")

    def _print_node(self, tree: Tree[Token]) -> str:
        return f"({self.pattern_inside(tree)})"

    def _print_any_direction(self, tree: Tree[Token]) -> str:
        return f"-{self.relationship(tree)}-"

    def _print_to_right(self, tree: Tree[Token]) -> str:
        return f"-{self.relationship(tree)}->"

    def _print_to_left(self, tree: Tree[Token]) -> str:
        return f"<-{self.relationship(tree)}-"

    def relationship(self, tree: Tree[Token]) -> str:
        """Print the square brackets of a relationship, unless they would be empty."""
        inside = self.pattern_inside(tree)
        return f"[{inside}]" if inside else ""

    def pattern_inside(self, tree: Tree[Token]) -> str:
        """Print the name, labels, hops, properties and condition of a node or relationship."""
        text = ""
        for child in trees(tree):
            if child.data == "name":
                text += self.variable_name(token(child))
            elif child.data in ("map", "where"):
                text += (" " if text else "") + self.text(child)
            else:
                text += self.text(child)
        return text

    def _print_labels(self, tree: Tree[Token]) -> str:
        return ":" + "|".join(self.name(token(child)) for child in trees(tree))

    def _print_hops_exact(self, tree: Tree[Token]) -> str:
        return f"*{tree.children[1]}"

    def _print_hops_bounded(self, tree: Tree[Token]) -> str:
        lower, upper = hops(tree)
        return f"*{lower if len(tree.children) > MIN_BOUNDED else ''}..{upper}"

    def _print_hops_open(self, tree: Tree[Token]) -> str:
        return f"*{tree.children[1]}.."

    # --- expressions -------------------------------------------------------------------------------------------

    def _print_negated(self, tree: Tree[Token]) -> str:
        inner = trees(tree)[0]
        return "NOT " + (self.text(inner) if inner.data == "pattern_predicate" else self.operand(inner, 4))

    def _print_comparison(self, tree: Tree[Token]) -> str:
        return self.alternating(tree, 5)

    def _print_sum(self, tree: Tree[Token]) -> str:
        return self.alternating(tree, 7)

    def _print_product(self, tree: Tree[Token]) -> str:
        return self.alternating(tree, 8)

    def alternating(self, tree: Tree[Token], level: int) -> str:
        """Print operands with the operator tokens between them."""
        return " ".join(child if isinstance(child, str) else self.operand(child, level) for child in tree.children)

    def _print_is_null(self, tree: Tree[Token]) -> str:
        return self.operand(trees(tree)[0], 6) + " IS NULL"

    def _print_is_not_null(self, tree: Tree[Token]) -> str:
        return self.operand(trees(tree)[0], 6) + " IS NOT NULL"

    def _print_sign(self, tree: Tree[Token]) -> str:
        return f"{tree.children[0]}{self.operand(trees(tree)[0], 10)}"

    def _print_access(self, tree: Tree[Token]) -> str:
        base, *steps = trees(tree)
        text = self.operand(base, 11)
        if base.data in ("integer", "float"):
            text = f"({text})"
        return text + self.joined(steps, "")

    def _print_property(self, tree: Tree[Token]) -> str:
        return "." + self.name(token(trees(tree)[0]))

    def _print_index(self, tree: Tree[Token]) -> str:
        return f"[{self.text(trees(tree)[0])}]"

    def _print_slice(self, tree: Tree[Token]) -> str:
        lower, upper = slice_bounds(tree)
        return f"[{self.text(lower) if lower else ''}..{self.text(upper) if upper else ''}]"

    def _print_variable(self, tree: Tree[Token]) -> str:
        return self.variable_name(token(tree))

    def _print_parameter(self, tree: Tree[Token]) -> str:
        return f"${token(tree)}"

    def _print_integer(self, tree: Tree[Token]) -> str:
        return str(token(tree))

    def _print_float(self, tree: Tree[Token]) -> str:
        return str(token(tree))

    def _print_string(self, tree: Tree[Token]) -> str:
        return string_literal(token(tree))

    def _print_has_label(self, tree: Tree[Token]) -> str:
        return self.variable_name(token(tree)) + self.text(trees(tree)[0])

    def _print_list(self, tree: Tree[Token]) -> str:
        return f"[{self.joined(trees(tree))}]"

    def _print_map(self, tree: Tree[Token]) -> str:
        return "{" + self.joined(trees(tree)) + "}"

    def _print_entry(self, tree: Tree[Token]) -> str:
        key, value = trees(tree)
        return f"{self.name(token(key))}: {self.text(value)}"

    def _print_list_comprehension(self, tree: Tree[Token]) -> str:
        name, values, *rest = trees(tree)
        tail = "".join(f" {self.text(part)}" for part in rest)
        return f"[{self.variable_name(token(name))} IN {self.text(values)}{tail}]"

    def _print_yields(self, tree: Tree[Token]) -> str:
        return "| " + self.text(trees(tree)[0])

    def _print_pattern_comprehension(self, tree: Tree[Token]) -> str:
        return f"[{self.joined(trees(tree), ' ')}]"

    def _print_map_projection(self, tree: Tree[Token]) -> str:
        return f"{self.variable_name(token(tree))} {{{self.joined(trees(tree))}}}"

    def _print_own_property(self, tree: Tree[Token]) -> str:
        return f".{self.name(token(trees(tree)[0]))}"

    def _print_all_properties(self, _tree: Tree[Token]) -> str:
        return ".*"

    def _print_own_variable(self, tree: Tree[Token]) -> str:
        return self.variable_name(token(tree))

    def _print_reduce(self, tree: Tree[Token]) -> str:
        result, start, name, values, body = trees(tree)
        first = f"{self.variable_name(token(result))} = {self.text(start)}"
        return f"reduce({first}, {self.variable_name(token(name))} IN {self.text(values)} {self.text(body)})"

    def _print_collect(self, tree: Tree[Token]) -> str:
        return f"COLLECT {{ {self.text(trees(tree)[0])} }}"

    def _print_function(self, tree: Tree[Token]) -> str:
        arguments = trees(tree)
        distinct = "DISTINCT " if arguments and arguments[0].data == "distinct" else ""
        return f"{token(tree)}({distinct}{self.joined(arguments[1:] if distinct else arguments)})"

    def _print_count_rows(self, tree: Tree[Token]) -> str:
        return f"{token(tree)}(*)"

    def _print_quantifier(self, tree: Tree[Token]) -> str:
        name, values, where = trees(tree)
        return f"{token(tree)}({self.variable_name(token(name))} IN {self.text(values)} {self.text(where)})"

    def _print_case(self, tree: Tree[Token]) -> str:
        return f"CASE {self.joined(trees(tree), ' ')} END"

    _print_simple_case = _print_case

    def _print_when(self, tree: Tree[Token]) -> str:
        condition, value = trees(tree)
        return f"WHEN {self.text(condition)} THEN {self.text(value)}"

    def _print_otherwise(self, tree: Tree[Token]) -> str:
        return "ELSE " + self.text(trees(tree)[0])

    def _print_exists(self, tree: Tree[Token]) -> str:
        return "EXISTS { " + self.joined(trees(tree), " ") + " }"

    def _print_count(self, tree: Tree[Token]) -> str:
        return "COUNT { " + self.joined(trees(tree), " ") + " }"

    def _print_subquery(self, tree: Tree[Token]) -> str:
        return self.joined(trees(tree), " ")

    def _print_pattern_predicate(self, tree: Tree[Token]) -> str:
        return self.text(trees(tree)[0])

    def _print_name(self, tree: Tree[Token]) -> str:
        return self.name(token(tree))

    # --- names -------------------------------------------------------------------------------------------------

    def name(self, name: str) -> str:
        """Print a label, relationship type, property or key; there even a keyword needs no quotes."""
        return name if _PLAIN.fullmatch(name) else f"`{name}`"

    def variable_name(self, name: str) -> str:
        """Print a variable or alias; a keyword is quoted."""
        return f"`{name}`" if name.lower() in _KEYWORDS else self.name(name)


def to_text(tree: Tree[Token]) -> str:
    """Print a parsed query on one line."""
    return CypherPrinter().text(tree)
