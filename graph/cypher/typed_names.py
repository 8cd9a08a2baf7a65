"""The names of the schema: which labels, relationship types and properties there are, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from graph.cypher import kinds
from graph.cypher.kinds import Kind
from graph.cypher.tree import position, token
from graph.errors import UnsafeCypher, or_list

if TYPE_CHECKING:
    from lark import Token, Tree

    from graph.schema import Schema

__all__ = ["SchemaNames"]


def _similar(name: str, known: Iterable[str]) -> list[str]:
    """Names that differ in case only, else names that are spelt alike."""
    names = list(known)
    return [other for other in names if other.lower() == name.lower()] or get_close_matches(name, names, 3, 0.5)


class SchemaNames:
    """Looks names up in a schema.

    Parameters
    ----------
    schema
        Labels, relationships and the types of their properties.
    parameters
        Values that the query will be given, where they are known.
    """

    def __init__(self, schema: Schema, parameters: Mapping[str, Any]) -> None:
        self._schema = schema
        self._parameters = parameters
        self.cast: list[UnsafeCypher] = []
        """What the embedded engine casts and Neo4j does not."""
        self._of_nodes = {name: kind for properties in schema.nodes.values() for name, kind in properties.items()}
        self._of_relationships = {
            name: kind
            for relationship in schema.relationships.values()
            for name, kind in relationship.properties.items()
        }

    def _require_known(self, name: str, among: Iterable[str], what: str, at: Tree[Token]) -> None:
        known = list(among)
        if name in known:
            return
        similar = _similar(name, known)
        hint = f"Did you mean {or_list(similar)}?" if similar else f"There are {', '.join(known)}."
        msg = f"the graph has no {what} {name}"
        raise UnsafeCypher(msg, position(at), hint)

    def _property(self, owner: Kind, name: Tree[Token]) -> Kind | None:
        """Kind of a property; refused unless one of the labels or types that the owner may have has it."""
        spelling = token(name)
        nodes = owner.name == "node"
        everything = self._of_nodes if nodes else self._of_relationships
        if nodes:
            has = {each for label in owner.owners for each in self._schema.nodes[label]}
        else:
            has = {each for kind in owner.owners for each in self._schema.relationships[kind].properties}
        if not owner.owners:
            has = set(everything)
        owner_text = "|".join(sorted(owner.owners)) if 0 < len(owner.owners) <= 3 else f"a {owner.name}"
        if spelling not in has:
            similar = _similar(spelling, has)
            listed = ", ".join(sorted(has)[:40]) or "none"
            hint = f"Did you mean {or_list(similar)}?" if similar else f"It has {listed}."
            msg = f"{owner_text} has no property {spelling}"
            raise UnsafeCypher(msg, position(name), hint)
        return kinds.PROPERTY_KINDS[everything[spelling]]
