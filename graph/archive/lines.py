"""One line of the archive: a record as JSON, and back.

A line comes from outside (another machine, an editor, a disk that failed), so it is checked before it is believed:
its length, its shape, its kind, its version, and the record itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from graph.records import RECORDS, Record, canonical_json

__all__ = ["FORMAT_VERSION", "MAX_LINE", "BadLine", "Line", "decode", "encode", "fact", "mark"]

FORMAT_VERSION = 1
MAX_LINE = 16 * 2**20
"""Longest line that is read, in bytes."""
FIELDS = {"record", "v", "id", "at", "data"}


class BadLine(ValueError):
    """A line that is no record; the archive adds the file and the number."""


@dataclass(frozen=True)
class Line:
    """A line that was taken apart; the record itself is validated by ``record``."""

    kind: str
    id: str
    at: datetime
    data: Mapping[str, Any]

    def record(self) -> Record:
        """The record of this line.

        Raises
        ------
        BadLine
            If the data are not such a record, with the first field that is wrong.
        """
        try:
            return RECORDS[self.kind].model_validate({**self.data, "id": self.id})
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "record"
            msg = f"{self.kind} {self.id}: {where}: {first['msg']}"
            raise BadLine(msg) from error


def _text(record: Record, at: datetime | None) -> str:
    data = record.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    head = f'{{"record":"{type(record).__name__}","v":{FORMAT_VERSION},"id":{canonical_json(record.id)}'
    if at is not None:
        head += f',"at":"{at.astimezone(UTC).isoformat(timespec="microseconds")}"'
    return f'{head},"data":{canonical_json(data)}}}'


def fact(record: Record) -> str:
    """Line of a record without ``at``: byte-equal wherever the same fact is written.

    Fields that have their default are left out: the record class puts them back.
    """
    return _text(record, None)


def mark(raw: bytes) -> int:
    """Hash of the data of a line as they are printed: equal marks of one id are equal facts, within one process."""
    return hash(raw.partition(b',"data":')[2].rstrip())


def encode(record: Record, at: datetime) -> bytes:
    """Line of a record, ended by a newline.

    Raises
    ------
    BadLine
        If the line would be longer than ``MAX_LINE``, which nobody could read back.
    """
    raw = _text(record, at).encode() + b"\n"
    if len(raw) > MAX_LINE:
        msg = f"{type(record).__name__} {record.id} makes a line of {len(raw)} bytes, the limit is {MAX_LINE}"
        raise BadLine(msg)
    return raw


def _no_constant(name: str) -> float:
    msg = f"{name} is no JSON number"
    raise ValueError(msg)


def decode(raw: bytes) -> Line:
    """Take a line apart and check its shape.

    Raises
    ------
    BadLine
        With the reason.
    """
    if len(raw) > MAX_LINE:
        msg = f"longer than {MAX_LINE} bytes"
        raise BadLine(msg)
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        msg = f"not JSON in UTF-8 ({str(error)[:200]})"
        raise BadLine(msg) from error
    if not isinstance(value, dict) or set(value) != FIELDS:
        msg = "not an object with exactly record, v, id, at, data"
        raise BadLine(msg)
    kind, version, record_id, data = value["record"], value["v"], value["id"], value["data"]
    if not isinstance(kind, str) or kind not in RECORDS:
        msg = f"unknown record kind {kind!r}; known are {', '.join(RECORDS)}"
        raise BadLine(msg)
    if version != FORMAT_VERSION:
        msg = f"format version {version!r}, this program reads {FORMAT_VERSION}; upgrade it to read this archive"
        raise BadLine(msg)
    if not isinstance(record_id, str) or not record_id or not isinstance(data, dict):
        msg = "id is no text, or data is no object"
        raise BadLine(msg)
    return Line(kind, record_id, _instant(value["at"]), data)


def _instant(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        msg = f"at is {text!r}, not an ISO date and time with a zone"
        raise BadLine(msg)
    return at.astimezone(UTC)
