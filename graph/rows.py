"""Records to rows of the graph: which nodes and edges a record stands for.

A pure function of one record, shared by all stores, so that the graph is a function of the archive and of nothing
else. A record owns the rows that it makes: when it changes or goes, so do they.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any

from graph.evidence.verdict import sentence
from graph.records import (
    Claim,
    Evidence,
    Paper,
    Passage,
    Record,
    Reference,
    Relation,
    Result,
    Run,
    SaturationPoint,
    Version,
    canonical_json,
)
from graph.schema import SCHEMA

__all__ = ["Edge", "Node", "edge_rows", "fact_digest", "node_rows"]

LABELS = {"model": "Model", "dataset": "Dataset", "task": "Task", "metric": "Metric"}
SCORES = {"result": "Result", "saturation": "SaturationPoint"}
RELATIONS = {"agrees": "AGREES_WITH", "contradicts": "CONTRADICTS", "differs_in_scope": "DIFFERS_IN_SCOPE"}


@dataclass(frozen=True)
class Node:
    """A node: its label and its properties, ``id`` among them."""

    label: str
    row: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What tells this node from all others in the graph."""
        return f"{self.label}|{self.row['id']}"


@dataclass(frozen=True)
class Edge:
    """A relationship between two nodes that are named by label and id."""

    type: str
    start: tuple[str, str]
    end: tuple[str, str]
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start_key(self) -> str:
        """Key of the node that it starts at."""
        return "|".join(self.start)

    @property
    def end_key(self) -> str:
        """Key of the node that it ends at."""
        return "|".join(self.end)

    @cached_property  # asked for by every step of a load
    def key(self) -> str:
        """What tells this edge from all others: type, ends, and the properties that MERGE includes."""
        told_apart = {name: self.properties.get(name) for name in SCHEMA.relationships[self.type].key}
        # `canonical_json` of the whole list, but for most edges, which have no such properties, in a third of the time
        names = ",".join(map(encode_basestring, (self.type, *self.start, *self.end)))
        return f"[{names},{canonical_json(told_apart) if told_apart else '{}'}]"


def fact_digest(properties: Mapping[str, Any]) -> str:
    """Hash of the properties that are there; null, absent and the empty list are the same, as in the engines."""
    there = {name: _text(value) for name, value in properties.items() if value is not None and value != []}
    return _digest_of_text(canonical_json(there)) if there else NO_PROPERTIES


def _digest_of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


NO_PROPERTIES = _digest_of_text("{}")
"""What most edges have."""


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(kind: str, value: Any) -> Any:
    """A field as an engine takes it: lists for tuples, naive UTC for instants, JSON text for what is nested."""
    if kind == "STRING[]":
        return list(value) or None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    if kind == "STRING" and value is not None and not isinstance(value, str):
        return canonical_json(value) if value else None
    return value


def node_rows(record: Record) -> Iterator[Node]:
    """Nodes that a record stands for: one for most, a stub for an unresolved reference, none for a relation.

    Raises
    ------
    graph.errors.StoreError
        If a value does not fit the graph (an integer beyond 64 bits).
    """
    label = type(record).__name__
    if label in SCHEMA.nodes:
        data = record.model_dump(mode="python")
        nested = record.model_dump(mode="json", include={n for n, v in data.items() if isinstance(v, dict)})
        data.update(nested)
        row = {name: _value(kind, data.get(name)) for name, kind in SCHEMA.nodes[label].items()}
        if label == "Paper":
            row["stub"] = False
        if isinstance(record, Evidence):
            row["sentence"] = sentence(record)
    elif isinstance(record, Reference) and record.cited_id is None:
        label = "Paper"
        row = dict.fromkeys(SCHEMA.nodes["Paper"])
        row |= {"id": record.id, "title": record.title or record.text, "year": record.year, "stub": True}
        row["dois"] = [record.doi] if record.doi else None
    else:
        return
    SCHEMA.check_node(label, row)
    yield Node(label, row)


