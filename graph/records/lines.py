"""One line of a file of records: a record as JSON, and back.

There are two forms. A *line of an archive* carries the time at which it was written. A *fact* has none, so that the
same fact is the same bytes wherever it is written; exports, studies and seeds are files of facts.

A line comes from outside (another machine, an editor, a disk that failed), so it is checked before it is believed:
its length, its shape, its kind, its version, and the record itself. Lines of an earlier version are read as records of
today (`graph.records.version1`); this version is always written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from graph.records import RECORDS, Record, canonical_json
from graph.records.version1 import upgraded

__all__ = ["FORMAT_VERSION", "MAX_LINE", "BadLine", "Line", "decode", "encode", "fact", "mark", "read_fact"]

FORMAT_VERSION = 2
READ_VERSIONS = (1, FORMAT_VERSION)
MAX_LINE = 16 * 2**20
"""Longest line that is read, in bytes."""
FIELDS = {"record", "v", "id", "at", "data"}
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class BadLine(ValueError):
    """A line that is not a record; the reader of the file adds its name and the number of the line."""


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
        # facts may leave the id out, which the record then computes
        named = {"id": self.id} if self.id else {}
        try:
            return RECORDS[self.kind].model_validate({**self.data, **named})
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "record"
            msg = f"{self.kind} {self.id}: {where}: {first['msg']}"
            raise BadLine(msg) from error


def encode(record: Record, at: datetime) -> bytes:
    """Line of a record in an archive, ended by a newline.

    Raises
    ------
    BadLine
        If the line would be longer than ``MAX_LINE``, so that it could not be read back.
    """
    raw = _text(record, at).encode() + b"\n"
    if len(raw) > MAX_LINE:
        msg = f"{type(record).__name__} {record.id} makes a line of {len(raw)} bytes, the limit is {MAX_LINE}"
        raise BadLine(msg)
    return raw


def fact(record: Record) -> str:
    """Line of a record without a time and without a newline: byte-equal wherever the same fact is written.

    Fields that have their default are left out: the record class puts them back.
    """
    return _text(record, None)


def _text(record: Record, at: datetime | None) -> str:
    data = record.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    head = f'{{"record":"{type(record).__name__}","v":{FORMAT_VERSION},"id":{canonical_json(record.id)}'
    if at is not None:
        head += f',"at":"{at.astimezone(UTC).isoformat(timespec="microseconds")}"'
    return f'{head},"data":{canonical_json(data)}}}'


def mark(raw: bytes) -> int:
    """Hash of the data of a line as they are printed: equal marks of one id are equal facts, within one process."""
    # `data` is the last field of a line that this module wrote; any other order only makes the marks differ
    return hash(raw.partition(b',"data":')[2].rstrip())


def decode(raw: bytes) -> Line:
    """Take a line of an archive apart and check its shape.

    Raises
    ------
    BadLine
        With the reason.
    """
    value = _json(raw)
    if not isinstance(value, dict) or set(value) != FIELDS:
        msg = "not an object with exactly record, v, id, at, data"
        raise BadLine(msg)
    if not isinstance(value["id"], str) or not value["id"]:
        msg = "id is no text"
        raise BadLine(msg)
    return _line(value, value["id"], _instant(value["at"]))


def read_fact(raw: bytes) -> Record:
    """Record of a fact, or of a line of an archive; version and id may be left out, the id is then computed.

    Raises
    ------
    BadLine
        With the reason.
    """
    value = _json(raw)
    if not isinstance(value, dict) or not {"record", "data"} <= set(value) <= FIELDS:
        msg = "not an object with record and data, and nothing else but v, id, at"
        raise BadLine(msg)
    if not isinstance(value.get("id") or "", str):
        msg = "id is no text"
        raise BadLine(msg)
    at = _instant(value["at"]) if "at" in value else NO_TIME
    return _line({"v": FORMAT_VERSION, **value}, value.get("id") or "", at).record()


def _json(raw: bytes) -> Any:
    if len(raw) > MAX_LINE:
        msg = f"longer than {MAX_LINE} bytes"
        raise BadLine(msg)
    try:
        return _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        msg = f"not JSON in UTF-8 ({str(error)[:200]})"
        raise BadLine(msg) from error


def _refuse_constant(name: str) -> float:
    """Python reads NaN and Infinity, which are no JSON and no value of a record."""
    msg = f"{name} is no JSON number"
    raise ValueError(msg)


# Made once: `json.loads` with options makes a decoder at every call, half of its time on a short line.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _line(value: Mapping[str, Any], record_id: str, at: datetime) -> Line:
    kind, version, data = value["record"], value["v"], value["data"]
    if not isinstance(kind, str) or kind not in RECORDS:
        msg = f"unknown record kind {kind!r}; known are {', '.join(RECORDS)}"
        raise BadLine(msg)
    if version not in READ_VERSIONS or isinstance(version, bool):
        msg = (
            f"format version {version!r}, this program reads {' and '.join(map(str, READ_VERSIONS))}; "
            "upgrade it to read this archive"
        )
        raise BadLine(msg)
    if not isinstance(data, dict):
        msg = "data is no object"
        raise BadLine(msg)
    if version == 1:
        record_id, data = upgraded(kind, record_id, data)
    return Line(kind, record_id, at, data)


def _instant(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        msg = f"at is {text!r}, not an ISO date and time with a zone"
        raise BadLine(msg)
    return at.astimezone(UTC)
