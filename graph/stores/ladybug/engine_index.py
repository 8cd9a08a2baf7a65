"""The primary-key index of the embedded engine, which loses keys, and its repair.

Ladybug 0.22 loses about one key in a million when rows are added to a table after a checkpoint: the node is there, but
is not found by its id, so that edges to it are not written and questions by id miss it. A count of the nodes does not
show it. So every table that grew is read against its index, which costs a microsecond or two a node, and an index that
lost a key is rebuilt.
"""

from __future__ import annotations

import logging
from typing import Any

from graph.errors import StoreCorrupt
from graph.stores.ladybug.engine import rows_of

__all__ = ["lost_keys", "repair_index"]

logger = logging.getLogger(__name__)


def lost_keys(connection: Any, label: str) -> int:
    """How many nodes are in the table of a label and not in its index."""
    scan = f"MATCH (n:`{label}`)"
    by_id = f"{scan} WITH n.id AS id MATCH (m:`{label}` {{id: id}}) RETURN count(*) AS n"
    return _number(connection, f"{scan} RETURN count(*) AS n") - _number(connection, by_id)


def repair_index(connection: Any, label: str) -> None:
    """Build the index of a label anew if it lost a key; not inside a transaction.

    Raises
    ------
    StoreCorrupt
        If the new index is no better.
    """
    if not (lost := lost_keys(connection, label)):
        return
    logger.info("the engine's index lost %d keys of %s and is built anew", lost, label)
    list(rows_of(connection, f"DROP INDEX `{label}`.`_PK`"))
    list(rows_of(connection, f"CREATE HASH INDEX `_PK` FOR (n:`{label}`) ON (n.id)"))
    if lost := lost_keys(connection, label):
        msg = (
            f"The engine does not find {lost} nodes of {label} by their id, even with a new index; nothing was changed."
        )
        raise StoreCorrupt(msg)


def _number(connection: Any, query: str) -> int:
    return int(next(rows_of(connection, query))["n"])
