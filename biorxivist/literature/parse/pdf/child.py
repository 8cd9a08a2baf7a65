"""Reading a PDF in a process of its own, which is ended when it takes too long or too much."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from biorxivist.errors import ExtraMissing
from biorxivist.literature.parse.errors import ParseError

SECONDS = 60
"""Computing time for one file; 100 pages take about 10 s. A busy machine may take three times as long."""
MEMORY = 768 * 2**20
"""Bytes that one file may take, beside the file itself; 100 pages take 150 MB."""
INSTEAD = "Give the paper as JATS or HTML, or print it to a new PDF."


def read_in_child(data: bytes, *, seconds: int = SECONDS, memory: int = MEMORY) -> dict[str, Any]:
    """Blocks of a PDF, as `biorxivist.literature.parse.pdf.reading.read_pdf` returns them.

    Parameters
    ----------
    data
        The file.
    seconds
        Seconds of computing that it may take; three times as many on the clock.
    memory
        Bytes that it may take beside the file itself.

    Raises
    ------
    ParseError
        If it cannot be read, or would take more.
    ExtraMissing
        If PDFium is not installed.
    """
    if importlib.util.find_spec("pypdfium2") is None:
        extra, purpose = "pdf", "Reading a PDF"
        raise ExtraMissing(extra, purpose, "pypdfium2")
    command = [
        sys.executable, "-P", "-m", "biorxivist.literature.parse.pdf.child_main", str(memory + len(data)), str(seconds),
    ]  # fmt: skip
    # Of the environment only what finding the modules needs: there may be keys in it.
    here = [str(Path(__file__).parents[4]), *(path for path in sys.path if path)]
    try:
        done = subprocess.run(  # noqa: S603 (the command is our own)
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(here)},
            cwd="/",
            timeout=3 * seconds,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ParseError(_too_long(seconds)) from error
    answer = _answer(done.stdout)
    if "reading" in answer:
        reading: dict[str, Any] = answer["reading"]
        return reading
    if "refused" in answer:
        raise ParseError(str(answer["refused"]))
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise ParseError(_too_long(seconds))
    if "memory" in answer or done.returncode in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL):
        msg = f"Reading the PDF was stopped at its limit of {memory // 2**20} MB of memory. {INSTEAD}"
        raise ParseError(msg)
    msg = f"The PDF broke its reader (status {done.returncode}); nothing else was harmed. {INSTEAD}"
    raise ParseError(msg)


def _answer(out: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(out)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _too_long(seconds: int) -> str:
    return f"Reading the PDF was stopped after {seconds} s of computing. {INSTEAD}"
