"""Cypher that merges rows on a server: one text for each label, and for each type and pair of labels.

The server plans a text when it first sees it, which takes longer than running it for a few rows. So the text does not
depend on which properties the rows of a batch have; what a row has not got is null, and ``+=`` removes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["delete_embeddings", "merge_edges", "merge_nodes"]

Rows = list[dict[str, Any]]


def _properties(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """All these properties, an empty list as null, as in the embedded store."""
    return {name: None if row.get(name) == [] else row.get(name) for name in names}


def merge_nodes(label: str, properties: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> tuple[str, Rows]:
    """Statement and rows that bring nodes of one label to exactly these properties."""
    text = f"UNWIND $rows AS row MERGE (n:`{label}` {{id: row.id}}) SET n += row.properties"
    return text, [{"id": row["id"], "properties": _properties(row, properties)} for row in rows]


def merge_edges(
    kind: str,
    ends: tuple[str, str],
    *,
    key: Sequence[str],
    properties: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
) -> tuple[str, Rows]:
    """Statement and rows for edges of one type and pair of labels.

    Rows have the ids of the ends as ``_a`` and ``_b``. The ``key`` properties, which are never null, stand in the
    MERGE: an edge that differs in one of them is another edge.
    """
    match = ", ".join(f"`{name}`: row.`{name}`" for name in key)
    text = (
        f"UNWIND $rows AS row MATCH (a:`{ends[0]}` {{id: row._a}}) MATCH (b:`{ends[1]}` {{id: row._b}}) "
        f"MERGE (a)-[r:`{kind}`{f' {{{match}}}' if match else ''}]->(b) SET r += row.properties"
    )
    return text, [
        {**{name: row[name] for name in ("_a", "_b", *key)}, "properties": _properties(row, properties)} for row in rows
    ]


def delete_embeddings(ids: Iterable[str]) -> tuple[str, Rows]:
    """Statement and rows that remove the vectors of nodes."""
    text = "UNWIND $rows AS row MATCH (e:_Embedding {id: row.id}) DELETE e"
    return text, [{"id": node_id} for node_id in ids]
