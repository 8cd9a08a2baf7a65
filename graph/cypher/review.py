"""Check what a grammar cannot: that names are defined and functions known, and that the cost of a query is bounded.

The bounds are on what grows faster than the text: paths of variable length, joins, loops in loops, ranges, and regular
expressions. They do not make a query fast; the stores stop one that is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.cypher import scope as cypher_scope
from graph.cypher.functions import ALTERNATIVES, FUNCTIONS, has_aggregate
from graph.cypher.printer import to_text
from graph.cypher.regex_cost import check_regular_expression
from graph.cypher.scope import Scope, pattern_variables, weigh
from graph.cypher.tree import (
    DIRECTIONS,
    as_pattern,
    call_parts,
    column_name,
    hops,
    position,
    shortest_of,
    steps,
    subquery_clauses,
    token,
    trees,
)
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree

MAX_HOPS = 10
MAX_RELATIONSHIPS = 10  # of one pattern
MAX_MATCHES = 20
MAX_LOOPS = 2  # nested list comprehensions and quantifiers
MAX_RANGE = 1_000  # numbers of a range() that is one value


def review(tree: Tree[Token]) -> None:
    """Check a parsed query.

    Raises
    ------
    UnsafeCypher
        If a name is not defined, a function is not known, or a bound is exceeded.
    """
    query = trees(tree)[0]
    parts = trees(query)
    singles = [part for part in parts if part.data == "single_query"]
    unions = {str(part.data) for part in parts if part.data != "single_query"}
    if len(unions) > 1:
        msg = "UNION and UNION ALL are mixed"
        raise UnsafeCypher(msg, position(query), "Use one of them.")
    matches = sum(1 for part in query.iter_subtrees() if part.data in ("match_clause", "optional_match_clause"))
    if matches > MAX_MATCHES:
        msg = f"the query has {matches} MATCH clauses, {MAX_MATCHES} are allowed"
        raise UnsafeCypher(msg, 0, "Ask in parts.")
    columns = [_single_query(single) for single in singles]
    for single, names in zip(singles[1:], columns[1:], strict=True):
        if names != columns[0]:
            reason = f"UNION of different columns: {', '.join(columns[0])} and {', '.join(names)}"
            raise UnsafeCypher(reason, position(single), "Give both parts the same column names with AS.")


def _single_query(tree: Tree[Token], around: Scope | None = None) -> list[str]:
    """Check the clauses of one query in order; the names of the columns that it returns."""
    return _clauses(trees(tree), dict(around or {}))


def _clauses(clauses: list[Tree[Token]], scope: Scope) -> list[str]:
    names: list[str] = []
    for clause in clauses:
        if clause.data in ("with_clause", "return_clause"):
            names = _projection(clause, scope)
        elif clause.data == "unwind_clause":
            _unwind(clause, scope)
        elif clause.data == "call_clause":
            _call(clause, scope)
        else:
            _match(clause, scope)
        scope = cypher_scope.after(clause, scope)
    return names


def _call(clause: Tree[Token], scope: Scope) -> None:
    """Check a subquery: what it brings in is known, and what it returns is new."""
    imported, clauses = call_parts(clause)
    for name in imported or ():
        if name not in scope:
            msg = f"the variable {name} is not defined"
            raise UnsafeCypher(msg, position(clause), "Bring in what a clause before has bound.")
    inside = scope if imported is None else {name: scope[name] for name in imported}
    for name in _clauses(clauses, dict(inside)):
        if name in scope:
            msg = f"the subquery returns {name}, which is known before it"
            raise UnsafeCypher(msg, position(clause), "Give it another name with AS.")
    column = next(
        (part for part in clauses[-1].iter_subtrees() if part.data == "column" and not column_name(part)), None
    )
    if column is not None:
        msg = f"{to_text(trees(column)[0])} has no name after CALL"
        raise UnsafeCypher(msg, position(column), "Add AS and a name.")


def _unwind(clause: Tree[Token], scope: Scope) -> None:
    values = trees(clause)[0]
    if values.data == "function" and token(values).lower() == "range":
        # UNWIND produces the numbers row by row, and the store can stop it; elsewhere a range is one value in memory.
        _known_function(values)
        for argument in trees(values):
            _expression(argument, scope)
    else:
        _expression(values, scope)


def _match(clause: Tree[Token], scope: Scope) -> None:
    pattern, *rest = trees(clause)
    inside = scope | dict.fromkeys(pattern_variables(pattern), 1)
    _pattern(pattern, inside)
    for where in rest:
        _expression(trees(where)[0], inside)
    if clause.data == "optional_match_clause" and (counted := next(clause.find_data("count"), None)):
        # Neo4j 5.26 answers null for every row if COUNT {} < n stands there.
        msg = "COUNT {} in the condition of an OPTIONAL MATCH"
        raise UnsafeCypher(msg, position(counted), "Count in WITH after it, or ask EXISTS {}.")


def _pattern(pattern: Tree[Token], scope: Scope) -> None:
    relationships = [part for part in pattern.iter_subtrees() if part.data in DIRECTIONS]
    if len(relationships) > MAX_RELATIONSHIPS:
        reason = f"a pattern has {len(relationships)} relationships, {MAX_RELATIONSHIPS} are allowed"
        raise UnsafeCypher(reason, position(pattern), "Match in steps, with WITH and LIMIT between.")
    for path in trees(pattern):
        if shortest_of(path):
            _one_long_step(path)
    for part in (part for path in trees(pattern) for part in steps(path)):
        for child in trees(part):
            if child.data == "map":
                _expression(child, scope)
            elif child.data == "where":
                _expression(trees(child)[0], scope)
            elif str(child.data).startswith("hops_"):
                _bounded_hops(child)


def _one_long_step(path: Tree[Token]) -> None:
    between = steps(path)[1::2]
    bounds = [hops(child) for part in between for child in trees(part) if str(child.data).startswith("hops_")]
    if len(between) != 1 or len(bounds) != 1 or bounds[0][0] > 1:
        msg = "a shortest path joins two nodes by one path of variable length from 1 step up"
        raise UnsafeCypher(msg, position(path), "Write shortestPath((a)-[:T*1..5]->(b)).")


def _bounded_hops(tree: Tree[Token]) -> None:
    least, most = hops(tree)
    if most is None or most > MAX_HOPS:
        what = "has no upper bound" if most is None else f"asks for {most} steps"
        msg = f"a path of variable length {what}"
        raise UnsafeCypher(msg, position(tree), f"Write *1..n with n <= {MAX_HOPS}.")
    if least > most:
        msg = f"the path of {least} to {most} steps is empty"
        raise UnsafeCypher(msg, position(tree), "Swap the bounds.")


def _projection(clause: Tree[Token], scope: Scope) -> list[str]:
    """Check WITH or RETURN; the names of its columns."""
    parts = {str(part.data): part for part in trees(clause)}
    names: list[str] = []
    for column in trees(parts["columns"]):
        if column.data == "star":
            if not scope:
                msg = "* stands for all variables, and there are none"
                raise UnsafeCypher(msg, position(column), "Name a value.")
            names += sorted(scope)
            continue
        value = trees(column)[0]
        _expression(value, scope)
        weigh(value, scope)
        name = column_name(column)
        if not name and clause.data == "with_clause":
            reason = f"{to_text(value)} has no name after WITH"
            raise UnsafeCypher(reason, position(value), "Add AS and a name.")
        names.append(name or to_text(value))
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        msg = f"two columns are called {repeated}"
        raise UnsafeCypher(msg, position(parts["columns"]), "Rename one with AS.")
    visible = scope | dict.fromkeys(names, 1)  # ORDER BY and WHERE see the columns beside the variables
    values = [trees(column)[0] for column in trees(parts["columns"]) if column.data == "column"]
    for key in trees(parts["order_by"]) if "order_by" in parts else ():
        _expression(trees(key)[0], visible)
        if "distinct" in parts or any(map(has_aggregate, values)):
            _require_columns(trees(key)[0], {to_text(value) for value in values}, names)
    if "where" in parts:
        _expression(trees(parts["where"])[0], visible)
    return names


def _require_columns(key: Tree[Token], values: set[str], names: list[str]) -> None:
    """Refuse a sort key of anything but columns: after DISTINCT or an aggregate, the variables have no single value."""
    if to_text(key) in values:
        return
    if key.data == "variable" and token(key) not in names:
        msg = f"ORDER BY {token(key)}, which is not a column after an aggregate or DISTINCT"
        raise UnsafeCypher(msg, position(key), "Return it too, or order by a column.")
    for part in trees(key):
        if part.data in ("access", "variable", "sum", "product", "function", "power", "sign", "comparison"):
            _require_columns(part, values, names)


def _expression(tree: Tree[Token], scope: Scope, loops: int = 0) -> None:
    match str(tree.data):
        case "variable" | "has_label":
            if token(tree) not in scope:
                hint = f"Known here: {', '.join(sorted(scope))}." if scope else "Bind it with MATCH, UNWIND or WITH."
                msg = f"the variable {token(tree)} is not defined"
                raise UnsafeCypher(msg, position(tree), hint)
        case "quantifier" | "list_comprehension":
            _loop(tree, scope, loops + 1)
        case "exists" | "count":
            inside = scope
            for clause in subquery_clauses(tree):
                _match(clause, inside)
                inside = cypher_scope.after(clause, inside)
        case "collect":
            if len(_single_query(trees(tree)[0], scope)) != 1:
                msg = "COLLECT {} returns one column"
                raise UnsafeCypher(msg, position(tree), "Put several values in a list or map.")
        case "pattern_comprehension":
            _pattern_comprehension(tree, scope, loops + 1)
        case "map_projection":
            _expression(tree.__class__("variable", [tree.children[0]]), scope)
            for part in trees(tree):
                if part.data == "own_variable":
                    _expression(tree.__class__("variable", part.children), scope)
                elif part.data == "entry":
                    _expression(trees(part)[1], scope, loops)
        case "reduce":
            _reduce(tree, scope, loops + 1)
        case "pattern_predicate":
            _pattern_predicate(tree, scope)
        case "regex":
            value, pattern = trees(tree)
            _expression(value, scope, loops)
            check_regular_expression(pattern)
        case rule:
            if rule in ("function", "count_rows"):
                _known_function(tree)
                _bounded_range(tree)
            for part in trees(tree):
                if part.data not in ("name", "labels", "distinct"):
                    _expression(part, scope, loops)


def _pattern_predicate(tree: Tree[Token], scope: Scope) -> None:
    for name in pattern_variables(tree):
        if name not in scope:
            msg = f"a condition cannot introduce the variable {name}"
            raise UnsafeCypher(
                msg,
                position(tree),
                "Use EXISTS { MATCH ... }, or leave the name out.",
            )
    _pattern(tree, scope)


def _pattern_comprehension(tree: Tree[Token], scope: Scope, loops: int) -> None:
    path, *rest = trees(tree)
    if loops > MAX_LOOPS:
        msg = f"loops are nested more than {MAX_LOOPS} deep"
        raise UnsafeCypher(msg, position(tree), "Use MATCH and collect().")
    inside = scope | dict.fromkeys(pattern_variables(as_pattern(path)), 1)
    _pattern(as_pattern(path), inside)
    for part in rest:
        _expression(trees(part)[0], inside, loops)


def _reduce(tree: Tree[Token], scope: Scope, loops: int) -> None:
    result, start, name, values, body = trees(tree)
    if loops > MAX_LOOPS:
        msg = f"loops are nested more than {MAX_LOOPS} deep"
        raise UnsafeCypher(msg, position(tree), "Use UNWIND and an aggregate such as sum().")
    _expression(start, scope, loops)
    _expression(values, scope, loops)
    _expression(trees(body)[0], scope | {token(result): 1, token(name): 1}, loops)


def _loop(tree: Tree[Token], scope: Scope, loops: int) -> None:
    name, values, *rest = trees(tree)
    if loops > MAX_LOOPS:
        msg = f"loops are nested more than {MAX_LOOPS} deep"
        raise UnsafeCypher(msg, position(tree), "Use UNWIND.")
    _expression(values, scope, loops)
    for part in rest:
        _expression(trees(part)[0], scope | {token(name): 1}, loops)


def _known_function(tree: Tree[Token]) -> None:
    name = token(tree)
    arguments = [part for part in trees(tree) if part.data != "distinct"]
    known = FUNCTIONS.get(name.lower())
    if known is None:
        hint = ALTERNATIVES.get(name.lower(), f"Known are {', '.join(sorted(f.name for f in FUNCTIONS.values()))}.")
        msg = f"the function {name}() is not known"
        raise UnsafeCypher(msg, position(tree), hint)
    if tree.data == "count_rows":
        if known.name != "count":
            msg = f"{name}(*) is not known"
            raise UnsafeCypher(msg, position(tree), "Only count(*) is.")
        return
    if known.name == "exists" and [part.data for part in arguments] not in (["access"], ["pattern_predicate"]):
        msg = "exists() of something else than a property or a pattern"
        raise UnsafeCypher(
            msg, position(tree), "Use EXISTS { (a)-[:T]->(b) } for a pattern, x IS NOT NULL for a value."
        )
    fewest, most = known.min_arguments, known.max_arguments
    if not fewest <= len(arguments) <= most:
        reason = f"{known.name}() was given {len(arguments)} arguments"
        raise UnsafeCypher(
            reason, position(tree), f"It takes {fewest}." if fewest == most else f"It takes {fewest} to {most}."
        )
    if len(arguments) < len(trees(tree)) and not known.aggregate:
        msg = f"DISTINCT in {known.name}()"
        raise UnsafeCypher(msg, position(tree), "Only aggregates take it.")


def _bounded_range(tree: Tree[Token]) -> None:
    if token(tree).lower() != "range":
        return
    first, last, *_step = trees(tree)
    if first.data == last.data == "integer" and int(token(last)) - int(token(first)) <= MAX_RANGE:
        return
    if first.data == "integer" and last.data != "integer" and _is_a_length(last):
        return
    msg = "a range inside an expression is one value, and this one has no bound"
    raise UnsafeCypher(
        msg,
        position(tree),
        f"Use UNWIND range(...) AS x, or at most {MAX_RANGE} numbers.",
    )


def _is_a_length(tree: Tree[Token]) -> bool:
    """Whether the value is the size of a value in memory, plus or minus a number: a range over it is no larger."""
    if tree.data == "function":
        return token(tree).lower() in ("size", "length", "count")
    return tree.data == "integer" or (tree.data == "sum" and all(map(_is_a_length, trees(tree))))
