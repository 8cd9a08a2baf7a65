"""What one batch of records changes in the graph: a comparison of the rows before and after it.

A batch is one transaction, and leaves the graph that its records and all earlier ones stand for, with its digest. So a
load that is cut off between batches is a smaller graph, not a broken one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graph.rows import Edge, fact_digest
from graph.stores.graph_digest import contribution
from graph.stores.neo4j.entries import Entries, Entry, Row
from graph.stores.ownership import deciding_owner, possible_owners

__all__ = ["BatchChanges", "changes_of"]


@dataclass
class BatchChanges:
    """The difference that a batch makes; ``records`` and ``waiting`` are the bookkeeping of it."""

    nodes: dict[str, Row] = field(default_factory=dict)
    """Key -> properties of nodes that are new or differ."""
    gone_nodes: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    """Edges that are new or differ."""
    gone_edges: list[Edge] = field(default_factory=list)
    """Edges without an owner now; those of a node that goes are deleted with it and are not listed."""
    records: list[Entry] = field(default_factory=list)
    gone_records: list[str] = field(default_factory=list)
    waiting: set[tuple[str, str]] = field(default_factory=set)
    """(key of the missing node, owner) of edges that begin to wait."""
    no_longer_waiting: set[tuple[str, str]] = field(default_factory=set)
    digest: int = 0
    """What to add to the digest."""
    counts: Counter[str] = field(default_factory=Counter)
    """What to add to the number of rows of each label and relationship type."""
    waiting_edges: int = 0
    """What to add to the number of edges that wait."""


class _Side:
    """The graph around a batch, either before it or after it."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = dict(entries)
        self.present: set[str] = set()
        """Keys of nodes that are there, of those that were looked at."""

    def add(self, entries: Mapping[str, Entry]) -> None:
        """Learn of records that the batch does not change."""
        self._entries.update(entries)

    def nodes(self, keys: Iterable[str]) -> dict[str, tuple[str, Row | None]]:
        """Key -> fact and properties of the node, by its deciding owner."""
        nodes = {}
        for key in keys:
            owners = [name for name in possible_owners(key) if key in self._nodes_of(name)]
            if owners:
                node = self._entries[deciding_owner(owners)].nodes[key]
                nodes[key] = node.fact, node.row
        return nodes

    def edges(self, keys: set[str]) -> dict[str, dict[str, Edge]]:
        """Edge key -> owner -> the edge as that owner has it."""
        by_key: dict[str, dict[str, Edge]] = defaultdict(dict)
        for owner, entry in self._entries.items():
            for key in entry.edges.keys() & keys:
                by_key[key][owner] = entry.edges[key]
        return by_key

    def ends_are_there(self, edge: Edge) -> bool:
        """Whether the edge can be drawn."""
        return edge.start_key in self.present and edge.end_key in self.present

    def drawn(self, owners: Mapping[str, Edge] | None) -> Edge | None:
        """The edge as it stands in the graph, given all its owners; None if it does not."""
        edge = owners[deciding_owner(owners)] if owners else None
        return edge if edge is not None and self.ends_are_there(edge) else None

    def waiting(self, edges: Mapping[str, Mapping[str, Edge]]) -> tuple[int, set[tuple[str, str]]]:
        """How many edges wait, each counted for each owner, and (key of the missing node, owner)."""
        owned = ((owner, edge) for owners in edges.values() for owner, edge in owners.items())
        waits = [(owner, edge) for owner, edge in owned if not self.ends_are_there(edge)]
        pairs = {
            (end, owner) for owner, edge in waits for end in (edge.start_key, edge.end_key) if end not in self.present
        }
        return len(waits), pairs

    def _nodes_of(self, owner: str) -> Mapping[str, object]:
        return self._entries[owner].nodes if owner in self._entries else {}


