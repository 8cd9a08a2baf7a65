"""Which record owns which rows of the graph, and which owner decides where several do.

A row may have several owners: two references of a paper to the same work make one CITES edge, and a Paper and the stub
of an unresolved reference may have the same id. The row stays until its last owner goes. Its properties are those of
the *deciding* owner, the first in the order of names: a rule that looks at the owners alone, and not at which of them
was written first, so that the same records give the same graph in any order. (``Paper|x`` comes before
``Reference|x``: what is known of a paper itself decides over what another paper's reference says of it.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph.records import Record, Tombstone
from graph.rows import Edge, Node, edge_rows, node_rows

__all__ = ["Owned", "deciding_owner", "owned_rows", "owner_name", "possible_nodes", "possible_owners"]


class Owned(NamedTuple):
    """The rows that one record stands for."""

    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()


def owner_name(record: Record) -> str:
    """Name of the owner that a record is, or that a Tombstone removes: kind and id."""
    if isinstance(record, Tombstone):
        return f"{record.target_record}|{record.target_id}"
    return f"{type(record).__name__}|{record.id}"


def owned_rows(records: Iterable[Record]) -> dict[str, Owned]:
    """Owner -> the rows it stands for, by the last of equal owners; none for a removed record."""
    return {
        owner_name(record): Owned()
        if isinstance(record, Tombstone)
        else Owned(list(node_rows(record)), list({edge.key: edge for edge in edge_rows(record)}.values()))
        for record in records
    }


def deciding_owner(owners: Iterable[str]) -> str:
    """The owner whose properties a row has."""
    return min(owners)


def possible_owners(node_key: str) -> tuple[str, ...]:
    """All owners that a node may have: the record of its own kind, and for a paper the reference it is a stub of.

    They stand in the order in which they decide.
    """
    label, _, node_id = node_key.partition("|")
    return (node_key, f"Reference|{node_id}") if label == "Paper" else (node_key,)


def possible_nodes(owner: str) -> tuple[str, ...]:
    """Keys of all nodes that a record may stand for, whatever it says: ``possible_owners`` the other way round."""
    kind, _, record_id = owner.partition("|")
    return (owner, f"Paper|{record_id}") if kind == "Reference" else (owner,)
