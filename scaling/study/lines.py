"""Files of records: one fact a line, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from graph.records import Record
from graph.records.lines import BadLine, fact, read_fact
from scaling.errors import ScalingError

__all__ = ["read_records", "write_atomically", "write_records"]


def write_records(records: Iterable[Record], path: Path) -> None:
    """Write each record once, sorted by kind and id."""
    lines = sorted({(type(record).__name__, record.id): fact(record) for record in records}.items())
    write_atomically(path, [text for _, text in lines])


def read_records(path: Path) -> Iterator[Record]:
    """Read the records of a file that :func:`write_records` wrote.

    Raises
    ------
    ScalingError
        If a line is not a record, with its number.
    """
    with path.open("rb") as handle:
        for number, raw in enumerate(handle, 1):
            try:
                yield read_fact(raw)
            except BadLine as error:
                msg = f"{path}, line {number}: not a record ({str(error).splitlines()[0]}). Remove it and run again."
                raise ScalingError(msg) from error


def write_atomically(path: Path, lines: Iterable[str]) -> None:
    """Write the lines beside the file and put them in place by rename, so that the file is whole or absent."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as handle:
        handle.writelines(f"{line}\n" for line in lines)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
