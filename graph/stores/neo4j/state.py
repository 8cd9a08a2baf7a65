"""What a server knows of the graph as a whole: its digest and how many rows it should have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph.schema import SCHEMA
from graph.stores.graph_digest import digest_text
from graph.stores.neo4j.connection import Connection, Statement

__all__ = ["GraphState", "rows_in_graph"]


@dataclass
class GraphState:
    """The ``_State`` node; absent while the graph is empty.

    Its values are absolute, so that a batch may be repeated when its commit was not acknowledged: one writer at a time
    (``lease``) reads them before the first batch and writes them with each.
    """

    total: int = 0
    """The digest as a number."""
    counts: Counter[str] = field(default_factory=Counter)
    """Label or relationship type -> rows."""
    waiting_edges: int = 0
    rebuilding: bool = False
    """A rebuild has begun and not ended: the graph is incomplete."""

    @classmethod
    def read(cls, connection: Connection) -> GraphState:
        """State of the graph on a server."""
        rows = connection.rows(
            "MATCH (s:_State {id: 'state'}) RETURN s.digest AS digest, s.counts AS counts, "
            "s.waiting_edges AS waiting_edges, s.rebuilding AS rebuilding"
        )
        if not rows:
            return cls()
        (row,) = rows
        return cls(int(row["digest"], 16), Counter(json.loads(row["counts"])), row["waiting_edges"], row["rebuilding"])

    @property
    def digest(self) -> str:
        """The digest as text."""
        return digest_text(self.total)

    def statement(self) -> Statement:
        """Statement that writes it."""
        row = {
            "digest": self.digest,
            "counts": json.dumps(+self.counts, sort_keys=True),
            "waiting_edges": self.waiting_edges,
            "rebuilding": self.rebuilding,
        }
        return "UNWIND $rows AS row MERGE (s:_State {id: 'state'}) SET s += row", [row]


def rows_in_graph(
    connection: Connection, names: Iterable[str] | None = None, *, patient: bool = False
) -> dict[str, int]:
    """Rows that the graph itself has: label or relationship type -> number, sorted; those without a row left out.

    Each query has a form that the server answers from its own counters, and is sent alone: planning all of them as
    one takes seconds. Relationships are counted by their type and the label of one end, not of both: by the
    start, as people who draw relationships to the graph start at notes of their own.

    Parameters
    ----------
    connection
        To the server.
    names
        What to count; all labels and types if None.
    patient
        As in ``Connection.rows``.
    """
    counts: Counter[str] = Counter()
    for name in [*SCHEMA.nodes, *SCHEMA.relationships] if names is None else names:
        if name in SCHEMA.nodes:
            patterns = [f"(r:`{name}`)"]
        else:
            starts = sorted({start for start, _ in SCHEMA.relationships[name].pairs})
            patterns = [f"(:`{start}`)-[r:`{name}`]->()" for start in starts]
        for pattern in patterns:
            (row,) = connection.rows(f"MATCH {pattern} RETURN count(r) AS number", patient=patient)
            counts[name] += row["number"]
    return dict(sorted((+counts).items()))
