"""Read a parsed query: a tree has the name of its grammar rule, and tokens or trees as children."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Token, Tree

DIRECTIONS = ("any_direction", "to_right", "to_left")


def trees(tree: Tree[Token]) -> list[Tree[Token]]:
    """The children of ``tree`` that are trees."""
    kind = _tree_class()
    return [child for child in tree.children if isinstance(child, kind)]


@cache
def _tree_class() -> type[Tree[Token]]:
    from lark import Tree

    return Tree


def token(tree: Tree[Token]) -> str:
    """Value of the first token of ``tree``: its name, number, text or operator."""
    return next(str(child) for child in tree.children if isinstance(child, str))


def position(tree: Tree[Token]) -> int:
    """Offset in the query of the first token of ``tree``; keywords and brackets are not in the tree."""
    first = next(iter(tree.scan_values(lambda _: True)), None)
    return int(getattr(first, "start_pos", 0) or 0)


def hops(tree: Tree[Token]) -> tuple[int, int | None]:
    """Fewest and most steps of a path of variable length; None for no bound."""
    numbers = [int(child) for child in tree.children if isinstance(child, str) and child != "*"]
    match str(tree.data):
        case "hops_unbounded":
            return 1, None
        case "hops_exact":
            return numbers[0], numbers[0]
        case "hops_open":
            return numbers[0], None
        case _:
            return (1, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])


def slice_bounds(tree: Tree[Token]) -> tuple[Tree[Token] | None, Tree[Token] | None]:
    """Expressions of the lower and upper bound of a slice."""
    bounds = {str(child.data): trees(child)[0] for child in trees(tree)}
    return bounds.get("lower"), bounds.get("upper")


def column_name(column: Tree[Token]) -> str:
    """Alias of a column, or the variable that it shows; empty if it has neither."""
    value, *alias = trees(column)
    if alias:
        return token(alias[0])
    return token(value) if value.data == "variable" else ""


def steps(path: Tree[Token]) -> list[Tree[Token]]:
    """Nodes and relationships of a path, named or not."""
    if path.data == "named_path":
        path = trees(path)[1]
    return trees(trees(path)[0]) if path.data == "shortest" else trees(path)


def shortest_of(path: Tree[Token]) -> str:
    """``one`` for shortestPath(), ``all`` for allShortestPaths(), empty for any other path."""
    if path.data != "named_path" or trees(path)[1].data != "shortest":
        return ""
    return "all" if token(trees(path)[1]).lower().startswith("all") else "one"


def call_parts(clause: Tree[Token]) -> tuple[list[str] | None, list[Tree[Token]]]:
    """Variables that a CALL brings in (None for all), and its clauses; the old form brings them in by a first WITH."""
    clauses = trees(trees(clause)[-1])
    imported = next((part for part in trees(clause) if part.data == "imported"), None)
    if imported is not None:
        names = [token(name) for name in trees(imported)]
        return (names if names or not imported.children else None), clauses
    if clauses[0].data == "with_clause" and [part.data for part in trees(clauses[0])] == ["columns"]:
        columns = trees(trees(clauses[0])[0])
        plain = all(column.data == "column" and [p.data for p in trees(column)] == ["variable"] for column in columns)
        if plain:
            return [column_name(column) for column in columns], clauses[1:]
    return [], clauses


def subquery_clauses(tree: Tree[Token]) -> list[Tree[Token]]:
    """The MATCH clauses of EXISTS {} or COUNT {}."""
    inner = trees(tree)[0]
    return trees(inner) if inner.data == "subquery" else [inner]


def own_name(tree: Tree[Token]) -> str:
    """Variable of a node or relationship; empty if it has none."""
    return next((token(child) for child in trees(tree) if child.data == "name"), "")


def types(relationship: Tree[Token]) -> frozenset[str]:
    """Types that a relationship may have; empty for any."""
    alternatives = (child for child in trees(relationship) if child.data == "labels")
    return frozenset(token(name) for labels in alternatives for name in trees(labels))


def is_long(relationship: Tree[Token]) -> bool:
    """Whether the relationship is a path of variable length."""
    return any(str(child.data).startswith("hops_") for child in trees(relationship))


def property_of(tree: Tree[Token], name: str) -> str:
    """Name of the property, if the expression is ``name.property``; else empty."""
    if tree.data != "access":
        return ""
    base, *accessors = trees(tree)
    alone = base.data == "variable" and token(base) == name and [step.data for step in accessors] == ["property"]
    return token(trees(accessors[0])[0]) if alone else ""


def as_pattern(path: Tree[Token]) -> Tree[Token]:
    """Make a pattern of one path."""
    return _tree_class()("pattern", [path])


def as_match(pattern: Tree[Token]) -> Tree[Token]:
    """Make a MATCH clause of the paths in ``pattern``."""
    kind = _tree_class()
    return kind("match_clause", [kind("pattern", [*trees(pattern)])])


def count_patterns(tree: Tree[Token]) -> None:
    """Read ``size((a)-->())``, which Neo4j 5 no longer knows and models still write, as ``COUNT { (a)-->() }``."""
    for call in list(tree.find_data("function")):
        parts = trees(call)
        if token(call).lower() == "size" and [part.data for part in parts] == ["pattern_predicate"]:
            call.data = "count"
            call.children = [_tree_class()("subquery", [as_match(as_pattern(trees(parts[0])[0]))])]


def replaced(tree: Tree[Token], name: str, value: Tree[Token]) -> Tree[Token]:
    """Substitute ``value`` for the variable ``name``; trees are shared, so a new one is made.

    A loop that binds the same name is left alone, except for the list that it runs over, which is outside its scope.
    """
    if tree.data == "variable" and token(tree) == name:
        return value
    kind = _tree_class()
    binds = tree.data in ("quantifier", "list_comprehension") and token(trees(tree)[0]) == name
    places = [place for place, child in enumerate(tree.children) if isinstance(child, kind)]
    untouched = set(places[:1] + places[2:]) if binds else set()
    children = [
        replaced(child, name, value) if isinstance(child, kind) and place not in untouched else child
        for place, child in enumerate(tree.children)
    ]
    return kind(tree.data, children)


def number(value: int) -> Tree[Token]:
    """Make the expression of an integer."""
    from lark import Token

    kind = _tree_class()
    literal = kind("integer", [Token("INTEGER", str(abs(value)))])
    return literal if value >= 0 else kind("sign", [Token("MINUS", "-"), literal])


def equal(kind: type[Tree[Token]], name: str, key: Tree[Token], value: Tree[Token]) -> Tree[Token]:
    """Make the condition ``name.key = value``."""
    from lark import Token

    at = position(key)
    variable = kind("variable", [Token("NAME", name, at)])
    return kind("comparison", [kind("access", [variable, kind("property", [key])]), Token("EQUALS", "=", at), value])