def edge_rows(record: Record) -> Iterator[Edge]:
    """Edges that a record stands for; whether their ends are there is for the store to see.

    Raises
    ------
    graph.errors.StoreError
        If the graph has no such relationship.
    """
    for edge in _edges(record):
        SCHEMA.check_edge(edge.type, edge.start[0], edge.end[0], edge.properties)
        yield edge


def _edges(record: Record) -> Iterator[Edge]:
    match record:
        case Paper():
            for position, author in enumerate(record.author_ids, start=1):
                yield Edge("WROTE", ("Author", author), ("Paper", record.id), {"position": position})
            for discussed in record.discusses_ids:
                yield from _between_papers("DISCUSSES", record.id, discussed)
        case Version():
            yield Edge("HAS_VERSION", ("Paper", record.paper_id), ("Version", record.id))
        case Passage():
            yield Edge("HAS_PASSAGE", ("Paper", record.paper_id), ("Passage", record.id))
        case Reference():
            yield from _between_papers("CITES", record.paper_id, record.cited_id or record.id)
        case Claim():
            yield from _claim_edges(record)
        case Relation() if record.relation in RELATIONS:
            yield _relation_edge(record)
        case Run():
            yield Edge("TRAINS", ("Run", record.id), ("Model", record.model_id))
            yield Edge("PRETRAINED_ON", ("Run", record.id), ("Dataset", record.corpus_id))
        case Result() | SaturationPoint():
            yield from _score_edges(record)
        case Evidence():
            yield Edge("EVIDENCE_FOR", ("Evidence", record.id), ("Claim", record.claim_id))
            for used in record.inputs:
                label = SCORES.get(used.partition(":")[0], "Result")
                yield Edge("USES", ("Evidence", record.id), (label, used))


def _between_papers(kind: str, start: str, end: str) -> Iterator[Edge]:
    """An edge between two papers; none from a paper to itself.

    A preprint that lists its own journal copy cites nobody. And a loop that is matched without a direction would be
    one row on a server and two on the embedded engine.
    """
    if start != end:
        yield Edge(kind, ("Paper", start), ("Paper", end))


def _claim_edges(claim: Claim) -> Iterator[Edge]:
    here = ("Claim", claim.id)
    yield Edge("MAKES", ("Paper", claim.paper_id), here)
    if claim.passage_id:
        yield Edge("QUOTES", here, ("Passage", claim.passage_id))
    named: list[tuple[str, str | None]] = [("subject", name) for name in claim.subject_ids]
    named += [("comparator", name) for name in claim.comparator_ids]
    named += [("task", claim.task_id), ("dataset", claim.dataset_id), ("metric", claim.metric_id)]
    named.append(("corpus", claim.corpus_id))
    for role, name in named:
        if name:
            # an id with another prefix is looked for among the models, is not found, and is counted as missing
            yield Edge("ABOUT", here, (LABELS.get(name.partition(":")[0], "Model"), name), {"role": role})


def _relation_edge(relation: Relation) -> Edge:
    fields = list(relation.fields) or (["unstated"] if relation.relation == "differs_in_scope" else None)
    properties = {"fields": fields, "rule": relation.rule, "reasons": list(relation.reasons) or None}
    return Edge(RELATIONS[relation.relation], ("Claim", relation.claim_id), ("Claim", relation.other_id), properties)


def _score_edges(score: Result | SaturationPoint) -> Iterator[Edge]:
    here = (type(score).__name__, score.id)
    if isinstance(score, Result) and score.run_id:
        yield Edge("SCORED", ("Run", score.run_id), here)
    if score.paper_id:
        yield Edge("REPORTS", ("Paper", score.paper_id), here)
    yield Edge("OF", here, ("Model", score.model_id))
    yield Edge("ON", here, ("Dataset", score.dataset_id))
    yield Edge("FOR_TASK", here, ("Task", score.task_id))
    yield Edge("MEASURED_BY", here, ("Metric", score.metric_id))
