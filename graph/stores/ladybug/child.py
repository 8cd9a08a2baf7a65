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
from pathlib import Path
from typing import Any

from graph.errors import GraphError, QueryFailed, QueryTimeout, QueryTooLarge, StoreCorrupt
from graph.stores.ladybug.request import written

__all__ = ["Child", "ChildClosed"]

MEMORY = 512 * 2**20
"""Memory that a query may take, in bytes."""
START_SECONDS = 60.0
LEAN = 1 / 8
"""Share of the memory that earlier queries may hold, for a query to have had enough."""
GRACE = 0.25
"""Seconds for the engine to stop by itself, which keeps the process warm."""


class ChildClosed(Exception):
    """The child was closed, because its graph was replaced."""


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
        self._closed = False
        self._lock = threading.Lock()

    def query(
        self,
        cypher: str | None,
        params: Mapping[str, Any],
        *,
        limit: int,
        timeout: float,
        deadline: float | None = None,
        rows: str = "",
    ) -> list[dict[str, Any]]:
        """Rows of a query that the guard has let through, as plain data.

        Parameters
        ----------
        cypher
            The query in the engine's words, or None if it has none.
        params
            Values of its parameters.
        limit
            Most rows.
        timeout
            Seconds that the query may take, waiting for another one included.
        deadline
            When they are over, on the monotonic clock, if they began before this call.
        rows
            The query for :mod:`graph.cypher.rows`, which answers what the engine does not.

        Raises
        ------
        QueryTimeout
            After the deadline.
        QueryTooLarge
            If it needs more memory than it may take.
        QueryFailed
            If the engine refuses it or dies of it.
        ChildClosed
            If the graph was replaced; a newer child answers.
        """
        deadline = time.monotonic() + timeout if deadline is None else deadline
        request = {"engine": cypher, "rows": rows, "params": written(dict(params)), "limit": limit}
        if not self._lock.acquire(timeout=max(0, deadline - time.monotonic())):
            raise QueryTimeout(timeout, cypher or rows)
        try:
            if self._closed:
                raise ChildClosed
            reply = self._reply(request, deadline)
        finally:
            self._lock.release()
            if self._closed:
                self.retire()
        if "rows" in reply:
            answers: list[dict[str, Any]] = reply["rows"]
            return answers
        if "timeout" in reply:
            raise QueryTimeout(timeout, cypher or rows)
        raise self._failure(reply, cypher or rows)

    def _reply(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        """Ask the process, and once more with all the memory where earlier queries have kept much of it."""
        process = self._started()
        held = self._held
        reply = self._ask_until(process, request, deadline)
        if "memory" in reply and held > LEAN * self._memory and deadline > time.monotonic():
            # The engine does not give back all of what earlier queries took, so this one had less than it may take.
            self._stop()
            reply = self._ask_until(self._started(), request, deadline)
        self._held = reply.get("held", 0)
        if "rows" not in reply and "failed" not in reply:
            self._stop()
        return reply

    def _ask_until(self, process: subprocess.Popen[bytes], request: dict[str, Any], deadline: float) -> dict[str, Any]:
        left = deadline - time.monotonic()
        if left <= 0:
            return {"timeout": True, "held": self._held}
        return self._ask(process, json.dumps({**request, "timeout": left}).encode() + b"\n", left)

    def _failure(self, reply: Mapping[str, Any], cypher: str) -> GraphError:
        if "memory" in reply:
            msg = (
                f"The query was stopped at its memory limit of {self._memory // 2**20} MB ({reply['memory']}). "
                "Narrow it: labels, WHERE, a smaller range, LIMIT."
            )
            return QueryTooLarge(msg, cypher)
        if "died" in reply:
            msg = f"The query was lost: {reply['died']}. The graph is unharmed; write the query in another way."
            return QueryFailed(msg, cypher)
        return QueryFailed(str(reply["failed"]), cypher)

    def close(self) -> None:
        """End the process; the next query starts another one."""
        with self._lock:
            self._stop()

    def retire(self) -> None:
        """End the process, for good; where it is answering, when it has answered."""
        self._closed = True
        if self._lock.acquire(blocking=False):
            self._stop()
            self._lock.release()

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


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue  # what was not sent yet cannot be sent any more
