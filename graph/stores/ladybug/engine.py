"""The embedded engine, ladybug: opening it, and its rows.

Only this module and nothing above it knows the engine's Python interface.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["MACROS", "abandon_engine", "close_engine", "open_engine", "rows_of", "trim_memory"]

READ_THREADS, WRITE_THREADS = 1, 2
"""With two threads, ladybug 0.22 gives the rows of ORDER BY with LIMIT in another order, once in 20 to 300 times."""
READ_POOL, WRITE_POOL = 256 * 2**20, 256 * 2**20
"""Pages in memory; a pool fills up before anything leaves it, so its size is what a large load takes."""
SMALLEST, LARGEST = 2**30, 2**38
"""Address space of a database: the engine's default, 8 TB, is refused where address space is limited."""
MACROS = (
    "type(r) AS label(r)",
    "head(l) AS l[1]",
    "toInteger(x) AS CAST(x, 'INT64')",
    "toFloat(x) AS CAST(x, 'DOUBLE')",
    "toString(x) AS CAST(x, 'STRING')",
    "split(s, d) AS string_split(s, d)",
)
"""Functions of portable Cypher that the engine has under another name."""


def open_engine(path: Path, *, read_only: bool) -> Any:
    """Connection to a graph file, made if it is not there and not read-only.

    Raises
    ------
    RuntimeError
        If the engine cannot open the file.
    """
    import ladybug

    size, threads = LARGEST, READ_THREADS if read_only else WRITE_THREADS
    if read_only:
        _remove_leftovers(path)
        size = SMALLEST
        while size < 2 * path.stat().st_size:
            size *= 2
    database = ladybug.Database(
        path,
        read_only=read_only,
        max_db_size=size,
        buffer_pool_size=READ_POOL if read_only else WRITE_POOL,
        max_num_threads=threads,
    )
    return ladybug.Connection(database, num_threads=threads)


def _remove_leftovers(path: Path) -> None:
    """Remove what a CHECKPOINT in a read-only process leaves beside the file: with it, the file does not open again.

    The file itself was closed after a checkpoint by its writer and is whole.
    """
    for leftover in (path.with_name(f"{path.name}.shadow"), path.with_name(f"{path.name}.wal")):
        with contextlib.suppress(OSError):  # not there, or on a medium where nobody can have made it
            leftover.unlink()


def close_engine(connection: Any) -> None:
    """Close a connection and its database."""
    connection.close()
    connection.database.close()


def trim_memory() -> None:
    """Give back to the system what was freed, where the C library can: it keeps what an engine leaves behind."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # the GNU library only
        ctypes.CDLL(None).malloc_trim(0)


def abandon_engine(connection: Any) -> None:
    """Never close a connection whose write failed.

    The destructor of the engine writes what is left of its log, and ends the whole process if the disk refuses again
    (seen with 0.22 on a full disk). So the object is kept for good; its files are in a folder that is thrown away.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


def rows_of(connection: Any, cypher: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """Rows of a statement, one at a time, with the engine's own values.

    Raises
    ------
    RuntimeError
        If the engine refuses it.
    """
    result = connection.execute(cypher, dict(params or {}))
    if isinstance(result, list):
        msg = "several statements in one text"
        raise RuntimeError(msg)
    try:
        names = result.get_column_names()
        while result.has_next():
            yield dict(zip(names, result.get_next(), strict=True))
    finally:
        result.close()
