"""Values of the Neo4j driver as plain data, the same as those of the embedded store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.stores.values import plain

__all__ = ["plain_value"]


def plain_value(value: Any) -> Any:
    """A value as JSON can print it: nodes and relationships are their properties, dates and times ISO text."""
    from neo4j.graph import Node, Path, Relationship
    from neo4j.time import Date, DateTime, Duration, Time

    match value:
        case Node() | Relationship():
            return {name: plain_value(item) for name, item in value.items()}
        case Path():
            return {
                "nodes": [plain_value(node) for node in value.nodes],
                "relationships": [plain_value(relationship) for relationship in value.relationships],
            }
        case Date() | DateTime() | Time():
            return value.to_native().isoformat()
        case Duration():
            return str(value) if value.months else value.days * 86400 + value.seconds + value.nanoseconds / 1e9
        case Mapping():
            return {name: plain_value(item) for name, item in value.items()}
        case list() | tuple():
            return [plain_value(item) for item in value]
    return plain(value)
