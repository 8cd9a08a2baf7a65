"""The program of the child process that runs queries of people and models on the embedded graph.

It is started by ``graph.stores.ladybug.child``, opens the graph read-only, limits its own memory, may write no file,
and answers one JSON line per request. It imports the engine and the standard library only, until a query comes that the
engine has no way to answer (:mod:`graph.cypher.rows`).
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from graph.errors import GraphError
from graph.stores.ladybug.engine import open_engine, rows_of
from graph.stores.ladybug.request import readable
from graph.stores.values import parameters_of, plain

MAX_ANSWER = 64 * 2**20
"""Largest answer, in bytes of JSON."""
MEMORY_ERRORS = ("Buffer manager exception:", "std::bad_alloc", "Unable to allocate memory", "Cannot allocate memory")
"""How the engine's errors begin that are about memory; the text of others may hold any word of the query."""


def mapped_and_resident() -> tuple[int, int]:
    """Bytes that this process has mapped, and those that are in memory; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    mapped, resident, *_ = map(int, statm.read_text(encoding="ascii").split()) if statm.is_file() else (0, 0)
    return mapped * resource.getpagesize(), resident * resource.getpagesize()


def limit_process(memory: int) -> None:
    """Limit what this process may take from now on: ``memory`` bytes more, no file, no core dump."""
    total = mapped_and_resident()[0] + memory
    resource.setrlimit(resource.RLIMIT_AS, (total, total))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(connection: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run one query: rows, or why there are none."""
    deadline = time.monotonic() + request["timeout"]
    params = readable(request["params"])
    try:
        if request["engine"] is not None:
            try:
                used = {name: value for name, value in params.items() if name in parameters_of(request["engine"])}
                return _bounded(rows_of(connection, request["engine"], used), request["limit"], deadline, connection)
            except RuntimeError as error:
                if not request["rows"] or _stopped(error):
                    raise
        return _bounded(_computed(connection, request["rows"], params, deadline), request["limit"], deadline)
    except MemoryError as error:
        return {"memory": str(error) or "no memory left"}
    except RuntimeError as error:
        return _stopped(error) or {"failed": f"The engine refused the query: {str(error)[:2000]}"}
    except (GraphError, ValueError) as error:  # what the guard or the values of the rows refuse
        return {"failed": str(error)}
    except (TypeError, AttributeError, KeyError) as error:  # kinds that only the values tell
        return {"failed": f"The query computes with values of kinds that do not go together ({error})."}


def _stopped(error: RuntimeError) -> dict[str, Any] | None:
    """What to reply where the engine was stopped by its limits; None where it refused the query."""
    text = str(error)
    if text.startswith("Interrupted"):
        return {"timeout": True}
    if text.removeprefix("Runtime exception: ").startswith(MEMORY_ERRORS):
        return {"memory": text[:300]}
    return None


def _bounded(
    answers: Iterable[Mapping[str, Any]], limit: int, deadline: float, connection: Any = None
) -> dict[str, Any]:
    """Reply with the first rows, as long as the answer is not too large."""
    rows: list[Any] = []
    size = 0
    if connection is not None:
        connection.set_query_timeout(max(1, int((deadline - time.monotonic()) * 1000)))
    for row in answers:
        if len(rows) >= limit:
            break
        rows.append({name: plain(value) for name, value in row.items()})
        size += len(json.dumps(rows[-1]))
        if size > MAX_ANSWER:
            return {"memory": f"the answer is larger than {MAX_ANSWER // 2**20} MB"}
    return {"rows": rows}


def _computed(connection: Any, cypher: str, params: Mapping[str, Any], deadline: float) -> Iterable[Mapping[str, Any]]:
    """Rows of a query of which the engine is asked for the patterns alone."""
    from graph import guard  # the grammar and the records are loaded when the first such query comes
    from graph.cypher.rows.run import run

    def ask(text: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        lowered = guard.rewrite(text, engine="ladybug", parameters=values)
        used = {name: value for name, value in values.items() if name in parameters_of(lowered)}
        connection.set_query_timeout(max(1, int((deadline - time.monotonic()) * 1000)))
        return rows_of(connection, lowered, used)

    def check(text: str) -> object:
        return guard.rewrite(text, engine="ladybug", parameters=params)

    return run(guard.reviewed(cypher), ask, check, params)


def serve(requests: BinaryIO, answers: BinaryIO, graph: Path, memory: int) -> None:
    """Answer requests until there are no more."""
    sys.dont_write_bytecode = True  # it may write no file
    connection = open_engine(graph, read_only=True)
    limit_process(memory)
    lean = mapped_and_resident()[1]
    answers.write(b'{"ready": true}\n')
    answers.flush()
    for line in requests:
        request = json.loads(line)
        # If the parent dies during a query nobody stops this process, so it stops itself a little later.
        signal.alarm(math.ceil(request["timeout"]) + 2)
        reply = answer(connection, request) | {"held": mapped_and_resident()[1] - lean}
        signal.alarm(0)
        answers.write(json.dumps(reply).encode() + b"\n")
        answers.flush()
        if "memory" in reply:
            return  # an engine that ran out of memory is not asked again


def main() -> None:
    """Serve on standard input and output; what the engine itself prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    serve(sys.stdin.buffer, answers, Path(sys.argv[1]), int(sys.argv[2]))
    answers.close()
    os._exit(0)  # the engine's own shut-down may need memory that is not there


if __name__ == "__main__":
    main()
