"""The program of the child process that reads one PDF: it limits itself, reads standard input, writes one JSON object.

It is started by ``biorxivist.literature.parse.pdf.child``. A PDF is untrusted and its reader is a large C++ library, so
the process may take only so much memory and time, may write no file, and sees nothing of the environment.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path


def limit_process(*, memory: int, seconds: int) -> None:
    """Limit what this process may take from now on: bytes of memory on top of what it has, seconds of computing."""
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text(encoding="ascii").split()[0]) if statm.is_file() else 0
    total = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (total, total))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer ``{"reading": ...}`` or ``{"refused": ...}``."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the library prints goes nowhere
    data = sys.stdin.buffer.read()
    from biorxivist.literature.parse.pdf.reading import Refused, read_pdf

    limit_process(memory=int(sys.argv[1]), seconds=int(sys.argv[2]))
    try:
        answer: dict[str, object] = {"reading": read_pdf(data)}
    except Refused as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"memory": True}
    answers.write(json.dumps(answer).encode("utf-8", "replace"))
    answers.flush()
    os._exit(0)  # the library's own shut-down may need memory that is not there


if __name__ == "__main__":
    main()
