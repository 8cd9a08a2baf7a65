"""Records from files, or the shipped facts, into the archive and on into the graph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biorxivist.errors import InvalidInput
from biorxivist.workspace.home import Home, ensure_seeded, prepare, rebuild

if TYPE_CHECKING:
    from graph.records import Record

__all__ = ["load_files", "load_results", "load_shipped", "read_files"]

WRITER, USER = "loaded", "user"
NO_TIME = "1970-01-01T00:00:00+00:00"


def load_shipped(home: Home) -> dict[str, int]:
    """Write the shipped facts into the archive and build the graph; returns label or relationship -> count."""
    ensure_seeded(home)
    return rebuild(home)


def load_files(home: Home, files: Iterable[Path]) -> dict[str, int]:
    """Write the records of JSON-lines files into the archive and build the graph.

    Every line of every file is checked before anything is written.

    Raises
    ------
    InvalidInput
        If a file is not there, or a record speaks of a model, dataset, task or metric that nobody knows.
    ArchiveError
        If a line is no record, with file and line.
    """
    from biorxivist.workspace.names import NAMED, require_known_names

    records = list(read_files(files))
    require_known_names(records, home.archive.read(*NAMED))
    home.archive.append(records, writer=WRITER)
    return rebuild(home)


def load_results(home: Home, path: Path) -> dict[str, int]:
    """Import a user's scores; if any is new, verdicts are computed anew and the graph is built.

    Returns
    -------
    ``results`` in the file, and ``new`` or changed ones among them.

    Raises
    ------
    BadResults
        If a row cannot be imported; then nothing is.
    """
    from biorxivist.workspace.results import read_results

    results = read_results(path)
    prepare(home)
    written = home.archive.append(results, writer=USER)
    prepare(home)
    return {"results": len(results), "new": written}


def read_files(files: Iterable[Path]) -> Iterator[Record]:
    """Records of JSON-lines files, as ``archive export`` and ``scaling run`` write them.

    Raises
    ------
    InvalidInput
        If a file is not there.
    ArchiveError
        If a line is no record, with file and line.
    """
    for path in files:
        if not path.is_file():
            msg = f"{path} is no file. Give JSON-lines files, as `biorxivist archive export` writes them."
            raise InvalidInput(msg)
        yield from _read(path)


def _read(path: Path) -> Iterator[Record]:
    from graph.archive.lines import MAX_LINE, BadLine
    from graph.errors import ArchiveError

    with path.open("rb") as stream:
        number = 0
        while raw := stream.readline(MAX_LINE + 1):
            number += 1
            if not raw.strip():
                continue
            try:
                yield _record(raw)
            except BadLine as error:
                raise ArchiveError(path, number, str(error)) from error


def _record(raw: bytes) -> Record:
    """Record of a line with ``at`` or, as a canonical export has it, without; an id that is left out is computed."""
    from graph.archive.lines import MAX_LINE, BadLine, decode

    if len(raw) > MAX_LINE:
        msg = f"longer than {MAX_LINE} bytes"
        raise BadLine(msg)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        msg = f"not JSON ({str(error)[:200]})"
        raise BadLine(msg) from error
    if isinstance(value, dict):
        value = {"at": NO_TIME, "v": 1, **value}
        value["id"] = value.get("id") or _computed_id(value)
    return decode(json.dumps(value).encode()).record()


def _computed_id(value: dict[str, Any]) -> str | None:
    from graph.records import RECORDS

    kind, data = RECORDS.get(str(value.get("record"))), value.get("data")
    try:
        return kind.model_validate(data).id if kind else None
    except ValueError:
        return None  # the line is refused for what is wrong with its data
