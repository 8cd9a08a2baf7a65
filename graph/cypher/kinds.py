"""Kinds of values, and the kinds that each function takes and returns.

A kind that the text does not tell (of a parameter without a value, of a value in a map) is None and fits everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.cypher.printer import to_text
from graph.cypher.tree import position
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from lark import Token, Tree


class Kind(NamedTuple):
    """A kind of value."""

    name: str
    """``text``, ``integer``, ``float``, ``number`` (an integer in some rows, a float in others), ``truth value``,
    ``day``, ``time``, ``list``, ``map``, ``node``, ``relationship`` or ``path``."""
    members: Kind | None = None
    """Kind of the members of a list."""
    owners: frozenset[str] = frozenset()
    """Labels that a node may have, or types of a relationship."""
    fields: tuple[tuple[str, Kind | None], ...] | None = None
    """Keys of a map and the kinds of their values, where they are known."""

    def field(self, key: str) -> Kind | None:
        """Kind of the value that a map has under ``key``."""
        return dict(self.fields or ()).get(key)


TEXT, INTEGER, FLOAT, TRUTH = Kind("text"), Kind("integer"), Kind("float"), Kind("truth value")
DAY, TIME, MAP, PATH, LIST = Kind("day"), Kind("time"), Kind("map"), Kind("path"), Kind("list")
TEXTS = Kind("list", TEXT)
NUMBER = ("integer", "float", "number")
MIXED_NUMBER = Kind("number")
"""An integer in some rows and a float in others."""
DURATION = Kind("duration")
DAY_PARTS = ("year", "quarter", "month", "week", "day", "dayOfWeek")
"""What a day has; weeks and their days are those of ISO 8601."""
TIME_PARTS = (*DAY_PARTS, "hour", "minute", "second")
COUNTABLE = ("text", "list")
ORDERED = ("text", *NUMBER, "truth value", "day", "time")
"""Kinds that both engines sort in the same order."""

PROPERTY_KINDS: Mapping[str, Kind] = {
    "STRING": TEXT,
    "INT64": INTEGER,
    "DOUBLE": FLOAT,
    "BOOL": TRUTH,
    "DATE": DAY,
    "TIMESTAMP": TIME,
    "STRING[]": TEXTS,
}

# Function -> kinds of each argument (the last entry holds for all further arguments), and kind of the result. None is
# a result that depends on the arguments; `graph.cypher.typed` derives it.
_TEXT, _LISTS = ("text",), ("list",)
SIGNATURES: Mapping[str, tuple[Sequence[tuple[str, ...]], Kind | None]] = {
    "avg": ([NUMBER], FLOAT),
    "percentilecont": ([NUMBER], FLOAT),
    "stdev": ([NUMBER], FLOAT),
    "stdevp": ([NUMBER], FLOAT),
    "size": ([COUNTABLE], INTEGER),
    "isempty": ([(*COUNTABLE, "map")], TRUTH),
    "tostring": ([("text", "integer", "float", "truth value", "day", "time")], TEXT),
    "tointeger": ([(*NUMBER, "text")], INTEGER),
    "tofloat": ([(*NUMBER, "text")], FLOAT),
    "toboolean": ([("text", "truth value", "integer")], TRUTH),
    "type": ([("relationship",)], TEXT),
    "labels": ([("node",)], TEXTS),
    "length": ([("path",)], INTEGER),
    "nodes": ([("path",)], Kind("list", Kind("node"))),
    "relationships": ([("path",)], Kind("list", Kind("relationship"))),
    "keys": ([("node", "relationship", "map")], TEXTS),
    "properties": ([("node", "relationship", "map")], None),
    **dict.fromkeys(("tolower", "toupper", "trim", "ltrim", "rtrim"), ([_TEXT], TEXT)),
    "replace": ([_TEXT], TEXT),
    "substring": ([_TEXT, ("integer",)], TEXT),
    "left": ([_TEXT, ("integer",)], TEXT),
    "right": ([_TEXT, ("integer",)], TEXT),
    "split": ([_TEXT], TEXTS),
    "range": ([("integer",)], Kind("list", INTEGER)),
    "sign": ([NUMBER], INTEGER),
    **dict.fromkeys(("ceil", "floor", "round", "sqrt", "exp", "log", "log10"), ([NUMBER], FLOAT)),
    "pi": ([], FLOAT),
    "e": ([], FLOAT),
    "date": ([("text", "day", "map")], DAY),
    "duration": ([("text", "map")], DURATION),
    "startnode": ([("relationship",)], Kind("node")),
    "endnode": ([("relationship",)], Kind("node")),
    "elementid": ([("node", "relationship")], TEXT),
    "reverse": ([("text", "list")], None),
    "count": ([], INTEGER),
    "exists": ([], TRUTH),
    "tail": ([_LISTS], None),
    "head": ([_LISTS], None),
    "last": ([_LISTS], None),
    "sum": ([NUMBER], None),
    "abs": ([NUMBER], None),
    "min": ([ORDERED], None),
    "max": ([ORDERED], None),
    "percentiledisc": ([NUMBER], None),
}

_HINTS = {
    frozenset(["day", "text"]): "Write the day as date('2024-01-31') or date($day).",
    frozenset(["number", "text"]): "Write a number without quotes, or toString(x) where text is wanted.",
    frozenset(["list", "text"]): "Ask whether a text is in a list with IN, or UNWIND the list.",
    frozenset(["truth value", "text"]): "Write true or false without quotes.",
    frozenset(["truth value", "number"]): "Write true or false.",
}


def family(kind: Kind) -> str:
    """Name of the comparable kinds to which this one belongs: integers and floats are numbers."""
    return "number" if kind.name in NUMBER else kind.name


def kind_of_value(value: Any) -> Kind | None:
    """Kind of the value of a parameter."""
    match value:  # subclasses first: a bool is an int, and a datetime is a date
        case bool():
            return TRUTH
        case int():
            return INTEGER
        case float():
            return FLOAT
        case str():
            return TEXT
        case datetime():
            return TIME
        case date():
            return DAY
        case Mapping():
            return Kind("map", fields=tuple((str(key), kind_of_value(item)) for key, item in value.items()))
        case list() | tuple():
            kinds = {kind_of_value(item) for item in value}
            if len(kinds) > 1 and all(kind is None or kind.name == "map" for kind in kinds):
                return Kind("list", merged_maps(kind for kind in kinds if kind))
            families = {family(kind) for kind in kinds if kind}
            members = MIXED_NUMBER if {INTEGER, FLOAT} <= kinds else next(iter(kinds - {None}), None)
            return Kind("list", members if len(families) == 1 else None)
    return None


def merged_maps(maps: Iterable[Kind]) -> Kind:
    """Kind of a map that is one of several: it has the keys of all."""
    fields: dict[str, Kind | None] = {}
    for each in maps:
        for key, kind in each.fields or ():
            known = fields.get(key)
            mixed = known and kind and known.name != kind.name and family(known) == family(kind)
            fields[key] = MIXED_NUMBER if mixed else known or kind
    return Kind("map", fields=tuple(fields.items()))


def require_same_kind(parts: Sequence[tuple[Tree[Token], Kind | None]], what: str) -> Kind | None:
    """Refuse values of two kinds, whose comparison would be null or false.

    Returns
    -------
    The kind of all the values; a float if some are integers and some floats, None if no kind is known.

    Raises
    ------
    UnsafeCypher
        With the first two values that differ.
    """
    known = [(tree, kind) for tree, kind in parts if kind is not None]
    if not known:
        return None
    first, kind = known[0]
    for tree, other in known[1:]:
        if family(other) != family(kind):
            names = frozenset([family(kind), family(other)])
            msg = f"{what} of two kinds: {to_text(first)} is a {kind.name}, {to_text(tree)} a {other.name}"
            raise UnsafeCypher(msg, position(tree), _HINTS.get(names, "Use values of one kind."))
        if kind == INTEGER:
            kind = other  # an integer beside a float is computed with as a float
        elif kind.name == other.name == "list" and kind.members and other.members:
            if family(kind.members) != family(other.members):
                msg = f"{what} of two kinds: lists of {kind.members.name} and of {other.members.name}"
                raise UnsafeCypher(msg, position(tree), "Use lists of one kind.")
        elif kind.name == "list":
            kind = kind if kind.members else other  # an empty list fits a list of any kind
    return kind


def require_kind(tree: Tree[Token], kind: Kind | None, accepted: Sequence[str], what: str) -> None:
    """Refuse a value whose kind is not accepted by ``what``, an operator or function.

    Raises
    ------
    UnsafeCypher
        With the value, its kind and the accepted ones.
    """
    if kind is None or kind.name in accepted:
        return
    shown = "number" if tuple(accepted) == NUMBER else " or ".join(accepted)
    names = frozenset([family(kind), "number" if set(accepted) <= set(NUMBER) else accepted[0]])
    msg = f"{what} takes a {shown}, and {to_text(tree)} is a {kind.name}"
    raise UnsafeCypher(msg, position(tree), _HINTS.get(names, f"Give it a {shown}."))


def alternatives(parts: Sequence[tuple[Tree[Token], Kind | None]], what: str) -> Kind | None:
    """Kind of a value that is one of several, such as the results of CASE.

    Of integers and floats it is a number whose kind only the row tells.

    Raises
    ------
    UnsafeCypher
        With the first two values that differ.
    """
    kind, kinds = require_same_kind(parts, what), {kind for _, kind in parts}
    return MIXED_NUMBER if MIXED_NUMBER in kinds or {INTEGER, FLOAT} <= kinds else kind
