"""Calls of functions in the embedded engine's words, with Neo4j's values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from graph.cypher.functions import FUNCTIONS
from graph.cypher.printer import string_literal
from graph.cypher.tree import position, token
from graph.errors import UnsafeCypher

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import Token, Tree

    Lowering = Callable[[list[Tree[Token]], list[str]], str]

_TO_THE_END = 2**31 - 1
# Neo4j rounds the shortest decimal of a number, ladybug its binary value: 0.285 would become 0.28. Four units in the
# last place lift a tie over the edge (no difference in 4,000 ties and random numbers).
_LIFT = "1.0000000000000004"
_NO_INTEGER = "9223372036854775807.0"
_MARK = "\x01"

_REFUSED = {
    "reverse": ("reverse()", "Use ORDER BY ... DESC before collect(), or show the text as it is."),
    "keys": ("keys()", "The properties of a label are in the schema (graph schema)."),
    "properties": ("properties()", "Name them: {id: n.id, title: n.title}."),
    "id": ("id() of the engine", "Use the property: n.id."),
    "elementid": ("elementId() of the engine", "Use the property: n.id."),
    "startnode": ("startNode()", "Name the node in the pattern."),
    "endnode": ("endNode()", "Name the node in the pattern."),
    "exists": ("exists()", "Use EXISTS { (a)-[:T]->(b) } for a pattern, x IS NOT NULL for a value."),
    "duration": ("duration()", "Compute the day outside and pass it as a $parameter."),
    "stdev": ("stDev()", "Return avg(x), avg(x * x) and count(x)."),
    "stdevp": ("stDevP()", "Return avg(x), avg(x * x) and count(x)."),
    "exp": ("exp()", "Compute it from the returned value."),
    "toboolean": ("toBoolean()", "Compare with the text: x = 'true'."),
}
_SAME = frozenset(
    [
        "count",
        "collect",
        "avg",
        "min",
        "max",
        "percentilecont",
        "percentiledisc",
        "coalesce",
        "size",
        "length",
        "nodes",
        "relationships",
        "trim",
        "ltrim",
        "rtrim",
        "left",
        "right",
        "range",
        "abs",
        "sign",
    ]
)
_RENAMED = {"tolower": "lower"}
# Letters that are two in upper case, which the engine leaves as they are: those of German, and of PDF files.
_TWO_IN_UPPER_CASE = {"ß": "SS", "ﬀ": "FF", "ﬁ": "FI", "ﬂ": "FL", "ﬃ": "FFI", "ﬄ": "FFL"}


def lowered_call(call: Tree[Token], arguments: list[Tree[Token]], texts: list[str], *, distinct: bool) -> str:
    """Text of a call whose arguments are printed as ``texts``.

    Raises
    ------
    UnsafeCypher
        If no call of the engine gives Neo4j's value.
    """
    name = token(call).lower()
    if name in _REFUSED:
        what, hint = _REFUSED[name]
        reason = f"{what} differs between the stores"
        raise UnsafeCypher(reason, position(call), hint)
    if name in ("left", "right") and arguments[1].data != "integer":
        reason = f"{name}() of a computed length, which may be negative"
        raise UnsafeCypher(reason, position(call), "Write the length as a number.")
    if name == "date" and arguments and arguments[0].data == "string" and not _is_day(token(arguments[0])):
        reason = f"date({token(arguments[0])!r}), which is not a whole day"
        raise UnsafeCypher(reason, position(call), "Write date('2024-01-31').")
    if name == "date" and arguments and arguments[0].data == "map":
        reason = "date() of a map"
        raise UnsafeCypher(reason, position(call), "Write date('2024-01-31').")
    values = ("DISTINCT " if distinct else "") + ", ".join(texts)
    if name in _SAME:
        return f"{FUNCTIONS[name].name}({values})"
    if name in _RENAMED:
        return f"{_RENAMED[name]}({values})"
    if name == "sum":
        return f"coalesce(sum({values}), 0)"
    return _LOWERED[name](arguments, texts)


def _label(_arguments: list[Tree[Token]], texts: list[str]) -> str:
    """``label()`` of a missing relationship is its type in ladybug, and null in Neo4j."""
    return f"(CASE WHEN {texts[0]} IS NULL THEN NULL ELSE label({texts[0]}) END)"


def _labels(_arguments: list[Tree[Token]], texts: list[str]) -> str:
    return f"(CASE WHEN {texts[0]} IS NULL THEN NULL ELSE [label({texts[0]})] END)"


def _is_empty(_arguments: list[Tree[Token]], texts: list[str]) -> str:
    return f"(size({texts[0]}) = 0)"


def _to_string(_arguments: list[Tree[Token]], texts: list[str]) -> str:
    """Floats are written otherwise (1.500000), so a float stops the query with a reason."""
    text = texts[0]
    is_float = f"typeof({text}) IN ['DOUBLE', 'FLOAT']"
    problem = string_literal("a float in toString(): return the number itself")
    stop = f"CAST(CAST(CASE WHEN {is_float} THEN {problem} ELSE '0' END, 'INT64'), 'STRING')"
    lowered = f"WHEN typeof({text}) = 'BOOL' THEN lower(CAST({text}, 'STRING'))"
    return f"(CASE WHEN {is_float} THEN {stop} {lowered} ELSE CAST({text}, 'STRING') END)"


def _to_integer(arguments: list[Tree[Token]], texts: list[str]) -> str:
    """Cut, where the cast would round, and the nearest integer for what has none."""
    value = _double(arguments, texts)
    cut = (
        f"CASE WHEN abs({value}) >= {_NO_INTEGER} THEN 0.0 WHEN {value} >= 0 THEN floor({value}) ELSE ceil({value}) END"
    )
    largest = f"WHEN {value} >= {_NO_INTEGER} THEN {2**63 - 1} WHEN {value} <= -{_NO_INTEGER} THEN -{2**63 - 1} - 1"
    return f"(CASE {largest} ELSE CAST({cut}, 'INT64') END)"


def _double(_arguments: list[Tree[Token]], texts: list[str]) -> str:
    return f"CAST({texts[0]}, 'DOUBLE')"


def _of_double(function: str) -> Lowering:
    def call(arguments: list[Tree[Token]], texts: list[str]) -> str:
        return f"{function}({_double(arguments, texts)})"

    return call


def _round(arguments: list[Tree[Token]], texts: list[str]) -> str:
    """Halves go up without decimals, away from zero with them."""
    value = _double(arguments, texts)
    if len(arguments) == 1 or (arguments[1].data == "integer" and token(arguments[1]) == "0"):
        rounded = f"floor({value}) + CASE WHEN {value} - floor({value}) >= 0.5 THEN 1.0 ELSE 0.0 END"
        largest = f"WHEN {value} >= {_NO_INTEGER} THEN {_NO_INTEGER} WHEN {value} <= -{_NO_INTEGER} THEN -{_NO_INTEGER}"
        return f"(CASE {largest} ELSE {rounded} END)"
    if arguments[1].data != "integer":
        reason = "round() to a computed number of decimals"
        raise UnsafeCypher(reason, position(arguments[1]), "Write the number.")
    return f"round({value} * {_LIFT}, {texts[1]})"


def upper(text: str, *, in_loop: bool) -> str:
    """``toUpper``; a loop, which cannot hold the question whether the value is missing, has none that is."""
    call = text
    for letter, letters in _TWO_IN_UPPER_CASE.items():
        call = f"replace({call}, '{letter}', '{letters}')"
    return f"upper({call})" if in_loop else _guarded(text, f"upper({call})")


def _replace(arguments: list[Tree[Token]], texts: list[str]) -> str:
    if arguments[1].data != "string" or not token(arguments[1]):
        reason, hint = "replace() of a computed text", "Write the text that is looked for; it must not be empty."
        raise UnsafeCypher(reason, position(arguments[1]), hint)
    return _guarded(texts[0], f"replace({', '.join(texts)})")


def _split(arguments: list[Tree[Token]], texts: list[str]) -> str:
    """The engine drops empty pieces, so each piece gets a mark in front, which is cut off again."""
    if arguments[1].data != "string" or not token(arguments[1]):
        reason, hint = "split() at a computed text", "Write the text between the pieces; it must not be empty."
        raise UnsafeCypher(reason, position(arguments[1]), hint)
    value, between = texts
    mark = string_literal(_MARK)
    marked = f"{mark} + replace({value}, {between}, {between} + {mark})"
    pieces = f"list_transform(string_split({marked}, {between}), piece -> substring(piece, 2, {_TO_THE_END}))"
    return f"(CASE WHEN ({value}) IS NULL THEN NULL ELSE {pieces} END)"


def _substring(arguments: list[Tree[Token]], texts: list[str]) -> str:
    """Places count from 0 in Neo4j; behind the end of a text with other letters than a-z the engine starts over."""
    text, start, *length = texts
    if arguments[1].data == "sign":
        msg = "substring() from a negative place"
        raise UnsafeCypher(msg, position(arguments[1]), "Use right(x, n).")
    place = str(int(start) + 1) if arguments[1].data == "integer" else f"({start}) + 1"
    cut = f"substring({text}, {place}, {length[0] if length else _TO_THE_END})"
    return f"(CASE WHEN size({text}) >= {place} THEN {cut} WHEN ({text}) IS NOT NULL THEN '' END)"


def _guarded(value: str, call: str) -> str:
    """A missing value makes the engine's functions of three arguments forget the rows beside it."""
    return f"(CASE WHEN ({value}) IS NOT NULL THEN {call} END)"


def _tail(_arguments: list[Tree[Token]], texts: list[str]) -> str:
    return f"(CASE WHEN size({texts[0]}) >= 0 THEN ({texts[0]})[2:] END)"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _date(_arguments: list[Tree[Token]], texts: list[str]) -> str:
    return f"date({texts[0]})" if texts else "current_date()"


_LOWERED: dict[str, Lowering] = {
    "type": _label,
    "labels": _labels,
    "isempty": _is_empty,
    "tostring": _to_string,
    "tointeger": _to_integer,
    "tofloat": _double,
    "ceil": _of_double("ceil"),
    "floor": _of_double("floor"),
    "sqrt": _of_double("sqrt"),
    "log": _of_double("ln"),
    "log10": _of_double("log10"),
    "round": _round,
    "replace": _replace,
    "split": _split,
    "substring": _substring,
    "tail": _tail,
    "date": _date,
    "pi": lambda _arguments, _texts: "3.141592653589793",
    "e": lambda _arguments, _texts: "2.718281828459045",
}
