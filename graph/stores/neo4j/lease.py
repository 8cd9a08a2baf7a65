"""One writer at a time on a server: a node that names the writer, and that every batch has to find.

A writer that dies leaves its node behind. It counts no longer when its time is over, or at once if it ran on this
machine and its process is gone, or is this one and writes no more. A writer that lost its node (it slept too long)
cannot write any more, because each of its transactions begins with a look at it.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from typing import TYPE_CHECKING, Any

from graph.errors import StoreBusy, StoreError
from graph.stores.neo4j.connection import Connection, Statement

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

__all__ = ["WriterLease"]

logger = logging.getLogger(__name__)

HOLD = 120_000
"""Milliseconds of the server's clock; each batch renews them."""
_writing: set[str] = set()
"""Tokens of this process."""


class WriterLease:
    """The right to write, from construction to ``release``.

    Raises
    ------
    StoreBusy
        If another writer has it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token = secrets.token_hex(8)
        self._host, self._process = socket.gethostname(), os.getpid()
        _writing.add(self._token)
        try:
            connection.transact(self._take)
        except BaseException:
            _writing.discard(self._token)
            raise

    @property
    def check(self) -> Statement:
        """Statement that finds a row, and renews the time, as long as this writer has the right."""
        text = (
            "UNWIND $rows AS row MATCH (w:_Writer {id: 'writer', token: row.token}) "
            "SET w.until = timestamp() + row.hold RETURN w.id AS id"
        )
        return text, [{"token": self._token, "hold": HOLD}]

    def release(self) -> None:
        """Let the next writer in; if the server is away, its clock does."""
        _writing.discard(self._token)
        text = "UNWIND $rows AS row MATCH (w:_Writer {token: row.token}) DELETE w"
        try:
            self._connection.write([(text, [{"token": self._token}])], patience=0)
        except StoreError as error:
            logger.warning("The right to write was not given back (%s); it ends in %d s.", error, HOLD // 1000)

    def _take(self, transaction: ManagedTransaction) -> None:
        # SET locks the node until the transaction ends, so that two writers that come at once see one another.
        merge = (
            "MERGE (w:_Writer {id: 'writer'}) ON CREATE SET w.until = 0 SET w.locked = timestamp() "
            "RETURN w.token AS token, w.until > timestamp() AS held, w.host AS host, w.process AS process"
        )
        row = transaction.run(merge).single(strict=True).data()
        if row["held"] and row["token"] != self._token and self._alive(row):
            msg = (
                f"{self._connection.url} is being written by process {row['process']} on {row['host']}; wait for it, "
                f"or stop it, then run this again (a writer that was cut off is forgotten after {HOLD // 1000} s)."
            )
            raise StoreBusy(msg)
        take = (
            "MATCH (w:_Writer {id: 'writer'}) "
            "SET w.token = $token, w.until = timestamp() + $hold, w.host = $host, w.process = $process"
        )
        mine = {"token": self._token, "hold": HOLD, "host": self._host, "process": self._process}
        transaction.run(take, mine).consume()

    def _alive(self, row: dict[str, Any]) -> bool:
        if row["host"] != self._host:
            return True
        if row["process"] == self._process:
            return row["token"] in _writing
        try:
            os.kill(row["process"], 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
