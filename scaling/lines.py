"""Records in files: canonical JSON lines, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from graph.records import RECORDS, Record, canonical_json
from scaling.errors import ScalingError

__all__ = ["line", "read_records", "write_atomically", "write_records"]


def write_records(records: Iterable[Record], path: Path) -> None:
    """Write records as canonical JSON lines, sorted by kind and id: the archive's form without times."""
    lines = sorted({(type(entry).__name__, entry.id): line(entry) for entry in records}.items())
    write_atomically(path, [text for _, text in lines])


def read_records(path: Path) -> Iterator[Record]:
    """Records of a file that :func:`write_records` wrote.

    Raises
    ------
    ScalingError
        If a line is not a record, with its number.
    """
    with path.open(encoding="utf-8") as handle:
        for number, text in enumerate(handle, 1):
            try:
                entry = json.loads(text)
                yield RECORDS[entry["record"]].model_validate({**entry["data"], "id": entry["id"]})
            except (ValueError, KeyError, TypeError) as error:
                msg = f"{path}, line {number}: not a record ({str(error).splitlines()[0]}). Remove it, run again."
                raise ScalingError(msg) from error


def line(record: Record) -> str:
    """A record as one line: the archive's form without a time."""
    data = record.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    return canonical_json({"record": type(record).__name__, "v": 1, "id": record.id, "data": data})


def write_atomically(path: Path, lines: Iterable[str]) -> None:
    """Write the lines beside the file and put them in place by rename, so that the file is whole or absent."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as handle:
        handle.writelines(f"{line}\n" for line in lines)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
