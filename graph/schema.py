"""The graph in one declaration: labels, relationships, keys.

Everything that must agree about the shape of the graph is made from ``SCHEMA``: the tables of the embedded engine,
the constraints of Neo4j, the text for a language model, the check of rows before they are written, and the picture in
the documentation. Labels are the record classes that are nodes, and properties are their fields, so that a new field
is declared once. Nested values (a mapping, a record) are stored as JSON text, because neither engine has such
properties.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin

from graph.errors import StoreError
from graph.records import RECORDS, Record, digest

__all__ = ["SCHEMA", "PropertyType", "Relationship", "Schema"]

PropertyType = Literal["STRING", "INT64", "DOUBLE", "BOOL", "DATE", "TIMESTAMP", "STRING[]"]

SCALARS: dict[object, PropertyType] = {
    str: "STRING",
    int: "INT64",
    float: "DOUBLE",
    bool: "BOOL",
    date: "DATE",
    datetime: "TIMESTAMP",
}
PYTHON_TYPES: dict[PropertyType, tuple[type, ...]] = {
    "STRING": (str,),
    "INT64": (int,),
    "DOUBLE": (float, int),
    "BOOL": (bool,),
    "DATE": (date,),
    "TIMESTAMP": (datetime,),
    "STRING[]": (list, tuple),
}
INT64 = range(-(2**63), 2**63)
NODES = (
    "Author", "Paper", "Version", "Passage", "Model", "Dataset", "Task", "Metric", "Claim", "Run", "Result",
    "SaturationPoint", "Evidence",
)  # fmt: skip
EXTRA: dict[str, dict[str, PropertyType]] = {"Paper": {"stub": "BOOL"}, "Evidence": {"sentence": "STRING"}}
"""Properties that no record has: ``stub`` marks a cited paper of which only the reference entry is known, ``sentence``
says what decided a verdict."""


@dataclass(frozen=True)
class Relationship:
    """A relationship type: the labels that it joins, its properties, and those that belong to its identity.

    Two edges of one type between the same nodes are distinct only if a ``key`` property differs.
    """

    type: str
    pairs: tuple[tuple[str, str], ...]
    properties: Mapping[str, PropertyType] = field(default_factory=dict)
    key: tuple[str, ...] = ()


def _to(source: str, *targets: str) -> tuple[tuple[str, str], ...]:
    return tuple((source, target) for target in targets)


_SCORES = ("Result", "SaturationPoint")
_RELATION: dict[str, PropertyType] = {"fields": "STRING[]", "rule": "STRING", "reasons": "STRING[]"}
RELATIONSHIPS = (
    Relationship("WROTE", _to("Author", "Paper"), {"position": "INT64"}, ("position",)),
    Relationship("HAS_VERSION", _to("Paper", "Version")),
    Relationship("HAS_PASSAGE", _to("Paper", "Passage")),
    Relationship("CITES", _to("Paper", "Paper")),
    Relationship("DISCUSSES", _to("Paper", "Paper")),
    Relationship("MAKES", _to("Paper", "Claim")),
    Relationship("QUOTES", _to("Claim", "Passage")),
    Relationship("ABOUT", _to("Claim", "Model", "Dataset", "Task", "Metric"), {"role": "STRING"}, ("role",)),
    Relationship("TRAINS", _to("Run", "Model")),
    Relationship("PRETRAINED_ON", _to("Run", "Dataset")),
    Relationship("SCORED", _to("Run", "Result")),
    Relationship("REPORTS", _to("Paper", *_SCORES)),
    Relationship("OF", tuple((score, "Model") for score in _SCORES)),
    Relationship("ON", tuple((score, "Dataset") for score in _SCORES)),
    Relationship("FOR_TASK", tuple((score, "Task") for score in _SCORES)),
    Relationship("MEASURED_BY", tuple((score, "Metric") for score in _SCORES)),
    Relationship("EVIDENCE_FOR", _to("Evidence", "Claim")),
    Relationship("USES", _to("Evidence", *_SCORES)),
    Relationship("AGREES_WITH", _to("Claim", "Claim"), _RELATION),
    Relationship("CONTRADICTS", _to("Claim", "Claim"), _RELATION),
    Relationship("DIFFERS_IN_SCOPE", _to("Claim", "Claim"), _RELATION, ("fields",)),
)


def property_type(annotation: object) -> PropertyType:
    """Engine type of a field: a scalar, a list of text, or text (JSON) for everything nested."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        inner = [argument for argument in arguments if argument is not type(None)]
        return property_type(inner[0]) if len(inner) == 1 else "STRING"
    if origin is Literal:
        return property_type(type(arguments[0]))
    if origin is tuple and arguments == (str, ...):
        return "STRING[]"
    return SCALARS.get(annotation, "STRING")


