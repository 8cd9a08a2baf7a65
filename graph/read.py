"""Records read back from a store: the inverse of ``graph.rows``, by queries that both engines answer.

Only what is a node, or a relation between two claims, comes back. Edges are not needed for the rest, because a node
holds every field of its record, its links included.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graph.records import RECORDS, Record, Relation
from graph.schema import SCHEMA

if TYPE_CHECKING:
    from graph.stores.base import Store

__all__ = ["read_records"]

RELATIONS = {"AGREES_WITH": "agrees", "CONTRADICTS": "contradicts", "DIFFERS_IN_SCOPE": "differs_in_scope"}


def read_records(store: Store, kinds: Sequence[str]) -> Iterator[Record]:
    """Records of these kinds that the graph holds; stubs of cited papers are not records and are left out.

    Parameters
    ----------
    store
        An open store.
    kinds
        Names of record classes that are nodes, or ``Relation``.

    Raises
    ------
    KeyError
        If the graph does not keep records of that kind as nodes.
    """
    for kind in kinds:
        yield from _relations(store) if kind == "Relation" else _nodes(store, kind)


def _nodes(store: Store, kind: str) -> Iterator[Record]:
    record = RECORDS[kind]
    fields = [name for name in SCHEMA.nodes[kind] if name in record.model_fields]
    where = " WHERE n.stub = false" if "stub" in SCHEMA.nodes[kind] else ""
    columns = ", ".join(f"n.{name} AS {name}" for name in fields)
    rows = store.rows(f"MATCH (n:{kind}){where} RETURN {columns}")
    # A mapping is kept as JSON text, which is the one kind of text that is decoded here.
    nested = {name for name in fields if _is_mapping(record, name)}
    for row in rows:
        values = dict(_present(row))
        values.update({name: json.loads(values[name]) for name in nested & values.keys()})
        yield record.model_validate(values)


def _relations(store: Store) -> Iterator[Relation]:
    for kind, relation in RELATIONS.items():
        text = (
            f"MATCH (a:Claim)-[r:{kind}]->(b:Claim) RETURN a.id AS claim_id, b.id AS other_id, "
            "r.fields AS fields, r.reasons AS reasons, r.rule AS rule"
        )
        for row in store.rows(text):
            yield Relation.model_validate({"relation": relation, **dict(_present(row))})


def _present(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values that are there: what is null in the graph has the record's default."""
    yield from ((name, value) for name, value in row.items() if value is not None)


def _is_mapping(record: type[Record], name: str) -> bool:
    return isinstance(record.model_fields[name].get_default(call_default_factory=True), dict)
