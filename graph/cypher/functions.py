"""The functions that a query may call, and what each does to the size of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from lark import Token, Tree

Size = Literal["bounded", "inherited"]


class Function(NamedTuple):
    """A function of the language."""

    name: str
    """Spelling that is printed."""
    min_arguments: int
    max_arguments: int
    size: Size = "bounded"
    """Size of the result: ``bounded`` for a number or truth value; ``inherited``, at most that of the largest
    argument."""
    aggregate: bool = False


_MANY = 50

FUNCTIONS: dict[str, Function] = {
    function.name.lower(): function
    for function in (
        # aggregates
        Function("count", 1, 1, aggregate=True),
        Function("collect", 1, 1, "inherited", aggregate=True),
        Function("sum", 1, 1, aggregate=True),
        Function("avg", 1, 1, aggregate=True),
        Function("min", 1, 1, "inherited", aggregate=True),
        Function("max", 1, 1, "inherited", aggregate=True),
        Function("percentileCont", 2, 2, aggregate=True),
        Function("percentileDisc", 2, 2, aggregate=True),
        Function("stDev", 1, 1, aggregate=True),
        Function("stDevP", 1, 1, aggregate=True),
        # any value
        Function("coalesce", 1, _MANY, "inherited"),
        Function("size", 1, 1),
        Function("isEmpty", 1, 1),
        Function("toString", 1, 1, "inherited"),
        Function("toInteger", 1, 1),
        Function("toFloat", 1, 1),
        Function("toBoolean", 1, 1),
        # nodes, relationships, paths
        Function("type", 1, 1),
        Function("labels", 1, 1),
        Function("length", 1, 1),
        Function("nodes", 1, 1),
        Function("relationships", 1, 1),
        Function("startNode", 1, 1),
        Function("endNode", 1, 1),
        Function("properties", 1, 1),
        Function("keys", 1, 1),
        Function("id", 1, 1),
        Function("elementId", 1, 1),
        # text
        Function("toLower", 1, 1, "inherited"),
        Function("toUpper", 1, 1, "inherited"),
        Function("trim", 1, 1, "inherited"),
        Function("lTrim", 1, 1, "inherited"),
        Function("rTrim", 1, 1, "inherited"),
        Function("replace", 3, 3, "inherited"),
        Function("substring", 2, 3, "inherited"),
        Function("left", 2, 2, "inherited"),
        Function("right", 2, 2, "inherited"),
        Function("split", 2, 2, "inherited"),
        Function("reverse", 1, 1, "inherited"),
        # lists
        Function("head", 1, 1, "inherited"),
        Function("last", 1, 1, "inherited"),
        Function("tail", 1, 1, "inherited"),
        Function("range", 2, 3),
        # numbers
        Function("abs", 1, 1),
        Function("ceil", 1, 1),
        Function("floor", 1, 1),
        Function("round", 1, 2),
        Function("sqrt", 1, 1),
        Function("exp", 1, 1),
        Function("log", 1, 1),
        Function("log10", 1, 1),
        Function("sign", 1, 1),
        Function("pi", 0, 0),
        Function("e", 0, 0),
        # days
        Function("date", 0, 1),
        Function("duration", 1, 1),
        # what older texts write for EXISTS {} and IS NOT NULL
        Function("exists", 1, 1),
    )
}

ALTERNATIVES = {
    "shortestpath": "Use MATCH p = shortestPath((a)-[:T*1..5]->(b)).",
    "allshortestpaths": "Use MATCH p = allShortestPaths((a)-[:T*1..5]->(b)).",
    "ln": "The natural logarithm is log(x).",
    "lower": "It is called toLower(x).",
    "upper": "It is called toUpper(x).",
    "lcase": "It is called toLower(x).",
    "ucase": "It is called toUpper(x).",
    "length": "Use size(x) for text and lists.",
    "datetime": "For a day write date('2024-01-31'), or pass the time as a $parameter.",
    "timestamp": "For today write date(), or pass the time as a $parameter.",
    "localdatetime": "For a day write date('2024-01-31'), or pass the time as a $parameter.",
    "rand": "Order by a property, so that the answer can be repeated.",
    "randomuuid": "Order by a property, so that the answer can be repeated.",
    "cast": "Use toInteger(x), toFloat(x) or toString(x).",
    "string_agg": "Use collect(x), and reduce() for one text.",
    "group_concat": "Use collect(x), and reduce() for one text.",
    "label": "Use type(r) for a relationship, labels(n) for a node.",
    "rels": "It is called relationships(p).",
    "tostringornull": "Use toString(x).",
    "tointegerornull": "Use toInteger(x).",
    "tofloatornull": "Use toFloat(x).",
}
"""Function that is not in the language, in lower case -> what to write in its place."""

PREFIXED = {
    "apoc.text.join": "Write reduce(s = '', x IN list | s + CASE WHEN s = '' THEN '' ELSE '; ' END + x).",
    "apoc.coll.toset": "Use collect(DISTINCT x).",
    "apoc.coll.sum": "Write reduce(s = 0, x IN list | s + x).",
    "apoc.coll.sort": "Order the rows in WITH before collect().",
    "date.truncate": "Use the parts of the day: date({year: d.year, month: d.month}).",
    "duration.between": "Return both days; their years are b.year - a.year.",
    "duration.indays": "Return both days; their years are b.year - a.year.",
    "duration.inmonths": "Months are 12 * (b.year - a.year) + b.month - a.month.",
    "datetime.truncate": "Use the parts of the time: t.year, t.month.",
}
"""The same for functions with a prefix."""


def has_aggregate(tree: Tree[Token]) -> bool:
    """Whether an expression counts or collects rows."""
    if next(tree.find_data("count_rows"), None) is not None:
        return True
    names = (str(call.children[0]).lower() for call in tree.find_data("function"))
    return any(name in FUNCTIONS and FUNCTIONS[name].aggregate for name in names)
