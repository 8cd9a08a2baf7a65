"""The program of the child process that runs queries of people and models on the embedded graph.

It is started by ``graph.stores.ladybug.child``, opens the graph read-only, limits its own memory, may write no file,
and answers one JSON line per request. It imports the engine and the standard library only.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from graph.stores.ladybug.engine import open_engine, rows_of
from graph.stores.values import plain

MAX_ANSWER = 64 * 2**20
"""Largest answer, in bytes of JSON."""
MEMORY_ERRORS = ("Buffer manager exception:", "std::bad_alloc", "Unable to allocate memory", "Cannot allocate memory")
"""How the engine's errors begin that are about memory; the text of others may hold any word of the query."""


def mapped_and_resident() -> tuple[int, int]:
    """Bytes that this process has mapped, and those that are in memory; 0 where the system does not tell."""
    told = Path("/proc/self/statm")
    mapped, resident, *_ = map(int, told.read_text(encoding="ascii").split()) if told.is_file() else (0, 0)
    return mapped * resource.getpagesize(), resident * resource.getpagesize()


def limit_process(memory: int) -> None:
    """Limit what this process may take from now on: ``memory`` bytes more, no file, no core dump."""
    total = mapped_and_resident()[0] + memory
    resource.setrlimit(resource.RLIMIT_AS, (total, total))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(connection: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run one query: rows, or why there are none."""
    connection.set_query_timeout(max(1, int(request["timeout"] * 1000)))
    rows: list[Any] = []
    size = 0
    try:
        for row in rows_of(connection, request["cypher"], request["params"]):
            if len(rows) >= request["limit"]:
                break
            rows.append({name: plain(value) for name, value in row.items()})
            size += len(json.dumps(rows[-1]))
            if size > MAX_ANSWER:
                return {"memory": f"the answer is larger than {MAX_ANSWER // 2**20} MB"}
    except MemoryError:
        return {"memory": "no memory left"}
    except RuntimeError as error:
        text = str(error)
        if text.startswith("Interrupted"):
            return {"timeout": True}
        if text.removeprefix("Runtime exception: ").startswith(MEMORY_ERRORS):
            return {"memory": text[:300]}
        return {"failed": text[:2000]}
    return {"rows": rows}


def serve(requests: BinaryIO, answers: BinaryIO, graph: Path, memory: int) -> None:
    """Answer requests until there are no more."""
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
