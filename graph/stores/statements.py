"""Cypher that writes rows of the embedded store, from the schema; the deletions are the server's as well.

Rows go in as one list parameter, ``$rows``. The embedded engine gives the list one structure, taken from its values;
so every row of a batch has the same keys, a column without any value is set to null in the text instead (it would be
taken for text), and an empty list counts as null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["create_nodes", "delete_edges", "delete_nodes", "merge_edges", "update_nodes"]

Rows = list[dict[str, Any]]


def _filled(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> list[str]:
    return [name for name in names if any(row.get(name) not in (None, []) for row in rows)]


def _padded(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Rows:
    return [{name: None if row.get(name) == [] else row.get(name) for name in names} for row in rows]


def create_nodes(label: str, properties: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> tuple[str, Rows]:
    """Statement and padded rows for nodes of one label that are not there yet.

    The embedded engine plans a MERGE of rows as a join with the whole table, so that a load by MERGE takes time with
    the square of its size; CREATE looks only into the index.
    """
    filled = _filled(rows, properties)
    values = ", ".join(f"`{name}`: row.`{name}`" for name in filled)
    return f"UNWIND $rows AS row CREATE (n:`{label}` {{{values}}})", _padded(rows, filled)


def update_nodes(label: str, properties: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> tuple[str, Rows]:
    """Statement and padded rows that bring nodes that are there to exactly these properties."""
    names = [name for name in properties if name != "id"]
    filled = _filled(rows, names)
    sets = [f"n.`{name}` = row.`{name}`" if name in filled else f"n.`{name}` = null" for name in names]
    text = f"UNWIND $rows AS row MATCH (n:`{label}` {{id: row.id}}) SET {', '.join(sets)}"
    return text, _padded(rows, ["id", *filled])


def _ends(start: str, end: str) -> str:
    return f"UNWIND $rows AS row MATCH (a:`{start}` {{id: row._a}}) MATCH (b:`{end}` {{id: row._b}})"


def merge_edges(
    kind: str,
    ends: tuple[str, str],
    *,
    key: Sequence[str],
    properties: Iterable[str],
    rows: Sequence[Mapping[str, Any]],
) -> tuple[str, Rows]:
    """Statement and padded rows for edges of one type and pair of labels.

    Rows have the ids of the ends as ``_a`` and ``_b``. The ``key`` properties, which are never null, stand in the
    MERGE: an edge that differs in one of them is another edge.
    """
    names = [name for name in properties if name not in key]
    filled = _filled(rows, names)
    match = ", ".join(f"`{name}`: row.`{name}`" for name in key)
    text = f"{_ends(*ends)} MERGE (a)-[r:`{kind}`{f' {{{match}}}' if match else ''}]->(b)"
    if names:
        text += " SET " + ", ".join(f"r.`{n}` = row.`{n}`" if n in filled else f"r.`{n}` = null" for n in names)
    return text, _padded(rows, ["_a", "_b", *key, *filled])


def delete_nodes(label: str, ids: Sequence[str]) -> tuple[str, Rows]:
    """Statement and rows that remove nodes with their edges."""
    return f"UNWIND $rows AS row MATCH (n:`{label}` {{id: row.id}}) DETACH DELETE n", [
        {"id": node_id} for node_id in ids
    ]


def delete_edges(
    kind: str, ends: tuple[str, str], *, key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> tuple[str, Rows]:
    """Statement and rows that remove edges of one type and pair of labels."""
    where = " AND ".join(f"r.`{name}` = row.`{name}`" for name in key)
    text = f"{_ends(*ends)} MATCH (a)-[r:`{kind}`]->(b)" + (f" WHERE {where}" if where else "") + " DELETE r"
    return text, _padded(rows, ["_a", "_b", *key])