def _properties(record: type[Record]) -> dict[str, PropertyType]:
    hints = typing.get_type_hints(record)
    fields = {name: property_type(hints[name]) for name in record.model_fields}
    return {**fields, **EXTRA.get(record.__name__, {})}


class Schema:
    """Labels with their properties, and relationships.

    Parameters
    ----------
    nodes
        Label -> property -> engine type; every label has ``id``, its key.
    relationships
        Relationship types.

    Raises
    ------
    ValueError
        If one property name has two types anywhere (the embedded engine then reads null for the second), names
        differ only in case (it takes them for one), or a relationship joins an unknown label.
    """

    def __init__(self, nodes: Mapping[str, Mapping[str, PropertyType]], relationships: Iterable[Relationship]) -> None:
        self.nodes = {label: dict(properties) for label, properties in nodes.items()}
        self.relationships = {relationship.type: relationship for relationship in relationships}
        self._check()

    def _check(self) -> None:
        seen: dict[str, tuple[str, PropertyType, str]] = {}
        for owner, properties in self._owners():
            for name, kind in properties.items():
                other = seen.setdefault(name.lower(), (name, kind, owner))
                if other[:2] != (name, kind):
                    msg = f"{owner}.{name} is {kind}, {other[2]}.{other[0]} is {other[1]}: one name, one type"
                    raise ValueError(msg)
        names = [*self.nodes, *self.relationships]
        if len({name.lower() for name in names}) < len(names):
            msg = "two labels or relationship types differ only in case"
            raise ValueError(msg)
        for label, properties in self.nodes.items():
            if properties.get("id") != "STRING":
                msg = f"{label} has no id of type STRING"
                raise ValueError(msg)
        for relationship in self.relationships.values():
            for label in (label for pair in relationship.pairs for label in pair):
                if label not in self.nodes:
                    msg = f"{relationship.type} joins {label}, which is not a label"
                    raise ValueError(msg)

    def _owners(self) -> Iterator[tuple[str, Mapping[str, PropertyType]]]:
        yield from self.nodes.items()
        for relationship in self.relationships.values():
            yield relationship.type, relationship.properties

    def fingerprint(self) -> str:
        """Hash of the declaration: a store that was built with another one is rebuilt."""
        return digest([self.nodes, [[r.type, r.pairs, r.properties, r.key] for r in self.relationships.values()]])

    def check_node(self, label: str, row: Mapping[str, Any]) -> None:
        """Refuse a node row that the engines would refuse or, worse, store differently.

        Raises
        ------
        StoreError
            With the label, the id, the property and what is wrong with it.
        """
        if label not in self.nodes:
            msg = f"{label} is not a label of the graph; labels are {', '.join(self.nodes)}."
            raise StoreError(msg)
        if not row.get("id"):
            msg = f"A {label} without an id cannot be written; records compute theirs, so build the row from a record."
            raise StoreError(msg)
        self._check_row(label, self.nodes[label], row, str(row["id"]))

    def check_edge(self, kind: str, start: str, end: str, properties: Mapping[str, Any]) -> None:
        """Refuse an edge between labels that it does not join, or with properties that it does not have.

        Raises
        ------
        StoreError
            With the type and what is wrong.
        """
        relationship = self.relationships.get(kind)
        if relationship is None or (start, end) not in relationship.pairs:
            msg = f"The graph has no relationship (:{start})-[:{kind}]->(:{end}); `biorxivist graph schema` lists them."
            raise StoreError(msg)
        self._check_row(kind, relationship.properties, properties, f"{start} to {end}")

    @staticmethod
    def _check_row(owner: str, properties: Mapping[str, PropertyType], row: Mapping[str, Any], what: str) -> None:
        for name, value in row.items():
            kind = properties.get(name)
            if kind is None:
                msg = f"{owner} ({what}) has no property {name!r}; it has {', '.join(properties) or 'none'}."
                raise StoreError(msg)
            if value is None:
                continue
            # bool is a subclass of int in Python
            wrong = not isinstance(value, PYTHON_TYPES[kind]) or (isinstance(value, bool) and kind != "BOOL")
            wrong = wrong or (kind == "INT64" and value not in INT64)
            wrong = wrong or (kind == "STRING[]" and not all(isinstance(item, str) for item in value))
            if wrong:
                msg = (
                    f"{owner} ({what}): {name} = {value!r} is not of the type {kind}; correct the record and reload it."
                )
                raise StoreError(msg)

    def ladybug_ddl(self) -> list[str]:
        """Statements for the tables of the embedded engine, repeatable."""
        statements = []
        for label, properties in self.nodes.items():
            columns = ", ".join(
                f"`{name}` {kind}" + (" PRIMARY KEY" if name == "id" else "") for name, kind in properties.items()
            )
            statements.append(f"CREATE NODE TABLE IF NOT EXISTS `{label}`({columns})")
        for relationship in self.relationships.values():
            parts = [f"FROM `{start}` TO `{end}`" for start, end in relationship.pairs]
            parts += [f"`{name}` {kind}" for name, kind in relationship.properties.items()]
            statements.append(f"CREATE REL TABLE IF NOT EXISTS `{relationship.type}`({', '.join(parts)})")
        return statements

    def neo4j_ddl(self) -> list[str]:
        """Statements for the constraints of Neo4j 5 and later, repeatable: the ids of a label are unique.

        The constraint has the index by which MERGE finds a node.
        """
        return [
            f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
            for label in self.nodes
        ]

    def prompt(self) -> str:
        """Describe the schema as text, for a language model or a person who writes Cypher."""
        lines = ["Nodes (every one has the key id):"]
        for label, properties in self.nodes.items():
            listed = ", ".join(f"{name} {kind}" for name, kind in properties.items())
            lines.append(f"  (:{label} {{{listed}}})")
        lines.append("Relationships:")
        for relationship in self.relationships.values():
            listed = ", ".join(f"{name} {kind}" for name, kind in relationship.properties.items())
            middle = f"[:{relationship.type} {{{listed}}}]" if listed else f"[:{relationship.type}]"
            lines += [f"  (:{start})-{middle}->(:{end})" for start, end in relationship.pairs]
        lines.append("ON and end are reserved words of the embedded engine: write `ON` and `end` in backticks.")
        return "\n".join(lines)

    def mermaid(self) -> str:
        """Draw the labels and relationships as a Mermaid flow chart, for the documentation."""
        lines = ["graph LR"]
        for relationship in self.relationships.values():
            name = relationship.type + (f"<br/>{', '.join(relationship.key)}" if relationship.key else "")
            lines += [f"  {start} -- {name} --> {end}" for start, end in relationship.pairs]
        return "\n".join(lines)


SCHEMA = Schema({label: _properties(RECORDS[label]) for label in NODES}, RELATIONSHIPS)
"""The graph of this package."""
