"""Values of the engine as plain data: what every store hands out, and what a child process can send."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

__all__ = ["parameters_of", "plain"]

INTERNAL = {"_ID", "_LABEL", "_SRC", "_DST", "_id", "_label", "_src", "_dst"}
NOT_CODE = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`", re.DOTALL)
PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")


def plain(value: Any) -> Any:
    """A value as JSON can print it, the same for both engines.

    Nodes and relationships become their properties (those that are set), paths become their nodes and relationships,
    dates and times become ISO text, a Decimal (which the embedded engine gives for a sum of integers) a number.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return _plain_map(value)
        case list() | tuple():
            return [plain(item) for item in value]
    return str(value)


def _plain_map(value: Mapping[str, Any]) -> dict[str, Any]:
    names = set(value)
    if names == {"_NODES", "_RELS"} or names == {"_nodes", "_rels"}:
        nodes, relationships = (plain(item) for item in value.values())
        return {"nodes": nodes, "relationships": relationships}
    if names & {"_LABEL", "_label"}:
        return {name: plain(item) for name, item in value.items() if name not in INTERNAL and item is not None}
    return {name: plain(item) for name, item in value.items()}


def parameters_of(cypher: str) -> set[str]:
    """Names of the parameters in a text; what stands in comments, strings and backticks is none."""
    return set(PARAMETER.findall(NOT_CODE.sub(" ", cypher)))
