"""Queries of people and models, in a child process that can be killed.

An engine's own time limit did not stop ``UNWIND range(1, 1000000000)``, and a query can crash the engine. So such
queries run in a process of their own with a memory limit; it stays warm between queries, is killed at the deadline,
and is started anew by the next query.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from graph.errors import QueryFailed, QueryTimeout, QueryTooLarge, StoreCorrupt

__all__ = ["Child"]

MEMORY = 512 * 2**20
"""Memory that a query may take, in bytes."""
START_SECONDS = 60.0
LEAN = 1 / 8
"""Share of the memory that earlier queries may hold, for a query to have had enough."""
GRACE = 0.25
"""Seconds for the engine to stop by itself, which keeps the process warm."""


class Child:
    """A process that answers queries on one graph file.

    Parameters
    ----------
    graph
        Graph file, opened read-only.
    memory
        Memory that a query may take, in bytes.
    """

    def __init__(self, graph: Path, *, memory: int = MEMORY) -> None:
        self._graph = graph
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._held = 0
        self._lock = threading.Lock()

    def query(self, cypher: str, params: Mapping[str, Any], *, limit: int, timeout: float) -> list[dict[str, Any]]:
        """Rows of a query that the guard has let through, as plain data.

        Raises
        ------
        QueryTimeout
            After ``timeout`` seconds.
        QueryTooLarge
            If it needs more memory than it may take.
        QueryFailed
            If the engine refuses it or dies of it.
        """
        request = {"cypher": cypher, "params": dict(params), "limit": limit, "timeout": timeout}
        line = json.dumps(request, default=_text).encode() + b"\n"
        deadline = time.monotonic() + timeout
        with self._lock:
            process = self._started()
            held = self._held
            reply = self._ask(process, line, timeout)
            left = deadline - time.monotonic()
            if "memory" in reply and held > LEAN * self._memory and left > 0:
                # The engine does not give back all of what earlier queries took, so this one had less than it may take.
                self._stop()
                reply = self._ask(self._started(), line, left)
            self._held = reply.get("held", 0)
            if "rows" not in reply and "failed" not in reply:
                self._stop()
        if "rows" in reply:
            rows: list[dict[str, Any]] = reply["rows"]
            return rows
        if "timeout" in reply:
            raise QueryTimeout(timeout, cypher)
        if "memory" in reply:
            msg = (
                f"The query was stopped at its memory limit of {self._memory // 2**20} MB ({reply['memory']}). "
                "Narrow it: labels, WHERE, a smaller range, LIMIT."
            )
            raise QueryTooLarge(msg, cypher)
        if "died" in reply:
            msg = f"The query was lost: {reply['died']}. The graph is unharmed; write the query in another way."
            raise QueryFailed(msg, cypher)
        msg = f"The engine refused the query: {reply['failed']}"
        raise QueryFailed(msg, cypher)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        command = [sys.executable, "-P", "-m", "graph.stores.ladybug.child_main", str(self._graph), str(self._memory)]
        # Of the environment only what finding the modules needs: there may be keys in it, and the engine can read it.
        here = [str(Path(__file__).parents[2]), *(path for path in sys.path if path)]
        self._process = subprocess.Popen(  # noqa: S603 (the command is our own)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(here)},
            cwd="/",
            start_new_session=True,
        )
        self._finalizer = weakref.finalize(self, _end, self._process)
        if "ready" not in self._ask(self._process, b"", START_SECONDS):
            self._stop()
            msg = f"{self._graph} does not open in a process of its own; build it again: `biorxivist graph rebuild`."
            raise StoreCorrupt(msg)
        self._held = 0
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], line: bytes, timeout: float) -> dict[str, Any]:
        """Send a line and wait for the answer until the deadline."""
        assert process.stdin is not None  # noqa: S101 (both are pipes)
        assert process.stdout is not None  # noqa: S101
        deadline = time.monotonic() + timeout + GRACE
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except BrokenPipeError:
            return {"died": "its process had ended before it could be asked"}
        answer = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    return {"timeout": True}
                part = os.read(process.stdout.fileno(), 2**16)
                if not part:
                    return self._died(process)
                answer += part
        reply: dict[str, Any] = json.loads(answer)
        return reply

    @staticmethod
    def _died(process: subprocess.Popen[bytes]) -> dict[str, Any]:
        code = process.wait()
        if code == -signal.SIGABRT:  # C++ ends so when an allocation fails where nobody catches it
            return {"memory": "its process had no memory left"}
        return {"died": f"its process ended with status {code}, which is a fault of the engine"}

    def _stop(self) -> None:
        if self._process is not None:
            self._finalizer()
            self._process = None


def _text(value: object) -> str:
    """A day or an instant as Neo4j writes it."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue  # what was not sent yet cannot be sent any more
