"""The records: what every part of BioRxivist hands to the next one.

A record is frozen, validates itself, and is one JSON line in the archive. Its id is deterministic text
(a DOI, a vocabulary name, or a hash of what identifies it), so that the same fact has the same id on every
machine and in every store. Leave ``id`` out and it is computed.

The field docstrings are the data dictionary: ``docs/data.md`` is generated from them. One field name has one type in
all records, because the graph engines need it so.
"""

from __future__ import annotations

from graph.records.base import Read, Record, Regime, Spread, Tombstone, canonical_json, digest
from graph.records.claims import Claim, ClaimKind, Direction, Relation, Review
from graph.records.evidence import Evidence, Gate, Verdict
from graph.records.experiments import Result, Run, SaturationPoint, Source, Status
from graph.records.hypotheses import Hypotheses, Hypothesis
from graph.records.literature import Author, FetchLog, Paper, Passage, Reference, Version, paper_id, version_rank
from graph.records.names import Dataset, Metric, Model, Task

__all__ = [
    "RECORDS",
    "Author",
    "Claim",
    "ClaimKind",
    "Dataset",
    "Direction",
    "Evidence",
    "FetchLog",
    "Gate",
    "Hypotheses",
    "Hypothesis",
    "Metric",
    "Model",
    "Paper",
    "Passage",
    "Read",
    "Record",
    "Reference",
    "Regime",
    "Relation",
    "Result",
    "Review",
    "Run",
    "SaturationPoint",
    "Source",
    "Spread",
    "Status",
    "Task",
    "Tombstone",
    "Verdict",
    "Version",
    "canonical_json",
    "digest",
    "paper_id",
    "version_rank",
]

RECORDS: dict[str, type[Record]] = {
    cls.__name__: cls
    for cls in (
        Author, Paper, Version, Passage, Reference, FetchLog, Model, Dataset, Task, Metric, Claim, Relation,
        Review, Run, Result, SaturationPoint, Evidence, Tombstone,
    )
}  # fmt: skip
"""Record name -> class, in an order in which nodes can be written before the edges that need them."""
