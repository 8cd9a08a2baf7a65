"""Many relationships at once into the embedded engine, from a file.

Rows that go in by statements are merged into the table at every checkpoint, and a checkpoint takes memory with the
size of what is there: 2.8 million relationships did not go through a pool of 256 MiB. COPY sorts them once.
"""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graph.stores.ladybug.engine import rows_of
from graph.stores.ladybug.row_ledger import StoredEdge

__all__ = ["can_copy", "copy_edges"]


def can_copy(properties: Mapping[str, str]) -> bool:
    """Whether a type can be written so: a text file does not tell null from an empty text, and has no lists."""
    return all(kind == "INT64" for kind in properties.values())


def copy_edges(
    connection: Any,
    path: Path,
    kind: str,
    ends: tuple[str, str],
    properties: Iterable[str],
    edges: Iterable[StoredEdge],
) -> None:
    """Write new edges of one type and pair of labels; not inside a transaction.

    Parameters
    ----------
    connection
        Connection to the engine.
    path
        File to write them to on the way; removed afterwards.
    kind, ends, properties
        Type, labels of start and end, and property names in the order of the table.
    edges
        Edges, each once, whose ends are there.

    Raises
    ------
    RuntimeError
        If the engine refuses them.
    """
    names = ["_a", "_b", *properties]
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
            writer.writerows([edge.row[name] for name in names] for edge in edges)
        pattern = glob.escape(str(path)).replace("\\", "\\\\").replace("'", "\\'")
        options = "header=false, parallel=false, quote='\"', escape='\"'"
        list(rows_of(connection, f"COPY `{kind}` FROM '{pattern}' (from='{ends[0]}', to='{ends[1]}', {options})"))
    finally:
        path.unlink(missing_ok=True)