def changes_of(batch: Mapping[str, Entry | None], entries: Entries) -> BatchChanges:
    """Compare the graph before and after a batch.

    Only what the batch can touch is read: the old rows of its records, the other owners of their nodes and edges,
    which ends of its edges are there, and, where a node comes or goes, the records with an edge to it.

    Parameters
    ----------
    batch
        Owner -> its entry, or None if the record is removed; all differ from what the server knows.
    entries
        What the server knows.
    """
    old = entries.of(batch)
    new = {owner: entry for owner, entry in batch.items() if entry is not None}
    before, after = _Side(old), _Side(new)
    changes = BatchChanges(records=list(new.values()), gone_records=[owner for owner in batch if owner not in new])

    def learn(known: Mapping[str, Entry]) -> list[Entry]:
        """Add records that are the same before and after, and return those."""
        others = {owner: entry for owner, entry in known.items() if owner not in batch}
        before.add(others)
        after.add(others)
        return list(others.values())

    # Nodes first: what comes or goes decides which edges of other records are touched too.
    touched = {key for entry in (*old.values(), *new.values()) for key in entry.nodes}
    learn(entries.of(owner for key in touched for owner in possible_owners(key) if owner not in batch))
    nodes_before, nodes_after = before.nodes(touched), after.nodes(touched)
    added, gone = nodes_after.keys() - nodes_before.keys(), nodes_before.keys() - nodes_after.keys()
    _compare_nodes(nodes_before, nodes_after, changes)

    neighbours = learn({**entries.of(entries.waiting_for(added)), **entries.around(gone)})
    edges = [(entry, edge) for entry in (*old.values(), *new.values()) for edge in entry.edges.values()]
    moved = added | gone
    edges += [(e, edge) for e in neighbours for edge in e.edges.values() if {edge.start_key, edge.end_key} & moved]
    learn(entries.sharing(edge.key for entry, edge in edges if entry.is_shared(edge)))

    # An end that the batch does not touch is there after it if it was there before.
    ends = {key for _, edge in edges for key in (edge.start_key, edge.end_key)}
    elsewhere = entries.present(ends - touched)
    before.present, after.present = elsewhere | nodes_before.keys(), elsewhere | nodes_after.keys()
    _compare_edges({edge.key for _, edge in edges}, before, after, changes)
    return changes


def _compare_nodes(
    before: Mapping[str, tuple[str, Row | None]], after: Mapping[str, tuple[str, Row | None]], changes: BatchChanges
) -> None:
    for key in sorted(before.keys() | after.keys()):
        label = key.partition("|")[0]
        if key in before:
            changes.digest -= contribution(key, before[key][0])
            changes.counts[label] -= 1
        if key in after:
            fact, row = after[key]
            changes.digest += contribution(key, fact)
            changes.counts[label] += 1
            if row is not None and (key not in before or before[key][0] != fact):
                changes.nodes[key] = row
        else:
            changes.gone_nodes.append(key)


def _compare_edges(keys: set[str], before: _Side, after: _Side, changes: BatchChanges) -> None:
    owners_before, owners_after = before.edges(keys), after.edges(keys)
    for key in sorted(keys):
        was, now = before.drawn(owners_before.get(key)), after.drawn(owners_after.get(key))
        fact_before, fact_after = (fact_digest(edge.properties) if edge else "" for edge in (was, now))
        if was is not None:
            changes.digest -= contribution(key, fact_before)
            changes.counts[was.type] -= 1
            if now is None and after.ends_are_there(was):
                changes.gone_edges.append(was)
        if now is not None:
            changes.digest += contribution(key, fact_after)
            changes.counts[now.type] += 1
            if fact_after != fact_before:
                changes.edges.append(now)
    number_before, waiting_before = before.waiting(owners_before)
    number_after, waiting_after = after.waiting(owners_after)
    changes.waiting_edges = number_after - number_before
    changes.waiting = waiting_after - waiting_before
    changes.no_longer_waiting = waiting_before - waiting_after
